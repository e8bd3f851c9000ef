"""Work that one process at a time may do, agreed on through the database: who holds it renews it, or loses it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import select

from helpdesk.database import insert_once
from helpdesk.tables import HeartbeatRow

if TYPE_CHECKING:
    from helpdesk.office import Office, Unit

LIFE = dt.timedelta(seconds=60)  # without a renewal the work is free for another


class Leases:
    """The leases of one process; ``holder`` names it among all."""

    def __init__(self, office: Office, holder: str) -> None:
        self._office = office
        self._holder = holder

    def hold(self, name: str) -> bool:
        """Take or renew a lease; False while another process holds it."""
        with self._office.unit() as unit:
            held = {"holder": self._holder}
            if insert_once(unit.session, HeartbeatRow, name=name, at=unit.now, data=held):
                return True
            row = unit.session.get_one(HeartbeatRow, name, with_for_update=True, populate_existing=True)
            if row.data.get("holder") not in {None, self._holder} and unit.now - row.at < LIFE:
                return False
            row.at, row.data = unit.now, held
            return True

    def release(self, name: str) -> None:
        """Give a lease back, if it is held."""
        with self._office.unit() as unit:
            row = unit.session.get(HeartbeatRow, name, with_for_update=True)
            if row is not None and row.data.get("holder") == self._holder:
                row.data = {}


def free_all(unit: Unit) -> None:
    """Free every lease: for the only service of a database, when it starts. Whoever held one is dead."""
    for row in unit.session.scalars(select(HeartbeatRow).with_for_update()):
        if row.data.get("holder") is not None:
            row.data = {}
