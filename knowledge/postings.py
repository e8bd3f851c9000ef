"""An inverted index over weighted terms: numpy arrays, one pass per question, no order left to chance."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Numbers = NDArray[np.int64]


class Weighing(Protocol):
    """Turns counts into weights. All three arrays run in parallel: one item per term of a document."""

    def idf(self, frequencies: Numbers, size: int) -> Array:
        """Return each term's inverse document frequency among ``size`` documents."""

    def weights(self, counts: Array, documents: Numbers, idf: Array, size: int) -> Array:
        """Return the weights of counts, given each item's document and its term's idf."""


class Postings:
    """Which documents hold which term, with what weight. Documents are numbered from 0."""

    def __init__(self, documents: Sequence[Mapping[str, float]], weighing: Weighing) -> None:
        self.size = len(documents)
        self._places: dict[str, int] = {}
        for document in documents:
            for term in document:
                self._places.setdefault(term, len(self._places))
        lengths = [len(document) for document in documents]
        owners = np.repeat(np.arange(self.size), lengths)
        terms = np.fromiter((self._places[term] for term in chain.from_iterable(documents)), np.int64, sum(lengths))
        counts = np.fromiter(chain.from_iterable(d.values() for d in documents), np.float64, sum(lengths))
        order = np.argsort(terms, kind="stable")
        self.frequencies = np.bincount(terms, minlength=len(self._places))
        self._idf = weighing.idf(self.frequencies, self.size)
        self._ends = np.cumsum(self.frequencies)
        self._owners = owners[order]
        self._weights = weighing.weights(counts, owners, self._idf[terms], self.size)[order]

    def idf(self, term: str, unknown: float = 0.0) -> float:
        """Return the inverse document frequency of a term, ``unknown`` when no document holds it."""
        place = self._places.get(term)
        return unknown if place is None else float(self._idf[place])

    def frequency(self, term: str) -> int:
        """Return the number of documents that hold the term."""
        place = self._places.get(term)
        return 0 if place is None else int(self.frequencies[place])

    def scores(self, query: Mapping[str, float]) -> Array:
        """Return, for each document, the sum over the query's terms of query weight times document weight."""
        spans = [(self._span(term), weight) for term, weight in sorted(query.items()) if term in self._places]
        if not spans:
            return np.zeros(self.size)
        owners = np.concatenate([self._owners[span] for span, _ in spans])
        weights = np.concatenate([self._weights[span] * weight for span, weight in spans])
        return np.asarray(np.bincount(owners, weights=weights, minlength=self.size), dtype=np.float64)

    def weight(self, term: str, document: int) -> float:
        """Return the weight of a term in one document, 0 when it does not hold it."""
        if term not in self._places:
            return 0.0
        span = self._span(term)
        found = np.flatnonzero(self._owners[span] == document)
        return float(self._weights[span][found[0]]) if len(found) else 0.0

    def _span(self, term: str) -> slice:
        place = self._places[term]
        end = int(self._ends[place])
        return slice(end - int(self.frequencies[place]), end)
