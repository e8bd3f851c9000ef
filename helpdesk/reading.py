"""What is shown of tickets and conversations, filtered by who reads."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload, selectinload

from helpdesk import access, attachments, cards, timekeeping, twins
from helpdesk.errors import GuichetError
from helpdesk.model import (
    ANSWERS,
    OPEN_STATES,
    WITH_EXPERTS,
    ClockState,
    DeliveryState,
    MessageKind,
    Resolution,
    Role,
    State,
)
from helpdesk.notices import NoticeKind
from helpdesk.office import to_person
from helpdesk.tables import (
    CandidateRow,
    ClockRow,
    DeliveryRow,
    EventRow,
    FollowerRow,
    MessageRow,
    NoticeRow,
    PersonRow,
    TicketRow,
)
from helpdesk.views import CycleView, EventView, Evidence, Line, MessageView, TicketLine, TicketView
from knowledge.decision import Decision
from knowledge.explanation import InShort

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helpdesk.model import Address
    from helpdesk.office import Unit
    from helpdesk.receipt import DayRow
    from knowledge.matcher import Matcher

_CONVERSATION = 200  # lines shown of a conversation, the latest
_LISTED = 500
_RUNNING = frozenset({ClockState.running, ClockState.paused})


def lines(unit: Unit, *where: ColumnElement[bool], latest_first: bool = False) -> tuple[TicketLine, ...]:
    """Return the tickets that fit, the first due first unless the latest are wanted first."""
    query = (
        select(TicketRow, ClockRow)
        .join(ClockRow, (ClockRow.ticket_id == TicketRow.id) & (ClockRow.cycle == TicketRow.cycle))
        .where(*where)
        .options(
            joinedload(TicketRow.assignee),
            joinedload(TicketRow.organisation),
            selectinload(ClockRow.pauses),
            joinedload(ClockRow.breach),
        )
        .limit(_LISTED)
    )
    order = (TicketRow.id.desc(),) if latest_first else (ClockRow.due_at.asc().nulls_last(), TicketRow.id.asc())
    return tuple(line(unit, ticket, clock) for ticket, clock in unit.session.execute(query.order_by(*order)))


def line(unit: Unit, ticket: TicketRow, clock: ClockRow) -> TicketLine:
    """Return a ticket as a line of a list."""
    running = clock.state in _RUNNING
    overdue = running and clock.breach_at is not None and unit.now > clock.breach_at
    until = unit.now if running else (clock.stopped_at or unit.now)
    due_at = clock.due_at if running or clock.state is ClockState.delivering else None
    return TicketLine(
        id=ticket.id,
        question=ticket.question,
        state=ticket.state,
        cycle=ticket.cycle,
        theme=ticket.theme_id,
        asked_at=ticket.asked_at,
        due_at=due_at,
        past=due_at is not None and due_at <= unit.now,
        elapsed_percent=_elapsed_percent(unit, clock, max(until, clock.start)),
        late=clock.breach is not None or overdue,
        excused=clock.breach is not None and clock.breach.excuse is not None,
        paused=clock.state is ClockState.paused,
        assignee=ticket.assignee.name if ticket.assignee else None,
        assignee_id=ticket.assignee_id,
        organisation=ticket.organisation.name if ticket.organisation else None,
        resolution=ticket.resolution,
    )


def _elapsed_percent(unit: Unit, clock: ClockRow, until: dt.datetime) -> int:
    try:
        return 100 * timekeeping.count_of(unit, clock).elapsed(until) // clock.budget_seconds
    except GuichetError:
        # One clock that cannot be counted must not hide every other question; the sweep tells the coordinators of it.
        return 0


def ticket_view(unit: Unit, reader: PersonRow, ticket_id: int) -> TicketView:
    """Return a ticket's page. Raises ``NotFoundError`` when there is none that the reader may see."""
    ticket = unit.session.get(TicketRow, ticket_id)
    if ticket is None or not access.may_see(unit, reader, ticket):
        raise access.unseen(unit, reader, ticket_id)
    own, coordinates = ticket.author_id == reader.id, to_person(reader).has(Role.coordinator)
    staff = access.is_staff(reader) and not own
    clocks = unit.session.scalars(
        select(ClockRow).where(ClockRow.ticket_id == ticket.id).order_by(ClockRow.cycle)
    ).all()
    clock = clocks[-1]
    candidate = unit.session.scalar(
        select(CandidateRow).where(CandidateRow.ticket_id == ticket.id, CandidateRow.cycle == ticket.cycle),
    )
    organisation = ticket.organisation
    return TicketView(
        line=line(unit, ticket, clock),
        asked_on=ticket.channel,
        population=organisation.population if organisation else None,
        organisation_kind=organisation.kind if organisation else None,
        author=ticket.author.name if coordinates else None,
        messages=_messages(unit, ticket, reader, notes=staff, names=own or coordinates),
        offered=tuple(cards.evidence(unit, ticket)) if own and ticket.state is State.suggested else (),
        answer_entry=_answer_entry(unit, ticket),
        evidence=tuple(cards.evidence(unit, ticket, most=10)) if staff else (),
        decision=ticket.judgement.get("decision") if staff else None,
        reason=ticket.judgement.get("reason") if staff else None,
        why=_why(ticket) if staff else None,
        context=ticket.judgement.get("context", {}) if staff else {},
        followers=tuple((item["ticket"], item["question"]) for item in cards.followers(unit, ticket)) if staff else (),
        lead_id=_lead_id(unit, ticket) if staff else None,
        silence_at=ticket.silence_at if staff else None,
        cycles=tuple(_cycle(row) for row in clocks),
        events=_events(unit, ticket, names=coordinates) if staff else (),
        rating=ticket.rating,
        candidate_id=candidate.id if candidate and staff else None,
        candidate_decided=candidate is not None and candidate.decided_at is not None,
        actions=frozenset(_actions(unit, reader, ticket, clocks, proposed=candidate is not None)),
    )


