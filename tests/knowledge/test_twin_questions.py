"""Two questions taken for one: with precision, measured on pairs written for it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.index import Index
from knowledge.text import Language
from knowledge.twins import SAME_FROM, gist, likeness, twin
from tests.library import ENTRIES

if TYPE_CHECKING:
    from knowledge.files import Library
    from knowledge.matcher import Matcher

PAIRS = Path(__file__).parents[1] / "evaluation" / "twins.jsonl"
LEAST_PRECISION, LEAST_RECALL = 0.94, 0.7


def test_pairs_taken_for_one_question_nearly_always_are(matcher: Matcher) -> None:
    pairs = [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]
    same = [pair for pair in pairs if pair["same"]]
    taken = [pair for pair in pairs if matcher.twin(pair["first"], [pair["second"]]) is not None]
    right = sum(pair["same"] for pair in taken)
    assert right / len(taken) >= LEAST_PRECISION
    assert right / len(same) >= LEAST_RECALL


def test_the_nearest_of_several_is_taken(matcher: Matcher) -> None:
    asked = "Peut-on réserver un lot de nettoyage à un ESAT ?"
    others = ["merci", "Quel papier recyclé acheter ?", "reserver 1 lot de netoyage pour un esat possible ?", asked]
    assert matcher.twin(asked, others) == 3
    assert matcher.twin(asked, others[:3]) == 2
    assert matcher.twin(asked, others[:2]) is None
    assert matcher.twin(asked, []) is None


@pytest.mark.parametrize("said", ["", "merci", "Comment faire ?", "🙂", "question sur le marché"])
def test_what_says_too_little_is_nobody_elses_question(matcher: Matcher, said: str) -> None:
    assert matcher.twin(said, [said]) is None


def test_an_english_librarys_questions_are_told_alike_by_their_english_words() -> None:
    english = Index(ENTRIES, Language.ENGLISH)
    assert twin("buying recycled bins cleaned", ["buy recycling bin cleaning"], english) == 0


def test_only_the_questions_with_most_in_common_are_compared_in_full(matcher: Matcher, library: Library) -> None:
    said = " ".join(phrasing for entry in library.entries for phrasing in entry.phrasings)[:1500]
    others = [f"{number} {said}" for number in range(300)]

    def taken(among: int) -> float:
        began = time.thread_time()
        assert matcher.twin(said, others[:among]) is not None
        return time.thread_time() - began

    taken(300)  # their stems are read once
    assert taken(300) < 4 * taken(20)


@settings(deadline=None)  # the first text that looks English has the words of general English read
@given(st.text(max_size=200), st.text(max_size=200))
def test_likeness_is_a_share_and_the_same_both_ways(matcher: Matcher, first: str, second: str) -> None:
    one, other = gist(first, matcher.index), gist(second, matcher.index)
    assert 0 <= likeness(one, other) <= 1 + 1e-9
    assert likeness(one, other) == pytest.approx(likeness(other, one))
    assert SAME_FROM > 0
