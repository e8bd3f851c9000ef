"""What every rendering function is given, and the few ways in which it makes paragraphs and buttons."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from babel.dates import format_date

from bot.channel import Button, Capability, Rendered
from bot.render.markup import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.words import Words

_VIEWS = frozenset({"ticket", "board"})

Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True)
class Card:
    """One notice for one reader: its data, the ticket it is about, the reader's words and what their channel can do.

    ``at``: when it was told. What is read again later says what it said then.
    """

    data: Mapping[str, Any]
    ticket_id: int | None
    words: Words
    capabilities: Capability
    base_url: str | None
    at: dt.datetime

    @property
    def pressable(self) -> bool:
        """Tell whether the reader can press buttons; otherwise the text must say what to type."""
        return Capability.BUTTONS in self.capabilities

    def moment(self, name: str = "due_at") -> str | None:
        """Return an instant in words, « jeudi 30 avril à 16 h », or None when there is none (paused, nothing owed)."""
        value = self.data.get(name)
        return None if value is None else self.words.moment(dt.datetime.fromisoformat(value))

    def dated(self, key: str, past: str, name: str = "due_at", **filled: object) -> str | None:
        """Return the sentence of ``key`` with a date, of ``past`` when it had gone by already; None without a date."""
        value = self.data.get(name)
        if value is None:
            return None
        return self.words(past if self.is_past(value) else key, due=self.moment(name), **filled)

    def is_past(self, value: str) -> bool:
        """Tell whether an instant of the data had gone by when this was told: nobody is promised it any more."""
        return dt.datetime.fromisoformat(value) < self.at

    def field(self, name: str) -> str | None:
        """Return a short text of the data, escaped, or None when it is missing or blank."""
        value = self.data.get(name)
        return (escape(str(value)) or None) if value is not None else None

    def label(self, name: str) -> str | None:
        """Return a text that the data gives by locale, such as a theme's name, escaped."""
        labels = self.data.get(name)
        if not labels:
            return None
        return escape(labels.get(self.words.locale) or next(iter(labels.values())))

    def known(self, key: str) -> str | None:
        """Return the text of a key made from a code, or None for a code that has no words yet."""
        return self.words(key) if self.words.has(key) else None

    def typed(self, text: str) -> str | None:
        """Return ``text``, which says what to type, only where nothing can be pressed."""
        return None if self.pressable else text

    def button(self, label: str, verb: str, *arguments: object) -> Button:
        """Return a button that acts on the card's ticket."""
        return Button(label, action=":".join(map(str, (verb, self.ticket_id, *arguments))))

    def page(self, label: str, action: str, path: str) -> Button:
        """Return a button that opens a page: by its address where the reader is outside the web and one is known.

        Mailbox channels keep the action: they open the page themselves; so do those that show views, for these.
        """
        shown_here = Capability.VIEWS in self.capabilities and action.partition(":")[0] in _VIEWS
        if self.base_url is not None and Capability.MAILBOX not in self.capabilities and not shown_here:
            return Button(label, url=f"{self.base_url.rstrip('/')}{path}")
        return Button(label, action=action)

    def ticket_page(self, ticket_id: int | None = None) -> Button:
        """Return the button that opens a question's page."""
        number = ticket_id or self.ticket_id
        return self.page(self.words("button.ticket", number=number), f"ticket:{number}", f"/tickets/{number}")


def paragraphs(*parts: str | None, buttons: Rows = ()) -> Rendered:
    """Return a message of the paragraphs that are there."""
    return Rendered("\n\n".join(part for part in parts if part), buttons)


def bullets(lines: Iterable[str | None]) -> str | None:
    """Return a list of the lines that are there, or None without any."""
    return "\n".join(f"- {line}" for line in lines if line) or None


def full_day(day: dt.date, words: Words) -> str:
    """Return a date with its year, such as « 22 novembre 2026 »."""
    if words.locale == "fr":
        return format_date(day, "d MMMM y" if day.day > 1 else "'1er' MMMM y", locale="fr")
    return format_date(day, "d MMMM y", locale="en_GB")


def grouped(number: int, words: Words) -> str:
    """Return a number with its thousands apart."""
    return f"{number:,}".replace(",", " " if words.locale == "fr" else ",")


def decimal(number: float, places: int, words: Words) -> str:
    """Return a number with so many decimals, such as « 0,95 »."""
    return f"{number:.{places}f}".replace(".", "," if words.locale == "fr" else ".")