def receipt(unit: Unit, reader: PersonRow, ticket_id: int, cycle: int) -> tuple[DayRow, ...]:
    """Return how the promise of a cycle is counted, day by day. Raises ``NotFoundError``."""
    ticket = unit.session.get(TicketRow, ticket_id)
    clock = unit.session.scalar(select(ClockRow).where(ClockRow.ticket_id == ticket_id, ClockRow.cycle == cycle))
    if ticket is None or clock is None or not access.may_see(unit, reader, ticket):
        raise access.unseen(unit, reader, ticket_id)
    return tuple(timekeeping.count_of(unit, clock).receipt())


def conversation(unit: Unit, person: PersonRow, address: Address) -> tuple[Line, ...]:
    """Return what was written and told at a mailbox address, each when it was said: what waits for opening, then."""
    told = unit.session.execute(
        select(NoticeRow, DeliveryRow.available_at)
        .join(DeliveryRow, DeliveryRow.notice_id == NoticeRow.id)
        .where(
            DeliveryRow.channel == address.channel,
            DeliveryRow.conversation == address.conversation,
            DeliveryRow.state != DeliveryState.void,
            DeliveryRow.available_at <= unit.now,
            NoticeRow.person_id == person.id,
        )
        .order_by(DeliveryRow.available_at.desc(), NoticeRow.id.desc())
        .limit(_CONVERSATION),
    ).unique()
    found = [shown for notice, at in told for shown in _told(unit, notice, at)]
    found += _written(unit, person, address)
    return tuple(sorted(found, key=lambda item: item.order)[-_CONVERSATION:])


def search(unit: Unit, matcher: Matcher, text: str) -> tuple[Evidence, ...]:
    """Return the entries nearest to ``text``; none when no entry says a word of it and the library proposes none."""
    explained = matcher.explain(text, today=timekeeping.today(unit))
    judgement = explained.judgement
    said = any(entry.terms or entry.body_terms for entry in explained.entries)
    if not said and judgement.decision not in {Decision.ANSWER, Decision.SUGGEST}:
        return ()
    names = cards.titles(unit, [item.entry_id for item in judgement.scored])
    return tuple(
        Evidence(item.entry_id, names[item.entry_id], item.score) for item in judgement.scored if item.entry_id in names
    )


