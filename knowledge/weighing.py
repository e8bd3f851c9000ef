"""A reading of a message with what it is worth, and how two readings of the same message agree."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from knowledge.calibration import Chances
from knowledge.question import Question
from knowledge.ranking import Feature, Ranking
from knowledge.signals import Signals


class Weighed(NamedTuple):
    """A reading of a message with what it is worth."""

    question: Question
    ranking: Ranking
    signals: Signals
    chances: Chances

    @property
    def sensed(self) -> bool:
        """Tell whether a language model had its say."""
        return Feature.SENSE in self.ranking.features

    def agreeing(self, other: Weighed) -> Weighed:
        """Return the reading, whose entry answers no likelier than the one that another reading finds in its place."""
        if self.ranking.order[0] == other.ranking.order[0]:
            return self
        confidence = min(self.chances.confidence, other.chances.confidence)
        return self._replace(chances=self.chances._replace(confidence=confidence))

    def within(self, whole: Weighed) -> Weighed:
        """Return the reading as a part of the whole message, which tells more: how strange, what was misspelt."""
        if self.question is whole.question:
            return self
        corrections = {**whole.question.corrections, **self.question.corrections}
        question = replace(self.question, message=whole.question.message, corrections=corrections)
        strangeness = max(self.chances.strangeness, whole.chances.strangeness)
        unclaimed = whole.chances.strangeness_unclaimed
        chances = self.chances._replace(strangeness=strangeness, strangeness_unclaimed=unclaimed)
        return self._replace(question=question, chances=chances)
