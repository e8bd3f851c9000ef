"""Other members' words about a question asked in public: a reply that does is the answer, « moi aussi » joins it.

Who asked, or an expert, says that a reply does. A member's reply is an answer from that moment on and not before: the
network vouches for nothing that nobody has read, so its date is the acceptance's. An expert's own reply in the thread
is an answer like any other of theirs, as of the instant they gave it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from helpdesk import access, alerts, attachments, cards, choices, followers, intake, proposals, timekeeping, twins
from helpdesk.casework import add_message, assign, move
from helpdesk.conversation import Beside, beside
from helpdesk.errors import InvalidInputError, NotAllowedError, NotFoundError
from helpdesk.lifecycle import Event
from helpdesk.model import OPEN_STATES, WITH_EXPERTS, MessageKind, State
from helpdesk.notices import NoticeKind
from helpdesk.office import find_account
from helpdesk.tables import EventRow, TicketRow
from helpdesk.telling import tell, tell_member

if TYPE_CHECKING:
    from helpdesk.attachments import Upload
    from helpdesk.model import AccountRef, Address
    from helpdesk.office import Act, Office
    from helpdesk.tables import MessageRow, PersonRow

_LONGEST_REPLY = 20_000  # characters


@dataclass(frozen=True)
class Reply:
    """A message of somebody in a question's thread. ``reference``: the platform's own id of it."""

    author: AccountRef
    text: str
    at: dt.datetime
    address: Address
    reference: str
    files: tuple[Upload, ...] = ()


class Peers:
    """What is done with the replies of other members."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def meaning(self, account: AccountRef, address: Address, ticket: int, text: str) -> Beside | None:
        """Return what words said in reply to a question are; None in private, and when the question is the speaker's.

        Whoever speaks need not be known.
        """
        matcher = self._office.library.matcher()
        with self._office.reading() as unit:
            row = unit.session.get(TicketRow, ticket)
            found = find_account(unit.session, account)
            alone = found is not None and found.conversation == address.conversation
            if row is None or alone or (found is not None and found.person_id == row.author_id):
                return None
            day = timekeeping.today(unit)
            here, over = row.address == address, row.state is State.closed
        # Documents alone, without a word, may be the answer.
        meant = beside(text, matcher.judge(text, today=day)) if text.strip() else Beside.reply
        nothing_to_take = meant is Beside.reply and (over or not here)
        return Beside.talk if nothing_to_take or (meant is Beside.me_too and not here) else meant

    def me_too(
        self, key: str, account: AccountRef, address: Address, ticket: int, at: dt.datetime | None = None
    ) -> int | None:
        """Ask the same as somebody asked at ``address``, once; return the number of the speaker's own question.

        It waits for the same answer when the experts have the other one; else the library is asked. Raises
        ``NotFoundError`` when nothing was asked there by somebody else, or its words are forgotten.
        """
        matcher = self._office.library.matcher()
        with self._office.act(key, account) as act:
            if act.repeat:
                return act.ticket_id
            asked = act.session.get(TicketRow, ticket)
            if asked is None or asked.address != address or asked.author_id == act.person.id:
                raise NotFoundError("no_such_question", ticket=ticket)
            if asked.question == cards.ERASED:
                raise NotFoundError("no_such_question", ticket=ticket)
            own = _same(act, asked)
            if own is None:
                lead = act.ticket((followers.lead_of(act, asked) or asked).id)
                own = intake.open_ticket(act, asked.question, intake.message_time(act, at), address)
                if twins.is_open(lead):
                    _wait_with(act, own, lead)
                else:
                    intake.decide(act, own, matcher)
            return act.about(own)

    def accept(
        self, key: str, account: AccountRef, ticket: int, reply: Reply, at: dt.datetime | None = None
    ) -> int | None:
        """Take a reply as the answer; ``at``: the platform's time of this. The same reply taken twice changes nothing.

        Who asked settles the question by it; when an expert or a coordinator takes it, it is told to who asked.
        Raises ``NotAllowedError`` (``not_yours_to_accept``, ``own_reply``), ``NotFoundError``
        (``reply_author_unknown``), ``InvalidInputError`` (``reply_elsewhere``, ``empty_text``, ``too_long``),
        ``TransitionError`` once the question is closed.
        """
        text = intake.clean(reply.text, _LONGEST_REPLY)
        with self._office.act(key, account) as act:
            if act.repeat:
                return act.ticket_id
            row = act.ticket(ticket)
            author = _author(act, row, reply)
            if not _is_taken(act, row, reply):
                _take(act, row, author, reply, text, at)
            return act.about(row)


def _same(act: Act, asked: TicketRow) -> TicketRow | None:
    """Return the speaker's own question in the same words, still open."""
    return act.session.scalar(
        select(TicketRow)
        .where(
            TicketRow.author_id == act.person.id,
            TicketRow.question == asked.question,
            TicketRow.state.in_(OPEN_STATES),
        )
        .limit(1)
    )


