"""The network that the core's tests act in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpdesk.calendars import install
from helpdesk.library import import_library
from helpdesk.office import Office
from helpdesk.policy import Policy
from tests.conftest import CALENDAR
from tests.helpdesk.network import Network
from tests.helpdesk.plain import PlainLibrary
from tests.library import LIBRARY

if TYPE_CHECKING:
    from helpdesk.database import Database
    from tests.clock import ManualClock


@pytest.fixture
def network(database: Database, clock: ManualClock) -> Network:
    """A network at 9 h on a Monday, on each database in turn."""
    with database.transaction() as session:
        import_library(session, LIBRARY, clock.now())
        install(session, CALENDAR, clock.now())
    network = Network(Office(database, clock, Policy(), PlainLibrary(database)), clock)
    network.settle_people()
    return network
