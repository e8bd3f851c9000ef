"""What moves a ticket, whoever moves it: handing over, routing, assigning, answering, settling, reopening.

Each function works inside the caller's transaction; the caller checked the roles.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from helpdesk import alerts, attachments, cards, cases, routing, timekeeping, twins
from helpdesk.errors import NotAllowedError, NotFoundError
from helpdesk.library import published_entry
from helpdesk.lifecycle import Event, next_state
from helpdesk.model import ANSWERS, WITH_EXPERTS, ClockState, MessageKind, Resolution, Role, State
from helpdesk.notices import NoticeKind
from helpdesk.people import away_on, with_role
from helpdesk.tables import ClockRow, ExpertiseRow, MessageRow, PersonRow, ThemeRow, TicketRow
from helpdesk.telling import moment, step_key, tell, tell_member
from helpdesk.timekeeping import today

if TYPE_CHECKING:
    from helpdesk.attachments import Upload
    from helpdesk.model import Address
    from helpdesk.office import Act, Unit


def move(unit: Unit, ticket: TicketRow, event: Event, actor: PersonRow | None = None, **data: Any) -> None:  # noqa: ANN401
    """Apply an event of the lifecycle and record it. Raises ``TransitionError``."""
    before = ticket.state
    ticket.state = next_state(before, event)
    ticket.updated_at = unit.now
    ticket.silence_at = None
    unit.record(event.value, ticket, actor, before=before.value, after=ticket.state.value, cycle=ticket.cycle, **data)


def add_message(
    unit: Unit,
    ticket: TicketRow,
    author: PersonRow,
    kind: MessageKind,
    body: str,
    at: dt.datetime,
    address: Address,
    *,
    by_hand: bool = False,
    files: tuple[Upload, ...] = (),
) -> MessageRow:
    """Append a message to the ticket's thread, with its files. Raises ``InvalidInputError`` (``attachments.check``)."""
    attachments.check(files)
    message = MessageRow(
        ticket_id=ticket.id,
        cycle=ticket.cycle,
        kind=kind,
        author_id=author.id,
        channel=address.channel,
        conversation=address.conversation,
        body=body,
        at=at,
        given_by_hand=by_hand,
    )
    unit.session.add(message)
    unit.session.flush()
    attachments.attach(unit, message, files)
    return message


def hand_over(unit: Unit, ticket: TicketRow, actor: PersonRow | None, reason: str, prefer: int | None = None) -> None:
    """Give a question to the experts, and tell the member by when they answer. The clock runs from ``asked_at``."""
    clock = timekeeping.current(unit, ticket)
    if clock.state is not ClockState.running:
        timekeeping.restart(unit, clock)
    ticket.entry_id = None
    ticket.resolution = None
    move(unit, ticket, Event.hand_over, actor, reason=reason)
    acknowledge(unit, ticket, clock, reason)
    twins.offer(unit, ticket)
    route(unit, ticket, "routing", prefer=prefer)


def acknowledge(unit: Unit, ticket: TicketRow, clock: ClockRow, reason: str) -> None:
    """Tell the member that an expert answers, and by when; ask for what would help and they did not say.

    A date already past is promised to nobody.
    """
    data = {
        "due_at": cards.instant(clock.due_at),
        "late": clock.due_at is not None and clock.due_at < unit.now,
        "days_off": timekeeping.crosses_days_off(unit, clock),
        "reason": reason,
        "theme": ticket.theme_id,
        "theme_label": cards.theme_label(unit, ticket.theme_id),
        "wanted": cases.ask_for(ticket),
        "meanwhile": cards.meanwhile(unit, ticket) if reason == "experts" else None,
    }
    tell_member(unit, ticket, NoticeKind.acknowledged, data, step=f"acknowledged:{reason}:{moment(unit)}")
    _warn_of_horizon(unit, clock)


