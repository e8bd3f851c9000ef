"""What a decision rests on: how far ahead, how well covered and how much the network's business a question is."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from knowledge import lexicon, text, weighting
from knowledge.postings import Postings
from knowledge.ranking import Feature

if TYPE_CHECKING:
    from knowledge.index import Index
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
    first = int(ranking.order[0])
    share = float(ranking.shares()[0])
    value = {feature: float(values[first]) for feature, values in ranking.features.items()}
    telling = sorted((index.speller.distinctness(word) for word in question.read), reverse=True)[:_TELLING_WORDS]
    return Signals(
        lead=math.log(share / (1 - share + _SURE)),
        score=float(ranking.scores[first]),
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
        counted = [weighting.grams(counts) for counts in _counted_background()]
        size = len(counted) + index.size
        frequencies = weighting.document_frequencies(counted)
        frequencies.update(index.gram_frequencies)
        self._rarest = weighting.gram_idf(1, size)
        self._idf = {gram: weighting.gram_idf(count, size) for gram, count in frequencies.items()}
        self._postings = Postings([self._vector(document) for document in counted])

    def nearness(self, question: Question, leaving_out: int | None = None) -> float:
        """Return the cosine of the nearest background question, other than number ``leaving_out``."""
        scores = self._postings.scores(self._vector(weighting.grams(Counter(question.written))))
        if leaving_out is not None:
            scores[leaving_out] = 0.0
        return float(np.max(scores, initial=0.0))

    def _vector(self, counts: Counter[str]) -> dict[str, float]:
        unseen = {gram: self._rarest for gram in counts if gram not in self._idf}
        return weighting.unit(counts, self._idf | unseen if unseen else self._idf)


@lru_cache(maxsize=1)
def _counted_background() -> tuple[Counter[str], ...]:
    return tuple(Counter(text.content(text.words(question))) for question in lexicon.background())
