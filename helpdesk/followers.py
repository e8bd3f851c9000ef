"""One answer for several: members join the same question, and each gets its answer where they asked.

Each keeps their own promise, counted from their own question; the one they joined was asked earlier, and falls due
earlier. Tickets are locked by number, the lowest first, and the one that is joined is always the lower.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from helpdesk import alerts, attachments, cards, timekeeping, twins
from helpdesk.casework import add_message, hand_over, move, settle
from helpdesk.errors import ConflictError
from helpdesk.lifecycle import Event
from helpdesk.model import MessageKind, Resolution, State
from helpdesk.notices import NoticeKind
from helpdesk.tables import FollowerRow, MessageRow, TicketRow
from helpdesk.telling import step_key, tell, tell_member

if TYPE_CHECKING:
    from helpdesk.attachments import Upload
    from helpdesk.office import Act, Unit
    from helpdesk.tables import PersonRow


def join(act: Act, ticket_id: int, lead_id: int) -> TicketRow:
    """Let a question wait for the answer to another one. Raises ``ConflictError`` (``answered_meanwhile``).

    The other is no longer to be joined once it is answered or taken back: the question then stays with the experts.
    """
    lead, ticket = act.ticket(lead_id), act.ticket(ticket_id)
    if ticket.state is State.joined:
        return ticket
    if not twins.is_open(lead):
        raise ConflictError("answered_meanwhile")
    before = ticket.assignee
    move(act, ticket, Event.follow, act.person, lead=lead.id)
    act.session.add(
        FollowerRow(ticket_id=ticket.id, cycle=ticket.cycle, lead_id=lead.id, lead_cycle=lead.cycle, at=act.now)
    )
    _follow_too(act, _followers(act, ticket, State.joined), ticket, lead)
    ticket.assignee_id = lead.assignee_id
    lead.updated_at = act.now
    act.session.flush()
    act.session.refresh(ticket, ["assignee"])
    if before is not None and before.id != lead.assignee_id:
        to = lead.assignee.name if lead.assignee else None
        data = {"question": cards.excerpt(ticket.question), "to": to, "answered": False}
        tell(act, before, NoticeKind.reassigned, data, key=step_key(act, ticket, "reassigned", before), ticket=ticket)
    _tell_followed(act, lead, ticket)
    due = timekeeping.current(act, ticket).due_at
    expected = timekeeping.current(act, lead).due_at
    data = {"due_at": cards.instant(due), "expected_at": cards.instant(expected)}
    tell_member(act, ticket, NoticeKind.following, data, step=f"following:{act.mark}")
    return ticket


def accept(act: Act, ticket: TicketRow) -> None:
    """Close a question with the answer once given to somebody else: the member has read it and says that it does."""
    clock = timekeeping.current(act, ticket)
    alerts.tell_noticed(act, clock, timekeeping.give(act, clock, act.now), answered=True)
    timekeeping.accepted(clock)
    assignee = ticket.assignee
    settle(act, ticket, Event.accept, Resolution.earlier_answer, act.person)
    leave_all(act, ticket)
    brief = {"question": cards.excerpt(ticket.question)}
    if assignee is not None:
        key = f"ticket:{ticket.id}:cycle:{ticket.cycle}:withdrawn:person:{assignee.id}"
        tell(act, assignee, NoticeKind.question_withdrawn, brief, key=key, ticket=ticket)


def answer(
    unit: Unit, lead: TicketRow, given: MessageRow, expert: PersonRow, files: tuple[Upload, ...], *, again: bool
) -> None:
    """Give the answer of a question to everybody who joined it, each where they asked, on their own promise."""
    wanted = State.answered if again else State.joined
    for follower in _followers(unit, lead, wanted):
        ticket = unit.ticket(follower)
        if ticket.state is wanted:
            _answer(unit, ticket, given, expert, files)


def leave_all(unit: Unit, lead: TicketRow) -> None:
    """Bring the questions that joined one that nobody answers any more to the experts: the first, the rest with it."""
    locked = {number: unit.ticket(number) for number in _followers(unit, lead, State.joined)}
    waiting = _followers(unit, lead, State.joined)  # some may have left while this waited for them
    if not waiting:
        return
    first = locked[waiting[0]]
    unit.session.execute(delete(FollowerRow).where(FollowerRow.ticket_id == first.id, FollowerRow.cycle == first.cycle))
    hand_over(unit, first, None, "alone", prefer=lead.assignee_id)
    _follow_too(unit, waiting[1:], lead, first)


def _follow_too(unit: Unit, waiting: list[int], before: TicketRow, lead: TicketRow) -> None:
    """Let the questions that joined one wait for another's answer."""
    unit.session.execute(
        update(FollowerRow)
        .where(FollowerRow.ticket_id.in_(waiting), FollowerRow.lead_id == before.id)
        .values(lead_id=lead.id, lead_cycle=lead.cycle),
    )
    twins.mirror(unit, lead)


