"""Queueing what must be told: a notice with its natural key, and one delivery to where the person reads.

Called inside the transaction that causes the notice, so that the fact and its telling are committed together.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from helpdesk.database import insert_once
from helpdesk.model import Address, DeliveryState
from helpdesk.notices import BEHAVIOURS, NoticeKind
from helpdesk.promise import next_open
from helpdesk.tables import AccountRow, ClockRow, DeliveryRow, NoticeRow, PersonRow, TicketRow

if TYPE_CHECKING:
    from helpdesk.office import Unit


def tell(
    unit: Unit,
    person: PersonRow,
    kind: NoticeKind,
    data: dict[str, Any],
    *,
    key: str,
    ticket: TicketRow | None = None,
    clock: ClockRow | None = None,
    address: Address | None = None,
) -> bool:
    """Queue a notice to ``person``, at ``address`` or where they were last seen; tell whether it is new."""
    made = insert_once(
        unit.session,
        NoticeRow,
        key=key,
        kind=kind.value,
        person_id=person.id,
        ticket_id=ticket.id if ticket else None,
        clock_id=clock.id if clock else None,
        generation=clock.generation if clock else None,
        data=data,
        created_at=unit.now,
    )
    if made is None:
        return False
    queue(unit, made.id, kind, address or last_seen_address(unit, person))
    return True


def tell_member(
    unit: Unit,
    ticket: TicketRow,
    kind: NoticeKind,
    data: dict[str, Any],
    *,
    step: str,
    clock: ClockRow | None = None,
    address: Address | None = None,
) -> bool:
    """Tell the member something of their question, where they asked it unless another ``address`` is given."""
    key = f"ticket:{ticket.id}:cycle:{ticket.cycle}:{step}"
    return tell(unit, ticket.author, kind, data, key=key, ticket=ticket, clock=clock, address=address or ticket.address)


def step_key(unit: Unit, ticket: TicketRow, step: str, person: PersonRow) -> str:
    """Return the natural key of something told to somebody at this instant of a ticket's life."""
    return f"ticket:{ticket.id}:cycle:{ticket.cycle}:{step}:{moment(unit)}:person:{person.id}"


def moment(unit: Unit) -> str:
    """Return the present instant as keys have it."""
    return f"{unit.now:%Y%m%dT%H%M%SZ}"


def queue(unit: Unit, notice_id: int, kind: NoticeKind, address: Address) -> None:
    """Queue one delivery of a notice; one that rings waits for the promise calendar's opening."""
    unit.session.add(
        DeliveryRow(
            notice_id=notice_id,
            channel=address.channel,
            conversation=address.conversation,
            thread=address.thread,
            state=DeliveryState.queued,
            available_at=opening(unit) if BEHAVIOURS[kind].rings else unit.now,
        ),
    )


def opening(unit: Unit) -> dt.datetime:
    """Return the present instant if the promise calendar is open, its next opening otherwise."""
    _, calendar = unit.office.calendars.current(unit.session)
    return next_open(calendar, unit.now)


def last_seen_address(unit: Unit, person: PersonRow) -> Address:
    """Return where the person was last active; their web page when they never were."""
    account = unit.session.scalar(
        select(AccountRow)
        .where(AccountRow.person_id == person.id, AccountRow.blocked_at.is_(None), AccountRow.last_seen_at.is_not(None))
        .order_by(AccountRow.last_seen_at.desc(), AccountRow.id)
        .limit(1),
    )
    return account.address if account else Address("web", str(person.id))


def another_address(unit: Unit, person_id: int, tried: set[tuple[str, str]]) -> Address | None:
    """Return another place where the person was active, none of those already tried, or None."""
    accounts = unit.session.scalars(
        select(AccountRow)
        .where(AccountRow.person_id == person_id, AccountRow.blocked_at.is_(None), AccountRow.last_seen_at.is_not(None))
        .order_by(AccountRow.last_seen_at.desc(), AccountRow.id),
    )
    return next((row.address for row in accounts if (row.channel, row.conversation) not in tried), None)
