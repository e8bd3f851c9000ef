"""Spelling correction toward the library's own words, plus general French so that right words are left alone.

A word that neither the library nor general French knows is read as the known words nearest to it (optimal string
alignment distance), each with a weight (a noisy channel: Kernighan, Church and Gale, 1990). A letter lost, or swapped
with the next, is one error among few; a wrong letter is one of many that could have been typed, and so a less likely
one. Where a word is misspelt, its neighbours are doubted too, and the spaces around it (``lattice``).

General frequencies come from wordfreq, which covers the words of the web and of chats without any model or network.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from itertools import chain, groupby, repeat
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA
from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory

from knowledge.lattice import Candidates, Meant, Reading, read_together
from knowledge.lexicon import english_stop_words, stop_words
from knowledge.text import Language, fold_all

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

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
_UNREAD = 12.0  # natural logarithm of how much less likely a word is that is not known, and rightly spelt
MOST_LOOKUPS = 150  # words, or parts of glued ones, looked up in one reading; the rest are kept as they are
_REMEMBERED = 1000  # words last looked up: a message is read several times over
LONGEST_ACRONYM = 6  # letters
_SHORT, _PART, _MIDDLING, _LONGEST = 3, 5, 8, 24
_ALPHABET = 26
_LENGTHS = (0, 1, 3, 7, 15, 31, 30, 28, 24, 16)  # marks, one of which changes from a length to the next, in a circle
_FARTHEST = 3  # edits up to which two words are compared
_DICTIONARIES = DefaultDictionaryFactory(cache_max_size=0)  # folded words are kept instead
_MIXED = re.compile(r"([^\W\d]+)(\d+)|(\d+)([^\W\d]+)")


def general_frequency(language: Language) -> dict[str, float]:
    """Return how frequent each folded word is in the language at large, from 0 to 1."""
    return _listed(language)[0]


@lru_cache(maxsize=2)
def _listed(language: Language) -> tuple[dict[str, float], frozenset[str]]:
    """Return how frequent words are in the language at large, and the short ones that are rarer still."""
    # As it loads it looks through the whole stack of calls, which is deepest, and slow to look at, while modules load.
    import wordfreq  # noqa: PLC0415

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
        self._remembered: dict[tuple[str, int], Candidates] = {}
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
        """Return the same within what ``lookups`` already holds, and its bound.

        Misspelt words are read with those beside them, what is between as it is written.
        """
        misspelt = [self.may_be_misspelt(word) and not lookups.knows(word) for word in words]
        unsure = [word.isalpha() and any(misspelt[max(0, at - 1) : at + 2]) for at, word in enumerate(words)]
        read: list[Reading] = []
        for together, places in groupby(range(len(words)), key=unsure.__getitem__):
            run = [words[place] for place in places]
            read += read_together(run, lookups) if together else chain.from_iterable(map(lookups.as_written, run))
        return read

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

    def may_be_misspelt(self, word: str) -> bool:
        """Tell whether a word is one that others can be looked up for."""
        return word.isalpha() and 1 < len(word) <= _LONGEST

    def near(self, word: str) -> Candidates:
        """Return the known words that an unknown one may stand for, the likeliest first, each with how likely it is."""
        return self._within(word, _reach(word, _SHORT))

    def near_part(self, word: str) -> Candidates:
        """Return the same of some letters of a word, or of two, as written: fewer errors are looked for in a few."""
        return self._within(word, _reach(word, _PART))

    def doubt(self, word: str) -> Candidates:
        """Return a known word and those that it may be an error for, each with how likely it is."""
        return self._within(word, 1) | {word: math.exp(self.right(word))}

    def right(self, word: str) -> float:
        """Return the natural logarithm of how likely a known word is to be rightly spelt."""
        return self.log_frequency(word) + _SAME_START

    def unread(self, word: str) -> float:
        """Return the same of a word that is not known."""
        return self.log_frequency(word) - (0.0 if word in self._general else _UNREAD)

    def _within(self, word: str, reach: int) -> Candidates:
        found = self._remembered.get((word, reach))
        if found is None:
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            found = self._remembered[word, reach] = self._looked_up(word, reach)
        return found

    def _looked_up(self, word: str, reach: int) -> Candidates:
        letters, found = _letters(word), []
        for other, edits in self._known.near(word, reach):
            if edits <= 1 or len(other) > _SHORT or (other in self._stops and edits < len(word)):
                cost = _cost(edits, (letters & ~_letters(other)).bit_count())
                start = _SAME_START if other[0] == word[0] else 0.0
                found.append((cost - start - self._trusts[other], other))
        return {other: math.exp(-unlikely) for unlikely, other in sorted(found)[:_MOST_CANDIDATES]}

    def stands_alone(self, part: str) -> bool:
        """Tell whether some letters are a word that a missing space may have glued to another."""
        return part in self._standing or (len(part) >= _SHORT and part in self.counts)


def _reach(word: str, short: int) -> int:
    """Return how many errors are looked for in a word."""
    return 1 if len(word) <= short else 2 if len(word) <= _MIDDLING else _FARTHEST


def _cost(edits: int, wrong: int) -> float:
    """Return the natural logarithm of how much rarer some errors are than none: edits, some of them wrong letters."""
    return _ERROR * edits + _WRONG_LETTER * wrong


class Lookups:
    """The words already looked up in one reading of a message, or of a part of it, and a bound on how many are."""

    def __init__(self, speller: Speller, right: frozenset[str] = frozenset()) -> None:
        self.speller = speller
        self.right = right
        self._found: dict[tuple[str, bool], Meant | None] = {}
        self._left = MOST_LOOKUPS

    def knows(self, word: str) -> bool:
        """Tell whether a word is rightly spelt, in general or in this message."""
        return word in self.right or self.speller.knows(word)

    def granted(self) -> bool:
        """Tell whether one more look-up is within the bound, and count it."""
        self._left -= 1
        return self._left >= 0

    def read(self, word: str, *, doubted: bool) -> Meant | None:
        """Return how likely some letters are as one word (a natural logarithm), and which it may be, as shares.

        Of a known word, only when it is ``doubted`` are others looked up.
        """
        key = word, doubted
        if key not in self._found:
            self._found[key] = self._read(word, doubted=doubted)
        return self._found[key]

    def as_written(self, word: str) -> list[Reading]:
        """Return the reading of a word that is right, or that no other is looked up for; letters and figures apart."""
        mixed = None if self.knows(word) else _MIXED.fullmatch(word)
        return [Reading(part, {part: 1.0}) for part in (mixed.groups() if mixed else (word,)) if part]

    def _read(self, word: str, *, doubted: bool) -> Meant | None:
        speller = self.speller
        known = len(word) == 1 or self.knows(word)
        looked_up = speller.may_be_misspelt(word) and word not in self.right and (doubted or not known)
        if looked_up and self.granted():
            found = speller.doubt(word) if known else speller.near(word) if doubted else speller.near_part(word)
            total = sum(found.values())
            return Meant(math.log(total), {other: one / total for other, one in found.items()}) if found else None
        return Meant(speller.right(word), {word: 1.0}) if known else None


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
    return frozenset(frequent | stops)
