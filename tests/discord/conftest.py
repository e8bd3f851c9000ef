"""The local Discord that the tests of the Discord channel talk to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clock import ManualClock
from tests.discord.discordapi.server import DiscordServer
from tests.discord.driving import pointed


@pytest.fixture
def discord_clock(clock: ManualClock) -> ManualClock:
    """The clock that dates messages: the network's own."""
    return clock


@pytest.fixture
def discord(discord_clock: ManualClock) -> Iterator[DiscordServer]:
    """A running server that the library is pointed at; the test fails if the bot broke Discord's contract."""
    with DiscordServer(discord_clock) as server, pointed(server):
        yield server
    server.check_contract()
