"""The expert's side: take, pass on, ask the member, note, answer; be away; offer an answer to the library."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, exists, or_, select

from helpdesk import absences, access, alerts, attachments, cards, followers, intake, proposals, reading, timekeeping
from helpdesk.casework import add_message, assign, candidates, move, route
from helpdesk.errors import ConflictError, InvalidInputError, NotAllowedError, TransitionError
from helpdesk.lifecycle import Event
from helpdesk.model import ANSWERS, WITH_EXPERTS, Address, ClockState, MessageKind, Role, State
from helpdesk.notices import NoticeKind
from helpdesk.office import to_person
from helpdesk.people import with_role
from helpdesk.tables import DeliveryRow, MessageRow, NoticeRow, PersonRow, ThemeRow, TicketRow
from helpdesk.telling import tell_member
from helpdesk.timekeeping import today
from helpdesk.views import HandedOn, PersonLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpdesk.attachments import Upload
    from helpdesk.model import AccountRef
    from helpdesk.office import Act, Office, Unit
    from helpdesk.tables import ClockRow
    from helpdesk.views import TicketLine

_LONGEST_ANSWER = 20_000  # characters
_LONGEST_TITLE = 200
_SAME_MINUTE = dt.timedelta(minutes=1)  # the page's clock and the database's may differ by less


@dataclass(frozen=True)
class Put:
    """What goes with an expert's words: ``files``, and the ``address`` where they were written if it has one.

    ``seen``: how many answers the question had where they were written, if that is known.
    """

    files: tuple[Upload, ...] = ()
    address: Address | None = None
    seen: int | None = None


NOWHERE = Put()


class ExpertDesk:
    """What an expert does; coordinators may do it too."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def take(self, key: str, account: AccountRef, ticket: int) -> int | None:
        """Take a question. Raises ``ConflictError`` (``already_taken``) when a colleague has it."""
        return self._on(key, account, ticket, _take)

    def pass_on(self, key: str, account: AccountRef, ticket: int, to: int | None = None) -> int | None:
        """Pass a question to a colleague, or to whom routing chooses; it waits for everybody when there is nobody.

        Only who has it may: another expert may but take it over, a coordinator give it to somebody. Raises
        ``ConflictError`` (``not_yours_to_pass``, ``nobody_has_it``, ``whom_missing``), ``InvalidInputError``
        (``no_such_person``).
        """
        return self._on(key, account, ticket, lambda act, row: _pass_on(act, row, to))

    def ask_member(self, key: str, account: AccountRef, ticket: int, text: str, put: Put | None = None) -> int | None:
        """Ask the member something, or more: this alone pauses the promise, until they speak again."""
        return self._on(key, account, ticket, lambda act, row: _ask_member(act, row, text, put or NOWHERE))

    def note(self, key: str, account: AccountRef, ticket: int, text: str, put: Put | None = None) -> int | None:
        """Write an internal note: the member never sees it and it changes nothing."""
        return self._on(key, account, ticket, lambda act, row: _note(act, row, text, put or NOWHERE))

    def answer(
        self,
        key: str,
        account: AccountRef,
        ticket: int,
        text: str,
        at: dt.datetime | None = None,
        put: Put | None = None,
    ) -> int | None:
        """Answer: the text goes to the member wherever they asked, and meets the promise once it is accepted there.

        Raises ``ConflictError`` (``answered_since``) when there is an answer that the writer had not seen.
        """
        return self._on(key, account, ticket, lambda act, row: _answer(act, row, text, at, put or NOWHERE))

    def answer_by_hand(
        self, key: str, account: AccountRef, ticket: int, text: str, at: dt.datetime, put: Put | None = None
    ) -> int | None:
        """Record an answer given by telephone or in person at ``at``. Raises as ``answer``, ``InvalidInputError``."""
        put = put or NOWHERE
        return self._on(key, account, ticket, lambda act, row: _answer(act, row, text, at, put, by_hand=True))

    def set_theme(self, key: str, account: AccountRef, ticket: int, theme: str) -> int | None:
        """Correct the theme: the question goes to an expert of it, unless who has it is one or nobody is there.

        Raises ``InvalidInputError`` (``no_such_theme``).
        """
        return self._on(key, account, ticket, lambda act, row: _set_theme(act, row, theme))

    def propose_entry(
        self, key: str, account: AccountRef, ticket: int, title: str, body: str, sources: tuple[str, ...]
    ) -> int | None:
        """Offer an answer as a library entry, for a coordinator to review. Raises ``ConflictError``."""
        return self._on(key, account, ticket, lambda act, row: _propose(act, row, title, body, sources))

    def queue(self, account: AccountRef) -> tuple[TicketLine, ...]:
        """Return what the expert may work on: theirs first, then what nobody has, then the rest of their themes."""
        with self._office.reading() as unit:
            person, _ = unit.speaker(account)
            _require_staff(person)
            found = reading.lines(unit, TicketRow.state.in_(WITH_EXPERTS), _visible(unit, person))
            return tuple(sorted(found, key=lambda line: (line.assignee_id != person.id, line.assignee_id is not None)))

    def proposable(self, account: AccountRef) -> tuple[TicketLine, ...]:
        """Return the questions whose answer, the person's own, is not proposed as an entry yet, the latest first."""
        with self._office.reading() as unit:
            person, _ = unit.speaker(account)
            _require_staff(person)
            answered = exists().where(
                MessageRow.ticket_id == TicketRow.id,
                MessageRow.cycle == TicketRow.cycle,
                MessageRow.kind.in_(ANSWERS),
                MessageRow.author_id == person.id,
            )
            over = TicketRow.state.in_((State.answered, State.closed))
            return reading.lines(unit, over, answered, ~proposals.proposed(), latest_first=True)

    def colleagues(self, account: AccountRef, ticket: int) -> tuple[PersonLine, ...]:
        """Return to whom a question can be passed: the experts of its theme first.

        The speaker is among them while somebody else has the question: they may take it over.
        """
        with self._office.reading() as unit:
            person, _ = unit.speaker(account)
            _require_staff(person)
            row = unit.session.get(TicketRow, ticket)
            theme, holder = (row.theme_id, row.assignee_id) if row else (None, None)
            kept_from = person.id if holder in {None, person.id} else None
            lines = [line for line in expert_lines(unit) if line.id != kept_from]
            return tuple(sorted(lines, key=lambda line: (line.away, theme not in line.themes, line.open_tickets)))

    def holder(self, account: AccountRef, ticket: int) -> str | None:
        """Return the name of who has a question: whoever has just passed it on may not see more of it."""
        with self._office.reading() as unit:
            person, _ = unit.speaker(account)
            _require_staff(person)
            row = unit.session.get(TicketRow, ticket)
            return row.assignee.name if row is not None and row.assignee is not None else None

    def has(self, account: AccountRef, ticket: int) -> bool:
        """Tell whether a question is with the speaker. Raises ``NotAllowedError``."""
        with self._office.reading() as unit:
            person, _ = unit.speaker(account)
            _require_staff(person)
            row = unit.session.get(TicketRow, ticket)
            return row is not None and row.assignee_id == person.id

    def today(self) -> dt.date:
        """Return the day it is for the network."""
        with self._office.reading() as unit:
            return today(unit)

    def declare_absence(
        self, key: str, account: AccountRef, first_day: dt.date, last_day: dt.date, person: int | None = None
    ) -> HandedOn:
        """Declare days away, both included; return what becomes of what the person has, if they are away today.

        Raises ``InvalidInputError`` (``dates_reversed``, ``dates_past``, ``dates_too_far``, ``absence_too_long``); only
        a coordinator may declare somebody else's.
        """
        with self._office.act(key, account) as act:
            return HandedOn() if act.repeat else absences.declare(act, first_day, last_day, person)

    def absences(self, account: AccountRef) -> tuple[tuple[int, str, dt.date, dt.date], ...]:
        """Return the present and coming absences: the expert's own, everybody's for a coordinator."""
        with self._office.reading() as unit:
            person, _ = unit.speaker(account)
            _require_staff(person)
            return absences.listed(unit, person)

    def cancel_absence(self, key: str, account: AccountRef, absence_id: int) -> None:
        """Take a declared absence back. Raises ``NotFoundError``."""
        with self._office.act(key, account) as act:
            if not act.repeat:
                absences.cancel(act, absence_id)

    def _on(self, key: str, account: AccountRef, ticket: int, then: Callable[[Act, TicketRow], None]) -> int | None:
        with self._office.act(key, account) as act:
            if act.repeat:
                return act.ticket_id
            act.require(Role.expert, Role.coordinator)
            row = act.ticket(ticket)
            if not access.may_see(act, act.person, row):
                raise access.unseen(act, act.person, ticket)
            if row.author_id == act.person.id:
                raise NotAllowedError("own_question")
            then(act, row)
            return act.about(row)


