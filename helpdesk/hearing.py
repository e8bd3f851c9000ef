"""What a member's message or press does, once it is known what it is about. Inside the desk's transaction."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from helpdesk import attachments, cards, cases, followers, intake, lessons, reading, timekeeping, twins
from helpdesk.casework import add_message, hand_over, move, reopen, resolution_of, route, settle, show_entry
from helpdesk.conversation import Known, Move, Reading
from helpdesk.errors import InvalidInputError, TransitionError
from helpdesk.lifecycle import Event
from helpdesk.model import OPEN_STATES, WITH_EXPERTS, ClockState, MessageKind, Resolution, State
from helpdesk.notices import NoticeKind
from helpdesk.tables import TicketRow
from helpdesk.telling import tell, tell_member
from knowledge.decision import Decision
from knowledge.decision import Reason as KnowledgeReason
from knowledge.explanation import Judged
from knowledge.reserved import THEIR_OWN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from helpdesk.attachments import Upload
    from helpdesk.model import Address
    from helpdesk.office import Act
    from knowledge.decision import Judgement
    from knowledge.matcher import Matcher

_STANDS_ALONE = frozenset({Decision.ANSWER, Decision.SUGGEST, Decision.EXPERTS})
_REMEMBERED = 20  # questions of a member that a message may carry on


@dataclass(frozen=True)
class Said:
    """A message being handled: where and what was said, when, the library's matcher and what it thinks of the text."""

    act: Act
    address: Address
    text: str
    at: dt.datetime
    matcher: Matcher
    judged: Judged
    files: tuple[Upload, ...] = ()

    @property
    def judgement(self) -> Judgement:
        """What the library thinks of the text."""
        return self.judged.judgement

    def ticket(self, meant: Reading) -> TicketRow:
        """Return the question that the message is about."""
        assert meant.ticket_id is not None
        return self.act.ticket(meant.ticket_id)


def ask(said: Said, _meant: Reading | None = None, *, insists: bool = False) -> TicketRow:
    """Open a new question, or one for each that the message holds, and let the library decide; return the first."""
    parts = (said,) if insists else _questions(said)
    opened = [
        (part, intake.open_ticket(part.act, part.text, part.at, part.address, insists=insists, files=part.files))
        for part in parts
    ]
    first = opened[0][1]
    _tell_several(said, opened, first)
    for part, ticket in opened:
        if len(opened) > 1:
            cases.complete(said.act, ticket, said.text)  # each question keeps what the others say of the case
        intake.decide(part.act, ticket, part.matcher, part.judged)
    return first


def _tell_several(said: Said, parts: Sequence[tuple[Said, TicketRow]], first: TicketRow) -> None:
    """Tell the numbers of the questions that one message holds, if there are several."""
    if len(parts) > 1:
        listed = [{"ticket": ticket.id, "question": cards.excerpt(part.text)} for part, ticket in parts]
        tell_member(said.act, first, NoticeKind.several_questions, {"questions": listed}, step="several_questions")


def _questions(said: Said) -> tuple[Said, ...]:
    """Return the questions of a message; one when in doubt, with documents, or when it tells a case of the member's."""
    texts = () if said.files else said.matcher.split(said.text)
    parts = tuple(
        replace(said, text=text, judged=said.matcher.judge_with_why(text, today=timekeeping.today(said.act)))
        for text in texts
    )
    apart = len(parts) > 1 and all(
        part.judgement.decision in _STANDS_ALONE and part.judgement.reason not in THEIR_OWN for part in parts
    )
    return parts if apart else (said,)


def _complete(said: Said, meant: Reading) -> TicketRow:
    """Add words to a question; after a mere greeting, the first of several questions is its, each other one new."""
    ticket = said.ticket(meant)
    own, *others = _questions(said) if intake.is_mere_greeting(ticket) else (said,)
    opened = [(part, intake.open_ticket(part.act, part.text, part.at, part.address)) for part in others]
    _tell_several(said, [(own, ticket), *opened], ticket)
    intake.complete(said.act, ticket, said.matcher, own.text, said.at, said.address, said.files)
    for part, other in opened:
        cases.complete(said.act, other, said.text)
        intake.decide(part.act, other, part.matcher, part.judged)
    return ticket


