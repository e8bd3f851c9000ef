"""The local Telegram that the tests of the Telegram channel talk to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clock import ManualClock
from tests.telegram.botapi.server import BotApiServer


@pytest.fixture
def telegram_clock() -> ManualClock:
    """The clock that dates messages."""
    return ManualClock()


@pytest.fixture
def telegram(telegram_clock: ManualClock) -> Iterator[BotApiServer]:
    """A running server; the test fails if the bot broke the Bot API's documented contract."""
    with BotApiServer(telegram_clock) as server:
        yield server
    server.check_contract()
