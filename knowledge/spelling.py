"""Spelling correction toward the library's own words, plus general French so that right words are left alone.

A word that neither the library nor general French knows is read as the known words nearest to it (optimal string
alignment distance), each with a weight; glued words are split, broken ones joined, a misplaced space is put back: of
all the ways to read a message word by word or by neighbours, the likeliest as a whole is taken (a noisy channel:
Kernighan, Church and Gale, 1990). A letter lost, or swapped with the next, is one error among few; a wrong letter is
one of many that could have been typed, and so a less likely one.

General frequencies come from wordfreq, which covers the words of the web and of chats without any model or network.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, repeat
from typing import TYPE_CHECKING

import numpy as np
import wordfreq
from rapidfuzz import process
from rapidfuzz.distance import OSA
from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory

from knowledge.lexicon import english_stop_words, stop_words
from knowledge.text import Language, fold_all

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

Candidates = dict[str, float]
_Option = tuple[float, "list[Reading]"]  # a way to read a word, after how likely it is

_RAREST_LISTED = 700  # hundredths of a power of ten below 1: general words from 1e-7 on are read
_GENERAL_FLOOR = 1e-6  # general frequency from which a word is taken as rightly spelt
_GENERAL_CANDIDATE = 3e-5  # general frequency from which a word may be what was meant
_MOST_CANDIDATES = 15
_ERROR = 2.5  # natural logarithm of how much rarer an error is than none
_WRONG_LETTER = 2.0  # the same, added for each letter typed that is not in the word meant
_TRUSTED = 0.8  # how far frequencies are trusted between readings of one word
_SAME_START = 0.5  # natural logarithm of how much likelier a reading is that begins as the word does
_LETTER = -6.0  # logarithm of the frequency taken for a lone letter
_RAREST = 1e-8  # frequency added to every word's
_LIKELY_PAIR = -20.0  # logarithm of a likelihood from which two words are left as they are
_DOUBTFUL = -20.0  # logarithm of a likelihood below which a long word may be two, one of them misspelt
_UNREAD = 9.0  # how much less likely still a word is that no known one is near
MOST_LOOKUPS = 36  # unknown words looked up in one message; the rest are kept as they are
LONGEST_ACRONYM = 6  # letters
_MOST_CUTS = 4  # ways to cut a word into a known one and a misspelt one that are tried
_LEAST_SHARE = 0.05
_SHORT, _LONG, _MIDDLING, _GLUED, _LONGEST = 3, 5, 8, 7, 24
_ALPHABET = 26
_LENGTHS = (0, 1, 3, 7, 15, 31, 30, 28, 24, 16)  # marks, one of which changes from a length to the next, in a circle
_FARTHEST = 3  # edits up to which two words are compared
_DICTIONARIES = DefaultDictionaryFactory(cache_max_size=0)  # folded words are kept instead
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


def general_frequency(language: Language) -> dict[str, float]:
    """Return how frequent each folded word is in the language at large, from 0 to 1."""
    return _listed(language)[0]


@lru_cache(maxsize=2)
def _listed(language: Language) -> tuple[dict[str, float], frozenset[str]]:
    """Return how frequent words are in the language at large, and the short ones that are rarer still."""
    listed = wordfreq.get_frequency_list(str(language), wordlist="large")
    found: dict[str, float] = {}
    for rarity, words in enumerate(listed[:_RAREST_LISTED]):
        frequency = wordfreq.cB_to_freq(-rarity)
        for word in fold_all(words):
            found[word] = found.get(word, 0.0) + frequency
    rare = frozenset(word for word in chain(*listed[_RAREST_LISTED:]) if len(word) <= LONGEST_ACRONYM)
    wordfreq.get_frequency_list.cache_clear()  # twice as many words, which nothing else needs
    return found, rare


@lru_cache(maxsize=2)
def dictionary_of(language: Language) -> frozenset[str]:
    """Return the folded words of a dictionary of the language, inflected forms too, however rare they are."""
    return frozenset(fold_all(_DICTIONARIES.get_dictionary(str(language))))


class Speller:
    """Reads words as a library's vocabulary would: ``counts`` tells how often the library holds each word.

    ``trade`` are right words besides, however rare at large and in the library; so are those of ``dictionary``, but a
    misspelt word never stands for one.
    """

    def __init__(
        self,
        counts: Mapping[str, int],
        language: Language,
        trade: frozenset[str] = frozenset(),
        dictionary: frozenset[str] = frozenset(),
    ) -> None:
        self.counts = counts
        self._dictionary = dictionary
        self._trade = trade
        self.total = sum(counts.values())
        self._language = language
        self._general = general_frequency(language)
        self._stops = stop_words() if language is Language.FRENCH else english_stop_words()
        self._standing = _standing_alone(language)
        likely = {word for word in chain(counts, trade) if word.isalpha() and len(word) >= _SHORT}
        known = sorted(likely | _generally_likely(language), key=lambda word: (len(word), word))
        self._known = _Nearby(known)
        self._trusts = dict(zip(known, (_TRUSTED * np.log(self._frequencies(known))).tolist(), strict=True))

    def knows(self, word: str) -> bool:
        """Tell whether a word is rightly spelt: the library, its trade or general French has it."""
        if word in self.counts or word in self._stops or word in self._trade:
            return True
        return self._general.get(word, 0.0) > _GENERAL_FLOOR or word in self._dictionary

    def distinctness(self, word: str) -> float:
        """Return the log-ratio of a word's frequency in the library to its frequency at large."""
        own = (self.counts.get(word, 0) + 0.3) / max(1, self.total)
        return math.log(own) - math.log(self._general.get(word, 1e-7) + 2e-7)

    def read(self, words: Sequence[str], acronyms: frozenset[str] = frozenset()) -> list[Reading]:
        """Return a reading of the words that is likeliest as a whole: each on its own, or with its neighbour.

        Those of ``acronyms`` that the language lists at all, however rarely, are right: they were meant so.
        """
        general, rare = _listed(self._language)
        return self.read_within(
            Lookups(self, frozenset(word for word in acronyms if word in general or word in rare)), words
        )

    def read_within(self, lookups: Lookups, words: Sequence[str]) -> list[Reading]:
        """Return the same of some of a message's words, within the bound on what is looked up for the whole of it."""
        best: list[tuple[float, int, list[Reading]]] = [(0.0, 0, [])]  # by number of words read: how likely, from where
        for end in range(1, len(words) + 1):
            likely, readings = self._alone(words[end - 1], lookups)
            found = (best[end - 1][0] + likely, end - 1, readings)
            if end > 1 and found[0] - best[end - 2][0] < _LIKELY_PAIR:
                together = self._together(words[end - 2], words[end - 1], lookups)
                if together and best[end - 2][0] + together[0] > found[0]:
                    found = (best[end - 2][0] + together[0], end - 2, together[1])
            best.append(found)
        path: list[list[Reading]] = []
        end = len(words)
        while end:
            path.append(best[end][2])
            end = best[end][1]
        read = [reading for readings in reversed(path) for reading in readings]
        if all(reading.written in reading.candidates for reading in read):
            return read
        return [self._doubted(reading, lookups) for reading in read]  # where one error is, others may be

    def _doubted(self, reading: Reading, lookups: Lookups) -> Reading:
        """Return a right word with the library's words that it may be an error for, unless the library says it too."""
        word = reading.written
        if word not in reading.candidates or word in self.counts or not self._may_be_misspelt(word):
            return reading
        if word in self._stops or word in lookups.right or not lookups.granted():
            return reading
        meant = {other: weight for other, weight in self._within(word, 1).items() if other in self.counts}
        own = math.exp(_TRUSTED * self.log_frequency(word) + _SAME_START)
        return Reading(word, shared({word: own, **meant}))

    def log_frequency(self, word: str) -> float:
        """Return the logarithm of how frequent a word is expected to be in a question to this library."""
        if len(word) == 1:
            return _LETTER
        own = self.counts.get(word, 0) / max(1, self.total)
        return math.log((own + self._general.get(word, 0.0)) / 2 + _RAREST)

    def _frequencies(self, words: Sequence[str]) -> NDArray[np.float64]:
        """Return how frequent each of many words of several letters is expected to be."""
        own, general = (
            np.fromiter(map(frequencies.get, words, repeat(0.0)), np.float64, len(words))
            for frequencies in (self.counts, self._general)
        )
        return (own / max(1, self.total) + general) / 2 + _RAREST

    def _alone(self, word: str, lookups: Lookups) -> _Option:
        mixed = _MIXED.fullmatch(word)
        if mixed and not lookups.knows(word):
            return 0.0, [Reading(part, {part: 1.0}) for part in mixed.groups() if part]
        if lookups.knows(word) or not self._may_be_misspelt(word):
            return self.log_frequency(word), [Reading(word, {word: 1.0})]
        unread = 0.0 if word in self._general else _UNREAD
        options = [(self.log_frequency(word) - unread, [Reading(word, {word: 1.0})])]
        near = lookups.near(word)
        if near:
            options.append(self._as_one(word, word, near, 0.0))
        parts = self._split(word)
        if parts:
            likely = sum(map(self.log_frequency, parts)) - _missing_space(word, *parts)
            options.append((likely, [Reading(word, {part: 1.0}) for part in parts]))
        if len(word) >= _GLUED and max(options, key=_likely)[0] < _DOUBTFUL:
            options += self._glued(word, lookups)
        return max(options, key=_likely)

    def _together(self, left: str, right: str, lookups: Lookups) -> _Option | None:
        """Return the likeliest reading of two words that a stray or misplaced space cut wrongly, if any."""
        if (lookups.knows(left) and lookups.knows(right)) or not (left.isalpha() and right.isalpha()):
            return None
        whole, written = left + right, f"{left} {right}"
        if not _SHORT < len(whole) <= _LONGEST:
            return None
        options = []
        if lookups.knows(whole):
            options.append((self.log_frequency(whole) - _cost(1, 1), [Reading(written, {whole: 1.0})]))
        elif len(whole) > _LONG and (near := lookups.near(whole)):
            options.append(self._as_one(written, whole, near, _cost(1, 1)))
        for place in (len(left) - 1, len(left) + 1):
            parts = whole[:place], whole[place:]
            if all(self._stands_alone(part) for part in parts):
                likely = sum(map(self.log_frequency, parts)) - _cost(1, 0)
                options.append((likely, [Reading(written, {part: 1.0}) for part in parts]))
        return max(options, key=_likely, default=None)

    def _as_one(self, written: str, word: str, near: Candidates, spacing: float) -> _Option:
        """Return the reading of a word as those near it; ``spacing``: what errors of spaces cost."""
        reading = Reading(written, shared(near))
        meant = reading.likeliest
        wrong = (_letters(word) & ~_letters(meant)).bit_count()
        return self.log_frequency(meant) - _cost(OSA.distance(word, meant), wrong) - spacing, [reading]

    def _may_be_misspelt(self, word: str) -> bool:
        return word.isalpha() and _SHORT <= len(word) <= _LONGEST

    def near(self, word: str) -> Candidates:
        """Return the known words that an unknown one may stand for, the likeliest first, each with how likely it is."""
        reach = 1 if len(word) <= _SHORT else 2 if len(word) <= _MIDDLING else _FARTHEST
        return self._within(word, reach, _MOST_CANDIDATES)

    def _within(self, word: str, reach: int, most: int | None = None) -> Candidates:
        letters, found = _letters(word), []
        for other, edits in self._known.near(word, reach):
            if edits <= 1 or len(other) > _SHORT:
                cost = _cost(edits, (letters & ~_letters(other)).bit_count())
                start = _SAME_START if other[0] == word[0] else 0.0
                found.append((cost - start - self._trusts[other], other))
        return {other: math.exp(-unlikely) for unlikely, other in sorted(found)[:most]}

    def _split(self, word: str) -> tuple[str, str] | None:
        """Return the likeliest two known words that a missing space glued, or a letter typed in its place."""
        found = [
            (word[:place], right)
            for place in range(1, len(word))
            if self._stands_alone(word[:place])
            for right in (word[place:], word[place + 1 :])
            if self._stands_alone(right)
        ]
        return max(found, key=lambda parts: sum(map(self.log_frequency, parts)), default=None)

    def _stands_alone(self, part: str) -> bool:
        return part in self._standing or (len(part) >= _SHORT and part in self.counts)

    def _glued(self, word: str, lookups: Lookups) -> list[_Option]:
        """Return the readings of a word as a known one and a misspelt one, glued or with a letter between.

        Of the ways to cut it, those that leave the least to be looked up.
        """
        cuts: list[tuple[str, str, str, str]] = []
        for place in range(1, len(word)):
            for left, right in ((word[:place], word[place:]), (word[:place], word[place + 1 :])):
                known, rest = (left, right) if self._stands_alone(left) else (right, left)
                if len(rest) >= _LONG and len(known) > 1 and self._stands_alone(known):
                    cuts.append((known, rest, left, right))
        options: list[_Option] = []
        for known, rest, left, right in sorted(cuts, key=lambda cut: -len(cut[0]))[:_MOST_CUTS]:
            if near := lookups.near(rest):
                likely, readings = self._as_one(word, rest, near, _missing_space(word, left, right))
                beside = Reading(word, {known: 1.0})
                both = [beside, *readings] if known is left else [*readings, beside]
                options.append((likely + self.log_frequency(known), both))
        return options


