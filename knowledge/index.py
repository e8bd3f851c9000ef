"""The index of a library: what each entry's fields say, pooled per entry, as weighted terms.

Pooling an entry's title, phrasings and synonyms into one document ranks better than the best single phrasing,
because a member's question borrows words from several of them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from knowledge import text, weighting
from knowledge.concepts import Concepts, shared_acronyms
from knowledge.postings import Postings
from knowledge.spelling import Speller
from knowledge.weighting import BM25, UnitVectors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from knowledge.entry import Entry
    from knowledge.text import Language

_TITLE_COUNTS = 2.0
_ACRONYM_COUNTS = 0.3
_REMEMBERED = 50_000  # phrases and bodies whose reading is kept in memory


@dataclass(frozen=True)
class Profile:
    """What one entry says, counted: the words of its phrases, their stems, pairs and concepts, and its body."""

    phrases: tuple[tuple[str, ...], ...]
    names: Counter[str]
    stems: Mapping[str, float]
    pairs: Counter[str]
    concepts: Counter[str]
    body: Body


@dataclass(frozen=True)
class Body:
    """What an entry's body says, counted."""

    words: Counter[str]
    stems: Counter[str]
    grams: Counter[str]


class Index:
    """Inverted indexes of a library's fields."""

    def __init__(self, entries: Sequence[Entry], language: Language) -> None:
        self.language = language
        self.size = len(entries)
        self.concepts = Concepts(shared_acronyms(entry.acronyms for entry in entries), language)
        profiles = [self._profile(entry) for entry in entries]
        self.phrases = [[" ".join(sorted(phrase)) for phrase in profile.phrases] for profile in profiles]
        vocabulary: Counter[str] = Counter()
        for profile in profiles:
            vocabulary.update(profile.names)
            vocabulary.update(profile.body.words)
        self.speller = Speller(vocabulary, language)
        grams = [weighting.grams(profile.names) for profile in profiles]
        self.stems = Postings([profile.stems for profile in profiles], BM25())
        self.pairs = Postings([profile.pairs for profile in profiles], BM25())
        self.meanings = Postings([profile.concepts for profile in profiles], BM25())
        self.body = Postings([profile.body.stems for profile in profiles], BM25())
        self.grams = Postings(grams, UnitVectors())
        self.all_grams = Postings(
            [own + profile.body.grams for own, profile in zip(grams, profiles, strict=True)], UnitVectors()
        )

    def _profile(self, entry: Entry) -> Profile:
        weighed = [(entry.title, _TITLE_COUNTS)]
        weighed += [(phrase, 1.0) for phrase in (*entry.phrasings, *entry.synonyms)]
        weighed += [(f"{name} {meaning}", _ACRONYM_COUNTS) for name, meaning in entry.acronyms.items()]
        stems: dict[str, float] = {}
        pairs: Counter[str] = Counter()
        concepts: Counter[str] = Counter()
        phrases = []
        for phrase, weight in weighed:
            found = content_words(phrase, self.language)
            run = [text.stem(word, self.language) for word in found]
            for stem in dict.fromkeys(run):
                stems[stem] = stems.get(stem, 0.0) + weight
            pairs.update(pairs_of(run))
            concepts.update(self.concepts.found_in(run))
            phrases.append(found)
        names = Counter(word for phrase in phrases for word in phrase)
        return Profile(tuple(phrases), names, stems, pairs, concepts, _read_body(entry.body, self.language))


def pairs_of(stems: Sequence[str]) -> list[str]:
    """Return the pairs of neighbouring stems."""
    return [f"{left} {right}" for left, right in pairwise(stems)]


@lru_cache(maxsize=_REMEMBERED)
def content_words(phrase: str, language: Language) -> tuple[str, ...]:
    """Return the meaningful words of a phrase; remembered, since a rebuilt index reads the same phrases again."""
    return tuple(text.content(text.words(phrase, language), language))


@lru_cache(maxsize=_REMEMBERED)
def _read_body(body: str, language: Language) -> Body:
    words = Counter(word for line in body.split("\n") for word in content_words(line, language))
    stems: Counter[str] = Counter()
    for word, count in words.items():
        stems[text.stem(word, language)] += count
    return Body(words, stems, weighting.grams(words))
