"""Spelling correction toward the library's own words, plus general French so that right words are left alone.

A word that neither the library nor general French knows is read as the known words nearest to it (optimal string
alignment distance), each with a weight; glued words are split, broken ones joined. General frequencies come from
wordfreq, which covers the words of the web and of chats without any model or network.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import wordfreq
from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.lexicon import english_stop_words, stop_words
from knowledge.text import Language, fold

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable, Sequence

Candidates = dict[str, float]

_GENERAL_FLOOR = 2e-6  # general frequency from which a word is taken as rightly spelt
_GENERAL_CANDIDATE = 3e-5  # general frequency from which a word may be what was meant
_MOST_CANDIDATES = 15
_MOST_LOOKUPS = 24  # unknown words looked up in one message; the rest are kept as they are
_LEAST_SHARE = 0.08
_SHORT, _LONG, _GLUED, _LONGEST = 3, 5, 7, 24
_MIXED = re.compile(r"([^\W\d]+)(\d+)|(\d+)([^\W\d]+)")


@dataclass(frozen=True)
class Reading:
    """A word as written and the words it may stand for, with weights."""

    written: str
    candidates: Candidates

    @property
    def likeliest(self) -> str:
        """Return the candidate of greatest weight."""
        return min(self.candidates, key=lambda word: (-self.candidates[word], word))


@lru_cache(maxsize=2)
def general_frequency(language: Language) -> dict[str, float]:
    """Return how frequent each folded word is in the language at large, from 0 to 1."""
    found: dict[str, float] = {}
    for word, frequency in wordfreq.get_frequency_dict(str(language), wordlist="small").items():
        folded = fold(word)
        found[folded] = found.get(folded, 0.0) + frequency
    return found


class Speller:
    """Reads words as a library's vocabulary would: ``counts`` tells how often the library holds each word."""

    def __init__(self, counts: Counter[str], language: Language) -> None:
        self.counts = counts
        self.total = sum(counts.values())
        self._general = general_frequency(language)
        self._stops = stop_words() if language is Language.FRENCH else english_stop_words()
        likely = {word for word in counts if word.isalpha() and len(word) >= _SHORT}
        self._known = _Nearby(likely | _generally_likely(language))

    def knows(self, word: str) -> bool:
        """Tell whether a word is rightly spelt: the library or general French has it."""
        return word in self.counts or word in self._stops or self._general.get(word, 0.0) > _GENERAL_FLOOR

    def distinctness(self, word: str) -> float:
        """Return the log-ratio of a word's frequency in the library to its frequency at large."""
        own = (self.counts.get(word, 0) + 0.3) / max(1, self.total)
        return math.log(own) - math.log(self._general.get(word, 1e-7) + 2e-7)

    def read(self, words: Sequence[str]) -> list[Reading]:
        """Return a reading of each word, as it should have been cut from its neighbours."""
        found: list[Reading] = []
        lookups = 0
        for word in self._joined(words):
            if lookups >= _MOST_LOOKUPS or self.knows(word):
                found.append(Reading(word, {word: 1.0}))
            else:
                lookups += 1
                found += self._readings(word)
        return found

    def _joined(self, words: Sequence[str]) -> list[str]:
        """Return the words with those that a stray space broke put together again."""
        joined: list[str] = []
        for word in words:
            if joined and self._belong_together(joined[-1], word):
                joined[-1] += word
            else:
                joined.append(word)
        return joined

    def _belong_together(self, left: str, right: str) -> bool:
        whole = left + right
        if len(whole) <= _SHORT or whole not in self.counts or (left in self.counts and right in self.counts):
            return False
        return not (self.knows(left) and self.knows(right)) or min(len(left), len(right)) < _SHORT

    def _readings(self, word: str) -> list[Reading]:
        mixed = _MIXED.fullmatch(word)
        if mixed:
            return [Reading(part, {part: 1.0}) for part in mixed.groups() if part]
        if not word.isalpha() or not _SHORT <= len(word) <= _LONGEST:
            return [Reading(word, {word: 1.0})]
        near = self._near(word)
        parts = self._split(word)
        if parts and max(near.values(), default=0.0) < math.exp(-1.7):
            return [Reading(word, {part: 1.0}) for part in parts]
        if not near and len(word) >= _GLUED:
            near = self._near_without_glued(word)
        total = sum(near.values())
        kept = {reading: weight / total for reading, weight in near.items() if weight / total > _LEAST_SHARE}
        return [Reading(word, kept or {word: 1.0})]

    def _near(self, word: str) -> Candidates:
        reach = 1 if len(word) <= _LONG else 2 if len(word) < 2 * _LONG else 3
        candidates = [
            (distance, candidate)
            for candidate, distance in self._known.near(word, reach)
            if distance < 2 or len(candidate) >= _LONG  # noqa: PLR2004
        ]
        return {
            candidate: self._likelihood(word, candidate, distance)
            for distance, candidate in sorted(candidates)[:_MOST_CANDIDATES]
        }

    def _likelihood(self, word: str, candidate: str, distance: float) -> float:
        count = self.counts.get(candidate, 0)
        same_start = 0.5 if candidate[0] == word[0] else 0.0
        foreign = 0.0 if count else 0.5
        return math.exp(-2.0 * distance + same_start + 0.15 * math.log1p(count) - foreign)

    def _split(self, word: str) -> tuple[str, str] | None:
        """Return the two known words that a missing space glued, the ones best anchored in the library."""
        best: tuple[float, tuple[str, str]] | None = None
        for place in range(1, len(word)):
            left, right = word[:place], word[place:]
            if self._stands_alone(left) and self._stands_alone(right):
                sizes = [len(part) if part in self.counts else len(part) / 3 for part in (left, right)]
                value = min(sizes) + max(sizes)
                if best is None or value > best[0]:
                    best = (value, (left, right))
        return best[1] if best else None

    def _stands_alone(self, part: str) -> bool:
        return part in self._stops or (len(part) > _SHORT and self.knows(part))

    def _near_without_glued(self, word: str) -> Candidates:
        """Return the readings of a misspelt word once a function word glued to it is taken off."""
        best: Candidates = {}
        for place in (1, 2, 3, len(word) - 3, len(word) - 2):
            left, right = word[:place], word[place:]
            if left in self._stops and len(right) >= _LONG:
                near = self._near(right)
            elif right in self._stops and len(left) >= _LONG:
                near = self._near(left)
            else:
                continue
            if max(near.values(), default=0.0) > max(best.values(), default=0.0):
                best = near
        return best


