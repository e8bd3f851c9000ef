from __future__ import annotations

import random

import pytest

from knowledge.files import Library
from knowledge.matcher import Matcher


@pytest.mark.parametrize(
    "message",
    [
        "Quelle est la définition d'un SPASER ? Et qui doit en adopter un ?",
        "Peut-on imposer un label ? Si oui, lequel ?",
        "Faut-il un SPASER dans notre commune ? Et le publier, c'est obligatoire ?",
        "Bonjour ? Vous êtes là ? Quel est le délai de publication des données essentielles ?",
        "merci",
        "",
        "a? " * 2000,
    ],
)
def test_one_question_stays_whole(matcher: Matcher, message: str) -> None:
    assert matcher.split(message) == (message,)


def test_two_questions_are_told_apart(matcher: Matcher) -> None:
    first = "Bonjour, que signifie le sigle SPASER exactement ?"
    second = "Quelles règles de déforestation pour acheter du bois certifié ?"
    assert matcher.split(f"{first} {second}") == (first, second)


def test_lines_and_references_stay_as_they_are_written(matcher: Matcher) -> None:
    first = "Bonjour\nque signifie le sigle SPASER exactement ?"
    second = "Quelles règles de déforestation (art. L.110-7) pour acheter du bois certifié ?"
    assert matcher.split(f"{first}\n{second}") == (first, second)


@pytest.mark.parametrize(
    "questions",
    [
        ("C'est quoi un SPASER ?", "Et quels sont les seuils de procédure formalisée ?"),
        ("c'est quoi un SPASER ?", "et faut-il des bacs de tri pour la cantine ?"),
        ("C'est quoi un SPASER ?", "Où se former aux achats durables ?"),
        ("Quels labels pour le papier ?", "Et comment calculer les heures d'insertion ?"),
        ("1) seuil pour acheter sans publicité", "2) labels pour le papier"),
        ("J'ai deux questions. 1) seuil pour acheter sans publicité", "2) labels pour le papier"),
        ("Quels labels pour le papier ?", "Et le SPASER c'est pour qui ?"),
    ],
)
def test_a_short_question_is_one_too_where_the_library_answers_it(matcher: Matcher, questions: tuple[str, ...]) -> None:
    assert matcher.split(" ".join(questions)) == questions


def test_hardly_any_phrasing_of_the_library_is_torn_apart(matcher: Matcher, library: Library) -> None:
    phrasings = [phrasing for entry in library.entries for phrasing in entry.phrasings]
    torn = [phrasing for phrasing in phrasings if len(matcher.split(phrasing)) > 1]
    assert len(torn) <= 0.01 * len(phrasings)


def test_many_pairs_of_titles_are_told_apart(matcher: Matcher, library: Library) -> None:
    draw = random.Random(5)
    asked = [entry.phrasings[0] for entry in library.entries if entry.phrasings[0].endswith("?")]
    pairs = [draw.sample(asked, 2) for _ in range(100)]
    split = sum(matcher.split(" ".join(pair)) == tuple(pair) for pair in pairs)
    assert split >= 60


def test_a_second_question_of_purchasing_that_no_entry_answers_is_not_lost(matcher: Matcher) -> None:
    message = "faut il la rse ds ts les marchés ? et aussi kel est le seuil jal ?"
    assert matcher.split(message) == ("faut il la rse ds ts les marchés ?", "et aussi kel est le seuil jal ?")
    story = (
        "Bonjour, nous préparons avec la communauté de communes un marché de denrées pour les cantines de six écoles. "
        * 3
    )
    assert matcher.split(story + message) == (story + message,)
