"""Forms: opened for what can still be done, acknowledged before anything else, and given back when refused."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from helpdesk.model import AccountRef, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from helpdesk.office import Office
    from tests.discord.discordapi.guild import Guild
    from tests.discord.discordapi.person import Person
    from tests.discord.discordapi.server import DiscordServer
    from tests.discord.house import Guichet

DISPUTE = "Un candidat évincé menace d'un recours contre notre marché de nettoyage, que faire ?"
ONLY_PRICE = "Le prix peut-il rester le seul critère d'attribution ?"


@contextmanager
def nobody_may_write(office: Office) -> Iterator[None]:
    """Hold the database's only pen."""
    path = office.database.url.database
    assert path
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")
    finally:
        connection.close()


def test_everything_is_acknowledged_before_it_is_done(guichet: Guichet, claire: Person, network: Guild) -> None:
    """Three seconds are all that Discord gives, however long the database takes."""
    guichet.asks(claire, ONLY_PRICE)
    card = claire.private.wait_for("Le prix peut-il rester")
    square = network.text("place")
    message = claire.says(DISPUTE, square)
    form = claire.runs("question")
    guichet.settled()
    with nobody_may_write(guichet.office):
        claire.presses("Demander à un expert", card).wait()
        claire.runs("question", texte=DISPUTE).wait()
        claire.submits(form, Question=DISPUTE).wait()
        claire.uses("Transmettre aux experts", message).wait()
        assert guichet.latest() == 1
    guichet.settled()
    guichet.discord.wait_until(lambda: guichet.latest() >= 2, "done once it can be")


def test_a_form_that_would_be_filled_in_vain_is_not_opened(guichet: Guichet, claire: Person, marc: Person) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Marc")
    marc.private.wait_for("Question n° 1")
    guichet.settled()
    guichet.parts.desk.withdraw("page:1", AccountRef("discord", str(claire.id)), number)
    pressed = marc.presses("Répondre").wait()
    pressed.wait_for("n'attend pas d'expert")
    assert pressed.modal is None
    claire.runs("repondre", numero="1").wait_for("Cette question est la vôtre")
    marc.runs("repondre", numero="42").wait_for("Je ne trouve pas de question n° 42")
    marc.runs("passer", numero="42").wait_for("Je ne trouve pas de question n° 42")
    marc.runs("passer", numero="1").wait_for("n'attend pas d'expert")


def test_the_context_given_is_acknowledged_once_and_nothing_filled_in_changes_nothing(
    guichet: Guichet, claire: Person
) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Marc")
    claire.private.wait_for("vous répond")
    sent = claire.submits(claire.presses("Préciser le contexte"), Montant="40 000 euros")
    sent.wait_for("J'ai ajouté votre message à votre question n° 1")
    guichet.settled()
    assert len(sent.messages) == 1
    sent = claire.submits(claire.presses("Préciser le contexte"))
    sent.wait_for("Vous n'avez rien rempli : rien n'a changé à votre question n° 1")
    asked = AccountRef("console", "marc")
    guichet.parts.experts.ask_member("page:1", asked, number, "Et le stade ?")
    guichet.nudge()
    claire.private.wait_for("Et le stade")
    claire.submits(claire.presses("Préciser le contexte"), Stade="exécution").wait_for("Ajouté à votre question n° 1")
    claire.private.wait_for("l'expert reprend votre question")


def test_what_was_written_in_vain_is_given_back(guichet: Guichet, claire: Person, marc: Person) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Marc")
    marc.private.wait_for("Question n° 1")
    form = marc.presses("Répondre")
    form.wait_form()
    guichet.parts.desk.withdraw("page:1", AccountRef("discord", str(claire.id)), number)
    sent = marc.submits(form, text="Répondez au candidat sous dix jours.")
    sent.wait_for("n'attend pas d'expert")
    sent.wait_for("> Répondez au candidat sous dix jours.")
    assert guichet.ticket(number).state is State.closed


def test_no_context_is_asked_for_once_the_question_is_answered(guichet: Guichet, claire: Person, marc: Person) -> None:
    guichet.asks_experts(claire, DISPUTE, "Marc")
    card = claire.private.wait_for("vous répond")
    assert [button["label"] for button in card.buttons] == ["Préciser le contexte"]
    marc.private.wait_for("Question n° 1")
    marc.submits(marc.presses("Répondre"), text="Répondez sous dix jours.")
    claire.private.wait_for("Réponse de Marc")
    guichet.settled()
    assert card.buttons == []


def test_no_context_is_asked_for_once_the_question_is_withdrawn(guichet: Guichet, claire: Person) -> None:
    guichet.asks_experts(claire, DISPUTE, "Marc")
    card = claire.private.wait_for("vous répond")
    claire.presses("Retirer la question", claire.runs("ticket", numero="1").wait_for("Retirer"))
    claire.private.wait_for("retirée")
    guichet.settled()
    assert card.buttons == []


def test_a_button_left_on_the_card_of_a_closed_question_opens_nothing_and_goes(
    guichet: Guichet, claire: Person
) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Marc")
    card = claire.private.wait_for("vous répond")
    guichet.parts.desk.withdraw("page:1", AccountRef("discord", str(claire.id)), number)
    pressed = claire.presses("Préciser le contexte", card)
    pressed.wait_for("n'est plus ouverte")
    assert pressed.modal is None
    guichet.discord.wait_until(lambda: card.buttons == [], "the button gone")
    assert guichet.ticket(number).state is State.closed


def test_only_who_asked_gives_the_context(
    guichet: Guichet, claire: Person, network: Guild, discord: DiscordServer
) -> None:
    guichet.asks_experts(claire, DISPUTE, "Marc")
    card = claire.private.wait_for("vous répond")
    paul = discord.person("Paul")
    paul.joins(network)
    guichet.knows(paul, "Nadia")
    paul.presses("Préciser le contexte", card).wait_for("Seule la personne qui a posé la question")


def test_what_fails_is_told_to_whoever_asked(guichet: Guichet, claire: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(guichet.parts.desk, "my_questions", broken)
    claire.runs("mes-questions").wait_for("Cela n'a pas pu se faire")
