"""What platforms still show of what was erased here: noted with the erasure, taken away there by their channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from helpdesk.database import insert_once
from helpdesk.model import Address
from helpdesk.tables import DeliveryRow, NoticeRow, RetractionRow

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from helpdesk.office import Office, Unit


@dataclass(frozen=True)
class Retraction:
    """A message to take away; ``external_id`` is the platform's id of it."""

    id: int
    address: Address
    external_id: str


class Retractions:
    """The messages that one channel has to take away."""

    def __init__(self, office: Office, channel: str) -> None:
        self._office = office
        self._channel = channel

    def waiting(self, limit: int = 100) -> tuple[Retraction, ...]:
        """Return what is to be taken away, the oldest first."""
        with self._office.reading() as unit:
            query = select(RetractionRow).where(RetractionRow.channel == self._channel).order_by(RetractionRow.id)
            return tuple(
                Retraction(row.id, Address(row.channel, row.conversation, row.thread), row.external_id)
                for row in unit.session.scalars(query.limit(limit))
            )

    def done(self, retraction: int) -> None:
        """Record that a message is gone, or that the platform lets nobody take it away."""
        with self._office.unit() as unit:
            unit.session.execute(delete(RetractionRow).where(RetractionRow.id == retraction))


def retract(unit: Unit, *where: ColumnElement[bool]) -> None:
    """Note every message that was sent of some notices; a platform that gave no id has nothing to take away."""
    sent = select(DeliveryRow).join(NoticeRow).where(DeliveryRow.external_id.is_not(None), *where)
    for delivery in unit.session.scalars(sent):
        for external_id in (delivery.external_id or "").split():
            insert_once(
                unit.session,
                RetractionRow,
                channel=delivery.channel,
                conversation=delivery.conversation,
                thread=delivery.thread,
                external_id=external_id,
            )
