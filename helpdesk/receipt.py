"""How a count was made, day by day: what counted, and what did not and why. The kinds here are worded in ``bot/``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from helpdesk.hours import reading_of, union
from helpdesk.wallclock import DAY, EPOCH, Span, date_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from helpdesk.calendar import Calendar
    from helpdesk.hours import Openings


class NotCounted(StrEnum):
    """Why a day or a part of its hours does not count."""

    no_hours = "no_hours"  # the desk has no hours on that weekday
    skipped_hour = "skipped_hour"  # the clocks went forward over all the hours of that day
    holiday = "holiday"
    closure = "closure"
    before_start = "before_start"
    paused = "paused"
    after_due = "after_due"


@dataclass(frozen=True)
class Part:
    """A part of a day's opening hours: counted when ``why`` is ``None``. Edges are aware, in the calendar's zone.

    ``seconds`` are real ones. ``note`` is the holiday's name or the closure's reason, when the calendar gives one.
    """

    begin: datetime
    end: datetime
    seconds: int
    why: NotCounted | None = None
    note: str = ""


@dataclass(frozen=True)
class DayRow:
    """A local date of a receipt. ``why`` tells why the whole day does not count, ``None`` if some of it does."""

    day: date
    parts: tuple[Part, ...]
    why: NotCounted | None
    note: str = ""


@dataclass(frozen=True)
class Window:
    """What a receipt is made of besides the calendar, in seconds: start, date due (if any) and merged pauses."""

    start: int
    due: int | None
    pauses: tuple[Span, ...]

    @property
    def last(self) -> int:
        """The last instant worth explaining: the last one counted, or where the suspension begins."""
        if self.due is not None:
            return self.due - 1
        return max(self.start, self.pauses[-1][0])


Explanation = tuple[NotCounted | None, str]


def day_rows(calendar: Calendar, openings: Openings, window: Window) -> list[DayRow]:
    """Return one row for every local date from the start to the due date, or to the suspension that hides it."""
    first, last = (openings.clock.reading(instant) // DAY for instant in (window.start, window.last))
    return [_day_row(calendar, openings, window, day) for day in range(first, last + 1)]


def _day_row(calendar: Calendar, openings: Openings, window: Window, day: int) -> DayRow:
    hours = openings.hours_of(day)
    explainer = _Explainer(calendar, openings, window, day)
    spans = union(span for begin, end in hours for span in openings.clock.spans(begin, end))
    parts = tuple(part for span in spans for part in explainer.parts(span))
    if not parts:
        return DayRow(date_of(day), (), NotCounted.skipped_hour if hours else NotCounted.no_hours)
    explanations = {(part.why, part.note) for part in parts}
    why, note = explanations.pop() if len(explanations) == 1 else (None, "")
    return DayRow(date_of(day), parts, why, note)


class _Explainer:
    """Cuts the opening hours of one date where something changes, and says of each piece whether it counts."""

    def __init__(self, calendar: Calendar, openings: Openings, window: Window, day: int) -> None:
        date = date_of(day)
        self._zone = calendar.zone
        self._window = window
        self._holiday = date in calendar.holidays
        self._holiday_name = calendar.names.get(date, "")
        self._closed = [
            (span, closure.reason)
            for closure in calendar.closures
            if closure.begin.day <= date <= closure.end.day
            for span in openings.clock.spans(*_within(day, reading_of(closure.begin), reading_of(closure.end)))
        ]

    def parts(self, span: Span) -> Iterator[Part]:
        begin, end = span
        cuts = sorted({begin, end, *(edge for edge in self._edges() if begin < edge < end)})
        for (why, note), pieces in groupby(pairwise(cuts), key=lambda piece: self._explain(piece[0])):
            edges = [edge for piece in pieces for edge in piece]
            yield Part(self._local(edges[0]), self._local(edges[-1]), edges[-1] - edges[0], why, note)

    def _edges(self) -> Iterator[int]:
        yield self._window.start
        if self._window.due is not None:
            yield self._window.due
        for span in (*self._window.pauses, *(span for span, _ in self._closed)):
            yield from span

    def _explain(self, instant: int) -> Explanation:
        if self._holiday:
            return NotCounted.holiday, self._holiday_name
        for span, reason in self._closed:
            if _holds(span, instant):
                return NotCounted.closure, reason
        if instant < self._window.start:
            return NotCounted.before_start, ""
        if self._window.due is not None and instant >= self._window.due:
            return NotCounted.after_due, ""
        if any(_holds(span, instant) for span in self._window.pauses):
            return NotCounted.paused, ""
        return None, ""

    def _local(self, instant: int) -> datetime:
        return (EPOCH + timedelta(seconds=instant)).astimezone(self._zone)


def _holds(span: Span, instant: int) -> bool:
    return span[0] <= instant < span[1]


def _within(day: int, begin: int, end: int) -> Span:
    return max(begin, day * DAY), min(end, (day + 1) * DAY)
