"""How the service is doing, in a few cheap queries: what readiness, the metrics and the doctor look at."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from helpdesk.model import DeliveryState
from helpdesk.sweep import HEARTBEAT
from helpdesk.tables import BreachRow, DeliveryRow, EventRow, HeartbeatRow, MessageRow, NoticeRow, TicketRow

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from helpdesk.office import Unit

_PENDING = DeliveryRow.state.in_((DeliveryState.queued, DeliveryState.claimed))


@dataclass(frozen=True)
class Vitals:
    """The figures of one instant; ages are seconds, None when there is nothing to be old."""

    tickets: Mapping[str, int]
    deliveries: Mapping[str, int]
    breaches: int
    excused: int
    oldest_delivery_age: float | None  # since the oldest delivery not yet made might have been made
    sweep_age: float | None  # since the last sweep that ran to its end


def vitals(unit: Unit) -> Vitals:
    """Return how the service is doing now."""
    session = unit.session
    oldest = session.scalar(
        select(func.min(DeliveryRow.available_at)).where(_PENDING, DeliveryRow.available_at <= unit.now),
    )
    breaches, excused = session.execute(select(func.count(BreachRow.id), func.count(BreachRow.excused_at))).one()
    sweep = session.get(HeartbeatRow, HEARTBEAT)
    tickets = session.execute(select(TicketRow.state, func.count()).group_by(TicketRow.state))
    deliveries = session.execute(select(DeliveryRow.state, func.count()).group_by(DeliveryRow.state))
    return Vitals(
        tickets={state.value: count for state, count in tickets},
        deliveries={state.value: count for state, count in deliveries},
        breaches=breaches,
        excused=excused,
        oldest_delivery_age=_age(unit, oldest),
        sweep_age=_age(unit, sweep.at if sweep else None),
    )


def pulse(unit: Unit) -> Hashable:
    """Return a value that differs once anybody wrote or was told something, whatever the process."""
    highest = [
        unit.session.scalar(select(func.max(column)))
        for column in (EventRow.id, MessageRow.id, NoticeRow.id, DeliveryRow.id)
    ]
    pending = unit.session.scalar(select(func.count()).select_from(DeliveryRow).where(_PENDING))
    return (*highest, pending)


def _age(unit: Unit, instant: dt.datetime | None) -> float | None:
    return None if instant is None else max(0.0, (unit.now - instant).total_seconds())
