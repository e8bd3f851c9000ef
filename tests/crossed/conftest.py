"""The two platforms and the service between them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from helpdesk.database import Database
from helpdesk.office import Office
from tests.clock import ManualClock
from tests.crossed.house import Everywhere
from tests.discord.discordapi.guild import Guild
from tests.discord.discordapi.server import DiscordServer
from tests.discord.driving import pointed
from tests.telegram.botapi.server import BotApiServer


@pytest.fixture
def database(sqlite: Database) -> Database:
    """The embedded default: the channels have no SQL of their own."""
    return sqlite


@pytest.fixture
def discord(clock: ManualClock) -> Iterator[DiscordServer]:
    """A running local Discord."""
    with DiscordServer(clock) as server, pointed(server):
        yield server
    server.check_contract()


@pytest.fixture
def telegram(clock: ManualClock) -> Iterator[BotApiServer]:
    """A running local Telegram."""
    with BotApiServer(clock) as server:
        yield server
    server.check_contract()


@pytest.fixture
def network(discord: DiscordServer) -> Guild:
    """The network's Discord server."""
    return discord.guild("Réseau")


@pytest.fixture
def everywhere(office: Office, discord: DiscordServer, telegram: BotApiServer, network: Guild) -> Iterator[Everywhere]:
    """The running service, with a forum on Discord."""
    forum = network.forum("questions")
    with Everywhere(office, discord, telegram, forum=forum.id) as service:
        yield service
