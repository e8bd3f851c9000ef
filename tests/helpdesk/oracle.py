"""The promise counted the slow way: look at the clock on the wall, minute after minute, and count.

Written from the definition alone and sharing no code with ``helpdesk``: it reads the calendar's data, compares wall
readings as text, and knows nothing of intervals or time zone rules. It judges the engine and audits stored clocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Pauses = Sequence[tuple[datetime, datetime | None]]


class Oracle:
    """The wall-clock predicate of one calendar, given as data, and what is counted by stepping through it."""

    def __init__(self, calendar: Mapping[str, Any], step: timedelta = timedelta(minutes=1)) -> None:
        self.zone = ZoneInfo(calendar["tz"])
        self.hours = calendar["hours"]
        self.holidays = set(calendar["holidays"])
        self.closures = calendar["closures"]
        self.step = step

    def wall(self, instant: datetime) -> str:
        return instant.astimezone(self.zone).replace(tzinfo=None).isoformat()

    def working(self, instant: datetime) -> bool:
        reading = self.wall(instant)
        day, time = reading[:10], reading[11:]
        if day in self.holidays or any(_closed(closure, day, reading) for closure in self.closures):
            return False
        weekday = instant.astimezone(self.zone).weekday()
        today = self.hours.get(WEEKDAYS[weekday], ())
        yesterday = self.hours.get(WEEKDAYS[weekday - 1], ())
        return any(start <= time and (time < end or end <= start) for start, end in today) or any(
            end <= start and time < end for start, end in yesterday
        )

    def counted(self, instant: datetime, pauses: Pauses) -> bool:
        paused = any(begin <= instant and (end is None or instant < end) for begin, end in pauses)
        return not paused and self.working(instant)

    def elapsed(self, start: datetime, until: datetime, pauses: Pauses = ()) -> timedelta:
        return sum((self.step for at in self._steps(start, until) if self.counted(at, pauses)), timedelta())

    def reached(self, start: datetime, budget: timedelta, limit: datetime, pauses: Pauses = ()) -> datetime | None:
        """Return the earliest instant with ``budget`` elapsed, ``None`` if it is not before ``limit``."""
        spent = timedelta()
        for at in self._steps(start, limit):
            spent += self.step if self.counted(at, pauses) else timedelta()
            if spent >= budget:
                return at + self.step
        return None

    def first_counted(self, start: datetime, limit: datetime, pauses: Pauses = ()) -> datetime | None:
        return next((at for at in self._steps(start, limit) if self.counted(at, pauses)), None)

    def budget(self, asked_at: datetime, days: int, limit: datetime) -> timedelta | None:
        """Return rule B' for ``days`` working days, ``None`` if it needs to look beyond ``limit``."""
        begin = self.first_counted(asked_at, limit)
        if begin is None:
            return None
        first_day = self.wall(begin)[:10]
        earlier = self._steps(begin - timedelta(hours=36), begin)
        worked_earlier = any(self.working(at) and self.wall(at)[:10] == first_day for at in earlier)
        open_days = self._open_days(begin, limit)
        if len(open_days) <= days:
            return None
        if not worked_earlier:
            wanted = open_days[:days]
            return sum((self.step for at in self._steps(begin, limit) if self._works_on(at, wanted)), timedelta())
        goal = open_days[days] + self.wall(begin)[10:]
        end = next(at for at in self._steps(begin, limit) if self.wall(at) >= goal)
        return self.elapsed(begin, end)

    def _works_on(self, instant: datetime, days: list[str]) -> bool:
        return self.wall(instant)[:10] in days and self.working(instant)

    def _open_days(self, begin: datetime, limit: datetime) -> list[str]:
        """Return the open dates from ``begin`` on, without the last one, which ``limit`` may cut."""
        days = sorted({self.wall(at)[:10] for at in self._steps(begin, limit) if self.working(at)})
        return [day for day in days if day >= self.wall(begin)[:10]][:-1]

    def _steps(self, start: datetime, until: datetime) -> Iterator[datetime]:
        at = start.astimezone(UTC)
        while at < until:
            yield at
            at += self.step


def _closed(closure: str, day: str, reading: str) -> bool:
    first, _, last = closure.partition("/")
    if "T" in closure:
        return first <= reading < last
    return first <= day <= (last or first)
