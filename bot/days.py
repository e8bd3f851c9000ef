"""Days as people write them: « du 3 au 7 août », 24/12, 24/12/2026, 2026-12-24. Pure.

Without a year, the next such days are meant; days that have begun are still to come while the last of them is.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cache

from babel.dates import get_month_names

from bot.commands import plain_word
from bot.words import LOCALES
from helpdesk.errors import InvalidInputError

_ORDINAL = r"(?:er|st|nd|rd|th)?"
_DAY = re.compile(
    rf"(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})"
    rf"|(?P<day>\d{{1,2}})/(?P<month>\d{{1,2}})(?:/(?P<year>\d{{4}}|\d{{2}}))?\b"
    rf"|(?P<day_of>\d{{1,2}}){_ORDINAL}\s+(?P<name>[^\W\d_]{{3,9}})\b\.?(?:\s+(?P<year_of>\d{{4}}))?"
    rf"|(?P<first>\d{{1,2}}){_ORDINAL}(?=\s*(?:au|to|-|–)\s*\d{{1,2}}{_ORDINAL}\s+[^\W\d_]{{3}})",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"(?:^|\s)(?:du|le|from|on)\s*$", re.IGNORECASE)
_HALF_A_YEAR = dt.timedelta(days=183)
_YEARS = 8  # within which every date comes again, the 29th of February too


@dataclass(frozen=True)
class Span:
    """Two days, both included, and the words written before them."""

    first: dt.date
    last: dt.date
    before: str


@dataclass(frozen=True)
class _Written:
    day: int
    month: int | None = None
    year: int | None = None


def span_of(text: str, today: dt.date) -> Span:
    """Return the first and the last day that a text names; one may do. Raises ``InvalidInputError``."""
    found = [(match, written) for match in _DAY.finditer(text) if (written := _read(match)) is not None]
    try:
        first, last = _dated([written for _, written in found], today)
    except ValueError:
        raise InvalidInputError("dates_missing") from None
    return Span(first, last, _BEFORE.sub("", text[: found[0][0].start()]).strip(" :,"))


def _read(match: re.Match[str]) -> _Written | None:
    """Return a day as it is written; None for a number before a word that is no month."""
    if match["iso"]:
        year, month, day = map(int, match["iso"].split("-"))
        return _Written(day, month, year)
    if match["day"]:
        return _Written(int(match["day"]), int(match["month"]), _year(match["year"]))
    if match["first"]:
        return _Written(int(match["first"]))
    month_of = _months().get(plain_word(match["name"]))
    return _Written(int(match["day_of"]), month_of, _year(match["year_of"])) if month_of else None


def _dated(written: list[_Written], today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the dates meant. Raises ``ValueError`` when they are not one or two, or not in the calendar."""
    if len(written) not in {1, 2}:
        raise ValueError(written)
    begins, ends = written[0], written[-1]
    if ends.month is None:
        raise ValueError(written)
    month = begins.month or ends.month
    if begins.year is not None:
        first = dt.date(begins.year, month, begins.day)
        last = dt.date(ends.year, ends.month, ends.day) if ends.year else _next(ends.month, ends.day, first)
        return first, last
    last = dt.date(ends.year, ends.month, ends.day) if ends.year else _next(ends.month, ends.day, today)
    first = dt.date(last.year, month, begins.day)
    if first > last and last - (earlier := dt.date(last.year - 1, month, begins.day)) <= _HALF_A_YEAR:
        return earlier, last
    return first, last


def _next(month: int, day: int, since: dt.date) -> dt.date:
    """Return the next such date, ``since`` included. Raises ``ValueError`` for one that never comes."""
    for year in range(since.year, since.year + _YEARS + 1):
        try:
            date = dt.date(year, month, day)
        except ValueError:
            continue
        if date >= since:
            return date
    raise ValueError(month, day)


def _year(written: str | None) -> int | None:
    if written is None:
        return None
    return int(written) if len(written) > 2 else 2000 + int(written)  # noqa: PLR2004 - 26 is 2026


@cache
def _months() -> dict[str, int]:
    """Return the number of each month's name, whole or shortened, in every language."""
    return {
        plain_word(name.rstrip(".")): number
        for locale in LOCALES
        for width in ("wide", "abbreviated")
        for number, name in get_month_names(width, locale=locale).items()
    }
