"""Deliveries that no address takes: another account is tried, then people are told; what was dead may be revived.

Where the answer itself cannot be delivered, it is not an answer: the promise runs again and the expert is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Select, select

from helpdesk import cards, timekeeping
from helpdesk.casework import hand_over, move
from helpdesk.lifecycle import Event
from helpdesk.model import ANSWERS, WITH_EXPERTS, ClockState, DeliveryState, Role, State
from helpdesk.notices import BEHAVIOURS, NoticeKind
from helpdesk.people import with_role
from helpdesk.tables import AccountRow, ClockRow, DeliveryRow, MessageRow, NoticeRow
from helpdesk.telling import another_address, queue, step_key, tell

if TYPE_CHECKING:
    from helpdesk.office import Unit


def give_up(unit: Unit, delivery: DeliveryRow, *, blocked: bool) -> None:
    """Try another account of the person, or else tell the coordinators; ``blocked``: this one takes nothing more."""
    settle(unit, delivery, DeliveryState.dead)
    if blocked:
        _mark_blocked(unit, delivery)
    notice = delivery.notice
    tried = {(row.channel, row.conversation) for row in notice.deliveries}
    elsewhere = another_address(unit, notice.person_id, tried)
    if elsewhere is not None:
        queue(unit, notice.id, NoticeKind(notice.kind), elsewhere)
        return
    _tell_coordinators(unit, delivery)
    if answers(notice):
        clock = clock_of(unit, notice)
        if clock.generation == notice.generation:
            _answer_lost(unit, clock, delivery.error)


def give_up_answer(unit: Unit, clock: ClockRow) -> None:
    """Give up the deliveries of an answer that no channel accepted for too long: nobody serves it any more."""
    # One that a sender settles at this moment is left to it.
    for delivery in unit.session.scalars(
        _on_its_way(clock).with_for_update(skip_locked=True, key_share=True, of=DeliveryRow)
    ):
        delivery.error = "never_accepted"
        give_up(unit, delivery, blocked=False)
    _answer_lost(unit, clock, "never_accepted")


def revive(unit: Unit, delivery_id: int) -> bool:
    """Put a dead delivery back in the queue; tell whether it was dead.

    The answer of a question still open is given again, as of the instant it was first given: it was in time if it was
    then (the promise, section 6.4).
    """
    delivery = unit.session.get(DeliveryRow, delivery_id, with_for_update={"of": DeliveryRow, "key_share": True})
    if delivery is None or delivery.state is not DeliveryState.dead:
        return False
    delivery.state = DeliveryState.queued
    delivery.attempts = 0
    delivery.available_at = unit.now
    delivery.settled_at = None
    if answers(delivery.notice):
        _answer_again(unit, delivery.notice)
    return True


def settle(unit: Unit, delivery: DeliveryRow, state: DeliveryState) -> None:
    """End a delivery in a state."""
    delivery.state = state
    delivery.lease_until = None
    delivery.settled_at = unit.now


def answers(notice: NoticeRow) -> bool:
    """Tell whether the acceptance of a notice meets the promise."""
    return BEHAVIOURS[NoticeKind(notice.kind)].answers and notice.clock_id is not None


def clock_of(unit: Unit, notice: NoticeRow) -> ClockRow:
    """Return the clock that a notice stops, locked with its question."""
    unit.ticket(notice.ticket_id or 0)
    return unit.session.get_one(ClockRow, notice.clock_id, with_for_update={"of": ClockRow, "key_share": True})


def _mark_blocked(unit: Unit, delivery: DeliveryRow) -> None:
    account = unit.session.scalar(
        select(AccountRow).where(
            AccountRow.person_id == delivery.notice.person_id,
            AccountRow.channel == delivery.channel,
            AccountRow.conversation == delivery.conversation,
        ),
    )
    if account is not None:
        account.blocked_at = unit.now


def _answer_lost(unit: Unit, clock: ClockRow, reason: str | None) -> None:
    """Let the promise run again: an answer that no channel accepts is not an answer."""
    if clock.state is not ClockState.delivering or unit.session.scalar(_on_its_way(clock).limit(1)):
        return
    ticket = unit.ticket(clock.ticket_id)
    if ticket.state is not State.answered or ticket.cycle != clock.cycle:
        # The member went on from the answer meanwhile: they have it, whatever the channel says.
        timekeeping.accepted(clock)
        return
    if ticket.entry_id is not None:
        hand_over(unit, ticket, None, "experts")
        return
    move(unit, ticket, Event.undelivered, None, reason=reason)
    timekeeping.restart(unit, clock)
    if ticket.assignee is not None:
        data = {"question": cards.excerpt(ticket.question), "reason": reason}
        key = step_key(unit, ticket, "undeliverable", ticket.assignee)
        tell(unit, ticket.assignee, NoticeKind.undeliverable, data, key=key, ticket=ticket)


def _on_its_way(clock: ClockRow) -> Select[DeliveryRow]:
    """Return the query of the deliveries that may still bring the answer of this clock."""
    return (
        select(DeliveryRow)
        .join(NoticeRow)
        .where(
            NoticeRow.clock_id == clock.id,
            NoticeRow.generation == clock.generation,
            NoticeRow.kind.in_([kind.value for kind, behaviour in BEHAVIOURS.items() if behaviour.answers]),
            DeliveryRow.state.in_((DeliveryState.queued, DeliveryState.claimed)),
        )
        .order_by(DeliveryRow.id)
    )


def _answer_again(unit: Unit, notice: NoticeRow) -> None:
    ticket = unit.ticket(notice.ticket_id or 0)
    clock = clock_of(unit, notice)
    human = notice.kind in {NoticeKind.answered, NoticeKind.reply_accepted}
    if not human or ticket.state not in WITH_EXPERTS or ticket.cycle != clock.cycle:
        return
    given = unit.session.scalars(
        select(MessageRow.at)
        .where(MessageRow.ticket_id == ticket.id, MessageRow.cycle == clock.cycle, MessageRow.kind.in_(ANSWERS))
        .order_by(MessageRow.id.desc())
        .limit(1),
    ).one()
    move(unit, ticket, Event.answer, ticket.assignee, at=given.isoformat(), by_hand=False)
    ticket.silence_at = timekeeping.due_in_days(unit, unit.now, unit.office.policy.settle_days)
    timekeeping.give(unit, clock, given)
    notice.generation = clock.generation


def _tell_coordinators(unit: Unit, delivery: DeliveryRow) -> None:
    notice = delivery.notice
    if notice.kind == NoticeKind.dead_letter:
        return
    data = {
        "kind": notice.kind,
        "channel": delivery.channel,
        "error": delivery.error,
        "person": notice.person.name,
    }
    for person in with_role(unit, Role.coordinator):
        if person.id != notice.person_id:
            key = f"dead:{delivery.id}:person:{person.id}"
            tell(unit, person, NoticeKind.dead_letter, data, key=key)
