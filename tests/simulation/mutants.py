"""The faults that the harness must see: each puts back, on purpose, a mistake that other helpdesks live with.

A mutant is a function that changes the product through a ``MonkeyPatch``, undone at the end of its game.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import UniqueConstraint

from helpdesk import alerts, closures, outbox, telling, timekeeping, undelivered
from helpdesk.calendars import hold
from helpdesk.clock import ClockGuard
from helpdesk.database import insert_once
from helpdesk.model import ClockState, DeliveryState
from helpdesk.office import Act, Unit
from helpdesk.outbox import Claimed
from helpdesk.promise import Count, Pause
from helpdesk.sweep import Sweep
from helpdesk.tables import Base, BreachRow, ClockRow, DeliveryRow, InboundRow, NoticeRow

if TYPE_CHECKING:
    from sqlalchemy import Row
    from sqlalchemy.orm import Session

Mutant = Callable[[pytest.MonkeyPatch], None]
_numbers = count()


@contextmanager
def alive(mutant: Mutant) -> Iterator[None]:
    """Let a mutant live for the duration of a block."""
    with pytest.MonkeyPatch.context() as patch:
        mutant(patch)
        yield


def split_transaction(patch: pytest.MonkeyPatch) -> None:
    """Commit the clocks first, then queue their alerts in a transaction of their own."""
    in_batches, send = Sweep._in_batches, alerts.send

    def split(self: Sweep, step: Callable[[Unit], int]) -> int:
        held: list[tuple[Any, bool]] = []

        def hold(unit: Unit, told: Any, *, gather: bool) -> int:  # noqa: ANN401 - what send takes
            if unit.office is not self._office:
                return send(unit, told, gather=gather)
            held.append((told, gather))
            return 0

        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(alerts, "send", hold)
            done = in_batches(self, step)
        with self._office.unit() as unit:
            for told, gather in held:
                send(unit, told, gather=gather)
        return done

    patch.setattr(Sweep, "_in_batches", split)


def _without_unique(patch: pytest.MonkeyPatch, table: type[Base], column: str) -> None:
    found = table.metadata.tables[table.__tablename__]
    kept = {
        constraint
        for constraint in found.constraints
        if not (isinstance(constraint, UniqueConstraint) and [c.name for c in constraint.columns] == [column])
    }
    assert len(kept) == len(found.constraints) - 1
    patch.setattr(found, "constraints", kept)


def drop_unique_keys(patch: pytest.MonkeyPatch) -> None:
    """Let a clock have several breaches, and a notice be queued under one name several times."""
    _without_unique(patch, BreachRow, "clock_id")
    _without_unique(patch, NoticeRow, "key")


def forget_updates(patch: pytest.MonkeyPatch) -> None:
    """Take a repeated update for a new one."""

    def forgetful(session: Session, table: type[Base], **values: Any) -> Row[Any] | None:  # noqa: ANN401 - column values
        if table is InboundRow:
            values["key"] = f"{values['key']}:{next(_numbers)}"
        return insert_once(session, table, **values)

    @contextmanager
    def act(self: Any, key: str, account: Any, *, alone: bool = False) -> Iterator[Act]:  # noqa: ANN401 - what it takes
        with self.database.transaction() as session:
            hold(session, alone=alone)
            now = self.clock.now(session)
            key = f"{key}:{next(_numbers)}"
            forgetful(session, InboundRow, key=key, at=now)
            inbound = InboundRow(key=key, at=now)
            person, row = Unit(self, session, now).speaker(account)
            row.last_seen_at = now
            yield Act(self, session, now, person, row, inbound, repeat=False)

    patch.setattr("helpdesk.office.Office.act", act)


def never_resume(patch: pytest.MonkeyPatch) -> None:
    """Leave a clock paused when the member replies."""
    patch.setattr(timekeeping, "resume", lambda _unit, _clock, _at: None)


def deliver_blindly(patch: pytest.MonkeyPatch) -> None:
    """Send whatever was queued, without looking again whether it is still true."""
    patch.setattr(outbox, "_wanted", lambda _unit, _delivery: True)


def trust_the_clock(patch: pytest.MonkeyPatch) -> None:
    """Judge by whatever the machine's clock shows."""
    patch.setattr(ClockGuard, "trusted", lambda _self, _last: True)


