"""An expert's day in private: cards, replies, drafts, notes, colleagues; a press sends, a restart changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpdesk.model import AccountRef, Address, MessageKind, State
from helpdesk.tables import MessageRow

if TYPE_CHECKING:
    from tests.clock import ManualClock
    from tests.telegram.botapi.server import BotApiServer
    from tests.telegram.botapi.user import User
    from tests.telegram.service import Guichet

DISPUTE = "Un candidat évincé menace d'un recours contre notre marché de nettoyage, que faire ?"


@pytest.fixture
def number(guichet: Guichet, claire: User, marc: User) -> int:
    """A question that Marc has, its card before him."""
    asked = guichet.asks_experts(claire, DISPUTE, "Marc")
    marc.private.wait_for("Question n° 1")
    return asked


def _bodies(guichet: Guichet, kind: MessageKind) -> list[str]:
    with guichet.office.reading() as unit:
        return [row.body for row in unit.session.query(MessageRow).filter_by(kind=kind).order_by(MessageRow.id)]


def test_the_buttons_of_the_card_ask_and_answer(guichet: Guichet, number: int, claire: User, marc: User) -> None:
    marc.presses("Demander une précision")
    marc.private.wait_for("Écrivez ce que vous demandez")
    guichet.restart()
    marc.says("Quel est le montant du marché ?")
    marc.private.wait_for("Que faire de ce message")
    guichet.restart()
    marc.presses("Lui demander une précision")
    question = claire.private.wait_for("Quel est le montant du marché")
    assert guichet.ticket(number).state is State.waiting
    claire.says("40 000 euros", reply_to=question)
    marc.private.wait_for("Le membre a répondu")
    claire.private.wait_for("l'expert reprend votre question")
    marc.presses("Répondre")
    marc.private.wait_for("Écrivez votre réponse")
    said = marc.says("Répondez sous dix jours.")
    marc.private.wait_for("Que faire de ce message", after=said)
    marc.presses("Envoyer au membre")
    claire.private.wait_for("Répondez sous dix jours")
    marc.private.wait_for("Envoyé au membre")
    assert marc.private.transcript().count("Que faire de ce message") == 0
    claire.presses("Cela répond à ma question")
    claire.private.wait_for("Comment était cette réponse")
    claire.presses("5 ★")
    claire.private.wait_for("votre note .5 sur 5. est enregistrée")
    assert guichet.ticket(number).rating == 5


def test_a_rating_takes_the_place_of_the_stars(guichet: Guichet, number: int, claire: User, marc: User) -> None:
    _answer(marc)
    claire.private.wait_for("Réponse de Marc")
    claire.presses("Cela répond à ma question")
    stars = claire.private.wait_for("Comment était cette réponse")
    claire.presses("4 ★")
    rated = claire.private.wait_for("votre note")
    assert rated is stars
    assert not rated.labels
    assert guichet.ticket(number).rating == 4


def test_a_draft_that_is_edited_leaves_with_its_last_words(
    guichet: Guichet, number: int, claire: User, marc: User, telegram: BotApiServer
) -> None:
    draft = marc.says("Répondez sous dis jours.", reply_to=marc.private.last)
    marc.private.wait_for("Que faire de ce message")
    marc.edits(draft, "Répondez sous dix jours.")
    telegram.wait_acknowledged()
    marc.presses("Envoyer au membre")
    claire.private.wait_for("Répondez sous dix jours")
    assert _bodies(guichet, MessageKind.answer) == ["Répondez sous dix jours."]
    marc.edits(draft, "Répondez sous vingt jours.")
    telegram.wait_acknowledged()
    assert _bodies(guichet, MessageKind.answer) == ["Répondez sous dix jours."]
    assert guichet.ticket(number).state is State.answered


def test_a_draft_pressed_twice_leaves_once(
    guichet: Guichet, number: int, claire: User, marc: User, telegram: BotApiServer
) -> None:
    marc.says("Répondez sous dix jours.", reply_to=marc.private.last)
    prompt = marc.private.wait_for("Que faire de ce message")
    with telegram.world.change():
        marc.presses("Envoyer au membre", prompt)
        again = marc.presses("Envoyer au membre", prompt)
    telegram.wait_acknowledged()
    assert again.answer == "Envoyé au membre, question n° 1."
    assert _bodies(guichet, MessageKind.answer) == ["Répondez sous dix jours."]
    claire.private.wait_for("Réponse de Marc")
    assert guichet.ticket(number).state is State.answered


def test_a_card_keeps_only_what_still_acts_once_its_expert_answered(guichet: Guichet, number: int, marc: User) -> None:
    card = marc.private.wait_for("Question n° 1")
    _answer(marc)
    guichet.telegram.wait_until(lambda: card.labels == [[f"Question n° {number}"]], "what is done taken away")


def test_a_card_passed_on_keeps_only_what_still_acts(guichet: Guichet, number: int, marc: User) -> None:
    card = marc.private.wait_for("Question n° 1")
    marc.presses("Passer à un collègue")
    marc.private.wait_for("À qui passer")
    marc.presses("Au plus disponible")
    guichet.telegram.wait_until(lambda: card.labels == [[f"Question n° {number}"]], "what is done taken away")


def test_a_dropped_draft_goes_nowhere(guichet: Guichet, number: int, marc: User) -> None:
    marc.says("Répondez sous dix jours.", reply_to=marc.private.last)
    marc.private.wait_for("Que faire de ce message")
    marc.presses("Abandonner")
    marc.private.wait_for("Rien n'a été envoyé")
    assert guichet.ticket(number).state is State.assigned


def test_two_slashes_make_a_note_at_once(guichet: Guichet, number: int, claire: User, marc: User) -> None:
    marc.says("// à relire avec Léa", reply_to=marc.private.last)
    marc.private.wait_for("Note ajoutée")
    assert _bodies(guichet, MessageKind.note) == ["à relire avec Léa"]
    assert "relire" not in claire.private.transcript()
    assert guichet.ticket(number).state is State.assigned


def test_a_question_is_passed_to_a_colleague(guichet: Guichet, number: int, marc: User) -> None:
    marc.presses("Passer à un collègue")
    marc.private.wait_for("À qui passer")
    marc.presses("Léa (0 en cours)")
    marc.private.world.wait_until(lambda: _assignee(guichet, number) == "Léa", 5)


def test_an_answer_typed_as_a_command_leaves_at_once(guichet: Guichet, number: int, claire: User, marc: User) -> None:
    marc.says(f"/repondre {number} Répondez sous dix jours.")
    claire.private.wait_for("Réponse de Marc")
    marc.private.wait_for("est partie")
    assert guichet.ticket(number).state is State.answered


def test_a_restart_while_a_note_or_a_question_is_written_changes_nothing(
    guichet: Guichet, number: int, claire: User, marc: User
) -> None:
    marc.says(f"/note {number}")
    marc.private.wait_for("Écrivez votre note interne")
    claire.says("/question")
    claire.private.wait_for("Écrivez votre question")
    guichet.restart()
    marc.says("Vérifier le CCAG")
    marc.private.wait_for("Note ajoutée")
    assert _bodies(guichet, MessageKind.note) == ["Vérifier le CCAG"]
    assert guichet.asks(claire, "Le prix peut-il rester le seul critère d'attribution ?") == number + 1


def _proposed(guichet: Guichet) -> list[tuple[str, str]]:
    waiting = guichet.parts.coordinators.candidates(AccountRef("console", "nadia"))
    return [(item.title, item.body) for item in waiting]


def test_an_answer_is_proposed_as_an_entry_from_the_chat(guichet: Guichet, number: int, marc: User) -> None:
    _answer(marc)
    marc.private.wait_for("servirait à d'autres membres")
    marc.presses("Proposer une fiche")
    marc.private.wait_for("Écrivez son titre")
    guichet.restart()
    marc.says("Que faire quand un candidat évincé conteste ?")
    marc.private.wait_for("La fiche est proposée")
    assert _proposed(guichet) == [("Que faire quand un candidat évincé conteste ?", "Répondez sous dix jours.")]
    offer = next(one for one in marc.private.from_bot() if "servirait" in one.text)
    prompt = next(one for one in marc.private.from_bot() if "Écrivez son titre" in one.text)
    guichet.telegram.wait_until(lambda: offer.labels == [[f"Question n° {number}"]] and not prompt.labels, "taken away")
    with guichet.telegram.world.change():
        offer.markup = {"inline_keyboard": [[{"text": "Proposer une fiche", "callback_data": f"propose:{number}"}]]}
    again = marc.presses("Proposer une fiche", offer)
    guichet.telegram.wait_acknowledged()
    assert "Une fiche a déjà été proposée" in (again.answer or "")
    assert len(_proposed(guichet)) == number


def test_an_answer_is_proposed_under_the_question_itself(guichet: Guichet, number: int, marc: User) -> None:
    _answer(marc)
    marc.private.wait_for("servirait à d'autres membres")
    marc.presses("Proposer une fiche")
    marc.private.wait_for("Écrivez son titre")
    marc.presses("Garder la question comme titre")
    marc.private.wait_for("La fiche est proposée")
    assert _proposed(guichet) == [(DISPUTE, "Répondez sous dix jours.")]
    assert guichet.latest() == number


def test_the_buttons_of_a_closed_question_say_so_before_anything_is_written(
    guichet: Guichet, number: int, claire: User, marc: User
) -> None:
    card = marc.private.wait_for("Question n° 1")
    guichet.parts.desk.withdraw("test:withdraw", AccountRef("telegram", str(claire.id)), number)
    for button in ("Répondre", "Demander une précision", "Passer à un collègue"):
        press = marc.presses(button, card)
        guichet.telegram.wait_acknowledged()
        assert press.alert, button
        assert "Cette question n'attend pas d'expert" in (press.answer or ""), button
    assert "Écrivez" not in marc.private.transcript()


def test_a_confirmation_pressed_twice_is_told_once(guichet: Guichet, number: int, claire: User, marc: User) -> None:
    _answer(marc)
    answer = claire.private.wait_for("Réponse de Marc")
    with guichet.telegram.world.change():
        claire.presses("Cela répond à ma question", answer)
        claire.presses("Cela répond à ma question", answer)
    guichet.telegram.wait_acknowledged()
    guichet.settled()
    assert claire.private.transcript().count("Comment était cette réponse") == number


def test_a_reply_to_an_old_card_takes_its_question_up_again(
    guichet: Guichet, number: int, claire: User, marc: User, clock: ManualClock
) -> None:
    _answer(marc)
    answer = claire.private.wait_for("Réponse de Marc")
    claire.presses("Cela répond à ma question")
    claire.private.wait_for("Comment était cette réponse")
    clock.advance(days=21)
    claire.says("Le candidat a finalement saisi le tribunal, que devons-nous faire ?", reply_to=answer)
    marc.private.wait_for("saisi le tribunal")
    assert guichet.latest() == number
    assert guichet.ticket(number).cycle == 2


def test_a_human_stays_one_press_away_on_an_old_card(guichet: Guichet, claire: User, telegram: BotApiServer) -> None:
    number = guichet.asks(claire, "Le prix peut-il rester le seul critère d'attribution ?")
    card = claire.private.wait_for("Cela répond à ma question")
    claire.says("oui")
    claire.private.wait_for("Très bien, c'est noté")
    claire.presses("Demander à un expert", card)
    telegram.wait_acknowledged()
    # A human stays one press away, even later: the question is taken up again.
    claire.private.wait_for("expert")
    assert guichet.ticket(number).state in {State.queued, State.assigned}
    telegram.wait_until(lambda: card.labels == [["Lire la fiche"]], "what is done taken away")


def test_somebody_elses_question_cannot_be_acted_on(guichet: Guichet, number: int, telegram: BotApiServer) -> None:
    eve = telegram.user("Eve")
    guichet.parts.joining.register(
        "eve", AccountRef("telegram", str(eve.id)), Address("telegram", str(eve.id)), "Eve", None, "fr"
    )
    eve.private.started = True
    eve.says(f"/repondre {number} Non.")
    eve.private.wait_for("Vous n'avez pas accès")
    eve.says(f"/ticket {number}")
    eve.private.wait_for("Je ne trouve pas de question")


def _answer(marc: User) -> None:
    marc.says("Répondez sous dix jours.", reply_to=marc.private.last)
    marc.private.wait_for("Que faire de ce message")
    marc.presses("Envoyer au membre")
    marc.private.wait_for("Envoyé au membre")


def _assignee(guichet: Guichet, number: int) -> str | None:
    return guichet.parts.desk.ticket(AccountRef("console", "nadia"), number).line.assignee
