from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge import letters, ranking
from knowledge.entry import Entry
from knowledge.files import Library
from knowledge.index import Index
from knowledge.matcher import Matcher
from knowledge.question import read_question
from knowledge.ranking import rank
from knowledge.text import Language
from knowledge.vocabulary import Vocabulary, vocabulary
from tests.benchmarks.bench_matching import generated, questions
from tests.library import with_entry

ASKED = ("spaser oblig ?", "AMO pour un marché de papier", "quarante mille euros d'achats", "kel label", "compost")


def ordered(index: Index, question: str) -> list[tuple[str, float]]:
    ranked = rank(read_question(question, index), index, np.ones(index.size, dtype=bool))
    scores = ranked.scores.round(9).tolist()
    return [(index.entries[number].id, score) for number, score in zip(ranked.order.tolist(), scores, strict=True)]


def by_id(library: Library) -> tuple[Entry, ...]:
    return tuple(sorted(library.entries, key=lambda entry: entry.id))


def changed(entries: tuple[Entry, ...], draw: random.Random) -> list[Entry]:
    """Return a library a few of whose entries went, came or were rewritten, acronyms included."""
    kept = [entry for entry in entries if draw.random() > 0.03]
    for place in draw.sample(range(len(kept)), 5):
        other = draw.choice(entries)
        acronyms = {"AMO": "assistance à maîtrise d'ouvrage"} if draw.random() < 0.5 else {}
        kept[place] = replace(kept[place], title=other.title, body=other.body, acronyms=acronyms)
    came = [replace(draw.choice(entries), id=f"neuve-{number}") for number in range(3)]
    return sorted([*kept, *came], key=lambda entry: entry.id)


@pytest.mark.parametrize("seed", range(4))
def test_splicing_changes_in_gives_what_counting_everything_again_gives(library: Library, seed: int) -> None:
    before = Index(by_id(library), Language.FRENCH)
    entries = changed(by_id(library), random.Random(seed))
    spliced, anew = Index(entries, Language.FRENCH, before), Index(entries, Language.FRENCH)
    for question in (*ASKED, entries[seed].title, entries[-seed].phrasings[0]):
        assert ordered(spliced, question) == ordered(anew, question)


def test_an_acronym_that_an_entry_brings_is_understood_in_the_others(library: Library) -> None:
    entries = by_id(library)
    before = Index(entries, Language.FRENCH)
    new = replace(entries[0], acronyms={"ZZPA": "papier recyclé"})
    after = Index([new, *entries[1:]], Language.FRENCH, before)
    assert [identifier for identifier, _ in ordered(after, "zzpa")[:5] if "papier" in identifier]


def test_a_large_library_changed_entry_by_entry_stays_the_same_as_one_read_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(letters, "SMALL", 100)
    monkeypatch.setattr(ranking, "SMALL", 100)
    entries = generated(400)
    index = Index(entries[1:], Language.FRENCH)
    index = Index(entries, Language.FRENCH, index)
    anew = Index(entries, Language.FRENCH)
    for question, _ in questions(entries)[:20]:
        assert ordered(index, question) == ordered(anew, question)


def test_candidates_are_the_best_entries_by_words(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = generated(600)
    index = Index(entries, Language.FRENCH)
    for question, _ in questions(entries)[:30]:
        read = read_question(question, index)
        monkeypatch.setattr(ranking, "SMALL", 600)
        everything = rank(read, index, np.ones(index.size, dtype=bool))
        monkeypatch.setattr(ranking, "SMALL", 1)
        few = rank(read, index, np.ones(index.size, dtype=bool))
        assert len(few.order) == ranking.CANDIDATES
        assert few.order[0] == everything.order[0]
        assert few.scores[0] == pytest.approx(everything.scores[0])


def test_entries_left_out_today_are_no_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "SMALL", 1)
    entries = generated(300)
    index = Index(entries, Language.FRENCH)
    allowed = np.ones(300, dtype=bool)
    allowed[7] = False
    assert 7 not in rank(read_question(entries[7].title, index), index, allowed).order


def test_a_publication_keeps_the_version_of_the_same_library(matcher: Matcher) -> None:
    entry = matcher.entries[3]
    rewritten = with_entry(matcher, replace(entry, theme="autre"))
    assert rewritten.version != matcher.version
    assert with_entry(rewritten, replace(entry)).version == matcher.version


def texts(library: Library) -> list[str]:
    return [
        text
        for entry in library.entries
        for text in (entry.title, *entry.phrasings, *entry.synonyms, *entry.body.split("\n"))
    ]


def each_read(words: Vocabulary, told: list[str]) -> list[list[int]]:
    read, counts = words.read(told)
    return [said.tolist() for said in np.split(read, counts.cumsum()[:-1])] if told else []


def test_a_text_read_token_by_token_is_read_as_a_whole(library: Library) -> None:
    words = vocabulary(Language.FRENCH)
    told = texts(library)
    assert each_read(words, told) == [words.read_whole(text) for text in told]


TOKENS = st.sampled_from(
    "deux cent mille quarante vingt et un 40 000 k€ € % pour p. 100 l'eau d' qu'est ce que est-ce gré à mieux disant "
    "sous traitance ma cantine com c koi quoi peu AO L. 2111-3 art. l 2113 1er millions 3,5 aaaah s'il vous plaît "
    "l´école ¨gre É́cole re-emploi quatre-vingt dix un avance la clause verte label pourcent".split()
)
PHRASES = st.lists(TOKENS | st.sampled_from(["", "\0", "marché"]), max_size=12).map(" ".join)


TOO_LONG = ["marché " * 201, f"{'anticonstitutionnellement' * 4} " * 45, "d'eau" * 1000]  # to be read to their ends


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(phrases=st.lists(PHRASES | st.sampled_from(TOO_LONG), max_size=6))
def test_texts_read_all_at_once_are_read_as_each_alone_and_as_a_whole(phrases: list[str]) -> None:
    words = Vocabulary(Language.FRENCH)
    assert each_read(words, phrases) == [words.read_whole(phrase) for phrase in phrases]
