"""Private messages: asking, reading, choosing, and reaching a human; the answer comes back where the question was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.model import State

if TYPE_CHECKING:
    from tests.discord.discordapi.person import Person
    from tests.discord.house import Guichet

DISPUTE = "Un candidat évincé menace d'un recours contre notre marché de nettoyage, que faire ?"
ONLY_PRICE = "Le prix peut-il rester le seul critère d'attribution ?"


def test_a_question_gets_its_card_with_buttons(guichet: Guichet, claire: Person) -> None:
    number = guichet.asks(claire, ONLY_PRICE)
    card = claire.private.wait_for("Le prix peut-il rester le seul critère")
    assert [button["label"] for button in card.buttons][:3] == [
        "Cela répond à ma question",
        "Demander à un expert",
        "Lire la fiche",
    ]
    claire.presses("Cela répond à ma question")
    claire.private.wait_for("Très bien, c'est noté")
    assert guichet.ticket(number).state is State.closed
    guichet.discord.wait_until(
        lambda: [button["label"] for button in card.buttons] == ["Lire la fiche"], "what is done taken away"
    )


def test_an_expert_answers_from_the_card(guichet: Guichet, claire: Person, marc: Person) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Marc")
    claire.private.wait_for("vous répond")
    marc.private.wait_for("Question n° 1")
    form = marc.presses("Répondre")
    marc.submits(form, text="Répondez au candidat **sous dix jours**.")
    claire.private.wait_for("Réponse de Marc à votre question n° 1")
    assert guichet.ticket(number).state is State.answered


def test_an_expert_answers_by_replying_to_the_card(guichet: Guichet, claire: Person, marc: Person) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Marc")
    card = marc.private.wait_for("Question n° 1")
    marc.says("Répondez au candidat **sous dix jours**.", reply_to=card)
    marc.private.wait_for("Que faire de ce message")
    marc.presses("Envoyer au membre")
    claire.private.wait_for("Réponse de Marc à votre question n° 1")
    assert guichet.ticket(number).state is State.answered
    marc.private.wait_for("Envoyé au membre")
