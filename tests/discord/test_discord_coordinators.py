"""The coordinators' channel: alerts once for everybody, the morning's summary, and the board edited in place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from helpdesk.model import AccountRef, Address
from tests.discord.house import Guichet

if TYPE_CHECKING:
    from helpdesk.office import Office
    from tests.clock import ManualClock
    from tests.discord.discordapi.channel import Channel
    from tests.discord.discordapi.guild import Guild
    from tests.discord.discordapi.model import Message
    from tests.discord.discordapi.person import Person
    from tests.discord.discordapi.server import DiscordServer

DISPUTE = "Un candidat évincé menace d'un recours contre notre marché de nettoyage, que faire ?"


@pytest.fixture
def coordination(network: Guild) -> Channel:
    return network.text("coordination")


@pytest.fixture
def guichet(office: Office, discord: DiscordServer, coordination: Channel) -> Iterator[Guichet]:
    with Guichet(office, discord, coordinators=coordination.id) as service:
        yield service


def _breaches(coordination: Channel) -> list[Message]:
    return [message for message in coordination.from_bot() if "Délai dépassé : question n° 1" in message.text]


def test_the_board_is_one_message_kept_up_to_date(
    guichet: Guichet, coordination: Channel, claire: Person, clock: ManualClock
) -> None:
    board = coordination.wait_for("Aucune question ouverte\\.\\n\\nLes délais n'ont pas encore été vérifiés")
    guichet.asks_experts(claire, DISPUTE, "Marc")
    guichet.discord.wait_until(lambda: "Marc" in board.text, "the question on the board")
    assert board.text.startswith("**Questions ouvertes**")
    guichet.restart()
    clock.advance(days=7, hours=2)
    guichet.sweep()
    guichet.discord.wait_until(lambda: "En retard" in board.text, "the delay on the board")
    assert [message for message in coordination.from_bot() if "En retard" in message.text] == [board]
    clock.advance(minutes=30)
    guichet.sweep()
    guichet.discord.wait_until(
        lambda: "Délais vérifiés lundi 8 juin à 11 h 30" in board.text, "that it is looked after"
    )


def test_a_board_too_long_for_a_message_says_how_many_questions_more_there_are(
    guichet: Guichet, coordination: Channel, claire: Person, discord: DiscordServer, network: Guild
) -> None:
    nadia = discord.person("Nadia")
    nadia.joins(network)
    guichet.knows(nadia, "Nadia")
    account, address = AccountRef("discord", str(claire.id)), Address("discord", str(claire.id))
    for rank in range(20):
        guichet.parts.desk.ask(f"page:{rank}", account, address, f"{DISPUTE} Lot {rank}.")
    guichet.nudge()
    board = coordination.wait_for("et 12 autres")
    assert "les délais n'ont pas" in board.text.lower()
    nadia.presses("Ouvrir le tableau", board).wait_for("n° 20")


def test_a_broken_promise_is_told_once_and_survives_a_restart(
    guichet: Guichet, coordination: Channel, claire: Person, clock: ManualClock, discord: DiscordServer
) -> None:
    guichet.asks_experts(claire, DISPUTE, "Marc")
    clock.advance(days=7, hours=2)
    guichet.sweep()
    discord.wait_until(lambda: len(_breaches(coordination)) == 1, "the breach told")
    guichet.restart()
    guichet.settled()
    assert len(_breaches(coordination)) == 1


def test_coordinators_talk_over_an_alert_without_the_bot(
    guichet: Guichet, coordination: Channel, claire: Person, clock: ManualClock, discord: DiscordServer, network: Guild
) -> None:
    nadia = discord.person("Nadia")
    nadia.joins(network)
    guichet.knows(nadia, "Nadia")
    guichet.asks_experts(claire, DISPUTE, "Marc")
    clock.advance(days=7, hours=2)
    guichet.sweep()
    discord.wait_until(lambda: _breaches(coordination), "the breach told")
    nadia.says("Je l'appelle, il était en congé.", reply_to=_breaches(coordination)[0])
    guichet.settled()
    nadia.says(f"{discord.bot.mention} Peut-on exiger un label dans un marché ?", coordination)
    coordination.wait_for("si tous ses critères")
    assert guichet.latest() == 2


def test_a_question_is_opened_from_the_channel_by_whoever_may(
    guichet: Guichet, coordination: Channel, claire: Person, clock: ManualClock, discord: DiscordServer, network: Guild
) -> None:
    nadia = discord.person("Nadia")
    nadia.joins(network)
    guichet.knows(nadia, "Nadia")
    guichet.asks_experts(claire, DISPUTE, "Marc")
    clock.advance(days=7, hours=2)
    guichet.sweep()
    discord.wait_until(lambda: _breaches(coordination), "the breach told")
    shown = nadia.presses("g:ticket:1", coordination)
    assert shown.wait_for("Mairie de Bois-Joli").ephemeral
    form = nadia.presses("Expliquer le retard", coordination)
    nadia.submits(form, text="Arrêt maladie de l'expert.").wait_for("retard")
