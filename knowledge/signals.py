"""What a decision rests on: how far ahead, how well covered and how much the network's business a question is."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from knowledge import bags, lexicon, text, weighting
from knowledge.postings import Postings
from knowledge.ranking import Feature

if TYPE_CHECKING:
    from collections.abc import Iterable

    from knowledge.bags import Array, Bag
    from knowledge.index import Index
    from knowledge.postings import Places
    from knowledge.question import Question
    from knowledge.ranking import Ranking

_TELLING_WORDS = 3  # the words that belong most to the library tell whether the question does
_UNTELLING = -5.0
_SURE = 1e-4


@dataclass(frozen=True)
class Signals:
    """The features of a decision, for the first entry of a ranking."""

    lead: float  # log-odds of the first entry among all (softmax of the scores)
    score: float
    words: float
    letters: float
    all_letters: float
    phrase: float
    known: float  # share of the question's mass that the library knows
    distinct: float  # how much more frequent its most telling words are in the library than at large
    length: float  # logarithm of the number of meaningful words
    background: float  # nearness to questions people ask to anybody

    def vector(self, names: tuple[str, ...]) -> list[float]:
        """Return the named signals in order."""
        return [getattr(self, name) for name in names]


SIGNALS = tuple(field.name for field in fields(Signals))


def read_signals(question: Question, ranking: Ranking, index: Index, background: float) -> Signals:
    """Return the signals of a question whose ranking is not empty."""
    share = float(ranking.shares()[0])
    value = {feature: float(values[0]) for feature, values in ranking.features.items()}
    telling = sorted((index.speller.distinctness(word) for word in question.read), reverse=True)[:_TELLING_WORDS]
    return Signals(
        lead=math.log(share / (1 - share + _SURE)),
        score=float(ranking.scores[0]),
        words=value[Feature.WORDS],
        letters=value[Feature.LETTERS_WRITTEN],
        all_letters=value[Feature.ALL_LETTERS],
        phrase=value[Feature.PHRASE],
        known=question.known,
        distinct=sum(telling) / len(telling) if telling else _UNTELLING,
        length=math.log1p(len(question.read)),
        background=background,
    )


class Background:
    """Questions that people ask to anybody, to be compared with: the general notion of what is off topic."""

    def __init__(self, index: Index) -> None:
        self._postings = Postings(_background_grams(), _WithLibrary(index))
        self._rarest = math.log(1 + self._postings.size + index.size)

    def nearness(self, question: Question, leaving_out: int | None = None) -> float:
        """Return the cosine of the nearest background question, other than number ``leaving_out``."""
        asked = bags.asked_grams(_telling(question.written))
        scores = self._postings.scores(weighting.unit_query(asked, self._postings, self._rarest))
        if leaving_out is not None:
            scores[leaving_out] = 0.0
        return float(np.max(scores, initial=0.0))


class _WithLibrary(weighting.UnitVectors):
    """Unit vectors whose idf also counts the library's entries: the network's own words weigh less."""

    def __init__(self, index: Index) -> None:
        self._own = index.grams.frequencies
        self._size = index.size

    def idf(self, frequencies: Places, size: int) -> Array:
        own = np.zeros(len(frequencies), np.int64)
        shared = min(len(own), len(self._own))
        own[:shared] = self._own[:shared]
        return super().idf(frequencies + own, size + self._size)


@lru_cache(maxsize=1)
def _background_grams() -> tuple[Bag, ...]:
    questions = (text.content(text.words(question)) for question in lexicon.background())
    return tuple(bags.gram_bag(Counter(_telling(words))) for words in questions)


def _telling(words: Iterable[str]) -> list[str]:
    """Return the words that say what is asked, not that something is."""
    return [word for word in words if word not in lexicon.asking_words()]
