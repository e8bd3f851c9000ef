"""Forms: the windows in which an expert writes an answer and a member a question with its context.

What a form is for is in its id, so that one filled in after a restart is taken as any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.channels.discord.buttons import verb_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.words import Words

PREFIX = "m:"
CONTEXT = ("structure", "montant", "procedure", "stade")
WRITTEN = frozenset({"answer", "ask", "note", "excuse", "propose"})  # orders whose text is written in a form
_LONGEST = 4000  # characters, Discord's own limit
_LONGEST_FIELD = 200
_TEXT = "text"


@dataclass(frozen=True)
class Filled:
    """A form as it was filled in: what for, about which question or thing, and the words by field."""

    verb: str
    about: str
    fields: Mapping[str, str]

    @property
    def text(self) -> str:
        """The main field."""
        return self.fields.get(_TEXT, "").strip()

    def context(self, words: Words) -> str:
        """Return what was said of the member's context, one line each."""
        said = ((name, self.fields.get(name, "").strip()) for name in CONTEXT)
        return "\n".join(f"{words(f'discord.context.{name}')} : {value}" for name, value in said if value)


def order(verb: str, number: int, words: Words) -> ui.Modal:
    """Return the form of an expert's or a coordinator's text."""
    form = ui.Modal(title=words(f"discord.form.{verb}", number=number), custom_id=f"{PREFIX}{verb}:{number}")
    form.add_item(_field(_TEXT, words(f"discord.form.{verb}_label"), long=verb != "propose"))
    return form


def question(words: Words) -> ui.Modal:
    """Return the form of a question and its context."""
    form = ui.Modal(title=words("discord.form.question"), custom_id=f"{PREFIX}question")
    form.add_item(_field(_TEXT, words("discord.form.question_label"), long=True))
    for name in CONTEXT:
        form.add_item(_field(name, words(f"discord.context.{name}"), required=False))
    return form


def context(number: int, words: Words) -> ui.Modal:
    """Return the form of a question's context."""
    form = ui.Modal(title=words("discord.form.context", number=number), custom_id=f"{PREFIX}context:{number}")
    for name in CONTEXT:
        form.add_item(_field(name, words(f"discord.context.{name}"), required=False))
    return form


def organisation(words: Words) -> ui.Modal:
    """Return the form in which a newcomer names their organisation."""
    form = ui.Modal(title=words("discord.form.organisation"), custom_id=f"{PREFIX}organisation")
    form.add_item(_field(_TEXT, words("discord.form.organisation_label")))
    return form


def filled(interaction: discord.Interaction[Any]) -> Filled | None:
    """Return a form as it was filled in, None for one that is not ours."""
    data: dict[str, Any] = dict(interaction.data or {})
    custom_id = str(data.get("custom_id", ""))
    if not custom_id.startswith(PREFIX):
        return None
    name = custom_id.removeprefix(PREFIX)
    fields: dict[str, str] = {}
    for row in data.get("components", ()):
        for item in (row["component"],) if "component" in row else row.get("components", ()):
            fields[str(item["custom_id"])] = str(item.get("value") or "")
    return Filled(verb_of(name), name.partition(":")[2], fields)


def _field(name: str, label: str, *, long: bool = False, required: bool = True) -> ui.Label[ui.Modal]:
    return ui.Label(
        text=label,
        component=ui.TextInput(
            custom_id=name,
            style=discord.TextStyle.paragraph if long else discord.TextStyle.short,
            required=required,
            max_length=_LONGEST if long else _LONGEST_FIELD,
        ),
    )
