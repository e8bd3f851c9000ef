"""An inverted index over weighted terms: numpy arrays, one pass per question, no order left to chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from knowledge.bags import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from knowledge.bags import Array, Bag, Numbers

    Places = NDArray[np.int64]


class Weighing(Protocol):
    """Turns counts into weights. All arrays run in parallel: one item per term of a document."""

    def idf(self, frequencies: Places, size: int) -> Array:
        """Return each term's inverse document frequency among ``size`` documents; frequencies are at least 1."""

    def weights(self, counts: Array, documents: Numbers, idf: Array, size: int) -> Array:
        """Return the weights of counts, given each item's document and its term's idf."""


class Postings:
    """Which documents hold which term, with what weight. Documents are numbered from 0."""

    def __init__(self, bags: Sequence[Bag], weighing: Weighing) -> None:
        self.size = len(bags)
        lengths = np.fromiter((len(bag.terms) for bag in bags), np.int64, self.size)
        self._starts = np.concatenate([[0], np.cumsum(lengths)])
        self._terms = np.concatenate([bag.terms for bag in bags]) if bags else np.zeros(0, np.int32)
        counts = np.concatenate([bag.counts for bag in bags]) if bags else np.zeros(0)
        owners = np.repeat(np.arange(self.size, dtype=np.int32), lengths)
        self.frequencies = np.bincount(self._terms)
        self._idf = weighing.idf(np.maximum(self.frequencies, 1), self.size)
        self._weights = weighing.weights(counts, owners, self._idf[self._terms], self.size).astype(np.float32)
        order = np.argsort(self._terms, kind="stable")
        self._ends = np.cumsum(self.frequencies)
        self._term_owners = owners[order]
        self._term_weights = self._weights[order]

    def idf_of(self, terms: Numbers, unknown: float = 0.0) -> Array:
        """Return the inverse document frequency of each term, ``unknown`` for those that no document holds."""
        held = self._held(terms)
        idf = np.full(len(terms), unknown)
        idf[held] = self._idf[terms[held]]
        return idf

    def idf(self, term: int, unknown: float = 0.0) -> float:
        """Return the inverse document frequency of one term, ``unknown`` when no document holds it."""
        return float(self._idf[term]) if self.frequency(term) else unknown

    def frequency(self, term: int) -> int:
        """Return the number of documents that hold the term."""
        return int(self.frequencies[term]) if 0 <= term < len(self.frequencies) else 0

    def scores(self, query: Bag) -> Array:
        """Return, for each document, the sum over the query's terms of query weight times document weight."""
        held = self._held(query.terms)
        terms, weights = query.terms[held], query.counts[held]
        lengths = self.frequencies[terms]
        places = spread(self._ends[terms] - lengths, lengths)
        values = self._term_weights[places] * np.repeat(weights, lengths)
        return np.bincount(self._term_owners[places], weights=values, minlength=self.size).astype(np.float64)

    def scores_of(self, queries: Sequence[Bag], documents: Places) -> list[Array]:
        """Return the same of several queries for some documents only: cheaper where the terms are common."""
        asked = np.zeros((len(self.frequencies), len(queries)), np.float32)
        for column, query in enumerate(queries):
            held = self._held(query.terms)
            asked[query.terms[held], column] = query.counts[held]
        lengths = self._starts[documents + 1] - self._starts[documents]
        places = spread(self._starts[documents], lengths)
        shared = np.flatnonzero(np.asarray(np.count_nonzero(asked, axis=1))[self._terms[places]])
        owners = np.repeat(np.arange(len(documents)), lengths)[shared]
        places = places[shared]
        values = self._weights[places, None] * asked[self._terms[places]]
        size = len(documents)
        return [np.bincount(owners, weights=column, minlength=size).astype(np.float64) for column in values.T]

    def document(self, number: int) -> dict[int, float]:
        """Return the terms of one document with their weights."""
        span = slice(self._starts[number], self._starts[number + 1])
        return dict(zip(self._terms[span].tolist(), self._weights[span].tolist(), strict=True))

    def _held(self, terms: Numbers) -> NDArray[np.bool_]:
        within = (terms > UNKNOWN) & (terms < len(self.frequencies))
        held: NDArray[np.bool_] = within.copy()
        held[within] = self.frequencies[terms[within]] > 0
        return held


def spread(starts: Places, lengths: Places) -> Places:
    """Return the places of several runs, one after the other: each from its start, of its length."""
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))
