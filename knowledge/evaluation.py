"""Measures of a matcher on labelled questions, each with a bootstrap confidence interval.

A question is *answerable* when its label names at least one entry, *off topic* when its theme is ``"aucun"``.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.decision import MOST_SUGGESTED, NO_THEME, Decision

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from knowledge.decision import Judgement
    from knowledge.labelled import Labelled
    from knowledge.matcher import Matcher

SEED = 20_261_122
RESAMPLES = 1000
TYPO_EVERY = 8  # characters per typing error in the measure of robustness
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_BINS = 10
_THRESHOLDS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98)


@dataclass(frozen=True)
class Measure:
    """A proportion with its 95 % confidence interval and the number of questions it is taken over."""

    name: str
    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Bin:
    """One bar of the reliability diagram: what was promised on average, what came true, over how many."""

    promised: float
    true: float
    count: int


@dataclass(frozen=True)
class Setting:
    """What would come of answering from another confidence on: precision, and shares of each sort answered."""

    threshold: float
    precision: float
    coverage: float
    unanswerable: float


@dataclass(frozen=True)
class Report:
    """All the measures of one evaluation."""

    measures: tuple[Measure, ...]
    reliability: tuple[Bin, ...]
    settings: tuple[Setting, ...]
    by_type: dict[str, dict[str, int]]

    def __getitem__(self, name: str) -> Measure:
        return next(measure for measure in self.measures if measure.name == name)


@dataclass(frozen=True)
class Judged:
    """A labelled question with the judgement it got, clean and with typing errors."""

    label: Labelled
    got: Judgement
    typed_badly: Judgement

    def hit(self, first: int, got: Judgement | None = None) -> bool:
        """Tell whether a right entry is among the first ones."""
        scored = (got or self.got).scored[:first]
        return any(item.entry_id in self.label.relevant for item in scored)

    @property
    def answerable(self) -> bool:
        """Tell whether the library answers the question."""
        return bool(self.label.relevant)

    @property
    def answered(self) -> bool:
        """Tell whether an answer was given at once."""
        return self.got.decision is Decision.ANSWER

    @property
    def helped(self) -> bool:
        """Tell whether the right answer was given, or the right entry was among the suggestions."""
        suggested = self.got.decision is Decision.SUGGEST and self.hit(MOST_SUGGESTED)
        return suggested or (self.answered and self.hit(1))


_Test = tuple[str, "Callable[[Judged], bool]", "Callable[[Judged], float]"]
_MEASURES: tuple[_Test, ...] = (
    ("hit_at_1", lambda j: j.answerable, lambda j: j.hit(1)),
    ("hit_at_3", lambda j: j.answerable, lambda j: j.hit(3)),
    ("answer_precision", lambda j: j.answered, lambda j: j.hit(1)),
    ("answered_rightly", lambda j: j.answerable, lambda j: j.answered and j.hit(1)),
    ("helped_at_once", lambda j: j.answerable, lambda j: j.helped),
    ("unanswerable_answered", lambda j: not j.answerable, lambda j: j.answered),
    (
        "off_topic_to_experts",
        lambda j: j.label.theme == NO_THEME,
        lambda j: j.got.decision is Decision.EXPERTS,
    ),
    (
        "off_topic_undisturbed",
        lambda j: j.label.theme == NO_THEME,
        lambda j: j.got.decision in (Decision.REDIRECT, Decision.CLARIFY),
    ),
    ("theme_right", lambda j: j.label.theme is not None, lambda j: j.got.theme == j.label.theme),
    ("typo_hit_at_1", lambda j: j.answerable, lambda j: j.hit(1, j.typed_badly)),
    ("typo_loss", lambda j: j.answerable, lambda j: j.hit(1) - j.hit(1, j.typed_badly)),
)


def unknown_labels(labelled: Sequence[Labelled], matcher: Matcher) -> list[str]:
    """Return the entries and themes that labels name and the library does not have."""
    entries = {entry.id for entry in matcher.entries}
    themes = {NO_THEME, *(theme.id for theme in matcher.themes)}
    named = {entry for question in labelled for entry in question.relevant}
    return sorted(named - entries) + sorted({question.theme for question in labelled if question.theme} - themes)


def evaluate(matcher: Matcher, labelled: Sequence[Labelled], today: dt.date) -> Report:
    """Return every measure of the matcher on the labelled questions, as if asked on that day. Deterministic."""
    noise = random.Random(SEED)  # noqa: S311  # reproducible typing errors, not a secret
    judged = [
        Judged(
            label,
            matcher.judge(label.text, today=today),
            matcher.judge(with_typos(label.text, noise), today=today),
        )
        for label in labelled
    ]
    by_type: dict[str, dict[str, int]] = {}
    for item in judged:
        row = by_type.setdefault(item.label.type or "", dict.fromkeys(map(str, Decision), 0))
        row[str(item.got.decision)] += 1
    measures = tuple(_measure(name, judged, among, value) for name, among, value in _MEASURES)
    return Report(measures, _reliability(judged), _settings(judged), by_type)


def with_typos(question: str, noise: random.Random, every: int = TYPO_EVERY) -> str:
    """Return the question with one typing error per ``every`` characters: replaced, lost, added or swapped."""
    letters = list(question)
    for _ in range(max(1, round(len(letters) / every))):
        if len(letters) < 2:  # noqa: PLR2004
            break
        place, letter = noise.randrange(len(letters) - 1), noise.choice(_LETTERS)
        match noise.randrange(4):
            case 0:
                letters[place] = letter
            case 1:
                del letters[place]
            case 2:
                letters.insert(place, letter)
            case _:
                letters[place], letters[place + 1] = letters[place + 1], letters[place]
    return "".join(letters)


def _measure(
    name: str, judged: Sequence[Judged], among: Callable[[Judged], bool], value: Callable[[Judged], float]
) -> Measure:
    values = [float(value(item)) for item in judged if among(item)]
    if not values:
        return Measure(name, 0.0, 0.0, 0.0, 0)
    draw = random.Random(SEED)  # noqa: S311  # reproducible resampling, not a secret
    means = sorted(sum(draw.choices(values, k=len(values))) / len(values) for _ in range(RESAMPLES))
    low, high = means[RESAMPLES // 40], means[-1 - RESAMPLES // 40]
    return Measure(name, sum(values) / len(values), low, high, len(values))


def _reliability(judged: Sequence[Judged]) -> tuple[Bin, ...]:
    bins = []
    for low in range(_BINS):
        held = [item for item in judged if min(_BINS - 1, int(item.got.confidence * _BINS)) == low]
        if held:
            promised = sum(item.got.confidence for item in held) / len(held)
            bins.append(Bin(promised, sum(item.hit(1) for item in held) / len(held), len(held)))
    return tuple(bins)


def _settings(judged: Sequence[Judged]) -> tuple[Setting, ...]:
    """Return the precision and coverage at several thresholds, over the questions the library may answer alone."""
    mine = [item for item in judged if item.got.decision in (Decision.ANSWER, Decision.SUGGEST)]
    answerable = sum(item.answerable for item in judged) or 1
    unanswerable = len(judged) - sum(item.answerable for item in judged) or 1
    settings = []
    for threshold in _THRESHOLDS:
        answered = [item for item in mine if item.got.confidence >= threshold]
        right = sum(item.hit(1) for item in answered)
        astray = sum(not item.answerable for item in answered)
        precision = right / len(answered) if answered else 1.0
        settings.append(Setting(threshold, precision, right / answerable, astray / unanswerable))
    return tuple(settings)
