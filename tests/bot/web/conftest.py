"""The web pages on the real core, with the test's clock; on SQLite, as the use cases are tested on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpdesk.office import Office
from helpdesk.policy import Policy
from tests.bot.web.network import THEIR_QUESTION, Network, Three
from tests.conftest import install_library, read_already
from tests.copying import fill

if TYPE_CHECKING:
    from helpdesk.database import Database
    from tests.clock import ManualClock


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def network(sqlite: Database, clock: ManualClock) -> Network:
    fill(sqlite, "library", lambda: install_library(sqlite, clock))
    return Network(Office(sqlite, clock, Policy(), read_already(sqlite)), clock)


@pytest.fixture
async def people(network: Network) -> Three:
    web = network.web()
    ids = network.ids
    three = [await network.signed_in(person, web) for person in (ids.claire, ids.marc, ids.nadia)]
    await three[0].ask(THEIR_QUESTION)
    return Three(*three)
