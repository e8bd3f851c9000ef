"""How terms are weighed: BM25, unit vectors of character n-grams."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from knowledge.bags import Bag

if TYPE_CHECKING:
    from knowledge.bags import Array, Numbers
    from knowledge.postings import Places, Postings

K1, B = 1.2, 0.5  # BM25: how fast repetition saturates, how much length counts


class BM25:
    """Okapi BM25 (Robertson and Zaragoza, 2009), with Lucene's idf, which is always positive."""

    def idf(self, frequencies: Places, size: int) -> Array:
        """Return each term's inverse document frequency."""
        idf: Array = np.log(1 + (size - frequencies + 0.5) / (frequencies + 0.5))
        return idf

    def weights(self, counts: Array, documents: Numbers, idf: Array, size: int) -> Array:
        """Return saturated counts times idf, longer documents damped."""
        lengths = np.bincount(documents, weights=counts, minlength=size)
        mean = lengths.mean() if lengths.any() else 1.0
        norms = K1 * (1 - B + B * lengths / mean)
        weights: Array = idf * counts * (K1 + 1) / (counts + norms[documents])
        return weights


class UnitVectors:
    """Log-scaled counts times idf, each document's vector brought to length one: scores are cosines."""

    def idf(self, frequencies: Places, size: int) -> Array:
        """Return each term's inverse document frequency."""
        idf: Array = np.log(1 + size / frequencies)
        return idf

    def weights(self, counts: Array, documents: Numbers, idf: Array, size: int) -> Array:
        """Return the components of the unit vectors."""
        raw = np.log1p(counts) * idf
        norms = np.sqrt(np.bincount(documents, weights=raw * raw, minlength=size))
        weights: Array = raw / norms[documents]
        return weights


def unit_query(asked: Bag, postings: Postings, unknown: float = 0.0) -> Bag:
    """Return a question's unit vector; terms that no document holds count with an idf of ``unknown``."""
    raw = np.log1p(asked.counts) * postings.idf_of(asked.terms, unknown)
    norm = float(np.sqrt(raw @ raw)) or 1.0
    return Bag(asked.terms, raw / norm)
