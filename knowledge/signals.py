"""What a decision rests on: how far ahead, how well covered and how much the network's business a question is."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from knowledge.decision import MOST_SUGGESTED
from knowledge.ranking import Feature

if TYPE_CHECKING:
    from knowledge.background import Everyday
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
    lead_of_three: float  # the same of the first three together, where there are more
    score: float
    words: float
    letters: float
    all_letters: float
    phrase: float
    known: float  # share of the question's mass that the library knows
    distinct: float  # how much more frequent its most telling words are in the library than at large
    length: float  # logarithm of the number of meaningful words
    background: float  # nearness to questions people ask to anybody
    everyday: float  # how much likelier its words are among these than in the library's phrases
    near_letters: float  # letters and all letters of the entry nearest by words, wherever it is ranked
    near_all_letters: float
    claimed: float = 0.0  # words that a theme of the network claims, over the square root of their number
    sense: float | None = None  # nearness in meaning, when a language model had its say

    def vector(self, names: tuple[str, ...]) -> list[float]:
        """Return the named signals in order."""
        return [getattr(self, name) for name in names]


SIGNALS = tuple(field.name for field in fields(Signals))


def read_signals(
    question: Question, ranking: Ranking, index: Index, everyday: Everyday, claimed: float = 0.0
) -> Signals:
    """Return the signals of a question whose ranking is not empty; ``claimed``: as in ``Signals``.

    Words that the library only uses alike help to choose between entries; that they are alike proves no answer.
    """
    by_words = ranking.by_words()
    shares = by_words.shares()
    first = float(shares[0])
    three = float(shares[:MOST_SUGGESTED].sum()) if len(shares) > MOST_SUGGESTED else first
    value = {feature: float(values[0]) for feature, values in ranking.features.items()}
    nearest = int(by_words.scores.argmax())
    near = {feature: float(values[nearest]) for feature, values in ranking.features.items()}
    telling = sorted((index.speller.distinctness(word) for word in question.read), reverse=True)[:_TELLING_WORDS]
    return Signals(
        lead=_log_odds(first),
        lead_of_three=_log_odds(three),
        score=float(by_words.scores[0]),
        words=value[Feature.WORDS],
        letters=value[Feature.LETTERS_WRITTEN],
        all_letters=value[Feature.ALL_LETTERS],
        phrase=value[Feature.PHRASE],
        known=question.known,
        distinct=sum(telling) / len(telling) if telling else _UNTELLING,
        length=math.log1p(len(question.read)),
        background=everyday.nearness,
        everyday=everyday.odds,
        near_letters=near[Feature.LETTERS_WRITTEN],
        near_all_letters=near[Feature.ALL_LETTERS],
        claimed=claimed,
        sense=value.get(Feature.SENSE),
    )


def _log_odds(share: float) -> float:
    return math.log(share / (1 - share + _SURE))
