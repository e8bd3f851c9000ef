"""The order of the entries for a question: nine explainable features, weighed and summed.

The weights were fitted once (conditional logit) on public question sets and on held-out phrasings, never on one
library; a sum of them is in natural-log units, so that its softmax is a probability before calibration.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import fuzz, process

from knowledge import weighting
from knowledge.weighting import unit_query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from knowledge.index import Index
    from knowledge.question import Question

    Array = NDArray[np.float64]

_RERANKED = 60  # entries whose phrases are compared with the question one by one
_COMPARED_WORDS = 50  # words of the question compared with single phrases: more than any of them has
_MEANING_PRIOR = 3.0  # idf mass added so that one shared concept alone proves little


class Feature(StrEnum):
    """What is compared between a question and an entry. Each value lies between 0 and about 1."""

    WORDS = "words"  # stems shared with title, phrasings and synonyms (BM25 over the question's mass)
    PAIRS = "pairs"  # pairs of neighbouring stems, the same way
    BODY = "body"  # stems shared with the body
    MEANINGS = "meanings"  # concepts and acronyms shared
    LETTERS = "letters"  # character n-grams of the corrected question (cosine)
    LETTERS_WRITTEN = "letters_written"  # the same as it was written
    ALL_LETTERS = "all_letters"  # the same with the body
    ALL_LETTERS_WRITTEN = "all_letters_written"
    PHRASE = "phrase"  # nearest single phrase, its words sorted (RapidFuzz ratio)


WEIGHTS: Mapping[Feature, float] = {
    Feature.WORDS: 4.5,
    Feature.PAIRS: 1.2,
    Feature.BODY: 5.0,
    Feature.MEANINGS: 2.0,
    Feature.LETTERS: 4.2,
    Feature.LETTERS_WRITTEN: 3.0,
    Feature.ALL_LETTERS: 5.0,
    Feature.ALL_LETTERS_WRITTEN: 3.5,
    Feature.PHRASE: 4.5,
}


@dataclass(frozen=True)
class Ranking:
    """Every entry's features and score, and the entries' numbers from best to last (ties by number)."""

    features: Mapping[Feature, Array]
    scores: Array
    order: NDArray[np.int64]

    def without(self, number: int) -> Ranking:
        """Return the ranking as if one entry were not in the library."""
        return Ranking(self.features, self.scores, self.order[self.order != number])

    def shares(self, flattened: float = 1.0) -> Array:
        """Return the softmax of the ordered scores: the probability of each before calibration.

        ``flattened`` divides the scores first: the greater, the more the runners-up count.
        """
        ordered = self.scores[self.order] / flattened
        weights = np.exp(ordered - ordered[0])
        shares: Array = weights / weights.sum()
        return shares


def rank(question: Question, index: Index, allowed: NDArray[np.bool_]) -> Ranking:
    """Return the allowed entries in the order in which they answer the question."""
    features = _pooled(question, index)
    scores = np.zeros(index.size)
    for feature, values in features.items():
        scores += WEIGHTS[feature] * values
    features[Feature.PHRASE] = _nearest_phrases(question, index, scores)
    scores += WEIGHTS[Feature.PHRASE] * features[Feature.PHRASE]
    numbers = np.arange(index.size)
    order = np.lexsort((numbers, -np.round(scores, 9)))
    return Ranking(features, scores, order[allowed[order]])


def _pooled(question: Question, index: Index) -> dict[Feature, Array]:
    read, written = (weighting.grams(Counter(words)) for words in (question.read, question.written))
    meaning_mass = sum(index.meanings.idf(name) for name in question.meanings)
    return {
        Feature.WORDS: index.stems.scores(question.stems) / question.mass,
        Feature.PAIRS: index.pairs.scores(question.pairs) / question.mass,
        Feature.BODY: index.body.scores(question.stems) / question.mass,
        Feature.MEANINGS: index.meanings.scores(question.meanings) / (meaning_mass + _MEANING_PRIOR),
        Feature.LETTERS: index.grams.scores(unit_query(read, index.grams)),
        Feature.LETTERS_WRITTEN: index.grams.scores(unit_query(written, index.grams)),
        Feature.ALL_LETTERS: index.all_grams.scores(unit_query(read, index.all_grams)),
        Feature.ALL_LETTERS_WRITTEN: index.all_grams.scores(unit_query(written, index.all_grams)),
    }


def _nearest_phrases(question: Question, index: Index, scores: Array) -> Array:
    nearest = np.zeros(index.size)
    asked = " ".join(sorted(question.read[:_COMPARED_WORDS]))
    if not asked:
        return nearest
    first = np.lexsort((np.arange(index.size), -np.round(scores, 9)))[:_RERANKED]
    phrases = [phrase for number in first for phrase in index.phrases[number]]
    starts = np.cumsum([0, *(len(index.phrases[number]) for number in first)])[:-1]
    ratios = process.cdist([asked], phrases, scorer=fuzz.ratio, dtype=np.float64)[0] / 100
    nearest[first] = np.maximum.reduceat(ratios, starts)
    return nearest
