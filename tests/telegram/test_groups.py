"""Groups: the bot speaks when it is spoken to, answers where it was asked, and follows a group that moves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from helpdesk.model import AccountRef, Address, Resolution, State
from helpdesk.people import create_person
from helpdesk.tables import TicketRow
from tests.telegram.botapi.server import BotApiServer
from tests.telegram.service import Guichet

if TYPE_CHECKING:
    from helpdesk.office import Office
    from tests.clock import ManualClock
    from tests.telegram.botapi.user import User

LABEL = "Peut-on exiger un label dans un marché ?"
DISPUTE = "Un candidat évincé menace d'un recours contre notre marché de nettoyage, que faire ?"


def _addresses(guichet: Guichet) -> list[Address]:
    with guichet.office.reading() as unit:
        return [row.address for row in unit.session.query(TicketRow).order_by(TicketRow.id)]


def test_a_mention_asks_and_chatter_does_not(guichet: Guichet, telegram: BotApiServer, claire: User) -> None:
    group = telegram.group("Acheteurs", claire)
    claire.says("Bonjour à tous, quel papier recyclé acheter ?", group)
    claire.says(f"@guichet_bot {LABEL}", group)
    group.wait_for("si tous ses critères")
    assert _addresses(guichet) == [Address("telegram", str(group.id))]
    with guichet.office.reading() as unit:
        assert unit.session.query(TicketRow).one().question == LABEL
    assert claire.private.from_bot() == []


def test_an_unknown_command_that_names_the_bot_is_told_what_exists(telegram: BotApiServer, claire: User) -> None:
    group = telegram.group("Acheteurs", claire)
    claire.says("/inconnue", group)
    telegram.wait_acknowledged()
    assert group.from_bot() == []
    claire.says("/inconnue@guichet_bot", group)
    group.wait_for("Tapez /aide pour voir celles qui existent")
    assert claire.private.from_bot() == []


def test_a_command_that_names_another_bot_is_ignored_everywhere(
    guichet: Guichet, telegram: BotApiServer, claire: User
) -> None:
    group = telegram.group("Acheteurs", claire)
    for chat in (group, claire.private):
        claire.says("/aide@autre_bot", chat)
    telegram.wait_acknowledged()
    assert guichet.latest() == 0
    assert group.from_bot() + claire.private.from_bot() == []
    guichet.asks(claire, "/mesure@exemple.fr nous écrit : un candidat évincé menace d'un recours, que faire ?")


def test_a_question_in_a_topic_is_answered_in_it(guichet: Guichet, telegram: BotApiServer, claire: User) -> None:
    forum = telegram.forum("Réseau", claire)
    topic = claire.opens_topic(forum, "Questions")
    claire.says(f"@guichet_bot {LABEL}", topic=topic)
    card = forum.wait_for("si tous ses critères")
    assert card.topic is topic
    assert _addresses(guichet) == [Address("telegram", str(forum.id), str(topic.id))]
    claire.says("un expert", topic=topic, reply_to=card)
    answer = forum.wait_for("je confie votre question|vous répond avant")
    assert answer.topic is topic


def test_what_an_expert_asks_in_a_group_opens_a_reply_to_who_asked(
    guichet: Guichet, telegram: BotApiServer, claire: User, marc: User
) -> None:
    group = telegram.supergroup("Acheteurs", claire, marc)
    number = guichet.asks_experts(claire, f"@guichet_bot {DISPUTE}", "Marc", group)
    acknowledged = group.wait_for("vous répond avant")
    assert "Pour cela, répondez à ce message" in acknowledged.text
    assert acknowledged.reply_to is not None
    assert acknowledged.reply_to.sender is claire
    guichet.parts.experts.ask_member("test:ask", AccountRef("console", "marc"), number, "Quel est le montant ?")
    guichet.nudge()
    asked = group.wait_for("Quel est le montant")
    assert asked.reply_to is acknowledged.reply_to
    assert asked.markup == {"force_reply": True, "selective": True}
    claire.says("40 000 euros", group)
    claire.says("40 000 euros", group, reply_to=asked)
    thanked = group.wait_for("Merci pour votre précision")
    assert thanked.reply_to is group.messages[-2]
    assert guichet.latest() == number


def test_only_the_author_presses_their_card(guichet: Guichet, telegram: BotApiServer, claire: User, marc: User) -> None:
    group = telegram.group("Acheteurs", claire, marc)
    claire.says(f"@guichet_bot {LABEL}", group)
    card = group.wait_for("si tous ses critères")
    press = marc.presses("Cela répond à ma question", card)
    telegram.wait_acknowledged()
    assert press.alert
    assert "Ce bouton est pour la personne qui a posé la question" in (press.answer or "")
    claire.presses("Cela répond à ma question", card)
    group.wait_for("Très bien, c'est noté")
    assert guichet.latest() == 1


@pytest.fixture
def paul(guichet: Guichet, telegram: BotApiServer) -> User:
    """Another member."""
    user = telegram.user("Paul")
    with guichet.office.unit() as unit:
        create_person(unit, "Paul", frozenset())
    guichet.knows(user, "Paul")
    return user


def test_a_members_reply_to_anothers_question_is_offered_and_may_be_the_answer(
    guichet: Guichet, telegram: BotApiServer, claire: User, marc: User, paul: User
) -> None:
    group = telegram.supergroup("Acheteurs", claire, marc, paul)
    number = guichet.asks_experts(claire, f"@guichet_bot {DISPUTE}", "Marc", group)
    card = group.wait_for("vous répond avant")
    said = paul.says("Chez nous, la préfecture a répondu en deux jours.", group, reply_to=card)
    offer = group.wait_for("Si la réponse de Paul vous convient")
    assert offer.reply_to is said
    assert "Paul, si vous avez vous-même une question : /question" in offer.text
    refused = paul.presses("Cette réponse me convient", offer)
    telegram.wait_acknowledged()
    assert "Seule la personne qui a posé la question" in (refused.answer or "")
    paul.says("Et ils étaient aimables.", group, reply_to=card)
    claire.presses("Cette réponse me convient", offer)
    telegram.wait_until(lambda: offer.text == "✅ La réponse de Paul est retenue.", "everybody shown")
    assert offer.labels == []
    guichet.settled()
    assert guichet.ticket(number).resolution is Resolution.member_confirmed
    assert guichet.latest() == number
    assert group.transcript().count("Si la réponse de Paul") == 0
    marc.private.wait_for("la réponse d'un autre membre a convenu")


def test_me_too_waits_for_the_same_answer(
    guichet: Guichet, telegram: BotApiServer, claire: User, marc: User, paul: User
) -> None:
    group = telegram.supergroup("Acheteurs", claire, marc, paul)
    number = guichet.asks_experts(claire, f"@guichet_bot {DISPUTE}", "Marc", group)
    card = group.wait_for("vous répond avant")
    said = paul.says("Moi aussi !", group, reply_to=card)
    joined = group.wait_for("une seule réponse servira à tous")
    assert joined.reply_to is said
    assert (guichet.latest(), guichet.ticket(2).state) == (2, State.joined)
    marc.private.wait_for("Un autre membre pose la même question")
    guichet.parts.experts.answer("test:answer", AccountRef("console", "marc"), number, "Répondez sous dix jours.")
    guichet.nudge()
    telegram.wait_until(lambda: group.transcript().count("Réponse de Marc à votre question") == 2, "both answered")


def test_a_reply_to_a_card_that_is_not_known_to_have_arrived_is_about_its_question(
    guichet: Guichet, telegram: BotApiServer, claire: User, paul: User
) -> None:
    group = telegram.supergroup("Acheteurs", claire, paul)
    telegram.cut_after_effect("sendMessage", chat=group)  # nothing is sent again before the clock moves
    number = guichet.asks(claire, f"@guichet_bot {DISPUTE}", group)
    said = paul.says("Moi aussi !", group, reply_to=group.wait_for("vous répond avant"))
    assert group.wait_for("une seule réponse servira à tous").reply_to is said
    assert (guichet.latest(), guichet.ticket(2).state) == (2, State.joined)
    assert guichet.ticket(number).state is not State.joined


def test_words_between_members_are_neither_kept_nor_answered(
    guichet: Guichet, telegram: BotApiServer, claire: User, marc: User, paul: User
) -> None:
    group = telegram.supergroup("Acheteurs", claire, marc, paul)
    number = guichet.asks_experts(claire, f"@guichet_bot {DISPUTE}", "Marc", group)
    card = group.wait_for("vous répond avant")
    guichet.settled()
    before = len(group.from_bot())
    eve = telegram.user("Eve")
    eve.joins(group)
    for word in ("Bon courage !", "Merci beaucoup, bonne journée", "d'accord", "👍"):
        paul.says(word, group, reply_to=card)
    eve.says("Chez nous, la préfecture a répondu en deux jours.", group, reply_to=card)
    guichet.settled()
    assert (guichet.latest(), len(group.from_bot())) == (number, before)
    assert eve.private.from_bot() == []


def test_a_question_in_reply_to_anothers_is_ones_own(
    guichet: Guichet, telegram: BotApiServer, claire: User, marc: User, paul: User
) -> None:
    group = telegram.supergroup("Acheteurs", claire, marc, paul)
    guichet.asks_experts(claire, f"@guichet_bot {DISPUTE}", "Marc", group)
    card = group.wait_for("vous répond avant")
    said = paul.says(LABEL, group, reply_to=card)
    answer = group.wait_for("si tous ses critères")
    assert answer.reply_to is said
    assert guichet.latest() == 2


def test_what_is_personal_is_said_in_private(guichet: Guichet, telegram: BotApiServer, claire: User) -> None:
    group = telegram.group("Acheteurs", claire)
    claire.says("/mesquestions", group)
    claire.private.wait_for("Vous n'avez pas encore posé de question")
    assert group.from_bot() == []
    claire.says("/meteo", group)
    claire.says("/meteo@another_bot", group)
    telegram.wait_acknowledged()
    assert group.from_bot() == []
    assert guichet.latest() == 0


def test_a_stranger_gets_acquainted_in_private_and_is_answered_in_the_group(
    guichet: Guichet, telegram: BotApiServer
) -> None:
    paul = telegram.user("Paul")
    group = telegram.group("Acheteurs", paul)
    paul.says(f"@guichet_bot {LABEL}", group)
    invitation = group.wait_for("nous ne nous connaissons pas encore")
    assert invitation.buttons[0]["url"] == "https://t.me/guichet_bot?start=join"
    paul.starts("join")
    paul.private.wait_for("J'ai gardé votre question")
    paul.presses("Continuer sans structure")
    group.wait_for("si tous ses critères")
    assert _addresses(guichet) == [Address("telegram", str(group.id))]


def test_a_group_that_moves_is_followed(guichet: Guichet, telegram: BotApiServer, claire: User, marc: User) -> None:
    group = telegram.group("Acheteurs", claire)
    number = guichet.asks_experts(claire, f"@guichet_bot {DISPUTE}", "Marc", group)
    group.wait_for("vous répond avant")
    moved = group.migrate()
    telegram.wait_acknowledged()
    assert _addresses(guichet) == [Address("telegram", str(moved.id))]
    card = marc.private.wait_for(f"Question n° {number}")
    marc.says("Répondez sous dix jours.", reply_to=card)
    marc.private.wait_for("Que faire")
    marc.presses("Envoyer au membre")
    moved.wait_for("Réponse de Marc")


def test_a_delivery_that_meets_a_moved_group_follows_it(guichet: Guichet, telegram: BotApiServer, claire: User) -> None:
    group = telegram.group("Acheteurs", claire)
    number = guichet.asks_experts(claire, f"@guichet_bot {DISPUTE}", "Marc", group)
    group.wait_for("vous répond avant")
    telegram.wait_acknowledged()
    guichet.stop()
    moved = group.migrate()
    telegram.world.updates.pending.clear()  # the message that says so is lost
    guichet.parts.experts.answer("test:answer", AccountRef("console", "marc"), number, "Répondez sous dix jours.")
    guichet.start()
    moved.wait_for("Réponse de Marc")
    assert _addresses(guichet) == [Address("telegram", str(moved.id))]


def test_an_answer_follows_in_private_whoever_left_the_group(
    guichet: Guichet, telegram: BotApiServer, claire: User, marc: User
) -> None:
    group = telegram.group("Acheteurs", marc, claire)
    guichet.asks_experts(claire, f"@guichet_bot {DISPUTE}", "Marc", group)
    group.wait_for("vous répond avant")
    card = marc.private.wait_for("Question n° 1")
    claire.leaves(group)
    telegram.wait_acknowledged()
    marc.says("Répondez sous dix jours.", reply_to=card)
    marc.private.wait_for("Que faire")
    marc.presses("Envoyer au membre")
    claire.private.wait_for("Réponse de Marc")
    assert "Réponse de Marc" not in group.transcript()


def test_an_answer_reaches_its_member_in_private_when_the_bot_was_thrown_out(
    guichet: Guichet, telegram: BotApiServer, claire: User, marc: User
) -> None:
    group = telegram.group("Acheteurs", claire)
    guichet.asks_experts(claire, f"@guichet_bot {DISPUTE}", "Marc", group)
    group.wait_for("vous répond avant")
    card = marc.private.wait_for("Question n° 1")
    claire.removes_bot(group)
    telegram.wait_acknowledged()
    marc.says("Répondez sous dix jours.", reply_to=card)
    marc.private.wait_for("Que faire")
    marc.presses("Envoyer au membre")
    claire.private.wait_for("Réponse de Marc")


class TestWithoutPrivacyMode:
    """The bot receives every message of its groups."""

    @pytest.fixture
    def telegram(self, clock: ManualClock) -> Iterator[BotApiServer]:
        with BotApiServer(clock, privacy=False) as server:
            yield server
        server.check_contract()

    def test_chatter_is_neither_kept_nor_answered(self, guichet: Guichet, telegram: BotApiServer, claire: User) -> None:
        group = telegram.group("Acheteurs", claire)
        claire.says(LABEL, group)
        telegram.wait_acknowledged()
        assert guichet.latest() == 0
        assert group.from_bot() == []
        claire.says(f"@guichet_bot {LABEL}", group)
        shown = group.wait_for("si tous ses critères")
        claire.says("merci", group, reply_to=shown)
        group.wait_for("Avec plaisir")

    def test_a_topic_where_it_listens_needs_no_mention(self, office: Office, telegram: BotApiServer) -> None:
        claire = telegram.user("Claire")
        forum = telegram.forum("Réseau", claire)
        topic, other = claire.opens_topic(forum, "Questions"), claire.opens_topic(forum, "Divers")
        with Guichet(office, telegram, topics=frozenset({f"{forum.id}:{topic.id}"})) as guichet:
            guichet.knows(claire, "Claire")
            claire.says(LABEL, topic=other)
            claire.says(LABEL, topic=topic)
            forum.wait_for("si tous ses critères")
            telegram.wait_acknowledged()
            assert _addresses(guichet) == [Address("telegram", str(forum.id), str(topic.id))]

    def test_where_it_listens_is_followed_when_the_group_moves(self, office: Office, telegram: BotApiServer) -> None:
        claire = telegram.user("Claire")
        group = telegram.group("Acheteurs", claire)
        with Guichet(office, telegram, topics=frozenset({str(group.id)})) as guichet:
            guichet.knows(claire, "Claire")
            guichet.asks(claire, LABEL, group)
            group.wait_for("si tous ses critères")
            moved = group.migrate()
            telegram.wait_acknowledged()
            guichet.restart()
            guichet.asks(claire, DISPUTE, moved)
            moved.wait_for("vous répond avant")
            assert guichet.latest() == 2