def _follow(said: Said, meant: Reading) -> TicketRow:
    ticket = said.ticket(meant)
    act = said.act
    message = add_message(
        act, ticket, act.person, MessageKind.followup, said.text, said.at, said.address, files=said.files
    )
    cases.complete(act, ticket, said.text)
    clock = timekeeping.current(act, ticket)
    previous = clock.due_at
    move(act, ticket, Event.member_spoke, act.person, at=said.at.isoformat())
    if clock.state is ClockState.paused:
        timekeeping.resume(act, clock, said.at)
    if clock.due_at != previous:
        data = {"due_at": cards.instant(clock.due_at), "previous": None, "reason": "resumed", "detail": None}
        kind, step = NoticeKind.date_moved, f"resumed:{act.inbound.key}"
    else:
        data = {"due_at": cards.instant(clock.due_at), "state": ticket.state.value}
        kind, step = NoticeKind.joined, f"joined:{act.inbound.key}"
    tell_member(act, ticket, kind, data, step=step, address=said.address)
    if ticket.state is State.assigned and ticket.assignee is None:
        # Whoever had asked is away since, and nobody else was there then.
        route(act, ticket, "routing")
    elif ticket.assignee is not None:
        reply = {
            "text": said.text,
            "question": cards.excerpt(ticket.question),
            "due_at": cards.instant(clock.due_at),
            "files": attachments.of_message(act, message),
        }
        key = f"ticket:{ticket.id}:replied:{act.inbound.key}"
        tell(act, ticket.assignee, NoticeKind.member_replied, reply, key=key, ticket=ticket)
    return ticket


def _reopen(said: Said, meant: Reading) -> TicketRow:
    ticket = said.ticket(meant)
    act = said.act
    if _stays_in_cycle(act, ticket):
        add_message(act, ticket, act.person, MessageKind.followup, said.text, said.at, said.address, files=said.files)
        cases.complete(act, ticket, said.text)
        hand_over(act, ticket, act.person, "asked")
    else:
        reopen(act, ticket, act.person, said.at, said.text, said.address, said.files)
    return ticket


def _human(said: Said, meant: Reading) -> TicketRow:
    if meant.ticket_id is None:
        # A wish to be heard, and no question yet: whatever the library thinks of these words, there is one to ask for.
        no_question = replace(said.judgement, decision=Decision.CLARIFY, reason=KnowledgeReason.EMPTY, scored=())
        return ask(replace(said, judged=Judged(no_question, None)), meant, insists=True)
    ticket = said.ticket(meant)
    to_human(said.act, ticket)
    return ticket


def _thanks(said: Said, meant: Reading) -> TicketRow | None:
    act = said.act
    ticket = said.ticket(meant) if meant.ticket_id is not None else None
    key = f"thanks:{act.inbound.key}"
    tell(act, act.person, NoticeKind.thanks, {"said": said.text}, key=key, ticket=ticket, address=said.address)
    return None


def _status(said: Said, meant: Reading) -> TicketRow | None:
    only = meant.among if meant.ticket_id is None else (meant.ticket_id,)
    tell_status(said.act, said.address, said.text, only)
    return None


def _withdrawn(said: Said, meant: Reading) -> TicketRow | None:
    if meant.ticket_id is not None:
        ticket = said.ticket(meant)
        withdraw(said.act, ticket, said)
        return ticket
    if meant.among:
        _ask_which(said, meant.among)
    else:
        tell_status(said.act, said.address, said.text)
    return None


def _ask_which(said: Said, among: tuple[int, ...]) -> None:
    """Ask the member which of their open questions they take back."""
    act = said.act
    tickets = [{"id": number, "question": cards.excerpt(act.ticket(number).question)} for number in among]
    key = f"withdraw_which:{act.inbound.key}"
    data = {"tickets": tickets, "said": said.text}
    tell(act, act.person, NoticeKind.withdraw_which, data, key=key, address=said.address)


def _chosen(said: Said, meant: Reading) -> TicketRow:
    ticket = said.ticket(meant)
    assert meant.rank is not None
    choose(said.act, ticket, meant.rank)
    return ticket


def _joined(said: Said, meant: Reading) -> TicketRow:
    ticket = said.ticket(meant)
    join(said.act, ticket)
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
    Move.me_too: _joined,
    Move.human: _human,
    Move.thanks: _thanks,
    Move.status: _status,
    Move.withdraw: _withdrawn,
}


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


def confirm(act: Act, ticket: TicketRow) -> None:
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
    tell_member(act, ticket, NoticeKind.confirmed, data, step="confirmed")


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
        tell_status(act, ticket.address)
        return
    ticket.insists = True
    if ticket.state is State.answered:
        lessons.record(act, ticket, right=False)
    if ticket.state is State.joined:
        followers.leave(act, ticket, act.person)
    elif ticket.state is State.received and intake.is_mere_greeting(ticket):
        data = {"reason": "greeting"}
        tell_member(act, ticket, NoticeKind.clarify, data, step=f"clarify:{act.inbound.key}")
    elif _stays_in_cycle(act, ticket):
        hand_over(act, ticket, act.person, "insisted" if ticket.state is State.closed else "asked")
    else:
        reopen(act, ticket, act.person, act.now)


