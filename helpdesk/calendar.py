"""The promise calendar as a value: a zone, weekly opening hours, holidays and closures; read from and written to data.

Everything here is wall time: what a clock on the office wall reads. Instants belong to ``helpdesk.hours``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from helpdesk.errors import InvalidInputError

MINUTES_A_DAY = 1440
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_KEYS = frozenset({"tz", "hours", "holidays", "closures", "signed_until"})
_TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_RANGE_EDGES = 2


class CalendarError(InvalidInputError):
    """A calendar that cannot be used; ``data["value"]`` is the part refused."""

    code = "bad_calendar"


@dataclass(frozen=True)
class Range:
    """An opening range of a weekday, in minutes of the wall day: start included, end excluded.

    ``closes`` before ``opens`` means from ``opens`` to 24:00 that weekday and from 00:00 to ``closes`` the next day.
    Raises ``CalendarError`` (``empty_range``) when both edges are the same: "all day" is written 00:00-24:00.
    """

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not (0 <= self.opens < MINUTES_A_DAY and 0 <= self.closes <= MINUTES_A_DAY):
            raise CalendarError("bad_time", value=(self.opens, self.closes))
        if self.opens == self.closes:
            raise CalendarError("empty_range", value=_time_text(self.opens))


class Wall(NamedTuple):
    """A reading of the wall clock: a date and a minute of that date (1440 is the midnight that ends it)."""

    day: date
    minute: int


@dataclass(frozen=True)
class Closure:
    """An announced closure, from one wall reading (included) to another (excluded).

    Raises ``CalendarError`` (``empty_closure``) when it does not end after it begins.
    """

    begin: Wall
    end: Wall
    reason: str = ""

    def __post_init__(self) -> None:
        if self.end <= self.begin or _same_midnight(self.begin, self.end):
            raise CalendarError("empty_closure", value=self.span)

    @property
    def span(self) -> str:
        """The closure in the calendar's notation, its reason left out."""
        begin, end = self.begin, self.end
        if begin.minute == 0 and end.minute == MINUTES_A_DAY:
            return f"{begin.day}" if begin.day == end.day else f"{begin.day}/{end.day}"
        return f"{begin.day}T{_time_text(begin.minute)}/{end.day}T{_time_text(end.minute)}"


