"""The independent auditor: once an hour it judges what is stored with an arithmetic that is not the promise's own.

It recomputes every live or recent clock from its primary facts (calendar version, start, budget, and the thread for the
pauses) with ``oracle``, and looks for what should be there and is not: a breach, its alert, a delivery, a sweep. Only
indexed rows of the last days and of open questions are read, in batches. A doubt found while others write is looked at
again with the question locked, and only what still stands is told to the coordinators: once a day each.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from helpdesk.clock import ClockGuard
from helpdesk.lifecycle import Event
from helpdesk.model import ANSWERS, OPEN_STATES, ClockState, DeliveryState, MessageKind, Role, State
from helpdesk.notices import NoticeKind
from helpdesk.oracle import Oracle, OutOfReachError
from helpdesk.people import with_role
from helpdesk.sweep import HEARTBEAT as SWEEP
from helpdesk.sweep import beat
from helpdesk.tables import (
    BreachRow,
    CalendarRow,
    ClockRow,
    DeliveryRow,
    EventRow,
    HeartbeatRow,
    MessageRow,
    NoticeRow,
    TicketRow,
)
from helpdesk.telling import tell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from helpdesk.office import Office, Unit

HEARTBEAT = "audit"
BATCH = 200
RECENT = dt.timedelta(days=8)  # a settled clock is looked at again that long after its date
SWEEP_SILENCE = dt.timedelta(minutes=5)
DELIVERY_LATE = dt.timedelta(minutes=10)
DELIVERY_ENDLESS = dt.timedelta(days=1)  # longer than all the attempts of a delivery together
HORIZON = dt.timedelta(days=60)
MOST_TOLD = 10  # findings of one code in one run; the rest are told as a number
_LIVE_STATES = tuple(sorted({*OPEN_STATES, State.answered}))
_PENDING = (DeliveryState.queued, DeliveryState.claimed)
_OWED = (ClockState.running, ClockState.paused)
_WITH_FACTS = (joinedload(ClockRow.ticket), joinedload(ClockRow.breach), selectinload(ClockRow.pauses))
_log = structlog.get_logger(__name__)


class Code(StrEnum):
    """What can be found. ``bot/locale`` words each as ``finding.<code>``."""

    missing_breach = "missing_breach"
    false_breach = "false_breach"
    breach_mismatch = "breach_mismatch"  # recorded at another instant than the one recomputed
    due_mismatch = "due_mismatch"  # the date shown or the breach instant is not the one recomputed
    start_mismatch = "start_mismatch"  # the promise does not count from the instant of the question
    pauses_mismatch = "pauses_mismatch"  # the pauses are not those that the thread tells
    missing_alert = "missing_alert"  # nobody was told of a breach
    missing_clock = "missing_clock"
    answer_not_on_its_way = "answer_not_on_its_way"  # given, not accepted, and no delivery under way
    beyond_count = "beyond_count"  # the calendar hardly opens
    outbox_stuck = "outbox_stuck"
    sweep_silent = "sweep_silent"
    holidays_not_signed = "holidays_not_signed"


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be. ``subject`` names it for the natural key of what is told."""

    code: Code
    subject: str
    detail: dict[str, Any] = field(default_factory=dict, compare=False)