def leave(unit: Unit, ticket: TicketRow, actor: PersonRow) -> None:
    """Bring a question that joined another back to the experts, on its own."""
    part(unit, ticket)
    hand_over(unit, ticket, actor, "alone")


def part(unit: Unit, ticket: TicketRow) -> None:
    """Let a question wait for no other any more."""
    where = (FollowerRow.ticket_id == ticket.id, FollowerRow.cycle == ticket.cycle)
    unit.session.execute(delete(FollowerRow).where(*where))


def lead_of(unit: Unit, ticket: TicketRow) -> TicketRow | None:
    """Return the question that this one joined in its present cycle."""
    row = unit.session.get(FollowerRow, (ticket.id, ticket.cycle))
    return unit.session.get(TicketRow, row.lead_id) if row else None


def _followers(unit: Unit, lead: TicketRow, state: State) -> list[int]:
    query = (
        select(FollowerRow.ticket_id)
        .join(TicketRow, (TicketRow.id == FollowerRow.ticket_id) & (TicketRow.cycle == FollowerRow.cycle))
        .where(FollowerRow.lead_id == lead.id, FollowerRow.lead_cycle == lead.cycle, TicketRow.state == state)
        .order_by(FollowerRow.ticket_id)
    )
    return list(unit.session.scalars(query))


def _answer(unit: Unit, ticket: TicketRow, given: MessageRow, expert: PersonRow, files: tuple[Upload, ...]) -> None:
    again = ticket.state is State.answered
    clock = timekeeping.current(unit, ticket)
    at = max(given.at, clock.start)
    move(unit, ticket, Event.answer, expert, at=at.isoformat(), by_hand=False)
    ticket.assignee_id = expert.id
    ticket.silence_at = timekeeping.due_in_days(unit, unit.now, unit.office.policy.settle_days)
    message = add_message(unit, ticket, expert, MessageKind.answer, given.body, at, ticket.address, files=files)
    if not again:
        alerts.tell_noticed(unit, clock, timekeeping.give(unit, clock, at), answered=True)
    data = {
        "text": given.body,
        "expert": expert.name,
        "by_hand": False,
        "question": cards.excerpt(ticket.question),
        "again": again,
        "files": attachments.of_message(unit, message),
    }
    tell_member(unit, ticket, NoticeKind.answered, data, step=f"answered:{message.id}", clock=clock)


def _tell_followed(act: Act, lead: TicketRow, ticket: TicketRow) -> None:
    if lead.assignee is None:
        return
    data = {
        "question": cards.excerpt(lead.question),
        "text": ticket.question,
        "follower": ticket.id,
        "due_at": cards.instant(timekeeping.current(act, lead).due_at),
    }
    key = f"ticket:{lead.id}:cycle:{lead.cycle}:followed:{ticket.id}"
    tell(act, lead.assignee, NoticeKind.followed, data, key=key, ticket=lead)
