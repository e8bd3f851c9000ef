"""Words that a library uses alike: entries and questions compared along the directions in which words vary together.

Latent semantic analysis (Deerwester et al., 1990), learnt from the library alone: a word that a single entry says
brings those that resemble it nearer too, and what only sets one entry apart counts for less. Made for a library small
enough for each of its entries to be compared with every other one at each change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from knowledge.postings import Array, Postings
    from knowledge.vocabulary import Numbers

_SHARE = 0.4  # directions kept, by entry
_LEAST = 20  # directions kept of a library that has as many
_BODY = 0.5  # what a word of the body counts for beside one of the phrases
_LEAST_VARIATION = 1e-6  # of entries along a direction, each of length one: below, it is but rounding
_LEAST_LENGTH = 1e-9


class Latent:
    """The directions of a library of ``size`` entries, from the stems of its phrases and of its bodies."""

    def __init__(self, stems: Postings, body: Postings, size: int) -> None:
        fields = ((stems.cells(), 1.0), (body.cells(), _BODY))
        self._terms = np.unique(np.concatenate([cells.terms for cells, _ in fields]))
        said = np.zeros((size, len(self._terms)))
        for cells, weight in fields:
            said[cells.entries, self._terms.searchsorted(cells.terms)] += weight * np.log1p(cells.counts)
        self._idf: Array = np.log(1 + size / np.maximum(1, np.count_nonzero(said, axis=0)))
        said *= self._idf
        said /= _lengths(said)
        squares, sides = np.linalg.eigh(said @ said.T)
        variations = np.sqrt(np.maximum(squares, 0.0))[::-1]
        kept = min(max(_LEAST, round(_SHARE * size)), np.count_nonzero(variations > _LEAST_VARIATION))
        sides, variations = sides[:, ::-1][:, :kept], variations[:kept]
        self._directions: Array = said.T @ (sides / variations)  # a row by term
        entries = sides * variations
        self._entries: Array = entries / _lengths(entries)

    def cosines(self, stems: Mapping[int, float], entries: Numbers) -> Array:
        """Return the cosine of a question's weighted stems, by number, with each of some entries."""
        terms = np.fromiter(stems, np.int64, len(stems))
        places = np.minimum(self._terms.searchsorted(terms), max(0, len(self._terms) - 1))
        known = self._terms[places] == terms if len(self._terms) else np.zeros(len(terms), np.bool_)
        weights = np.fromiter(stems.values(), np.float64, len(stems))[known] * self._idf[places[known]]
        question = weights @ self._directions[places[known]]
        cosines: Array = self._entries[entries] @ (question / max(float(np.linalg.norm(question)), _LEAST_LENGTH))
        return cosines


def _lengths(rows: Array) -> Array:
    found: Array = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), _LEAST_LENGTH)
    return found
