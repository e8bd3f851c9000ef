"""The private chat: asking, reading, choosing, and reaching a human; the answer comes back where the question was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.model import State

if TYPE_CHECKING:
    from tests.telegram.botapi.user import User
    from tests.telegram.service import Guichet

DISPUTE = "Un candidat évincé menace d'un recours contre notre marché de nettoyage, que faire ?"
ONLY_PRICE = "Le prix peut-il rester le seul critère d'attribution ?"


def test_a_question_gets_its_card_with_buttons(guichet: Guichet, claire: User) -> None:
    number = guichet.asks(claire, ONLY_PRICE)
    card = claire.private.wait_for("Le prix peut-il rester le seul critère")
    assert [label for row in card.labels for label in row][:3] == [
        "Cela répond à ma question",
        "Demander à un expert",
        "Lire la fiche",
    ]
    claire.presses("Cela répond à ma question")
    claire.private.wait_for("Très bien, c'est noté")
    assert guichet.ticket(number).state is State.closed
    guichet.telegram.wait_until(lambda: card.labels == [["Lire la fiche"]], "what is done taken away")


def test_an_expert_answers_by_replying_to_the_card(guichet: Guichet, claire: User, marc: User) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Marc")
    claire.private.wait_for("vous répond avant")
    card = marc.private.wait_for("Question n° 1")
    marc.says("Répondez au candidat **sous dix jours**.", reply_to=card)
    marc.private.wait_for("Que faire de ce message")
    marc.presses("Envoyer au membre")
    claire.private.wait_for("Réponse de Marc à votre question n° 1")
    assert guichet.ticket(number).state is State.answered
    marc.private.wait_for("Envoyé au membre")
