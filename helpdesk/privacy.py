"""What a person may ask about their own data, and what is forgotten with time."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update

from helpdesk import cards, choices
from helpdesk.absences import hand_on_all
from helpdesk.cards import ERASED
from helpdesk.errors import NotAllowedError
from helpdesk.model import OPEN_STATES, ClockState, MessageKind, Role, State
from helpdesk.notices import NoticeKind
from helpdesk.people import holdings
from helpdesk.retractions import retract
from helpdesk.tables import (
    AbsenceRow,
    AccountRow,
    AttachmentRow,
    BlobRow,
    CandidateRow,
    ClockRow,
    DialogueRow,
    DraftRow,
    ExpertiseRow,
    InviteRow,
    LessonRow,
    MessageRow,
    NoticeRow,
    PersonRow,
    SignInLinkRow,
    ThemeRow,
    TicketRow,
    TopicRow,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helpdesk.model import AccountRef
    from helpdesk.office import Act, Office, Unit

# Notices about several questions, shown by lines.
_LISTS = (NoticeKind.digest.value, NoticeKind.summary.value, NoticeKind.date_moved.value)
# Notices of one question that quote another.
_OF_ANOTHER = (NoticeKind.me_too.value, NoticeKind.earlier_answer.value, NoticeKind.followed.value)
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
                        "at": row.at.isoformat(),
                    }
                    for row in _messages_of(unit, person)
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
                    choices.withdraw(act, act.ticket(ticket.id))
            hand_on_all(act, act.person)
            act.record("erased", None, None, person=act.person.id)
            _erase(act, act.person, keep_open=keep_open)


def forget_old(unit: Unit) -> int:
    """Strip the questions settled longer ago than the network keeps them of their words; the figures stay.

    Also ends the erasures that waited for an open question.
    """
    _finish_erasures(unit)
    before = unit.now - _MONTH * unit.office.policy.retention_months
    old = unit.session.scalars(
        select(TicketRow.id).where(
            TicketRow.state == State.closed,
            TicketRow.updated_at < before,
            TicketRow.question != ERASED,
        ),
    ).all()
    if old:
        _forget_questions(unit, old)
        unit.session.execute(update(MessageRow).where(MessageRow.ticket_id.in_(old)).values(body=ERASED))
        unit.record("forgotten", None, None, questions=len(old))
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
    session.execute(update(ThemeRow).where(ThemeRow.lead_id == person.id).values(lead_id=None))
    for table in (AbsenceRow, ExpertiseRow, SignInLinkRow, InviteRow, DraftRow):
        session.execute(delete(table).where(table.person_id == person.id))
    person.name = ERASED
    person.organisation_id = None
    person.roles = []  # nobody else has none: this is how an erasure under way is known
    person.session_epoch += 1
    if not kept:
        _forget_accounts(act, person)


def _forget_own(unit: Unit, person: PersonRow, questions: Sequence[int]) -> None:
    """Forget the words of somebody's own questions: theirs, not what experts wrote."""
    retract(unit, NoticeRow.ticket_id.in_(questions))
    _forget_questions(unit, questions)
    own = and_(MessageRow.ticket_id.in_(questions), MessageRow.author_id == person.id)
    files = AttachmentRow.message_id.in_(select(MessageRow.id).where(own))
    unit.session.execute(delete(AttachmentRow).where(files))
    unit.session.execute(delete(BlobRow).where(BlobRow.sha256.not_in(select(AttachmentRow.sha256))))
    unit.session.execute(update(MessageRow).where(own).values(body=ERASED))


def _forget_questions(unit: Unit, questions: Sequence[int]) -> None:
    """Strip questions, and what anybody was told of them, of their words."""
    unit.session.execute(update(TicketRow).where(TicketRow.id.in_(questions)).values(question=ERASED, judgement={}))
    unit.session.execute(update(TopicRow).where(TopicRow.ticket_id.in_(questions)).values(name=ERASED, read_at=None))
    unit.session.execute(delete(DraftRow).where(DraftRow.ticket_id.in_(questions)))
    _forget_lessons(unit, questions)
    _forget_candidates(unit, questions)
    _strip(unit, NoticeRow.ticket_id.in_(questions))
    forgotten = set(questions)
    for notice in unit.session.scalars(select(NoticeRow).where(NoticeRow.kind.in_(_OF_ANOTHER))):
        if forgotten & {notice.data.get("twin"), notice.data.get("follower")}:
            notice.data = cards.without_words(notice.data)
    for notice in unit.session.scalars(select(NoticeRow).where(NoticeRow.kind.in_(_LISTS))):
        notice.data = {
            name: [cards.without_words(item) if item["ticket"] in forgotten else item for item in value]
            if isinstance(value, list)
            else value
            for name, value in notice.data.items()
        }


def _forget_candidates(unit: Unit, questions: Sequence[int]) -> None:
    """Drop what was offered to the library in the thread's own words, and never published."""
    where = (CandidateRow.ticket_id.in_(questions), CandidateRow.entry_id.is_(None))
    for candidate in unit.session.scalars(select(CandidateRow).where(*where)):
        if candidate.data.get("as_said"):
            unit.session.delete(candidate)


def _forget_lessons(unit: Unit, questions: Sequence[int]) -> None:
    """Forget the wordings that nobody reviewed; those that were kept name nobody, and are tied to nobody any more."""
    own = LessonRow.ticket_id.in_(questions)
    unit.session.execute(delete(LessonRow).where(own, LessonRow.kept.is_not(True)))
    unit.session.execute(update(LessonRow).where(own).values(ticket_id=None))


def _strip(unit: Unit, where: ColumnElement[bool]) -> None:
    for notice in unit.session.scalars(select(NoticeRow).where(where)):
        notice.data = cards.without_words(notice.data)


def _forget_accounts(unit: Unit, person: PersonRow) -> None:
    retract(unit, NoticeRow.person_id == person.id)
    _strip(unit, NoticeRow.person_id == person.id)
    for account in person.accounts:
        where = (DialogueRow.channel == account.channel, DialogueRow.external_id == account.external_id)
        unit.session.execute(delete(DialogueRow).where(*where))
    unit.session.execute(delete(AccountRow).where(AccountRow.person_id == person.id))
    person.erased_at = unit.now


def _finish_erasures(unit: Unit) -> None:
    """Forget for good those who asked to be, now that their last open question is settled."""
    waiting = unit.session.scalars(select(PersonRow).where(PersonRow.name == ERASED, PersonRow.erased_at.is_(None)))
    for person in waiting.unique():
        if person.roles or _questions(unit, person, TicketRow.state != State.closed):
            continue
        _forget_own(unit, person, [ticket.id for ticket in _questions(unit, person)])
        _forget_accounts(unit, person)
