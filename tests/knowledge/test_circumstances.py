"""What a message says of its writer, told apart from what it asks."""

from __future__ import annotations

import datetime as dt

import pytest

from knowledge import lexicon
from knowledge.circumstances import Circumstances
from knowledge.decision import Decision
from knowledge.files import Library
from knowledge.matcher import Matcher
from knowledge.speech import Speech, speech_of
from knowledge.text import Language
from tests.evaluation.wrapped import answerable, measured, wrapped, wrappings

_ASKED = "Quelle différence entre insertion et handicap ?"


@pytest.fixture(scope="module")
def circumstances(library: Library) -> Circumstances:
    return Circumstances(speech_of(library.entries, Language.FRENCH))


@pytest.mark.parametrize(
    "said",
    [
        "Je suis acheteuse dans une commune de 8 000 habitants. ",
        "bonjour, dgs d'une com com de 12000 hab, on lance un appel d'offres de 200k : ",
        "g un doute pr mon dossier de 90k, ",
        "Nous sommes un hôpital, procédure formalisée, analyse des offres en cours. ",
    ],
)
def test_who_asks_and_where_their_case_stands_is_set_apart(circumstances: Circumstances, said: str) -> None:
    assert circumstances.apart(said + _ASKED).strip().removeprefix("bonjour,").strip() == _ASKED


def test_figures_and_acronyms_are_left_whole(circumstances: Circumstances) -> None:
    asked = "Faut-il un C.C.T.P. à 12.500 € ou 1,5 M€ ?"
    assert circumstances.apart(f"Je débute aux marchés publics. {asked}").replace("  ", " ").strip() == asked


@pytest.mark.parametrize(
    "said",
    [
        " Merci, Julie, service marchés de l'agglo",
        "\nMerci d’avance\nJulie Martin",
        " Bonne journee,",
        " On publie mi-novembre.",
    ],
)
def test_thanks_and_whoever_signs_are_set_apart(circumstances: Circumstances, said: str) -> None:
    assert circumstances.apart(_ASKED + said).strip() == _ASKED


@pytest.mark.parametrize(
    "message",
    [
        _ASKED,
        "Les barquettes en plastique sont interdites, les gobelets aussi ?",
        "Notre cantine jette beaucoup, comment peser les restes ?",
        "Un conseiller municipal peut-il prendre part au vote ?",
        "merci de me dire si les labels sont obligatoires",
        "je suis acheteuse dans une commune",
        "a, " * 500,
    ],
)
def test_what_is_asked_and_what_it_is_about_stay(circumstances: Circumstances, message: str) -> None:
    assert circumstances.apart(message) == ""


def test_the_sentences_that_ask_are_read_alone(circumstances: Circumstances) -> None:
    message = f"Nos repas arrivent froids. {_ASKED} Le maire est inquiet."
    assert circumstances.asking(message).strip() == _ASKED
    assert (
        circumstances.asking(_ASKED) == circumstances.asking("Nos repas arrivent froids. Le maire est inquiet.") == ""
    )


def test_an_english_library_sets_nothing_apart() -> None:
    told = Circumstances(Speech(Language.ENGLISH, {}, 0))
    message = "Je suis acheteuse dans une commune de 8 000 habitants. Where are labels found today? Thanks."
    assert told.apart(message) == told.asking(message) == ""


def test_the_same_entry_answers_whoever_asks(matcher: Matcher, today: dt.date) -> None:
    told = "Je suis acheteuse dans une petite commune de 3 000 habitants, nous préparons un MAPA de 60 000 €. "
    asked = "C'est quoi un SPASER ?"
    bare, whole = (matcher.judge(message, today=today) for message in (asked, told + asked))
    assert bare.decision is whole.decision is Decision.ANSWER
    assert bare.scored[0].entry_id == whole.scored[0].entry_id


@pytest.mark.parametrize(
    "message",
    ["je débute, j'ai plein de questions !", "Je reviens vers vous suite à ma question", "mon chef me met la pression"],
)
def test_circumstances_alone_are_asked_what_the_question_is(matcher: Matcher, today: dt.date, message: str) -> None:
    assert matcher.judge(message, today=today).decision is Decision.CLARIFY


@pytest.mark.parametrize(
    "message",
    ["mon salaire n'est pas arrivé ce mois-ci", "lampadaire en panne devant chez moi", "perdu mon sac hier soir"],
)
def test_what_people_say_to_anybody_is_no_circumstance(matcher: Matcher, today: dt.date, message: str) -> None:
    assert matcher.judge(message, today=today).decision is Decision.REDIRECT


def test_what_is_left_must_say_what_is_asked(matcher: Matcher, today: dt.date) -> None:
    message = "Ma candidature au poste de secrétaire général de mairie est restée sans réponse, dois-je relancer ?"
    explained = matcher.explain(message, today=today)
    assert explained.read_alone == ""
    assert explained.judgement.decision is not Decision.ANSWER


@pytest.mark.parametrize("amount", ["40 000 €", "90 000 € HT", "50 k€", "1,5 M€"])
def test_an_amount_answers_nothing_by_itself(matcher: Matcher, today: dt.date, amount: str) -> None:
    assert matcher.judge(f"notre marché de {amount}", today=today).decision is not Decision.ANSWER
    social = matcher.judge(f"faut il mettre une clause sociale dans un marché de {amount} ?", today=today)
    assert social.decision is not Decision.ANSWER or social.scored[0].entry_id != "texte-decp"


def test_an_amount_that_is_asked_about_is_answered(matcher: Matcher, today: dt.date) -> None:
    judgement = matcher.judge("faut il publier un marché de 40 000 €", today=today)
    assert judgement.decision is Decision.ANSWER
    assert judgement.scored[0].entry_id == "texte-decp"


def test_circumstances_that_an_entry_is_about_are_read_with_the_question(matcher: Matcher, today: dt.date) -> None:
    message = "j'ai un collègue en Occitanie, il a l'équivalent de vous là bas ?"
    assert matcher.judge(message, today=today).scored[0].entry_id == "ressource-reseaux-regionaux"


def test_what_surrounds_a_question_hides_it_seldom(matcher: Matcher) -> None:
    asked, places = list(answerable()), ("before", "after")
    before, after = (measured(matcher, wrapped(asked, wrappings("unread", place), place)) for place in places)
    assert min(before["first"], after["first"]) >= 0.80
    assert min(before["among three"], after["among three"]) >= 0.88
    assert max(before["wrongly answered"], after["wrongly answered"]) <= 0.04


def test_no_wrapping_to_measure_with_is_one_to_learn_from() -> None:
    told = {sentence.strip(" .,:!\n") for sentence in lexicon.circumstances()}
    kept = {text.strip(" .,:!\n") for place in ("before", "after") for text in wrappings("unread", place)}
    assert told.isdisjoint(kept)
