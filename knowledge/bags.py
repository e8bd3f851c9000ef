"""Counted terms as arrays: what the indexes are made of, and what a question is compared with.

Each kind of term has its own numbers, given once in a process, so that what an entry says is counted once and every
index that holds it is only put together from arrays. A question's own terms never get a number: no stream of messages
can fill the memory.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Numbers = NDArray[np.int32]

UNKNOWN = -1
GRAM_SIZES = (3, 4)


@dataclass(frozen=True)
class Bag:
    """Numbered terms, each once, with their counts or weights."""

    terms: Numbers
    counts: Array


class Terms:
    """The numbers of one kind of term."""

    def __init__(self) -> None:
        # A default factory in C keeps two threads from giving one number twice.
        self._numbers: defaultdict[str, int] = defaultdict(itertools.count().__next__)

    def bag(self, counts: Mapping[str, float]) -> Bag:
        """Return the bag of a library's counted terms, new ones numbered."""
        size = len(counts)
        terms = np.fromiter((self._numbers[term] for term in counts), np.int32, size)
        return Bag(terms, np.fromiter(counts.values(), np.float64, size))

    def asked(self, counts: Mapping[str, float]) -> Bag:
        """Return the bag of a question's terms, in a fixed order; those without a number are ``UNKNOWN``."""
        size = len(counts)
        terms = np.fromiter((self._numbers.get(term, UNKNOWN) for term in counts), np.int32, size)
        return Bag(terms, np.fromiter(counts.values(), np.float64, size))

    def number(self, term: str) -> int:
        """Return the number of a term, ``UNKNOWN`` when it has none."""
        return self._numbers.get(term, UNKNOWN)

    def numbers(self, terms: Iterable[str]) -> Numbers:
        """Return the numbers of a library's terms, new ones numbered."""
        return np.fromiter((self._numbers[term] for term in terms), np.int32)


STEMS, PAIRS, MEANINGS, GRAMS = Terms(), Terms(), Terms(), Terms()


def gram_bag(words: Mapping[str, float]) -> Bag:
    """Return the character n-grams of a library's counted words, each word between spaces."""
    if not words:
        return Bag(np.zeros(0, np.int32), np.zeros(0))
    numbered = [_word_gram_numbers(word) for word in words]
    repeats = np.repeat(np.fromiter(words.values(), np.float64, len(words)), [len(grams) for grams in numbered])
    terms, places = np.unique(np.concatenate(numbered), return_inverse=True)
    return Bag(terms, _summed(places, repeats, len(terms)))


def asked_grams(words: Iterable[str]) -> Bag:
    """Return the character n-grams of a question's words, counted."""
    return GRAMS.asked(Counter(gram for word in words for gram in word_grams(word)))


def merged(left: Bag, right: Bag) -> Bag:
    """Return the terms of both bags, their counts added."""
    terms, places = np.unique(np.concatenate([left.terms, right.terms]), return_inverse=True)
    counts = np.concatenate([left.counts, right.counts])
    return Bag(terms, _summed(places, counts, len(terms)))


def _summed(places: NDArray[np.intp], counts: Array, size: int) -> Array:
    return np.asarray(np.bincount(places, weights=counts, minlength=size), dtype=np.float64)


def word_grams(word: str) -> list[str]:
    """Return the character n-grams of one word between spaces, repeated ones repeated."""
    padded = f" {word} "
    return [padded[start : start + size] for size in GRAM_SIZES for start in range(len(padded) - size + 1)]


@lru_cache(maxsize=100_000)
def _word_gram_numbers(word: str) -> Numbers:
    return GRAMS.numbers(word_grams(word))
