"""The buttons under a view, for channels that show views themselves; each channel lays them out as it has room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channel import Button

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.handlers import Absences
    from bot.words import Words
    from helpdesk.views import TicketLine, TicketView

# What may be done with a question, the key of the button's words, and the verb that the button carries.
_ACTIONS = (
    ("solved", "button.solved", "solved"),
    ("human", "button.human", "human"),
    ("take", "chat.button.take", "take"),
    ("answer", "button.answer", "answer"),
    ("ask_member", "button.ask", "ask"),
    ("pass", "button.pass", "pass"),
    ("note", "chat.button.note", "note"),
    ("set_theme", "chat.button.theme", "theme"),
    ("reassign", "chat.button.reassign", "reassign"),
    ("excuse", "chat.button.excuse", "excuse"),
    ("withdraw", "chat.button.withdraw", "withdraw"),
)


def actions(seen: TicketView, words: Words) -> list[Button]:
    """Return what the viewer may do with a question."""
    number = seen.line.id
    return [Button(words(label), f"{verb}:{number}") for action, label, verb in _ACTIONS if action in seen.actions]


def ratings(seen: TicketView, words: Words) -> list[Button]:
    """Return the stars to give to an answer; none when it is not for the viewer to rate."""
    if "rate" not in seen.actions:
        return []
    return [Button(words("button.rate", stars=stars), f"rate:{seen.line.id}:{stars}") for stars in range(1, 6)]


def questions(lines: Iterable[TicketLine], words: Words) -> list[Button]:
    """Return what opens each question of a list."""
    return [Button(words("button.question", number=line.id), f"ticket:{line.id}") for line in lines]


def returns(seen: Absences, words: Words) -> list[Button]:
    """Return what ends each absence."""
    return [
        Button(words("chat.button.unaway", name=name, first=words.day(first)), f"unaway:{absence}")
        for absence, name, first, _ in seen.lines
    ]
