"""How terms are weighed: BM25, unit vectors of character n-grams."""

from __future__ import annotations

import math
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from knowledge.postings import Array, Numbers, Postings

K1, B = 1.2, 0.5  # BM25: how fast repetition saturates, how much length counts
GRAM_SIZES = (3, 4)


class BM25:
    """Okapi BM25 (Robertson and Zaragoza, 2009), with Lucene's idf, which is always positive."""

    def idf(self, frequencies: Numbers, size: int) -> Array:
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

    def idf(self, frequencies: Numbers, size: int) -> Array:
        """Return each term's inverse document frequency."""
        idf: Array = np.log(1 + size / frequencies)
        return idf

    def weights(self, counts: Array, documents: Numbers, idf: Array, size: int) -> Array:
        """Return the components of the unit vectors."""
        raw = np.log1p(counts) * idf
        norms = np.sqrt(np.bincount(documents, weights=raw * raw, minlength=size))
        weights: Array = raw / norms[documents]
        return weights


def unit_query(counts: Mapping[str, int], postings: Postings, unknown: float = 0.0) -> dict[str, float]:
    """Return a question's unit vector; terms that no document holds count with an idf of ``unknown``."""
    raw = {term: math.log1p(count) * postings.idf(term, unknown) for term, count in counts.items()}
    norm = math.sqrt(sum(weight * weight for weight in raw.values())) or 1.0
    return {term: weight / norm for term, weight in raw.items()}


def grams(words: Mapping[str, int]) -> Counter[str]:
    """Return the character n-grams of counted words, each word between spaces."""
    found: Counter[str] = Counter()
    for word, count in words.items():
        for gram in word_grams(word):
            found[gram] += count
    return found


@lru_cache(maxsize=100_000)
def word_grams(word: str) -> tuple[str, ...]:
    """Return the character n-grams of one word, repeated ones repeated."""
    padded = f" {word} "
    return tuple(padded[start : start + size] for size in GRAM_SIZES for start in range(len(padded) - size + 1))
