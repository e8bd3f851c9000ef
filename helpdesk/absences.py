"""Days away: declared, listed, taken back; what somebody has is given to others while they are away."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import select

from helpdesk import timekeeping
from helpdesk.casework import route
from helpdesk.errors import InvalidInputError, NotFoundError
from helpdesk.model import WITH_EXPERTS, Role
from helpdesk.office import to_person
from helpdesk.tables import AbsenceRow, PersonRow, TicketRow
from helpdesk.timekeeping import today
from helpdesk.views import HandedOn

if TYPE_CHECKING:
    from helpdesk.office import Act, Unit

_LONGEST = dt.timedelta(days=366)


def declare(act: Act, first_day: dt.date, last_day: dt.date, person: int | None) -> HandedOn:
    """Declare days away of the speaker or of ``person``; return what becomes of what they have, away from today.

    Days that overlap others declared before make one absence with them.
    Raises as ``ExpertDesk.declare_absence``.
    """
    if last_day < first_day:
        raise InvalidInputError("dates_reversed")
    if last_day - first_day > _LONGEST:
        raise InvalidInputError("absence_too_long", days=_LONGEST.days)
    away = _absentee(act, person)
    if last_day < today(act):
        raise InvalidInputError("dates_past")
    timekeeping.check_near(act, last_day)
    _add(act, away, first_day, last_day)
    act.record("absence", None, act.person, person=away.id, first=first_day.isoformat(), last=last_day.isoformat())
    return hand_on_all(act, away) if first_day <= today(act) else HandedOn()


def _add(act: Act, away: PersonRow, first_day: dt.date, last_day: dt.date) -> None:
    overlapping = act.session.scalars(
        select(AbsenceRow).where(
            AbsenceRow.person_id == away.id, AbsenceRow.first_day <= last_day, AbsenceRow.last_day >= first_day
        )
    ).all()
    for row in overlapping:
        act.session.delete(row)
    first_day = min([first_day, *(row.first_day for row in overlapping)])
    last_day = max([last_day, *(row.last_day for row in overlapping)])
    act.session.add(AbsenceRow(person_id=away.id, first_day=first_day, last_day=last_day))
    act.session.flush()


def listed(unit: Unit, reader: PersonRow) -> tuple[tuple[int, str, dt.date, dt.date], ...]:
    """Return the present and coming absences: the reader's own, everybody's for a coordinator."""
    query = (
        select(AbsenceRow, PersonRow.name)
        .join(PersonRow, PersonRow.id == AbsenceRow.person_id)
        .where(AbsenceRow.last_day >= today(unit))
        .order_by(AbsenceRow.first_day, AbsenceRow.id)
    )
    if not to_person(reader).has(Role.coordinator):
        query = query.where(AbsenceRow.person_id == reader.id)
    return tuple((row.id, name, row.first_day, row.last_day) for row, name in unit.session.execute(query))


def cancel(act: Act, absence_id: int) -> None:
    """Take a declared absence back: what was given to others stays theirs. Raises ``NotFoundError``."""
    row = act.session.get(AbsenceRow, absence_id)
    if row is None:
        raise NotFoundError("no_such_absence")
    _absentee(act, row.person_id)
    act.record("absence_cancelled", None, act.person, person=row.person_id)
    act.session.delete(row)


def hand_on_all(unit: Unit, person: PersonRow) -> HandedOn:
    """Give everything a person has to others: they are away. Tell how much found somebody, and how much nobody."""
    rows = unit.session.scalars(
        select(TicketRow)
        .where(TicketRow.assignee_id == person.id, TicketRow.state.in_(WITH_EXPERTS))
        .order_by(TicketRow.id)
        .with_for_update(key_share=True, of=TicketRow)
        .execution_options(populate_existing=True),
    )
    had = rows.all()
    for ticket in had:
        route(unit, ticket, "absence", exclude=frozenset({person.id}))
    given = sum(ticket.assignee_id is not None for ticket in had)
    return HandedOn(given, len(had) - given)


def _absentee(act: Act, person: int | None) -> PersonRow:
    act.require(Role.expert, Role.coordinator)
    if person is None or person == act.person.id:
        return act.person
    act.require(Role.coordinator)
    return act.person_row(person)
