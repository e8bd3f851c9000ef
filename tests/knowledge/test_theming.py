"""Which experts a question goes to: what the library says of it, and the words that their themes claim."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge.decision import Decision
from knowledge.entry import Theme
from knowledge.files import Library
from knowledge.logistic import Logistic
from knowledge.matcher import Matcher
from knowledge.question import read_question
from knowledge.ranking import rank
from knowledge.text import Language
from knowledge.theming import Theming

# Questions of public purchasing that the library does not answer, by two people who knew its titles alone: 120 and 150.
_BEYOND = [json.loads(line) for line in (Path(__file__).parent / "beyond.jsonl").read_text("utf-8").splitlines()]
FOOD = Theme("alimentation", {"fr": "Alimentation"}, about=("pain", "huile d'olive", "eau"))
GARAGE = Theme("mobilite", {"fr": "Mobilité"}, about=("huile", "essuie-glaces", "eau"))


def theming(*themes: Theme) -> Theming:
    return Theming(themes, Language.FRENCH)


def claimed(matcher: Matcher, message: str, *themes: Theme) -> dict[str, float]:
    return theming(*themes).claimed(read_question(message, matcher.index))


def test_the_longest_expression_is_the_one_that_is_meant(matcher: Matcher) -> None:
    assert claimed(matcher, "de l'huile d'olive", FOOD, GARAGE) == {"alimentation": pytest.approx(2 / 3)}
    assert claimed(matcher, "l'huile du moteur", FOOD, GARAGE) == {"mobilite": pytest.approx(1 / 2)}


def test_a_word_that_two_themes_claim_is_shared_and_more_words_count_for_more(matcher: Matcher) -> None:
    half = pytest.approx(1 / 4)
    assert claimed(matcher, "l'eau", FOOD, GARAGE) == {"alimentation": half, "mobilite": half}
    assert claimed(matcher, "des pains, de l'huile d'olive", FOOD, GARAGE)["alimentation"] == pytest.approx(3 / 4)
    assert claimed(matcher, "un camion", FOOD, GARAGE) == {}
    assert claimed(matcher, "du pain") == {}


@pytest.mark.parametrize(
    ("question", "unsaid", "theme", "others"),
    [
        ("de l'huile d'olive", {"olive"}, "mobilite", True),  # an expression of two words, one of which is not said
        ("de l'huile d'olive", {"olive"}, "alimentation", False),  # the theme's own
        ("de l'huile d'olive", {"moteur"}, "mobilite", False),  # all of it is said
        ("du pain pour la cantine", {"pain"}, "mobilite", False),  # one word is too few
        ("du pain et des pains", {"pain", "pains"}, "mobilite", True),
        ("des pains, des essuie-glaces", {"pains", "essuie", "glaces"}, "textile", True),
        ("de l'eau", {"eau"}, "textile", False),
    ],
)
def test_several_unsaid_words_that_another_theme_claims_are_its_own(
    matcher: Matcher, question: str, unsaid: set[str], theme: str, *, others: bool
) -> None:
    read = read_question(question, matcher.index)
    assert theming(FOOD, GARAGE).is_of_others(read, theme, unsaid) is others


@pytest.mark.parametrize("about", ["", " ", "le", "de la"])
def test_an_expression_of_small_words_claims_nothing(matcher: Matcher, about: str) -> None:
    assert claimed(matcher, "le pain de la cantine", replace(FOOD, about=(about,))) == {}


def test_every_expression_of_the_shipped_themes_is_claimed_by_its_own(matcher: Matcher) -> None:
    shipped = Theming(matcher.themes, Language.FRENCH)
    read = [(theme.id, read_question(about, matcher.index)) for theme in matcher.themes for about in theme.about]
    assert [question.message for theme, question in read if theme not in shipped.claimed(question)] == []
    assert [question.corrections for _, question in read if question.corrections] == []
    assert read_question("des épareuses, des écocups", matcher.index).corrections == {}


def test_the_library_need_not_speak_of_what_the_experts_deal_with(matcher: Matcher, today: dt.date) -> None:
    judged = [(row["theme"], matcher.judge(row["text"], today=today)) for row in _BEYOND]
    assert sum(judgement.decision is Decision.REDIRECT for _, judgement in judged) <= 22  # 0.08
    assert sum(judgement.decision is Decision.ANSWER for _, judgement in judged) <= 11
    assert sum(judgement.theme == theme for theme, judgement in judged) >= 162  # 0.60


@pytest.mark.parametrize("message", ["plancher chauffant", "photovoltaïque parking obligatoire", "bureau assis debout"])
def test_what_is_said_in_words_of_a_theme_alone_is_not_turned_away(
    matcher: Matcher, today: dt.date, message: str
) -> None:
    assert matcher.judge(message, today=today).decision in {Decision.SUGGEST, Decision.EXPERTS}


def test_claimed_words_turn_fewer_questions_away_and_make_no_answer_surer(matcher: Matcher, today: dt.date) -> None:
    without = matcher.over(matcher.entries, [replace(theme, about=()) for theme in matcher.themes])
    both = [[one.judge(row["text"], today=today).decision for row in _BEYOND] for one in (matcher, without)]
    with_words, by_entries = (Counter(decisions) for decisions in both)
    assert with_words[Decision.REDIRECT] < by_entries[Decision.REDIRECT]
    assert with_words[Decision.ANSWER] == by_entries[Decision.ANSWER]


def test_words_that_a_theme_claims_do_not_outweigh_the_entry_that_answers(library: Library, today: dt.date) -> None:
    title = next(entry.title for entry in library.entries if entry.id == "faq-prix-seul")
    claiming = [
        replace(theme, about=("prix", "seul", "critère", "attribution") if theme.id == "textile" else ())
        for theme in library.themes
    ]
    matcher = Matcher(library.entries, claiming)
    assert matcher.judge(title, today=today).theme == "juridique"
    question = read_question(title, matcher.index)
    ranking = rank(question, matcher.index, np.ones(len(matcher.entries), dtype=bool))
    told = [Theming(claiming, Language.FRENCH).theme(question, ranking, matcher.entries, sure) for sure in (0.0, 1.0)]
    assert told == ["textile", "juridique"]


def test_other_words_make_another_version_of_the_judgement(matcher: Matcher) -> None:
    without = matcher.over(matcher.entries, [replace(theme, about=()) for theme in matcher.themes])
    assert without.version != matcher.version
    assert without.calibration == matcher.calibration


def test_a_strange_question_is_not_answered_for_the_words_that_a_theme_claims(library: Library, today: dt.date) -> None:
    question = "agent d'entretien : les microfibres pour la vitrerie"
    plain = Matcher(library.entries, library.themes)
    strange = replace(
        plain.calibration, off_topic=Logistic(3.0, (0.0,) * 6), answer_from=0.0
    )  # 0.95, whatever is asked
    told = Matcher(library.entries, library.themes, calibration=strange).explain(question, today=today)
    assert told.signals["claimed"] > 1
    assert told.signals["strangeness"] < told.judgement.confidence < 0.95
    assert told.judgement.decision is not Decision.ANSWER


@pytest.mark.parametrize(
    ("question", "theme"),
    [
        ("Quelle marque de lave-linge conseillez-vous pour une crèche ?", "textile"),
        ("quel fournisseur pour des disques durs effacés, combien ça coûte ?", "numerique"),
    ],
)
def test_what_is_kept_for_a_human_goes_by_the_words_that_themes_claim(
    matcher: Matcher, today: dt.date, question: str, theme: str
) -> None:
    judgement = matcher.judge(question, today=today)
    assert (judgement.decision, judgement.theme) == (Decision.EXPERTS, theme)
