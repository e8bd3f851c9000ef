"""Which experts a question goes to: what the library says of it, and the words that their themes claim."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.decision import Decision
from knowledge.entry import Theme
from knowledge.files import Library
from knowledge.logistic import Logistic
from knowledge.matcher import Matcher
from knowledge.text import Language
from knowledge.theming import Theming

# Questions of public purchasing that the library does not answer, written by somebody who knew its titles alone.
_BEYOND = [json.loads(line) for line in (Path(__file__).parent / "beyond.jsonl").read_text("utf-8").splitlines()]
FOOD = Theme("alimentation", {"fr": "Alimentation"}, about=("pain", "huile d'olive", "eau"))
GARAGE = Theme("mobilite", {"fr": "Mobilité"}, about=("huile", "essuie-glaces", "eau"))


def theming(*themes: Theme) -> Theming:
    return Theming(themes, Language.FRENCH)


def test_the_longest_expression_is_the_one_that_is_meant() -> None:
    assert theming(FOOD, GARAGE).claimed(("huil", "oliv")) == {"alimentation": pytest.approx(2 / 3)}
    assert theming(FOOD, GARAGE).claimed(("huil", "moteur")) == {"mobilite": pytest.approx(1 / 2)}


def test_a_word_that_two_themes_claim_is_shared_and_more_words_count_for_more() -> None:
    both = theming(FOOD, GARAGE)
    assert both.claimed(("eau",)) == {"alimentation": pytest.approx(1 / 4), "mobilite": pytest.approx(1 / 4)}
    assert both.claimed(("pain", "huil", "oliv"))["alimentation"] == pytest.approx(3 / 4)
    assert both.claimed(("camion",)) == {}
    assert theming().claimed(("pain",)) == {}


def test_the_library_need_not_speak_of_what_the_experts_deal_with(matcher: Matcher, today: dt.date) -> None:
    judged = [(row["theme"], matcher.judge(row["text"], today=today)) for row in _BEYOND]
    assert sum(judgement.decision is Decision.REDIRECT for _, judgement in judged) <= 18  # 0.15
    assert sum(judgement.decision is Decision.ANSWER for _, judgement in judged) <= 4
    assert sum(judgement.theme == theme for theme, judgement in judged) >= 75  # 0.62; 48 by the nearest entries alone


def test_claimed_words_turn_fewer_questions_away_and_make_no_answer_surer(matcher: Matcher, today: dt.date) -> None:
    without = matcher.over(matcher.entries, [replace(theme, about=()) for theme in matcher.themes])
    both = [[one.judge(row["text"], today=today).decision for row in _BEYOND] for one in (matcher, without)]
    with_words, by_entries = (Counter(decisions) for decisions in both)
    assert with_words[Decision.REDIRECT] < by_entries[Decision.REDIRECT]
    assert with_words[Decision.ANSWER] == by_entries[Decision.ANSWER]


def test_words_that_a_theme_claims_do_not_outweigh_the_entry_that_answers(library: Library, today: dt.date) -> None:
    title = next(entry.title for entry in library.entries if entry.id == "faq-prix-seul")
    claiming = [replace(theme, about=("critère",)) if theme.id == "textile" else theme for theme in library.themes]
    assert Matcher(library.entries, claiming).judge(title, today=today).theme == "juridique"


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
