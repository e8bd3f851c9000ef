"""What the text of a question says of its case, in words: the structure, the amount, the procedure and so on."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from bot.render.card import full_day, grouped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.words import Words

_ORDER = ("structure", "population", "family", "amount", "procedure", "stage", "deadline")
_NUMBERS = frozenset({"population", "amount"})


def elements(context: Mapping[str, Any], words: Words) -> list[tuple[str, str]]:
    """Return each element that is said with its name, in the order in which an expert asks for them."""
    return [(words(f"context.{name}"), _value(name, context[name], words)) for name in _ORDER if name in context]


def in_one_line(context: Mapping[str, Any], words: Words) -> str | None:
    """Return the elements on one line, None when nothing is said."""
    return " · ".join(value for _, value in elements(context, words)) or None


def wanted(names: Iterable[str], words: Words) -> str | None:
    """Return what is asked of the member, None when nothing is."""
    listed = [words(f"context.wanted.{name}") for name in names]
    if len(listed) > 1:
        listed = [", ".join(listed[:-1]), listed[-1]]
    return words("common.and").join(listed) or None


def _value(name: str, value: Any, words: Words) -> str:  # noqa: ANN401 - JSON values
    if name == "deadline":
        return words("context.deadline.value", day=full_day(dt.date.fromisoformat(value), words))
    if name in _NUMBERS:
        return words(f"context.{name}.value", number=grouped(value, words))
    return words(f"context.{name}.{value}")
