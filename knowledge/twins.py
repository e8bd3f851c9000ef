"""Whether two questions are the same one in other words: judged with precision, since joining them spares an answer.

Each question's words weigh what the library thinks them worth (idf, unknown words as its rarest). The likeness is the
lesser of two coverages: how much of each question the other says. A word that only one of them has, such as another
product or another year, therefore tells them apart however much they share.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from knowledge import lexicon, text
from knowledge.question import read_question

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from knowledge.index import Index

SAME_FROM = 0.8  # likeness from which two questions are taken for the same; see tests/evaluation/twins.jsonl
_LEAST_WORDS = 3  # telling words without which nothing is known of a question
_SPELT_ALIKE = 86.0  # rapidfuzz's ratio, out of 100, from which two words are one
_LONG = 5  # letters from which a word may be spelt otherwise
_LIKE_IN_MEANING = 0.6  # what a word of nearly the same meaning is worth
_MOST_COMPARED = 20  # questions that are compared in full: those with most stems in common
_WORTH_A_LOOK = 0.4  # share of the shorter one's stems in common without which two questions are not compared


@dataclass(frozen=True)
class Gist:
    """What a question says: its telling words' stems with what each is worth, and the concept each belongs to."""

    stems: Mapping[str, float]
    concepts: Mapping[str, frozenset[str]]
    mass: float


def twin(question: str, others: Sequence[str], index: Index) -> int | None:
    """Return the place among ``others`` of the question most like this one, None when none is the same."""
    own = _stems(question, index.language)
    common = {}
    for place, other in enumerate(others):
        theirs = _stems(other, index.language)
        shared = len(own & theirs)
        if shared and shared >= _WORTH_A_LOOK * min(len(own), len(theirs)):
            common[place] = shared
    nearest = sorted(common, key=lambda place: (-common[place], place))[:_MOST_COMPARED]
    if not nearest:
        return None
    asked = gist(question, index)
    scores = {place: round(likeness(asked, gist(others[place], index)), 6) for place in nearest}
    best = min(nearest, key=lambda place: (-scores[place], place))
    return best if scores[best] >= SAME_FROM else None


def is_one_of(question: str, others: Sequence[str], index: Index) -> bool:
    """Tell whether a question is one of ``others``: in the same words, however few they are, or in other words."""
    own = _stems(question, index.language)
    alike = bool(own) and any(own == _stems(other, index.language) for other in others)
    return alike or twin(question, others, index) is not None


@lru_cache(maxsize=4096)
def _stems(question: str, language: text.Language) -> frozenset[str]:
    return frozenset(text.stem(word, language) for word in text.content(text.words(question, language), language))


def gist(question: str, index: Index) -> Gist:
    """Return what a question says, as the library reads it."""
    read = read_question(question, index)
    found = [text.stem(word, index.language) for word in lexicon.telling(read.read)]
    stems = dict(zip(found, index.idfs(found, index.rarest), strict=True))
    concepts = {stem: frozenset(index.concepts.found_in([stem])) for stem in stems}
    return Gist(stems, concepts, sum(stems.values()))


def likeness(first: Gist, second: Gist) -> float:
    """Return how much two questions say the same, from 0 to 1."""
    if min(len(first.stems), len(second.stems)) < _LEAST_WORDS:
        return 0.0
    return min(_coverage(first, second), _coverage(second, first))


def _coverage(asked: Gist, other: Gist) -> float:
    """Return the share of what a question says that the other one says too."""
    said = sum(weight * _said(stem, asked, other) for stem, weight in asked.stems.items())
    return said / asked.mass if asked.mass else 0.0


def _said(stem: str, asked: Gist, other: Gist) -> float:
    if stem in other.stems:
        return 1.0
    if len(stem) >= _LONG and stem.isalpha():
        alike = max((fuzz.ratio(stem, word) for word in other.stems), default=0.0)
        if alike >= _SPELT_ALIKE:
            return alike / 100
    shared = any(asked.concepts[stem] & names for names in other.concepts.values())
    return _LIKE_IN_MEANING if shared else 0.0
