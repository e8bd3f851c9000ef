"""Clocks as stored: started, paused, stopped, resumed; always recomputed from their primary facts by ``promise``.

A breach row is written by whoever comes first, the sweep or the act that touches a clock already past its date
(the promise, section 2), and its ``at`` is computed, never the moment it was seen.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import select

from helpdesk.database import insert_once
from helpdesk.errors import InvalidInputError
from helpdesk.hours import openings_of
from helpdesk.model import ClockState
from helpdesk.policy import BREACH
from helpdesk.promise import Count, Pause, budget_for_days
from helpdesk.tables import BreachRow, ClockRow, PauseRow, TicketRow
from helpdesk.wallclock import day_number

if TYPE_CHECKING:
    from helpdesk.office import Unit

_FARTHEST = dt.timedelta(days=731)  # of a day that somebody announces: two years


def start(unit: Unit, ticket: TicketRow, at: dt.datetime) -> ClockRow:
    """Start the promise of the ticket's present cycle at ``at``."""
    version, calendar = unit.office.calendars.current(unit.session)
    clock = ClockRow(
        ticket_id=ticket.id,
        cycle=ticket.cycle,
        calendar_id=version,
        start=at,
        budget_seconds=budget_for_days(calendar, at, unit.office.policy.answer_days),
        state=ClockState.running,
    )
    clock.pauses = []
    unit.session.add(clock)
    schedule(unit, clock)
    unit.session.flush()
    return clock


def current(unit: Unit, ticket: TicketRow) -> ClockRow:
    """Return the clock of the ticket's present cycle as it now stands, locked until the transaction ends."""
    return unit.session.scalars(
        select(ClockRow)
        .where(ClockRow.ticket_id == ticket.id, ClockRow.cycle == ticket.cycle)
        .with_for_update(key_share=True, of=ClockRow)
        .execution_options(populate_existing=True),
    ).one()


def count_of(unit: Unit, clock: ClockRow) -> Count:
    """Return the arithmetic of a clock, from its calendar version, start, budget and pauses."""
    calendar = unit.office.calendars.get(unit.session, clock.calendar_id)
    pauses = tuple(Pause(pause.begin, pause.end) for pause in clock.pauses)
    return Count(calendar, clock.start, clock.budget_seconds, pauses)


def schedule(unit: Unit, clock: ClockRow) -> None:
    """Recompute the due date, the breach instant and the next moment the sweep must look at the clock."""
    count = count_of(unit, clock)
    clock.due_at, clock.breach_at = count.due_at, count.breach_at
    clock.next_step, clock.next_due_at = None, None
    if clock.state is ClockState.running:
        _aim(clock, count, unit.office.policy.next_step(clock.last_step))


def advance(unit: Unit, clock: ClockRow, done: int) -> None:
    """Aim the clock at the step after ``done`` percent."""
    clock.last_step = done
    schedule(unit, clock)


def pause(unit: Unit, clock: ClockRow, at: dt.datetime) -> BreachRow | None:
    """Pause the clock: an explicit question went to the member. Return the breach that this notices."""
    breach = note_breach(unit, clock, until=at)
    clock.pauses.append(PauseRow(begin=at, end=None))
    clock.state = ClockState.paused
    changed(unit, clock)
    return breach


def resume(unit: Unit, clock: ClockRow, at: dt.datetime) -> None:
    """Close every open pause at ``at``: the member spoke."""
    for item in clock.pauses:
        if item.end is None:
            item.end = max(at, item.begin)
    clock.state = ClockState.running
    changed(unit, clock)


def give(unit: Unit, clock: ClockRow, at: dt.datetime) -> BreachRow | None:
    """Record an answer given at ``at``; it counts once a channel accepts it. Return the breach if it was late."""
    breach = note_breach(unit, clock, until=at)
    for item in clock.pauses:
        if item.end is None:
            item.end = max(at, item.begin)
    clock.state = ClockState.delivering
    clock.stopped_at = at
    changed(unit, clock)
    return breach


