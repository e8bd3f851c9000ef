"""What must be true when the kills are over: nothing acknowledged is lost, nothing that matters is doubled."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from helpdesk.audit import Auditor
from helpdesk.model import ClockState, DeliveryState, MessageKind
from helpdesk.notices import NoticeKind
from helpdesk.tables import ClockRow, DeliveryRow, MessageRow, NoticeRow, TicketRow

if TYPE_CHECKING:
    from helpdesk.office import Office, Unit
    from tests.crash.people import Expert, Member

_PENDING = (DeliveryState.queued, DeliveryState.claimed)
_DOSSIER = re.compile(r"dossier (expert-\d+-\d+)")


def pending(office: Office) -> int:
    """Return how many deliveries could be made now and are not."""
    with office.reading() as unit:
        due = select(func.count()).where(DeliveryRow.state.in_(_PENDING), DeliveryRow.available_at <= unit.now)
        return unit.session.scalar(due) or 0


def faults(office: Office, members: Iterable[Member], experts: Iterable[Expert], pages: Iterable[str]) -> list[str]:
    """Return everything that is not as it must be; ``pages``: the members' questions, as they see them."""
    asked = [text for member in members for text in member.said]
    given = [text for expert in experts for text in expert.said]
    seen = Counter(name for page in pages for name in _DOSSIER.findall(page))
    with office.reading() as unit:
        found = [
            *kept_once(unit, MessageKind.question, asked),
            *kept_once(unit, MessageKind.answer, given),
            *_answers_told_once(unit, given),
            *left_undone(unit),
        ]
    found += [f"« {text} » is {n} times on the page" for text in given if (n := seen[_name(text)]) != 1]
    return found + [f"audit: {finding}" for finding in Auditor(office).look()]


def kept_once(unit: Unit, kind: MessageKind, acknowledged: list[str]) -> Iterator[str]:
    """Tell of each acknowledged text that is not kept exactly once."""
    kept = Counter(unit.session.scalars(select(MessageRow.body).where(MessageRow.kind == kind)))
    for text in acknowledged:
        if kept[text] != 1:
            yield f"« {text} » was acknowledged and is kept {kept[text]} times"
    for text, count in kept.items():
        if count > 1:
            yield f"« {text} » is kept {count} times"


def _answers_told_once(unit: Unit, given: list[str]) -> Iterator[str]:
    notices = unit.session.scalars(select(NoticeRow).where(NoticeRow.kind == NoticeKind.answered))
    told: dict[str, list[DeliveryState]] = {}
    for notice in notices:
        told.setdefault(notice.data["text"], []).extend(delivery.state for delivery in notice.deliveries)
    for text in given:
        if told.get(text) != [DeliveryState.sent]:
            yield f"« {text} » was told {told.get(text)}"


def left_undone(unit: Unit) -> Iterator[str]:
    """Tell of what nobody will do any more: questions without a clock, answers and deliveries that stopped halfway."""
    of_cycle = (ClockRow.ticket_id == TicketRow.id) & (ClockRow.cycle == TicketRow.cycle)
    for ticket in unit.session.scalars(select(TicketRow.id).outerjoin(ClockRow, of_cycle).where(ClockRow.id.is_(None))):
        yield f"ticket {ticket} has no clock"
    for clock in unit.session.scalars(select(ClockRow).where(ClockRow.state == ClockState.delivering)):
        yield f"the answer of ticket {clock.ticket_id} was never accepted"
    due = select(DeliveryRow).where(DeliveryRow.state.in_(_PENDING), DeliveryRow.available_at <= unit.now)
    for delivery in unit.session.scalars(due):
        yield f"delivery {delivery.id} is stuck: {delivery.state} since {delivery.available_at}"
    for delivery in unit.session.scalars(select(DeliveryRow).where(DeliveryRow.state == DeliveryState.dead)):
        yield f"delivery {delivery.id} was given up: {delivery.error}"


def _name(text: str) -> str:
    found = _DOSSIER.search(text)
    assert found is not None
    return found[1]
