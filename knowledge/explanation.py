"""Why a question was judged so, as data: the question as read, the entries' features and terms, the signals."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from knowledge import lexicon, text
from knowledge.decision import MOST_LISTED, Decision, Reason
from knowledge.ranking import WEIGHTS
from knowledge.signals import SIGNALS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from knowledge.calibration import Calibration
    from knowledge.decision import Judgement
    from knowledge.index import Index
    from knowledge.postings import Postings
    from knowledge.question import Question
    from knowledge.ranking import Ranking
    from knowledge.signals import Signals
    from knowledge.vocabulary import Numbers


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


@dataclass(frozen=True)
class InShort:
    """Why an entry came first, for whoever is no engineer.

    ``shared`` and ``missing``: the question's telling words that the entry says, and does not; ``corrections``: what
    was written, and read as. ``confidence`` and ``answer_from``: the chances that it answers, and those it takes to
    answer alone, from 0 to 1; ``weighed``: these chances made the decision, rather than what the question is about.
    """

    entry_id: str
    shared: tuple[str, ...]
    missing: tuple[str, ...]
    corrections: Mapping[str, str]
    confidence: float
    answer_from: float
    weighed: bool


_WEIGHED = frozenset({Reason.CONFIDENT, Reason.CLOSE_CALL, Reason.TURNED_DOWN, Reason.NOTHING_NEAR})


def in_short(explanation: Explanation) -> InShort | None:
    """Return the gist of an explanation; None when the message asks nothing that an entry could answer."""
    if not explanation.entries or explanation.judgement.decision is Decision.CLARIFY:
        return None
    first = explanation.entries[0]
    said = {*first.terms, *first.body_terms}
    telling = [word for word in dict.fromkeys(explanation.query) if word not in lexicon.asking_words()]
    return InShort(
        entry_id=first.entry_id,
        shared=tuple(word for word in telling if text.stem(word) in said),
        missing=tuple(word for word in telling if text.stem(word) not in said),
        corrections=explanation.corrections,
        confidence=explanation.judgement.confidence,
        answer_from=explanation.thresholds["answer_from"],
        weighed=explanation.judgement.reason in _WEIGHED,
    )


def explain(
    judgement: Judgement,
    question: Question,
    ranking: Ranking | None,
    signals: Signals | None,
    index: Index,
    calibration: Calibration,
) -> Explanation:
    """Return what led to a judgement, from the results of its stages."""
    contributions: tuple[Contribution, ...] = ()
    values: dict[str, float] = {}
    answer_from = calibration.answer_from
    if ranking is not None and signals is not None:
        contributions = _contributions(question, ranking, index)
        answer_from = calibration.of(signals).answer_from
        values = {name: round(value, 4) for name in SIGNALS if (value := getattr(signals, name)) is not None}
        values["confidence"] = round(calibration.confidence(signals), 4)
        values["nearness"] = round(calibration.nearness(signals), 4)
        values["strangeness"] = round(calibration.strangeness(signals), 4)
    return Explanation(
        judgement=judgement,
        query=question.read,
        corrections=question.corrections,
        meanings=question.meanings,
        signals=values,
        thresholds={"answer_from": answer_from},
        entries=contributions,
    )


def _contributions(question: Question, ranking: Ranking, index: Index) -> tuple[Contribution, ...]:
    listed = ranking.order[:MOST_LISTED]
    spoken = _brought(question, index, index.stems, listed)
    written = _brought(question, index, index.body, listed)
    scores = ranking.scores[: len(listed)].round(4).tolist()
    weighed = {
        str(feature): (ranking.scale * WEIGHTS[feature] * values[: len(listed)]).round(4).tolist()
        for feature, values in ranking.features.items()
    }
    return tuple(
        Contribution(
            entry_id=index.entries[number].id,
            score=scores[place],
            features={feature: values[place] for feature, values in weighed.items()},
            terms=spoken[place],
            body_terms=written[place],
        )
        for place, number in enumerate(listed.tolist())
    )


def _brought(question: Question, index: Index, postings: Postings, entries: Numbers) -> list[dict[str, float]]:
    """Return what each stem of the question brings to each entry, those that bring nothing left out."""
    names = {index.vocabulary.stems.number(stem): stem for stem in question.stems}
    order = np.argsort(entries)
    ascending = entries[order]
    brought: list[dict[str, float]] = [{} for _ in entries]
    rows = sorted((names[held.term], held) for held in postings.held(index.stem_query(question.stems)))
    values = np.zeros((len(rows), len(entries)))
    for row, (_, held) in enumerate(rows):
        values[row, order] = held.brought(ascending)
    values = (values / question.mass).round(4)
    for row, place in np.argwhere(values).tolist():
        brought[place][rows[row][0]] = float(values[row, place])
    return brought
