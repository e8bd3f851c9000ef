"""The commands that Discord shows: their names and options in each language, and what they suggest as one types.

Callbacks only say which command was used with what; what it means is told elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str

from bot.words import LOCALES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.parts import Parts

PLAIN = ("mine", "status", "data", "language", "help", "queue", "board", "late")
ABOUT_A_QUESTION = ("ticket", "take")
WITH_TEXT = ("answer", "note", "excuse")
WITH_PERSON = ("pass", "reassign")
MENUS = ("accept", "forward")
# For whom each is, as the help tells; the core decides.
FOR_MEMBERS = (
    "question", "mine", "status", "ticket", "glossary", "entry", "language", "data", "join", "help",
)  # fmt: skip
FOR_EXPERTS = ("queue", "take", "answer", "note", "pass", "absence")
FOR_COORDINATORS = ("board", "late", "reassign", "excuse", "absences", "invite")
_LANGUAGES = {"fr": "fr", "en-US": "en", "en-GB": "en"}  # Discord's, with ours
_LONGEST_TEXT = 4000
_MOST_SUGGESTED = 25
_AS_NAMED: Mapping[str, str] = {}

Given = dict[str, str]  # what was typed in the options, by the option's name


class Obeying(Protocol):
    """Whoever carries commands out and knows what to suggest."""

    async def obey(self, interaction: discord.Interaction[Any], name: str, given: Given) -> None:
        """Carry out a command."""

    async def menu(self, interaction: discord.Interaction[Any], name: str, message: discord.Message) -> None:
        """Carry out what was chosen in a message's menu."""

    async def suggest(
        self, interaction: discord.Interaction[Any], name: str, option: str, typed: str
    ) -> list[tuple[str, str]]:
        """Return labels with their values."""


class Translating(app_commands.Translator):
    """Gives names and descriptions in the languages that Guichet speaks."""

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self._words_for = parts.words_for

    async def translate(
        self, string: locale_str, locale: discord.Locale, _context: app_commands.TranslationContextTypes
    ) -> str | None:
        """Return a text in one of Discord's languages, None for one we do not speak."""
        language = _LANGUAGES.get(str(locale))
        return self._words_for(language)(string.extras["key"]) if language in LOCALES else None