def _stays_in_cycle(act: Act, ticket: TicketRow) -> bool:
    """Tell whether a human is wanted for the promise already given: no expert answered, and it can still be kept."""
    if ticket.state in {State.received, State.suggested}:
        return True
    by_library = ticket.state is State.answered and ticket.entry_id is not None
    redirected = ticket.state is State.closed and ticket.resolution is Resolution.redirected
    return (by_library or redirected) and not timekeeping.is_past(act, timekeeping.current(act, ticket))


def rate(act: Act, ticket: TicketRow, stars: int) -> None:
    """Keep a rating of the answer. Raises ``TransitionError`` when there is none."""
    if ticket.state is not State.answered and ticket.resolution not in {*_CONFIRMED_LATE, *_SETTLED}:
        raise TransitionError(state=ticket.state.value, event="rate")
    ticket.rating = stars
    act.record("rated", ticket, act.person, stars=stars)
    tell_member(act, ticket, NoticeKind.rated, {"stars": stars}, step=f"rated:{act.inbound.key}")


def withdraw(act: Act, ticket: TicketRow, said: Said | None = None) -> None:
    """Take a question back: nothing is owed any more, and whoever had it is told; ``said``: by these words.

    They are answered where they were said, unless others read there what was asked elsewhere.
    """
    if ticket.state is State.closed:
        raise TransitionError(state=ticket.state.value, event=Event.withdraw.value)
    assignee = ticket.assignee if ticket.state in WITH_EXPERTS else None
    settle(act, ticket, Event.withdraw, Resolution.withdrawn, act.person)
    followers.leave_all(act, ticket)
    brief = {"question": cards.excerpt(ticket.question)}
    if said is not None and (said.address == ticket.address or _place(said.address) in _private_places(act)):
        own = brief | {"said": said.text}
        tell_member(act, ticket, NoticeKind.withdrawn, own, step="withdrawn", address=said.address)
    else:
        tell_member(act, ticket, NoticeKind.withdrawn, brief, step="withdrawn")
    if assignee is not None:
        key = f"ticket:{ticket.id}:cycle:{ticket.cycle}:withdrawn:person:{assignee.id}"
        tell(act, assignee, NoticeKind.question_withdrawn, brief, key=key, ticket=ticket)


def tell_status(act: Act, address: Address, said: str | None = None, only: tuple[int, ...] = ()) -> None:
    """Tell the member where their open questions stand, or those of ``only``, settled or not."""
    which = TicketRow.id.in_(only) if only else TicketRow.state.in_(OPEN_STATES)
    lines = reading.lines(act, TicketRow.author_id == act.person.id, which)
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
    key = f"status:{act.inbound.key}"
    data = {"tickets": tickets} | ({"said": said} if said else {})
    tell(act, act.person, NoticeKind.status, data, key=key, address=address)


def known(act: Act, address: Address, replied: int | None, named: tuple[int, ...] = ()) -> list[Known]:
    """Return the member's latest questions as the rules of conversation see them.

    The one ``replied`` to and those ``named`` by their numbers are among them, however old.
    They are locked: what the message means must still be so when it is done.
    """
    own = select(TicketRow.id).where(TicketRow.author_id == act.person.id)
    latest = own.order_by(TicketRow.updated_at.desc(), TicketRow.id.desc()).limit(_REMEMBERED)
    wanted = set(act.session.scalars(latest))
    sought = {*named, *([] if replied is None else [replied])} - wanted
    if sought:
        wanted.update(act.session.scalars(own.where(TicketRow.id.in_(sought))))
    locked = select(TicketRow).where(TicketRow.id.in_(wanted)).order_by(TicketRow.id)
    rows = act.session.scalars(locked.with_for_update(key_share=True, of=TicketRow)).all()
    alone = _private_places(act)
    return [
        Known(
            ticket_id=row.id,
            state=row.state,
            by_library=row.entry_id is not None,
            nothing=row.resolution in {Resolution.redirected, Resolution.no_question},
            suggestions=len(cards.evidence(act, row)) if row.state is State.suggested else 0,
            entries=frozenset(entry_id for entry_id, _ in row.judgement.get("scored", [])[:3]),
            last_activity=row.updated_at,
            here=row.address == address,
            in_private={_place(address), _place(row.address)} <= alone,
            awaits=cases.awaited(row),
            offered=twins.offered(row),
            disputed=row.judgement.get("reason") == KnowledgeReason.DISPUTE,
            withdrawn=row.resolution is Resolution.withdrawn,
        )
        for row in sorted(rows, key=lambda row: (row.updated_at, row.id), reverse=True)
    ]


def _private_places(act: Act) -> set[tuple[str, str]]:
    """Return the conversations in which nobody but the member is written to."""
    return {(account.channel, account.conversation) for account in act.person.accounts}


def _place(address: Address) -> tuple[str, str]:
    return address.channel, address.conversation
