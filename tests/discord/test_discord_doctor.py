"""What the doctor finds at Discord, and the roles that a server's own bring."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import anyio
import pytest

from bot.channels.discord import DiscordOptions
from bot.channels.discord.examination import examine
from bot.findings import Finding
from helpdesk.model import AccountRef, Role
from tests.discord.discordapi.server import DiscordServer
from tests.discord.driving import pointed
from tests.discord.house import Guichet

if TYPE_CHECKING:
    from helpdesk.office import Office
    from tests.clock import ManualClock
    from tests.discord.discordapi.guild import Guild

DISPUTE = "Un candidat évincé menace d'un recours contre notre marché de nettoyage, que faire ?"


@pytest.fixture
def options(discord: DiscordServer) -> DiscordOptions:
    return DiscordOptions(token=discord.token)


def _found(options: DiscordOptions) -> list[Finding]:
    return anyio.run(examine, options)


def _codes(options: DiscordOptions) -> list[str]:
    return [finding.code for finding in _found(options)]


@pytest.mark.usefixtures("network")
def test_a_sound_bot(options: DiscordOptions) -> None:
    assert _codes(options) == ["discord"]


def test_a_bot_on_no_server(options: DiscordOptions) -> None:
    assert _codes(options) == ["discord", "discord_no_server"]


def test_a_wrong_token(options: DiscordOptions) -> None:
    assert _codes(replace(options, token="wrong")) == ["discord_token"]


def test_intents_that_the_portal_does_not_grant(clock: ManualClock) -> None:
    with DiscordServer(clock, privileged=()) as server, pointed(server):
        server.guild("Réseau")
        assert _codes(DiscordOptions(token=server.token)) == [
            "discord", "discord_intent_content", "discord_intent_members",
        ]  # fmt: skip


def test_each_channel_is_of_its_kind_and_open_to_the_bot(
    options: DiscordOptions, network: Guild, discord: DiscordServer
) -> None:
    forum, experts, hall = network.forum("questions"), network.text("experts"), network.text("hall")
    wanted = replace(options, forum=forum.id, experts=experts.id, coordinators=hall.id)
    assert _codes(wanted) == ["discord", *["discord_channel"] * 3]
    experts.deny(discord.bot, "create_public_threads", "manage_threads")
    finding = _found(wanted)[2]
    assert finding.code == "discord_permissions"
    assert finding.data["missing"] == "manage threads, create public threads"
    assert _codes(replace(options, forum=hall.id)) == ["discord", "discord_channel_kind_forum"]
    assert _codes(replace(options, experts=forum.id)) == ["discord", "discord_channel_kind"]
    assert _codes(replace(options, experts=1200000000000000999)) == ["discord", "discord_channel_unknown"]


def test_a_servers_role_brings_a_role_and_takes_back_only_what_it_brought(
    office: Office, discord: DiscordServer, network: Guild
) -> None:
    square = network.text("place")
    jurists = network.role("Juristes")
    with Guichet(office, discord, roles={jurists.id: Role.expert}) as guichet:
        claire, lea = discord.person("Claire"), discord.person("Léa")
        for person in (claire, lea):
            person.joins(network)
            guichet.knows(person, person.name)

        def roles(who: object) -> frozenset[Role]:
            person = guichet.parts.people.identify(AccountRef("discord", str(who)))
            assert person is not None
            return person.roles

        network.give(claire, jurists)
        network.give(lea, jurists)
        claire.runs("file", square).wait_for("Rien|file|traiter|attend")
        lea.runs("file", square).wait_for("Rien|file|traiter|attend")
        assert Role.expert in roles(claire.id)
        network.take(claire, jurists)
        network.take(lea, jurists)
        claire.runs("file", square).wait_for("Vous n'avez pas accès")
        lea.runs("file", square).wait_for("Rien|file|traiter|attend")
        assert roles(claire.id) == {Role.member}
        assert Role.expert in roles(lea.id)
