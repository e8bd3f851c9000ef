"""Where a channel stands in what it reads and writes: kept in the database, so that a restart carries on from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from helpdesk.database import insert_once
from helpdesk.tables import BookmarkRow

if TYPE_CHECKING:
    from helpdesk.office import Office


class Bookmarks:
    """The bookmarks of one channel, by name; a name that begins with a word and a colon belongs to that kind."""

    def __init__(self, office: Office, channel: str) -> None:
        self._office = office
        self._channel = channel

    def all(self, kind: str) -> dict[str, int]:
        """Return the values of a kind by the rest of their names."""
        with self._office.reading() as unit:
            rows = unit.session.execute(
                select(BookmarkRow.name, BookmarkRow.value).where(
                    BookmarkRow.channel == self._channel, BookmarkRow.name.startswith(f"{kind}:", autoescape=True)
                ),
            )
            return {name.partition(":")[2]: int(value) for name, value in rows}

    def read(self, name: str) -> int | None:
        """Return a value, None for a name that nobody has kept."""
        with self._office.reading() as unit:
            row = unit.session.get(BookmarkRow, (self._channel, name))
            return int(row.value) if row else None

    def keep(self, name: str, value: int, *, forward: bool = False) -> None:
        """Keep a value in place of the one before; ``forward``: only when it is greater."""
        with self._office.unit() as unit:
            if insert_once(unit.session, BookmarkRow, channel=self._channel, name=name, value=str(value)):
                return
            row = unit.session.get_one(BookmarkRow, (self._channel, name), with_for_update=True)
            if not forward or value > int(row.value):
                row.value = str(value)

    def drop(self, name: str) -> None:
        """Forget a value."""
        with self._office.unit() as unit:
            unit.session.execute(
                delete(BookmarkRow).where(BookmarkRow.channel == self._channel, BookmarkRow.name == name),
            )
