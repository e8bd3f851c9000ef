"""Spelling correction toward the library's own words, plus general French so that right words are left alone.

A word that neither the library nor general French knows is read as the known words nearest to it (optimal string
alignment distance), each with a weight; glued words are split, broken ones joined, a misplaced space is put back: of
all the ways to read a message word by word or by neighbours, the likeliest as a whole is taken (a noisy channel).
General frequencies come from wordfreq, which covers the words of the web and of chats without any model or network.
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
    from collections.abc import Iterable, Mapping, Sequence

Candidates = dict[str, float]

_GENERAL_FLOOR = 2e-6  # general frequency from which a word is taken as rightly spelt
_GENERAL_CANDIDATE = 3e-5  # general frequency from which a word may be what was meant
_MOST_CANDIDATES = 15
_EDIT = 4.0  # natural logarithm of how much rarer an error is than none
_NEAR_EDIT, _TRUSTED = 3.0, 0.8  # the same between readings of one word, and how far frequencies are trusted
_LETTER = -6.0  # logarithm of the frequency taken for a lone letter
_RAREST = 1e-8  # frequency added to every word's
_UNREAD = 6.0  # how much less likely still a word is that no known one is near
_MOST_LOOKUPS = 32  # unknown words looked up in one message; the rest are kept as they are
_LEAST_SHARE = 0.08
_SHORT, _LONG, _MIDDLING, _GLUED, _LONGEST = 3, 5, 6, 7, 24
_FARTHEST = 3  # edits up to which two words are compared
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

    def __init__(self, counts: Mapping[str, int], language: Language) -> None:
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
        """Return a reading of the words that is likeliest as a whole: each on its own, or with its neighbour."""
        lookups = _Lookups(self)
        best: list[tuple[float, int, list[Reading]]] = [(0.0, 0, [])]  # by number of words read: how likely, from where
        for end in range(1, len(words) + 1):
            likely, readings = self._alone(words[end - 1], lookups)
            found = (best[end - 1][0] + likely, end - 1, readings)
            together = self._together(words[end - 2], words[end - 1], lookups) if end > 1 else None
            if together and best[end - 2][0] + together[0] > found[0]:
                found = (best[end - 2][0] + together[0], end - 2, together[1])
            best.append(found)
        path: list[list[Reading]] = []
        end = len(words)
        while end:
            path.append(best[end][2])
            end = best[end][1]
        return [reading for readings in reversed(path) for reading in readings]

    def log_frequency(self, word: str) -> float:
        """Return the logarithm of how frequent a word is expected to be in a question to this library."""
        if len(word) == 1:
            return _LETTER
        own = self.counts.get(word, 0) / max(1, self.total)
        return math.log((own + self._general.get(word, 0.0)) / 2 + _RAREST)

    def _alone(self, word: str, lookups: _Lookups) -> tuple[float, list[Reading]]:
        mixed = _MIXED.fullmatch(word)
        if mixed and not self.knows(word):
            return 0.0, [Reading(part, {part: 1.0}) for part in mixed.groups() if part]
        if self.knows(word) or not self._may_be_misspelt(word):
            return self.log_frequency(word), [Reading(word, {word: 1.0})]
        options = [(math.log(_RAREST) - _UNREAD, [Reading(word, {word: 1.0})])]
        near = lookups.near(word)
        if near:
            options.append(self._as_one(word, word, near, 0))
        parts = self._split(word)
        if parts:
            options.append(
                (sum(map(self.log_frequency, parts)) - _EDIT, [Reading(word, {part: 1.0}) for part in parts])
            )
        if not near and len(word) >= _GLUED:
            options += self._glued(word, lookups)
        return max(options, key=lambda option: option[0])

    def _together(self, left: str, right: str, lookups: _Lookups) -> tuple[float, list[Reading]] | None:
        """Return the likeliest reading of two words that a stray or misplaced space cut wrongly, if any."""
        if (self.knows(left) and self.knows(right)) or not (left.isalpha() and right.isalpha()):
            return None
        whole, written = left + right, f"{left} {right}"
        if not _SHORT < len(whole) <= _LONGEST:
            return None
        options = []
        if self.knows(whole):
            options.append((self.log_frequency(whole) - _EDIT, [Reading(written, {whole: 1.0})]))
        elif len(whole) > _LONG and (near := lookups.near(whole)):
            options.append(self._as_one(written, whole, near, 1))
        for place in (len(left) - 1, len(left) + 1):
            parts = whole[:place], whole[place:]
            if all(self._stands_alone(part) for part in parts):
                likely = sum(map(self.log_frequency, parts)) - _EDIT
                options.append((likely, [Reading(written, {part: 1.0}) for part in parts]))
        return max(options, key=lambda option: option[0], default=None)

    def _as_one(self, written: str, word: str, near: Candidates, edits: int) -> tuple[float, list[Reading]]:
        total = sum(near.values())
        kept = {reading: weight / total for reading, weight in near.items() if weight / total > _LEAST_SHARE}
        reading = Reading(written, kept or near)
        distance = OSA.distance(word, reading.likeliest)
        return self.log_frequency(reading.likeliest) - _EDIT * (distance + edits), [reading]

    def _may_be_misspelt(self, word: str) -> bool:
        return word.isalpha() and _SHORT <= len(word) <= _LONGEST

    def near(self, word: str) -> Candidates:
        """Return the known words that an unknown one may stand for, each with how likely it is."""
        reach = 1 if len(word) <= _SHORT else 2 if len(word) <= _MIDDLING else _FARTHEST
        candidates = [
            (distance, candidate)
            for candidate, distance in self._known.near(word, reach)
            if distance < 2 or len(candidate) > _SHORT  # noqa: PLR2004
        ]
        return {
            candidate: self._likelihood(word, candidate, distance)
            for distance, candidate in sorted(candidates)[:_MOST_CANDIDATES]
        }

    def _likelihood(self, word: str, candidate: str, distance: float) -> float:
        same_start = 0.5 if candidate[0] == word[0] else 0.0
        return math.exp(_TRUSTED * self.log_frequency(candidate) - _NEAR_EDIT * distance + same_start)

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

    def _glued(self, word: str, lookups: _Lookups) -> list[tuple[float, list[Reading]]]:
        """Return the readings of a misspelt word once a function word glued to it is taken off."""
        options = []
        for place in (1, 2, 3, len(word) - 3, len(word) - 2):
            left, right = word[:place], word[place:]
            rest = right if left in self._stops else left if right in self._stops else ""
            if len(rest) >= _LONG and (near := lookups.near(rest)):
                options.append(self._as_one(word, rest, near, 1))
        return options


class _Lookups:
    """The words already looked up for one message, and a bound on how many are."""

    def __init__(self, speller: Speller) -> None:
        self._speller = speller
        self._found: dict[str, Candidates] = {}

    def near(self, word: str) -> Candidates:
        """Return the known words near another, none when too many were looked up."""
        if word not in self._found:
            if len(self._found) >= _MOST_LOOKUPS:
                return {}
            self._found[word] = self._speller.near(word)
        return self._found[word]


class _Nearby:
    """Words to be found by their distance from another: those whose letters differ too much are never compared."""

    def __init__(self, words: Iterable[str]) -> None:
        ordered = sorted(words, key=lambda word: (len(word), word))
        self._words = np.array(ordered, dtype=object)
        lengths = np.fromiter(map(len, ordered), np.int64, len(ordered))
        self._starts = np.searchsorted(lengths, np.arange(_LONGEST + _FARTHEST + 2)).tolist()
        self._lengths = np.minimum(lengths, _LONGEST + _FARTHEST + 1).astype(np.int8)
        self._letters = np.fromiter(map(_letters, ordered), np.uint64, len(ordered))

    def near(self, word: str, reach: int) -> list[tuple[str, int]]:
        """Return the words within an optimal string alignment distance, with their distances."""
        # An edit that changes the length changes one of the marks of letters, any other two at most.
        like_long = slice(self._starts[max(0, len(word) - reach)], self._starts[len(word) + reach + 1])
        changed = np.bitwise_count(self._letters[like_long] ^ np.uint64(_letters(word)))
        changed += np.abs(self._lengths[like_long] - np.int8(len(word))).view(np.uint8)
        compared = self._words[like_long][changed <= 2 * reach].tolist()
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
