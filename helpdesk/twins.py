"""The same question asked by two members: found, and offered to the second without showing what the first kept private.

What is looked for is decided with the question and kept with its evidence; it is offered once the question goes to the
experts: to join a question that they have already, or to read the answer that they gave. Nothing waits for the member's
choice. The words of a question asked in private are shown to nobody else: only its theme is, and its answer never is
unless it became an entry of the library. A dispute, a named case or a calculation is nobody else's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, update

from helpdesk import cards
from helpdesk.model import WITH_EXPERTS, MessageKind, Resolution, State
from helpdesk.notices import NoticeKind
from helpdesk.tables import AccountRow, CandidateRow, ClockRow, FollowerRow, MessageRow, TicketRow
from helpdesk.telling import tell_member
from knowledge.reserved import THEIR_OWN

if TYPE_CHECKING:
    from helpdesk.office import Unit
    from knowledge.matcher import Matcher

_COMPARED = 300  # questions with the experts, and as many answered ones: the latest
_ANSWERED = (Resolution.expert_confirmed, Resolution.expert_unconfirmed)


def find(unit: Unit, ticket: TicketRow, matcher: Matcher) -> int | None:
    """Return the question of another member that is the same in other words: one with the experts, else answered."""
    if ticket.judgement.get("reason") in THEIR_OWN:
        return None
    for where in (_open(), _answered()):
        others = _others(unit, ticket, where)
        place = matcher.twin(ticket.question, [question for _, question in others])
        if place is not None:
            return others[place][0]
    return None


def offer(unit: Unit, ticket: TicketRow) -> None:
    """Offer a question that has just gone to the experts to join its twin, or the answer that this one got."""
    twin = _twin(unit, ticket)
    if twin is None or ticket.judgement.get("offered"):
        return
    theme = {"twin": twin.id, "theme_label": cards.theme_label(unit, twin.theme_id)}
    words = {"question": twin.question} if _is_public(unit, twin) else {"question": None}
    if is_open(twin):
        due = select(ClockRow.due_at).where(ClockRow.ticket_id == twin.id, ClockRow.cycle == twin.cycle)
        data = theme | words | {"due_at": cards.instant(unit.session.scalar(due))}
        kind = NoticeKind.me_too
    else:
        answer = _answer(unit, twin)
        entry = _entry(unit, twin)
        if answer is None or (entry is None and words["question"] is None):
            return
        shown: dict[str, Any] = {"entry": entry, "text": None} if entry else {"entry": None, "text": answer.body}
        data = theme | words | shown | {"answered_at": cards.instant(answer.at)}
        kind = NoticeKind.earlier_answer
    ticket.judgement = ticket.judgement | {"offered": kind.value}
    tell_member(unit, ticket, kind, data, step=f"twin:{twin.id}")


def offered(ticket: TicketRow) -> NoticeKind | None:
    """Return what the member may still take up: to join another question, or an answer already given."""
    kind = ticket.judgement.get("offered")
    return NoticeKind(kind) if kind and ticket.state in {State.queued, State.assigned} and ticket.cycle == 1 else None


def may_join(unit: Unit, ticket: TicketRow) -> bool:
    """Tell whether the other question that was offered can still be joined: it waits with the experts."""
    twin = _twin(unit, ticket) if offered(ticket) is NoticeKind.me_too else None
    return twin is not None and is_open(twin)


def is_open(ticket: TicketRow) -> bool:
    """Tell whether a question waits with the experts."""
    return ticket.state in WITH_EXPERTS


def mirror(unit: Unit, lead: TicketRow) -> None:
    """Show on the questions that joined one who has it now."""
    joined = select(FollowerRow.ticket_id).where(FollowerRow.lead_id == lead.id, FollowerRow.lead_cycle == lead.cycle)
    unit.session.execute(
        update(TicketRow)
        .where(TicketRow.id.in_(joined), TicketRow.state == State.joined)
        .values(assignee_id=lead.assignee_id),
    )


def _twin(unit: Unit, ticket: TicketRow) -> TicketRow | None:
    twin = unit.session.get(TicketRow, ticket.judgement.get("twin") or 0)
    return None if twin is None or twin.question == cards.ERASED else twin


def _others(unit: Unit, ticket: TicketRow, where: ColumnElement[bool]) -> list[tuple[int, str]]:
    """Return the numbers and words of the latest questions of others that fit, those of a case of its own left out."""
    query = (
        select(TicketRow.id, TicketRow.question, TicketRow.judgement["reason"].as_string())
        .where(
            where,
            TicketRow.id < ticket.id,
            TicketRow.author_id != ticket.author_id,
            TicketRow.question != cards.ERASED,
        )
        .order_by(TicketRow.id.desc())
        .limit(_COMPARED)
    )
    return [(number, question) for number, question, reason in unit.session.execute(query) if reason not in THEIR_OWN]


def _open() -> ColumnElement[bool]:
    return TicketRow.state.in_(WITH_EXPERTS)


def _answered() -> ColumnElement[bool]:
    """Return the condition that an expert answered, and that others may read it."""
    by_expert = or_(TicketRow.resolution.in_(_ANSWERED), TicketRow.state == State.answered)
    published = exists().where(CandidateRow.ticket_id == TicketRow.id, CandidateRow.entry_id.is_not(None))
    return and_(by_expert, TicketRow.entry_id.is_(None), or_(published, _in_public()))


def _in_public() -> ColumnElement[bool]:
    """Return the condition that a question was asked in front of others: not where its author is written to alone."""
    own = and_(AccountRow.person_id == TicketRow.author_id, AccountRow.channel == TicketRow.channel)
    alone = AccountRow.conversation == TicketRow.conversation
    return and_(exists().where(own), ~exists().where(own, alone))


def _is_public(unit: Unit, ticket: TicketRow) -> bool:
    return unit.session.scalar(select(TicketRow.id).where(TicketRow.id == ticket.id, _in_public())) is not None


def _answer(unit: Unit, ticket: TicketRow) -> MessageRow | None:
    return unit.session.scalar(
        select(MessageRow)
        .where(
            MessageRow.ticket_id == ticket.id,
            MessageRow.cycle == ticket.cycle,
            MessageRow.kind == MessageKind.answer,
        )
        .order_by(MessageRow.id)
        .limit(1),
    )


def _entry(unit: Unit, ticket: TicketRow) -> dict[str, str] | None:
    """Return the entry that a question's answer became, still published."""
    entry_id = unit.session.scalar(
        select(CandidateRow.entry_id)
        .where(CandidateRow.ticket_id == ticket.id, CandidateRow.entry_id.is_not(None))
        .order_by(CandidateRow.id.desc())
        .limit(1),
    )
    title = cards.titles(unit, [entry_id]).get(entry_id) if entry_id else None
    return {"id": entry_id, "title": title} if entry_id and title else None
