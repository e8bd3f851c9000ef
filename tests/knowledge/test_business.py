"""What is the network's business and what is not, on messages written for it: « business.jsonl »."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from knowledge import lexicon
from knowledge.business import is_about_purchasing
from knowledge.decision import Decision
from knowledge.matcher import Matcher

_ROWS = [json.loads(line) for line in (Path(__file__).parent / "business.jsonl").read_text("utf-8").splitlines()]


def _decided(matcher: Matcher, kind: str, today: dt.date) -> list[Decision]:
    return [matcher.judge(row["text"], today=today).decision for row in _ROWS if row["kind"] == kind]


@pytest.mark.parametrize("kind", ["ours", "sms"])
def test_no_question_of_public_purchasing_is_turned_away(matcher: Matcher, today: dt.date, kind: str) -> None:
    assert _decided(matcher, kind, today).count(Decision.REDIRECT) <= 1


def test_what_is_off_topic_is_turned_away_and_seldom_disturbs_an_expert(matcher: Matcher, today: dt.date) -> None:
    decided = _decided(matcher, "off_topic", today)
    assert decided.count(Decision.REDIRECT) >= len(decided) * 0.8
    assert decided.count(Decision.EXPERTS) <= len(decided) * 0.1
    assert decided.count(Decision.ANSWER) <= 1


@pytest.mark.parametrize(
    "message", ["Que mettre ds un rapport de présentation ?", "le titulère du lot", "our public contract notice"]
)
def test_the_words_of_the_trade_are_known(message: str) -> None:
    assert is_about_purchasing(message, {"titulere": "titulaire"})


@pytest.mark.parametrize("message", ["un stand au marché de Noël", "je marche deux heures", "candidat au permis"])
def test_words_of_every_day_are_not_of_the_trade(message: str) -> None:
    assert not is_about_purchasing(message)


def test_no_question_that_anybody_asks_has_a_word_of_the_trade() -> None:
    assert [question for question in lexicon.background() if is_about_purchasing(question)] == []


def test_a_short_question_that_an_entry_likely_answers_is_not_turned_away(matcher: Matcher, today: dt.date) -> None:
    assert matcher.judge("le prix seul c fini ?", today=today).decision in (Decision.ANSWER, Decision.SUGGEST)


def test_an_entry_that_surely_answers_is_shown_however_strange_the_words(matcher: Matcher, today: dt.date) -> None:
    assert matcher.judge("Que faire en cas d'offre trop basse ?", today=today).decision is Decision.ANSWER
