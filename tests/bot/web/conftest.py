"""The web pages on the real core, with the test's clock; on SQLite, as the use cases are tested on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpdesk.calendars import install
from helpdesk.library import LibraryCache, import_library
from helpdesk.office import Office
from helpdesk.policy import Policy
from tests.bot.web.network import Network
from tests.conftest import CALENDAR
from tests.library import LIBRARY

if TYPE_CHECKING:
    from helpdesk.database import Database
    from tests.clock import ManualClock


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def network(sqlite: Database, clock: ManualClock) -> Network:
    with sqlite.transaction() as session:
        import_library(session, LIBRARY, clock.now())
        install(session, CALENDAR, clock.now())
    return Network(Office(sqlite, clock, Policy(), LibraryCache(sqlite)), clock)
