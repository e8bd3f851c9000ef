from __future__ import annotations

from dataclasses import replace
from statistics import mean

import numpy as np
import pytest

from knowledge.background import Everyday
from knowledge.entry import Entry
from knowledge.files import Library
from knowledge.index import Index
from knowledge.letters import SMALL
from knowledge.matcher import Matcher
from knowledge.question import read_question
from knowledge.ranking import Feature, rank
from knowledge.signals import read_signals
from knowledge.text import Language
from tests.benchmarks.bench_matching import TODAY, generated


def library_of(*titles: str) -> list[Entry]:
    made = zip(generated(len(titles)), titles, strict=True)
    return [replace(entry, title=title, phrasings=(), body="") for entry, title in made]


def likeness(entries: list[Entry], question: str) -> list[float]:
    index = Index(entries, Language.FRENCH)
    assert index.latent
    query = index.stem_query(read_question(question, index).stems)
    found: list[float] = index.latent.cosines(query, np.arange(index.size, dtype=np.int32)).round(9).tolist()
    return found


def test_a_word_that_one_entry_alone_says_comes_near_the_entries_which_that_one_links_to(library: Library) -> None:
    index = Index(sorted(library.entries, key=lambda entry: entry.id), Language.FRENCH)
    assert index.latent
    numbers = {entry.id: number for number, entry in enumerate(index.entries)}
    linked, others = [], []
    for term in set(index.stems.cells().terms.tolist()):
        holders = {*index.stems.holders(term).tolist(), *index.body.holders(term).tolist()}
        if len(holders) == 1:
            (own,) = holders
            links = {numbers[other] for other in index.entries[own].see_also}
            near = index.latent.cosines({term: 1.0}, np.arange(index.size, dtype=np.int32)).tolist()
            linked += [near[number] for number in links]
            others += [near[number] for number in range(index.size) if number not in {own, *links}]
    assert mean(linked) > 0.2
    assert abs(mean(others)) < 0.02


@pytest.mark.parametrize("titles", [("plastique",), ("plastique",) * 30, ("", "plastique"), ("?",), ("?",) * 30])
def test_libraries_that_say_little_or_always_the_same_are_compared_too(titles: tuple[str, ...]) -> None:
    for question in ("plastique", "rien de tel", "?"):
        assert all(-1.0 <= value <= 1.0 for value in likeness(library_of(*titles), question))


def test_a_large_library_is_compared_without() -> None:
    entries = generated(SMALL + 1)
    index = Index(entries, Language.FRENCH)
    ranking = rank(read_question(entries[0].title, index), index, np.ones(index.size, dtype=bool))
    assert index.latent is None
    assert Feature.LATENT not in ranking.features
    assert ranking.by_words() is ranking


def test_likeness_chooses_between_entries_and_makes_no_answer_surer(library: Library) -> None:
    matcher = Matcher(library.entries, library.themes)
    without = Index(matcher.entries, Language.FRENCH, matcher.index)
    without.latent = None
    everything = np.ones(without.size, dtype=bool)
    moved = 0
    for entry in library.entries:
        question = read_question(entry.phrasings[0], without)
        ranking, plain = rank(question, matcher.index, everything), rank(question, without, everything)
        signals = read_signals(question, ranking, matcher.index, Everyday(0.0, 0.0))
        expected = read_signals(question, plain, without, Everyday(0.0, 0.0))
        assert signals.near_letters == pytest.approx(expected.letters)
        if ranking.order[0] == plain.order[0]:
            # Not to the last digit: single phrases are compared for the first 32 entries of either order.
            assert (signals.lead, signals.score) == pytest.approx((expected.lead, expected.score), abs=0.05)
        moved += ranking.order.tolist() != plain.order.tolist()
    assert moved > 0
    told = matcher.explain("compost des déchets verts", today=TODAY).entries[0]
    assert told.features[Feature.LATENT] > 0
    assert sum(told.features.values()) == pytest.approx(told.score, abs=0.001)
