"""What a person may ask about their own data, and what is forgotten with time."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update

from helpdesk import attachments, choices, forgetting
from helpdesk.absences import hand_on_all
from helpdesk.cards import ERASED
from helpdesk.errors import NotAllowedError
from helpdesk.model import OPEN_STATES, ClockState, MessageKind, Role, State
from helpdesk.people import holdings
from helpdesk.retractions import retract
from helpdesk.tables import (
    AbsenceRow,
    ClockRow,
    DraftRow,
    ExpertiseRow,
    InviteRow,
    MessageRow,
    NoticeRow,
    PersonRow,
    SignInLinkRow,
    ThemeRow,
    TicketRow,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helpdesk.model import AccountRef
    from helpdesk.office import Act, Office, Unit

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
            messages = _messages_of(unit, person)
            files = attachments.files_of(unit, [row.id for row in messages])
            drafts = unit.session.scalars(select(DraftRow).where(DraftRow.person_id == person.id).order_by(DraftRow.at))
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
                    {
                        "question": row.ticket_id,
                        "kind": row.kind.value,
                        "mine": row.author_id == person.id,
                        "text": row.body,
                        "files": [file["name"] for file in files.get(row.id, ())],
                        "at": row.at.isoformat(),
                    }
                    for row in messages
                ],
                "drafts": [{"question": row.ticket_id, "at": row.at.isoformat(), "data": row.data} for row in drafts],
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
                for ticket in [act.ticket(row.id) for row in _open(act, act.person)]:
                    if ticket.state is not State.closed:  # it may have been settled before it was locked
                        choices.withdraw(act, ticket)
            hand_on_all(act, act.person)
            act.record("erased", None, None, person=act.person.id)
            _erase(act, act.person, keep_open=keep_open)


def forget_old(unit: Unit) -> int:
    """Strip the questions settled longer ago than the network keeps them of their words; the figures stay.

    Also ends the erasures that waited for an open question.
    """
    _finish_erasures(unit)
    before = unit.now - _MONTH * unit.office.policy.retention_months
    said = MessageRow.ticket_id == TicketRow.id
    old = unit.session.scalars(
        select(TicketRow.id).where(
            TicketRow.state == State.closed,
            TicketRow.updated_at < before,
            # An erasure took the member's words only: what they were answered is left.
            or_(TicketRow.question != ERASED, exists().where(said, MessageRow.body != ERASED)),
        ),
    ).all()
    if old:
        forgetting.questions(unit, old)
        forgetting.messages(unit, MessageRow.ticket_id.in_(old))
        unit.record("forgotten", None, None, questions=len(old))
    # What was told of no question, or of several, says who asked what in those days too.
    forgetting.notices(unit, NoticeRow.ticket_id.is_(None), NoticeRow.created_at < before)
    return len(old)


def _open(unit: Unit, person: PersonRow) -> list[TicketRow]:
    """Return the questions on which the network still owes the person an answer, or its delivery."""
    clock = and_(ClockRow.ticket_id == TicketRow.id, ClockRow.cycle == TicketRow.cycle)
    on_its_way = exists().where(clock, ClockRow.state == ClockState.delivering)
    return _questions(unit, person, or_(TicketRow.state.in_(OPEN_STATES), on_its_way))


def _messages_of(unit: Unit, person: PersonRow) -> list[MessageRow]:
    """Return what the person wrote, and what was written to them of their questions: never a note between experts."""
    told = and_(TicketRow.author_id == person.id, MessageRow.kind != MessageKind.note)
    return list(
        unit.session.scalars(
            select(MessageRow)
            .join(TicketRow, TicketRow.id == MessageRow.ticket_id)
            .where(or_(MessageRow.author_id == person.id, told))
            .order_by(MessageRow.id),
        )
    )


def _questions(unit: Unit, person: PersonRow, *where: ColumnElement[bool]) -> list[TicketRow]:
    return list(
        unit.session.scalars(select(TicketRow).where(TicketRow.author_id == person.id, *where).order_by(TicketRow.id))
    )


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
    _forget_own(act, person, [ticket.id for ticket in _questions(act, person) if ticket.id not in kept])
    forgetting.replies(act, person)
    forgetting.name(act, person)
    session.execute(update(ThemeRow).where(ThemeRow.lead_id == person.id).values(lead_id=None))
    for table in (AbsenceRow, ExpertiseRow, SignInLinkRow, InviteRow, DraftRow):
        session.execute(delete(table).where(table.person_id == person.id))
    person.organisation_id = None
    person.roles = []  # nobody else has none: this is how an erasure under way is known
    person.session_epoch += 1
    if not kept:
        _forget_person(act, person)


def _forget_own(unit: Unit, person: PersonRow, questions: Sequence[int]) -> None:
    """Forget the words of somebody's own questions: theirs, not what experts wrote."""
    retract(unit, NoticeRow.ticket_id.in_(questions))
    forgetting.questions(unit, questions)
    forgetting.messages(unit, MessageRow.ticket_id.in_(questions), MessageRow.author_id == person.id)


def _forget_person(unit: Unit, person: PersonRow) -> None:
    retract(unit, NoticeRow.person_id == person.id)
    forgetting.notices(unit, NoticeRow.person_id == person.id)
    forgetting.accounts(unit, person)
    person.erased_at = unit.now


def _finish_erasures(unit: Unit) -> None:
    """Forget for good those who asked to be, now that their last open question is settled."""
    waiting = unit.session.scalars(select(PersonRow).where(PersonRow.name == ERASED, PersonRow.erased_at.is_(None)))
    for person in waiting.unique():
        if person.roles or _questions(unit, person, TicketRow.state != State.closed):
            continue
        _forget_own(unit, person, [ticket.id for ticket in _questions(unit, person)])
        _forget_person(unit, person)
