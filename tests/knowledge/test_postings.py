from __future__ import annotations

import random

import numpy as np
import pytest

from knowledge.bags import Terms
from knowledge.postings import Postings, spread
from knowledge.weighting import BM25, UnitVectors, unit_query


def made(draw: random.Random, documents: int) -> list[dict[str, float]]:
    return [dict.fromkeys(draw.sample("abcdefghijklmnop", draw.randrange(8)), 1.0) for _ in range(documents)]


def test_scores_of_some_documents_are_those_of_all() -> None:
    draw, terms = random.Random(1), Terms()
    postings = Postings([terms.bag(counts) for counts in made(draw, 40)], BM25())
    queries = [terms.asked({"a": 1.0, "c": 0.5, "unknown": 1.0}), terms.asked({}), terms.asked({"p": 2.0})]
    some = np.array(sorted(draw.sample(range(40), 11)))
    for query, scores in zip(queries, postings.scores_of(queries, some), strict=True):
        assert scores == pytest.approx(postings.scores(query)[some], abs=1e-6)


def test_a_score_is_the_sum_of_what_the_explanation_tells() -> None:
    terms = Terms()
    postings = Postings([terms.bag({"a": 2.0, "b": 1.0}), terms.bag({"b": 1.0})], BM25())
    weights = postings.document(0)
    told = weights[terms.number("a")] * 0.5 + weights[terms.number("b")]
    assert postings.scores(terms.asked({"a": 0.5, "b": 1.0}))[0] == pytest.approx(told)


def test_the_same_words_have_a_cosine_of_one() -> None:
    terms = Terms()
    counts = {"a": 2.0, "b": 1.0}
    postings = Postings([terms.bag(counts), terms.bag({"b": 3.0})], UnitVectors())
    scores = postings.scores(unit_query(terms.asked(counts), postings))
    assert scores[0] == pytest.approx(1.0)
    assert scores[1] < 1


def test_terms_numbered_after_an_index_are_unknown_to_it() -> None:
    terms = Terms()
    postings = Postings([terms.bag({"a": 1.0})], BM25())
    terms.bag({"z": 1.0})
    asked = terms.asked({"z": 1.0})
    assert postings.scores(asked).tolist() == [0.0]
    assert postings.idf_of(asked.terms, 7.0).tolist() == [7.0]
    assert Postings([], BM25()).scores(asked).tolist() == []


def test_runs_are_spread_one_after_the_other() -> None:
    assert spread(np.array([5, 0, 9]), np.array([2, 0, 3])).tolist() == [5, 6, 9, 10, 11]
