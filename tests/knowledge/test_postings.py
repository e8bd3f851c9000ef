from __future__ import annotations

import random

import numpy as np
import pytest

from knowledge.counting import Occurrences, WordCounts, pair_key
from knowledge.postings import Change, Postings, add_scores, brought_to, spliced_words
from knowledge.vocabulary import UNKNOWN, spread

QUERY = {1: 1.0, 3: 0.5, 99: 1.0, 12: 2.0}


def counted(entries: list[dict[int, int]]) -> Occurrences:
    rows = sorted((term, number, count) for number, entry in enumerate(entries) for term, count in entry.items())
    terms, numbers, counts = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [])
    return Occurrences(np.array(terms, np.int64), np.array(numbers, np.int32), np.array(counts, np.uint16))


def words_of(entries: list[dict[int, int]]) -> WordCounts:
    words = [word for entry in entries for word in sorted(entry)]
    counts = np.array([entry[word] for entry in entries for word in sorted(entry)], np.uint16)
    return WordCounts(np.cumsum([0, *map(len, entries)]), np.array(words, np.int32), counts, counts)


def made(draw: random.Random, entries: int) -> list[dict[int, int]]:
    return [{term: draw.randrange(1, 4) for term in draw.sample(range(16), draw.randrange(8))} for _ in range(entries)]


def test_scores_of_some_entries_are_those_of_all() -> None:
    draw = random.Random(1)
    postings = Postings(counted(made(draw, 40)), 40, unit=1)
    everything = np.zeros(40, np.float32)
    add_scores(postings.held(QUERY), 2.0, everything)
    some = np.array(sorted(draw.sample(range(40), 11)), np.int32)
    brought = brought_to(postings.held(QUERY), some)
    assert brought.sum(axis=0) * 2 == pytest.approx(everything[some], abs=1e-5)
    assert brought_to(postings.held({}), some).shape == (0, 11)


def test_a_rare_term_brings_more_than_a_frequent_one_and_twice_more_than_once() -> None:
    postings = Postings(counted([{1: 1, 2: 1}, {1: 1}, {1: 2}, {1: 1}]), 4, unit=1)
    everyone = np.arange(4, dtype=np.int32)
    frequent, rare = brought_to(postings.held({1: 1.0, 2: 1.0}), everyone)
    assert rare[0] > frequent[0] > 0
    assert frequent[2] > frequent[3]
    assert postings.holders(1).tolist() == [0, 1, 2, 3]


def test_a_term_that_nobody_holds_is_unknown() -> None:
    postings = Postings(counted([{1: 1}]), 1, unit=1)
    assert postings.idfs([7], 3.0) == [3.0]
    assert postings.idfs([UNKNOWN]) == [0.0]
    assert not Postings(counted([]), 0).held({1: 1.0})


@pytest.mark.parametrize("seed", range(20))
def test_entries_spliced_in_and_out_leave_the_postings_of_those_that_remain(seed: int) -> None:
    draw = random.Random(seed)
    before, new = made(draw, 12), made(draw, 4)
    gone = set(draw.sample(range(12), 3))
    after: list[dict[int, int]] = []
    numbers = np.full(12, UNKNOWN, np.int32)
    added: list[int] = []
    waiting = list(new)
    for number, entry in enumerate(before):
        while waiting and draw.random() < 0.3:
            added.append(len(after))
            after.append(waiting.pop(0))
        if number not in gone:
            numbers[number] = len(after)
            after.append(entry)
    for entry in waiting:
        added.append(len(after))
        after.append(entry)
    change = Change(numbers, np.array(added, np.int32), len(after))
    spliced = Postings(counted(before), 12, unit=1).spliced(change, counted(new))
    anew = Postings(counted(after), len(after), unit=1)
    everyone = np.arange(len(after), dtype=np.int32)
    for term in range(16):
        assert spliced.holders(term).tolist() == anew.holders(term).tolist()
        brought = [brought_to(postings.held({term: 1.0}), everyone).tolist() for postings in (spliced, anew)]
        assert brought[0] == brought[1]
    merged = spliced_words(words_of(before), change, words_of(new))
    assert merged.words.tolist() == words_of(after).words.tolist()
    assert merged.starts.tolist() == words_of(after).starts.tolist()


def test_an_empty_library_takes_its_first_entries() -> None:
    empty = Postings(counted([]), 0, unit=1)
    change = Change(np.zeros(0, np.int32), np.array([0, 1], np.int32), 2)
    assert empty.spliced(change, counted([{1: 1}, {2: 1}])).holders(2).tolist() == [1]


def test_runs_are_spread_one_after_the_other() -> None:
    assert spread(np.array([5, 0, 9]), np.array([2, 0, 3])).tolist() == [5, 6, 9, 10, 11]


def test_a_pair_with_an_unknown_stem_is_unknown() -> None:
    assert pair_key(UNKNOWN, 3) == pair_key(3, UNKNOWN) == UNKNOWN
    assert pair_key(1, 2) != pair_key(2, 1)
