"""Buttons and menus as Discord has them: what is pressed comes back by its own id, whenever it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import discord
from discord import ui

from bot.addresses import is_public

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Sequence
    from typing import Self

    from bot.channel import Button

PREFIX = "g:"
MOST_ROWS, MOST_IN_ROW = 5, 5
MOST_CHOICES = 25
_LONGEST_ID = 100
_LONGEST_LABEL = 80
_LONGEST_URL = 512
_WIDEST_ROW = 60  # characters of labels that a screen shows side by side

# What a press weighs, by its verb.
_STRONG = frozenset({"solved", "send", "answer", "take"})
_SOFT = frozenset({"drop", "stop", "pass", "withdraw"})


class Pressable(Protocol):
    """The client: it knows what to do with a press."""

    async def pressed(self, interaction: discord.Interaction[Any], action: str) -> None:
        """Carry out a press."""


class PressButton(ui.DynamicItem[ui.Button[Any]], template=rf"{PREFIX}(?P<action>.+)"):
    """A button that works after any restart: all that it means is in its id."""

    def __init__(self, label: str, action: str, row: int | None = None) -> None:
        super().__init__(
            ui.Button(label=label[:_LONGEST_LABEL], style=_style(action), custom_id=f"{PREFIX}{action}", row=row)
        )

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """Make again the button that was pressed."""
        assert isinstance(item, ui.Button)
        return cls(item.label or "…", match["action"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the press to the client."""
        client: Pressable = interaction.client
        await client.pressed(interaction, self.custom_id.removeprefix(PREFIX))


class ChoiceMenu(ui.DynamicItem[ui.Select[Any]], template=r"s:(?P<action>.+)"):
    """A menu of choices, whose id says what the choice is for."""

    def __init__(self, action: str, placeholder: str, options: Sequence[discord.SelectOption]) -> None:
        super().__init__(
            ui.Select(custom_id=f"s:{action}", placeholder=placeholder[:150], options=list(options)[:MOST_CHOICES])
        )

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """Make again the menu in which something was chosen."""
        assert isinstance(item, ui.Select)
        return cls(match["action"], item.placeholder or "", item.options)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the choice to the client, as a press."""
        client: Pressable = interaction.client
        action = self.custom_id.partition(":")[2]
        await client.pressed(interaction, f"{action}:{self.item.values[0]}")


def view(rows: Iterable[Iterable[Button]]) -> ui.View | None:
    """Return the buttons of a message, without those that Discord could not carry; None when none is left."""
    kept = _fitted([[button for button in row if _is_carried(button)] for row in rows])
    if not kept:
        return None
    made = ui.View(timeout=None)
    for place, row in enumerate(kept):
        for button in row:
            if button.url is not None:
                made.add_item(ui.Button(label=button.label[:_LONGEST_LABEL], url=button.url, row=place))
            else:
                made.add_item(PressButton(button.label, button.action or "", place))
    return made


def menu(action: str, placeholder: str, choices: Iterable[tuple[str, str]]) -> ui.View:
    """Return a menu of labels, each with its value."""
    made = ui.View(timeout=None)
    options = [discord.SelectOption(label=label[:100], value=value) for label, value in choices]
    made.add_item(ChoiceMenu(action, placeholder, options))
    return made


def without(message: discord.Message, verbs: frozenset[str]) -> ui.View | None:
    """Return the buttons of a message without those of ``verbs``; what is left to read stays, what is done goes."""
    made = ui.View(timeout=None)
    for place, row in enumerate(message.components):
        for item in row.children if isinstance(row, discord.ActionRow) else ():
            if not isinstance(item, discord.Button):
                continue
            if item.url:
                made.add_item(ui.Button(label=item.label, url=item.url, row=place))
            elif verb_of(item.custom_id) not in verbs:
                made.add_item(PressButton(item.label or "…", (item.custom_id or "").removeprefix(PREFIX), place))
    return made if made.children else None


def actions_of(message: discord.Message) -> tuple[str, ...]:
    """Return what the buttons of a message of ours do."""
    rows = (row.children for row in message.components if isinstance(row, discord.ActionRow))
    ids = (item.custom_id or "" for row in rows for item in row if isinstance(item, discord.Button))
    return tuple(number.removeprefix(PREFIX) for number in ids if number.startswith(PREFIX))


def verb_of(custom_id: str | None) -> str:
    """Return what a button does."""
    return (custom_id or "").removeprefix(PREFIX).partition(":")[0]


def _is_carried(button: Button) -> bool:
    if button.url is not None:
        return is_public(button.url) and len(button.url) <= _LONGEST_URL
    return button.action is not None and len(PREFIX + button.action) <= _LONGEST_ID


def _fitted(rows: list[list[Button]]) -> list[list[Button]]:
    """Return rows within Discord's limits: the same action once, short rows gathered when there are too many."""
    seen: set[str] = set()
    unique: list[list[Button]] = []
    for row in rows:
        fresh: list[Button] = []
        for button in row:
            name = button.action or f"url:{button.url}"
            if name not in seen:
                seen.add(name)
                fresh.append(button)
        unique += [fresh[place : place + MOST_IN_ROW] for place in range(0, len(fresh), MOST_IN_ROW)]
    unique = _side_by_side(unique)
    if len(unique) <= MOST_ROWS:
        return unique
    flat = [button for row in unique for button in row][: MOST_ROWS * MOST_IN_ROW]
    return [flat[place : place + MOST_IN_ROW] for place in range(0, len(flat), MOST_IN_ROW)]


def _side_by_side(rows: list[list[Button]]) -> list[list[Button]]:
    """Return rows in which short buttons that each had a row of their own share one."""
    found: list[list[Button]] = []
    width = _WIDEST_ROW  # of the last row, in which nothing more fits unless its buttons came one by one
    for row in rows:
        own = len(row[0].label) if len(row) == 1 else _WIDEST_ROW
        width += own
        if found and width <= _WIDEST_ROW and len(found[-1]) < MOST_IN_ROW:
            found[-1] += row
        else:
            found.append(list(row))
            width = own
    return found


def _style(action: str) -> discord.ButtonStyle:
    verb = action.partition(":")[0]
    if verb in _STRONG:
        return discord.ButtonStyle.success
    return discord.ButtonStyle.secondary if verb in _SOFT else discord.ButtonStyle.primary
