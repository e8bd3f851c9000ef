"""What a member's message does, once it is known what it is about. Inside the desk's transaction."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select

from helpdesk import access, attachments, cards, carrying_on, cases, choices, intake, timekeeping, twins
from helpdesk.casework import add_message, hand_over, move, reopen, route
from helpdesk.conversation import Move, Reading
from helpdesk.errors import InvalidInputError
from helpdesk.known import RECENT, Known
from helpdesk.lifecycle import Event
from helpdesk.model import OPEN_STATES, WITH_EXPERTS, ClockState, MessageKind, Resolution, State
from helpdesk.notices import NoticeKind
from helpdesk.tables import DeliveryRow, NoticeRow, TicketRow
from helpdesk.telling import tell, tell_member
from knowledge import intents, replies
from knowledge.decision import Decision
from knowledge.decision import Reason as KnowledgeReason
from knowledge.explanation import Judged
from knowledge.reserved import THEIR_OWN
from knowledge.text import fold

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
    insists = insists or intents.wants_human_too(said.text)
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


def _asked(said: Said, meant: Reading) -> TicketRow:
    """Open a new question, unless the very same is with the experts: its author is told where it stands."""
    own = (TicketRow.author_id == said.act.person.id, TicketRow.state.in_({*WITH_EXPERTS, State.joined}))
    asked = said.act.session.scalars(select(TicketRow).where(*own).order_by(TicketRow.id.desc()).limit(_REMEMBERED))
    again = next((ticket for ticket in asked if fold(ticket.question) == fold(said.text)), None)
    if again is None or said.files:
        picks = not said.files and replies.choice(said.text, 0) is not None  # « la deuxième », and nothing was shown
        return ask(_without_question(said) if picks else said, meant)
    choices.tell_status(said.act, said.address, said.text, (again.id,))
    return again


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
        kind, step = NoticeKind.date_moved, f"resumed:{act.mark}"
    else:
        data = {"due_at": cards.instant(clock.due_at), "state": ticket.state.value}
        kind, step = NoticeKind.joined, f"joined:{act.mark}"
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
        key = f"ticket:{ticket.id}:replied:{act.mark}"
        tell(act, ticket.assignee, NoticeKind.member_replied, reply, key=key, ticket=ticket)
    return ticket


def _reopen(said: Said, meant: Reading) -> TicketRow:
    ticket = said.ticket(meant)
    act = said.act
    if (judged := _answered_after(said, ticket)) is not None:
        return _ask_after(said, ticket, judged)
    if choices.stays_in_cycle(act, ticket):
        add_message(act, ticket, act.person, MessageKind.followup, said.text, said.at, said.address, files=said.files)
        cases.complete(act, ticket, said.text)
        hand_over(act, ticket, act.person, "asked")
    else:
        reopen(act, ticket, act.person, said.at, said.text, said.address, said.files)
    return ticket


def _without_question(said: Said) -> Said:
    """Return the message as one that asks nothing yet, whatever the library thinks of its words."""
    no_question = replace(said.judgement, decision=Decision.CLARIFY, reason=KnowledgeReason.EMPTY, scored=())
    return replace(said, judged=Judged(no_question, None))


def _answered_after(said: Said, ticket: TicketRow) -> Judged | None:
    """Return what the library finds for a question that carries on its own answer, if anything but that answer."""
    carried_on = carrying_on.asks_more(said.text, said.judgement)
    if ticket.entry_id is None or not carried_on or said.files or said.address != ticket.address:
        return None
    today = timekeeping.today(said.act)
    joined = said.matcher.judge_with_why(f"{ticket.question}\n{said.text}", today=today)
    found = carrying_on.found_after(said.text, said.judgement, joined.judgement, ticket.entry_id, today)
    why = said.judged.why if found is said.judgement else joined.why
    return Judged(found, why) if found else None


def _ask_after(said: Said, ticket: TicketRow, judged: Judged) -> TicketRow:
    """Open the question that carries on one that the library answered; a « oui » first confirms that one."""
    if ticket.state is State.answered and replies.agrees_first(said.text):
        choices.confirm(said.act, ticket, said.address)
    after = intake.open_ticket(said.act, said.text, said.at, said.address)
    after.question = f"{ticket.question}\n{said.text}"  # an expert would make nothing of « et pour les travaux ? »
    intake.decide(said.act, after, said.matcher, judged)
    return after


def _human(said: Said, meant: Reading) -> TicketRow:
    if meant.ticket_id is None:
        # A wish to be heard, and no question yet.
        return ask(_without_question(said), meant, insists=True)
    return _decided(said, meant, lambda ticket: choices.to_human(said.act, ticket))


def _thanks(said: Said, meant: Reading) -> TicketRow | None:
    act = said.act
    ticket = said.ticket(meant) if meant.ticket_id is not None else None
    key = f"thanks:{act.mark}"
    tell(act, act.person, NoticeKind.thanks, {"said": said.text}, key=key, ticket=ticket, address=said.address)
    return None


def _presented(said: Said, _meant: Reading) -> TicketRow | None:
    act = said.act
    data = {"reason": KnowledgeReason.WHO_ANSWERS.value, "said": said.text}
    tell(act, act.person, NoticeKind.clarify, data, key=f"presented:{act.mark}", address=said.address)
    return None


def _status(said: Said, meant: Reading) -> TicketRow | None:
    only = meant.among if meant.ticket_id is None else (meant.ticket_id,)
    choices.tell_status(said.act, said.address, said.text, only)
    return None


def _withdrawn(said: Said, meant: Reading) -> TicketRow | None:
    if meant.ticket_id is not None:
        ticket = said.ticket(meant)
        choices.withdraw(said.act, ticket, said.text, said.address)
        return ticket
    if meant.among:
        _ask_which(said, meant.among)
    else:
        choices.tell_status(said.act, said.address, said.text)
    return None


def _all_withdrawn(said: Said, meant: Reading) -> TicketRow | None:
    if not meant.among:
        return _withdrawn(said, meant)
    first, *others = (said.act.ticket(number) for number in meant.among)
    choices.withdraw(said.act, first, said.text, said.address)
    for ticket in others:
        choices.withdraw(said.act, ticket, address=said.address)
    return first


def _ask_which(said: Said, among: tuple[int, ...]) -> None:
    """Ask the member which of their open questions they take back."""
    act = said.act
    tickets = [{"id": number, "question": cards.excerpt(act.ticket(number).question)} for number in among]
    key = f"withdraw_which:{act.mark}"
    data = {"tickets": tickets, "said": said.text}
    tell(act, act.person, NoticeKind.withdraw_which, data, key=key, address=said.address)


def _chosen(said: Said, meant: Reading) -> TicketRow:
    rank = meant.rank
    assert rank is not None
    ticket = said.ticket(meant)
    if not _may_choose(ticket) or not cards.evidence(said.act, ticket):
        raise InvalidInputError("no_list")
    if rank == replies.NO_SUCH_RANK and replies.chooses_several(said.text):
        raise InvalidInputError("which_suggestion")
    return _decided(said, meant, lambda ticket: choices.choose(said.act, ticket, rank))


def _unclear(said: Said, meant: Reading) -> TicketRow:
    """Ask what is meant, where a guess would be wrong half of the time; nothing is changed."""
    raise InvalidInputError("which_suggestion" if said.ticket(meant).state is State.suggested else "does_it_answer")


def _joined(said: Said, meant: Reading) -> TicketRow:
    return _decided(said, meant, lambda ticket: choices.join(said.act, ticket))


def _confirmed(said: Said, meant: Reading) -> TicketRow:
    return _decided(said, meant, lambda ticket: choices.confirm(said.act, ticket))


def _rated(said: Said, meant: Reading) -> TicketRow:
    stars = meant.rank
    assert stars is not None
    return _decided(said, meant, lambda ticket: choices.rate(said.act, ticket, stars, said.address))


def _decided(said: Said, meant: Reading, decide: Callable[[TicketRow], None]) -> TicketRow:
    """Do what a short reply decides; its words, in no thread, stay in the conversation with what answers them."""
    ticket, act = said.ticket(meant), said.act
    theirs = (NoticeRow.ticket_id == ticket.id, NoticeRow.person_id == act.person.id)
    before = act.session.scalar(select(func.max(NoticeRow.id)).where(*theirs)) or 0
    decide(ticket)
    first = select(NoticeRow).where(*theirs, NoticeRow.id > before).order_by(NoticeRow.id).limit(1)
    told = act.session.scalar(first) if said.address == ticket.address else None
    if told is not None:
        told.data = told.data | {"said": said.text}
    return ticket


MOVES: dict[Move, Callable[[Said, Reading], TicketRow | None]] = {
    Move.ask: _asked,
    Move.complete: _complete,
    Move.follow: _follow,
    Move.reopen: _reopen,
    Move.choose: _chosen,
    Move.confirm: _confirmed,
    Move.rate: _rated,
    Move.me_too: _joined,
    Move.human: _human,
    Move.thanks: _thanks,
    Move.present: _presented,
    Move.status: _status,
    Move.withdraw: _withdrawn,
    Move.withdraw_all: _all_withdrawn,
    Move.unclear: _unclear,
}


def shown_to_take_back(act: Act, address: Address) -> tuple[int, ...]:
    """Return the questions of which the member was just asked here which one they take back, in the order shown."""
    here = and_(
        DeliveryRow.channel == address.channel,
        DeliveryRow.conversation == address.conversation,
        DeliveryRow.thread == address.thread,
    )
    recent = NoticeRow.created_at > act.now - RECENT
    told = select(NoticeRow).join(DeliveryRow, here).where(NoticeRow.person_id == act.person.id, recent)
    for last in act.session.scalars(told.order_by(NoticeRow.id.desc()).limit(_REMEMBERED)):
        if last.kind == NoticeKind.withdraw_which:
            return tuple(ticket["id"] for ticket in last.data["tickets"])
        if last.kind != NoticeKind.withdrawn:
            break
    return ()


def _may_choose(ticket: TicketRow) -> bool:
    """Tell whether suggestions are shown, alone or beside the one already chosen."""
    chosen = ticket.state is State.answered and ticket.entry_id is not None
    return ticket.state is State.suggested or (chosen and ticket.judgement.get("decision") == Decision.SUGGEST)


def _still_offered(act: Act, ticket: TicketRow) -> NoticeKind | None:
    offered = twins.offered(ticket)
    return None if offered is NoticeKind.me_too and not twins.may_join(act, ticket) else offered


def known(act: Act, address: Address, replied: int | None, named: tuple[int, ...] = ()) -> list[Known]:
    """Return the member's latest questions as the rules of conversation see them.

    Those still open, the one ``replied`` to and those ``named`` by their numbers are among them, however old.
    They are locked: what the message means must still be so when it is done.
    """
    own = select(TicketRow.id).where(TicketRow.author_id == act.person.id)
    latest = own.order_by(TicketRow.updated_at.desc(), TicketRow.id.desc()).limit(_REMEMBERED)
    wanted = set(act.session.scalars(latest))
    sought = {*named, *([] if replied is None else [replied])}
    wanted.update(act.session.scalars(own.where(or_(TicketRow.id.in_(sought), TicketRow.state.in_(OPEN_STATES)))))
    locked = select(TicketRow).where(TicketRow.id.in_(wanted)).order_by(TicketRow.id)
    rows = act.session.scalars(locked.with_for_update(key_share=True, of=TicketRow)).all()
    told = _last_told(act, wanted)
    alone = access.is_private(act.person, address)
    return [
        Known(
            ticket_id=row.id,
            state=row.state,
            by_library=row.entry_id is not None,
            nothing=row.resolution in {Resolution.redirected, Resolution.no_question},
            suggestions=len(cards.evidence(act, row)) if _may_choose(row) else 0,
            entries=frozenset(entry_id for entry_id, _ in row.judgement.get("scored", [])[:3]),
            last_activity=told.get(row.id, (0, row.updated_at))[1],
            here=row.address == address,
            alone=alone,
            in_private=alone and access.is_private(act.person, row.address),
            awaits=cases.awaited(row),
            offered=_still_offered(act, row),
            disputed=row.judgement.get("reason") == KnowledgeReason.DISPUTE,
            withdrawn=row.resolution is Resolution.withdrawn,
            rateable=row.resolution is Resolution.expert_confirmed,
        )
        for row in sorted(rows, key=lambda row: (told.get(row.id, (0, row.updated_at)), row.id), reverse=True)
    ]


def _last_told(act: Act, questions: set[int]) -> dict[int, tuple[int, dt.datetime]]:
    """Return the last notice that the member was told of each question, and when: what staff do of it tells nothing."""
    query = (
        select(NoticeRow.ticket_id, func.max(NoticeRow.id), func.max(NoticeRow.created_at))
        .where(NoticeRow.person_id == act.person.id, NoticeRow.ticket_id.in_(questions))
        .group_by(NoticeRow.ticket_id)
    )
    return {ticket: (number, at) for ticket, number, at in act.session.execute(query) if ticket is not None}