def expert_lines(unit: Unit) -> list[PersonLine]:
    """Return every expert with their themes and load."""
    names = {person.id: person.name for person in with_role(unit, Role.expert)}
    return [
        PersonLine(item.person_id, names[item.person_id], tuple(sorted(item.themes)), item.open_tickets, item.away)
        for item in candidates(unit)
    ]


def _require_staff(person: PersonRow) -> None:
    if not access.is_staff(person):
        raise NotAllowedError(needs=[Role.expert.value, Role.coordinator.value])


def _visible(unit: Unit, person: PersonRow) -> ColumnElement[bool]:
    if to_person(person).has(Role.coordinator):
        return TicketRow.id.is_not(None)
    mine = access.own_themes(unit, person)
    covered = [row.id for row in unit.session.scalars(select(ThemeRow)) if mine.intersection([row.id, *row.covers])]
    return or_(TicketRow.assignee_id == person.id, TicketRow.theme_id.in_(covered), TicketRow.theme_id.is_(None))


def _take(act: Act, ticket: TicketRow) -> None:
    if ticket.assignee_id == act.person.id and ticket.state in WITH_EXPERTS:
        return
    if ticket.assignee is not None and ticket.state in WITH_EXPERTS and ticket.assignee_id != act.person.id:
        raise ConflictError("already_taken", by=ticket.assignee.name)
    assign(act, ticket, act.person, "taken", act.person)


