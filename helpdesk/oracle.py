"""The promise counted a second time, in a way that shares nothing with the first: it judges what is stored.

``hours`` and ``promise`` work with intervals, local midnights and bisections. Here each minute of UTC is asked what the
clock on the wall reads at that minute, and each wall minute of a date is asked whether the desk is open: slow, and
plain enough to be checked by eye. It reads the calendar's data itself. Zones whose offset is not whole minutes (none
since 1972) are out of its reach.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

Pauses = Sequence[tuple[dt.datetime, dt.datetime | None]]

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MINUTE = 60
_MINUTES_A_DAY = 1440
_DAY = _MINUTE * _MINUTES_A_DAY
_MOST_DAYS = 800  # a count that takes longer than that is itself a finding
_PERCENT = 100


class OutOfReachError(LookupError):
    """The count goes on for more days than anybody would promise: the calendar hardly opens."""


class Oracle:
    """One calendar, as the data it is stored in, and what is counted with it. Instants are aware."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._zone = ZoneInfo(data["tz"])
        self._hours = {
            weekday: [(_minutes(begin), _minutes(end)) for begin, end in data["hours"].get(name, ())]
            for weekday, name in enumerate(_WEEKDAYS)
        }
        self._holidays = {item if isinstance(item, str) else item["date"] for item in data.get("holidays", ())}
        closures = [item if isinstance(item, str) else item["span"] for item in data.get("closures", ())]
        self._closures = [_closure(span) for span in closures]
        self._dates: dict[dt.date, bytearray] = {}
        self._days: dict[int, list[tuple[int, int]]] = {}

    def is_open(self, instant: dt.datetime) -> bool:
        """Tell whether the desk is open at ``instant``."""
        second = _seconds(instant)
        return any(begin <= second < end for begin, end in self._open_spans(second // _DAY))

    def elapsed(self, start: dt.datetime, until: dt.datetime, pauses: Pauses = ()) -> int:
        """Return the seconds counted from ``start`` to ``until``."""
        last, total = _seconds(until), 0
        for begin, end in self._counted(_seconds(start), pauses):
            if begin >= last:
                break
            total += min(end, last) - begin
        return total

    def reached(self, start: dt.datetime, budget: int, pauses: Pauses = ()) -> dt.datetime | None:
        """Return the earliest instant with ``budget`` seconds counted, None when an open pause comes first."""
        for begin, end in self._counted(_seconds(start), pauses):
            if end - begin >= budget:
                return _instant(begin + budget)
            budget -= end - begin
        return None

    def first_counted(self, instant: dt.datetime, pauses: Pauses = ()) -> dt.datetime | None:
        """Return the first counted instant from ``instant`` on, None when an open pause comes first."""
        return next((_instant(begin) for begin, _ in self._counted(_seconds(instant), pauses)), None)

    def breach(self, start: dt.datetime, budget: int, pauses: Pauses = ()) -> dt.datetime | None:
        """Return the last instant at which an answer keeps the promise, None while an open pause hides it."""
        due = self.reached(start, budget, pauses)
        return None if due is None else self.first_counted(due, pauses)

    def step(self, start: dt.datetime, budget: int, percent: int, pauses: Pauses = ()) -> dt.datetime | None:
        """Return when a step may be told: its share, in whole minutes begun, is counted, and the desk is open."""
        share = -(-budget * percent // (_PERCENT * _MINUTE)) * _MINUTE
        reached = self.reached(start, share if percent > _PERCENT else min(share, budget), pauses)
        return None if reached is None else self.first_counted(reached, pauses)

    def _counted(self, start: int, pauses: Pauses) -> Iterator[tuple[int, int]]:
        """Yield what is open and not paused, from ``start`` on, in order."""
        suspended = min((_seconds(begin) for begin, end in pauses if end is None), default=None)
        closed = sorted((_seconds(begin), _seconds(end)) for begin, end in pauses if end is not None)
        for day in range(start // _DAY, start // _DAY + _MOST_DAYS):
            if suspended is not None and suspended <= day * _DAY:
                return
            for begin, end in self._open_spans(day):
                last = end if suspended is None else min(end, suspended)
                yield from _without(max(begin, start), last, closed)
        raise OutOfReachError

    def _open_spans(self, day: int) -> list[tuple[int, int]]:
        """Return when the desk is open on one day of UTC, by looking at the wall at each of its minutes."""
        if day not in self._days:
            spans: list[tuple[int, int]] = []
            minutes = range(day * _MINUTES_A_DAY, (day + 1) * _MINUTES_A_DAY)
            for minute in minutes if self._may_open(_instant(day * _DAY).date()) else ():
                begin = minute * _MINUTE
                wall = dt.datetime.fromtimestamp(begin, self._zone)
                if not self._open_minutes(wall.date())[wall.hour * 60 + wall.minute]:
                    continue
                if spans and spans[-1][1] == begin:
                    spans[-1] = (spans[-1][0], begin + _MINUTE)
                else:
                    spans.append((begin, begin + _MINUTE))
            self._days[day] = spans
        return self._days[day]

    def _may_open(self, date: dt.date) -> bool:
        """Tell whether the desk opens on a date or on either side of it: no zone is a day away from UTC."""
        around = (date + dt.timedelta(days=days) for days in (-1, 0, 1))
        return any(any(self._open_minutes(day)) for day in around)

    def _open_minutes(self, date: dt.date) -> bytearray:
        """Return, for each minute that the wall can read on a date, 1 when the desk is open."""
        if date not in self._dates:
            self._dates[date] = self._mark(date)
        return self._dates[date]

    def _mark(self, date: dt.date) -> bytearray:
        marks = bytearray(_MINUTES_A_DAY)
        if date.isoformat() in self._holidays:
            return marks
        for begin, end in self._hours[date.weekday()]:
            _fill(marks, begin, end if end > begin else _MINUTES_A_DAY, 1)
        for begin, end in self._hours[(date.weekday() - 1) % len(_WEEKDAYS)]:
            if end <= begin:  # opened the day before, closes after midnight
                _fill(marks, 0, end, 1)
        for (first, opening), (last, closing) in self._closures:
            if first <= date <= last:
                _fill(marks, opening if date == first else 0, closing if date == last else _MINUTES_A_DAY, 0)
        return marks


def _without(begin: int, end: int, closed: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield what is left between ``begin`` and ``end`` without the ``closed`` spans, sorted by their beginning."""
    for pause_begin, pause_end in closed:
        if begin < min(pause_begin, end):
            yield begin, min(pause_begin, end)
        begin = max(begin, pause_end)
    if begin < end:
        yield begin, end


def _fill(marks: bytearray, begin: int, end: int, value: int) -> None:
    for minute in range(begin, end):
        marks[minute] = value


def _minutes(time: str) -> int:
    hour, minute = time.split(":")
    return int(hour) * 60 + int(minute)


def _closure(span: str) -> tuple[tuple[dt.date, int], tuple[dt.date, int]]:
    """Read a closure: a date, two dates (both included), or two wall moments (the last excluded)."""
    first, _, last = span.partition("/")
    last = last or first
    if "T" not in span:
        return (dt.date.fromisoformat(first), 0), (dt.date.fromisoformat(last), _MINUTES_A_DAY)
    (first_day, opening), (last_day, closing) = first.split("T"), last.split("T")
    return (dt.date.fromisoformat(first_day), _minutes(opening)), (dt.date.fromisoformat(last_day), _minutes(closing))


def _seconds(instant: dt.datetime) -> int:
    return (instant - _EPOCH) // dt.timedelta(seconds=1)


def _instant(seconds: int) -> dt.datetime:
    return _EPOCH + dt.timedelta(seconds=seconds)
