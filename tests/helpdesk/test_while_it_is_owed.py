"""What a member writes while an answer is owed to them, or of what they were just shown, with the shipped library."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from helpdesk.conversation import Move, read
from helpdesk.model import State
from tests.helpdesk.known import KNOWN, NOW

if TYPE_CHECKING:
    from helpdesk.conversation import Reading
    from helpdesk.known import Known
    from knowledge.matcher import Matcher

HELD = replace(KNOWN, state=State.assigned, disputed=True)
SUGGESTED = replace(KNOWN, state=State.suggested, suggestions=3)
CHOSEN = replace(KNOWN, state=State.answered, by_library=True, suggestions=2)
ANSWERED = replace(KNOWN, state=State.answered)


def _read(matcher: Matcher, message: str, *known: Known) -> Reading:
    return read(message, matcher.judge(message, today=NOW.date()), known, NOW)


@pytest.mark.parametrize(
    "message",
    [
        "on a pas encore signé", "il nous reste 8 jours pour répondre", "le maire est furieux et veut une réponse",
        "nous avons recu la requete hier par courrier", "j'ai trouvé l'article mais je comprends rien",
        "je vous envoie le courrier demain", "c'est l'avocat qui demande ça", "ce serait pr 4 ecoles",
        "le juge nous demande une reponse sous 8 jours", "vous pouvez m'appeler au 06 12 34 56 78 ?",
    ],
)  # fmt: skip
def test_a_sentence_that_means_nothing_to_the_library_is_of_the_question_that_an_expert_has(
    matcher: Matcher, message: str
) -> None:
    assert _read(matcher, message, HELD).move is Move.follow


@pytest.mark.parametrize(
    "message",
    [
        "c'est quoi la capitale de l'Australie ?", "qui a gagné hier", "je cherche un appartement à louer",
        "mon voisin fait du bruit toutes les nuits",
        "quel label pour des vêtements de travail ?", "traduis-moi cette longue phrase en espagnol",
    ],
)  # fmt: skip
def test_what_is_plainly_something_else_is_another_question(matcher: Matcher, message: str) -> None:
    assert _read(matcher, message, HELD).move is Move.ask


def test_what_was_turned_away_hides_no_open_question(matcher: Matcher) -> None:
    turned_away = replace(KNOWN, ticket_id=2, state=State.closed, nothing=True)
    reading = _read(matcher, "on a pas encore signé", turned_away, HELD)
    assert (reading.move, reading.ticket_id) == (Move.follow, HELD.ticket_id)


@pytest.mark.parametrize(
    "message",
    [
        "toujours rien ??", "c'est inadmissible j'attends depuis lundi", "alors ?", "qui s'en occupe ?", "???",
        "la réponse est pour quand ?", "vous répondez quand ?", "c'est quand que vous repondez", "ou ca en est",
        "c'est quand que j'ai une reponse", "ou en est ma kestion sur le recours svp", "ma question avance ?", "aide",
    ],
)  # fmt: skip
def test_impatience_gets_the_dates(matcher: Matcher, message: str) -> None:
    assert _read(matcher, message, HELD).move is Move.status


def test_that_nobody_answered_is_a_complaint_once_an_answer_was_given(matcher: Matcher) -> None:
    said = "vous n'avez pas répondu à ma question"
    assert _read(matcher, said, ANSWERED).move is Move.reopen
    assert _read(matcher, said, ANSWERED, replace(HELD, ticket_id=2)).move is Move.status


@pytest.mark.parametrize("message", ["oui mais pour les travaux ?", "merci mais le maire n'est pas d'accord"])
def test_agreeing_first_carries_on_all_the_same(matcher: Matcher, message: str) -> None:
    assert _read(matcher, message, ANSWERED).move is Move.reopen


def test_an_amount_after_suggestions_is_of_the_question(matcher: Matcher) -> None:
    assert _read(matcher, "c pour un marche de 80000", SUGGESTED).move is Move.complete


@pytest.mark.parametrize(
    ("message", "known", "rank"),
    [
        ("la deuxième", CHOSEN, 2), ("n°2", CHOSEN, 2), ("la dernière", CHOSEN, 2), ("la dernière", SUGGESTED, 3),
        ("la 2", replace(CHOSEN, suggestions=0), 0), ("4", SUGGESTED, 0), ("1 et 3", SUGGESTED, 0), ("la 3", CHOSEN, 0),
    ],
)  # fmt: skip
def test_a_number_picks_one_of_those_shown_and_is_no_question(
    matcher: Matcher, message: str, known: Known, rank: int
) -> None:
    reading = _read(matcher, message, known)
    assert (reading.move, reading.rank) == (Move.choose, rank)


@pytest.mark.parametrize("message", ["un expert pour la question 2", "un expert pour la 2 svp"])
def test_a_human_is_wanted_for_the_question_named(matcher: Matcher, message: str) -> None:
    other = replace(SUGGESTED, ticket_id=2)
    judgement = matcher.judge(message, today=NOW.date())
    reading = read(message, judgement, [SUGGESTED, other], NOW)
    assert (reading.move, reading.ticket_id) == (Move.human, 2)


@pytest.mark.parametrize(
    "message",
    [
        "annulez ma question svp, on a trouvé avec la préfecture", "annulez ma derniere question", "je la retire",
        "la prefecture nous a repondu, vous pouvez laisser tomber", "retirez ma question sur le tribunal",
    ],
)  # fmt: skip
def test_what_may_take_a_question_back_asks_whether_it_does(matcher: Matcher, message: str) -> None:
    reading = _read(matcher, message, HELD)
    assert (reading.move, reading.among) == (Move.withdraw, (HELD.ticket_id,))


@pytest.mark.parametrize(
    "message",
    [
        "n'annulez pas ma question, on attend la préfecture", "comment annuler ma demande de subvention",
        "je ne retire pas ma question, elle est urgente", "le candidat retire son offre après la date limite",
    ],
)  # fmt: skip
def test_what_keeps_it_does_not(matcher: Matcher, message: str) -> None:
    assert _read(matcher, message, HELD).move is not Move.withdraw


@pytest.mark.parametrize("message", ["marché de 80000", "c pour un marche de 80000", "le budget c'est 90 000 euros"])
def test_an_amount_alone_after_suggestions_completes_the_question(matcher: Matcher, message: str) -> None:
    assert _read(matcher, message, SUGGESTED).move is Move.complete


@pytest.mark.parametrize("message", ["2", "2.", "2 !", " 3. "])
def test_a_bare_number_just_after_an_answer_is_one_of_those_that_it_gave(matcher: Matcher, message: str) -> None:
    assert _read(matcher, message, ANSWERED).move is not Move.rate


@pytest.mark.parametrize("message", ["note 5", "4 etoiles", "5/5", "⭐⭐⭐⭐", "5 sur 5 merci"])
def test_stars_rate_an_answer_and_are_no_word_on_what_is_owed(matcher: Matcher, message: str) -> None:
    agreed = replace(KNOWN, ticket_id=2, rateable=True)
    assert _read(matcher, message, HELD).move is Move.status
    rated = _read(matcher, message, HELD, agreed)
    assert (rated.move, rated.ticket_id) == (Move.rate, 2)
    by_the_library = _read(matcher, message, CHOSEN)
    assert (by_the_library.move, by_the_library.ticket_id) == (Move.rate, CHOSEN.ticket_id)
    assert _read(matcher, message, SUGGESTED).move is Move.thanks
    assert _read(matcher, message, replace(HELD, state=State.waiting)).move is Move.follow


def test_retirer_alone_takes_back(matcher: Matcher) -> None:
    assert _read(matcher, "retirer", HELD).ticket_id == HELD.ticket_id
    assert _read(matcher, "retirer", HELD).move is Move.withdraw
    assert _read(matcher, "retirer", HELD, replace(HELD, ticket_id=2)).among == (2, HELD.ticket_id)


@pytest.mark.parametrize("message", ["oui", "oui merci", "ouais", "oui parfait"])
def test_yes_chooses_the_only_suggestion_and_asks_which_of_several(matcher: Matcher, message: str) -> None:
    assert _read(matcher, message, SUGGESTED).move is Move.unclear
    alone = _read(matcher, message, replace(SUGGESTED, suggestions=1))
    assert (alone.move, alone.rank) == (Move.choose, 1)
    assert _read(matcher, message, CHOSEN).move in {Move.confirm, Move.thanks}


@pytest.mark.parametrize("message", ["ok", "merci", "merci bcp c parfait", "d'accord merci"])
def test_thanks_for_suggestions_choose_none(matcher: Matcher, message: str) -> None:
    assert _read(matcher, message, SUGGESTED).move is Move.thanks


def test_no_thanks_is_a_no_to_suggestions_and_is_asked_about_after_an_answer(matcher: Matcher) -> None:
    assert _read(matcher, "non merci", SUGGESTED).move is Move.human
    assert _read(matcher, "non merci", CHOSEN).move is Move.unclear
    assert _read(matcher, "non merci", ANSWERED).move is Move.unclear
    assert _read(matcher, "non merci", HELD).move is Move.thanks


@pytest.mark.parametrize("message", ["les 2", "les deux", "les trois", "1 et 2"])
def test_several_suggestions_are_no_choice(matcher: Matcher, message: str) -> None:
    assert _read(matcher, message, SUGGESTED).rank == 0


@pytest.mark.parametrize(
    "message", ["definition achat responsable", "quel label papier", "c quoi spaser", "comment rediger clause sociale"]
)
def test_a_few_words_that_ask_of_another_subject_are_a_question_of_their_own(matcher: Matcher, message: str) -> None:
    assert _read(matcher, message, HELD).move is Move.ask


@pytest.mark.parametrize(
    "message",
    [
        "avec quel label",
        "c'est combien",
        "procédure adaptée",
        "appel d'offres ouvert",
        "marché de travaux",
        "et le prix",
    ],
)
def test_a_few_words_that_ask_of_no_other_subject_are_of_the_question(matcher: Matcher, message: str) -> None:
    assert _read(matcher, message, HELD).move is Move.follow


@pytest.mark.parametrize("message", ["c'est quoi un spaser", "quel label pour des vêtements de travail"])
def test_a_question_that_the_library_answers_is_no_reply_to_an_expert_though_it_has_no_mark(
    matcher: Matcher, message: str
) -> None:
    assert _read(matcher, message, replace(HELD, state=State.waiting)).move is Move.ask


@pytest.mark.parametrize(
    "message",
    ["un marché de travaux", "environ 45 000 euros", "vêtements de travail", "je ne sais pas quelle procédure"],
)
def test_what_asks_nothing_is_the_reply_that_an_expert_waits_for(matcher: Matcher, message: str) -> None:
    assert _read(matcher, message, replace(HELD, state=State.waiting)).move is Move.follow
