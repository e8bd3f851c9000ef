"""What must hold, judged from primary facts: the thread, the calendar versions, what the platform accepted.

The stored dates, the breach rows and the notices are what is judged, never what judges. Each violation is a sentence.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from helpdesk.model import ANSWERS, ClockState, DeliveryState, MessageKind, State
from helpdesk.notices import BEHAVIOURS, NoticeKind
from helpdesk.policy import BREACH
from helpdesk.tables import (
    BreachRow,
    CalendarRow,
    ClockRow,
    DeliveryRow,
    EventRow,
    MessageRow,
    NoticeRow,
    TicketRow,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from helpdesk.oracle import Oracle
    from helpdesk.outbox import Claimed
    from tests.simulation.world import Sending, World

Pauses = list[tuple[dt.datetime, dt.datetime | None]]

ALERTS = (NoticeKind.reminder, NoticeKind.breach, NoticeKind.escalation)
_AT_MOST_ONCE = (NoticeKind.reminder, NoticeKind.summary)
_PENDING = (DeliveryState.queued, DeliveryState.claimed)


def after_sweep(world: World) -> None:
    """No breach is written before its time, whatever a machine's clock shows."""
    with world.database.reading() as session:
        for row in session.scalars(select(BreachRow).where(BreachRow.at >= world.now)):
            world.violations.append(f"clock {row.clock_id}: breach of {row.at} written at {world.now}")


def at_claim(world: World, claimed: Iterable[Claimed]) -> None:
    """Nothing rings when the network is closed; no alert is early, nor of a clock stopped, paused or changed."""
    with world.database.reading() as session:
        calendar = session.scalars(select(CalendarRow.id).order_by(CalendarRow.id.desc()).limit(1)).one()
        is_open = world.oracle(session, calendar).is_open(world.now)
        for item in claimed:
            if BEHAVIOURS[item.kind].rings and not is_open:
                world.violations.append(f"{item.key} rings at {world.now}, when the network is closed")
            if item.kind in {NoticeKind.reminder, NoticeKind.escalation}:
                world.violations += [f"{item.key}: {fault}" for fault in _alert_faults(world, session, item)]


def _alert_faults(world: World, session: Session, item: Claimed) -> Iterator[str]:
    notice = session.get_one(NoticeRow, item.notice_id)
    clock = session.get_one(ClockRow, notice.clock_id)
    if clock.state is not ClockState.running:
        yield f"sent though the clock is {clock.state}"
    elif clock.generation != notice.generation:
        yield "sent though the clock changed since"
    else:
        oracle = world.oracle(session, clock.calendar_id)
        moment = oracle.step(clock.start, clock.budget_seconds, item.data["percent"], _pauses(session, clock))
        if moment is None or moment > world.now:
            yield f"sent at {world.now}, before its time {moment}"


def at_the_end(world: World) -> None:
    """Everything that must hold once the faults are over and the queue is empty."""
    with world.database.reading() as session:
        for clock in session.scalars(select(ClockRow).order_by(ClockRow.id)):
            faults = _clock_faults(session, clock, world.oracle(session, clock.calendar_id), world.now)
            world.violations += [f"ticket {clock.ticket_id} cycle {clock.cycle}: {fault}" for fault in faults]
        world.violations += _answers_that_nobody_had(session, world)
        world.violations += _doubled_alerts(session)
        world.violations += _storms(session, world)
        world.violations += _undrained(session, world.now)
        world.violations += _lost_or_doubled_words(session, world)
        world.counts["breaches"] = len(session.scalars(select(BreachRow.id)).all())
        kinds = Counter(session.scalars(select(NoticeRow.kind)))
        world.counts.update({f"notices {kind}": count for kind, count in kinds.items()})
    world.violations += _send_faults([item for item in world.sendings if item.delivery not in world.stalled])


def _clock_faults(session: Session, clock: ClockRow, oracle: Oracle, now: dt.datetime) -> Iterator[str]:
    pauses = _pauses(session, clock)
    due = oracle.reached(clock.start, clock.budget_seconds, pauses)
    breach = oracle.breach(clock.start, clock.budget_seconds, pauses)
    if clock.due_at != due:
        yield f"due {clock.due_at} is stored, {due} is recomputed ({clock.state})"
    if clock.breach_at != breach:
        yield f"breach instant {clock.breach_at} is stored, {breach} is recomputed ({clock.state})"
    rows = session.scalars(select(BreachRow).where(BreachRow.clock_id == clock.id)).all()
    until = _judged_until(session, clock, now)
    broken = breach is not None and until is not None and until > breach
    if broken and len(rows) != 1:
        yield f"broken at {breach}, {len(rows)} breaches recorded ({clock.state}, {until})"
    for row in rows:
        if row.at != breach:
            yield f"breach recorded at {row.at}, recomputed at {breach}"
        if not broken and not _recorded_afterwards(session, clock, row):
            yield f"breach at {row.at} recorded for a promise kept ({clock.state}, {until})"
        if not _alerted(session, clock, row):
            yield f"breach noticed at {row.noticed_at} without an alert"


