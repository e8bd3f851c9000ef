"""What a decision rests on: how far ahead, how well covered and how much the network's business a question is."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np

from knowledge import lexicon, text
from knowledge.ranking import Feature
from knowledge.vocabulary import UNKNOWN, counted_grams

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from knowledge.index import Index
    from knowledge.question import Question
    from knowledge.ranking import Ranking

_TELLING_WORDS = 3  # the words that belong most to the library tell whether the question does
_UNTELLING = -5.0
_SURE = 1e-4
_LEAST_LENGTH = 1e-9


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
    near_words: float  # words, letters and all letters of the entry nearest by words, wherever it is ranked
    near_letters: float
    near_all_letters: float
    sense: float | None = None  # nearness in meaning, when a language model had its say

    def vector(self, names: tuple[str, ...]) -> list[float]:
        """Return the named signals in order."""
        return [getattr(self, name) for name in names]


SIGNALS = tuple(field.name for field in fields(Signals))


def read_signals(question: Question, ranking: Ranking, index: Index, background: float) -> Signals:
    """Return the signals of a question whose ranking is not empty.

    Words that the library only uses alike help to choose between entries; that they are alike proves no answer.
    """
    by_words = ranking.by_words()
    share = float(by_words.shares()[0])
    value = {feature: float(values[0]) for feature, values in ranking.features.items()}
    nearest = int(by_words.scores.argmax())
    near = {feature: float(values[nearest]) for feature, values in ranking.features.items()}
    telling = sorted((index.speller.distinctness(word) for word in question.read), reverse=True)[:_TELLING_WORDS]
    return Signals(
        lead=math.log(share / (1 - share + _SURE)),
        score=float(by_words.scores[0]),
        words=value[Feature.WORDS],
        letters=value[Feature.LETTERS_WRITTEN],
        all_letters=value[Feature.ALL_LETTERS],
        phrase=value[Feature.PHRASE],
        known=question.known,
        distinct=sum(telling) / len(telling) if telling else _UNTELLING,
        length=math.log1p(len(question.read)),
        background=background,
        near_words=near[Feature.WORDS],
        near_letters=near[Feature.LETTERS_WRITTEN],
        near_all_letters=near[Feature.ALL_LETTERS],
        sense=value.get(Feature.SENSE),
    )


class Background:
    """Questions that people ask to anybody, to be compared with: the general notion of what is off topic.

    N-grams are weighed by how rare they are among these questions and the library's entries together, so that the
    network's own words weigh less.
    """

    def __init__(self, index: Index) -> None:
        self._columns, counts = _background_grams()
        numbers = index.vocabulary.grams.numbers(self._columns)
        known = (numbers >= 0) & (numbers < len(index.letters.frequencies))
        frequencies = np.count_nonzero(counts, axis=0).astype(np.float64)
        frequencies[known] += index.letters.frequencies[numbers[known]]
        size = len(counts) + index.size
        self._idf = np.log(1 + size / frequencies)
        self._rarest = math.log(1 + size)
        raw = np.log1p(counts) * self._idf
        raw /= np.maximum(np.linalg.norm(raw, axis=1, keepdims=True), _LEAST_LENGTH)
        self._by_gram = np.ascontiguousarray(raw.T)  # only a few rows are read for a question

    def nearness(self, question: Question, leaving_out: int | None = None) -> float:
        """Return the cosine of the nearest background question, other than number ``leaving_out``."""
        asked = counted_grams(_telling(question.written))
        found = np.fromiter(map(self._columns.get, asked, repeat(UNKNOWN)), np.int64, len(asked))
        logs = np.log1p(np.fromiter(asked.values(), np.float64, len(asked)))
        known = found != UNKNOWN
        columns = found[known]
        query, strange = logs[known] * self._idf[columns], logs[~known] * self._rarest
        length = math.sqrt(float(query @ query) + float(strange @ strange)) or 1.0
        scores = query @ self._by_gram[columns] / length
        if leaving_out is not None:
            scores[leaving_out] = 0.0
        return float(np.max(scores, initial=0.0))


@lru_cache(maxsize=1)
def _background_grams() -> tuple[Mapping[str, int], NDArray[np.float64]]:
    """Return the column of each n-gram of the background questions, and how often each question holds it."""
    questions = [_telling(text.content(text.words(question))) for question in lexicon.background()]
    grams = [counted_grams(words) for words in questions]
    columns = {gram: column for column, gram in enumerate(sorted(set().union(*grams)))}
    counts = np.zeros((len(grams), len(columns)))
    for row, counted in enumerate(grams):
        for gram, count in counted.items():
            counts[row, columns[gram]] = count
    return columns, counts


def _telling(words: Iterable[str]) -> list[str]:
    """Return the words that say what is asked, not that something is."""
    return [word for word in words if word not in lexicon.asking_words()]
