"""The sweep, every twenty seconds in every process.

1. refuse to judge while the machine's clock is in doubt;
2. settle the questions on which a member stayed silent long enough, and give those that nobody has to who is there now;
3. take the clocks whose ``next_due_at`` has come (rows another worker holds are skipped), in batches, to the last;
4. for each, in its own savepoint: write the breach it passed, aim at its next step, gather its alerts; a row that
   fails is put off with a growing wait and told to the coordinators, and never blocks the others;
5. once a working day: hand on what the newly absent have, and tell the coordinators the state of things;
6. queue the alerts, one digest to whoever would get too many or after a time without sweeps; leave a heartbeat.

Each batch is one transaction: clocks, breaches and alerts commit together. Most sweeps find nothing due: they
only look, which waits for no writer and keeps none waiting, and leave their heartbeat.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import exists, or_, select

from helpdesk import alerts, followers, morning, timekeeping, unassigned, undelivered
from helpdesk.casework import hand_over, resolution_of, settle
from helpdesk.clock import ClockGuard
from helpdesk.database import insert_once
from helpdesk.intake import is_mere_greeting
from helpdesk.lifecycle import Event
from helpdesk.model import ClockState, Resolution, State
from helpdesk.policy import BREACH
from helpdesk.tables import ClockRow, HeartbeatRow, TicketRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpdesk.office import Office, Unit

BATCH = 500
HEARTBEAT = "sweep"
FIRST_RETRY = dt.timedelta(minutes=1)
LONGEST_RETRY = dt.timedelta(hours=6)
_log = structlog.get_logger(__name__)


class Sweep:
    """Runs the sweep; one per process, it watches that process's clock."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._guard = ClockGuard(office.clock)

    def run(self) -> int:
        """Do all that is due; return how many clocks and questions were looked at, 0 when the clock is in doubt."""
        last, now, due = self._look()
        if self._office.database.is_sqlite and not self._guard.trusted(last):
            _log.warning("clock_in_doubt", last_sweep=last.isoformat() if last else None)
            return 0
        quiet = dt.timedelta(minutes=self._office.policy.catch_up_after_minutes)
        gather = last is not None and now - last > quiet
        done = self._catch_up(gather=gather) if due else 0
        self._morning()
        with self._office.unit() as unit:
            beat(unit, HEARTBEAT)
        return done

    def _catch_up(self, *, gather: bool) -> int:
        # Silences first: after an outage, whoever hears of the breach is then whoever has the question.
        done = self._in_batches(_silences)
        with self._office.unit() as unit:
            done += unassigned.retry(unit)
        return done + self._in_batches(lambda unit: _clocks(unit, gather=gather))

    def _morning(self) -> None:
        try:
            with self._office.reading() as unit:
                comes = morning.is_to_come(unit)
            if comes:
                with self._office.unit() as unit:
                    morning.run(unit)
        except Exception as error:  # noqa: BLE001 - the sweep goes on
            # The promise is watched all the same; it is tried again at the next sweep.
            _log.exception("morning_failed", error=type(error).__name__)

    def _in_batches(self, step: Callable[[Unit], int]) -> int:
        total = 0
        while True:
            with self._office.unit() as unit:
                done = step(unit)
            total += done
            if done < BATCH:
                return total

    def _look(self) -> tuple[dt.datetime | None, dt.datetime, bool]:
        """Return when the last sweep ran to its end, the present instant by the same clock, and whether any is due."""
        with self._office.reading() as unit:
            row = unit.session.get(HeartbeatRow, HEARTBEAT)
            silence, clock = TicketRow.silence_at <= unit.now, ClockRow.next_due_at <= unit.now
            due = or_(exists().where(*unassigned.WAITING), exists().where(silence), exists().where(clock))
            return (row.at if row else None), unit.now, bool(unit.session.scalar(select(due)))


def beat(unit: Unit, name: str) -> None:
    """Record that a periodic task ran to its end."""
    row = unit.session.get(HeartbeatRow, name, with_for_update=True)
    if row is not None:
        row.at = max(row.at, unit.now)
    else:
        insert_once(unit.session, HeartbeatRow, name=name, at=unit.now, data={})


