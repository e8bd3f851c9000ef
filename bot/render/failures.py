"""The sentence of an error: what happened and what the person can do."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from bot.words import MissingWordsError
from knowledge.errors import Fault

if TYPE_CHECKING:
    from bot.words import Words
    from helpdesk.errors import GuichetError


def render_error(error: GuichetError, words: Words) -> str:
    """Return one plain sentence or two (no markup) for an error; an unknown code still says what to do."""
    data = {name: _in_words(value, words) for name, value in error.data.items()}
    # What cannot be done, or the field that is wrong, says it best, where it has words of its own.
    about = data.get("event", data.get("field"))
    for key in (f"errors.{error.code}.{about}", f"errors.{error.code}"):
        try:
            return words(key, **data)
        except (MissingWordsError, KeyError):
            continue
    return words("errors.error")


def _in_words(value: object, words: Words) -> object:
    if isinstance(value, dt.datetime):
        return words.moment(value) if value.tzinfo else value.isoformat(" ")
    if isinstance(value, dt.date):
        return words.day(value)
    if isinstance(value, float):
        return round(value)
    if isinstance(value, Fault):
        return words(f"knowledge.fault.{value.code}", **value.data)
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(str(_in_words(item, words)) for item in value)
    return value
