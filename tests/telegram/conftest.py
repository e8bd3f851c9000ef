"""The local Telegram that the tests of the Telegram channel talk to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from helpdesk.database import Database
from helpdesk.office import Office
from tests.clock import ManualClock
from tests.telegram.botapi.server import BotApiServer
from tests.telegram.botapi.user import User
from tests.telegram.service import Guichet


@pytest.fixture
def telegram_clock(clock: ManualClock) -> ManualClock:
    """The clock that dates messages: the network's own."""
    return clock


@pytest.fixture
def database(sqlite: Database) -> Database:
    """The embedded default: the channel has no SQL of its own."""
    return sqlite


@pytest.fixture
def telegram(telegram_clock: ManualClock) -> Iterator[BotApiServer]:
    """A running server; the test fails if the bot broke the Bot API's documented contract."""
    with BotApiServer(telegram_clock) as server:
        yield server
    server.check_contract()


@pytest.fixture
def guichet(office: Office, telegram: BotApiServer) -> Iterator[Guichet]:
    """The running service, on the demonstration network."""
    with Guichet(office, telegram) as service:
        yield service


@pytest.fixture
def claire(guichet: Guichet, telegram: BotApiServer) -> User:
    """A member."""
    user = telegram.user("Claire")
    guichet.knows(user, "Claire")
    return user


@pytest.fixture
def marc(guichet: Guichet, telegram: BotApiServer) -> User:
    """The expert for the law."""
    user = telegram.user("Marc")
    guichet.knows(user, "Marc")
    return user


@pytest.fixture
def nadia(guichet: Guichet, telegram: BotApiServer) -> User:
    """The coordinator."""
    user = telegram.user("Nadia")
    guichet.knows(user, "Nadia")
    return user
