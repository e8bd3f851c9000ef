"""An inverted index over counted terms: numpy arrays, read in a fixed order, into which changed entries are spliced."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from knowledge.counting import PARTS, Occurrences, Phrases, WordCounts
from knowledge.vocabulary import spread

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from knowledge.counting import Counted, Keys
    from knowledge.vocabulary import Numbers, Places

    Array = NDArray[np.float64]
    Scores = NDArray[np.float32]

K1, B = 1.2, 0.5  # BM25: how fast repetition saturates, how much length counts


@dataclass(frozen=True, eq=False)
class Change:
    """Entries that come and go: the new number of each old entry, ``-1`` once gone, and the numbers of those added."""

    numbers: Numbers
    added: Numbers
    size: int


class Cells(NamedTuple):
    """Which entries hold which terms, how many times."""

    terms: Keys
    entries: Numbers
    counts: Array


class Held(NamedTuple):
    """One term of a query: what it counts for, which entries hold it, with what weight."""

    term: int
    factor: float
    entries: Numbers
    weights: Scores


class Postings:
    """Which entries hold which term, with what weight by Okapi BM25 (Robertson and Zaragoza, 2009).

    The inverse document frequency is Lucene's, which is always positive; it is brought in when a question is asked.
    ``unit`` is what one occurrence counts for in ``occurrences``.
    """

    def __init__(self, occurrences: Occurrences, size: int, unit: float = PARTS) -> None:
        self.size, self._unit = size, unit
        begun = np.flatnonzero(np.diff(occurrences.terms, prepend=-1))
        self._terms: Keys = occurrences.terms[begun]
        self._starts: Places = np.append(begun, len(occurrences.terms))
        self._entries: Numbers = occurrences.entries
        self._counts: Counted = occurrences.counts
        counts = occurrences.counts.astype(np.float32)
        counts /= np.float32(unit)
        lengths = np.bincount(self._entries, weights=counts, minlength=size)
        norms = K1 * (1 - B + B * lengths / (lengths.mean() if lengths.any() else 1.0))
        self._weights: Scores = counts * np.float32(K1 + 1) / (counts + norms.astype(np.float32)[self._entries])

    def idfs(self, terms: Sequence[int], unknown: float = 0.0) -> list[float]:
        """Return the inverse document frequency of each term, ``unknown`` of those that no entry holds."""
        return [self._idf(stop - start) if stop > start else unknown for start, stop in self._runs(terms)]

    def frequencies(self, terms: Sequence[int]) -> list[int]:
        """Return how many entries hold each term."""
        return [stop - start for start, stop in self._runs(terms)]

    def holders(self, term: int) -> Numbers:
        """Return the entries that hold the term, ascending."""
        ((start, stop),) = self._runs([term])
        return self._entries[start:stop]

    def held(self, query: Mapping[int, float]) -> list[Held]:
        """Return what each of a query's weighted terms brings, those that no entry holds left out."""
        runs = zip(query.items(), self._runs(tuple(query)), strict=True)
        return [
            Held(term, weight * self._idf(stop - start), self._entries[start:stop], self._weights[start:stop])
            for (term, weight), (start, stop) in runs
            if stop > start
        ]

    def cells(self) -> Cells:
        """Return every term that an entry holds."""
        return Cells(np.repeat(self._terms, np.diff(self._starts)), self._entries, self._counts / self._unit)

    def spliced(self, change: Change, added: Occurrences) -> Postings:
        """Return the postings once entries have come and gone; those of ``added`` are numbered from 0."""
        entries = change.numbers[self._entries]
        kept = entries >= 0
        lengths = np.add.reduceat(kept, self._starts[:-1], dtype=np.int64) if len(kept) else np.zeros(0, np.int64)
        terms = np.repeat(self._terms, lengths)
        entries, counts = entries[kept], self._counts[kept]
        renumbered = change.added[added.entries]
        places = _insertions(terms, entries, added.terms, renumbered)
        merged = Occurrences(
            np.insert(terms, places, added.terms),
            np.insert(entries, places, renumbered),
            np.insert(counts, places, added.counts),
        )
        return Postings(merged, change.size, self._unit)

    def _idf(self, frequency: int) -> float:
        return math.log(1 + (self.size - frequency + 0.5) / (frequency + 0.5))

    def _runs(self, terms: Sequence[int]) -> list[tuple[int, int]]:
        """Return where the entries of each term begin and end."""
        # One by one: terms are few, and arrays made for them would cost more than they save.
        held, starts = self._terms.data, self._starts.data
        places = [bisect_left(held, term) for term in terms]
        return [
            (starts[place], starts[place + 1]) if place < len(held) and held[place] == term else (0, 0)
            for place, term in zip(places, terms, strict=True)
        ]


