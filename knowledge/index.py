"""The index of a library: what each entry's fields say, pooled per entry, as weighted terms.

Pooling an entry's title, phrasings and synonyms into one document ranks better than the best single phrasing,
because a member's question borrows words from several of them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from knowledge import bags, text
from knowledge.concepts import Concepts, shared_acronyms
from knowledge.postings import Postings
from knowledge.spelling import Speller
from knowledge.weighting import BM25, UnitVectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.bags import Bag
    from knowledge.entry import Entry
    from knowledge.text import Language

_TITLE_COUNTS = 2.0
_ACRONYM_COUNTS = 0.3
_REMEMBERED = 50_000  # entries and phrases whose reading is kept in memory


class Said(NamedTuple):
    """All the text of an entry that is matched."""

    title: str
    phrasings: tuple[str, ...]
    synonyms: tuple[str, ...]
    acronyms: tuple[tuple[str, str], ...]
    body: str


@dataclass(frozen=True, eq=False)
class Profile:
    """What one entry says, counted: its phrases as sorted words and as runs of stems, and its terms by field."""

    phrases: tuple[str, ...]
    runs: tuple[tuple[str, ...], ...]
    words: Counter[str]
    stems: Bag
    pairs: Bag
    body: Bag
    grams: Bag
    all_grams: Bag


class Index:
    """Inverted indexes of a library's fields."""

    def __init__(self, entries: Sequence[Entry], language: Language) -> None:
        self.language = language
        self.size = len(entries)
        self.concepts = _concepts(tuple(shared_acronyms(entry.acronyms for entry in entries)), language)
        profiles = [_profile(said(entry), language) for entry in entries]
        self.phrases = [profile.phrases for profile in profiles]
        vocabulary: Counter[str] = Counter()
        for profile in profiles:
            vocabulary.update(profile.words)
        self.speller = Speller(vocabulary, language)
        self.stems = Postings([profile.stems for profile in profiles], BM25())
        self.pairs = Postings([profile.pairs for profile in profiles], BM25())
        self.meanings = Postings([_meanings(self.concepts, profile) for profile in profiles], BM25())
        self.body = Postings([profile.body for profile in profiles], BM25())
        self.grams = Postings([profile.grams for profile in profiles], UnitVectors())
        self.all_grams = Postings([profile.all_grams for profile in profiles], UnitVectors())

    def idf(self, stem: str, unknown: float = 0.0) -> float:
        """Return the inverse document frequency of a stem, ``unknown`` when no entry's phrases hold it."""
        return self.stems.idf(bags.STEMS.number(stem), unknown)


def said(entry: Entry) -> Said:
    """Return the text of an entry that is matched."""
    return Said(entry.title, entry.phrasings, entry.synonyms, tuple(sorted(entry.acronyms.items())), entry.body)


def pairs_of(stems: Sequence[str]) -> list[str]:
    """Return the pairs of neighbouring stems."""
    return [f"{left} {right}" for left, right in pairwise(stems)]


@lru_cache(maxsize=_REMEMBERED)
def _profile(entry: Said, language: Language) -> Profile:
    """Return what an entry says; remembered, since publishing one entry builds the index of all again."""
    weighed = [(entry.title, _TITLE_COUNTS)]
    weighed += [(phrase, 1.0) for phrase in (*entry.phrasings, *entry.synonyms)]
    weighed += [(f"{name} {meaning}", _ACRONYM_COUNTS) for name, meaning in entry.acronyms]
    stems: dict[str, float] = {}
    pairs: Counter[str] = Counter()
    phrases, runs = [], []
    names: Counter[str] = Counter()
    for phrase, weight in weighed:
        found = _content_words(phrase, language)
        run = tuple(text.stem(word, language) for word in found)
        for stem in dict.fromkeys(run):
            stems[stem] = stems.get(stem, 0.0) + weight
        pairs.update(pairs_of(run))
        names.update(found)
        phrases.append(" ".join(sorted(found)))
        runs.append(run)
    body = Counter(word for line in entry.body.split("\n") for word in _content_words(line, language))
    body_stems: Counter[str] = Counter()
    for word, count in body.items():
        body_stems[text.stem(word, language)] += count
    grams = bags.gram_bag(names)
    return Profile(
        phrases=tuple(phrases),
        runs=tuple(runs),
        words=names + body,
        stems=bags.STEMS.bag(stems),
        pairs=bags.PAIRS.bag(pairs),
        body=bags.STEMS.bag(body_stems),
        grams=grams,
        all_grams=bags.merged(grams, bags.gram_bag(body)),
    )


@lru_cache(maxsize=8)
def _concepts(acronyms: tuple[tuple[str, str], ...], language: Language) -> Concepts:
    return Concepts(acronyms, language)


@lru_cache(maxsize=_REMEMBERED)
def _meanings(concepts: Concepts, profile: Profile) -> Bag:
    return bags.MEANINGS.bag(Counter(name for run in profile.runs for name in concepts.found_in(run)))


@lru_cache(maxsize=_REMEMBERED)
def _content_words(phrase: str, language: Language) -> tuple[str, ...]:
    """Return the meaningful words of a phrase; remembered, for phrasings held out and asked for calibration."""
    return tuple(text.content(text.words(phrase, language), language))
