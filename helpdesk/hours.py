"""The interval engine: which instants are open, how many lie between two, where a given number of them ends.

One rule, the wall predicate: an instant is open when the wall clock, at that instant, reads a minute inside the hours
of a date that is neither a holiday nor closed. A repeated hour therefore counts twice and a skipped hour not at all,
with no rule for the change of clocks.

Instants are whole seconds since 1970-01-01T00:00Z, days are days since 1970-01-01 (see ``helpdesk.wallclock``). A
calendar is compiled when first asked: each date to its open spans, then blocks of about a year to sorted arrays with
running totals, so that a question costs two bisections.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from helpdesk.calendar import MINUTES_A_DAY
from helpdesk.errors import InvalidInputError
from helpdesk.wallclock import DAY, Span, date_of, day_number, wall_clock_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from helpdesk.calendar import Calendar, Wall

_BLOCK_BITS = 25  # 2**25 s is 388 days
_PATIENCE = 5  # blocks without a single opening before the search is given up: at least five years
_MINUTE = 60
_WEEK = 7
_THURSDAY = 3  # 1970-01-01

FIRST_INSTANT = day_number(date_of(0).replace(year=1900)) * DAY
LAST_INSTANT = day_number(date_of(0).replace(year=2300)) * DAY


class NoOpeningError(InvalidInputError):
    """The search is given up: no opening for five years from ``data["after"]`` (a date).

    ``beyond_reach``: the count goes on past the year 2299.
    """

    code = "no_opening"


class Openings:
    """The open instants of one calendar. Raises ``NoOpeningError`` from every search that finds none in five years."""

    def __init__(self, calendar: Calendar) -> None:
        self.clock = wall_clock_of(calendar.zone)
        self._week = _weekly(calendar)
        self._holidays = frozenset(map(day_number, calendar.holidays))
        self._closures = union((reading_of(c.begin), reading_of(c.end)) for c in calendar.closures)
        self._days: dict[int, tuple[Span, ...]] = {}
        self._blocks: dict[int, _Block] = {}

    def hours_of(self, day: int) -> tuple[Span, ...]:
        """Return the weekly hours that fall on the date ``day``, as readings, holidays and closures not considered."""
        return tuple((day * DAY + begin, day * DAY + end) for begin, end in self._week[(day + _THURSDAY) % _WEEK])

    def on(self, day: int) -> tuple[Span, ...]:
        """Return the open instants of the date ``day``, sorted and disjoint; nothing if it is not an open date."""
        known = self._days.get(day)
        if known is None:
            known = self._days[day] = tuple(union(self._compile_day(day)))
        return known

    def seconds_on(self, day: int) -> int:
        """Return how many seconds of the date ``day`` are open."""
        return sum(end - begin for begin, end in self.on(day))

    def days_from(self, day: int) -> Iterator[int]:
        """Yield the open dates from ``day`` on."""
        last = day
        while (day - last) * DAY <= _PATIENCE << _BLOCK_BITS:
            if self.on(day):
                yield day
                last = day
            day += 1
            _check_within_reach(day * DAY)
        raise NoOpeningError(after=date_of(last))

    def is_open(self, instant: int) -> bool:
        """Tell whether ``instant`` is open."""
        block = self._block(instant >> _BLOCK_BITS)
        at = bisect_right(block.begins, instant) - 1
        return at >= 0 and instant < block.ends[at]

    def next_open(self, instant: int) -> int:
        """Return the first open instant at or after ``instant``."""
        for block in self._blocks_from(instant >> _BLOCK_BITS):
            at = bisect_right(block.ends, instant)
            if at < len(block.ends):
                return max(instant, block.begins[at])
        raise AssertionError  # the blocks end by raising

    def between(self, begin: int, end: int) -> int:
        """Return how many open seconds lie from ``begin`` (included) to ``end`` (excluded)."""
        if end <= begin:
            return 0
        first, last = begin >> _BLOCK_BITS, end >> _BLOCK_BITS
        whole = sum(self._block(number).total for number in range(first, last))
        return whole + self._block(last).before(end) - self._block(first).before(begin)

    def after(self, instant: int, seconds: int) -> int:
        """Return the earliest instant that has ``seconds`` (at least 1) open seconds between ``instant`` and itself."""
        first = instant >> _BLOCK_BITS
        wanted = seconds + self._block(first).before(instant)
        for block in self._blocks_from(first):
            if wanted <= block.total:
                at = bisect_left(block.totals, wanted)
                return block.ends[at] - (block.totals[at] - wanted)
            wanted -= block.total
        raise AssertionError  # the blocks end by raising

    def _blocks_from(self, number: int) -> Iterator[_Block]:
        last = number
        while number - last <= _PATIENCE:
            block = self._block(number)
            yield block
            if block.total:
                last = number
            number += 1
            _check_within_reach(number << _BLOCK_BITS)
        raise NoOpeningError(after=date_of((last << _BLOCK_BITS) // DAY))

    def _block(self, number: int) -> _Block:
        known = self._blocks.get(number)
        if known is None:
            known = self._blocks[number] = self._compile_block(number)
        return known

    def _compile_block(self, number: int) -> _Block:
        low, high = number << _BLOCK_BITS, (number + 1) << _BLOCK_BITS
        days = range(
            low // DAY - 1, high // DAY + 2
        )  # a local date begins up to a day before or after its UTC namesake
        spans = (span for day in days for span in self.on(day))
        return _Block(union((max(begin, low), min(end, high)) for begin, end in spans))

    def _compile_day(self, day: int) -> Iterator[Span]:
        if day in self._holidays:
            return
        for begin, end in self.hours_of(day):
            for left in _without((begin, end), self._closures):
                yield from self.clock.spans(*left)


class _Block:
    """The open spans of one stretch of time, with running totals."""

    def __init__(self, spans: list[Span]) -> None:
        self.begins = [begin for begin, _ in spans]
        self.ends = [end for _, end in spans]
        self.totals = list(accumulate(end - begin for begin, end in spans))
        self.total = self.totals[-1] if spans else 0

    def before(self, instant: int) -> int:
        """Return how many open seconds of this block lie before ``instant``."""
        at = bisect_right(self.begins, instant) - 1
        return self.totals[at] - max(0, self.ends[at] - instant) if at >= 0 else 0


@lru_cache(maxsize=256)
def openings_of(calendar: Calendar) -> Openings:
    """Return the compiled openings of a calendar, shared by all who hold an equal calendar."""
    return Openings(calendar)


def union(spans: Iterable[Span]) -> list[Span]:
    """Return the same instants as sorted, disjoint and non-touching spans; empty spans are dropped."""
    merged: list[Span] = []
    for begin, end in sorted(spans):
        if begin >= end:
            continue
        if merged and begin <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((begin, end))
    return merged


def _without(span: Span, holes: list[Span]) -> Iterator[Span]:
    """Yield what is left of ``span`` once the sorted, disjoint ``holes`` are cut out."""
    begin, end = span
    for hole_begin, hole_end in holes:
        if hole_end <= begin or hole_begin >= end:
            continue
        if begin < hole_begin:
            yield begin, hole_begin
        begin = hole_end
    if begin < end:
        yield begin, end


def _weekly(calendar: Calendar) -> list[list[Span]]:
    """Return for each weekday its spans in seconds of the day; a night range gives a half to each of its two days."""
    halves: list[list[Span]] = [[] for _ in range(_WEEK)]
    for weekday, ranges in calendar.hours.items():
        for hours in ranges:
            if hours.opens < hours.closes:
                halves[weekday].append((hours.opens * _MINUTE, hours.closes * _MINUTE))
            else:
                halves[weekday].append((hours.opens * _MINUTE, MINUTES_A_DAY * _MINUTE))
                halves[(weekday + 1) % _WEEK].append((0, hours.closes * _MINUTE))
    return [union(spans) for spans in halves]


def reading_of(wall: Wall) -> int:
    """Return a wall moment of the calendar as a reading of the wall clock."""
    return day_number(wall.day) * DAY + wall.minute * _MINUTE


def _check_within_reach(instant: int) -> None:
    if instant > LAST_INSTANT:
        raise NoOpeningError("beyond_reach", after=date_of(LAST_INSTANT // DAY))
