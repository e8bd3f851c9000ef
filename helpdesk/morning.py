"""Once a working day, at its first sweep: absences that begin, the summary, and what is too old to keep."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import delete

from helpdesk import cards, privacy, reports
from helpdesk.absences import hand_on_all
from helpdesk.database import insert_once
from helpdesk.model import Role
from helpdesk.notices import NoticeKind
from helpdesk.people import away_on, with_role
from helpdesk.promise import is_open
from helpdesk.tables import HeartbeatRow, InboundRow
from helpdesk.telling import tell
from helpdesk.timekeeping import today

if TYPE_CHECKING:
    from helpdesk.office import Unit

HEARTBEAT = "morning"
REMEMBER_UPDATES = dt.timedelta(days=60)  # no platform repeats an update after that


def is_to_come(unit: Unit) -> bool:
    """Tell whether the network is open now and the day's work was not done: a look that keeps no other waiting."""
    _, calendar = unit.office.calendars.current(unit.session)
    row = unit.session.get(HeartbeatRow, HEARTBEAT)
    return is_open(calendar, unit.now) and (row is None or _day_of(unit, row) < today(unit))


def run(unit: Unit) -> bool:
    """Do the day's work unless it was done or the network is closed now; tell whether it was done."""
    _, calendar = unit.office.calendars.current(unit.session)
    if not is_open(calendar, unit.now):
        return False
    first_ever = insert_once(unit.session, HeartbeatRow, name=HEARTBEAT, at=unit.now, data={})
    row = unit.session.get_one(HeartbeatRow, HEARTBEAT, with_for_update=True)
    day = today(unit)
    if not first_ever and _day_of(unit, row) >= day:
        return False
    row.at = unit.now
    for person_id in sorted(away_on(unit, day)):
        hand_on_all(unit, unit.person_row(person_id))
    _summarise(unit, day)
    privacy.forget_old(unit)
    unit.session.execute(delete(InboundRow).where(InboundRow.at < unit.now - REMEMBER_UPDATES))
    return True


def _day_of(unit: Unit, row: HeartbeatRow) -> dt.date:
    _, calendar = unit.office.calendars.current(unit.session)
    return row.at.astimezone(calendar.zone).date()


def _summarise(unit: Unit, day: dt.date) -> None:
    board = reports.board(unit)
    _, calendar = unit.office.calendars.current(unit.session)
    due_today = [
        line
        for line in (*board.at_risk, *board.open)
        if line.due_at is not None and line.due_at.astimezone(calendar.zone).date() == day
    ]
    data = {
        "day": day.isoformat(),
        "open": len(board.open) + len(board.at_risk) + len(board.late),
        "late": len(board.late),
        "at_risk": len(board.at_risk),
        "waiting": board.waiting,
        "unassigned": board.unassigned,
        "dead": len(board.dead_letters),
        "due_today": [
            {"ticket": line.id, "question": cards.excerpt(line.question), "due_at": cards.instant(line.due_at)}
            for line in due_today
        ],
    }
    for person in with_role(unit, Role.coordinator):
        tell(unit, person, NoticeKind.summary, data, key=f"summary:{day}:person:{person.id}")