def _clocks(unit: Unit, *, gather: bool) -> int:
    due = unit.session.scalars(
        select(ClockRow)
        .where(ClockRow.next_due_at <= unit.now)
        .order_by(ClockRow.next_due_at, ClockRow.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, key_share=True, of=ClockRow),
    ).all()
    gathered: list[alerts.Alert] = []
    for clock in due:
        try:
            with unit.session.begin_nested():
                gathered += judge(unit, clock)
                clock.failures = 0
        except Exception as error:  # noqa: BLE001 - a poison row must not stop the promise of the others
            _put_off(unit, clock, error)
    alerts.send(unit, gathered, gather=gather)
    return len(due)


def judge(unit: Unit, clock: ClockRow) -> list[alerts.Alert]:
    """Write the breach a clock has passed, aim it at its next step, and return one alert: the highest step passed.

    A breach speaks before any other step passed at the same time: it implies its alert.
    """
    passed = _passed_steps(unit, clock) if clock.state is ClockState.running else []
    if not passed:
        timekeeping.schedule(unit, clock)
        return []
    breach = timekeeping.note_breach(unit, clock, until=unit.now) if BREACH in passed else None
    timekeeping.advance(unit, clock, passed[-1])
    if breach is not None:
        alerts.tell_member_late(unit, clock, breach)
        return alerts.of_breach(unit, clock, breach)
    if clock.ticket.state is State.joined and _is_watched(unit, clock.ticket):
        return []
    told = [step for step in passed if step != BREACH]
    return alerts.of_step(unit, clock, told[-1], tuple(told[:-1])) if told else []


def _is_watched(unit: Unit, follower: TicketRow) -> bool:
    """Tell whether the question that this one joined has reminders of its own to come before."""
    lead = followers.lead_of(unit, follower)
    return lead is not None and timekeeping.current(unit, lead).state is ClockState.running


def _passed_steps(unit: Unit, clock: ClockRow) -> list[int]:
    """Return the steps of the clock that have come by now and were not told, lowest first."""
    count = timekeeping.count_of(unit, clock)
    passed = []
    step = clock.next_step
    while step is not None:
        moment = timekeeping.moment_of(count, step)
        if moment is None or moment > unit.now:
            break
        passed.append(step)
        step = unit.office.policy.next_step(step)
    return passed


def _silences(unit: Unit) -> int:
    due = unit.session.scalars(
        select(TicketRow)
        .where(TicketRow.silence_at <= unit.now)
        .order_by(TicketRow.silence_at, TicketRow.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, key_share=True, of=TicketRow),
    ).all()
    for ticket in due:
        try:
            with unit.session.begin_nested():
                settle_silence(unit, ticket)
                ticket.failures = 0
        except Exception as error:  # noqa: BLE001 - the same
            ticket.failures += 1
            ticket.silence_at = _next_try(unit, ticket.failures)
            alerts.report_failure(unit, "silence_failed", ticket.id, f"ticket:{ticket.id}:silence_failed", error)
    return len(due)


def settle_silence(unit: Unit, ticket: TicketRow) -> None:
    """Settle a question on which the member said nothing more for long enough.

    What lacked words or a choice goes to the experts, a mere greeting to nobody; an answer is taken to do, unless no
    channel accepted it: it is then owed again.
    """
    match ticket.state:
        case State.received if is_mere_greeting(ticket):
            settle(unit, ticket, Event.expire, Resolution.no_question)
        case State.received | State.suggested:
            hand_over(unit, ticket, None, "silence")
        case State.answered if (clock := timekeeping.current(unit, ticket)).state is ClockState.delivering:
            # No channel accepted the answer: that silence is ours.
            ticket.silence_at = timekeeping.due_in_days(unit, unit.now, unit.office.policy.silence_days)
            undelivered.give_up_answer(unit, clock)
        case State.answered:
            settle(unit, ticket, Event.expire, resolution_of(unit, ticket, confirmed=False))
        case _:
            ticket.silence_at = None


def _put_off(unit: Unit, clock: ClockRow, error: Exception) -> None:
    clock.failures += 1
    clock.next_due_at = _next_try(unit, clock.failures)
    alerts.report_failure(unit, "clock_failed", clock.ticket_id, f"clock:{clock.id}:failed", error)


def _next_try(unit: Unit, failures: int) -> dt.datetime:
    """Return when a row on which sweeps failed is tried again: the wait doubles, up to the longest."""
    return unit.now + min(LONGEST_RETRY, FIRST_RETRY * float(2 ** min(failures, 10)))
