"""How terms are weighed: inverse document frequency, BM25 saturation, unit vectors, character n-grams."""

from __future__ import annotations

import math
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

K1, B = 1.2, 0.5  # BM25: how fast repetition saturates, how much length counts
GRAM_SIZES = (3, 4)


def document_frequencies(documents: Iterable[Mapping[str, float]]) -> Counter[str]:
    """Return in how many documents each term stands."""
    return Counter(term for document in documents for term in document)


def bm25_idf(frequency: int, size: int) -> float:
    """Return BM25's inverse document frequency, always positive (the Lucene variant)."""
    return math.log(1 + (size - frequency + 0.5) / (frequency + 0.5))


def gram_idf(frequency: int, size: int) -> float:
    """Return the inverse document frequency of a character n-gram."""
    return math.log(1 + size / frequency)


def bm25(documents: Sequence[Mapping[str, float]], idf: Mapping[str, float]) -> list[dict[str, float]]:
    """Return each document's BM25 weights (Robertson and Zaragoza, 2009)."""
    lengths = [sum(document.values()) for document in documents]
    mean = (sum(lengths) / len(lengths) if lengths else 0.0) or 1.0
    weighed = []
    for document, length in zip(documents, lengths, strict=True):
        norm = K1 * (1 - B + B * length / mean)
        weighed.append({term: idf[term] * count * (K1 + 1) / (count + norm) for term, count in document.items()})
    return weighed


def unit(counts: Mapping[str, float], idf: Mapping[str, float]) -> dict[str, float]:
    """Return a vector of length one: log-scaled counts times idf, over the terms that have an idf."""
    weights = {term: math.log1p(count) * idf[term] for term, count in counts.items() if term in idf}
    norm = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {term: weight / norm for term, weight in weights.items()}


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
