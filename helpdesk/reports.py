"""What the coordinator sees: the board now, and the promise's figures over a period."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import aliased, joinedload

from helpdesk import reading
from helpdesk.model import OPEN_STATES, WITH_EXPERTS, ClockState, DeliveryState, MessageKind, State
from helpdesk.notices import NoticeKind
from helpdesk.tables import (
    CandidateRow,
    ClockRow,
    DeliveryRow,
    FollowerRow,
    HeartbeatRow,
    MessageRow,
    NoticeRow,
    TicketRow,
)
from helpdesk.views import Board, DeadLetter, Figures

if TYPE_CHECKING:
    from helpdesk.office import Unit

_UNKNOWN_TOPICS = 10
_UNKNOWN_REASON = "nothing_near"


def board(unit: Unit) -> Board:
    """Return what is late, at risk and open now, and what else waits for the coordinator."""
    # A question that joined another is answered with it, and shown apart only once its own promise is broken.
    lines = [
        line
        for line in reading.lines(unit, TicketRow.state.in_(OPEN_STATES))
        if line.state is not State.joined or line.late
    ]
    late = [line for line in lines if line.late]
    threshold = unit.office.policy.at_risk_percent
    at_risk = [line for line in lines if not line.late and not line.paused and line.elapsed_percent >= threshold]
    rest = [line for line in lines if line not in late and line not in at_risk]
    sweep = unit.session.get(HeartbeatRow, "sweep")
    return Board(
        late=tuple(late),
        at_risk=tuple(at_risk),
        open=tuple(rest),
        unassigned=sum(line.assignee_id is None and line.state in WITH_EXPERTS for line in lines),
        waiting=sum(line.paused for line in lines),
        dead_letters=_dead_letters(unit),
        candidates=unit.session.scalar(
            select(func.count()).select_from(CandidateRow).where(CandidateRow.decided_at.is_(None)),
        )
        or 0,
        last_sweep=sweep.at if sweep else None,
        unanswered_topics=_unknown_topics(unit),
    )


def figures(unit: Unit, first_day: dt.date, last_day: dt.date) -> Figures:
    """Return the promise over a period, by cohort of due date, both days included (the promise, section 5)."""
    _, calendar = unit.office.calendars.current(unit.session)
    begin = dt.datetime.combine(first_day, dt.time(), calendar.zone)
    end = dt.datetime.combine(last_day + dt.timedelta(days=1), dt.time(), calendar.zone)
    clocks = unit.session.execute(
        select(ClockRow, TicketRow)
        .join(TicketRow, TicketRow.id == ClockRow.ticket_id)
        .where(ClockRow.due_at >= begin, ClockRow.due_at < end)
        .options(joinedload(ClockRow.breach)),
    )
    tally: Counter[str] = Counter()
    resolutions: Counter[str] = Counter()
    first_words: list[int] = []
    followers = {(row.ticket_id, row.cycle) for row in unit.session.scalars(select(FollowerRow))}
    for clock, ticket in clocks:
        if (ticket.id, clock.cycle) in followers and clock.breach is None:
            tally["joined"] += 1  # one answer with the question that it joined, which is counted
            continue
        tally[_outcome(clock)] += 1
        tally["excused"] += clock.breach is not None and clock.breach.excuse is not None
        if ticket.cycle == clock.cycle and ticket.resolution is not None:
            resolutions[ticket.resolution.value] += 1
        word = _first_human_word(unit, clock, ticket)
        if word is not None:
            first_words.append(int((word - clock.start).total_seconds() // 60))
    decided = tally["met"] + tally["breached"]
    return Figures(
        first_day=first_day,
        last_day=last_day,
        met=tally["met"],
        breached=tally["breached"],
        excused=tally["excused"],
        open=tally["open"],
        paused=_paused(unit),
        joined=tally["joined"],
        rate=tally["met"] / decided if decided else None,
        by_resolution=dict(sorted(resolutions.items())),
        median_first_word_minutes=sorted(first_words)[len(first_words) // 2] if first_words else None,
    )


def first_due_day(unit: Unit) -> dt.date | None:
    """Return the day of the earliest due date: there are no figures before it."""
    _, calendar = unit.office.calendars.current(unit.session)
    first = unit.session.scalar(select(func.min(ClockRow.due_at)))
    return first.astimezone(calendar.zone).date() if first else None


def _outcome(clock: ClockRow) -> str:
    if clock.breach is not None:
        return "breached"
    if clock.state is ClockState.stopped:
        return "met"
    return "void" if clock.state is ClockState.void else "open"


def _paused(unit: Unit) -> int:
    """Return how many clocks are paused now: they have no due date, so no period holds them."""
    query = select(func.count()).select_from(ClockRow).where(ClockRow.state == ClockState.paused)
    return unit.session.scalar(query) or 0


def _first_human_word(unit: Unit, clock: ClockRow, ticket: TicketRow) -> dt.datetime | None:
    return unit.session.scalar(
        select(func.min(MessageRow.at)).where(
            MessageRow.ticket_id == ticket.id,
            MessageRow.cycle == clock.cycle,
            MessageRow.kind.in_((MessageKind.answer, MessageKind.asks_member)),
        ),
    )


def _dead_letters(unit: Unit) -> tuple[DeadLetter, ...]:
    rows = unit.session.scalars(
        select(DeliveryRow)
        .join(NoticeRow)
        .where(DeliveryRow.state == DeliveryState.dead, ~_elsewhere())
        .order_by(DeliveryRow.settled_at.desc(), DeliveryRow.id.desc())
        .limit(50),
    )
    return tuple(
        DeadLetter(
            delivery_id=row.id,
            kind=row.notice.kind,
            person=row.notice.person.name,
            channel=row.channel,
            error=row.error,
            ticket_id=row.notice.ticket_id,
            at=row.settled_at or unit.now,
            finding=row.notice.data["code"] if row.notice.kind == NoticeKind.audit_finding else None,
        )
        for row in rows
    )


def _elsewhere() -> ColumnElement[bool]:
    """Return the condition that a dead delivery's notice went, or may yet go, to another account of the person."""
    other = aliased(DeliveryRow)
    return exists().where(
        other.notice_id == DeliveryRow.notice_id,
        other.state.in_((DeliveryState.queued, DeliveryState.claimed, DeliveryState.sent)),
    )


def _unknown_topics(unit: Unit) -> tuple[str, ...]:
    """Return the latest questions for which the library had nothing near."""
    rows = unit.session.scalars(
        select(TicketRow)
        .where(TicketRow.judgement["reason"].as_string() == _UNKNOWN_REASON)
        .order_by(TicketRow.id.desc())
        .limit(_UNKNOWN_TOPICS),
    )
    return tuple(row.question for row in rows)
