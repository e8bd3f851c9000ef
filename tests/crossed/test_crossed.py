"""One question, several platforms: whoever asks, answers and coordinates does it where they are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from helpdesk.model import AccountRef, State
from helpdesk.people import add_account
from helpdesk.tables import PersonRow
from tests.golden import assert_golden

if TYPE_CHECKING:
    from tests.bot.web.browser import Browser, Page
    from tests.clock import ManualClock
    from tests.crossed.house import Everywhere
    from tests.discord.discordapi.guild import Guild
    from tests.discord.discordapi.person import Person
    from tests.discord.discordapi.server import DiscordServer
    from tests.telegram.botapi.server import BotApiServer
    from tests.telegram.botapi.user import User

GOLDEN = Path(__file__).parent / "golden"
DISPUTE = "Un candidat évincé menace d'un recours contre notre marché de nettoyage, que faire ?"


def _compare(name: str, *transcripts: str) -> None:
    text = "\n".join(transcripts)
    assert_golden(text, GOLDEN / f"{name}.txt")


@pytest.fixture
def claire(everywhere: Everywhere, discord: DiscordServer, network: Guild) -> Person:
    """A member, on Discord."""
    person = discord.person("Claire")
    person.joins(network)
    everywhere.knows(person, "Claire")
    return person


@pytest.fixture
def marc(everywhere: Everywhere, telegram: BotApiServer) -> User:
    """The expert for the law, on Telegram."""
    user = telegram.user("Marc")
    everywhere.knows_on_telegram(user, "Marc")
    return user


def test_a_member_on_discord_an_expert_on_telegram_a_coordinator_on_the_pages(
    everywhere: Everywhere, claire: Person, marc: User, network: Guild, clock: ManualClock
) -> None:
    (forum,) = network.channels.values()
    post = claire.posts(forum, "Recours", DISPUTE)
    post.wait_for("vous répond")
    everywhere.settled()

    async def reassign(browser: Browser) -> Page:
        page = await browser.get("/tickets/1")
        return await browser.submit(page, "/tickets/1/reassign", to=str(everywhere.person_id("Marc")))

    if everywhere.ticket(1).assignee_id != everywhere.person_id("Marc"):
        assert everywhere.browse("Nadia", reassign).status == 200
    marc.private.wait_for("Question n° 1")
    everywhere.settled()
    clock.advance(hours=2)
    said = marc.says("Répondez **sous dix jours**.", reply_to=marc.private.last)
    marc.private.wait_for("Que faire de ce message", after=said)
    marc.presses("Envoyer au membre")
    post.wait_for("Réponse de Marc")
    everywhere.settled()
    claire.presses("Cela répond à ma question", post)
    post.wait_for("Très bien")
    everywhere.settled()
    everywhere.discord.wait_until(lambda: post.archived, "the post put away, after the last word")
    page = everywhere.browse("Nadia", lambda browser: browser.get("/tickets/1"))
    assert "réponse confirmée par le membre" in page.text
    _compare("member_on_discord", forum.transcript(claire), marc.private.transcript())


def test_a_member_on_telegram_is_answered_by_an_expert_on_discord(
    everywhere: Everywhere, telegram: BotApiServer, discord: DiscordServer, network: Guild
) -> None:
    paul, lea = telegram.user("Claire"), discord.person("Léa")
    lea.joins(network)
    everywhere.knows_on_telegram(paul, "Claire")
    everywhere.knows(lea, "Léa")
    paul.says(DISPUTE)
    paul.private.wait_for("vous répond")
    everywhere.give(1, "Léa")
    lea.private.wait_for("Question n° 1")
    everywhere.settled()
    lea.submits(lea.presses("Répondre"), text="Répondez **sous dix jours**.").wait()
    paul.private.wait_for("Réponse de Léa")
    everywhere.settled()
    _compare("expert_on_discord", paul.private.transcript(), lea.private.transcript(lea))


def test_one_person_with_two_accounts_carries_on_from_either(
    everywhere: Everywhere, claire: Person, marc: User, telegram: BotApiServer
) -> None:
    again = telegram.user("Claire")
    everywhere.knows_on_telegram(again, "Claire")
    number = everywhere.asks_experts(claire, DISPUTE, "Marc")
    marc.private.wait_for("Question n° 1")
    everywhere.settled()
    asked = marc.says("Quel est le montant ?", reply_to=marc.private.last)
    marc.private.wait_for("Que faire de ce message", after=asked)
    marc.presses("Lui demander une précision")
    claire.private.wait_for("Quel est le montant")
    everywhere.settled()
    again.says("40 000 euros")
    marc.private.wait_for("Le membre a répondu")
    assert everywhere.latest() == number
    everywhere.settled()
    said = marc.says("Répondez sous dix jours.", reply_to=marc.private.last)
    marc.private.wait_for("Que faire de ce message", after=said)
    marc.presses("Envoyer au membre")
    claire.private.wait_for("Réponse de Marc")
    again.private.wait_for("Discord")
    everywhere.settled()
    _compare("two_accounts", claire.private.transcript(claire), again.private.transcript())


def test_what_was_asked_for_on_discord_may_be_given_on_telegram(
    everywhere: Everywhere, claire: Person, marc: User, telegram: BotApiServer
) -> None:
    again = telegram.user("Claire")
    everywhere.knows_on_telegram(again, "Claire")
    number = everywhere.asks_experts(claire, DISPUTE, "Marc")
    claire.private.wait_for("dites-moi aussi le montant estimé")
    marc.private.wait_for("Question n° 1")
    again.says("Environ 40 000 euros")
    again.private.wait_for("J'ai ajouté votre message à votre question n° 1")
    marc.private.wait_for("40 000 euros")
    assert everywhere.latest() == number


def test_whoever_left_discord_is_answered_on_their_other_account(
    everywhere: Everywhere, claire: Person, marc: User, telegram: BotApiServer, network: Guild
) -> None:
    again = telegram.user("Claire")
    everywhere.knows_on_telegram(again, "Claire")
    number = everywhere.asks_experts(claire, DISPUTE, "Marc")
    marc.private.wait_for("Question n° 1")
    claire.leaves(network)
    everywhere.parts.experts.answer("page:1", AccountRef("console", "marc"), number, "Non, jamais.")
    everywhere.nudge()
    again.private.wait_for("Non, jamais")
    everywhere.settled()
    assert everywhere.ticket(number).state is State.answered


def test_another_account_of_the_same_person_cannot_take_their_own_reply(
    everywhere: Everywhere, claire: Person, discord: DiscordServer, network: Guild
) -> None:
    """Whoever asks under one name and replies under another is one person all the same."""
    double = discord.person("Claire bis")
    double.joins(network)
    with everywhere.office.unit() as unit:
        row = unit.session.query(PersonRow).filter_by(name="Claire").one()
        add_account(unit, row, AccountRef("discord", str(double.id)))
    (forum,) = network.channels.values()
    post = claire.posts(forum, "Recours", DISPUTE)
    post.wait_for("vous répond")
    double.says("Chez nous, un avenant a suffi.", post)
    everywhere.settled()
    assert everywhere.ticket(1).state is not State.closed
    assert not [message for message in post.from_bot() if "vous convient" in message.text]