def _judged_until(session: Session, clock: ClockRow, now: dt.datetime) -> dt.datetime | None:
    """Return until when the promise was owed."""
    if clock.state in {ClockState.running, ClockState.paused}:
        return now
    if clock.state is ClockState.void and clock.stopped_at is None:
        return max(
            (event.at for event in _events(session, clock) if event.data.get("after") == State.closed), default=None
        )
    return clock.stopped_at


def _recorded_afterwards(session: Session, clock: ClockRow, breach: BreachRow) -> bool:
    """Tell whether the answer in time was recorded only after the breach was written: that leaves it, to be excused."""
    given = [
        event.at for event in _events(session, clock) if event.kind in {"answer", "accept_reply", "library_answer"}
    ]
    return bool(given) and clock.stopped_at is not None and all(at >= breach.noticed_at for at in given[-1:])


def _events(session: Session, clock: ClockRow) -> list[EventRow]:
    events = session.scalars(select(EventRow).where(EventRow.ticket_id == clock.ticket_id).order_by(EventRow.id))
    return [event for event in events if event.data.get("cycle") == clock.cycle]


def _alerted(session: Session, clock: ClockRow, breach: BreachRow) -> bool:
    notices = session.scalars(select(NoticeRow).where(NoticeRow.kind.in_((NoticeKind.breach, NoticeKind.digest))))
    return any(
        notice.clock_id == clock.id
        if notice.kind == NoticeKind.breach
        else notice.created_at >= breach.noticed_at
        and any(i["ticket"] == clock.ticket_id and i["kind"] == "breach" for i in notice.data["items"])
        for notice in notices
    )


def _pauses(session: Session, clock: ClockRow) -> Pauses:
    """Return the pauses that the thread tells: an expert's question opens one, the member's next words end it.

    So does an answer that had been lost and is sent again, which adds nothing to the thread.
    """
    thread = session.execute(
        select(MessageRow.kind, MessageRow.at)
        .where(MessageRow.ticket_id == clock.ticket_id, MessageRow.cycle == clock.cycle)
        .order_by(MessageRow.id),
    )
    pauses: Pauses = []
    for kind, at in thread:
        if kind is MessageKind.asks_member:
            pauses.append((at, None))
        elif kind in {MessageKind.followup, *ANSWERS}:
            pauses = [(begin, end or max(begin, at)) for begin, end in pauses]
    for event in _events(session, clock) if any(end is None for _, end in pauses) else ():
        if event.kind == "answer":
            given = dt.datetime.fromisoformat(event.data["at"])
            pauses = [(begin, end or (max(begin, given) if event.at >= begin else None)) for begin, end in pauses]
    return pauses


def _answers_that_nobody_had(session: Session, world: World) -> Iterator[str]:
    """Yield the clocks stopped by an answer that no platform took, nobody gave by hand, and the member never showed."""
    accepted = {sending.key for sending in world.sendings}
    for clock in session.scalars(select(ClockRow).where(ClockRow.state == ClockState.stopped)):
        told = session.scalars(select(NoticeRow.key).where(NoticeRow.clock_id == clock.id)).all()
        by_hand = session.scalars(
            select(MessageRow.id).where(
                MessageRow.ticket_id == clock.ticket_id, MessageRow.cycle == clock.cycle, MessageRow.given_by_hand
            ),
        ).all()
        shown = any(event.kind in {"confirm", "reopen"} for event in _events(session, clock))
        if not (accepted.intersection(told) or by_hand or shown):
            yield f"ticket {clock.ticket_id} cycle {clock.cycle} counts as answered, and nobody had the answer"


def _doubled_alerts(session: Session) -> Iterator[str]:
    """Yield the alerts that one person got twice: alone or in digests, at most one for each step of each cycle."""
    cycles = Counter(session.scalars(select(ClockRow.ticket_id)))
    told: Counter[tuple[int, int, int]] = Counter()
    for notice in session.scalars(select(NoticeRow).where(NoticeRow.kind.in_((*ALERTS, NoticeKind.digest)))):
        items = (
            notice.data["items"] if notice.kind == NoticeKind.digest else [notice.data | {"ticket": notice.ticket_id}]
        )
        told.update((item["ticket"], item.get("percent") or BREACH, notice.person_id) for item in items)
    for (ticket, percent, person), count in told.items():
        if count > cycles[ticket]:
            yield f"ticket {ticket}: step {percent} told {count} times to person {person} in {cycles[ticket]} cycles"


