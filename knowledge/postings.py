"""An inverted index over weighted terms: numpy arrays, one pass per question, no order left to chance."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray


class Postings:
    """Which documents hold which term, with what weight. Documents are numbered from 0."""

    def __init__(self, documents: Sequence[Mapping[str, float]]) -> None:
        numbers: dict[str, list[int]] = defaultdict(list)
        weights: dict[str, list[float]] = defaultdict(list)
        for number, document in enumerate(documents):
            for term, weight in document.items():
                numbers[term].append(number)
                weights[term].append(weight)
        self.size = len(documents)
        self._lists = {
            term: (np.array(numbers[term], dtype=np.int64), np.array(weights[term], dtype=np.float64))
            for term in numbers
        }

    def __contains__(self, term: str) -> bool:
        return term in self._lists

    def scores(self, query: Mapping[str, float]) -> NDArray[np.float64]:
        """Return, for each document, the sum over the query's terms of query weight times document weight."""
        held = [(self._lists[term], query[term]) for term in sorted(query) if term in self._lists]
        if not held:
            return np.zeros(self.size)
        numbers = np.concatenate([lists[0] for lists, _ in held])
        weights = np.concatenate([lists[1] * weight for lists, weight in held])
        totals: NDArray[np.float64] = np.bincount(numbers, weights=weights, minlength=self.size).astype(np.float64)
        return totals

    def weight(self, term: str, document: int) -> float:
        """Return the weight of a term in one document, 0 when it does not hold it."""
        if term not in self._lists:
            return 0.0
        numbers, weights = self._lists[term]
        place = int(np.searchsorted(numbers, document))
        return float(weights[place]) if place < len(numbers) and numbers[place] == document else 0.0