def _told(unit: Unit, notice: NoticeRow, at: dt.datetime) -> list[Line]:
    ticket = unit.session.get(TicketRow, notice.ticket_id) if notice.ticket_id else None
    shown = Line(
        at=at,
        order=(at, 1, notice.id),
        notice_id=notice.id,
        kind=notice.kind,
        data=notice.data,
        ticket_id=notice.ticket_id,
        current=ticket is None or _is_current(unit, NoticeKind(notice.kind), notice.data, ticket),
    )
    if "said" not in notice.data:
        return [shown]
    return [Line(at=notice.created_at, order=(notice.created_at, 0, notice.id), text=notice.data["said"]), shown]


def _written(unit: Unit, person: PersonRow, address: Address) -> list[Line]:
    rows = unit.session.scalars(
        select(MessageRow)
        .where(
            MessageRow.author_id == person.id,
            MessageRow.channel == address.channel,
            MessageRow.conversation == address.conversation,
            MessageRow.kind.in_((MessageKind.question, MessageKind.followup)),
        )
        .order_by(MessageRow.id.desc())
        .limit(_CONVERSATION),
    ).all()
    files = attachments.files_of(unit, [row.id for row in rows])
    return [
        Line(
            at=row.at,
            order=(row.at, 0, row.id),
            text=row.body,
            ticket_id=row.ticket_id,
            files=tuple(files.get(row.id, ())),
        )
        for row in rows
    ]


def _is_current(unit: Unit, kind: NoticeKind, data: dict[str, Any], ticket: TicketRow) -> bool:
    """Tell whether the buttons of a notice still act: the ticket has not moved on."""
    answered = ticket.state is State.answered
    still = {
        NoticeKind.answer_found: answered and ticket.entry_id == data.get("entry", {}).get("id"),
        NoticeKind.suggestions: ticket.state is State.suggested,
        NoticeKind.redirected: ticket.state is State.closed and ticket.resolution is Resolution.redirected,
        NoticeKind.me_too: twins.may_join(unit, ticket),
        NoticeKind.earlier_answer: twins.offered(ticket) is NoticeKind.earlier_answer,
        NoticeKind.following: ticket.state is State.joined,
        NoticeKind.answered: answered and ticket.entry_id is None,
        NoticeKind.reply_accepted: answered and ticket.entry_id is None,
        NoticeKind.confirmed: ticket.rating is None,
        NoticeKind.assigned: ticket.state in WITH_EXPERTS,
    }
    return still.get(kind, True)


def _answer_entry(unit: Unit, ticket: TicketRow) -> Evidence | None:
    if ticket.entry_id is None:
        return None
    title = cards.titles(unit, [ticket.entry_id]).get(ticket.entry_id)
    return Evidence(ticket.entry_id, title, 1.0) if title else None


def _why(ticket: TicketRow) -> InShort | None:
    """Return why the decision was taken, as the library that took it said then."""
    why = ticket.judgement.get("why")
    return InShort.from_data(why) if why else None


def _lead_id(unit: Unit, ticket: TicketRow) -> int | None:
    row = unit.session.get(FollowerRow, (ticket.id, ticket.cycle))
    return row.lead_id if row else None


def _messages(unit: Unit, ticket: TicketRow, reader: PersonRow, *, notes: bool, names: bool) -> tuple[MessageView, ...]:
    """Return the thread; with ``names``, who asked is named."""
    rows = unit.session.scalars(
        select(MessageRow)
        .where(MessageRow.ticket_id == ticket.id)
        .order_by(MessageRow.id)
        .options(joinedload(MessageRow.author)),
    ).all()
    files = attachments.files_of(unit, [row.id for row in rows])
    return tuple(
        MessageView(
            kind=row.kind,
            body=row.body,
            at=row.at,
            author=row.author.name if names or row.author_id != ticket.author_id else "",
            mine=row.author_id == reader.id,
            from_member=row.author_id == ticket.author_id,
            cycle=row.cycle,
            given_by_hand=row.given_by_hand,
            files=tuple(files.get(row.id, ())),
        )
        for row in rows
        if notes or row.kind is not MessageKind.note
    )


