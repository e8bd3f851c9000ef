"""Whether a transaction waits for another: PostgreSQL tells, and SQLite has one writer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from concurrent.futures import Future

    from tests.helpdesk.network import Network

_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


def until_it_ends_or_waits(network: Network, act: Future[Any]) -> None:
    """Return once an act has ended, or waits for another transaction of this database."""
    while not (act.done() or _waits(network)):
        pass


def _waits(network: Network) -> bool:
    with network.office.reading() as unit:
        return bool(unit.session.scalar(_WAITING))