def add_scores(query: Iterable[Held], factor: float, scores: Scores) -> None:
    """Add to each entry's score ``factor`` times what a query's terms bring it."""
    for held in query:
        np.add.at(scores, held.entries, held.weights * np.float32(factor * held.factor))


def brought_to(query: Sequence[Held], entries: Numbers) -> Array:
    """Return what each of a query's terms brings to some entries, whose numbers ascend: a row for each term."""
    shape = len(query), len(entries)
    found, weights = np.empty(shape, np.int32), np.empty(shape, np.float32)
    for row, held in enumerate(query):
        places = held.entries.searchsorted(entries)
        held.entries.take(places, mode="clip", out=found[row])
        held.weights.take(places, mode="clip", out=weights[row])
    factors = np.array([held.factor for held in query], np.float32)
    brought: Array = (weights * (found == entries) * factors[:, np.newaxis]).astype(np.float64)
    return brought


def _insertions(terms: Keys, entries: Numbers, new_terms: Keys, new_entries: Numbers) -> Places:
    """Return where new occurrences go among those sorted by term, then by entry."""
    firsts, lasts = np.searchsorted(terms, new_terms), np.searchsorted(terms, new_terms, side="right")
    runs = zip(firsts.tolist(), lasts.tolist(), new_entries.tolist(), strict=True)
    return np.array([first + np.searchsorted(entries[first:last], entry) for first, last, entry in runs], np.int64)


def spliced_words(words: WordCounts, change: Change, added: WordCounts) -> WordCounts:
    """Return the words of each entry once entries have come and gone."""
    runs = _Runs(words.starts, change, added.starts)
    return WordCounts(
        runs.starts,
        runs.merged(words.words, added.words).astype(np.int32, copy=False),
        runs.merged(words.spoken, added.spoken).astype(np.uint16, copy=False),
        runs.merged(words.written, added.written).astype(np.uint16, copy=False),
    )


def spliced_phrases(phrases: Phrases, change: Change, added: Phrases) -> Phrases:
    """Return the phrases of each entry once entries have come and gone."""
    runs = _Runs(phrases.starts, change, added.starts)
    return Phrases(runs.starts, runs.merged(phrases.words, added.words).astype(np.int32, copy=False))


class _Runs:
    """Values kept entry after entry, once entries have come and gone: where each run starts, and what they become."""

    def __init__(self, starts: Places, change: Change, added: Places) -> None:
        kept = change.numbers >= 0
        old_sizes, new_sizes = np.diff(starts), np.diff(added)
        sizes = np.zeros(change.size, np.int64)
        sizes[change.numbers[kept]] = old_sizes[kept]
        sizes[change.added] = new_sizes
        self.starts: Places = np.concatenate([[0], np.cumsum(sizes)])
        self._old = spread(self.starts[:-1][change.numbers[kept]], old_sizes[kept])
        self._new = spread(self.starts[:-1][change.added], new_sizes)
        self._held = np.repeat(kept, old_sizes)

    def merged(self, old: Counted | Numbers, new: Counted | Numbers) -> NDArray[np.integer]:
        """Return the values of the entries that stay among those of the entries that come."""
        values = np.empty(int(self.starts[-1]), old.dtype)
        values[self._old], values[self._new] = old[self._held], new
        return values
