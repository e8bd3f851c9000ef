"""The experts' room: a topic for each question, its card kept up to date, drafts sent by one press."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from helpdesk.attachments import Upload
from helpdesk.experts import Put
from helpdesk.model import AccountRef, MessageKind, State
from helpdesk.tables import MessageRow, TopicRow
from tests.telegram.botapi.icons import ICONS
from tests.telegram.botapi.user import Attachment
from tests.telegram.service import Guichet

if TYPE_CHECKING:
    from helpdesk.office import Office
    from tests.clock import ManualClock
    from tests.telegram.botapi.chat import Chat
    from tests.telegram.botapi.model import Topic
    from tests.telegram.botapi.server import BotApiServer
    from tests.telegram.botapi.user import User

DISPUTE = "Un candidat évincé menace d'un recours contre notre marché de nettoyage, que faire ?"


@pytest.fixture
def lea(telegram: BotApiServer) -> User:
    return telegram.user("Léa")


@pytest.fixture
def room(telegram: BotApiServer, lea: User) -> Chat:
    return telegram.forum("Salle des experts", lea)


@pytest.fixture
def guichet(office: Office, telegram: BotApiServer, room: Chat, lea: User) -> Iterator[Guichet]:
    with Guichet(office, telegram, room=str(room.id)) as service:
        service.knows(lea, "Léa")
        yield service


def _topic(guichet: Guichet, room: Chat, start: str) -> Topic:
    found: list[Topic] = []

    def look() -> bool:
        found[:] = [topic for topic in room.topics.values() if topic.name.startswith(start) and not topic.deleted]
        return bool(found)

    guichet.telegram.wait_until(look, f"a topic {start!r} among {[topic.name for topic in room.topics.values()]}")
    return found[-1]


def _bodies(guichet: Guichet, kind: MessageKind) -> list[str]:
    with guichet.office.reading() as unit:
        return [row.body for row in unit.session.query(MessageRow).filter_by(kind=kind).order_by(MessageRow.id)]


def _icon(topic: Topic) -> str:
    return ICONS.get(topic.icon_custom_emoji_id, "")


def test_a_question_gets_its_topic_and_is_answered_from_it(
    guichet: Guichet, room: Chat, claire: User, lea: User
) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Léa")
    topic = _topic(guichet, room, "n° 1 · confiée")
    card = room.wait_for("Mairie de Bois-Joli")
    assert card.topic is topic
    assert _icon(topic) == "👀"
    assert ["Passer à un collègue", "Demander une précision"] in card.labels
    lea.says("Répondez sous dix jours.", topic=topic)
    room.wait_for("Que faire de ce message")
    lea.presses("Envoyer au membre", chat=room)
    claire.private.wait_for("Réponse de Léa")
    room.wait_for("Envoyé au membre")
    assert guichet.ticket(number).state is State.answered
    assert _topic(guichet, room, "n° 1 · répondue") is topic
    assert _icon(topic) == "✅"
    claire.presses("Cela répond à ma question")
    assert _topic(guichet, room, "n° 1 · terminée") is topic
    guichet.telegram.wait_until(lambda: topic.closed, "the topic closed")
    assert _icon(topic) == "🏁"
    assert room.message(card.id) is card
    assert card.labels == []
    assert room.transcript().count("Répondez sous dix jours") == 2  # what Léa wrote, and the prompt that quotes it


def test_a_pause_its_reply_and_notes_show_in_the_topic(guichet: Guichet, room: Chat, claire: User, lea: User) -> None:
    guichet.asks_experts(claire, DISPUTE, "Léa")
    topic = _topic(guichet, room, "n° 1")
    room.wait_for("Mairie de Bois-Joli")
    lea.says("// vérifier le CCAG", topic=topic)
    room.wait_for("Note ajoutée")
    lea.says("Quel est le montant ?", topic=topic)
    room.wait_for("Que faire de ce message")
    lea.presses("Lui demander une précision", chat=room)
    claire.private.wait_for("Quel est le montant")
    _topic(guichet, room, "n° 1 · attend le membre")
    claire.says("40 000 euros")
    said = room.wait_for("40 000 euros")
    assert said.topic is topic
    assert said.text.startswith("Le membre")
    _topic(guichet, room, "n° 1 · confiée")
    assert _bodies(guichet, MessageKind.note) == ["vérifier le CCAG"]
    assert room.transcript().count("vérifier le CCAG") == 2  # what Léa wrote, and the reply that quotes it
    assert "Claire" not in room.transcript()


def test_a_restart_while_a_draft_waits_in_the_room_changes_nothing(
    guichet: Guichet, room: Chat, claire: User, lea: User
) -> None:
    guichet.asks_experts(claire, DISPUTE, "Léa")
    topic = _topic(guichet, room, "n° 1 · confiée")
    lea.says("Répondez sous dix jours.", topic=topic)
    room.wait_for("Que faire de ce message")
    guichet.restart()
    lea.presses("Envoyer au membre", chat=room)
    claire.private.wait_for("Réponse de Léa")
    assert _bodies(guichet, MessageKind.answer) == ["Répondez sous dix jours."]


def test_what_is_answered_on_the_page_is_told_in_the_topic(guichet: Guichet, room: Chat, claire: User) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Marc")
    topic = _topic(guichet, room, "n° 1")
    guichet.parts.experts.answer("page:1", AccountRef("console", "marc"), number, "Répondez **vite**.")
    said = room.wait_for("Marc a répondu au membre")
    assert said.topic is topic


def test_buttons_take_pass_and_set_the_theme(guichet: Guichet, room: Chat, claire: User, lea: User) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Léa")
    _topic(guichet, room, "n° 1 · confiée")
    card = room.wait_for("Mairie de Bois-Joli")
    lea.presses("Changer le thème", card)
    room.wait_for("Quel est le thème")
    lea.presses(f"theme:{number}:alimentation", chat=room)
    guichet.telegram.wait_until(lambda: guichet.ticket(number).theme_id == "alimentation", "the theme set")
    press = lea.presses("Demander une précision", card)
    guichet.telegram.wait_acknowledged()
    assert "Écrivez-le dans ce sujet" in (press.answer or "")
    lea.presses("Passer à un collègue", card)
    prompt = room.wait_for("À qui passer")
    lea.presses("Marc (0 en cours)", chat=room)
    room.wait_for("Elle est confiée à Marc")
    assert room.message(prompt.id) is prompt
    guichet.telegram.wait_until(lambda: prompt.text == f"La question n° {number} est confiée à Marc.", "the outcome")
    assert prompt.labels == []
    lea.presses("Passer à un collègue", card)
    assert room.wait_for("La prendre moi-même").labels == [["La prendre moi-même"]]
    lea.presses("La prendre moi-même", chat=room)
    room.wait_for("Elle est confiée à Léa")


def test_whoever_passes_on_what_they_may_not_see_any_more_is_told_who_has_it(
    guichet: Guichet, room: Chat, claire: User, lea: User
) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Léa")
    card = room.wait_for("Mairie de Bois-Joli")
    lea.presses("Passer à un collègue", card)
    prompt = room.wait_for("À qui passer")
    press = lea.presses("Marc (0 en cours)", chat=room)
    guichet.telegram.wait_acknowledged()
    assert press.answer == f"La question n° {number} est passée à quelqu'un d'autre."
    assert prompt.text == f"La question n° {number} est confiée à Marc."


def test_an_expert_of_other_themes_is_told_who_may_answer(
    guichet: Guichet, room: Chat, claire: User, marc: User, lea: User, telegram: BotApiServer
) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Marc")
    topic = _topic(guichet, room, "n° 1 · confiée")
    card = room.wait_for("Mairie de Bois-Joli")
    for text in ("Un référé précontractuel ?", "// à vérifier"):
        lea.says(text, topic=topic)
        telegram.wait_acknowledged()
    told = [one.text for one in room.from_bot() if "Votre message reste dans ce fil" in one.text]
    assert len(told) == 1
    assert "demandez-leur de vous la passer" in told[0]
    assert "Que faire de ce message" not in room.transcript()
    press = lea.presses("Passer à un collègue", card)
    telegram.wait_acknowledged()
    assert "pour les experts de son thème" in (press.answer or "")
    assert guichet.ticket(number).state is State.assigned
    marc.joins(room)
    marc.says("Répondez sous dix jours.", topic=topic)
    room.wait_for("Que faire de ce message")


def test_a_command_in_a_topic_is_about_its_question_and_answered_there(
    guichet: Guichet, room: Chat, claire: User, lea: User
) -> None:
    guichet.asks_experts(claire, DISPUTE, "Léa")
    topic = _topic(guichet, room, "n° 1")
    room.wait_for("Mairie de Bois-Joli")
    asked = lea.says("/ticket", topic=topic)
    assert room.wait_for("Question n° 1 :", after=asked).topic is topic
    noted = lea.says("/note vérifier le CCAG", topic=topic)
    assert room.wait_for("Note ajoutée à la question n° 1", after=noted).topic is topic
    begun = lea.says("/repondre", topic=topic)
    room.wait_for("Écrivez-le dans ce sujet", after=begun)
    said = lea.says("Répondez sous dix jours.", topic=topic)
    room.wait_for("Que faire de ce message", after=said)


def test_what_is_personal_is_told_in_private_and_quotes_nothing_there(
    guichet: Guichet, room: Chat, lea: User, telegram: BotApiServer
) -> None:
    lea.says("/start")
    lea.private.wait_for("Bonjour Léa")
    asked = lea.says("/absences", room)
    told = lea.private.wait_for("Aucune absence")
    telegram.wait_acknowledged()
    assert told.reply_to is None
    assert guichet.latest() == 0
    assert room.from_bot() == []
    assert asked.id != told.id


def test_a_broken_promise_shows(guichet: Guichet, room: Chat, claire: User, clock: ManualClock) -> None:
    guichet.asks_experts(claire, DISPUTE, "Léa")
    topic = _topic(guichet, room, "n° 1 · confiée")
    clock.advance(days=7, hours=2)
    guichet.sweep()
    assert _topic(guichet, room, "n° 1 · en retard") is topic
    assert _icon(topic) == "🔥"
    room.wait_for("La promesse n'est pas tenue")


def test_a_topic_that_somebody_deleted_is_opened_again(guichet: Guichet, room: Chat, claire: User, lea: User) -> None:
    guichet.asks_experts(claire, DISPUTE, "Léa")
    topic = _topic(guichet, room, "n° 1")
    room.wait_for("Mairie de Bois-Joli")
    lea.deletes_topic(topic)
    claire.says("Le marché est signé depuis mars, ajoutez-le.", reply_to=claire.private.from_bot()[-1])
    guichet.telegram.wait_until(lambda: len([one for one in room.topics.values() if not one.deleted]) == 1, "again")
    room.wait_for("signé depuis mars")


def test_a_lost_acknowledgement_leaves_one_living_topic_whatever_its_question_became(
    guichet: Guichet, room: Chat, claire: User, lea: User
) -> None:
    guichet.stop()
    guichet.telegram.cut_after_effect("createForumTopic")
    guichet.start()
    guichet.asks_experts(claire, DISPUTE, "Léa")
    guichet.telegram.wait_until(lambda: len(room.topics) == 1, "a topic that nobody knows of")
    guichet.restart()
    guichet.telegram.wait_until(lambda: len(room.topics) >= 2, "another one")
    room.wait_for("Mairie de Bois-Joli")
    orphan = next(iter(room.topics.values()))
    guichet.parts.experts.answer("page:1", AccountRef("console", "lea"), 1, "Sous dix jours.")
    _topic(guichet, room, "n° 1 · répondue")
    lea.says("Je regarde.", topic=orphan)
    room.wait_for("Ce sujet est un doublon")
    guichet.telegram.wait_until(lambda: orphan.closed, "the orphan closed")


def test_what_is_written_before_the_making_of_a_topic_is_known_is_said_of_its_question(
    guichet: Guichet, room: Chat, claire: User, lea: User, telegram: BotApiServer
) -> None:
    with telegram.holding("createForumTopic", answer=True):
        number = guichet.asks_experts(claire, DISPUTE, "Léa")
        topic = _topic(guichet, room, f"n° {number}")
        lea.says("Répondez sous dix jours.", topic=topic)
        room.wait_for("Que faire de ce message")
        lea.presses("Envoyer au membre", chat=room)
        claire.private.wait_for("Réponse de Léa")
    assert room.wait_for("Mairie de Bois-Joli").topic is topic
    assert _topic(guichet, room, f"n° {number} · répondue") is topic
    assert list(room.topics.values()) == [topic]


def test_a_topic_whose_making_was_lost_is_the_questions_once_somebody_writes_there_while_another_is_made(
    guichet: Guichet, room: Chat, claire: User, lea: User, telegram: BotApiServer
) -> None:
    telegram.cut_after_effect("createForumTopic")
    with telegram.holding("createForumTopic", answer=True):
        guichet.asks_experts(claire, DISPUTE, "Léa")
        topic = _topic(guichet, room, "n° 1")
        guichet.restart()
        telegram.wait_until(lambda: len(room.topics) > 1, "another topic, the first one's making being lost")
        lea.says("Répondez sous dix jours.", topic=topic)
        room.wait_for("Que faire de ce message")
    telegram.wait_until(lambda: list(room.topics.values())[-1].closed, "the other topic closed")
    assert room.wait_for("Mairie de Bois-Joli").topic is topic
    lea.presses("Envoyer au membre", chat=room)
    claire.private.wait_for("Réponse de Léa")


def test_strangers_and_members_cannot_answer_from_the_room(
    guichet: Guichet, room: Chat, claire: User, telegram: BotApiServer
) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Léa")
    topic = _topic(guichet, room, "n° 1")
    room.wait_for("Mairie de Bois-Joli")
    eve = telegram.user("Eve")
    eve.joins(room)
    eve.says("Attaquez-les.", topic=topic)
    room.wait_for("Je ne vous connais pas encore")
    claire.joins(room)
    claire.says("Et moi ?", topic=topic)
    room.wait_for("Seuls les experts du réseau répondent d'ici")
    telegram.wait_acknowledged()
    assert guichet.ticket(number).state is State.assigned


def test_every_step_is_recorded(guichet: Guichet, room: Chat, claire: User) -> None:
    guichet.asks(claire, DISPUTE)  # given to whoever has it at once: the card is shown but once
    topic = _topic(guichet, room, "n° 1")
    card = room.wait_for("Mairie de Bois-Joli")
    guichet.settled()

    def kept() -> tuple[str | None, str | None, bool]:
        with guichet.office.reading() as unit:
            row = unit.session.query(TopicRow).one()
            return row.thread, row.card, row.closed

    guichet.telegram.wait_until(lambda: kept() == (str(topic.id), str(card.id), False), "every step kept")
    before = len(guichet.telegram.calls)
    guichet.restart()
    guichet.settled()
    again = [call.method for call in guichet.telegram.calls[before:]]
    assert not {"createForumTopic", "sendMessage", "editMessageText", "editForumTopic"} & set(again)


PRICES = "Le prix du papier recyclé a doublé, de combien puis-je augmenter le marché ?"
MODEL = Put((Upload("modèle <b>&1.pdf", "application/pdf", b"%PDF"),))


def test_a_file_that_telegram_refuses_is_named_once_and_holds_nothing_back(
    guichet: Guichet, room: Chat, claire: User, telegram: BotApiServer
) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Léa")
    topic = _topic(guichet, room, "n° 1 · confiée")
    refusal = "Bad Request: file must be non-empty"
    telegram.fail_next("sendDocument", status=400, description=refusal, chat=room, times=5)
    guichet.parts.experts.answer("page:1", AccountRef("console", "lea"), number, "Voici un modèle.", put=MODEL)
    guichet.nudge()
    said = room.wait_for("pas pris le fichier « modèle _b_&1.pdf »")
    assert said.topic is topic
    guichet.asks_experts(claire, PRICES, "Léa")
    _topic(guichet, room, "n° 2")
    assert room.transcript().count("Voici un modèle.") == 1


def test_a_file_that_must_wait_is_given_later_and_its_words_are_said_once(
    guichet: Guichet, room: Chat, claire: User, telegram: BotApiServer
) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Léa")
    _topic(guichet, room, "n° 1 · confiée")
    guichet.settled()
    telegram.fail_next("sendDocument", status=502, chat=room)
    guichet.parts.experts.answer("page:1", AccountRef("console", "lea"), number, "Voici un modèle.", put=MODEL)

    def given() -> bool:
        guichet.nudge()
        return any(one.media for one in room.from_bot())

    telegram.wait_until(given, "the file given")
    assert room.transcript().count("Voici un modèle.") == 1


def test_the_files_of_a_question_that_must_wait_are_given_later(
    guichet: Guichet, room: Chat, claire: User, telegram: BotApiServer
) -> None:
    telegram.fail_next("sendDocument", status=502, chat=room)
    claire.says(DISPUTE, document=Attachment("lettre.pdf", b"%PDF", "application/pdf"))
    room.wait_for("Mairie de Bois-Joli")

    def given() -> bool:
        guichet.nudge()
        return [one.media.file.name for one in room.from_bot() if one.media] == ["lettre.pdf"]

    telegram.wait_until(given, "the file given")
    assert sum(bool(one.buttons) for one in room.from_bot()) == 1
