"""The network that the core's tests act in."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from helpdesk.database import Database
from helpdesk.office import Office
from helpdesk.policy import Policy
from tests.clock import ManualClock
from tests.conftest import install_library
from tests.copying import fill
from tests.helpdesk import audited
from tests.helpdesk.network import Network
from tests.helpdesk.plain import PlainLibrary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def _settled(database: Database, clock: ManualClock) -> Network:
    network = Network(Office(database, clock, Policy(), PlainLibrary(database)), clock)
    network.ids |= fill(database, "people", lambda: _settle(database, network))
    return network


def _settle(database: Database, network: Network) -> dict[str, int]:
    install_library(database, network.clock)
    network.settle_people()
    return dict(network.ids)


@pytest.fixture
def network(database: Database, clock: ManualClock) -> Network:
    """A network at 9 h on a Monday, on each database in turn."""
    return _settled(database, clock)


@pytest.fixture
def house(office: Office, clock: ManualClock) -> audited.House:
    """A network to audit, on each database in turn."""
    return audited.settle_in(office, clock)


@pytest.fixture
def make_network(tmp_path: Path, sqlite_template: Path) -> Iterator[Callable[[], Network]]:
    """Make networks apart, each on an SQLite file of its own, at 9 h on the same Monday."""
    made: list[Database] = []

    def make() -> Network:
        path = tmp_path / f"apart-{len(made)}.sqlite3"
        shutil.copyfile(sqlite_template, path)
        made.append(Database(f"sqlite:///{path}"))
        return _settled(made[-1], ManualClock())

    yield make
    for database in made:
        database.dispose()