def _cost(edits: int, wrong: int) -> float:
    """Return the natural logarithm of how much rarer some errors are than none: edits, some of them wrong letters."""
    return _ERROR * edits + _WRONG_LETTER * wrong


def _missing_space(word: str, left: str, right: str) -> float:
    """Return what it costs that two words were glued, or had a letter typed between them for the space."""
    return _cost(1, len(word) - len(left) - len(right))


def _likely(option: _Option) -> float:
    return option[0]


def shared(weights: Candidates) -> Candidates:
    """Return weights as shares of their sum, the least ones left out."""
    total = sum(weights.values())
    return {word: weight / total for word, weight in weights.items() if weight / total > _LEAST_SHARE} or weights


class Lookups:
    """The words already looked up for one message, and a bound on how many are."""

    def __init__(self, speller: Speller, right: frozenset[str] = frozenset()) -> None:
        self._speller = speller
        self.right = right
        self._found: dict[str, Candidates] = {}
        self._left = MOST_LOOKUPS

    def knows(self, word: str) -> bool:
        """Tell whether a word is rightly spelt, in general or in this message."""
        return word in self.right or self._speller.knows(word)

    def granted(self) -> bool:
        """Tell whether one more look-up is within the bound, and count it."""
        self._left -= 1
        return self._left >= 0

    def near(self, word: str) -> Candidates:
        """Return the known words near another, none when too many were looked up."""
        if word not in self._found:
            if not self.granted():
                return {}
            self._found[word] = self._speller.near(word)
        return self._found[word]


