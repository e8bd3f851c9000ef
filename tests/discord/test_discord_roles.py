"""The roles that a server's own bring, and take back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.model import AccountRef, Role
from tests.discord.house import Guichet

if TYPE_CHECKING:
    from helpdesk.office import Office
    from tests.discord.discordapi.guild import Guild
    from tests.discord.discordapi.person import Person
    from tests.discord.discordapi.server import DiscordServer


def _roles(guichet: Guichet, who: Person) -> frozenset[Role]:
    person = guichet.parts.people.identify(AccountRef("discord", str(who.id)))
    assert person is not None
    return person.roles


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

        network.give(claire, jurists)
        network.give(lea, jurists)
        claire.runs("file", square).wait_for("Rien|file|traiter|attend")
        lea.runs("file", square).wait_for("Rien|file|traiter|attend")
        assert Role.expert in _roles(guichet, claire)
        network.take(claire, jurists)
        network.take(lea, jurists)
        claire.runs("file", square).wait_for("Vous n'avez pas accès")
        lea.runs("file", square).wait_for("Rien|file|traiter|attend")
        assert _roles(guichet, claire) == {Role.member}
        assert Role.expert in _roles(guichet, lea)


def test_what_a_server_brought_goes_with_whoever_leaves_it_and_no_other_server_takes_it(
    office: Office, discord: DiscordServer, network: Guild
) -> None:
    square = network.text("place")
    jurists = network.role("Juristes")
    with Guichet(office, discord, roles={jurists.id: Role.expert}) as guichet:
        claire = discord.person("Claire")
        claire.joins(network)
        guichet.knows(claire, "Claire")
        network.give(claire, jurists)
        claire.runs("file", square).wait_for("Rien|file|traiter|attend")
        elsewhere = discord.guild("Union des réseaux", claire).text("place")
        claire.runs("file", elsewhere).wait_for("Rien|file|traiter|attend")
        assert Role.expert in _roles(guichet, claire)
        claire.leaves(network)
        discord.wait_until(lambda: _roles(guichet, claire) == {Role.member}, "an expert no more")
