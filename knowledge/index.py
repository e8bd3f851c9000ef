"""The index of a library: what each entry's fields say, pooled per entry, as weighted terms.

Pooling an entry's title, phrasings and synonyms into one document ranks better than the best single phrasing,
because a member's question borrows words from several of them.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise, repeat
from typing import TYPE_CHECKING

import numpy as np

from knowledge.concepts import Concepts, shared_acronyms
from knowledge.counting import MEANINGS, Phrases, WordCounts, count, pair_key, texts_of
from knowledge.latent import Latent
from knowledge.letters import SMALL, Letters
from knowledge.postings import Change, Postings, spliced_phrases, spliced_words
from knowledge.senses import senses_of
from knowledge.speech import speech_of
from knowledge.spelling import Speller, dictionary_of
from knowledge.text import stem
from knowledge.vocabulary import UNKNOWN, vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from knowledge.entry import Entry
    from knowledge.senses import Embedder
    from knowledge.text import Language

_REMEMBERED = 20_000  # entries whose phrases are kept in memory as sorted words
_MOSTLY_KEPT = 4  # an index is made anew when more than one entry in so many changes


class Index:
    """Inverted indexes of a library's fields. Entries are numbered in the order given, which is that of their ids.

    ``before`` is an index of nearly the same entries: what changed is then spliced into what it counted, and gives
    exactly what counting everything again would. ``embedder`` is a language model that compares meanings too, ``trade``
    right words that the entries need not say.
    """

    def __init__(
        self,
        entries: Sequence[Entry],
        language: Language,
        before: Index | None = None,
        embedder: Embedder | None = None,
        trade: frozenset[str] = frozenset(),
    ) -> None:
        self.language = language
        self.trade = trade
        self.entries = tuple(entries)
        self.size = len(self.entries)
        self.speech = speech_of(self.entries, language)
        self.vocabulary = vocabulary(language)
        self.acronyms = tuple(shared_acronyms(entry.acronyms for entry in self.entries if entry.acronyms))
        self.concepts = _concepts(self.acronyms, language)
        change = _change(before, self) if before else None
        new = self.entries if change is None else [self.entries[number] for number in change.added]
        counts = count(new, self.vocabulary, self.concepts)
        if before and change:
            self.stems: Postings = before.stems.spliced(change, counts.stems)
            self.pairs: Postings = before.pairs.spliced(change, counts.pairs)
            self.meanings: Postings = before.meanings.spliced(change, counts.meanings)
            self.body: Postings = before.body.spliced(change, counts.body)
            self.words: WordCounts = spliced_words(before.words, change, counts.words)
            self.said: Phrases = spliced_phrases(before.said, change, counts.phrases)
        else:
            self.stems = Postings(counts.stems, self.size)
            self.pairs = Postings(counts.pairs, self.size, unit=1)
            self.meanings = Postings(counts.meanings, self.size, unit=1)
            self.body = Postings(counts.body, self.size, unit=1)
            self.words, self.said = counts.words, counts.phrases
        self.speller = Speller(self._word_counts(), language, trade, dictionary_of(language))
        self.letters = Letters(self.words, self.vocabulary)
        self.latent = Latent(self.stems, self.body, self.size) if 0 < self.size <= SMALL else None
        self.embedder = embedder
        self.senses = senses_of(self.entries, embedder) if embedder else None
        self._phrases: dict[int, tuple[str, ...]] = {}

    @property
    def rarest(self) -> float:
        """Return the inverse document frequency of words that no entry's phrases hold."""
        return math.log(1 + 2 * max(1, self.size))

    def idfs(self, stems: Iterable[str], unknown: float = 0.0) -> list[float]:
        """Return the inverse document frequency of each stem, ``unknown`` of those that no entry's phrases hold."""
        return self.stems.idfs([self.vocabulary.stems.number(stem) for stem in stems], unknown)

    def stem_number(self, word: str) -> int:
        """Return the number of a word's stem, ``UNKNOWN`` when it has none."""
        return self.vocabulary.stems.number(stem(word, self.language))

    def stem_query(self, stems: Mapping[str, float]) -> dict[int, float]:
        """Return a question's weighted stems by number, those without one left out."""
        return _numbered((self.vocabulary.stems.number(stem), weight) for stem, weight in stems.items())

    def pair_query(self, stems: Sequence[str]) -> dict[int, float]:
        """Return the pairs of neighbouring stems of a question by number."""
        numbers = [self.vocabulary.stems.number(stem) for stem in stems]
        return _numbered((pair_key(left, right), 1.0) for left, right in pairwise(numbers))

    def meaning_query(self, names: Iterable[str]) -> dict[int, float]:
        """Return a question's meanings by number."""
        return _numbered((MEANINGS.number(name), 1.0) for name in names)

    def phrases(self, number: int) -> tuple[str, ...]:
        """Return the phrases of an entry, the meaningful words of each sorted."""
        found = self._phrases.get(number)
        if found is None:
            if len(self._phrases) >= _REMEMBERED:
                self._phrases.clear()
            names = self.vocabulary.words
            said = " ".join(["\n" if word == UNKNOWN else names[word] for word in self.said.of(number)])
            found = self._phrases[number] = tuple([phrase.strip() for phrase in said.split("\n")[:-1]])
        return found

    def _word_counts(self) -> dict[str, int]:
        """Return how often the library says each word."""
        said = self.words.spoken + self.words.written.astype(np.float64)
        totals = np.bincount(self.words.words, weights=said)
        held = np.flatnonzero(totals)
        names = self.vocabulary.words
        return {names[number]: int(totals[number]) for number in held.tolist()}