def route(
    unit: Unit,
    ticket: TicketRow,
    why: str,
    prefer: int | None = None,
    exclude: frozenset[int] = frozenset(),
    *,
    keep: bool = False,
) -> None:
    """Assign the ticket to whom routing chooses; tell the coordinators, who alone can do more, when there is nobody.

    Nobody is given their own question. ``keep``: when there is nobody, whoever has it still does.
    """
    barred = exclude | {ticket.author_id}
    chosen = routing.choose(ticket.theme_id, candidates(unit), covers(unit), prefer=prefer, exclude=barred)
    if chosen is not None:
        assign(unit, ticket, unit.person_row(chosen), why)
    if chosen is not None or (keep and ticket.assignee is not None):
        return
    if ticket.state is not State.queued:
        move(unit, ticket, Event.release, why=why)
    if ticket.assignee is not None and why == "absence":
        _tell_freed(unit, ticket, ticket.assignee, to=None, answered=False)
    ticket.assignee_id = None
    twins.mirror(unit, ticket)
    data = cards.due_card(unit, ticket) | {"theme_label": cards.theme_label(unit, ticket.theme_id)}
    for person in _coordinators_here(unit):
        tell(unit, person, NoticeKind.unassigned, data, key=step_key(unit, ticket, "unassigned", person), ticket=ticket)


def assign(
    unit: Unit,
    ticket: TicketRow,
    person: PersonRow,
    why: str,
    actor: PersonRow | None = None,
    *,
    answered: bool = False,
) -> None:
    """Give the ticket to an expert and tell them all they need; whoever had it is told that they no longer have.

    ``answered``: the expert takes it by answering it, and whoever had it is told so.
    Raises ``NotAllowedError`` (``own_question``) when the expert asked it.
    """
    if person.id == ticket.author_id:
        raise NotAllowedError("own_question")
    before = ticket.assignee
    move(unit, ticket, Event.assign, actor, assignee=person.id, why=why)
    ticket.assignee_id = person.id
    unit.session.flush()
    unit.session.refresh(ticket, ["assignee"])
    twins.mirror(unit, ticket)
    if before is not None and before.id != person.id and (actor is None or before.id != actor.id):
        _tell_freed(unit, ticket, before, to=person.name, answered=answered)
    if actor is None or actor.id != person.id:
        card = cards.expert_card(unit, ticket, why)
        tell(unit, person, NoticeKind.assigned, card, key=step_key(unit, ticket, "assigned", person), ticket=ticket)


def _tell_freed(unit: Unit, ticket: TicketRow, person: PersonRow, *, to: str | None, answered: bool) -> None:
    data = {"question": cards.excerpt(ticket.question), "to": to, "answered": answered}
    tell(unit, person, NoticeKind.reassigned, data, key=step_key(unit, ticket, "reassigned", person), ticket=ticket)


def show_entry(act: Act, ticket: TicketRow, entry_id: str, actor: PersonRow | None, rank: int = 1) -> None:
    """Answer with a library entry. Raises ``NotFoundError`` when it is no longer published."""
    entry = published_entry(act.session, entry_id)
    if entry is None:
        raise NotFoundError("no_such_entry", entry=entry_id)
    move(act, ticket, Event.library_answer, actor, entry=entry_id, rank=rank)
    ticket.entry_id = entry_id
    ticket.silence_at = timekeeping.due_in_days(act, act.now, act.office.policy.silence_days)
    clock = timekeeping.current(act, ticket)
    if clock.state is ClockState.running:
        alerts.tell_noticed(act, clock, timekeeping.give(act, clock, act.now), answered=True)
    data = {"entry": cards.entry_card(entry), "others": cards.other_entries(act, ticket, entry_id)}
    tell_member(act, ticket, NoticeKind.answer_found, data, step=f"answer_found:{act.mark}", clock=clock)


