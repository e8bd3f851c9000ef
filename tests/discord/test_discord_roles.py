"""The roles that a server's own bring, and take back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.model import AccountRef, Role
from tests.discord.house import Guichet

if TYPE_CHECKING:
    from helpdesk.office import Office
    from tests.discord.discordapi.guild import Guild
    from tests.discord.discordapi.server import DiscordServer


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
