"""What the wall clock of a zone reads at an instant, and at which instants it reads something.

Instants are whole seconds since 1970-01-01T00:00Z. A wall reading is counted the same way, as if the wall showed UTC:
``reading // DAY`` is its date in days since 1970-01-01, ``reading % DAY`` its second of that date.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

DAY = 86_400
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()

Span = tuple[int, int]
"""Two seconds: the first included, the second excluded."""


def day_number(day: date) -> int:
    """Return a date in days since 1970-01-01."""
    return day.toordinal() - _EPOCH_ORDINAL


def date_of(day: int) -> date:
    """Return the date that is ``day`` days after 1970-01-01."""
    return date.fromordinal(day + _EPOCH_ORDINAL)


class WallClock:
    """The wall clock of one zone.

    No zone of the tz database changes its offset twice within six days, nor is ever a whole day away from UTC: around
    a date there is at most one change, and one bisection finds it.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._changes: dict[int, tuple[int, int, int]] = {}

    def reading(self, instant: int) -> int:
        """Return what the wall reads at ``instant``."""
        before, change, after = self._around(instant // DAY)
        return instant + (before if instant < change else after)

    def first_reaching(self, reading: int) -> int:
        """Return the first instant at which the wall reads ``reading``, or jumps over it."""
        before, change, after = self._around(reading // DAY)
        early = reading - before
        return early if early < change else max(change, reading - after)

    def spans(self, begin: int, end: int) -> list[Span]:
        """Return when the wall reads from ``begin`` (included) to ``end`` (excluded), two readings of one date.

        One span as a rule; none when the wall jumps over it; two, possibly touching, when the clocks change inside it.
        """
        before, change, after = self._around(begin // DAY)
        if before == after:
            return [(begin - before, end - before)]
        pieces = (begin - before, min(end - before, change)), (max(begin - after, change), end - after)
        return [(first, last) for first, last in pieces if first < last]

    def _around(self, day: int) -> tuple[int, int, int]:
        """Return the offset before, the instant of the change, and the offset after, in the three days around ``day``.

        Without a change the two offsets are the same, and any instant will do.
        """
        known = self._changes.get(day)
        if known is None:
            known = self._changes[day] = self._find_change((day - 1) * DAY, (day + 2) * DAY)
        return known

    def _find_change(self, low: int, high: int) -> tuple[int, int, int]:
        before, after = self._offset(low), self._offset(high)
        if before == after:
            return before, low, after
        while high - low > 1:
            middle = (low + high) // 2
            if self._offset(middle) == before:
                low = middle
            else:
                high = middle
        return before, high, after

    def _offset(self, instant: int) -> int:
        local = (EPOCH + timedelta(seconds=instant)).astimezone(self._zone)
        offset = local.utcoffset()
        assert offset is not None
        return offset // timedelta(seconds=1)


@lru_cache(maxsize=64)
def wall_clock_of(zone: ZoneInfo) -> WallClock:
    """Return the wall clock of a zone, shared by all its calendars: the changes it found are found once."""
    return WallClock(zone)
