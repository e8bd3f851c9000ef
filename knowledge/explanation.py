"""Why a question was judged so, as data: the question as read, the entries' features and terms, the signals."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from knowledge.bags import STEMS
from knowledge.decision import MOST_LISTED
from knowledge.ranking import WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from knowledge.calibration import Calibration
    from knowledge.decision import Judgement
    from knowledge.entry import Entry
    from knowledge.index import Index
    from knowledge.postings import Postings
    from knowledge.question import Question
    from knowledge.ranking import Ranking
    from knowledge.signals import Signals


@dataclass(frozen=True)
class Contribution:
    """One entry's place: what each feature and each term of the question brought to its score."""

    entry_id: str
    score: float
    features: Mapping[str, float]
    terms: Mapping[str, float]
    body_terms: Mapping[str, float]


@dataclass(frozen=True)
class Explanation:
    """All that led to a judgement."""

    judgement: Judgement
    query: tuple[str, ...]
    corrections: Mapping[str, str]
    meanings: tuple[str, ...]
    signals: Mapping[str, float]
    thresholds: Mapping[str, float]
    entries: tuple[Contribution, ...]

    def to_data(self) -> dict[str, Any]:
        """Return the explanation as JSON values."""
        return {
            "judgement": self.judgement.to_data(),
            "query": list(self.query),
            "corrections": dict(self.corrections),
            "meanings": list(self.meanings),
            "signals": dict(self.signals),
            "thresholds": dict(self.thresholds),
            "entries": [asdict(entry) for entry in self.entries],
        }


def explain(
    judgement: Judgement,
    question: Question,
    ranking: Ranking | None,
    signals: Signals | None,
    index: Index,
    calibration: Calibration,
    entries: Sequence[Entry],
) -> Explanation:
    """Return what led to a judgement, from the results of its stages."""
    contributions: tuple[Contribution, ...] = ()
    values: dict[str, float] = {}
    if ranking is not None and signals is not None:
        contributions = tuple(
            _contribution(place, question, ranking, index, entries)
            for place in range(min(MOST_LISTED, len(ranking.order)))
        )
        values = {name: round(value, 4) for name, value in asdict(signals).items()}
        values["confidence"] = round(calibration.confidence(signals), 4)
        values["nearness"] = round(calibration.nearness(signals), 4)
        values["strangeness"] = round(calibration.strangeness(signals), 4)
    return Explanation(
        judgement=judgement,
        query=question.read,
        corrections=question.corrections,
        meanings=tuple(question.meanings),
        signals=values,
        thresholds={"answer_from": calibration.answer_from},
        entries=contributions,
    )


def _contribution(
    place: int, question: Question, ranking: Ranking, index: Index, entries: Sequence[Entry]
) -> Contribution:
    number = int(ranking.order[place])
    features = {
        str(feature): round(float(WEIGHTS[feature] * values[place]), 4) for feature, values in ranking.features.items()
    }
    return Contribution(
        entry_id=entries[number].id,
        score=round(float(ranking.scores[place]), 4),
        features=features,
        terms=_brought(question, index.stems, number),
        body_terms=_brought(question, index.body, number),
    )


def _brought(question: Question, postings: Postings, number: int) -> dict[str, float]:
    """Return what each stem of the question brings to an entry, those that bring nothing left out."""
    document = postings.document(number)
    brought = {
        stem: round(weight * document.get(STEMS.number(stem), 0.0) / question.mass, 4)
        for stem, weight in sorted(question.stems.items())
    }
    return {stem: value for stem, value in brought.items() if value}