def accepted(clock: ClockRow) -> None:
    """Settle the clock: a channel accepted the answer for the member, or the member showed that they have it."""
    if clock.state is ClockState.delivering:
        clock.state = ClockState.stopped


def restart(unit: Unit, clock: ClockRow) -> None:
    """Let the clock run again from its own start: the answer could not be delivered, or did not do.

    The closures announced while it stood still count too.
    """
    clock.calendar_id = unit.office.calendars.successor(unit.session, clock.calendar_id)
    clock.state = ClockState.running
    clock.stopped_at = None
    changed(unit, clock)


def void(unit: Unit, clock: ClockRow) -> BreachRow | None:
    """End the clock without an answer: nothing is owed any more. Return the breach that this notices: it stays."""
    breach = note_breach(unit, clock, until=unit.now)
    clock.state = ClockState.void
    changed(unit, clock)
    return breach


def crosses_days_off(unit: Unit, clock: ClockRow) -> bool:
    """Tell whether a date without any opening hour lies between the start of a clock and its due instant."""
    if clock.due_at is None:
        return False
    calendar = unit.office.calendars.get(unit.session, clock.calendar_id)
    first, last = (day_number(at.astimezone(calendar.zone).date()) for at in (clock.start, clock.due_at))
    openings = openings_of(calendar)
    return any(not openings.on(day) for day in range(first, last + 1))


def is_past(unit: Unit, clock: ClockRow) -> bool:
    """Tell whether the instant after which the promise is broken has come."""
    return clock.breach_at is not None and clock.breach_at < unit.now


def note_breach(unit: Unit, clock: ClockRow, until: dt.datetime) -> BreachRow | None:
    """Write the breach if the clock passed its breach instant before ``until``; return it only when it is new."""
    running = clock.state in {ClockState.running, ClockState.paused}
    if not running or clock.breach_at is None or until <= clock.breach_at:
        return None
    if not insert_once(unit.session, BreachRow, clock_id=clock.id, at=clock.breach_at, noticed_at=unit.now):
        return None
    unit.session.refresh(clock, ["breach"])
    clock.last_step = max(clock.last_step or 0, BREACH)  # no reminder makes sense any more
    unit.record("breach", clock.ticket, None, cycle=clock.cycle, at=clock.breach_at.isoformat())
    return clock.breach


def today(unit: Unit) -> dt.date:
    """Return the present date in the promise calendar's zone."""
    _, calendar = unit.office.calendars.current(unit.session)
    return unit.now.astimezone(calendar.zone).date()


def check_near(unit: Unit, day: dt.date) -> None:
    """Refuse days that nobody plans yet, most often a slip: ``InvalidInputError`` (``dates_too_far``) is raised."""
    if day > today(unit) + _FARTHEST:
        raise InvalidInputError("dates_too_far")


def due_in_days(unit: Unit, at: dt.datetime, days: int) -> dt.datetime:
    """Return the instant ``days`` working days after ``at``, counted as the promise is (the promise, section 6.12)."""
    _, calendar = unit.office.calendars.current(unit.session)
    count = Count(calendar, at, budget_for_days(calendar, at, days), ())
    # A silence is over at the first working instant after its last counted minute, so that nothing happens at night.
    assert count.breach_at is not None
    return count.breach_at


def changed(unit: Unit, clock: ClockRow) -> None:
    """Count a clock again after one of its facts changed: alerts caused before are no longer sent."""
    clock.generation += 1
    schedule(unit, clock)


def _aim(clock: ClockRow, count: Count, step: int | None) -> None:
    moment = moment_of(count, step) if step is not None else None
    if moment is not None:
        clock.next_step, clock.next_due_at = step, moment


def moment_of(count: Count, step: int) -> dt.datetime | None:
    """Return when the sweep must act on a step, None while a pause hides it.

    An answer at the very breach instant is on time (the promise, section 2), so the breach itself is the second after.
    """
    if step == BREACH:
        return count.breach_at + dt.timedelta(seconds=1) if count.breach_at else None
    reached = count.step(step)
    return reached.deliver_at if reached else None
