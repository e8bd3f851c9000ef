"""The order of the entries for a question: ten explainable features, weighed and summed.

The weights were fitted once (conditional logit) on public question sets and on held-out phrasings, never on one
library; a sum of them is in natural-log units, so that its softmax is a probability before calibration.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from rapidfuzz import fuzz, process

from knowledge.letters import SMALL
from knowledge.postings import add_scores, brought_to

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from knowledge.index import Index
    from knowledge.postings import Array, Held
    from knowledge.question import Question
    from knowledge.vocabulary import Numbers, Places

CANDIDATES = 20  # entries of a greater library whose letters are compared with the question's
_RERANKED = 32  # entries whose phrases are compared with the question one by one
_COMPARED_WORDS = 50  # words of the question compared with single phrases: more than any of them has
_COMPARED = 400  # characters of them
_LARGEST_BLOCK = 64  # entries of which only the best counts at first when candidates are sought
_SENSED = 0.3  # what scores with a language model's cosines are multiplied by, to stay in natural-log units
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
    LATENT = "latent"  # words that the library uses alike (cosine)
    PHRASE = "phrase"  # nearest single phrase, its words sorted (RapidFuzz ratio)
    SENSE = "sense"  # nearest single phrase, by a language model (cosine)
    SENSE_WHOLE = "sense_whole"  # the title and the beginning of the body, the same way


WEIGHTS: Mapping[Feature, float] = {
    Feature.WORDS: 4.5,
    Feature.PAIRS: 1.2,
    Feature.BODY: 5.0,
    Feature.MEANINGS: 2.0,
    Feature.LETTERS: 4.2,
    Feature.LETTERS_WRITTEN: 3.0,
    Feature.ALL_LETTERS: 5.0,
    Feature.ALL_LETTERS_WRITTEN: 3.5,
    Feature.LATENT: 5.0,
    Feature.PHRASE: 4.5,
    Feature.SENSE: 22.0,
    Feature.SENSE_WHOLE: 15.0,
}


_SURE_LEAD = 6.0  # of scores: the others share a fourhundredth


class Brought(NamedTuple):
    """What each of a question's terms of one sort brings to some entries, whose numbers ascend: a row for each term."""

    terms: tuple[int, ...]
    entries: Numbers
    rows: Array

    def to(self, entries: Numbers) -> Array:
        """Return the columns of some of the entries, in any order."""
        return self.rows[:, self.entries.searchsorted(entries)]


@dataclass(frozen=True)
class Ranking:
    """The nearest entries' numbers from best to last (ties by number), with their scores and features beside them.

    ``brought`` tells more of the features that are sums over terms, before they are divided by the question's mass.
    """

    order: Numbers
    scores: Array
    features: Mapping[Feature, Array]
    brought: Mapping[Feature, Brought]
    scale: float = 1.0  # of the weighed features in the scores

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

    def by_words(self) -> Ranking:
        """Return the ranking with scores that owe nothing to words the library only uses alike, in the same order."""
        if Feature.LATENT not in self.features:
            return self
        owed = self.scale * WEIGHTS[Feature.LATENT] * self.features[Feature.LATENT]
        return replace(self, scores=self.scores - owed)

    def putting_first(self, numbers: Sequence[int]) -> Ranking:
        """Return the ranking with those of some entries that it holds before all others, by a sure lead."""
        first = np.isin(self.order, numbers)
        if not first.any():
            return self
        ahead = self.scores.max() - self.scores[first].min() + _SURE_LEAD
        return replace(self, scores=self.scores + ahead * first).best_first()

    def _keep(self, kept: NDArray[np.bool_] | Places) -> Ranking:
        features = {feature: values[kept] for feature, values in self.features.items()}
        return Ranking(self.order[kept], self.scores[kept], features, self.brought, self.scale)

    def best_first(self) -> Ranking:
        """Return the ranking in the order of its scores."""
        return self._keep(np.lexsort((self.order, -np.round(self.scores, 9))))


