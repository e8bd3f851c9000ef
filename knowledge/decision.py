"""What the knowledge base says of a question: one of five decisions, with the evidence it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

NO_THEME = "aucun"
MOST_LISTED = 10
MOST_SUGGESTED = 3


class Decision(StrEnum):
    """What is done with a question."""

    ANSWER = "answer"
    SUGGEST = "suggest"
    CLARIFY = "clarify"
    REDIRECT = "redirect"
    EXPERTS = "experts"


class Reason(StrEnum):
    """Why the decision was taken."""

    CONFIDENT = "confident"
    CLOSE_CALL = "close_call"
    SUBJECT_ONLY = "subject_only"
    TURNED_DOWN = "turned_down"
    NO_DOCUMENT = "no_document"
    NOT_TREATED = "not_treated"
    GUESSED = "guessed"
    NOTHING_NEAR = "nothing_near"
    EMPTY = "empty"
    TOO_VAGUE = "too_vague"
    OFF_TOPIC = "off_topic"
    SMALL_TALK = "small_talk"
    WHO_ANSWERS = "who_answers"
    NAMED_CASE = "named_case"
    DISPUTE = "dispute"
    OWN_FIGURES = "own_figures"
    PRICE = "price"
    SUPPLIER = "supplier"
    LOCAL_FACT = "local_fact"


@dataclass(frozen=True)
class Scored:
    """An entry and its score, from 0 to 1: how near it is to the question."""

    entry_id: str
    score: float


@dataclass(frozen=True)
class Judgement:
    """A decision with its evidence.

    ``theme`` is the theme that routes the question, ``"aucun"`` when it is redirected. ``scored`` holds up to ten
    entries, best first, whatever the decision. ``confidence`` is the calibrated probability that the first entry
    answers. ``version`` changes when the library or the parameters change.
    """

    decision: Decision
    theme: str
    scored: tuple[Scored, ...]
    reason: Reason
    confidence: float
    version: str

    def to_data(self) -> dict[str, Any]:
        """Return the judgement as JSON values, such that ``from_data`` gives it back."""
        return {
            "decision": str(self.decision),
            "theme": self.theme,
            "scored": [[item.entry_id, item.score] for item in self.scored],
            "reason": str(self.reason),
            "confidence": self.confidence,
            "version": self.version,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Judgement:
        """Return the judgement that ``to_data`` described. Raises ``KeyError`` or ``ValueError`` for other data."""
        return cls(
            decision=Decision(data["decision"]),
            theme=data["theme"],
            scored=tuple(Scored(entry_id, score) for entry_id, score in data["scored"]),
            reason=Reason(data["reason"]),
            confidence=data["confidence"],
            version=data["version"],
        )
