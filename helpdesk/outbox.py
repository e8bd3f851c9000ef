"""Deliveries: claimed by lease, sent by a channel, settled.

What the outbox guarantees, for each notice:

* committed with the fact that causes it, so never lost and never told of something that did not happen;
* claimed by one sender at a time (a conditional update); a sender that dies gives its lease back by time;
* checked again at the moment of sending: what is no longer true is voided, not said;
* retried with a longer wait each time, and as often as it takes while a platform only asks to wait; refused for good by
  an address, it goes to another account of the person, then to the coordinator's eyes;
* where the answer itself cannot be delivered, it is not an answer: the promise runs again and the expert is told.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, exists, func, or_, select, update
from sqlalchemy.orm import joinedload

from helpdesk import timekeeping
from helpdesk.model import WITH_EXPERTS, Address, ClockState, DeliveryState, Resolution
from helpdesk.notices import BEHAVIOURS, Guard, NoticeKind
from helpdesk.policy import Audience
from helpdesk.tables import ClockRow, DeliveryRow, EventRow, NoticeRow, TicketRow
from helpdesk.telling import opening
from helpdesk.undelivered import answers, clock_of, give_up, revive, settle

if TYPE_CHECKING:
    from helpdesk.office import Office, Unit

LEASE = dt.timedelta(seconds=120)
MOST_ATTEMPTS = 12
FIRST_WAIT = dt.timedelta(seconds=5)
LONGEST_WAIT = dt.timedelta(hours=1)
_MAY_HAVE_ARRIVED = (DeliveryState.sent, DeliveryState.claimed, DeliveryState.dead)


class Failed(StrEnum):
    """What a failed send means."""

    retry = "retry"  # passing
    permanent = "permanent"  # this address will never take it
    unknown = "unknown"  # it may have arrived


@dataclass(frozen=True)
class Claimed:
    """A delivery in a sender's hands until its lease ends. ``ambiguous``: an earlier try may have arrived."""

    delivery_id: int
    notice_id: int
    key: str
    kind: NoticeKind
    data: dict[str, Any]
    ticket_id: int | None
    told_at: dt.datetime
    address: Address
    locale: str
    ambiguous: bool
    attempts: int