def rank(question: Question, index: Index, allowed: NDArray[np.bool_], *, sensed: bool = False) -> Ranking:
    """Return the allowed entries in the order in which they answer the question.

    In a large library, letters and single phrases are compared with the ``CANDIDATES`` nearest by words, pairs, bodies
    and meanings; in a small one with every entry. ``sensed`` asks the language model too, if the index has one.
    """
    stems = index.stem_query(question.stems)
    terms = _terms(question, index, stems)
    if index.size > SMALL and np.count_nonzero(allowed) > CANDIDATES:
        near = _candidates(terms, index.size, allowed)
    else:
        near = allowed.nonzero()[0].astype(np.int32)
    brought = {sort.feature: sort.brought(near) for sort in terms}
    features = {sort.feature: brought[sort.feature].rows.sum(axis=0) / sort.mass for sort in terms}
    features |= _by_letters(question, index, near)
    if index.latent:
        features[Feature.LATENT] = index.latent.cosines(stems, near)
    scores = _weighed(features, len(near))
    features[Feature.PHRASE] = _nearest_phrases(question, index, near, scores)
    scores += WEIGHTS[Feature.PHRASE] * features[Feature.PHRASE]
    cosines = index.senses.compare(question.message, near) if sensed and index.senses else None
    if cosines is None:
        return Ranking(near, scores, features, brought).best_first()
    features |= {Feature.SENSE: cosines.phrase, Feature.SENSE_WHOLE: cosines.whole}
    scores += WEIGHTS[Feature.SENSE] * cosines.phrase + WEIGHTS[Feature.SENSE_WHOLE] * cosines.whole
    return Ranking(near, scores * _SENSED, features, brought, _SENSED).best_first()


class _Terms(NamedTuple):
    """A question's terms of one sort, with what they bring, and the mass their scores are divided by."""

    feature: Feature
    held: Sequence[Held]
    mass: float

    def brought(self, entries: Numbers) -> Brought:
        return Brought(tuple(held.term for held in self.held), entries, brought_to(self.held, entries))


def _terms(question: Question, index: Index, stems: Mapping[int, float]) -> tuple[_Terms, ...]:
    meanings = index.meanings.held(index.meaning_query(question.meanings))
    meaning_mass = sum(held.factor for held in meanings) + _MEANING_PRIOR
    return (
        _Terms(Feature.WORDS, index.stems.held(stems), question.mass),
        _Terms(Feature.PAIRS, index.pairs.held(index.pair_query(question.run)), question.mass),
        _Terms(Feature.BODY, index.body.held(stems), question.mass),
        _Terms(Feature.MEANINGS, meanings, meaning_mass),
    )


def _candidates(terms: Iterable[_Terms], size: int, allowed: NDArray[np.bool_]) -> Numbers:
    """Return the numbers of the best allowed entries, ascending; among equals the lower numbers."""
    block = max(1, min(_LARGEST_BLOCK, size // (4 * CANDIDATES)))
    scores = np.zeros(-(-size // block) * block, np.float32)
    for term in terms:
        add_scores(term.held, WEIGHTS[term.feature] / term.mass, scores)
    scores[:size][~allowed] = -1
    scores[size:] = -1
    # As many blocks as entries wanted hold one that reaches this score: what lies below it need not be sorted.
    best_of_blocks = scores.reshape(-1, block).max(axis=1)
    least = np.partition(best_of_blocks, -CANDIDATES)[-CANDIDATES]
    numbers = np.flatnonzero(scores >= least if least > 0 else scores > 0)
    if least <= 0:
        numbers = np.concatenate([numbers, np.flatnonzero(scores == 0)[:CANDIDATES]])
    order = np.lexsort((numbers, -scores[numbers]))[:CANDIDATES]
    return np.sort(numbers[order]).astype(np.int32)


def _by_letters(question: Question, index: Index, near: Numbers) -> dict[Feature, Array]:
    spoken, everywhere = index.letters.cosines((question.read, question.written), near)
    return {
        Feature.LETTERS: spoken[0],
        Feature.LETTERS_WRITTEN: spoken[1],
        Feature.ALL_LETTERS: everywhere[0],
        Feature.ALL_LETTERS_WRITTEN: everywhere[1],
    }


def _nearest_phrases(question: Question, index: Index, near: Numbers, scores: Array) -> Array:
    nearest = np.zeros(len(near))
    asked = " ".join(sorted(question.read[:_COMPARED_WORDS]))[:_COMPARED]
    if not asked:
        return nearest
    first = np.lexsort((near, -np.round(scores, 9)))[:_RERANKED]
    compared = [index.phrases(number) for number in near[first].tolist()]
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