class _Nearby:
    """Words to be found by their distance from another: those whose letters differ too much are never compared."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted(words)
        self._lengths = np.fromiter(map(len, self._words), np.int64, len(self._words))
        self._letters = np.fromiter(map(_letters, self._words), np.uint64, len(self._words))

    def near(self, word: str, reach: int) -> list[tuple[str, int]]:
        """Return the words within an optimal string alignment distance, with their distances."""
        # One edit changes the length by one at most, and two of the marks of letters at most.
        alike = np.bitwise_count(self._letters ^ np.uint64(_letters(word))) <= 2 * reach
        alike &= np.abs(self._lengths - len(word)) <= reach
        compared = [self._words[place] for place in np.flatnonzero(alike).tolist()]
        found = process.extract(word, compared, scorer=OSA.distance, score_cutoff=reach, limit=None)
        return [(candidate, distance) for candidate, distance, _ in found]


@lru_cache(maxsize=500_000)
def _letters(word: str) -> int:
    """Return marks of the letters that a word holds, once and twice, as bits."""
    marks = 0
    for letter in word:
        bit = 1 << (ord(letter) & 31)
        marks |= bit << 32 if marks & bit else bit
    return marks


@lru_cache(maxsize=2)
def _generally_likely(language: Language) -> frozenset[str]:
    """Return the words that a misspelt one may stand for in the language at large."""
    stops = stop_words() if language is Language.FRENCH else english_stop_words()
    general = general_frequency(language)
    frequent = {word for word, frequency in general.items() if len(word) > _SHORT and frequency > _GENERAL_CANDIDATE}
    return frozenset(frequent | {word for word in stops if len(word) >= _SHORT})
