"""What was erased here does not stay in Telegram, as far as a bot may take it away there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpdesk.tables import RetractionRow
from tests.telegram.botapi.user import Attachment
from tests.telegram.service import Guichet

if TYPE_CHECKING:
    from helpdesk.office import Office
    from tests.clock import ManualClock
    from tests.telegram.botapi.server import BotApiServer
    from tests.telegram.botapi.user import User

DISPUTE = "Un candidat évincé menace d'un recours contre notre marché de nettoyage, que faire ?"
BEGINNING = "Un candidat évincé menace"


def _left(guichet: Guichet) -> int:
    with guichet.office.reading() as unit:
        return unit.session.query(RetractionRow).count()


def _erases(claire: User, choice: str = "Effacer, et retirer mes questions") -> None:
    asked = claire.says("/mesdonnees")
    claire.private.wait_for("Effacer mes données", after=asked)
    claire.presses("Effacer mes données")
    claire.private.wait_for("ne peut pas être défait")
    claire.presses(choice)
    claire.private.wait_for("C'est fait")


def _gone(guichet: Guichet) -> None:
    guichet.nudge()
    guichet.telegram.wait_until(lambda: _left(guichet) == 0, "everything taken away")


def test_recent_messages_are_deleted_on_both_sides(
    guichet: Guichet, telegram: BotApiServer, claire: User, marc: User
) -> None:
    guichet.asks_experts(claire, DISPUTE, "Marc")
    card = marc.private.wait_for("Question n° 1")
    acknowledged = claire.private.wait_for("vous répond avant")
    guichet.settled()
    _erases(claire)
    _gone(guichet)
    assert card.deleted
    assert acknowledged.deleted
    assert BEGINNING not in marc.private.transcript()
    assert "supprimez cette conversation" in claire.private.transcript()
    assert claire.private.transcript().count(BEGINNING) == 1, "what they wrote themselves is theirs to delete"
    assert telegram.called("deleteMessage")


def test_older_messages_lose_their_words(guichet: Guichet, claire: User, marc: User, clock: ManualClock) -> None:
    guichet.asks_experts(claire, DISPUTE, "Marc")
    card = marc.private.wait_for("Question n° 1")
    guichet.settled()
    clock.advance(hours=49)
    _erases(claire)
    _gone(guichet)
    assert not card.deleted
    assert card.text == "Message effacé à la demande de la personne concernée."
    assert card.labels == []


def test_a_file_too_old_to_delete_is_left_and_nothing_waits_for_it(
    guichet: Guichet, claire: User, marc: User, clock: ManualClock
) -> None:
    claire.says(DISPUTE, document=Attachment("lettre.pdf", b"%PDF", "application/pdf"))
    guichet.telegram.wait_until(lambda: guichet.latest() == 1)
    guichet.give(1, "Marc")
    card = marc.private.wait_for("Question n° 1")
    guichet.settled()
    clock.advance(hours=49)
    _erases(claire)
    _gone(guichet)
    assert card.text.startswith("Message effacé")


def test_a_blocked_chat_holds_nothing_back(guichet: Guichet, claire: User, marc: User) -> None:
    guichet.asks_experts(claire, DISPUTE, "Marc")
    marc.private.wait_for("Question n° 1")
    guichet.settled()
    marc.blocks()
    _erases(claire)
    _gone(guichet)


def test_what_could_not_be_taken_away_now_is_later(
    guichet: Guichet, telegram: BotApiServer, claire: User, marc: User
) -> None:
    guichet.asks_experts(claire, DISPUTE, "Marc")
    card = marc.private.wait_for("Question n° 1")
    guichet.settled()
    telegram.fail_next("deleteMessage", times=1, status=502)
    _erases(claire)
    telegram.wait_until(lambda: len(telegram.called("deleteMessage")) == 1, "a first try")
    guichet.restart()
    _gone(guichet)
    assert card.deleted


@pytest.mark.parametrize("rights", [("can_manage_topics", "can_delete_messages"), ("can_manage_topics",)])
def test_the_topic_of_an_erased_question_goes_or_loses_its_words(
    office: Office, telegram: BotApiServer, rights: tuple[str, ...]
) -> None:
    lea, claire = telegram.user("Léa"), telegram.user("Claire")
    room = telegram.forum("Salle", lea, rights=rights)
    with Guichet(office, telegram, room=str(room.id)) as guichet:
        guichet.knows(lea, "Léa")
        guichet.knows(claire, "Claire")
        guichet.asks_experts(claire, DISPUTE, "Léa")
        room.wait_for("Mairie de Bois-Joli")
        topic = next(iter(room.topics.values()))
        _erases(claire)
        _gone(guichet)
        if "can_delete_messages" in rights:
            telegram.wait_until(lambda: topic.deleted, "the topic gone")
        else:
            telegram.wait_until(lambda: BEGINNING not in topic.name, "the topic's name without the question")
            telegram.wait_until(lambda: BEGINNING not in room.transcript(), "its card too")