def _wait_with(act: Act, own: TicketRow, lead: TicketRow) -> None:
    """Let a question that was never asked of the library wait for the answer to the one that it repeats."""
    kept = {name: lead.judgement[name] for name in ("reason", "context") if name in lead.judgement}
    own.judgement = kept | {"twin": lead.id, "offered": NoticeKind.me_too.value}
    own.theme_id = lead.theme_id
    move(act, own, Event.hand_over, act.person, reason="asked")
    followers.join(act, own.id, lead.id)


def _author(act: Act, ticket: TicketRow, reply: Reply) -> PersonRow:
    """Return who wrote the reply, if the speaker may take it as the answer."""
    staff = access.is_staff(act.person) and access.may_see(act, act.person, ticket)
    if act.person.id != ticket.author_id and not staff:
        raise NotAllowedError("not_yours_to_accept")
    if reply.address != ticket.address:
        raise InvalidInputError("reply_elsewhere")
    found = find_account(act.session, reply.author)
    if found is None or found.person.erased_at is not None:
        raise NotFoundError("reply_author_unknown")
    if found.person.id in {act.person.id, ticket.author_id}:
        raise NotAllowedError("own_reply")
    return found.person


def _is_taken(act: Act, ticket: TicketRow, reply: Reply) -> bool:
    events = act.session.scalars(
        select(EventRow).where(EventRow.ticket_id == ticket.id, EventRow.kind == Event.accept_reply.value),
    )
    return any(event.data["reference"] == reply.reference for event in events)


def _take(act: Act, ticket: TicketRow, author: PersonRow, reply: Reply, text: str, at: dt.datetime | None) -> None:
    clock = timekeeping.current(act, ticket)
    expert = access.is_staff(author)
    given = max(intake.message_time(act, reply.at if expert else at), clock.start)
    again = ticket.state is State.answered
    if ticket.state is State.joined:
        followers.part(act, ticket)
    asked = act.person.id == ticket.author_id
    _hand_on(act, ticket, author if expert else act.person, by_author=asked and not expert)
    move(
        act,
        ticket,
        Event.accept_reply,
        act.person,
        at=given.isoformat(),
        by=author.id,
        replied_at=reply.at.isoformat(),
        reference=reply.reference,
    )
    ticket.entry_id = None
    ticket.silence_at = timekeeping.due_in_days(act, act.now, act.office.policy.settle_days)
    kind = MessageKind.answer if expert else MessageKind.reply
    message = add_message(act, ticket, author, kind, text, given, reply.address, files=reply.files)
    if not again:
        alerts.tell_noticed(act, clock, timekeeping.give(act, clock, given), answered=True)
    _tell(act, ticket, author, message, asked=asked)
    if expert:
        followers.answer(act, ticket, message, author, reply.files, again=again)
        proposals.offer(act, ticket, author)
        return
    followers.leave_all(act, ticket)  # who joined wanted an expert's answer
    if not proposals.is_proposed(act, ticket):
        proposals.propose(act, ticket, author, cards.excerpt(ticket.question), text, (), as_said=True)


def _hand_on(act: Act, ticket: TicketRow, voucher: PersonRow, *, by_author: bool) -> None:
    """Make whoever vouches for the reply the assignee; when only who asked does, tell the assignee that it is done."""
    if not by_author:
        if ticket.state in WITH_EXPERTS and ticket.assignee_id != voucher.id:
            assign(act, ticket, voucher, "taken", voucher, answered=True)
        ticket.assignee_id = voucher.id
    elif ticket.state in WITH_EXPERTS and ticket.assignee is not None:
        data = {"question": cards.excerpt(ticket.question)}
        key = f"ticket:{ticket.id}:cycle:{ticket.cycle}:answered_by_member:person:{ticket.assignee.id}"
        tell(act, ticket.assignee, NoticeKind.answered_by_member, data, key=key, ticket=ticket)


def _tell(act: Act, ticket: TicketRow, author: PersonRow, message: MessageRow, *, asked: bool) -> None:
    """Thank the author; settle the question of who asked, or give them the reply that somebody vouches for."""
    question = cards.excerpt(ticket.question)
    thanks = {"question": question, "by": "member" if asked else "expert"}
    key = f"ticket:{ticket.id}:reply:{message.id}:thanked"
    tell(act, author, NoticeKind.thanked, thanks, key=key, ticket=ticket)
    if asked:
        choices.confirm(act, ticket)
        return
    data = {
        "text": message.body,
        "person": author.name,
        "expert": act.person.name,
        "question": question,
        "files": attachments.of_message(act, message),
    }
    clock = timekeeping.current(act, ticket)
    tell_member(act, ticket, NoticeKind.reply_accepted, data, step=f"answered:{message.id}", clock=clock)
