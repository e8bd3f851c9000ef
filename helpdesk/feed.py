"""What every coordinator is told, once: for a place where they all read, beside what each receives."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from helpdesk.model import DeliveryState, Role
from helpdesk.notices import NoticeKind as K
from helpdesk.office import to_person
from helpdesk.policy import Audience
from helpdesk.tables import DeliveryRow, InboundRow, NoticeRow

if TYPE_CHECKING:
    from helpdesk.office import Office, Unit

SHOWN = frozenset(
    {K.breach, K.escalation, K.digest, K.unassigned, K.summary, K.dead_letter, K.entry_proposed, K.audit_finding}
)
LIFE = dt.timedelta(days=3)  # what is older is no news any more
_READER = re.compile(r":person:\d+")


@dataclass(frozen=True)
class News:
    """Something to show; ``key`` is the notice's own, without its reader."""

    key: str
    kind: K
    data: dict[str, Any]
    ticket_id: int | None
    told_at: dt.datetime


class Feed:
    """The news of one place, by its ``name``."""

    def __init__(self, office: Office, name: str) -> None:
        self._office = office
        self._name = name

    def latest(self) -> int:
        """Return the number of the last notice there is: where a new place begins."""
        with self._office.reading() as unit:
            return unit.session.scalar(select(func.max(NoticeRow.id))) or 0

    def news(self, after: int) -> tuple[News, ...]:
        """Return what was told since a notice's number, is due, and is not shown yet, oldest first."""
        with self._office.reading() as unit:
            rows = unit.session.scalars(
                select(NoticeRow)
                .join(DeliveryRow, DeliveryRow.notice_id == NoticeRow.id)
                .where(
                    NoticeRow.id > after,
                    NoticeRow.kind.in_([kind.value for kind in SHOWN]),
                    NoticeRow.created_at > unit.now - LIFE,
                    DeliveryRow.available_at <= unit.now,
                    DeliveryRow.state != DeliveryState.void,
                )
                .options(joinedload(NoticeRow.person))
                .order_by(NoticeRow.id),
            )
            found: dict[str, News] = {}
            for row in rows:
                key = _READER.sub("", row.key)
                if key not in found and _is_for_coordinators(row) and not self._is_shown(unit, key):
                    found[key] = News(key, K(row.kind), row.data, row.ticket_id, row.created_at)
            return tuple(found.values())

    def mark(self, key: str) -> str:
        """Return the key that says of a piece of news that it was shown: to be recorded as handled."""
        return f"{self._name}:{key}"

    def _is_shown(self, unit: Unit, key: str) -> bool:
        return unit.session.get(InboundRow, self.mark(key)) is not None


def _is_for_coordinators(row: NoticeRow) -> bool:
    return to_person(row.person).has(Role.coordinator) and row.data.get("audience") != Audience.assignee