class Auditor:
    """Audits the base; one per process."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._guard = ClockGuard(office.clock)
        self._oracles: dict[int, Oracle] = {}

    def run(self) -> int:
        """Look at everything once and tell the coordinators; return how many findings stand."""
        with self._office.reading() as unit:
            last = unit.session.get(HeartbeatRow, HEARTBEAT)
        if self._office.database.is_sqlite and not self._guard.trusted(last.at if last else None):
            _log.warning("clock_in_doubt", audit=True)
            return 0
        found = self.look()
        with self._office.unit() as unit:
            _tell(unit, found)
            beat(unit, HEARTBEAT)
        return len(found)

    def look(self) -> list[Finding]:
        """Return what stands now, telling nobody."""
        return [*self._whole(), *self._clocks(), *self._tickets_without_clock()]

    def _whole(self) -> list[Finding]:
        with self._office.reading() as unit:
            return [*_sweep_silent(unit), *_outbox_stuck(unit), *_horizon(unit)]

    def _clocks(self) -> Iterator[Finding]:
        with self._office.reading() as unit:
            now, ids = (
                unit.now,
                sorted({row for query in _clocks_to_audit(unit.now) for row in unit.session.scalars(query)}),
            )
        for batch in _batches(ids):
            with self._office.reading() as unit:
                query = select(ClockRow).where(ClockRow.id.in_(batch)).order_by(ClockRow.id).options(*_WITH_FACTS)
                clocks = unit.session.scalars(query).unique()
                doubtful = [clock.id for clock in clocks if self._examine(unit, clock, now)]
            for clock_id in doubtful:
                yield from self._certain(clock_id)

    def _certain(self, clock_id: int) -> list[Finding]:
        """Look at a clock again, alone with it: a change half seen is no finding."""
        with self._office.unit() as unit:
            clock = unit.session.get_one(ClockRow, clock_id)
            unit.ticket(clock.ticket_id)
            unit.session.refresh(clock, with_for_update={"of": ClockRow})
            return self._examine(unit, clock, unit.now)

    def _examine(self, unit: Unit, clock: ClockRow, now: dt.datetime) -> list[Finding]:
        facts = _Facts.of(unit, clock, self._oracle(unit, clock.calendar_id))
        try:
            return [_finding(clock, code, **detail) for code, detail in facts.faults(unit, now)]
        except OutOfReachError:
            return [_finding(clock, Code.beyond_count)]

    def _oracle(self, unit: Unit, version: int) -> Oracle:
        if version not in self._oracles:
            self._oracles[version] = Oracle(unit.session.get_one(CalendarRow, version).data)
        return self._oracles[version]

    def _tickets_without_clock(self) -> list[Finding]:
        with self._office.reading() as unit:
            of_cycle = and_(ClockRow.ticket_id == TicketRow.id, ClockRow.cycle == TicketRow.cycle)
            query = (
                select(TicketRow.id)
                .outerjoin(ClockRow, of_cycle)
                .where(TicketRow.state.in_(_LIVE_STATES), ClockRow.id.is_(None))
                .order_by(TicketRow.id)
            )
            return [
                Finding(Code.missing_clock, f"ticket:{row}", {"ticket": row}) for row in unit.session.scalars(query)
            ]


@dataclass(frozen=True)
class _Facts:
    """A clock, the pauses that its thread tells, and the dates that follow from them."""

    clock: ClockRow
    oracle: Oracle
    pauses: tuple[tuple[dt.datetime, dt.datetime | None], ...]

    @classmethod
    def of(cls, unit: Unit, clock: ClockRow, oracle: Oracle) -> _Facts:
        """Gather the facts of a clock: the pauses are read from the thread, never from the pause table."""
        return cls(clock, oracle, tuple(_pauses_told(unit, clock)))

    def faults(self, unit: Unit, now: dt.datetime) -> Iterator[tuple[Code, dict[str, Any]]]:
        """Yield what is wrong. Raises ``OutOfReachError``."""
        clock = self.clock
        due = self.oracle.reached(clock.start, clock.budget_seconds, self.pauses)
        breach = self.oracle.breach(clock.start, clock.budget_seconds, self.pauses)
        if (clock.due_at, clock.breach_at) != (due, breach):
            yield Code.due_mismatch, _instants(stored=clock.due_at, recomputed=due)
        if _merged((pause.begin, pause.end) for pause in clock.pauses) != _merged(self.pauses):
            yield Code.pauses_mismatch, {}
        if clock.cycle == 1 and clock.start != clock.ticket.asked_at:
            yield Code.start_mismatch, _instants(stored=clock.start, asked_at=clock.ticket.asked_at)
        yield from self._breach_faults(unit, breach, now)
        if clock.state is ClockState.delivering and not _on_its_way(unit, clock, now):
            yield Code.answer_not_on_its_way, _instants(answered_at=clock.stopped_at)

    def _breach_faults(
        self, unit: Unit, breach: dt.datetime | None, now: dt.datetime
    ) -> Iterator[tuple[Code, dict[str, Any]]]:
        clock, recorded = self.clock, self.clock.breach
        judged_until = now - SWEEP_SILENCE if clock.state in _OWED else clock.stopped_at or _voided_at(unit, clock)
        broken = breach is not None and judged_until is not None and judged_until > breach
        if recorded is None:
            if broken:
                yield Code.missing_breach, _instants(breach_at=breach)
            return
        if recorded.at != breach:
            yield Code.breach_mismatch, _instants(recorded=recorded.at, recomputed=breach)
        elif recorded.noticed_at <= recorded.at or _answered_before(unit, clock, recorded):
            yield Code.false_breach, _instants(breach_at=recorded.at, noticed_at=recorded.noticed_at)
        if not _alerted(unit, clock):
            yield Code.missing_alert, _instants(breach_at=recorded.at, noticed_at=recorded.noticed_at)


def _clocks_to_audit(now: dt.datetime) -> tuple[Select[int], ...]:
    """Return the queries of the clocks to look at: every open question's, and those due in the last days."""
    of_cycle = and_(ClockRow.ticket_id == TicketRow.id, ClockRow.cycle == TicketRow.cycle)
    return (
        select(ClockRow.id).where(ClockRow.due_at > now - RECENT),
        select(ClockRow.id).join(TicketRow, of_cycle).where(TicketRow.state.in_(_LIVE_STATES)),
    )


