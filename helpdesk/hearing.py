"""What a member's message or press does, once it is known what it is about. Inside the desk's transaction."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from helpdesk import cards, intake, reading, timekeeping
from helpdesk.casework import add_message, hand_over, move, reopen, settle, show_entry, tell_member
from helpdesk.conversation import Known, Move, Reading
from helpdesk.errors import InvalidInputError, TransitionError
from helpdesk.lifecycle import Event
from helpdesk.model import OPEN_STATES, WITH_EXPERTS, MessageKind, Resolution, State
from helpdesk.notices import NoticeKind
from helpdesk.tables import TicketRow
from helpdesk.telling import tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpdesk.model import Address
    from helpdesk.office import Act
    from knowledge.decision import Judgement
    from knowledge.matcher import Matcher

_REMEMBERED = 20  # questions of a member that a message may carry on


@dataclass(frozen=True)
class Said:
    """A message being handled: where and what was said, when, the library's matcher and what it thinks of the text."""

    act: Act
    address: Address
    text: str
    at: dt.datetime
    matcher: Matcher
    judgement: Judgement

    def ticket(self, meant: Reading) -> TicketRow:
        """Return the question that the message is about."""
        assert meant.ticket_id is not None
        return self.act.ticket(meant.ticket_id)


def ask(said: Said, _meant: Reading | None = None, *, insists: bool = False) -> TicketRow:
    """Open a new question and let the library decide."""
    ticket = intake.open_ticket(said.act, said.text, said.at, said.address, insists=insists)
    intake.decide(said.act, ticket, said.matcher, said.judgement)
    return ticket


def _complete(said: Said, meant: Reading) -> TicketRow:
    ticket = said.ticket(meant)
    intake.complete(said.act, ticket, said.matcher, said.text, said.at, said.address)
    return ticket


def _follow(said: Said, meant: Reading) -> TicketRow:
    ticket = said.ticket(meant)
    act = said.act
    add_message(act, ticket, act.person, MessageKind.followup, said.text, said.at, said.address)
    clock = timekeeping.current(act, ticket)
    previous = clock.due_at
    was_waiting = ticket.state is State.waiting
    move(act, ticket, Event.member_spoke, act.person)
    if was_waiting:
        timekeeping.resume(act, clock, said.at)
    if clock.due_at != previous or was_waiting:
        data = {"due_at": cards.instant(clock.due_at), "previous": None, "reason": "resumed", "detail": None}
        tell_member(act, ticket, NoticeKind.date_moved, data, step=f"resumed:{act.inbound.key}")
    else:
        data = {"due_at": cards.instant(clock.due_at), "state": ticket.state.value}
        tell_member(act, ticket, NoticeKind.joined, data, step=f"joined:{act.inbound.key}")
    if ticket.assignee is not None:
        reply = {
            "text": said.text,
            "question": cards.excerpt(ticket.question),
            "due_at": cards.instant(clock.due_at),
        }
        key = f"ticket:{ticket.id}:replied:{act.inbound.key}"
        tell(act, ticket.assignee, NoticeKind.member_replied, reply, key=key, ticket=ticket)
    return ticket


def _reopen(said: Said, meant: Reading) -> TicketRow:
    ticket = said.ticket(meant)
    message_kind = MessageKind.followup
    if ticket.state is State.answered and ticket.entry_id is not None:
        add_message(said.act, ticket, said.act.person, message_kind, said.text, said.at, said.address)
        hand_over(said.act, ticket, said.act.person, "asked")
        return ticket
    reopen(said.act, ticket, said.act.person, said.at, said.text, said.address)
    return ticket


def _human(said: Said, meant: Reading) -> TicketRow:
    if meant.ticket_id is None:
        return ask(said, meant, insists=True)
    ticket = said.ticket(meant)
    to_human(said.act, ticket)
    return ticket


def _thanks(said: Said, meant: Reading) -> TicketRow | None:
    act = said.act
    ticket = said.ticket(meant) if meant.ticket_id is not None else None
    key = f"thanks:{act.inbound.key}"
    tell(act, act.person, NoticeKind.thanks, {"said": said.text}, key=key, ticket=ticket, address=said.address)
    return None


def _status(said: Said, _meant: Reading) -> TicketRow | None:
    tell_status(said.act, said.address, said.text)
    return None


def _chosen(said: Said, meant: Reading) -> TicketRow:
    ticket = said.ticket(meant)
    assert meant.rank is not None
    choose(said.act, ticket, meant.rank)
    return ticket


def _confirmed(said: Said, meant: Reading) -> TicketRow:
    ticket = said.ticket(meant)
    confirm(said.act, ticket)
    return ticket


MOVES: dict[Move, Callable[[Said, Reading], TicketRow | None]] = {
    Move.ask: ask,
    Move.complete: _complete,
    Move.follow: _follow,
    Move.reopen: _reopen,
    Move.choose: _chosen,
    Move.confirm: _confirmed,
    Move.human: _human,
    Move.thanks: _thanks,
    Move.status: _status,
}


