"""What an account was asked and has not said yet, kept in the database: a restart in mid-dialogue changes nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from helpdesk.database import insert_once
from helpdesk.model import AccountRef
from helpdesk.tables import DialogueRow

if TYPE_CHECKING:
    from helpdesk.office import Office

LIFE = dt.timedelta(days=1)  # an older one is forgotten: what is said then means itself


@dataclass(frozen=True)
class Dialogue:
    """What is awaited: a ``kind`` the channel knows, with its data."""

    kind: str
    data: dict[str, Any]


class Dialogues:
    """The dialogues of every account; an account has one at most, the latest."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def current(self, account: AccountRef, *, lasting: bool = False) -> Dialogue | None:
        """Return what the account was asked, unless it was more than a day ago; ``lasting``: however long ago."""
        with self._office.reading() as unit:
            row = unit.session.get(DialogueRow, (account.channel, account.external_id))
            if row is None or (row.at < unit.now - LIFE and not lasting):
                return None
            return Dialogue(row.kind, row.data)

    def unanswered(self, channel: str, kind: str) -> tuple[tuple[AccountRef, Dialogue], ...]:
        """Return the dialogues of a kind in which nothing was said for a day, the oldest first."""
        with self._office.reading() as unit:
            rows = unit.session.scalars(
                select(DialogueRow)
                .where(DialogueRow.channel == channel, DialogueRow.kind == kind, DialogueRow.at < unit.now - LIFE)
                .order_by(DialogueRow.at, DialogueRow.external_id),
            )
            return tuple((AccountRef(channel, row.external_id), Dialogue(row.kind, row.data)) for row in rows)

    def begin(self, account: AccountRef, kind: str, data: dict[str, Any]) -> None:
        """Await something from the account, in place of anything awaited before."""
        with self._office.unit() as unit:
            fresh = insert_once(
                unit.session,
                DialogueRow,
                channel=account.channel,
                external_id=account.external_id,
                kind=kind,
                data=data,
                at=unit.now,
            )
            if not fresh:
                row = unit.session.get_one(DialogueRow, (account.channel, account.external_id), with_for_update=True)
                row.kind, row.data, row.at = kind, data, unit.now

    def end(self, account: AccountRef) -> None:
        """Await nothing more."""
        with self._office.unit() as unit:
            unit.session.execute(
                delete(DialogueRow).where(
                    DialogueRow.channel == account.channel,
                    DialogueRow.external_id == account.external_id,
                ),
            )
