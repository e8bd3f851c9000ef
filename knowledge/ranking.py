"""The order of the entries for a question: nine explainable features, weighed and summed.

The weights were fitted once (conditional logit) on public question sets and on held-out phrasings, never on one
library; a sum of them is in natural-log units, so that its softmax is a probability before calibration.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import fuzz, process

from knowledge import bags
from knowledge.weighting import unit_query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from knowledge.bags import Array
    from knowledge.index import Index
    from knowledge.postings import Places, Postings
    from knowledge.question import Question

SMALL = 500  # entries up to which all of them are compared in every way
CANDIDATES = 128  # entries of a greater library whose letters are compared with the question's
_RERANKED = 60  # entries whose phrases are compared with the question one by one
_COMPARED_WORDS = 50  # words of the question compared with single phrases: more than any of them has
_COMPARED = 400  # characters of them
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
    """The nearest entries' numbers from best to last (ties by number), with their scores and features beside them."""

    order: Places
    scores: Array
    features: Mapping[Feature, Array]

    def without(self, number: int) -> Ranking:
        """Return the ranking as if one entry were not in the library."""
        return self._keep(self.order != number)

    def shares(self, flattened: float = 1.0) -> Array:
        """Return the softmax of the scores: the probability of each entry before calibration.

        ``flattened`` divides the scores first: the greater, the more the runners-up count.
        """
        weights = np.exp((self.scores - self.scores[0]) / flattened)
        shares: Array = weights / weights.sum()
        return shares

    def _keep(self, kept: NDArray[np.bool_] | Places) -> Ranking:
        features = {feature: values[kept] for feature, values in self.features.items()}
        return Ranking(self.order[kept], self.scores[kept], features)

    def best_first(self) -> Ranking:
        """Return the ranking in the order of its scores."""
        return self._keep(np.lexsort((self.order, -np.round(self.scores, 9))))


def rank(question: Question, index: Index, allowed: NDArray[np.bool_]) -> Ranking:
    """Return the allowed entries in the order in which they answer the question.

    Words, pairs, bodies and meanings are compared with every entry; letters and single phrases, which cost more, with
    the ``CANDIDATES`` nearest by those.
    """
    features = _by_words(question, index)
    scores = _weighed(features, index.size)
    near = _candidates(scores, allowed)
    features = {feature: values[near] for feature, values in features.items()}
    features |= _by_letters(question, index, near)
    scores = _weighed(features, len(near))
    features[Feature.PHRASE] = _nearest_phrases(question, index, near, scores)
    scores += WEIGHTS[Feature.PHRASE] * features[Feature.PHRASE]
    return Ranking(near, scores, features).best_first()


def _by_words(question: Question, index: Index) -> dict[Feature, Array]:
    stems = bags.STEMS.asked(question.stems)
    meanings = bags.MEANINGS.asked(question.meanings)
    meaning_mass = float(index.meanings.idf_of(meanings.terms).sum())
    return {
        Feature.WORDS: index.stems.scores(stems) / question.mass,
        Feature.PAIRS: index.pairs.scores(bags.PAIRS.asked(question.pairs)) / question.mass,
        Feature.BODY: index.body.scores(stems) / question.mass,
        Feature.MEANINGS: index.meanings.scores(meanings) / (meaning_mass + _MEANING_PRIOR),
    }


def _candidates(scores: Array, allowed: NDArray[np.bool_]) -> Places:
    """Return the numbers of the best allowed entries, ascending; among equals the lower numbers."""
    numbers = np.flatnonzero(allowed)
    if len(scores) <= SMALL or len(numbers) <= CANDIDATES:
        return numbers
    own = np.round(scores[numbers], 9)
    last = np.partition(own, len(own) - CANDIDATES)[len(own) - CANDIDATES]
    above, equal = np.flatnonzero(own > last), np.flatnonzero(own == last)
    kept: Places = np.sort(np.concatenate([above, equal[: CANDIDATES - len(above)]]))
    return numbers[kept]


def _by_letters(question: Question, index: Index, near: Places) -> dict[Feature, Array]:
    read, written = bags.asked_grams(question.read), bags.asked_grams(question.written)

    def cosines(postings: Postings) -> list[Array]:
        queries = [unit_query(asked, postings) for asked in (read, written)]
        if len(near) < index.size > SMALL:
            return postings.scores_of(queries, near)
        return [postings.scores(query)[near] for query in queries]

    letters, letters_written = cosines(index.grams)
    all_letters, all_letters_written = cosines(index.all_grams)
    return {
        Feature.LETTERS: letters,
        Feature.LETTERS_WRITTEN: letters_written,
        Feature.ALL_LETTERS: all_letters,
        Feature.ALL_LETTERS_WRITTEN: all_letters_written,
    }


def _nearest_phrases(question: Question, index: Index, near: Places, scores: Array) -> Array:
    nearest = np.zeros(len(near))
    asked = " ".join(sorted(question.read[:_COMPARED_WORDS]))[:_COMPARED]
    if not asked:
        return nearest
    first = np.lexsort((near, -np.round(scores, 9)))[:_RERANKED]
    compared = [index.phrases[number] for number in near[first].tolist()]
    starts = np.cumsum([0, *map(len, compared)])[:-1]
    phrases = list(chain.from_iterable(compared))
    ratios = process.cdist([asked], phrases, scorer=fuzz.ratio, dtype=np.float64)[0] / 100
    nearest[first] = np.maximum.reduceat(ratios, starts)
    return nearest


def _weighed(features: Mapping[Feature, Array], size: int) -> Array:
    scores = np.zeros(size)
    for feature, values in features.items():
        scores += WEIGHTS[feature] * values
    return scores