def _pauses_told(unit: Unit, clock: ClockRow) -> Iterator[tuple[dt.datetime, dt.datetime | None]]:
    """Yield the pauses that the thread tells: from an expert's question to the member's next words, or the answer."""
    thread = unit.session.execute(
        select(MessageRow.kind, MessageRow.at)
        .where(MessageRow.ticket_id == clock.ticket_id, MessageRow.cycle == clock.cycle)
        .order_by(MessageRow.id),
    )
    opened: list[dt.datetime] = []
    for kind, at in thread:
        if kind is MessageKind.asks_member:
            opened.append(at)
        elif kind in {MessageKind.followup, *ANSWERS}:
            yield from ((begin, max(begin, at)) for begin in opened)
            opened.clear()
    again = _given_again(unit, clock) if opened else []
    for begin in opened:
        yield begin, next((max(begin, given) for sent, given in again if sent >= begin), None)


def _given_again(unit: Unit, clock: ClockRow) -> list[tuple[dt.datetime, dt.datetime]]:
    """Return when an answer that had been lost was sent again, which adds nothing to the thread, and as of when."""
    events = unit.session.scalars(
        select(EventRow)
        .where(EventRow.ticket_id == clock.ticket_id, EventRow.kind == Event.answer)
        .order_by(EventRow.id)
    )
    return [(e.at, dt.datetime.fromisoformat(e.data["at"])) for e in events if e.data["cycle"] == clock.cycle]


def _merged(pauses: Iterable[tuple[dt.datetime, dt.datetime | None]]) -> list[tuple[dt.datetime, dt.datetime | None]]:
    """Return pauses as a set of instants: order, zero length and nesting do not matter."""
    merged: list[tuple[dt.datetime, dt.datetime | None]] = []
    for begin, end in sorted((p for p in pauses if p[0] != p[1]), key=lambda p: p[0]):
        if not merged or (merged[-1][1] is not None and merged[-1][1] < begin):
            merged.append((begin, end))
        elif merged[-1][1] is not None and (end is None or end > merged[-1][1]):
            merged[-1] = (merged[-1][0], end)
    return merged


def _voided_at(unit: Unit, clock: ClockRow) -> dt.datetime | None:
    """Return when a promise that no answer ended stopped being owed: its cycle was closed."""
    events = unit.session.scalars(select(EventRow).where(EventRow.ticket_id == clock.ticket_id).order_by(EventRow.id))
    closings = [e.at for e in events if e.data.get("cycle") == clock.cycle and e.data.get("after") == State.closed]
    return closings[-1] if closings else None


def _answered_before(unit: Unit, clock: ClockRow, breach: BreachRow) -> bool:
    """Tell whether an answer in time was on record when the breach was written.

    One that is recorded afterwards (given by telephone, or held up by an outage) leaves the breach, to be excused.
    """
    if clock.state in _OWED or clock.stopped_at is None or clock.stopped_at > breach.at:
        return False
    answers = unit.session.scalars(
        select(EventRow).where(
            EventRow.ticket_id == clock.ticket_id,
            EventRow.kind.in_((Event.answer, Event.accept_reply, Event.library_answer)),
            EventRow.at < breach.noticed_at,
        ),
    )
    given = clock.stopped_at.isoformat()
    return any(event.data["cycle"] == clock.cycle and event.data.get("at", given) == given for event in answers)


