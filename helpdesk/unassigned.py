"""Questions that nobody has: given to somebody as soon as somebody can take them, back from an absence or new.

The coordinators were told of each when routing found nobody; whoever passed one on is not asked again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from helpdesk import alerts, routing
from helpdesk.casework import assign, candidates, covers
from helpdesk.lifecycle import Event
from helpdesk.model import WITH_EXPERTS
from helpdesk.tables import EventRow, TicketRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helpdesk.office import Unit

WAITING = (TicketRow.state.in_(WITH_EXPERTS), TicketRow.assignee_id.is_(None))  # what nobody has
_MOST = 500  # looked at in one sweep: they all wait for the same few people


def retry(unit: Unit) -> int:
    """Give the questions that nobody has to whoever is there for them now; return how many were given."""
    waiting = unit.session.scalars(
        select(TicketRow)
        .where(*WAITING)
        .order_by(TicketRow.id)
        .limit(_MOST)
        .with_for_update(skip_locked=True, key_share=True, of=TicketRow),
    ).all()
    given = 0
    experts = candidates(unit) if waiting else []
    for ticket in waiting:
        try:
            with unit.session.begin_nested():
                found = _give(unit, ticket, experts)
        except Exception as error:  # noqa: BLE001 - one question must not keep the others waiting
            alerts.report_failure(unit, "routing_failed", ticket.id, f"ticket:{ticket.id}:routing_failed", error)
            continue
        if found:
            given += 1
            experts = candidates(unit)  # what they have now counts for the next
    return given


def _give(unit: Unit, ticket: TicketRow, experts: Sequence[routing.Candidate]) -> bool:
    """Assign a question to whom routing chooses, first to who had it; tell whether there is somebody."""
    holder, passed = _past(unit, ticket)
    barred = passed | {ticket.author_id}
    chosen = routing.choose(ticket.theme_id, experts, covers(unit), prefer=holder, exclude=barred)
    if chosen is None:
        return False
    assign(unit, ticket, unit.person_row(chosen), "routing")
    return True


def _past(unit: Unit, ticket: TicketRow) -> tuple[int | None, frozenset[int]]:
    """Return who had a question last, and those who passed it on since in its present cycle, there being nobody else.

    Whoever was given it again after that is not one of them.
    """
    moves = select(EventRow.kind, EventRow.data).where(
        EventRow.ticket_id == ticket.id, EventRow.kind.in_((Event.assign.value, Event.release.value))
    )
    holder: int | None = None
    passed: set[int] = set()
    for kind, data in unit.session.execute(moves.order_by(EventRow.id)):
        if kind == Event.assign:
            holder = data["assignee"]
            passed.discard(data["assignee"])
        elif data["cycle"] == ticket.cycle and data.get("why") == "reassigned" and holder is not None:
            passed.add(holder)
    return holder, frozenset(passed)
