"""The promise, counted: the budget of "three working days", and the clock that spends it.

A clock has a start, a budget of working time and pauses. What is counted is what is open and not paused; everything a
clock is asked (date due, breach, reminders, escalations, elapsed time, met or not) follows from that one definition.
Instants given must be aware; instants returned are UTC with second resolution, parts of a second being dropped.
``docs/promise.md`` explains the rules with worked examples.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from helpdesk.errors import GuichetError, InvalidInputError
from helpdesk.hours import FIRST_INSTANT, LAST_INSTANT, openings_of, union
from helpdesk.receipt import DayRow, Window, day_rows
from helpdesk.wallclock import DAY, EPOCH, Span, date_of

if TYPE_CHECKING:
    from helpdesk.calendar import Calendar
    from helpdesk.hours import Openings

_SECOND = timedelta(seconds=1)
_PERCENT = 100
_MINUTE = 60
_FOREVER = 1 << 62  # the end of a pause that is still open


class CountError(InvalidInputError):
    """What a count is made of, or is asked, means nothing: a naive instant, no budget, a pause that ends too early."""

    code = "bad_count"


class HorizonError(GuichetError):
    """The count needs the holidays of ``data["needed"]``, after ``data["signed_until"]``, the last day signed off."""

    code = "beyond_signed_holidays"


@dataclass(frozen=True)
class Pause:
    """From ``begin`` (included) to ``end`` (excluded) the clock does not count; ``None`` means still paused.

    Raises ``CountError``: ``reversed_pause`` when it ends before it begins, and for instants that cannot be used.
    """

    begin: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        if _seconds(self.begin) > (_FOREVER if self.end is None else _seconds(self.end)):
            raise CountError("reversed_pause", begin=self.begin, end=self.end)


@dataclass(frozen=True)
class Reminder:
    """A step of a clock: when its share of the budget was spent, and the first counted instant from then on.

    ``deliver_at`` is never at night nor during a pause; ``None`` while a pause that is still open hides it.
    """

    reached: datetime
    deliver_at: datetime | None


@dataclass(frozen=True)
class Count:
    """A clock: ``budget_seconds`` of open, unpaused time from ``start``.

    Pauses are a set of instants: order, duplicates, nesting and zero length do not matter.
    Raises ``CountError`` when the budget is not at least one second or the start cannot be used; every search raises
    ``NoOpeningError`` when the calendar shows no opening for five years.
    """

    calendar: Calendar
    start: datetime
    budget_seconds: int
    pauses: tuple[Pause, ...] = ()

    def __post_init__(self) -> None:
        if self.budget_seconds < 1:
            raise CountError("bad_budget", value=self.budget_seconds)
        _seconds(self.start)

    @cached_property
    def due_at(self) -> datetime | None:
        """The earliest instant at which the whole budget is spent; ``None`` while suspended by an open pause.

        Raises ``HorizonError`` when it would fall after the last day whose holidays are signed off.
        """
        due = self._reached(self.budget_seconds)
        if due is None:
            return None
        _check_signed(self.calendar, self._openings.clock.reading(due - 1) // DAY)
        return _instant(due)

    @cached_property
    def breach_at(self) -> datetime | None:
        """The first counted instant from ``due_at`` on: after it the promise is broken. ``None`` while suspended."""
        return None if self.due_at is None else self._first_counted(_seconds(self.due_at))

    def elapsed(self, at: datetime) -> int:
        """Return the seconds counted from the start to ``at``; they go on beyond the budget."""
        end = _seconds(at)
        return sum(self._openings.between(begin, min(last, end)) for begin, last in self._runs if begin < end)

    def reminder(self, percent: int) -> Reminder | None:
        """Return the step at ``percent`` of the budget, 1 to 100. Raises ``CountError`` (``bad_percent``)."""
        if percent > _PERCENT:
            raise CountError("bad_percent", value=percent)
        return self.step(percent)

    def step(self, percent: int) -> Reminder | None:
        """Return the step at ``percent`` of the budget, ``None`` when a pause still open comes before it.

        Over 100, an escalation: further working time on the same clock. The share is rounded up to a whole minute, but
        never beyond the budget for a reminder. Raises ``CountError`` (``bad_percent``) under 1.
        """
        if percent < 1:
            raise CountError("bad_percent", value=percent)
        share = -(-percent * self.budget_seconds // (_PERCENT * _MINUTE)) * _MINUTE
        reached = self._reached(share if percent > _PERCENT else min(share, self.budget_seconds))
        return None if reached is None else Reminder(_instant(reached), self._first_counted(reached))

    def receipt(self) -> list[DayRow]:
        """Return how the budget is spent, one row a local date; the counted seconds of the rows add up to the budget.

        While suspended the rows stop where the open pause begins. Raises as ``due_at`` does.
        """
        due = None if self.due_at is None else _seconds(self.due_at)
        return day_rows(self.calendar, self._openings, Window(_seconds(self.start), due, self._paused))

    @cached_property
    def _openings(self) -> Openings:
        return openings_of(self.calendar)

    @cached_property
    def _paused(self) -> tuple[Span, ...]:
        return tuple(union((_seconds(p.begin), _FOREVER if p.end is None else _seconds(p.end)) for p in self.pauses))

    @cached_property
    def _runs(self) -> list[Span]:
        """The time from the start on without the pauses, open or not; the last run has no end unless suspended."""
        runs, begin = [], _seconds(self.start)
        for pause_begin, pause_end in self._paused:
            if begin < pause_begin:
                runs.append((begin, pause_begin))
            begin = max(begin, pause_end)
        if begin < _FOREVER:
            runs.append((begin, _FOREVER))
        return runs

    def _reached(self, seconds: int) -> int | None:
        """Return the earliest instant with ``seconds`` elapsed, ``None`` if an open pause comes first."""
        for begin, end in self._runs:
            if end == _FOREVER:
                return self._openings.after(begin, seconds)
            counted = self._openings.between(begin, end)
            if counted >= seconds:
                return self._openings.after(begin, seconds)
            seconds -= counted
        return None

    def _first_counted(self, instant: int) -> datetime | None:
        """Return the first counted instant from ``instant`` on; ``None`` if an open pause comes first."""
        for begin, end in self._runs:
            if end <= instant:
                continue
            opened = self._openings.next_open(max(begin, instant))
            if opened < end:
                return _instant(opened)
        return None


def budget_for_days(calendar: Calendar, asked_at: datetime, days: int) -> int:
    """Return the seconds that ``days`` working days are worth, for something asked at ``asked_at``.

    Counting starts at the first open instant. When nothing was worked earlier that date, that date is day one and the
    budget is all the open time of ``days`` open dates. Otherwise it is the open time until the wall clock first reads
    the same time on the ``days``-th open date after. (Section 3 of the promise, rule B': "asked on Monday at 16:00,
    answered by Thursday at 16:00", and never later than the end of the ``days``-th working day after.)
    Raises ``CountError`` (``bad_days``), ``NoOpeningError``, and ``HorizonError`` when a day needed is not signed off.
    """
    if days < 1:
        raise CountError("bad_days", value=days)
    openings = openings_of(calendar)
    begin = openings.next_open(_seconds(asked_at))
    reading = openings.clock.reading(begin)
    first = reading // DAY
    open_days = openings.days_from(first)
    if openings.on(first)[0][0] == begin:
        whole = [next(open_days) for _ in range(days)]
        _check_signed(calendar, whole[-1])
        return sum(openings.seconds_on(day) for day in whole)
    for _ in range(days):
        next(open_days)
    last = next(open_days)
    _check_signed(calendar, last)
    return openings.between(begin, openings.clock.first_reaching(last * DAY + reading % DAY))


def receipt(calendar: Calendar, start: datetime, budget: int, pauses: tuple[Pause, ...] = ()) -> list[DayRow]:
    """Return how a count of ``budget`` seconds is spent, day by day: ``Count.receipt`` without building the count."""
    return Count(calendar, start, budget, pauses).receipt()


def is_open(calendar: Calendar, instant: datetime) -> bool:
    """Tell whether the desk is open at ``instant``."""
    return openings_of(calendar).is_open(_seconds(instant))


def next_open(calendar: Calendar, instant: datetime) -> datetime:
    """Return the first open instant at or after ``instant``. Raises ``NoOpeningError`` when five years show none."""
    return _instant(openings_of(calendar).next_open(_seconds(instant)))


def _seconds(instant: datetime) -> int:
    if instant.tzinfo is None or instant.utcoffset() is None:
        raise CountError("naive_instant", value=instant)
    seconds = (instant - EPOCH) // _SECOND
    if not FIRST_INSTANT <= seconds < LAST_INSTANT:
        raise CountError("instant_out_of_range", value=instant)
    return seconds


def _instant(seconds: int) -> datetime:
    return EPOCH + timedelta(seconds=seconds)


def _check_signed(calendar: Calendar, day: int) -> None:
    if calendar.signed_until is not None and date_of(day) > calendar.signed_until:
        raise HorizonError(needed=date_of(day), signed_until=calendar.signed_until)