def settle(unit: Unit, ticket: TicketRow, event: Event, resolution: Resolution, actor: PersonRow | None = None) -> None:
    """Close the ticket's cycle; a clock that no answer stopped owes nothing any more."""
    move(unit, ticket, event, actor, resolution=resolution.value)
    ticket.resolution = resolution
    clock = timekeeping.current(unit, ticket)
    if clock.state is not ClockState.stopped:
        breach = timekeeping.void(unit, clock)
        if breach is not None:
            alerts.send(unit, alerts.of_breach(unit, clock, breach), gather=False)


def resolution_of(unit: Unit, ticket: TicketRow, *, confirmed: bool) -> Resolution:
    """Return how an answered cycle ends, confirmed by the member or by their silence."""
    if ticket.entry_id is not None:
        return Resolution.library_confirmed if confirmed else Resolution.library_unconfirmed
    first = unit.session.scalars(
        select(MessageRow)
        .where(MessageRow.ticket_id == ticket.id, MessageRow.cycle == ticket.cycle, MessageRow.kind.in_(ANSWERS))
        .order_by(MessageRow.id)
        .limit(1),
    ).first()
    if first is not None and first.given_by_hand:
        return Resolution.by_hand
    if first is not None and first.kind is MessageKind.reply:
        return Resolution.member_confirmed if confirmed else Resolution.member_unconfirmed
    return Resolution.expert_confirmed if confirmed else Resolution.expert_unconfirmed


def reopen(
    unit: Unit,
    ticket: TicketRow,
    actor: PersonRow,
    at: dt.datetime,
    text: str | None = None,
    address: Address | None = None,
    files: tuple[Upload, ...] = (),
) -> None:
    """Begin a new cycle from the member's message: a new promise; the closed cycle stays as it was."""
    previous = ticket.assignee_id
    move(unit, ticket, Event.reopen, actor, at=at.isoformat())
    ticket.cycle += 1
    ticket.resolution, ticket.entry_id, ticket.rating = None, None, None
    unit.session.flush()
    if text is not None:
        add_message(unit, ticket, actor, MessageKind.followup, text, at, address or ticket.address, files=files)
        cases.complete(unit, ticket, text)
    clock = timekeeping.start(unit, ticket, at)
    acknowledge(unit, ticket, clock, "reopened")
    route(unit, ticket, "reopened", prefer=previous)


def candidates(unit: Unit) -> list[routing.Candidate]:
    """Return the experts as routing sees them now."""
    load = dict(
        unit.session.execute(
            select(TicketRow.assignee_id, func.count())
            .where(TicketRow.state.in_(WITH_EXPERTS), TicketRow.assignee_id.is_not(None))
            .group_by(TicketRow.assignee_id),
        ).all(),
    )
    expertise: dict[int, set[str]] = {}
    for row in unit.session.scalars(select(ExpertiseRow)):
        expertise.setdefault(row.person_id, set()).add(row.theme_id)
    away = away_on(unit, today(unit))
    return [
        routing.Candidate(person.id, frozenset(expertise.get(person.id, ())), person.id in away, load.get(person.id, 0))
        for person in with_role(unit, Role.expert)
    ]


def covers(unit: Unit) -> dict[str, list[str]]:
    """Return the themes whose experts answer for those of each theme."""
    return {row.id: row.covers for row in unit.session.scalars(select(ThemeRow))}


def _coordinators_here(unit: Unit) -> list[PersonRow]:
    """Return the coordinators who declared no absence; all of them rather than nobody."""
    away, everybody = away_on(unit, today(unit)), with_role(unit, Role.coordinator)
    return [person for person in everybody if person.id not in away] or everybody


def _warn_of_horizon(unit: Unit, clock: ClockRow) -> None:
    if clock.due_at is None:
        return
    signed = unit.office.calendars.beyond_signed(unit.session, clock.calendar_id, clock.due_at)
    if signed is None:
        return
    data = {"code": "holidays_not_signed", "detail": {"signed_until": signed.isoformat()}}
    for person in with_role(unit, Role.coordinator):
        tell(unit, person, NoticeKind.audit_finding, data, key=f"horizon:{signed}:person:{person.id}")