def _cycle(clock: ClockRow) -> CycleView:
    return CycleView(
        cycle=clock.cycle,
        state=clock.state,
        start=clock.start,
        due_at=clock.due_at,
        stopped_at=clock.stopped_at,
        breached_at=clock.breach.at if clock.breach else None,
        excuse=clock.breach.excuse if clock.breach else None,
        pauses=tuple((pause.begin, pause.end) for pause in clock.pauses),
    )


def _events(unit: Unit, ticket: TicketRow, *, names: bool) -> tuple[EventView, ...]:
    rows = unit.session.execute(
        select(EventRow, PersonRow.name)
        .outerjoin(PersonRow, PersonRow.id == EventRow.actor_id)
        .where(EventRow.ticket_id == ticket.id)
        .order_by(EventRow.id),
    ).all()
    about = {row.id: _entries_of(row) for row, _ in rows}
    titles = cards.titles(unit, [entry_id for entry_ids in about.values() for entry_id in entry_ids], retired=True)
    return tuple(
        EventView(
            at=row.at,
            kind=row.kind,
            actor=name if names or row.actor_id != ticket.author_id else None,
            data=row.data,
            entries=tuple((entry_id, titles[entry_id]) for entry_id in about[row.id] if entry_id in titles),
        )
        for row, name in rows
    )


def _entries_of(event: EventRow) -> list[str]:
    """Return the ids of the entries that an event gave, proposed or made."""
    proposed: list[str] = event.data.get("proposed", [])
    return proposed or ([event.data["entry"]] if "entry" in event.data else [])


def _actions(
    unit: Unit, reader: PersonRow, ticket: TicketRow, clocks: Sequence[ClockRow], *, proposed: bool
) -> list[str]:
    allowed: list[str] = []
    by_library = ticket.entry_id is not None
    if ticket.author_id == reader.id:
        allowed += _member_actions(unit, ticket, by_library=by_library)
    if not access.is_staff(reader) or ticket.author_id == reader.id:
        return allowed
    if ticket.state in WITH_EXPERTS:
        allowed += ["answer", "ask_member", "note", "set_theme", "answer_by_hand"]
        allowed += ["pass"] if ticket.assignee_id == reader.id else ["take"]
    if ticket.state in {State.answered, State.closed}:
        answered = was_answered(unit, ticket)
        allowed += ["note"]
        allowed += ["answer"] if ticket.state is State.answered and answered else []
        allowed += ["propose"] if answered and not proposed else []
    if to_person(reader).has(Role.coordinator):
        allowed += ["reassign"] if ticket.state in WITH_EXPERTS else []
        # Whatever the cycle: the member may have asked again since.
        breaches = [clock.breach for clock in clocks if clock.breach is not None]
        allowed += ["excuse"] if any(breach.excuse is None for breach in breaches) else []
    return allowed


def _member_actions(unit: Unit, ticket: TicketRow, *, by_library: bool) -> list[str]:
    allowed = ["reply"]
    if ticket.state is State.answered:
        allowed.append("solved")
    redirected = ticket.state is State.closed and ticket.resolution is Resolution.redirected
    undecided = ticket.state in {State.suggested, State.joined}
    if undecided or (ticket.state is State.answered and by_library) or redirected:
        allowed.append("human")
    if ticket.state in OPEN_STATES:
        allowed.append("withdraw")
    settled = ticket.state in {State.answered, State.closed} and ticket.resolution is not Resolution.withdrawn
    if settled and not by_library and ticket.rating is None and was_answered(unit, ticket):
        allowed.append("rate")
    return allowed


def was_answered(unit: Unit, ticket: TicketRow) -> bool:
    """Tell whether somebody answered in the present cycle."""
    found = unit.session.scalar(
        select(MessageRow.id)
        .where(
            MessageRow.ticket_id == ticket.id,
            MessageRow.cycle == ticket.cycle,
            MessageRow.kind.in_(ANSWERS),
        )
        .limit(1),
    )
    return found is not None


def answers(unit: Unit, ticket: TicketRow) -> Sequence[MessageRow]:
    """Return what people answered to a ticket in all its cycles, the first first."""
    query = select(MessageRow).where(MessageRow.ticket_id == ticket.id, MessageRow.kind.in_(ANSWERS))
    return unit.session.scalars(query.order_by(MessageRow.id)).all()
