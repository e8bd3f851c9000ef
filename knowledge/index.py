"""The index of a library: what each entry's fields say, pooled per entry, as weighted terms.

Pooling an entry's title, phrasings and synonyms into one document ranks better than the best single phrasing,
because a member's question borrows words from several of them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from knowledge import text, weighting
from knowledge.concepts import Concepts, shared_acronyms
from knowledge.postings import Postings
from knowledge.spelling import Speller

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from knowledge.entry import Entry
    from knowledge.text import Language

_TITLE_COUNTS = 2.0
_ACRONYM_COUNTS = 0.3


@dataclass(frozen=True)
class Profile:
    """What one entry says, counted: the words of its phrases and of its body, and their stems, pairs and concepts."""

    phrases: tuple[tuple[str, ...], ...]
    names: Counter[str]
    stems: Mapping[str, float]
    pairs: Counter[str]
    concepts: Counter[str]
    body: Counter[str]


class Index:
    """Inverted indexes of a library's fields, with the inverse document frequency of each kind of term."""

    def __init__(self, entries: Sequence[Entry], language: Language) -> None:
        self.language = language
        self.size = len(entries)
        self.concepts = Concepts(shared_acronyms(entry.acronyms for entry in entries), language)
        profiles = [self._profile(entry) for entry in entries]
        self.phrases = [[" ".join(sorted(phrase)) for phrase in profile.phrases] for profile in profiles]
        self.speller = Speller(sum((p.names + p.body for p in profiles), Counter()), language)
        self.idf: dict[str, float]
        self.stems, self.idf = self._bm25(profiles, lambda p: p.stems)
        self.pairs, self.pair_idf = self._bm25(profiles, lambda p: p.pairs)
        self.meanings, self.meaning_idf = self._bm25(profiles, lambda p: p.concepts)
        self.body, _ = self._bm25(profiles, lambda p: _stemmed(p.body, language))
        self.grams, self.gram_idf, self.gram_frequencies = _unit(profiles, lambda p: weighting.grams(p.names))
        self.all_grams, self.all_gram_idf, _ = _unit(profiles, lambda p: weighting.grams(p.names + p.body))

    def _profile(self, entry: Entry) -> Profile:
        weighed = [(entry.title, _TITLE_COUNTS)]
        weighed += [(phrase, 1.0) for phrase in (*entry.phrasings, *entry.synonyms)]
        weighed += [(f"{name} {meaning}", _ACRONYM_COUNTS) for name, meaning in entry.acronyms.items()]
        stems: dict[str, float] = {}
        pairs: Counter[str] = Counter()
        concepts: Counter[str] = Counter()
        phrases = []
        for phrase, weight in weighed:
            found = self._words(phrase)
            run = [text.stem(word, self.language) for word in found]
            for stem in set(run):
                stems[stem] = stems.get(stem, 0.0) + weight
            pairs.update(pairs_of(run))
            concepts.update(self.concepts.found_in(run))
            phrases.append(tuple(found))
        names = Counter(word for phrase in phrases for word in phrase)
        return Profile(tuple(phrases), names, stems, pairs, concepts, Counter(self._body_words(entry)))

    def _words(self, phrase: str) -> list[str]:
        return text.content(text.words(phrase, self.language), self.language)

    def _body_words(self, entry: Entry) -> list[str]:
        return [word for paragraph in entry.body.split("\n") for word in self._words(paragraph)]

    def _bm25(
        self, profiles: Sequence[Profile], terms: Callable[[Profile], Mapping[str, float]]
    ) -> tuple[Postings, dict[str, float]]:
        documents = [terms(profile) for profile in profiles]
        frequencies = weighting.document_frequencies(documents)
        idf = {term: weighting.bm25_idf(count, self.size) for term, count in frequencies.items()}
        return Postings(weighting.bm25(documents, idf)), idf


def pairs_of(stems: Sequence[str]) -> list[str]:
    """Return the pairs of neighbouring stems."""
    return [f"{left} {right}" for left, right in pairwise(stems)]


def _stemmed(counts: Counter[str], language: Language) -> dict[str, float]:
    stems: dict[str, float] = {}
    for word, count in counts.items():
        stem = text.stem(word, language)
        stems[stem] = stems.get(stem, 0.0) + count
    return stems


def _unit(
    profiles: Sequence[Profile], grams: Callable[[Profile], Mapping[str, float]]
) -> tuple[Postings, dict[str, float], Counter[str]]:
    documents = [grams(profile) for profile in profiles]
    frequencies = weighting.document_frequencies(documents)
    idf = {gram: weighting.gram_idf(count, len(documents)) for gram, count in frequencies.items()}
    return Postings([weighting.unit(document, idf) for document in documents]), idf, frequencies
