"""Probabilities fitted to one library by asking it its own phrasings: each held out, then its whole entry.

A threshold learnt on one library does not carry to another. So a few phrasings of each entry are held out and asked:
the first entry should be the phrasing's own; then the same with the entry taken out: whatever comes first is
wrong. Background questions, which no library of a network answers, complete the sample. An entry that the right
one links to (``see_also``) may answer as well, so such cases count for half, or not at all.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from knowledge import lexicon, logistic
from knowledge.background import Background
from knowledge.decision import MOST_SUGGESTED
from knowledge.index import Index
from knowledge.letters import SMALL
from knowledge.logistic import Logistic
from knowledge.question import read_question
from knowledge.ranking import rank
from knowledge.signals import Signals, read_signals
from knowledge.text import Language, language_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from knowledge.entry import Entry
    from knowledge.learning import Verdict

DEFAULT_PRECISION = 0.95
_SEED = 20_261_122
_HELD_OUT = 2  # phrasings per entry
_MOST_ASKED, _MOST_ASKED_OF_MANY = 500, 160  # phrasings asked; of a large library, where each takes longer
_MOST_OFF_TOPIC, _MOST_OFF_TOPIC_OF_MANY = 190, 100  # background questions asked at most, the same way
_LEAST_ASKED = 60  # below, the library is too small to be its own judge
ANSWERABLE, _UNANSWERED, _OFF_TOPIC = 0.65, 0.15, 0.20  # the expected make-up of members' messages
_LINKED_COUNTS = 0.5
_CLAIMED = 2.0  # natural logarithm of how much less strange a question of one word is that a theme claims
_RIDGE = 1.0
_NEARLY = 10  # a library may grow or shrink by one part in so many before it is calibrated again

CONFIDENCE_SIGNALS = ("lead", "score", "words", "letters", "all_letters", "phrase", "known", "distinct", "length")
NEARNESS_SIGNALS = ("lead_of_three", *CONFIDENCE_SIGNALS[1:])
OFF_TOPIC_SIGNALS = ("near_letters", "near_all_letters", "known", "distinct", "background", "everyday")

# Fitted on public question sets with true questions; the library's own calibration sets its slope and origin.
GENERAL = Logistic(-5.041, (0.64, -0.114, 0.587, 0.616, -0.222, 3.23, 0.306, 0.291, 1.066))


class Chances(NamedTuple):
    """The probabilities that a question's first entry answers, one of the first three does, it is not the network's.

    ``strangeness_unclaimed`` is that of the question if no theme claimed its words: they tell that it may be an
    expert's, not that an entry answers. Beside them, the confidence from which the library answers alone.
    """

    confidence: float
    nearness: float
    strangeness: float
    strangeness_unclaimed: float
    answer_from: float

    @property
    def claimed(self) -> bool:
        """Tell whether a theme claims words of the question."""
        return self.strangeness < self.strangeness_unclaimed


@dataclass(frozen=True)
class Calibration:
    """How one library's signals become probabilities, and from which probability it may answer alone."""

    first_right: Logistic  # over the general log-odds: the first entry answers
    near_right: Logistic  # over the same, the first three counting as one: one of them answers
    off_topic: Logistic  # over the off-topic signals
    answer_from: float
    asked: int
    entries: int  # in the library when it was calibrated
    sensed: Calibration | None = None  # the same where a language model compares meanings too

    def suits(self, entries: int) -> bool:
        """Tell whether a library of so many entries is nearly the one that was calibrated."""
        return self.asked > 0 and abs(entries - self.entries) * _NEARLY <= self.entries

    def chances(self, signals: Signals) -> Chances:
        """Return the probabilities of a question, with a language model's signal where it had its say."""
        own = self.sensed if self.sensed and signals.sense is not None else self
        telling, near = _telling(signals, CONFIDENCE_SIGNALS), _telling(signals, NEARNESS_SIGNALS)
        estranging = _estranging(signals)[: len(own.off_topic.weights)]
        return Chances(
            confidence=own.first_right.probability(telling[: len(own.first_right.weights)]),
            nearness=own.near_right.probability(near[: len(own.near_right.weights)]),
            strangeness=own.off_topic.probability(estranging, -_CLAIMED * signals.claimed),
            strangeness_unclaimed=own.off_topic.probability(estranging),
            answer_from=own.answer_from,
        )

    def to_data(self) -> dict[str, Any]:
        """Return the calibration as JSON values."""
        return {
            "first_right": [self.first_right.intercept, *self.first_right.weights],
            "near_right": [self.near_right.intercept, *self.near_right.weights],
            "off_topic": [self.off_topic.intercept, *self.off_topic.weights],
            "answer_from": self.answer_from,
            "asked": self.asked,
            "entries": self.entries,
            "sensed": self.sensed and self.sensed.to_data(),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Calibration:
        """Return the calibration that ``to_data`` described."""
        first, near, off = (Logistic(row[0], tuple(row[1:])) for row in (
            data["first_right"], data["near_right"], data["off_topic"],
        ))  # fmt: skip
        sensed = cls.from_data(data["sensed"]) if data.get("sensed") else None
        return cls(first, near, off, data["answer_from"], data["asked"], data["entries"], sensed)


@dataclass(frozen=True)
class Case:
    """One question of the sample: its signals, what is true of it, its kind's share, and how much it counts."""

    signals: Signals
    first: bool
    near: bool
    off_topic: bool
    share: float
    counts: float


def _telling(signals: Signals, names: tuple[str, ...]) -> list[float]:
    """Return the log-odds that the first entry answers, before a library's own calibration, and a model's signal."""
    return [GENERAL.log_odds(signals.vector(names)), *([] if signals.sense is None else [signals.sense])]


def _estranging(signals: Signals) -> list[float]:
    return [*signals.vector(OFF_TOPIC_SIGNALS), *([] if signals.sense is None else [signals.sense])]


def calibrate(whole: Index, precision: float = DEFAULT_PRECISION, verdicts: Sequence[Verdict] = ()) -> Calibration:
    """Return the calibration of a library for the wanted precision of automatic answers. Deterministic.

    Members' verdicts count for as much as one question of the sample each, so that few of them move little.
    """
    reduced, asked = hold_out(whole.entries)
    if len(asked) < _LEAST_ASKED:
        return UNCALIBRATED
    index = Index(reduced, whole.language, whole, whole.embedder, whole.trade)
    cases = _cases(index, asked, sensed=False)
    said = _verdict_cases(verdicts, index, sensed=False)
    found = replace(_fitted(cases, said, precision), asked=len(asked), entries=whole.size)
    if index.senses is None:
        return found
    cases = _cases(index, asked, sensed=True)
    if any(case.signals.sense is None for case in cases):
        return found  # the model went away meanwhile
    said = [case for case in _verdict_cases(verdicts, index, sensed=True) if case.signals.sense is not None]
    return replace(found, sensed=replace(_fitted(cases, said, precision), asked=len(asked), entries=whole.size))


def _fitted(cases: Sequence[Case], said: Sequence[Case], precision: float) -> Calibration:
    weights = _weights(cases)
    general, near = (
        np.array([_telling(case.signals, names) for case in cases]) for names in (CONFIDENCE_SIGNALS, NEARNESS_SIGNALS)
    )
    strange = np.array([_estranging(case.signals) for case in cases])
    first_right = _first_right(cases, weights, said)
    near_right = logistic.fit(near, np.array([float(case.near) for case in cases]), weights, _RIDGE)
    off_topic = logistic.fit(strange, np.array([float(case.off_topic) for case in cases]), weights, _RIDGE)
    promised = np.array([first_right.probability(row) for row in general.tolist()])
    answer_from = _threshold(promised, weights, precision)
    return Calibration(first_right, near_right, off_topic, answer_from, asked=0, entries=0)


def _first_right(cases: Sequence[Case], weights: NDArray[np.float64], said: Sequence[Case]) -> Logistic:
    """Return the probability that the first entry answers, by the sample and by what members said."""
    everything = [*cases, *said]
    general = np.array([_telling(case.signals, CONFIDENCE_SIGNALS) for case in everything])
    counted = np.concatenate([weights, np.ones(len(said))])
    return logistic.fit(general, np.array([float(case.first) for case in everything]), counted, _RIDGE)


def _verdict_cases(verdicts: Sequence[Verdict], index: Index, *, sensed: bool) -> list[Case]:
    """Return the verdicts on entries that still come first; wordings that became phrasings prove nothing any more."""
    everything = np.ones(index.size, dtype=bool)
    background = Background(index)
    found = []
    for verdict in verdicts:
        question = read_question(verdict.question, index)
        if not question.read:
            continue
        ranking = rank(question, index, everything, sensed=sensed)
        entry = index.entries[int(ranking.order[0])]
        if entry.id == verdict.entry_id and verdict.question not in entry.phrasings:
            signals = read_signals(question, ranking, index, background.compare(question))
            found.append(Case(signals, verdict.right, verdict.right, off_topic=False, share=0.0, counts=1.0))
    return found


def hold_out(entries: Sequence[Entry]) -> tuple[list[Entry], list[tuple[int, str]]]:
    """Return the entries without the phrasings that are asked, and those with the numbers of their entries."""
    draw = random.Random(_SEED)  # noqa: S311  # a reproducible sample, not a secret
    numbers = range(len(entries))
    most = _MOST_ASKED if len(entries) <= SMALL else _MOST_ASKED_OF_MANY
    sampled = set(draw.sample(numbers, min(len(entries), most // _HELD_OUT)))
    reduced = list(entries)
    asked: list[tuple[int, str]] = []
    for number in sorted(sampled):
        entry = entries[number]
        spare = min(_HELD_OUT, len(entry.phrasings) - 1)
        held = set(draw.sample(range(len(entry.phrasings)), spare)) if spare > 0 else set()
        asked += [(number, entry.phrasings[place]) for place in sorted(held)]
        kept = tuple(phrase for place, phrase in enumerate(entry.phrasings) if place not in held)
        reduced[number] = replace(entry, phrasings=kept)
    return reduced, asked


def _cases(index: Index, asked: Sequence[tuple[int, str]], *, sensed: bool) -> list[Case]:
    background = Background(index)
    own = _phrasing_cases(index, asked, background, sensed=sensed)
    return own + _background_cases(index, background, sensed=sensed)


def _phrasing_cases(
    index: Index, asked: Sequence[tuple[int, str]], background: Background, *, sensed: bool
) -> list[Case]:
    everything = np.ones(index.size, dtype=bool)
    links = _links(index.entries)
    found = []
    for own, phrase in asked:
        question = read_question(phrase, index)
        everyday = background.compare(question)
        ranking = rank(question, index, everything, sensed=sensed)
        for held, kind in ((ranking, ANSWERABLE), (ranking.without(own), _UNANSWERED)):
            first = int(held.order[0])
            near = own in held.order[:MOST_SUGGESTED]
            linked = (own, first) in links
            if kind == _UNANSWERED and linked:
                continue
            counts = _LINKED_COUNTS if linked else 1.0
            signals = read_signals(question, held, index, everyday)
            found.append(Case(signals, first == own, near, off_topic=False, share=kind, counts=counts))
    return found


def _background_cases(index: Index, background: Background, *, sensed: bool) -> list[Case]:
    everything = np.ones(index.size, dtype=bool)
    questions = lexicon.background()
    found = []
    # English ones put to a French library would take a third longer to ask, and it answers no better with them.
    numbers = [n for n, asked in enumerate(questions) if language_of([asked]) in {Language.FRENCH, index.language}]
    most = _MOST_OFF_TOPIC if index.size <= SMALL else _MOST_OFF_TOPIC_OF_MANY
    for number in numbers[:: -(-len(numbers) // most)]:  # spread over them: those of one subject stand together
        question = read_question(questions[number], index)
        if question.read:
            everyday = background.compare(question, leaving_out=number)
            ranking = rank(question, index, everything, sensed=sensed)
            signals = read_signals(question, ranking, index, everyday)
            found.append(Case(signals, first=False, near=False, off_topic=True, share=_OFF_TOPIC, counts=1.0))
    return found


def _links(entries: Sequence[Entry]) -> set[tuple[int, int]]:
    numbers = {entry.id: number for number, entry in enumerate(entries)}
    one_way = {
        (number, numbers[other]) for number, entry in enumerate(entries) for other in entry.see_also if other in numbers
    }
    return one_way | {(right, left) for left, right in one_way}


def _weights(cases: Sequence[Case]) -> NDArray[np.float64]:
    """Return the cases' weights such that each kind has its expected share of members' messages."""
    counts = np.array([case.counts for case in cases])
    kinds = np.array([case.share for case in cases])
    weights = np.zeros(len(cases))
    for share in (ANSWERABLE, _UNANSWERED, _OFF_TOPIC):
        own = kinds == share
        if own.any():
            weights[own] = counts[own] * share / counts[own].sum() * len(cases)
    return weights


def _threshold(promised: NDArray[np.float64], weights: NDArray[np.float64], precision: float) -> float:
    """Return the least probability such that all the cases from it on are right ``precision`` of the time."""
    order = np.argsort(-promised, kind="stable")
    kept = np.cumsum((promised * weights)[order]) / np.cumsum(weights[order])
    enough = np.flatnonzero(kept >= precision)
    return round(float(promised[order[enough[-1]]]), 6) if len(enough) else 1.0


UNCALIBRATED = Calibration(
    first_right=Logistic(0.0, (1.0,)),
    near_right=Logistic(0.0, (1.0,)),
    off_topic=Logistic(0.0, (-3.0, -3.0, -3.0, -0.5, 3.0, 1.0)),
    answer_from=0.85,
    asked=0,
    entries=0,
)