class Outbox:
    """The queue of deliveries, as senders use it."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def claim(
        self, channels: frozenset[str], limit: int = 20, in_hand: frozenset[str] = frozenset()
    ) -> tuple[Claimed, ...]:
        """Lease up to ``limit`` deliveries of these channels, the oldest first, none of a conversation ``in_hand``."""
        with self._office.unit() as unit:
            claimed: list[Claimed] = []
            for delivery in self._due(unit, channels, limit, in_hand):
                if not _wanted(unit, delivery):
                    settle(unit, delivery, DeliveryState.void)
                elif _abandoned(delivery):
                    # A reminder whose sender died may have been said: once is the most it may be.
                    settle(unit, delivery, DeliveryState.sent)
                elif delivery.attempts >= MOST_ATTEMPTS:
                    # Its senders die one after the other.
                    give_up(unit, delivery, blocked=False)
                elif (quiet_until := _quiet_until(unit, delivery)) is not None:
                    delivery.state = DeliveryState.queued
                    delivery.available_at = quiet_until
                else:
                    claimed.append(_lease(unit, delivery))
            return tuple(claimed)

    def sent(self, delivery_id: int, external_id: str | None = None) -> None:
        """Record that the channel accepted a delivery; an accepted answer meets the promise."""
        with self._office.unit() as unit:
            delivery = _open(unit, delivery_id)
            if delivery is None:
                return
            settle(unit, delivery, DeliveryState.sent)
            delivery.external_id = external_id
            notice = delivery.notice
            if answers(notice):
                clock = clock_of(unit, notice)
                unit.record("delivered", clock.ticket, None, cycle=clock.cycle, notice=notice.kind)
                if clock.generation == notice.generation:
                    timekeeping.accepted(clock)

    def failed(self, delivery_id: int, failure: str, reason: str, retry_after: float | None = None) -> None:
        """Record a failed send: plan another, try another account, or give up in sight of the coordinator.

        ``retry_after``: seconds that the platform, or our own pace, asks to wait; nothing was tried then.
        """
        with self._office.unit() as unit:
            delivery = _open(unit, delivery_id)
            if delivery is None:
                return
            delivery.error = reason[:200]
            if failure == Failed.unknown and BEHAVIOURS[NoticeKind(delivery.notice.kind)].at_most_once:
                settle(unit, delivery, DeliveryState.sent)
            elif retry_after:
                delivery.attempts -= 1
                _plan(delivery, unit.now + dt.timedelta(seconds=retry_after))
                _hold_conversation(unit, delivery)
            elif failure == Failed.permanent or delivery.attempts >= MOST_ATTEMPTS:
                give_up(unit, delivery, blocked=failure == Failed.permanent)
            else:
                delivery.ambiguous = delivery.ambiguous or failure == Failed.unknown
                _plan(delivery, unit.now + _backoff(delivery.attempts))

    def release(self, delivery_id: int) -> None:
        """Give an untouched delivery back: the sender stops."""
        with self._office.unit() as unit:
            delivery = _open(unit, delivery_id)
            if delivery is not None:
                delivery.state = DeliveryState.queued
                delivery.lease_until = None
                delivery.attempts -= 1

    def retry(self, delivery_id: int) -> None:
        """Put a dead delivery back in the queue, from the start."""
        with self._office.unit() as unit:
            revive(unit, delivery_id)

    def next_due(self, channels: frozenset[str], in_hand: frozenset[str] = frozenset()) -> float | None:
        """Return the seconds until a delivery of these channels can be claimed, 0 for now, None when there is none.

        Conversations ``in_hand`` do not count. Cheaper than a claim that finds nothing: it waits for no writer.
        """
        with self._office.reading() as unit:
            moment = case(
                (DeliveryRow.state == DeliveryState.queued, DeliveryRow.available_at), else_=DeliveryRow.lease_until
            )
            soonest = unit.session.scalar(
                select(func.min(moment)).where(
                    DeliveryRow.state.in_((DeliveryState.queued, DeliveryState.claimed)),
                    DeliveryRow.channel.in_(channels),
                    DeliveryRow.conversation.not_in(in_hand),
                ),
            )
            return max(0.0, (soonest - unit.now).total_seconds()) if soonest else None

    def _due(self, unit: Unit, channels: frozenset[str], limit: int, in_hand: frozenset[str]) -> list[DeliveryRow]:
        claimable = or_(
            and_(DeliveryRow.state == DeliveryState.queued, DeliveryRow.available_at <= unit.now),
            and_(DeliveryRow.state == DeliveryState.claimed, DeliveryRow.lease_until <= unit.now),
        )
        query = (
            select(DeliveryRow)
            .where(claimable, DeliveryRow.channel.in_(channels), DeliveryRow.conversation.not_in(in_hand))
            .order_by(DeliveryRow.id)
            .limit(limit)
            .options(joinedload(DeliveryRow.notice).joinedload(NoticeRow.person))
            .with_for_update(skip_locked=True, key_share=True, of=DeliveryRow)
        )
        return list(unit.session.scalars(query))


def _open(unit: Unit, delivery_id: int) -> DeliveryRow | None:
    """Return a delivery still to be settled: a late word on one already settled changes nothing."""
    delivery = unit.session.get(
        DeliveryRow,
        delivery_id,
        options=[joinedload(DeliveryRow.notice)],
        with_for_update={"of": DeliveryRow, "key_share": True},
    )
    if delivery is None or delivery.state is not DeliveryState.claimed:
        return None
    return delivery


def _lease(unit: Unit, delivery: DeliveryRow) -> Claimed:
    notice = delivery.notice
    retaken = delivery.state is DeliveryState.claimed
    delivery.state = DeliveryState.claimed
    delivery.lease_until = unit.now + LEASE
    delivery.attempts += 1
    delivery.ambiguous = delivery.ambiguous or retaken
    return Claimed(
        delivery_id=delivery.id,
        notice_id=notice.id,
        key=notice.key,
        kind=NoticeKind(notice.kind),
        data=notice.data,
        ticket_id=notice.ticket_id,
        told_at=notice.created_at,
        address=delivery.address,
        locale=notice.person.locale,
        ambiguous=delivery.ambiguous,
        attempts=delivery.attempts,
    )


def _abandoned(delivery: DeliveryRow) -> bool:
    return delivery.state is DeliveryState.claimed and BEHAVIOURS[NoticeKind(delivery.notice.kind)].at_most_once


def _wanted(unit: Unit, delivery: DeliveryRow) -> bool:
    """Check again at the moment of sending what made the notice worth sending."""
    notice = delivery.notice
    if notice.person.erased_at is not None:
        return False
    match BEHAVIOURS[NoticeKind(notice.kind)].guard:
        case Guard.clock:
            return _still_runs(unit, notice)
        case Guard.open_ticket:
            ticket = unit.session.get_one(TicketRow, notice.ticket_id)
            wanted_assignee = notice.person_id if notice.kind == NoticeKind.assigned else None
            return ticket.state in WITH_EXPERTS and ticket.assignee_id == wanted_assignee
        case Guard.own_ticket:
            ticket = unit.session.get_one(TicketRow, notice.ticket_id)
            return ticket.assignee_id == notice.person_id and ticket.resolution is not Resolution.withdrawn
        case Guard.heard_of:
            return _heard_of(unit, notice)
        case Guard.none:
            return True


def _still_runs(unit: Unit, notice: NoticeRow) -> bool:
    """Tell whether the clock is as it was when it was told of, and with the same person when it is theirs to answer."""
    clock = unit.session.get(ClockRow, notice.clock_id)
    if clock is None or clock.state is not ClockState.running or clock.generation != notice.generation:
        return False
    return notice.data["audience"] != Audience.assignee or clock.ticket.assignee_id == notice.person_id


def _heard_of(unit: Unit, notice: NoticeRow) -> bool:
    """Tell whether what gave the ticket to the person was said to them; whoever acted on it since knows of it."""
    given = select(NoticeRow.id, NoticeRow.created_at).where(
        NoticeRow.kind == NoticeKind.assigned,
        NoticeRow.ticket_id == notice.ticket_id,
        NoticeRow.person_id == notice.person_id,
    )
    latest = unit.session.execute(given.order_by(NoticeRow.id.desc()).limit(1)).first()
    if latest is None:
        return True
    said = exists().where(DeliveryRow.notice_id == latest.id, DeliveryRow.state.in_(_MAY_HAVE_ARRIVED))
    acted = exists().where(
        EventRow.ticket_id == notice.ticket_id,
        EventRow.actor_id == notice.person_id,
        EventRow.at >= latest.created_at,
    )
    return bool(unit.session.scalar(select(or_(said, acted))))


def _plan(delivery: DeliveryRow, moment: dt.datetime) -> None:
    """Put a delivery back in the queue until then."""
    delivery.state = DeliveryState.queued
    delivery.lease_until = None
    delivery.available_at = moment


def _hold_conversation(unit: Unit, delivery: DeliveryRow) -> None:
    """Let what follows in a conversation wait as long as ``delivery``: the platform takes nothing there until then.

    So they are said in order. What its sender still holds is given back after this, and waits too.
    """
    unit.session.execute(
        update(DeliveryRow)
        .where(
            DeliveryRow.channel == delivery.channel,
            DeliveryRow.conversation == delivery.conversation,
            DeliveryRow.state.in_((DeliveryState.queued, DeliveryState.claimed)),
            DeliveryRow.available_at < delivery.available_at,
        )
        .values(available_at=delivery.available_at)
        .execution_options(synchronize_session=False)
    )


def _backoff(attempts: int) -> dt.timedelta:
    return min(LONGEST_WAIT, FIRST_WAIT * float(2 ** (attempts - 1)))


def _quiet_until(unit: Unit, delivery: DeliveryRow) -> dt.datetime | None:
    """Return until when a delivery that rings must wait, None when it may be sent now: its sender may come late."""
    if not BEHAVIOURS[NoticeKind(delivery.notice.kind)].rings:
        return None
    opens = opening(unit)
    return opens if opens > unit.now else None