@dataclass(frozen=True)
class Calendar:
    """When the desk is open, in wall time of the IANA zone ``tz``.

    ``hours`` maps a weekday (0 is Monday) to its ranges; ``names`` gives holidays a name for receipts;
    ``signed_until`` is the last day whose holidays a coordinator has signed off (``None``: not checked).
    Raises ``CalendarError`` when the zone is unknown (``unknown_zone``) or no weekday has a range (``no_hours``).
    """

    tz: str
    hours: Mapping[int, tuple[Range, ...]] = field(hash=False)
    holidays: frozenset[date] = frozenset()
    closures: tuple[Closure, ...] = ()
    signed_until: date | None = None
    names: Mapping[date, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.tz)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise CalendarError("unknown_zone", value=self.tz) from None
        if not any(self.hours.values()):
            raise CalendarError("no_hours", value="hours")

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose wall clock the hours follow."""
        return ZoneInfo(self.tz)

    @classmethod
    def from_data(cls, data: object) -> Self:
        """Build a calendar from plain data, such as a decoded JSON object.

        ``{"tz": "Europe/Paris", "hours": {"mon": [["09:00", "12:00"]]}, "holidays": ["2026-05-01"], "closures": []}``.
        A holiday may also be ``{"date": …, "name": …}``. A closure is a date, two dates joined by ``/`` (both
        included) or two wall moments joined by ``/``, and may also be ``{"span": …, "reason": …}``.
        Raises ``CalendarError``: nothing is guessed, and an unknown key is refused.
        """
        fields = _mapping(data, "bad_calendar", _KEYS)
        if not isinstance(fields.get("tz"), str):
            raise CalendarError("unknown_zone", value=fields.get("tz"))
        named = [_holiday(item) for item in _sequence(fields.get("holidays", ()), "bad_date")]
        signed = fields.get("signed_until")
        return cls(
            tz=str(fields["tz"]),
            hours=_hours(fields.get("hours")),
            holidays=frozenset(day for day, _ in named),
            closures=tuple(_closure(item) for item in _sequence(fields.get("closures", ()), "bad_closure")),
            signed_until=None if signed is None else _date(signed),
            names=MappingProxyType({day: name for day, name in named if name}),
        )

    def to_data(self) -> dict[str, object]:
        """Return plain data that ``from_data`` reads back to an equal calendar."""
        data: dict[str, object] = {
            "tz": self.tz,
            "hours": {
                WEEKDAYS[weekday]: [[_time_text(r.opens), _time_text(r.closes)] for r in ranges]
                for weekday, ranges in sorted(self.hours.items())
            },
            "holidays": [
                {"date": day.isoformat(), "name": self.names[day]} if day in self.names else day.isoformat()
                for day in sorted(self.holidays)
            ],
            "closures": [{"span": c.span, "reason": c.reason} if c.reason else c.span for c in self.closures],
        }
        if self.signed_until is not None:
            data["signed_until"] = self.signed_until.isoformat()
        return data


def _mapping(value: object, code: str, keys: frozenset[str]) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise CalendarError(code, value=value)
    for key in value:
        if key not in keys:
            raise CalendarError("unknown_key", value=key)
    return value


def _sequence(value: object, code: str) -> Sequence[object]:
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        raise CalendarError(code, value=value)
    return value


def _hours(value: object) -> Mapping[int, tuple[Range, ...]]:
    if value is None:
        raise CalendarError("no_hours", value="hours")
    week = _mapping(value, "bad_hours", frozenset(WEEKDAYS))
    return MappingProxyType(
        {
            weekday: tuple(_range(item) for item in _sequence(week[name], "bad_hours"))
            for weekday, name in enumerate(WEEKDAYS)
            if name in week
        }
    )


def _range(value: object) -> Range:
    edges = _sequence(value, "bad_hours")
    if len(edges) != _RANGE_EDGES:
        raise CalendarError("bad_hours", value=value)
    return Range(_time(edges[0]), _time(edges[1]))


def _time(value: object) -> int:
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    minute = int(found[1]) * 60 + int(found[2]) if found else MINUTES_A_DAY + 1
    if minute > MINUTES_A_DAY:
        raise CalendarError("bad_time", value=value)
    return minute


def _date(value: object) -> date:
    try:
        if isinstance(value, str) and _DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise CalendarError("bad_date", value=value)


def _text(value: object, code: str) -> str:
    if not isinstance(value, str):
        raise CalendarError(code, value=value)
    return value


def _holiday(value: object) -> tuple[date, str]:
    if isinstance(value, str):
        return _date(value), ""
    item = _mapping(value, "bad_date", frozenset({"date", "name"}))
    return _date(item.get("date")), _text(item.get("name", ""), "bad_date")


def _closure(value: object) -> Closure:
    if isinstance(value, str):
        return _closure_span(value, "")
    item = _mapping(value, "bad_closure", frozenset({"span", "reason"}))
    return _closure_span(_text(item.get("span"), "bad_closure"), _text(item.get("reason", ""), "bad_closure"))


def _closure_span(span: str, reason: str) -> Closure:
    first, slash, last = span.partition("/")
    if "T" not in span:
        return Closure(Wall(_date(first), 0), Wall(_date(last if slash else first), MINUTES_A_DAY), reason)
    if not ("T" in first and "T" in last):
        raise CalendarError("bad_closure", value=span)
    return Closure(_wall(first), _wall(last), reason)


def _wall(text: str) -> Wall:
    day, _, time = text.partition("T")
    return Wall(_date(day), _time(time))


def _same_midnight(begin: Wall, end: Wall) -> bool:
    return begin.minute == MINUTES_A_DAY and end.minute == 0 and (end.day - begin.day).days == 1


def _time_text(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
