"""An inverted index over weighted terms: numpy arrays, one pass per question term, no order left to chance."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

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
            term: (np.array(numbers[term], dtype=np.int32), np.array(weights[term], dtype=np.float64))
            for term in numbers
        }

    def __contains__(self, term: str) -> bool:
        return term in self._lists

    def terms(self) -> Iterable[str]:
        """Return every indexed term."""
        return self._lists.keys()

    def frequency(self, term: str) -> int:
        """Return the number of documents that hold the term."""
        found = self._lists.get(term)
        return 0 if found is None else len(found[0])

    def scores(self, query: Mapping[str, float]) -> NDArray[np.float64]:
        """Return, for each document, the sum over the query's terms of query weight times document weight."""
        total = np.zeros(self.size)
        for term in sorted(query):
            found = self._lists.get(term)
            if found is not None:
                total[found[0]] += query[term] * found[1]
        return total
