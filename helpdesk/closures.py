"""Days on which the network is closed: announced, and taken back.

Open questions are counted again and each member told once, of all that they asked in a conversation. What was already
counted stays counted: a closure begins and ends at the earliest now, so that no date falls into the past by it.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import select

from helpdesk import alerts, cards, intake, timekeeping
from helpdesk.calendar import MINUTES_A_DAY, Calendar
from helpdesk.calendars import renewed
from helpdesk.errors import ConflictError, InvalidInputError, NotFoundError
from helpdesk.model import ClockState, State
from helpdesk.notices import NoticeKind
from helpdesk.tables import CalendarRow, ClockRow
from helpdesk.telling import tell, tell_member
from helpdesk.timekeeping import today
from helpdesk.views import ClosureView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from helpdesk.calendar import Closure
    from helpdesk.calendars import Item
    from helpdesk.model import Address
    from helpdesk.office import Act, Unit

_LONGEST_REASON = 500
_LONGEST = dt.timedelta(days=92)
_OPEN_CLOCKS = (ClockState.running, ClockState.paused)


def announce(act: Act, first_day: dt.date, last_day: dt.date, reason: str) -> int:
    """Close the network on some days, both included; return how many dates moved. Today counts from now.

    Raises ``InvalidInputError`` (``dates_reversed``, ``dates_past``, ``dates_too_far``, ``closure_too_long``,
    ``reason_missing``), ``ConflictError`` (``already_closed``) when one closure covers it already.
    """
    if last_day < first_day:
        raise InvalidInputError("dates_reversed")
    if last_day - first_day > _LONGEST:
        raise InvalidInputError("closure_too_long", days=_LONGEST.days)
    if not reason.strip():
        raise InvalidInputError("reason_missing")
    reason = intake.clean(reason, _LONGEST_REASON, "reason")
    if first_day < today(act):
        raise InvalidInputError("dates_past")
    timekeeping.check_near(act, last_day)
    begin = _this_minute(act) if first_day == today(act) else None
    opens = (first_day, 60 * begin.hour + begin.minute if begin else 0)
    if any(view.closure.begin <= opens and view.closure.end >= (last_day, MINUTES_A_DAY) for view in ahead(act)):
        raise ConflictError("already_closed")
    span = f"{begin:%Y-%m-%dT%H:%M}/{last_day}T24:00" if begin else f"{first_day}/{last_day}"
    act.record("closure", None, act.person, span=span)
    why = _why("closure", reason, first_day, last_day)
    return _count_again(act, lambda row: [*_items(row), {"span": span, "reason": reason}], reason, why)


def take_back(act: Act, span: str, reason: str) -> int:
    """Open the network again on the days of an announced closure, from now on; return how many dates moved.

    Raises ``NotFoundError`` (``no_such_closure``): only what was announced on the board is taken back there.
    """
    found = next(
        (view for view in ahead(act) if view.announced and (view.span, view.closure.reason) == (span, reason)), None
    )
    if found is None:
        raise NotFoundError("no_such_closure")
    act.record("closure_taken_back", None, act.person, span=span)
    kept = _until_now(act, found.closure) if found.begun else None

    def others(row: CalendarRow) -> list[Item]:
        pairs = zip(_items(row), Calendar.from_data(row.data).closures, strict=True)
        left = [(kept if closure == found.closure else item) for item, closure in pairs]
        return [item for item in left if item is not None]

    first_day = max(found.closure.begin.day, today(act))
    return _count_again(act, others, reason, _why("reopened", reason, first_day, found.closure.end.day))


def ahead(unit: Unit) -> tuple[ClosureView, ...]:
    """Return the closures that are not over, the first to begin first."""
    version, calendar = unit.office.calendars.current(unit.session)
    row = unit.session.get_one(CalendarRow, version)
    configured = row.base.get("closures", [])
    local = unit.now.astimezone(calendar.zone)
    now = (local.date(), 60 * local.hour + local.minute)
    found = [
        ClosureView(closure, announced=item not in configured, begun=closure.begin <= now)
        for item, closure in zip(_items(row), calendar.closures, strict=True)
        if closure.end > now
    ]
    return tuple(sorted(found, key=lambda view: view.closure.begin))


def _why(why: str, detail: str, first_day: dt.date, last_day: dt.date) -> dict[str, str]:
    """Return what a member is told of a closure that moves their dates: its days, both included."""
    return {
        "reason": why,
        "detail": detail,
        "first_day": first_day.isoformat(),
        "last_day": last_day.isoformat(),
    }


def _items(row: CalendarRow) -> list[Item]:
    return list(row.data.get("closures", []))


def _this_minute(act: Act) -> dt.datetime:
    """Return the present minute of the wall clock, or the next once it has begun: what was counted stays counted.

    The calendar's notation knows whole minutes, and no day after the present one.
    """
    _, calendar = act.office.calendars.current(act.session)
    local = act.now.astimezone(calendar.zone)
    rounded = local + dt.timedelta(seconds=-local.second % 60)
    return rounded if rounded.date() == local.date() else local


def _until_now(act: Act, closure: Closure) -> Item | None:
    """Return a closure that has begun, ended now; None when it has only just begun."""
    now = _this_minute(act)
    if closure.begin >= (now.date(), 60 * now.hour + now.minute):
        return None
    begin = f"{closure.begin.day}T{closure.begin.minute // 60:02}:{closure.begin.minute % 60:02}"
    return {"span": f"{begin}/{now:%Y-%m-%dT%H:%M}", "reason": closure.reason}


def _count_again(act: Act, closed: Callable[[CalendarRow], list[Item]], reason: str, why: dict[str, str]) -> int:
    """Give every calendar version still in use other closures for a ``reason``, and count the open clocks again."""
    current, _ = act.office.calendars.current(act.session)
    clocks = act.session.scalars(
        select(ClockRow)
        .where(ClockRow.state.in_(_OPEN_CLOCKS))
        .order_by(ClockRow.id)
        .with_for_update(key_share=True, of=ClockRow),
    ).all()
    versions: dict[int, CalendarRow] = {}
    # The current version comes last, so that its successor is the newest: the one new questions are counted with.
    for version in [*sorted({clock.calendar_id for clock in clocks} - {current}), current]:
        row = act.session.get_one(CalendarRow, version)
        versions[version] = renewed(act.session, row, closed(row), reason, act.person.id, act.now)
    _note_breaches(act, clocks)
    before = {clock.id: clock.due_at for clock in clocks}
    moved = [clock for clock in clocks if _recount(act, clock, versions[clock.calendar_id].id)]
    _tell_moved(act, moved, before, why)
    return len(moved)


def _note_breaches(act: Act, clocks: Sequence[ClockRow]) -> None:
    """Write the breaches already passed, as the clocks count until now; many at once are told together, as always."""
    told: list[alerts.Alert] = []
    for clock in clocks:
        breach = timekeeping.note_breach(act, clock, until=act.now)
        if breach is not None:
            alerts.tell_member_late(act, clock, breach)
            told += alerts.of_breach(act, clock, breach)
    alerts.send(act, told, gather=False)


def _recount(act: Act, clock: ClockRow, version: int) -> bool:
    """Count a clock with another calendar version; tell whether the date that the member was told moved."""
    previous = clock.due_at
    clock.calendar_id = version
    timekeeping.schedule(act, clock)
    if clock.due_at == previous:
        return False
    timekeeping.changed(act, clock)
    return clock.due_at is not None and clock.breach is None and clock.ticket.state is not State.received


def _tell_moved(
    act: Act, moved: Sequence[ClockRow], before: dict[int, dt.datetime | None], why: dict[str, str]
) -> None:
    """Tell each member of the dates that moved, once where they asked, however many questions they asked there."""
    by_place: dict[tuple[int, Address], list[ClockRow]] = {}
    for clock in moved:
        by_place.setdefault((clock.ticket.author_id, clock.ticket.address), []).append(clock)
    for (_, address), (first, *others) in by_place.items():
        if not others:
            data = {"due_at": cards.instant(first.due_at), "previous": cards.instant(before[first.id])} | why
            tell_member(act, first.ticket, NoticeKind.date_moved, data, step=f"closure:{first.calendar_id}")
            continue
        questions = [
            {
                "ticket": clock.ticket_id,
                "question": cards.excerpt(clock.ticket.question),
                "due_at": cards.instant(clock.due_at),
            }
            for clock in (first, *others)
        ]
        person = first.ticket.author
        key = f"closure:{first.calendar_id}:person:{person.id}:first:{first.ticket_id}"
        tell(act, person, NoticeKind.date_moved, {"questions": questions} | why, key=key, address=address)
