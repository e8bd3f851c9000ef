"""Whole conversations as people see them, in both languages, compared exactly with ``golden/``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.words import LOCALES, Words
from helpdesk.model import AccountRef
from helpdesk.people import create_person
from tests.discord.house import Guichet
from tests.golden import assert_golden

if TYPE_CHECKING:
    from helpdesk.office import Office
    from tests.clock import ManualClock
    from tests.discord.discordapi.channel import Channel
    from tests.discord.discordapi.guild import Guild
    from tests.discord.discordapi.person import Person
    from tests.discord.discordapi.server import DiscordServer

GOLDEN = Path(__file__).parent / "golden"
ONLY_PRICE = "Le prix peut-il rester le seul critère d'attribution ?"
DISPUTE = "Un candidat évincé menace d'un recours contre notre marché de nettoyage, que faire ?"
TAGS = {"fr": "fr", "en": "en-GB"}  # as Discord names the languages

pytestmark = pytest.mark.parametrize("locale", LOCALES)


class Stage:
    """The people of the conversations, their applications in one language, and its words."""

    def __init__(self, guichet: Guichet, network: Guild, words: Words) -> None:
        self.guichet = guichet
        self.discord = guichet.discord
        self.network = network
        self.words = words

    def person(self, name: str) -> Person:
        person = self.discord.person(name, locale=TAGS[self.words.locale])
        person.joins(self.network)
        self.guichet.knows(person, name)
        return person

    def presses(self, person: Person, label: str, where: Channel | None = None) -> None:
        person.presses(self.words(label), where).wait()
        self.rest()

    def rest(self) -> None:
        """Let everything be said, so that transcripts have one order."""
        self.guichet.nudge()
        self.guichet.settled()


def _compare(name: str, locale: str, *seen: tuple[Channel, Person]) -> None:
    text = "\n".join(channel.transcript(person) for channel, person in seen)
    assert_golden(text, GOLDEN / f"{name}.{locale}.txt")


@pytest.fixture
def stage(office: Office, discord: DiscordServer, network: Guild, words: Words) -> Iterator[Stage]:
    with Guichet(office, discord, locale=words.locale) as guichet:
        yield Stage(guichet, network, words)


def test_a_member_answered_by_the_library(stage: Stage, locale: str) -> None:
    claire = stage.person("Claire")
    stage.guichet.asks(claire, ONLY_PRICE)
    stage.rest()
    stage.presses(claire, "button.entry")
    claire.private.wait_for("21 août")
    stage.presses(claire, "button.solved")
    claire.says("merci")
    claire.private.wait_for(stage.words("notice.thanks.text")[:10])
    stage.rest()
    _compare("library", locale, (claire.private, claire))


def test_a_member_sent_to_an_expert_paused_resumed_answered_rated(
    stage: Stage, locale: str, clock: ManualClock
) -> None:
    claire, marc = stage.person("Claire"), stage.person("Marc")
    stage.guichet.asks_experts(claire, DISPUTE, "Marc")
    stage.rest()
    clock.advance(hours=2)
    form = marc.presses(stage.words("button.ask"))
    marc.submits(form, text="Quel est le montant du marché ?").wait()
    stage.rest()
    clock.advance(days=1)
    claire.says("40 000 euros")
    marc.private.wait_for("40 000")
    stage.rest()
    said = marc.says(
        "Répondez au candidat **sous dix jours**, avec les motifs du rejet.", reply_to=marc.private.from_bot()[-1]
    )
    marc.private.wait_for(stage.words("chat.button.send"), after=said)
    stage.presses(marc, "chat.button.send")
    stage.presses(claire, "button.solved")
    claire.presses(stage.words("button.rate", stars=5)).wait()
    stage.rest()
    _compare("expert", locale, (claire.private, claire), (marc.private, marc))


def test_an_expert_on_the_web_answers_a_member_on_discord(stage: Stage, locale: str) -> None:
    claire = stage.person("Claire")
    number = stage.guichet.asks_experts(claire, DISPUTE, "Marc")
    stage.rest()
    marc = stage.guichet.parts.people.identify(AccountRef("console", "marc"))
    assert marc is not None
    page = AccountRef("web", str(marc.id))
    stage.guichet.parts.experts.answer("page:1", page, number, "Répondez **sous dix jours**.\n\n- motifs\n- offre")
    stage.rest()
    _compare("web", locale, (claire.private, claire))


def test_an_experts_day_in_the_room(
    office: Office, discord: DiscordServer, network: Guild, words: Words, locale: str, clock: ManualClock
) -> None:
    room = network.text("experts")
    with Guichet(office, discord, experts=room.id, locale=locale) as guichet:
        stage = Stage(guichet, network, words)
        lea, claire = stage.person("Léa"), stage.person("Claire")
        guichet.asks_experts(claire, DISPUTE, "Léa")
        _shows(stage, room, "chat.topic.assigned")
        thread = next(iter(room.threads.values()))
        note = lea.says("// vérifier le délai", thread)
        thread.wait_for("1", after=note)
        clock.advance(hours=1)
        said = lea.says("Répondez au candidat **sous dix jours**.", thread)
        thread.wait_for(words("chat.button.send"), after=said)
        stage.presses(lea, "chat.button.send", thread)
        _shows(stage, room, "chat.topic.answered")
        stage.presses(claire, "button.solved")
        discord.wait_until(lambda: thread.archived, "the thread put away")
        stage.rest()
        _compare("room", locale, (room, lea), (claire.private, claire))


def _shows(stage: Stage, room: Channel, state: str) -> None:
    word = stage.words(state)
    stage.discord.wait_until(lambda: any(f" {word} " in thread.name for thread in room.threads.values()), word)


def test_another_members_reply_does(
    office: Office, discord: DiscordServer, network: Guild, words: Words, locale: str
) -> None:
    forum = network.forum("questions")
    with Guichet(office, discord, forum=forum.id, locale=locale) as guichet:
        stage = Stage(guichet, network, words)
        claire, marc = stage.person("Claire"), stage.person("Marc")
        paul = discord.person("Paul", locale=TAGS[locale])
        paul.joins(network)
        with office.unit() as unit:
            create_person(unit, "Paul", frozenset())
        guichet.knows(paul, "Paul")
        post = claire.posts(forum, "Recours", DISPUTE)
        post.wait_for("1")
        stage.rest()
        guichet.give(1, "Marc")
        marc.private.wait_for("1")
        stage.rest()
        paul.says("Chez nous, la préfecture a répondu en deux jours.", post)
        offer = post.wait_for("Paul")
        stage.rest()
        claire.presses(offer.buttons[0]["label"], offer).wait()
        stage.rest()
        discord.wait_until(lambda: post.archived, "the post put away, after the last word")
        _compare("forum", locale, (forum, claire), (paul.private, paul), (marc.private, marc))


def test_a_coordinators_breach(
    office: Office, discord: DiscordServer, network: Guild, words: Words, locale: str, clock: ManualClock
) -> None:
    watch = network.text("coordination")
    with Guichet(office, discord, coordinators=watch.id, locale=locale) as guichet:
        stage = Stage(guichet, network, words)
        claire, nadia = stage.person("Claire"), stage.person("Nadia")
        guichet.asks_experts(claire, DISPUTE, "Marc")
        stage.rest()
        clock.advance(days=7, hours=2)
        guichet.sweep()
        stage.rest()
        claire.private.wait_for(words("notice.late.text", number=1, question="", due="")[:20])
        shown = (
            words("view.board.late"),
            words("view.board.sweep", at=guichet.parts.words_for(locale).moment(clock.now())),
        )
        discord.wait_until(
            lambda: len(watch.from_bot()) == 3 and all(text in watch.from_bot()[0].text for text in shown),
            "all of it shown",
        )
        nadia.runs(f"/{words('discord.command.late')}", watch).wait_for("1")
        stage.rest()
        _compare("breach", locale, (watch, nadia), (nadia.private, nadia), (claire.private, claire))