def _storms(session: Session, world: World) -> Iterator[str]:
    """Yield the sweeps that rang somebody too often: above the digest's threshold, or after a time without sweeps."""
    quiet = dt.timedelta(minutes=world.policy.catch_up_after_minutes)
    rung: dict[tuple[dt.datetime, int], int] = defaultdict(int)
    for notice in session.scalars(select(NoticeRow).where(NoticeRow.kind.in_(ALERTS))):
        rung[notice.created_at, notice.person_id] += 1
    for (at, person), count in rung.items():
        catching_up = world.gaps.get(at, dt.timedelta(0)) > quiet
        if count > (1 if catching_up else world.policy.digest_above):
            yield f"{count} alerts at once to person {person} at {at}, catching up: {catching_up}"


def _undrained(session: Session, now: dt.datetime) -> Iterator[str]:
    for row in session.scalars(select(DeliveryRow).where(DeliveryRow.state.in_(_PENDING))):
        yield f"delivery {row.id} of {row.notice.key} is still {row.state}"
    for clock in session.scalars(select(ClockRow).where(ClockRow.next_due_at <= now)):
        yield f"clock {clock.id} was due at {clock.next_due_at} and nobody looked at it"
    for ticket in session.scalars(select(TicketRow).where(TicketRow.silence_at <= now)):
        yield f"ticket {ticket.id} waits since {ticket.silence_at} in {ticket.state}"
    for clock in session.scalars(select(ClockRow).where(ClockRow.state == ClockState.delivering)):
        yield f"clock {clock.id} still waits for its answer to be accepted"
    unwatched = (
        select(TicketRow.id)
        .outerjoin(ClockRow, (ClockRow.ticket_id == TicketRow.id) & (ClockRow.cycle == TicketRow.cycle))
        .where(ClockRow.id.is_(None))
    )
    for ticket_id in session.scalars(unwatched):
        yield f"ticket {ticket_id} has no clock"
    stuck = select(TicketRow.id).join(ClockRow, ClockRow.ticket_id == TicketRow.id)
    paused = stuck.where(
        ClockRow.cycle == TicketRow.cycle, ClockRow.state == ClockState.paused, TicketRow.state != State.waiting
    )
    for ticket_id in session.scalars(paused):
        yield f"ticket {ticket_id} waits for nobody and its clock is paused"


def _lost_or_doubled_words(session: Session, world: World) -> Iterator[str]:
    said = session.scalars(select(MessageRow).where(or_(MessageRow.kind == "question", MessageRow.kind == "answer")))
    places: dict[str, list[int]] = defaultdict(list)
    for message in said:
        places[message.body].append(message.ticket_id)
    for text, ticket in (world.questions | world.answers).items():
        if places[text] != [ticket]:
            yield f"« {text} » was acknowledged in {ticket} and is in {places[text]}"
    notices = session.scalars(select(NoticeRow).where(NoticeRow.kind == NoticeKind.answered)).all()
    for text in world.answers:
        carried = [notice for notice in notices if notice.data["text"] == text]
        states = {delivery.state for notice in carried for delivery in notice.deliveries}
        if len(carried) != 1 or not states & {DeliveryState.sent, DeliveryState.dead}:
            yield f"the answer « {text} » was told by {len(carried)} notices, {states}"
        if DeliveryState.sent in states and not any(sending.key == carried[0].key for sending in world.sendings):
            yield f"the answer « {text} » is on record as sent, and no platform ever had it"


def _send_faults(sendings: list[Sending]) -> Iterator[str]:
    """Yield what the platform accepted more often than the injected faults explain."""
    by_delivery: dict[int, list[Sending]] = defaultdict(list)
    by_key: dict[str, list[Sending]] = defaultdict(list)
    for sending in sendings:
        by_delivery[sending.delivery].append(sending)
        by_key[sending.key].append(sending)
    for delivery, accepted in by_delivery.items():
        if any(sending.clean for sending in accepted[:-1]):
            yield f"delivery {delivery} of {accepted[0].key} was sent again after it was recorded"
    for key, accepted in by_key.items():
        if accepted[0].kind in _AT_MOST_ONCE and len(accepted) > 1:
            yield f"{key} may be said once and was said {len(accepted)} times"
