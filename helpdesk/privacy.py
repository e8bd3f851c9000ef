"""What a person may ask about their own data, and what is forgotten with time."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update

from helpdesk import hearing
from helpdesk.errors import NotAllowedError
from helpdesk.experts import hand_on_all
from helpdesk.model import OPEN_STATES, Role, State
from helpdesk.people import holdings
from helpdesk.tables import (
    AbsenceRow,
    AccountRow,
    ExpertiseRow,
    MessageRow,
    NoticeRow,
    PersonRow,
    SignInLinkRow,
    ThemeRow,
    TicketRow,
)

if TYPE_CHECKING:
    from helpdesk.model import AccountRef
    from helpdesk.office import Act, Office, Unit

ERASED = "—"
_MONTH = dt.timedelta(days=365.25 / 12)


class Privacy:
    """Export and erasure of what is held about a person."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def export(self, account: AccountRef) -> dict[str, Any]:
        """Return all that is held about a person, as JSON values."""
        with self._office.reading() as unit:
            person, _ = unit.speaker(account)
            tickets = unit.session.scalars(
                select(TicketRow).where(TicketRow.author_id == person.id).order_by(TicketRow.id),
            )
            messages = unit.session.scalars(
                select(MessageRow).where(MessageRow.author_id == person.id).order_by(MessageRow.id),
            )
            return {
                "person": holdings(unit, person),
                "questions": [
                    {
                        "number": row.id,
                        "text": row.question,
                        "asked_at": row.asked_at.isoformat(),
                        "state": row.state.value,
                        "rating": row.rating,
                    }
                    for row in tickets
                ],
                "messages": [
                    {"question": row.ticket_id, "kind": row.kind.value, "text": row.body, "at": row.at.isoformat()}
                    for row in messages
                ],
            }

    def open_questions(self, account: AccountRef) -> int:
        """Return how many questions are still open: who asks for erasure is told so first (the promise, 6.5)."""
        with self._office.reading() as unit:
            person, _ = unit.speaker(account)
            return len(_open(unit, person))

    def erase(self, key: str, account: AccountRef, *, keep_open: bool) -> None:
        """Forget a person. Their open questions go on without a name (``keep_open``), or are withdrawn.

        Raises ``NotAllowedError`` (``last_coordinator``) when nobody would be left to coordinate.
        """
        with self._office.act(key, account) as act:
            if act.repeat:
                return
            _refuse_last_coordinator(act)
            if not keep_open:
                for ticket in _open(act, act.person):
                    hearing.withdraw(act, ticket)
            hand_on_all(act, act.person)
            act.record("erased", None, None, person=act.person.id)
            _erase(act, act.person, keep_open=keep_open)


def forget_old(unit: Unit) -> int:
    """Strip the questions settled longer ago than the network keeps them of their words; the figures stay.

    Also ends the erasures that waited for an open question.
    """
    _finish_erasures(unit)
    before = unit.now - _MONTH * unit.office.policy.retention_months
    old = list(
        unit.session.scalars(
            select(TicketRow.id).where(
                TicketRow.state == State.closed,
                TicketRow.updated_at < before,
                TicketRow.question != ERASED,
            ),
        ),
    )
    if old:
        unit.session.execute(update(TicketRow).where(TicketRow.id.in_(old)).values(question=ERASED, judgement={}))
        unit.session.execute(update(MessageRow).where(MessageRow.ticket_id.in_(old)).values(body=ERASED))
        unit.session.execute(update(NoticeRow).where(NoticeRow.ticket_id.in_(old)).values(data={}))
        unit.record("forgotten", None, None, questions=len(old))
    return len(old)


def _open(unit: Unit, person: PersonRow) -> list[TicketRow]:
    query = select(TicketRow).where(TicketRow.author_id == person.id, TicketRow.state.in_(OPEN_STATES))
    return list(unit.session.scalars(query.order_by(TicketRow.id)))


def _refuse_last_coordinator(act: Act) -> None:
    if Role.coordinator.value not in act.person.roles:
        return
    others = act.session.scalars(select(PersonRow).where(PersonRow.id != act.person.id, PersonRow.erased_at.is_(None)))
    if not any(Role.coordinator.value in row.roles for row in others.unique()):
        raise NotAllowedError("last_coordinator")


def _erase(act: Act, person: PersonRow, *, keep_open: bool) -> None:
    """Remove what names the person. The words of questions still open stay for who answers them; the others go."""
    session = act.session
    kept = {ticket.id for ticket in _open(act, person)} if keep_open else set()
    own = select(TicketRow.id).where(TicketRow.author_id == person.id, TicketRow.id.not_in(kept))
    session.execute(
        update(MessageRow).where(MessageRow.ticket_id.in_(own), MessageRow.author_id == person.id).values(body=ERASED)
    )
    session.execute(update(TicketRow).where(TicketRow.id.in_(own)).values(question=ERASED, judgement={}))
    session.execute(update(ThemeRow).where(ThemeRow.lead_id == person.id).values(lead_id=None))
    for table in (AbsenceRow, ExpertiseRow, SignInLinkRow):
        session.execute(delete(table).where(table.person_id == person.id))
    person.name = ERASED
    person.organisation_id = None
    person.roles = [Role.member.value]
    person.session_epoch += 1
    if not kept:
        _forget_accounts(act, person)


def _forget_accounts(unit: Unit, person: PersonRow) -> None:
    unit.session.execute(update(NoticeRow).where(NoticeRow.person_id == person.id).values(data={}))
    unit.session.execute(delete(AccountRow).where(AccountRow.person_id == person.id))
    person.erased_at = unit.now


def _finish_erasures(unit: Unit) -> None:
    """Forget for good those who asked to be, now that their last open question is settled."""
    waiting = unit.session.scalars(select(PersonRow).where(PersonRow.name == ERASED, PersonRow.erased_at.is_(None)))
    for person in waiting.unique():
        if not _open(unit, person):
            own = select(TicketRow.id).where(TicketRow.author_id == person.id)
            unit.session.execute(update(MessageRow).where(MessageRow.author_id == person.id).values(body=ERASED))
            unit.session.execute(update(TicketRow).where(TicketRow.id.in_(own)).values(question=ERASED, judgement={}))
            _forget_accounts(unit, person)
