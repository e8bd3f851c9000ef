"""Questions that people ask to anybody, to be compared with: the general notion of what is off topic."""

from __future__ import annotations

import math
from collections import Counter
from functools import lru_cache
from itertools import chain, repeat
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from knowledge import lexicon, text
from knowledge.speech import said, stems
from knowledge.text import Language
from knowledge.vocabulary import UNKNOWN, counted_grams, spread

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from knowledge.index import Index
    from knowledge.question import Question
    from knowledge.vocabulary import Places

_SELDOM = 0.002  # share of questions, or of phrases, that is added to those that say a word
_PRIOR = 30  # phrases that speak as the questions do, added to the library's: the fewer it has, the less they tell
_LEAST = 60  # questions of the library's language, below which they do not tell how people speak
_LEAST_LENGTH = 1e-9


class Everyday(NamedTuple):
    """How much a question is like those that people ask to anybody.

    ``nearness`` is its cosine with the nearest of them. ``odds`` tells how much likelier its words, small ones too, are
    in them than in the library's phrases: the sum of the natural logarithms, over the square root of their number.
    """

    nearness: float
    odds: float


class Background:
    """The questions that people ask to anybody beside one library.

    N-grams are weighed by how rare they are among these questions and the library's entries together, so that the
    network's own words weigh less. Small words count for the odds (naive Bayes): « mon fils », « chez moi » are seldom
    a buyer's.
    """

    def __init__(self, index: Index) -> None:
        self._grams = grams = _background_grams()
        numbers = index.vocabulary.grams.numbers(grams.columns)
        known = (numbers >= 0) & (numbers < len(index.letters.frequencies))
        held = np.diff(grams.starts)
        frequencies = held.astype(np.float64)
        frequencies[known] += index.letters.frequencies[numbers[known]]
        size = grams.questions + index.size
        self._idf = np.log(1 + size / frequencies)
        self._rarest = math.log(1 + size)
        weights = grams.logs * np.repeat(self._idf, held)
        lengths = np.sqrt(np.bincount(grams.holders, weights**2, minlength=grams.questions))
        self._weights = weights / np.maximum(lengths, _LEAST_LENGTH)[grams.holders]
        self._language = index.language
        self._questions, self._asked = _background_words(index.language)
        self._count = sum(map(bool, self._questions))
        self._speech = index.speech

    def compare(self, question: Question, leaving_out: int | None = None) -> Everyday:
        """Return how much a question is like those of the background, other than number ``leaving_out``."""
        return Everyday(self._nearness(question, leaving_out), self._odds(question, leaving_out))

    def _odds(self, question: Question, leaving_out: int | None) -> float:
        left_out = frozenset[str]() if leaving_out is None else self._questions[leaving_out]
        count = self._count - bool(left_out)
        if count < _LEAST:
            return 0.0
        odds = []
        for stem in stems(question.said, self._language):
            asked = (self._asked[stem] - (stem in left_out)) / count
            spoken = (self._speech.said.get(stem, 0) + _PRIOR * asked) / (self._speech.phrases + _PRIOR)
            odds.append(math.log((asked + _SELDOM) / (spoken + _SELDOM)))
        return math.fsum(odds) / math.sqrt(len(odds) or 1)

    def _nearness(self, question: Question, leaving_out: int | None) -> float:
        asked = counted_grams(lexicon.telling(question.written))
        found = np.fromiter(map(self._grams.columns.get, asked, repeat(UNKNOWN)), np.int64, len(asked))
        logs = np.log1p(np.fromiter(asked.values(), np.float64, len(asked)))
        known = found != UNKNOWN
        columns = found[known]
        query, strange = logs[known] * self._idf[columns], logs[~known] * self._rarest
        length = math.sqrt(float(query @ query) + float(strange @ strange)) or 1.0
        starts = self._grams.starts[columns]
        held = self._grams.starts[columns + 1] - starts
        places = spread(starts, held)
        weights = np.repeat(query, held) * self._weights[places]
        scores = np.bincount(self._grams.holders[places], weights, minlength=self._grams.questions) / length
        if leaving_out is not None:
            scores[leaving_out] = 0.0
        return float(np.max(scores, initial=0.0))


class _Grams(NamedTuple):
    """The n-grams of the background questions: the column of each; by column, which questions hold it.

    ``logs``: ``log(1 + count)`` of how often each of these does.
    """

    questions: int
    columns: Mapping[str, int]
    starts: Places
    holders: Places
    logs: NDArray[np.float64]


@lru_cache(maxsize=1)
def _background_grams() -> _Grams:
    counted = [counted_grams(lexicon.telling(text.content(text.words(question)))) for question in lexicon.background()]
    columns = {gram: column for column, gram in enumerate(sorted(set().union(*counted)))}
    cells = sorted((columns[gram], row, count) for row, grams in enumerate(counted) for gram, count in grams.items())
    held, holders, counts = np.array(cells, np.int64).T
    starts = held.searchsorted(np.arange(len(columns) + 1))
    return _Grams(len(counted), columns, starts, holders, np.log1p(counts))


@lru_cache(maxsize=len(Language))
def _background_words(language: Language) -> tuple[list[frozenset[str]], Counter[str]]:
    """Return the stems of each background question, none of those in another language, and how many hold each."""
    questions = [
        said(question, language) if text.language_of([question]) is language else frozenset[str]()
        for question in lexicon.background()
    ]
    return questions, Counter(chain.from_iterable(questions))