def _pass_on(act: Act, ticket: TicketRow, to: int | None) -> None:
    if ticket.state not in WITH_EXPERTS:
        raise TransitionError(state=ticket.state.value, event="pass")
    taken_over, coordinates = to == act.person.id, to_person(act.person).has(Role.coordinator)
    if ticket.assignee_id != act.person.id and not (taken_over or (coordinates and to is not None)):
        if coordinates:
            raise ConflictError("whom_missing", ticket=ticket.id)
        if ticket.assignee is None:
            raise ConflictError("nobody_has_it", ticket=ticket.id)
        raise ConflictError("not_yours_to_pass", ticket=ticket.id, by=ticket.assignee.name)
    if to is None:
        route(act, ticket, "reassigned", exclude=frozenset({act.person.id}))
        return
    colleague = act.person_row(to)
    if Role.expert.value not in colleague.roles:
        raise InvalidInputError("no_such_person")
    if ticket.assignee_id != colleague.id:
        assign(act, ticket, colleague, "reassigned", act.person)


def _ask_member(act: Act, ticket: TicketRow, text: str, put: Put) -> None:
    text = intake.clean(text, _LONGEST_ANSWER)
    _take_over(act, ticket)
    move(act, ticket, Event.ask_member, act.person)
    message = _write(act, ticket, MessageKind.asks_member, text, act.now, put)
    clock = timekeeping.current(act, ticket)
    if clock.state is not ClockState.paused:
        alerts.tell_noticed(act, clock, timekeeping.pause(act, clock, act.now))
    data = {
        "text": text,
        "question": cards.excerpt(ticket.question),
        "files": attachments.of_message(act, message),
    }
    tell_member(act, ticket, NoticeKind.expert_asks, data, step=f"asks:{act.mark}")


def _note(act: Act, ticket: TicketRow, text: str, put: Put) -> None:
    text = intake.clean(text, _LONGEST_ANSWER)
    _write(act, ticket, MessageKind.note, text, act.now, put)
    act.record("note", ticket, act.person)


def _answer(act: Act, ticket: TicketRow, text: str, at: dt.datetime | None, put: Put, *, by_hand: bool = False) -> None:
    text = intake.clean(text, _LONGEST_ANSWER)
    answers = reading.answers(act, ticket)
    if put.seen is not None and len(answers) > put.seen:
        raise ConflictError("answered_since", by=answers[-1].author.name)
    clock = timekeeping.current(act, ticket)
    at = _answered_at(act, clock, at, by_hand=by_hand)
    again = ticket.state is State.answered
    if again and ticket.entry_id is not None:
        raise TransitionError(state=ticket.state.value, event=Event.answer.value)
    if ticket.state is State.joined:
        followers.part(act, ticket)
    _take_over(act, ticket, answered=True)
    move(act, ticket, Event.answer, act.person, at=at.isoformat(), by_hand=by_hand)
    ticket.assignee_id = act.person.id
    ticket.silence_at = timekeeping.due_in_days(act, act.now, act.office.policy.settle_days)
    message = _write(act, ticket, MessageKind.answer, text, at, put, by_hand=by_hand)
    if not again:
        alerts.tell_noticed(act, clock, timekeeping.give(act, clock, at), answered=True)
    if by_hand and clock.state is ClockState.delivering:
        # It was heard: no channel has to accept it.
        timekeeping.accepted(clock)
    data = {
        "text": text,
        "expert": act.person.name,
        "by_hand": by_hand,
        "question": cards.excerpt(ticket.question),
        "again": again,
        "files": attachments.of_message(act, message),
    }
    tell_member(act, ticket, NoticeKind.answered, data, step=f"answered:{message.id}", clock=clock)
    followers.answer(act, ticket, message, act.person, put.files, again=again)
    _point_to_answer(act, ticket, message)
    proposals.offer(act, ticket, act.person)