def confirm(act: Act, ticket: TicketRow) -> None:
    """Record that the answer does; late words count too."""
    if ticket.state is State.closed and ticket.resolution in {
        Resolution.library_confirmed,
        Resolution.expert_confirmed,
    }:
        return
    by_library = ticket.entry_id is not None
    if ticket.state is State.closed and ticket.resolution is Resolution.library_unconfirmed:
        ticket.resolution = Resolution.library_confirmed
        act.record("confirmed_late", ticket, act.person)
    elif ticket.state is State.closed and ticket.resolution is Resolution.expert_unconfirmed:
        ticket.resolution = Resolution.expert_confirmed
        act.record("confirmed_late", ticket, act.person)
    else:
        resolution = Resolution.library_confirmed if by_library else Resolution.expert_confirmed
        settle(act, ticket, Event.confirm, resolution, act.person)
    data = {"by": "library" if by_library else "expert"}
    tell_member(act, ticket, NoticeKind.confirmed, data, step="confirmed")


def choose(act: Act, ticket: TicketRow, rank: int) -> None:
    """Show the suggestion of that rank. Raises ``InvalidInputError`` (``no_such_rank``)."""
    found = cards.evidence(act, ticket)
    if not 1 <= rank <= len(found):
        raise InvalidInputError("no_such_rank", rank=rank)
    show_entry(act, ticket, found[rank - 1].entry_id, act.person, rank)


def to_human(act: Act, ticket: TicketRow) -> None:
    """Bring the question to the experts, in this cycle or in a new one."""
    if ticket.state in WITH_EXPERTS:
        tell_status(act, ticket.address)
        return
    ticket.insists = True
    if ticket.state is State.received and intake.is_mere_greeting(ticket):
        data = {"reason": "greeting"}
        tell_member(act, ticket, NoticeKind.clarify, data, step=f"clarify:{act.inbound.key}")
        return
    settled_by_expert = ticket.state is State.answered and ticket.entry_id is None
    clock = timekeeping.current(act, ticket)
    too_old = ticket.state is State.closed and clock.breach_at is not None and clock.breach_at <= act.now
    redirected = ticket.resolution is Resolution.redirected
    if settled_by_expert or too_old or (ticket.state is State.closed and not redirected):
        reopen(act, ticket, act.person, act.now)
    else:
        hand_over(act, ticket, act.person, "insisted" if redirected else "asked")


def rate(act: Act, ticket: TicketRow, stars: int) -> None:
    """Keep a rating of the answer. Raises ``TransitionError`` before there is one."""
    if ticket.state not in {State.answered, State.closed}:
        raise TransitionError(state=ticket.state.value, event="rate")
    ticket.rating = stars
    act.record("rated", ticket, act.person, stars=stars)
    tell_member(act, ticket, NoticeKind.rated, {"stars": stars}, step=f"rated:{act.inbound.key}")


def withdraw(act: Act, ticket: TicketRow) -> None:
    """Take a question back: nothing is owed any more, and whoever had it is told."""
    if ticket.state is State.closed:
        raise TransitionError(state=ticket.state.value, event=Event.withdraw.value)
    assignee = ticket.assignee if ticket.state in WITH_EXPERTS else None
    settle(act, ticket, Event.withdraw, Resolution.withdrawn, act.person)
    brief = {"question": cards.excerpt(ticket.question)}
    tell_member(act, ticket, NoticeKind.withdrawn, brief, step="withdrawn")
    if assignee is not None:
        key = f"ticket:{ticket.id}:cycle:{ticket.cycle}:withdrawn:person:{assignee.id}"
        tell(act, assignee, NoticeKind.question_withdrawn, brief, key=key, ticket=ticket)


def tell_status(act: Act, address: Address, said: str | None = None) -> None:
    """Tell the member where their open questions stand."""
    lines = reading.lines(act, TicketRow.author_id == act.person.id, TicketRow.state.in_(OPEN_STATES))
    tickets = [
        {
            "id": line.id,
            "question": cards.excerpt(line.question),
            "state": line.state.value,
            "due_at": cards.instant(line.due_at),
            "late": line.late,
            "paused": line.paused,
        }
        for line in lines
    ]
    key = f"status:{act.inbound.key}"
    data = {"tickets": tickets} | ({"said": said} if said else {})
    tell(act, act.person, NoticeKind.status, data, key=key, address=address)


def known(act: Act, address: Address) -> list[Known]:
    """Return the member's latest questions as the rules of conversation see them."""
    rows = act.session.scalars(
        select(TicketRow)
        .where(TicketRow.author_id == act.person.id)
        .order_by(TicketRow.updated_at.desc(), TicketRow.id.desc())
        .limit(_REMEMBERED),
    )
    return [
        Known(
            ticket_id=row.id,
            state=row.state,
            by_library=row.entry_id is not None,
            redirected=row.resolution is Resolution.redirected,
            suggestions=len(cards.evidence(act, row)) if row.state is State.suggested else 0,
            entries=frozenset(entry_id for entry_id, _ in row.judgement.get("scored", [])[:3]),
            last_activity=row.updated_at,
            here=row.address == address,
        )
        for row in rows
    ]
