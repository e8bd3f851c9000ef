"""The local Discord that the tests of the Discord channel talk to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from helpdesk.database import Database
from helpdesk.office import Office
from tests.clock import ManualClock
from tests.discord.discordapi.guild import Guild
from tests.discord.discordapi.person import Person
from tests.discord.discordapi.server import DiscordServer
from tests.discord.driving import pointed
from tests.discord.house import Guichet


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


@pytest.fixture
def database(sqlite: Database) -> Database:
    """The embedded default: the channel has no SQL of its own."""
    return sqlite


@pytest.fixture
def guichet(office: Office, discord: DiscordServer) -> Iterator[Guichet]:
    """The running service, on the demonstration network."""
    with Guichet(office, discord) as service:
        yield service


@pytest.fixture
def network(discord: DiscordServer) -> Guild:
    """The network's server: whoever is in it can be written to."""
    return discord.guild("Réseau")


@pytest.fixture
def claire(guichet: Guichet, discord: DiscordServer, network: Guild) -> Person:
    """A member."""
    person = discord.person("Claire")
    person.joins(network)
    guichet.knows(person, "Claire")
    return person


@pytest.fixture
def nadia(guichet: Guichet, discord: DiscordServer, network: Guild) -> Person:
    """The coordinator."""
    person = discord.person("Nadia")
    person.joins(network)
    guichet.knows(person, "Nadia")
    return person


@pytest.fixture
def marc(guichet: Guichet, discord: DiscordServer, network: Guild) -> Person:
    """The expert for the law."""
    person = discord.person("Marc")
    person.joins(network)
    guichet.knows(person, "Marc")
    return person
