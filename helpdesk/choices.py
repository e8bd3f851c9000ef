"""What a member decides of a question of theirs, by a press or in words: it does, an expert please, I take it back.

Inside the desk's transaction, once it is known that the question is theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk import access, cards, followers, intake, lessons, reading, timekeeping, twins
from helpdesk.casework import hand_over, reopen, resolution_of, settle, show_entry
from helpdesk.errors import InvalidInputError, TransitionError
from helpdesk.lifecycle import Event
from helpdesk.model import OPEN_STATES, WITH_EXPERTS, Resolution, State
from helpdesk.notices import NoticeKind
from helpdesk.tables import TicketRow
from helpdesk.telling import tell, tell_member
from knowledge.decision import Decision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helpdesk.model import Address
    from helpdesk.office import Act

_CONFIRMED_LATE = {
    Resolution.library_unconfirmed: Resolution.library_confirmed,
    Resolution.expert_unconfirmed: Resolution.expert_confirmed,
    Resolution.member_unconfirmed: Resolution.member_confirmed,
}
_SETTLED = frozenset({*_CONFIRMED_LATE.values(), Resolution.by_hand, Resolution.earlier_answer})
_ANSWERED_BY: dict[Resolution | None, str] = {
    Resolution.library_confirmed: "library",
    Resolution.member_confirmed: "member",
    Resolution.earlier_answer: "library",
}


def confirm(act: Act, ticket: TicketRow, address: Address | None = None) -> None:
    """Record that the answer does; late words count too. Raises ``TransitionError`` when there is no answer."""
    if ticket.state is State.closed and ticket.resolution in _CONFIRMED_LATE:
        ticket.resolution = _CONFIRMED_LATE[ticket.resolution]
        act.record("confirmed_late", ticket, act.person)
    elif twins.offered(ticket) is NoticeKind.earlier_answer:
        followers.accept(act, ticket)
    elif not (ticket.state is State.closed and ticket.resolution in _SETTLED):
        if ticket.state is State.answered:
            # They have read it: no channel has to say so any more.
            timekeeping.accepted(timekeeping.current(act, ticket))
        settle(act, ticket, Event.confirm, resolution_of(act, ticket, confirmed=True), act.person)
    if ticket.resolution is Resolution.library_confirmed:
        lessons.record(act, ticket, right=True)
    data = {"by": _ANSWERED_BY.get(ticket.resolution, "expert")}
    tell_member(act, ticket, NoticeKind.confirmed, data, step="confirmed", address=_here(act, ticket, address))


def choose(act: Act, ticket: TicketRow, rank: int) -> None:
    """Show the suggestion of that rank. Raises ``InvalidInputError`` (``no_such_rank``), ``TransitionError``."""
    if ticket.state is State.answered and ticket.entry_id is None:
        raise TransitionError(state=ticket.state.value, event="choose")
    found = cards.evidence(act, ticket) if ticket.judgement.get("decision") == Decision.SUGGEST else []
    if not 1 <= rank <= len(found):
        raise InvalidInputError("no_such_rank", rank=rank)
    show_entry(act, ticket, found[rank - 1].entry_id, act.person, rank)


def join(act: Act, ticket: TicketRow) -> None:
    """Wait for the answer to the question that was offered. Raises ``TransitionError``, ``ConflictError``."""
    if ticket.state is not State.joined and twins.offered(ticket) is not NoticeKind.me_too:
        raise TransitionError(state=ticket.state.value, event=Event.follow.value)
    followers.join(act, ticket.id, ticket.judgement["twin"])


def to_human(act: Act, ticket: TicketRow) -> None:
    """Bring the question to the experts, in this cycle or in a new one."""
    if ticket.state in WITH_EXPERTS:
        tell_status(act, ticket.address, only=(ticket.id,))
        return
    ticket.insists = True
    if ticket.state is State.answered:
        lessons.record(act, ticket, right=False)
    if ticket.state is State.joined:
        followers.leave(act, ticket, act.person)
    elif ticket.state is State.received and intake.is_mere_greeting(ticket):
        data = {"reason": "greeting"}
        tell_member(act, ticket, NoticeKind.clarify, data, step=f"clarify:{act.mark}")
    elif stays_in_cycle(act, ticket):
        hand_over(act, ticket, act.person, "insisted" if ticket.state is State.closed else "asked")
    else:
        reopen(act, ticket, act.person, act.now)


def stays_in_cycle(act: Act, ticket: TicketRow) -> bool:
    """Tell whether a human is wanted for the promise already given: no expert answered, and it can still be kept."""
    if ticket.state in {State.received, State.suggested}:
        return True
    by_library = ticket.state is State.answered and ticket.entry_id is not None
    redirected = ticket.state is State.closed and ticket.resolution is Resolution.redirected
    return (by_library or redirected) and not timekeeping.is_past(act, timekeeping.current(act, ticket))


def rate(act: Act, ticket: TicketRow, stars: int, address: Address | None = None) -> None:
    """Keep a rating of the answer. Raises ``TransitionError`` when there is none."""
    if ticket.state is not State.answered and ticket.resolution not in {*_CONFIRMED_LATE, *_SETTLED}:
        raise TransitionError(state=ticket.state.value, event="rate")
    ticket.rating = stars
    act.record("rated", ticket, act.person, stars=stars)
    data, step = {"stars": stars}, f"rated:{act.mark}"
    tell_member(act, ticket, NoticeKind.rated, data, step=step, address=_here(act, ticket, address))


def withdraw(act: Act, ticket: TicketRow, said: str | None = None, address: Address | None = None) -> None:
    """Take a question back: nothing is owed any more, and whoever had it is told.

    ``said``: by these words. Raises ``TransitionError`` (``already_withdrawn``).
    """
    if ticket.resolution is Resolution.withdrawn:
        raise TransitionError("already_withdrawn", ticket=ticket.id)
    if ticket.state is State.closed:
        raise TransitionError(state=ticket.state.value, event=Event.withdraw.value)
    assignee = ticket.assignee if ticket.state in WITH_EXPERTS else None
    if ticket.state is State.joined:
        followers.part(act, ticket)
    settle(act, ticket, Event.withdraw, Resolution.withdrawn, act.person)
    followers.leave_all(act, ticket)
    brief = {"question": cards.excerpt(ticket.question)}
    here = _here(act, ticket, address)
    own = brief | {"said": said} if here and said else brief
    tell_member(act, ticket, NoticeKind.withdrawn, own, step="withdrawn", address=here)
    if assignee is not None:
        key = f"ticket:{ticket.id}:cycle:{ticket.cycle}:withdrawn:person:{assignee.id}"
        tell(act, assignee, NoticeKind.question_withdrawn, brief, key=key, ticket=ticket)


def _here(act: Act, ticket: TicketRow, address: Address | None) -> Address | None:
    """Return where the member decided, to be answered there, unless others read there what was asked elsewhere."""
    answered = address is not None and (address == ticket.address or access.is_private(act.person, address))
    return address if answered else None


def tell_status(act: Act, address: Address, said: str | None = None, only: tuple[int, ...] = ()) -> None:
    """Tell the member where their open questions stand, or those of ``only``, settled or not.

    A greeting that asked nothing yet is no question. Where others read, only what was asked there is told: when there
    is more, all of it is told in private.
    """
    which = TicketRow.id.in_(only) if only else TicketRow.state.in_(OPEN_STATES)
    found = reading.lines(act, TicketRow.author_id == act.person.id, which)
    lines = [line for line in found if only or not _asks_nothing_yet(act.ticket(line.id))]
    here = address if _may_be_told(act, [line.id for line in lines], address) else None
    tickets = [
        {
            "id": line.id,
            "question": cards.excerpt(line.question),
            "state": line.standing,
            "due_at": cards.instant(line.due_at),
            "late": line.late,
            "paused": line.paused,
        }
        for line in lines
    ]
    key = f"status:{act.mark}"
    data = {"tickets": tickets} | ({"said": said} if said and here else {})
    tell(act, act.person, NoticeKind.status, data, key=key, address=here)


def _asks_nothing_yet(ticket: TicketRow) -> bool:
    return ticket.state is State.received and intake.is_mere_greeting(ticket)


def _may_be_told(act: Act, questions: Sequence[int], address: Address) -> bool:
    return access.is_private(act.person, address) or all(act.ticket(one).address == address for one in questions)
