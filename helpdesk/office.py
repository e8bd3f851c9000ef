"""What every use case shares: the database, the clock, the policy, the library; and one transaction at a time.

``Office.act`` is the shape of every write: record the update's key, find who speaks, do the work, commit everything
together: state, audit trail and the notices it causes. A crash before the commit leaves nothing, one after it loses
nothing.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, make_transient_to_detached

from helpdesk.calendars import Calendars, hold
from helpdesk.database import insert_once
from helpdesk.errors import InvalidInputError, NotAllowedError, NotFoundError
from helpdesk.model import AccountRef, Address, Person, Role
from helpdesk.tables import AccountRow, EventRow, InboundRow, PersonRow, TicketRow

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from helpdesk.clock import Clock
    from helpdesk.database import Database
    from helpdesk.library import LibraryCache
    from helpdesk.policy import Policy


LONGEST_KEY = 120  # characters of an update's key
_MARK = 8  # bytes


@dataclass
class Unit:
    """One transaction in progress: its session and its one instant."""

    office: Office
    session: Session
    now: dt.datetime

    def record(self, kind: str, ticket: TicketRow | None, actor: PersonRow | None, **data: Any) -> None:  # noqa: ANN401 - JSON
        """Append a line to the audit trail; ``data`` is JSON and never holds a message's text."""
        self.session.add(
            EventRow(
                kind=kind,
                ticket_id=ticket.id if ticket else None,
                actor_id=actor.id if actor else None,
                at=self.now,
                data=data,
            ),
        )

    def ticket(self, ticket_id: int) -> TicketRow:
        """Return a ticket as it now stands, locked until the transaction ends. Raises ``NotFoundError``."""
        # It may have been read before it was locked, and changed by somebody else in between. Locks are taken in one
        # order everywhere, calendar, delivery, ticket, clock; and with key_share, because whoever holds a clock and
        # writes an event of its ticket would otherwise wait for who holds the ticket and wants the clock.
        self.session.flush()
        row = self.session.get(
            TicketRow, ticket_id, with_for_update={"of": TicketRow, "key_share": True}, populate_existing=True
        )
        if row is None:
            raise NotFoundError("no_such_question", ticket=ticket_id)
        return row

    def person_row(self, person_id: int) -> PersonRow:
        """Return a person who was not erased. Raises ``NotFoundError``."""
        row = self.session.get(PersonRow, person_id)
        if row is None or row.erased_at is not None:
            raise NotFoundError("no_such_person")
        return row

    def speaker(self, account: AccountRef) -> tuple[PersonRow, AccountRow]:
        """Return who holds an account. Raises ``NotAllowedError`` (``unknown_account``)."""
        row = find_account(self.session, account)
        if row is None or row.person.erased_at is not None:
            raise NotAllowedError("unknown_account", channel=account.channel)
        return row.person, row


@dataclass
class Act(Unit):
    """A write by somebody, once. ``repeat``: the update was already handled, and ``ticket_id`` tells where."""

    person: PersonRow
    account: AccountRow
    inbound: InboundRow
    repeat: bool

    @property
    def ticket_id(self) -> int | None:
        """The ticket that the update concerned."""
        return self.inbound.ticket_id

    @property
    def mark(self) -> str:
        """What tells this update from others in the names of the notices it causes: its key may hold an address."""
        return hashlib.blake2b(self.inbound.key.encode(), digest_size=_MARK).hexdigest()

    def about(self, ticket: TicketRow) -> int:
        """Remember which ticket the update concerned, so that a repeat answers the same; return its id."""
        self.inbound.ticket_id = ticket.id
        ticket.updated_at = self.now
        return ticket.id

    def require(self, *roles: Role) -> None:
        """Raise ``NotAllowedError`` unless the speaker holds one of ``roles``."""
        if not to_person(self.person).has(*roles):
            raise NotAllowedError(needs=[role.value for role in roles])

    def own_address(self) -> Address:
        """Where a reply to this act goes when no conversation is known."""
        return self.account.address


class Office:
    """The shared parts of all use cases."""

    def __init__(self, database: Database, clock: Clock, policy: Policy, library: LibraryCache) -> None:
        self.database = database
        self.clock = clock
        self.policy = policy
        self.library = library
        self.calendars = Calendars()

    @contextmanager
    def unit(self, *, alone: bool = False) -> Iterator[Unit]:
        """Open a writing transaction with no particular speaker: the sweep, the sender's settling.

        ``alone``: it changes the calendar, and no other writes meanwhile.
        """
        with self.database.transaction() as session:
            hold(session, alone=alone)
            yield Unit(self, session, self.clock.now(session))

    @contextmanager
    def reading(self) -> Iterator[Unit]:
        """Open a transaction that only reads."""
        with self.database.reading() as session:
            yield Unit(self, session, self.clock.now(session))

    @contextmanager
    def act(self, key: str, account: AccountRef, *, alone: bool = False) -> Iterator[Act]:
        """Open the transaction of one update; ``alone``: it changes the calendar, and no other writes meanwhile.

        Raises ``NotAllowedError`` when nobody holds the account, ``InvalidInputError`` (``bad_key``) for a key that
        cannot be kept whole.
        """
        if not 0 < len(key) <= LONGEST_KEY:
            raise InvalidInputError("bad_key", length=len(key))
        with self.database.transaction() as session:
            hold(session, alone=alone)
            now = self.clock.now(session)
            fresh = insert_once(session, InboundRow, key=key, at=now)
            row = InboundRow(key=key, ticket_id=None, at=now)
            inbound = _as_read(session, row) if fresh else session.get_one(InboundRow, key)
            person, holder = Unit(self, session, now).speaker(account)
            holder.last_seen_at = now
            yield Act(self, session, now, person, holder, inbound, repeat=not fresh)


def _as_read(session: Session, row: InboundRow) -> InboundRow:
    """Return a row just written as if it had been read."""
    make_transient_to_detached(row)
    session.add(row)
    return row


def find_account(session: Session, account: AccountRef) -> AccountRow | None:
    """Return the stored account of a platform identity with its person, if it is known."""
    return session.scalar(
        select(AccountRow)
        .options(joinedload(AccountRow.person))
        .where(AccountRow.channel == account.channel, AccountRow.external_id == account.external_id),
    )


def to_person(row: PersonRow) -> Person:
    """Return the value that use cases give out for a stored person."""
    organisation = row.organisation
    return Person(
        id=row.id,
        name=row.name,
        locale=row.locale,
        organisation=organisation.name if organisation else None,
        organisation_id=row.organisation_id,
        roles=frozenset(Role(role) for role in row.roles),
    )
