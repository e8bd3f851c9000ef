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
_READING = len("2026-03-29T02:00:00")

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
        return instant.astimezone(self.zone).isoformat()[:_READING]

    def working(self, instant: datetime) -> bool:
        wall = instant.astimezone(self.zone)
        reading = wall.isoformat()[:_READING]
        day, time = reading[:10], reading[11:]
        if day in self.holidays or any(_closed(closure, day, reading) for closure in self.closures):
            return False
        today = self.hours.get(WEEKDAYS[wall.weekday()], ())
        yesterday = self.hours.get(WEEKDAYS[wall.weekday() - 1], ())
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
        today, time = self.wall(begin)[:10], self.wall(begin)[10:]
        earlier = self._steps(begin - timedelta(hours=36), begin)
        asked_during_today = any(self.working(at) and self.wall(at)[:10] == today for at in earlier)
        worked = self._worked_by_date(begin, days + 2, limit)
        open_days = sorted(day for day in worked if day >= today)
        if len(open_days) < days + 2:
            return None
        if not asked_during_today:
            return sum((worked[day] for day in open_days[:days]), timedelta())
        end = next(at for at in self._steps(begin, limit) if self.wall(at) >= open_days[days] + time)
        return self.elapsed(begin, end)

    def _worked_by_date(self, begin: datetime, dates: int, limit: datetime) -> dict[str, timedelta]:
        """Return the time worked on each date from ``begin`` on, until ``dates`` dates have some; the last is cut."""
        worked: dict[str, timedelta] = {}
        for at in self._steps(begin, limit):
            if self.working(at):
                day = self.wall(at)[:10]
                worked[day] = worked.get(day, timedelta()) + self.step
                if len(worked) == dates:
                    break
        return worked

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