class Tree:
    """Builds the commands and tells Discord of them."""

    def __init__(self, client: discord.Client, parts: Parts, locale: str, obeying: Obeying) -> None:
        self._tree = app_commands.CommandTree(client)
        self._parts = parts
        self._words = parts.words_for(locale)
        self._obeying = obeying

    async def set_up(self) -> None:
        """Tell Discord of every command, in each language. Raises ``discord.HTTPException``."""
        await self._tree.set_translator(Translating(self._parts))
        for name in PLAIN:
            self._add(name, self._plain(name))
        for name in ABOUT_A_QUESTION:
            self._add(name, self._about(name))
        for name in WITH_TEXT:
            self._add(name, self._with_text(name))
        for name in WITH_PERSON:
            self._add(name, self._with_person(name))
        for name in ("glossary", "entry"):
            self._add(name, self._of_library(name))
        self._add("question", self._question())
        self._add("absence", self._absence())
        self._add("absences", self._absences())
        self._add("invite", self._invite())
        self._add("join", self._join())
        for name in MENUS:
            self._tree.add_command(
                app_commands.ContextMenu(name=self._text(f"discord.menu.{name}"), callback=self._menu(name))
            )
        await self._tree.sync()

    def _text(self, key: str) -> locale_str:
        return locale_str(self._words(key), key=key)

    def _add(self, name: str, callback: Callable[..., Any]) -> None:
        self._tree.add_command(
            app_commands.Command(
                name=self._text(f"discord.command.{name}"),
                description=self._text(f"discord.command.{name}.what"),
                callback=callback,
            )
        )

    def _named(
        self, callback: Callable[..., Any], said: Mapping[str, str] = _AS_NAMED, **suggesting: Callable[..., Any]
    ) -> Callable[..., Any]:
        """Give a callback's options their names and descriptions, and what suggests their values.

        ``said``: by option, the description that fits better here than its own.
        """
        parameters = [name for name in callback.__annotations__ if name not in {"interaction", "return"}]
        callback = app_commands.rename(**{name: self._text(f"discord.option.{name}") for name in parameters})(callback)
        described = {name: self._text(f"discord.option.{said.get(name, name)}.what") for name in parameters}
        callback = app_commands.describe(**described)(callback)
        return app_commands.autocomplete(**suggesting)(callback) if suggesting else callback

    def _suggesting(self, name: str, option: str) -> Callable[..., Awaitable[list[Choice[str]]]]:
        async def suggest(interaction: discord.Interaction[Any], typed: str) -> list[Choice[str]]:
            found = await self._obeying.suggest(interaction, name, option, str(typed))
            return [Choice(name=label[:100], value=value[:100]) for label, value in found[:_MOST_SUGGESTED]]

        return suggest

    def _plain(self, name: str) -> Callable[..., Any]:
        async def callback(interaction: discord.Interaction[Any]) -> None:
            await self._obeying.obey(interaction, name, {})

        return callback

    def _about(self, name: str) -> Callable[..., Any]:
        async def callback(interaction: discord.Interaction[Any], number: str) -> None:
            await self._obeying.obey(interaction, name, {"number": number})

        return self._named(callback, number=self._suggesting(name, "number"))

    def _with_text(self, name: str) -> Callable[..., Any]:
        async def callback(
            interaction: discord.Interaction[Any],
            number: str,
            text: app_commands.Range[str, 1, _LONGEST_TEXT] | None = None,
        ) -> None:
            await self._obeying.obey(interaction, name, {"number": number, "text": text or ""})

        return self._named(callback, number=self._suggesting(name, "number"))

    def _with_person(self, name: str) -> Callable[..., Any]:
        async def callback(interaction: discord.Interaction[Any], number: str, person: str | None = None) -> None:
            await self._obeying.obey(interaction, name, {"number": number, "person": person or ""})

        return self._named(callback, number=self._suggesting(name, "number"), person=self._suggesting(name, "person"))

    def _of_library(self, name: str) -> Callable[..., Any]:
        async def callback(interaction: discord.Interaction[Any], word: str) -> None:
            await self._obeying.obey(interaction, name, {"word": word})

        return self._named(callback, word=self._suggesting(name, "word"))

    def _question(self) -> Callable[..., Any]:
        async def callback(
            interaction: discord.Interaction[Any],
            text: app_commands.Range[str, 1, _LONGEST_TEXT] | None = None,
        ) -> None:
            await self._obeying.obey(interaction, "question", {"text": text or ""})

        return self._named(callback)

    def _absence(self) -> Callable[..., Any]:
        async def callback(
            interaction: discord.Interaction[Any], first: str | None = None, last: str | None = None
        ) -> None:
            await self._obeying.obey(interaction, "absence", {"first": first or "", "last": last or ""})

        return self._named(callback)

    def _absences(self) -> Callable[..., Any]:
        async def callback(
            interaction: discord.Interaction[Any],
            person: str | None = None,
            first: str | None = None,
            last: str | None = None,
        ) -> None:
            given = {"person": person or "", "first": first or "", "last": last or ""}
            await self._obeying.obey(interaction, "absences", given)

        return self._named(callback, {"person": "away"}, person=self._suggesting("absences", "person"))

    def _invite(self) -> Callable[..., Any]:
        async def callback(interaction: discord.Interaction[Any], who: str) -> None:
            await self._obeying.obey(interaction, "invite", {"who": who})

        return self._named(callback, who=self._suggesting("invite", "who"))

    def _join(self) -> Callable[..., Any]:
        async def callback(
            interaction: discord.Interaction[Any], organisation: str | None = None, code: str | None = None
        ) -> None:
            await self._obeying.obey(interaction, "join", {"organisation": organisation or "", "code": code or ""})

        return self._named(callback, organisation=self._suggesting("join", "organisation"))

    def _menu(self, name: str) -> Callable[..., Any]:
        async def callback(interaction: discord.Interaction[Any], message: discord.Message) -> None:
            await self._obeying.menu(interaction, name, message)

        return callback
