"""Whole conversations as people see them, in order and in both languages, compared exactly with ``golden/``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.words import LOCALES, Words
from helpdesk.attachments import Upload
from helpdesk.experts import Put
from helpdesk.model import AccountRef
from tests.golden import assert_golden
from tests.telegram.botapi.user import Attachment
from tests.telegram.service import Guichet

if TYPE_CHECKING:
    from helpdesk.database import Database
    from helpdesk.office import Office
    from tests.clock import ManualClock
    from tests.telegram.botapi.chat import Chat
    from tests.telegram.botapi.model import Topic
    from tests.telegram.botapi.server import BotApiServer
    from tests.telegram.botapi.user import User

GOLDEN = Path(__file__).parent / "golden"
ONLY_PRICE = "Le prix peut-il rester le seul critère d'attribution ?"
LABEL = "Peut-on exiger un label dans un marché ?"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PRICE_DOUBLED = "Le prix du papier recyclé a doublé, de combien puis-je augmenter le marché ?"
LAW = {"fr": "Juridique", "en": "Legal"}
DISPUTE = "Un candidat évincé menace d'un recours contre notre marché de nettoyage, que faire ?"

pytestmark = [pytest.mark.long, pytest.mark.parametrize("locale", LOCALES)]


def _compare(name: str, locale: str, *chats: Chat, secret: str = "") -> None:
    text = "\n".join(chat.story() for chat in chats)
    if secret:
        text = text.replace(secret, "CODE")
    assert_golden(text, GOLDEN / f"{name}.{locale}.txt")


class Stage:
    """The people of the conversations, their telephones in one language, and its words."""

    def __init__(self, guichet: Guichet, telegram: BotApiServer, words: Words) -> None:
        self.guichet = guichet
        self.telegram = telegram
        self.words = words

    def person(self, name: str) -> User:
        user = self.telegram.user(name, language=self.words.locale)
        self.guichet.knows(user, name)
        return user

    def presses(self, user: User, label: str, chat: Chat | None = None) -> None:
        user.presses(self.words(label), chat=chat)
        self.rest()

    def rest(self) -> None:
        """Let everything be said, so that transcripts have one order."""
        self.guichet.nudge()
        self.guichet.settled()

    def answers(self, expert: User, text: str) -> None:
        said = expert.says(text, reply_to=expert.private.from_bot()[-1])
        expert.private.wait_for("1", after=said)
        self.presses(expert, "chat.button.send")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """Both databases in turn: what people see must not depend on it."""
    database: Database = request.getfixturevalue(request.param)
    return database


@pytest.fixture
def stage(office: Office, telegram: BotApiServer, words: Words) -> Iterator[Stage]:
    with Guichet(office, telegram, locale=words.locale) as guichet:
        yield Stage(guichet, telegram, words)


def test_a_member_answered_by_the_library(stage: Stage, locale: str) -> None:
    claire = stage.person("Claire")
    stage.guichet.asks(claire, ONLY_PRICE)
    stage.rest()
    stage.presses(claire, "button.entry")
    claire.private.wait_for("21 août")
    stage.presses(claire, "button.solved")
    claire.says("merci")
    stage.rest()
    _compare("library", locale, claire.private)


def test_a_member_sent_to_an_expert_paused_resumed_answered_rated(
    stage: Stage, locale: str, clock: ManualClock
) -> None:
    claire, marc = stage.person("Claire"), stage.person("Marc")
    stage.guichet.asks_experts(claire, DISPUTE, "Marc")
    stage.rest()
    clock.advance(hours=2)
    marc.presses(stage.words("button.ask"))
    marc.private.wait_for(stage.words("chat.button.drop"))
    asked = marc.says("Quel est le montant du marché ?")
    marc.private.wait_for(stage.words("chat.button.query"), after=asked)
    stage.presses(marc, "chat.button.query")
    clock.advance(days=1)
    claire.says("40 000 euros")
    stage.rest()
    stage.answers(marc, "Répondez au candidat **sous dix jours**, avec les motifs du rejet.")
    stage.presses(claire, "button.solved")
    claire.presses(stage.words("button.rate", stars=5))
    stage.rest()
    _compare("expert", locale, claire.private, marc.private)


def test_a_group_question_in_a_topic(stage: Stage, locale: str) -> None:
    claire = stage.person("Claire")
    forum = stage.telegram.forum("Acheteurs responsables", claire)
    topic = claire.opens_topic(forum, "Questions")
    claire.says(f"@guichet_bot {LABEL}", topic=topic)
    card = forum.wait_for("si tous ses critères")
    stage.rest()
    claire.presses(stage.words("button.human"), card)
    stage.rest()
    _compare("group", locale, forum)


def test_a_coordinators_breach(stage: Stage, locale: str, clock: ManualClock) -> None:
    claire, nadia = stage.person("Claire"), stage.person("Nadia")
    nadia.says("/start")
    nadia.private.wait_for("Nadia")
    number = stage.guichet.asks_experts(claire, DISPUTE, "Marc")
    stage.rest()
    clock.advance(days=7, hours=2)
    stage.guichet.sweep()
    stage.rest()
    board = nadia.says(f"/{stage.words('command.board').split()[0]}")
    nadia.private.wait_for(stage.words("telegram.board.by_theme"), after=board)
    excuse = nadia.says(f"/{stage.words('command.excuse').split()[0]} {number}")
    nadia.private.wait_for(stage.words("chat.button.drop"), after=excuse)
    reason = nadia.says("Panne de courant à la mairie")
    nadia.private.wait_for("1", after=reason)
    stage.rest()
    _compare("breach", locale, nadia.private, claire.private)


def test_an_expert_on_the_web_answers_a_member_on_telegram(stage: Stage, locale: str) -> None:
    claire = stage.person("Claire")
    number = stage.guichet.asks_experts(claire, DISPUTE, "Marc")
    stage.rest()
    web = AccountRef("web", str(_person(stage, "marc")))
    stage.guichet.parts.experts.answer(
        "page:1",
        web,
        number,
        "Répondez **sous dix jours**.\n\n- motifs\n- offre retenue",
        put=Put((Upload("modèle.docx", DOCX, b"PK"),)),
    )
    stage.rest()
    _compare("web", locale, claire.private)


def test_a_newcomer_who_asks_first(stage: Stage, locale: str) -> None:
    paul = stage.telegram.user("Paul", "Petit", language=locale)
    paul.says(LABEL)
    paul.private.wait_for(stage.words("telegram.join.kept"))
    paul.says("bois joli")
    paul.private.wait_for(re.escape(stage.words("chat.join.which")))
    paul.presses("Mairie de Bois-Joli")
    paul.private.wait_for("tous ses critères")
    stage.rest()
    _compare("newcomer", locale, paul.private)


def test_an_invitation_from_the_coordinator(stage: Stage, locale: str) -> None:
    nadia = stage.person("Nadia")
    nadia.says(f"/{stage.words('command.invite')} mairie de bois joli")
    made = nadia.private.wait_for("https://t.me/guichet_bot")
    (code,) = re.findall(r"start=([\w-]+)", made.text)
    paul = stage.telegram.user("Paul", "Petit", language=locale)
    paul.starts(code)
    paul.private.wait_for("Mairie de Bois-Joli")
    stage.rest()
    _compare("invitation", locale, nadia.private, paul.private, secret=code)


def test_an_answer_with_a_file_becomes_a_proposed_entry(stage: Stage, locale: str) -> None:
    claire, marc, nadia = stage.person("Claire"), stage.person("Marc"), stage.person("Nadia")
    nadia.says("/start")
    nadia.private.wait_for("Nadia")
    letter = Attachment("lettre du candidat.pdf", b"%PDF-1.4 lettre", "application/pdf")
    claire.says(DISPUTE, document=letter)
    stage.telegram.wait_until(lambda: stage.guichet.latest() == 1, "the question")
    stage.rest()
    model = Attachment("modèle de réponse.docx", b"PK", DOCX)
    said = marc.says("Voici un modèle à adapter.", reply_to=marc.private.from_bot()[0], document=model)
    marc.private.wait_for("1", after=said)
    stage.presses(marc, "chat.button.send")
    stage.presses(marc, "button.propose")
    title = marc.says("Que répondre à un candidat évincé qui conteste ?")
    marc.private.wait_for(".", after=title)
    stage.rest()
    _compare("proposal", locale, claire.private, marc.private, nadia.private)


def test_a_person_sees_and_erases_their_data(stage: Stage, locale: str) -> None:
    claire, marc = stage.person("Claire"), stage.person("Marc")
    stage.guichet.asks_experts(claire, DISPUTE, "Marc")
    stage.rest()
    asked = claire.says(f"/{stage.words('command.data')}")
    claire.private.wait_for(stage.words("chat.button.erase"), after=asked)
    stage.presses(claire, "chat.button.erase")
    stage.presses(claire, "chat.button.erase_drop")
    stage.telegram.wait_until(lambda: stage.telegram.called("deleteMessage"), "messages deleted")
    stage.telegram.wait_until(lambda: DISPUTE not in marc.private.transcript(), "the card deleted")
    stage.rest()
    _compare("erasure", locale, claire.private, marc.private)


def test_an_experts_day_in_the_room(
    office: Office, telegram: BotApiServer, words: Words, locale: str, clock: ManualClock
) -> None:
    lea, marc = telegram.user("Léa", language=locale), telegram.user("Marc", language=locale)
    room = telegram.forum("Salle des experts", lea)
    marc.joins(room)
    with Guichet(office, telegram, room=str(room.id), locale=locale) as guichet:
        stage = Stage(guichet, telegram, words)
        guichet.knows(lea, "Léa")
        guichet.knows(marc, "Marc")
        claire = stage.person("Claire")
        _is_away(stage, "lea", clock)
        guichet.asks(claire, PRICE_DOUBLED)
        topic = _topic(telegram, room, words("chat.topic.queued"))
        card = room.wait_for("Mairie de Bois-Joli")
        stage.rest()
        lea.presses(words("chat.button.take"), card)
        _topic(telegram, room, words("chat.topic.assigned"))
        stage.rest()
        lea.presses(words("button.pass"), card)
        room.wait_for(re.escape(words("chat.pass", number=1)))
        lea.presses(words("chat.person", name="Marc", count=0), chat=room)
        telegram.wait_until(lambda: words("notice.holder.person", assignee="Marc") in card.text, "Marc on the card")
        stage.rest()
        marc.presses(words("chat.button.theme"), card)
        room.wait_for(re.escape(words("chat.theme", number=1)))
        marc.presses(LAW[locale], chat=room)
        room.wait_for(re.escape(words("telegram.theme_now", number=1, theme=LAW[locale])))
        telegram.wait_until(lambda: f": {LAW[locale]}" in card.text, "the theme on the card")
        stage.rest()
        _drafts(marc, topic, "Votre marché a-t-il une clause de révision ?", words("chat.button.query"))
        _topic(telegram, room, words("chat.topic.waiting"))
        stage.rest()
        clock.advance(hours=1)
        claire.says("Oui, annuelle.")
        room.wait_for("annuelle")
        _topic(telegram, room, words("chat.topic.assigned"))
        stage.rest()
        note = marc.says("// comparer avec l'indice du papier", topic=topic)
        room.wait_for("1", after=note)
        _drafts(marc, topic, "Appliquez **la clause**, rien de plus.", words("chat.button.send"))
        _topic(telegram, room, words("chat.topic.answered"))
        stage.rest()
        claire.presses(words("button.solved"))
        telegram.wait_until(lambda: topic.closed, "the topic closed")
        stage.rest()
        _compare("room", locale, room, claire.private)


def _is_away(stage: Stage, console: str, clock: ManualClock) -> None:
    """Declare somebody away today: what comes waits for whoever takes it."""
    today = clock.now().date()
    stage.guichet.parts.experts.declare_absence("away", AccountRef("console", console), today, today)


def _drafts(expert: User, topic: Topic, text: str, button: str) -> None:
    said = expert.says(text, topic=topic)
    topic.chat.wait_for(re.escape(button), after=said)
    expert.presses(button, chat=topic.chat)


def _topic(telegram: BotApiServer, room: Chat, state: str) -> Topic:
    """Wait for the topic to show a state in its name; return it."""
    telegram.wait_until(lambda: any(f" {state} " in topic.name for topic in room.topics.values()), state)
    (topic,) = room.topics.values()
    return topic


def _person(stage: Stage, console: str) -> int:
    person = stage.guichet.parts.people.identify(AccountRef("console", console))
    assert person is not None
    return person.id