class _Nearby:
    """Words, the shortest first, to be found by their distance from another.

    Those whose letters differ too much are never compared.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._words = np.array(words, dtype=object)
        lengths = np.fromiter(map(len, words), np.int64, len(words))
        self._starts = np.searchsorted(lengths, np.arange(_LONGEST + _FARTHEST + 2)).tolist()
        self._marks = np.fromiter(map(_marks, words), np.uint64, len(words))

    def near(self, word: str, reach: int) -> list[tuple[str, int]]:
        """Return the words within an optimal string alignment distance of another, and how far they are."""
        # An edit that changes the length changes one mark of letters and one of length, any other two marks at most.
        start, stop = self._starts[max(0, len(word) - reach)], self._starts[len(word) + reach + 1]
        changed = np.bitwise_count(self._marks[start:stop] ^ np.uint64(_marks(word)))
        compared = self._words[start:stop][changed <= 2 * reach].tolist()
        found = process.extract(word, compared, scorer=OSA.distance, score_cutoff=reach, limit=None)
        return [(other, int(edits)) for other, edits, _ in found]


@lru_cache(maxsize=500_000)
def _letters(word: str) -> int:
    """Return marks of the letters that a word holds, once and twice, as bits."""
    marks = 0
    for letter in word:
        bit = 1 << (ord(letter) & 31)
        marks |= bit << 32 if marks & bit else bit
    return marks


def _marks(word: str) -> int:
    """Return a word's marks of letters, and marks of its length: as many differ between two as the lengths do.

    They share bits with a few letters beyond a to z, so that fewer marks may differ, never more.
    """
    return _letters(word) | _LENGTHS[len(word) % len(_LENGTHS)] << _ALPHABET + 1


@lru_cache(maxsize=2)
def _standing_alone(language: Language) -> frozenset[str]:
    """Return the words of the language at large that a missing space may have glued to another."""
    stops = stop_words() if language is Language.FRENCH else english_stop_words()
    general = general_frequency(language)
    known = {word for word, frequency in general.items() if len(word) > _SHORT and frequency > _GENERAL_FLOOR}
    return frozenset(known | stops)


@lru_cache(maxsize=2)
def _generally_likely(language: Language) -> frozenset[str]:
    """Return the words that a misspelt one may stand for in the language at large."""
    stops = stop_words() if language is Language.FRENCH else english_stop_words()
    general = general_frequency(language)
    frequent = {word for word, frequency in general.items() if len(word) > _SHORT and frequency > _GENERAL_CANDIDATE}
    return frozenset(frequent | {word for word in stops if len(word) >= _SHORT})