def _write(
    act: Act, ticket: TicketRow, kind: MessageKind, text: str, at: dt.datetime, put: Put, *, by_hand: bool = False
) -> MessageRow:
    address = put.address or act.own_address()
    return add_message(act, ticket, act.person, kind, text, at, address, by_hand=by_hand, files=put.files)


def _answered_at(act: Act, clock: ClockRow, at: dt.datetime | None, *, by_hand: bool) -> dt.datetime:
    """Return when an answer was given, never before its question. Raises ``InvalidInputError`` (``bad_instant``)."""
    given = intake.message_time(act, at)
    if by_hand and (given < clock.start or (at is not None and at - act.now > _SAME_MINUTE)):
        raise InvalidInputError("bad_instant", earliest=clock.start.isoformat())
    return max(given, clock.start)


def _point_to_answer(act: Act, ticket: TicketRow, answer: MessageRow) -> None:
    """Tell a member who went on writing elsewhere where the answer was put (the promise, section 6.10)."""
    last = act.session.scalar(
        select(MessageRow)
        .where(MessageRow.ticket_id == ticket.id, MessageRow.author_id == ticket.author_id)
        .order_by(MessageRow.id.desc())
        .limit(1),
    )
    if last is None or (last.channel, last.conversation) == (ticket.channel, ticket.conversation):
        return
    data = {"channel": ticket.channel}
    elsewhere = _place_of(act, last)
    tell_member(act, ticket, NoticeKind.pointer, data, step=f"pointer:{answer.id}", address=elsewhere)


def _place_of(act: Act, said: MessageRow) -> Address:
    """Return where a member wrote something of their question; its thread is where they were last told of it there."""
    thread = act.session.scalar(
        select(DeliveryRow.thread)
        .join(NoticeRow, NoticeRow.id == DeliveryRow.notice_id)
        .where(
            NoticeRow.ticket_id == said.ticket_id,
            NoticeRow.person_id == said.author_id,
            DeliveryRow.channel == said.channel,
            DeliveryRow.conversation == said.conversation,
        )
        .order_by(DeliveryRow.id.desc())
        .limit(1),
    )
    return Address(said.channel, said.conversation, thread)


def _set_theme(act: Act, ticket: TicketRow, theme: str) -> None:
    if act.session.get(ThemeRow, theme) is None:
        raise InvalidInputError("no_such_theme", theme=theme)
    if theme == ticket.theme_id:
        return
    act.record("theme", ticket, act.person, before=ticket.theme_id, after=theme)
    ticket.theme_id = theme
    holder = ticket.assignee
    if ticket.state in WITH_EXPERTS and (holder is None or not access.answers_for(act, holder, theme)):
        route(act, ticket, "routing", keep=True)


def _take_over(act: Act, ticket: TicketRow, *, answered: bool = False) -> None:
    """Make the speaker the assignee of a question they act on: one reply is enough."""
    if ticket.state in WITH_EXPERTS and ticket.assignee_id != act.person.id:
        assign(act, ticket, act.person, "taken", act.person, answered=answered)


def _propose(act: Act, ticket: TicketRow, title: str, body: str, sources: tuple[str, ...]) -> None:
    if not reading.was_answered(act, ticket):
        raise TransitionError(state=ticket.state.value, event="propose")
    title = intake.clean(title, _LONGEST_TITLE, "title")
    body = intake.clean(body, _LONGEST_ANSWER, "body")
    if proposals.is_proposed(act, ticket):
        raise ConflictError("already_proposed")
    proposals.propose(act, ticket, act.person, title, body, sources)