def send_before_recording(patch: pytest.MonkeyPatch) -> None:
    """Send first, and record that somebody is sending only afterwards."""
    lease = outbox._lease

    def unrecorded(unit: Unit, delivery: DeliveryRow) -> Claimed:
        claimed = lease(unit, delivery)
        delivery.state, delivery.lease_until = DeliveryState.queued, None
        return claimed

    def unsettled(unit: Unit, delivery_id: int) -> DeliveryRow | None:
        delivery = unit.session.get_one(DeliveryRow, delivery_id)
        return delivery if delivery.state in {DeliveryState.queued, DeliveryState.claimed} else None

    patch.setattr(outbox, "_lease", unrecorded)
    patch.setattr(outbox, "_open", unsettled)


def stamp_the_sweep(patch: pytest.MonkeyPatch) -> None:
    """Record a breach at the instant it was noticed."""

    def stamped(session: Session, table: type[Base], **values: Any) -> Row[Any] | None:  # noqa: ANN401 - column values
        if table is BreachRow:
            values["at"] = values["noticed_at"]
        return insert_once(session, table, **values)

    patch.setattr(timekeeping, "insert_once", stamped)


def never_gather(patch: pytest.MonkeyPatch) -> None:
    """Ring for each alert alone, however many there are and however long nobody looked."""

    def each(unit: Unit, told: Any, *, gather: bool) -> int:  # noqa: ANN401, ARG001 - what send takes
        return sum(
            telling.tell(unit, a.person, a.kind, a.data, key=a.key, ticket=a.ticket, clock=a.clock) for a in told
        )

    patch.setattr(alerts, "send", each)


def ignore_calendar_version(patch: pytest.MonkeyPatch) -> None:
    """Count every clock with the newest calendar, not with the one its date was promised with."""

    def newest(unit: Unit, clock: ClockRow) -> Count:
        _, calendar = unit.office.calendars.current(unit.session)
        pauses = tuple(Pause(pause.begin, pause.end) for pause in clock.pauses)
        return Count(calendar, clock.start, clock.budget_seconds, pauses)

    patch.setattr(timekeeping, "count_of", newest)


def ignore_closures(patch: pytest.MonkeyPatch) -> None:
    """Give open clocks the new calendar when a closure is announced, and do not count them again."""

    def uncounted(_act: Act, clock: ClockRow, version: int) -> bool:
        clock.calendar_id = version
        return False

    patch.setattr(closures, "_recount", uncounted)


def late_answer_is_met(patch: pytest.MonkeyPatch) -> None:
    """Count an answer that comes after the date and before the next sweep as in time."""
    give = timekeeping.give

    def lenient(unit: Unit, clock: ClockRow, at: dt.datetime) -> BreachRow | None:
        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(timekeeping, "note_breach", lambda *_arguments, **_named: None)
            return give(unit, clock, at)

    patch.setattr(timekeeping, "give", lenient)


def ring_at_night(patch: pytest.MonkeyPatch) -> None:
    """Ring whenever the sender comes by."""
    patch.setattr(outbox, "_quiet_until", lambda _unit, _delivery: None)


def repeat_reminders(patch: pytest.MonkeyPatch) -> None:
    """Say a reminder again when nobody knows whether it arrived."""
    patch.setattr(outbox, "_abandoned", lambda _delivery: False)


def forget_to_restart(patch: pytest.MonkeyPatch) -> None:
    """Leave a clock as it is when no channel takes the answer."""

    def settled(_unit: Unit, clock: ClockRow, _reason: str | None) -> None:
        clock.state = ClockState.stopped

    patch.setattr(undelivered, "_answer_lost", settled)


def alert_of_breach_forgotten(patch: pytest.MonkeyPatch) -> None:
    """Tell nobody of a breach that an act noticed before the sweep did."""
    patch.setattr(alerts, "tell_noticed", lambda *_arguments, **_named: None)


MUTANTS: tuple[Mutant, ...] = (
    split_transaction,
    drop_unique_keys,
    forget_updates,
    never_resume,
    deliver_blindly,
    trust_the_clock,
    send_before_recording,
    stamp_the_sweep,
    never_gather,
    ignore_calendar_version,
    ignore_closures,
    late_answer_is_met,
    ring_at_night,
    repeat_reminders,
    alert_of_breach_forgotten,
    forget_to_restart,
)
