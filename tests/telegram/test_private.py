"""The private chat: asking, reading, choosing, and reaching a human; the answer comes back where the question was."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helpdesk.library import publish
from helpdesk.model import State
from helpdesk.tables import MessageRow, PersonRow
from tests.library import LIBRARY

if TYPE_CHECKING:
    from tests.clock import ManualClock
    from tests.telegram.botapi.server import BotApiServer
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


def test_a_long_entry_is_read_page_by_page_in_the_same_message(
    guichet: Guichet, claire: User, clock: ManualClock
) -> None:
    paper = next(entry for entry in LIBRARY.entries if "papier" in entry.title)
    body = "\n\n".join(f"Règle {place}. " + "Une phrase de la règle. " * 20 for place in range(16))
    with guichet.office.unit() as unit:
        author = unit.session.query(PersonRow).filter_by(name="Nadia").one().id
        publish(unit.session, replace(paper, body=body), author, clock.now())
    claire.says(f"/fiche {paper.id}")
    page = claire.private.wait_for("Règle 0")
    assert page.labels == [["Page 1 sur 3", "▶"]]
    shown = len(claire.private.from_bot())
    claire.presses("▶", page)
    guichet.telegram.wait_until(lambda: page.labels == [["◀", "Page 2 sur 3", "▶"]], "the next page")
    assert "Règle 0" not in page.text
    claire.presses("▶", page)
    guichet.telegram.wait_until(lambda: "Règle 15" in page.text, "the last page")
    claire.presses("◀", page)
    guichet.telegram.wait_until(lambda: page.labels == [["◀", "Page 2 sur 3", "▶"]], "the page before")
    assert len(claire.private.from_bot()) == shown


def test_a_text_that_the_telephone_cuts_in_two_is_kept_whole(
    guichet: Guichet, claire: User, telegram: BotApiServer
) -> None:
    text = f"{DISPUTE} " + "Le titulaire refuse les pénalités prévues au contrat. " * 90
    claire.says(text[:4096])
    claire.says(text[4096:])
    claire.private.wait_for("J'ai ajouté votre message")
    telegram.wait_acknowledged()
    assert guichet.latest() == 1
    with guichet.office.reading() as unit:
        kept = [row.body for row in unit.session.query(MessageRow).order_by(MessageRow.id)]
    assert "".join(kept).replace(" ", "") == text.replace(" ", "")
