"""What experts wrote where they talk, waiting for the press that sends it: it survives any restart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from helpdesk.database import insert_once
from helpdesk.model import Address
from helpdesk.tables import DraftRow

if TYPE_CHECKING:
    from helpdesk.model import AccountRef
    from helpdesk.office import Office, Unit


@dataclass(frozen=True)
class Draft:
    """A text for a question, by its author, with what the channel keeps beside it (its files' names)."""

    ticket_id: int
    person_id: int
    data: dict[str, Any]


class Drafts:
    """The drafts of every expert, each under the message that holds it."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def keep(self, account: AccountRef, address: Address, message: str, ticket: int, data: dict[str, Any]) -> None:
        """Keep a draft, in place of what the same message said before. Raises ``NotAllowedError``."""
        with self._office.unit() as unit:
            person, _ = unit.speaker(account)
            fresh = insert_once(
                unit.session,
                DraftRow,
                channel=address.channel,
                conversation=address.conversation,
                external_id=message,
                ticket_id=ticket,
                person_id=person.id,
                data=data,
                at=unit.now,
            )
            if not fresh:
                row = _row(unit, address, message)
                assert row is not None
                row.data, row.at = data, unit.now

    def read(self, address: Address, message: str) -> Draft | None:
        """Return the draft that a message holds, or None when it was sent or dropped."""
        with self._office.reading() as unit:
            row = _row(unit, address, message)
            return Draft(row.ticket_id, row.person_id, row.data) if row else None

    def drop(self, address: Address, message: str) -> None:
        """Forget a draft."""
        with self._office.unit() as unit:
            unit.session.execute(
                delete(DraftRow).where(
                    DraftRow.channel == address.channel,
                    DraftRow.conversation == address.conversation,
                    DraftRow.external_id == message,
                ),
            )

    def drop_message(self, channel: str, message: str) -> tuple[Address, Draft] | None:
        """Forget the draft that a message held, on a platform whose messages have ids of their own everywhere.

        Return it with where it was written; None when the message held none.
        """
        held = DraftRow.channel == channel, DraftRow.external_id == message
        with self._office.unit() as unit:
            row = unit.session.scalar(select(DraftRow).where(*held))
            if row is None:
                return None
            unit.session.delete(row)
            return Address(row.channel, row.conversation), Draft(row.ticket_id, row.person_id, row.data)


def _row(unit: Unit, address: Address, message: str) -> DraftRow | None:
    return unit.session.get(DraftRow, (address.channel, address.conversation, message))