def _numbered(weighted: Iterable[tuple[int, float]]) -> dict[int, float]:
    return {number: weight for number, weight in weighted if number != UNKNOWN}


def _change(before: Index, now: Index) -> Change | None:
    """Return what changed from one index to the next; None when too much did."""
    # Most entries are the same objects: those are told apart all at once, a hundred thousand of them.
    places = dict(zip(map(id, before.entries), range(before.size), strict=True))
    same = np.fromiter(map(places.get, map(id, now.entries), repeat(UNKNOWN)), np.int32, now.size)
    again = sorted(_mentioning(before, set(before.acronyms) ^ set(now.acronyms)))
    numbers = np.full(before.size, UNKNOWN, np.int32)
    numbers[same[same != UNKNOWN]] = (same != UNKNOWN).nonzero()[0]
    others = {before.entries[old].id: old for old in (numbers == UNKNOWN).nonzero()[0].tolist()}
    for number in (same == UNKNOWN).nonzero()[0].tolist():
        old = others.get(now.entries[number].id, UNKNOWN)
        if old != UNKNOWN and _says_the_same(before.entries[old], now.entries[number]):
            numbers[old] = number
    numbers[again] = UNKNOWN
    kept = np.zeros(now.size, np.bool_)
    kept[numbers[numbers != UNKNOWN]] = True
    added = (~kept).nonzero()[0].astype(np.int32)
    if _MOSTLY_KEPT * max(len(added), before.size - now.size) > before.size:
        return None
    return Change(numbers, added, now.size)


def _mentioning(index: Index, acronyms: set[tuple[str, str]]) -> set[int]:
    """Return the entries whose phrases may mention acronyms or what they stand for: their meanings change with them."""
    found: set[int] = set()
    for stems in Concepts(sorted(acronyms), index.language, general=False).runs():
        held = [set(index.stems.holders(index.vocabulary.stems.number(stem)).tolist()) for stem in stems]
        found |= set.intersection(*held)
    return found


def _says_the_same(old: Entry, new: Entry) -> bool:
    return texts_of(old) == texts_of(new)


@lru_cache(maxsize=8)
def _concepts(acronyms: tuple[tuple[str, str], ...], language: Language) -> Concepts:
    return Concepts(acronyms, language)
