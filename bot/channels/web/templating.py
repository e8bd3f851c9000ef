"""The Jinja environment: autoescaping always, and the few functions that templates use."""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from babel.dates import format_date, format_timedelta
from babel.numbers import format_decimal, format_percent
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.channels.web import markdown
from bot.channels.web.typography import unbroken
from bot.render.card import full_day
from bot.render.case import elements
from bot.render.why import sentences
from helpdesk.calendar import MINUTES_A_DAY

if TYPE_CHECKING:
    from bot.words import Words
    from helpdesk.calendar import Closure
    from helpdesk.receipt import DayRow, Part

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
# Hours are told up to a day and a half: "dans 30 heures" says more than "dans 1 jour".
_DAYS_FROM = 1.5
_ANY_DAY = dt.date(2026, 6, 1)  # without a change of clocks


@cache
def environment() -> Environment:
    """Return the environment of the pages' templates; it holds nothing of a request."""
    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    versions = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in STATIC.iterdir()}
    made.globals["static"] = lambda name: f"/static/{name}?v={versions[name]}"
    made.globals.update(
        remaining=remaining,
        lasting_minutes=lambda words, minutes: lasting(words, dt.timedelta(minutes=minutes)),
        long_date=long_date,
        month_name=month_name,
        closed_span=closed_span,
        local_minute=local_minute,
        number=number,
        percent=percent,
        reason_words=reason_words,
        event_words=event_words,
        not_counted=not_counted,
        why_of=lambda words, why: sentences(why, words),
        case_of=lambda words, context: elements(context, words),
    )
    made.filters["unbroken"] = unbroken
    made.filters["message"] = markdown.message
    made.filters["document"] = markdown.document
    return made


def remaining(words: Words, until: dt.datetime, now: dt.datetime) -> str:
    """Return how long there is until an instant, in words: « 2 jours », « 3 heures »; the sign is not told."""
    return lasting(words, abs(until - now))


def lasting(words: Words, duration: dt.timedelta) -> str:
    """Return how long something lasts, in words, a minute at least."""
    told: str = format_timedelta(max(duration, dt.timedelta(minutes=1)), threshold=_DAYS_FROM, locale=words.locale)
    return told


def long_date(words: Words, day: dt.date | str) -> str:
    """Return a date with its year, in words: « 1er janvier 2027 »; ISO 8601 text is taken as well."""
    return full_day(dt.date.fromisoformat(day) if isinstance(day, str) else day, words)


def month_name(words: Words, day: dt.date) -> str:
    """Return a month with its year, such as « novembre 2026 »."""
    told: str = format_date(day, "LLLL y", locale=words.locale)
    return told


def closed_span(words: Words, closure: Closure) -> str:
    """Return when the desk is closed, such as « du 24 décembre 2026 au 1er janvier 2027 inclus »."""
    (first_day, begin), (last_day, end) = closure.begin, closure.end
    first, last = long_date(words, first_day), long_date(words, last_day)
    if begin:
        first = words("common.moment", day=first, time=_wall_time(words, begin))
    if end < MINUTES_A_DAY:
        return words("web.board.closed_until", first=first, last=last, time=_wall_time(words, end))
    if not begin and first_day == last_day:
        return words("web.board.closed_day", day=first)
    return words("web.absences.span", first=first, last=last)


def _wall_time(words: Words, minute: int) -> str:
    return words.time(dt.datetime.combine(_ANY_DAY, dt.time(minute // 60, minute % 60), words.zone))


def local_minute(words: Words, instant: dt.datetime) -> str:
    """Return an instant as the value of a ``datetime-local`` field, in the network's zone."""
    return instant.astimezone(words.zone).strftime("%Y-%m-%dT%H:%M")


def number(words: Words, value: int) -> str:
    """Return a number with its thousands apart."""
    return format_decimal(value, locale=words.locale)


def percent(words: Words, rate: float) -> str:
    """Return a rate between 0 and 1 as a percentage."""
    return format_percent(rate, locale=words.locale)


def reason_words(words: Words, code: str) -> str:
    """Return why the library decided as it did, for experts."""
    return _or_other(words, "web.reason.", code)


def event_words(words: Words, kind: str) -> str:
    """Return what an event of the audit trail was."""
    return _or_other(words, "web.event.", kind)


def not_counted(words: Words, item: DayRow | Part) -> str:
    """Return why a day or a part of one does not count, with the holiday's name or the closure's reason."""
    why = words(f"deadline.why.{item.why}")
    return words("deadline.why_noted", why=why, note=item.note) if item.note else why


def _or_other(words: Words, prefix: str, code: str) -> str:
    return words(prefix + code) if words.has(prefix + code) else words(prefix + "other")