def _on_its_way(unit: Unit, clock: ClockRow, now: dt.datetime) -> bool:
    if clock.stopped_at is not None and clock.stopped_at < now - DELIVERY_ENDLESS:
        return False
    live = (
        select(DeliveryRow.id)
        .join(NoticeRow)
        .where(NoticeRow.ticket_id == clock.ticket_id, NoticeRow.clock_id == clock.id, DeliveryRow.state.in_(_PENDING))
    )
    return unit.session.scalar(live.limit(1)) is not None


def _alerted(unit: Unit, clock: ClockRow) -> bool:
    """Tell whether anybody was told of the clock's breach: in a notice of its own, or in a digest of that moment."""
    assert clock.breach is not None
    alone = select(NoticeRow.id).where(
        NoticeRow.ticket_id == clock.ticket_id,
        NoticeRow.clock_id == clock.id,
        NoticeRow.kind == NoticeKind.breach,
    )
    if unit.session.scalar(alone.limit(1)) is not None:
        return True
    staff = [person.id for role in (Role.expert, Role.coordinator) for person in with_role(unit, role)]
    digests = unit.session.scalars(
        select(NoticeRow.data).where(
            NoticeRow.person_id.in_(staff),
            NoticeRow.kind == NoticeKind.digest,
            NoticeRow.created_at == clock.breach.noticed_at,
        ),
    )
    told = {(item["ticket"], item["kind"]) for data in digests for item in data.get("items", ())}
    return (clock.ticket_id, NoticeKind.breach.value) in told


def _sweep_silent(unit: Unit) -> Iterator[Finding]:
    row = unit.session.get(HeartbeatRow, SWEEP)
    if row is None or row.at < unit.now - SWEEP_SILENCE:
        yield Finding(Code.sweep_silent, SWEEP, _instants(last=row.at if row else None))


def _outbox_stuck(unit: Unit) -> Iterator[Finding]:
    late = unit.now - DELIVERY_LATE
    rows = unit.session.execute(
        select(DeliveryRow.channel, func.count(), func.min(DeliveryRow.available_at))
        .where(
            DeliveryRow.state.in_(_PENDING),
            DeliveryRow.available_at < late,
            or_(DeliveryRow.lease_until.is_(None), DeliveryRow.lease_until < late),
        )
        .group_by(DeliveryRow.channel)
        .order_by(DeliveryRow.channel),
    )
    for channel, count, oldest in rows:
        yield Finding(Code.outbox_stuck, channel, {"channel": channel, "count": count} | _instants(oldest=oldest))


def _horizon(unit: Unit) -> Iterator[Finding]:
    data = unit.session.scalar(select(CalendarRow.data).order_by(CalendarRow.id.desc()).limit(1))
    signed = data.get("signed_until") if data else None
    if signed is not None and dt.date.fromisoformat(signed) < (unit.now + HORIZON).date():
        yield Finding(Code.holidays_not_signed, signed, {"signed_until": signed})


def _finding(clock: ClockRow, code: Code, **detail: object) -> Finding:
    return Finding(code, f"clock:{clock.id}", {"ticket": clock.ticket_id, "cycle": clock.cycle} | detail)


def _instants(**named: dt.datetime | None) -> dict[str, str | None]:
    return {name: at.isoformat() if at else None for name, at in named.items()}


def _batches(ids: list[int]) -> Iterator[list[int]]:
    rest = iter(ids)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _tell(unit: Unit, found: list[Finding]) -> None:
    """Tell each coordinator, once a day each; beyond ``MOST_TOLD`` of one code, how many more there are."""
    seen: Counter[Code] = Counter()
    told = []
    for finding in found:
        seen[finding.code] += 1
        if seen[finding.code] <= MOST_TOLD:
            told.append(finding)
    told += [Finding(code, "others", {"others": n - MOST_TOLD}) for code, n in seen.items() if n > MOST_TOLD]
    for finding in told:
        _log.error("audit_finding", code=finding.code.value, subject=finding.subject, **finding.detail)
        data = {"code": finding.code.value, "detail": finding.detail}
        for person in with_role(unit, Role.coordinator):
            key = f"audit:{finding.code}:{finding.subject}:{unit.now:%Y-%m-%d}:person:{person.id}"
            tell(unit, person, NoticeKind.audit_finding, data, key=key)
