"""What was learnt, judged on the network's own verdicts: each asked again of a library that did not learn from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from knowledge.decision import Decision
from knowledge.learning import Learnt

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from knowledge.entry import Entry
    from knowledge.learning import Verdict
    from knowledge.matcher import Matcher

FOLDS = 5


@dataclass(frozen=True)
class Figures:
    """How the questions that members judged fare.

    ``first``: of the answers that did, how many come first; ``answered``: questions answered at once; ``right``: of
    those, the answers that did; ``wrong``: the answers that did not.
    """

    confirmed: int
    first: int
    answered: int
    right: int
    wrong: int

    @property
    def hit_at_1(self) -> float | None:
        """The share of the confirmed answers that come first."""
        return self.first / self.confirmed if self.confirmed else None

    @property
    def precision(self) -> float | None:
        """The share of the answers given at once that did, among those that members judged."""
        judged = self.right + self.wrong
        return self.right / judged if judged else None


@dataclass(frozen=True)
class Replay:
    """The same verdicts without and with what the others taught."""

    without: Figures
    learnt: Figures


def replay(plain: Matcher, verdicts: Sequence[Verdict], kept: Sequence[Verdict], today: dt.date) -> Replay:
    """Return how the judged questions fare without anything learnt, and with what the other verdicts taught.

    ``plain`` holds the entries as written; ``kept``: the wordings that reviewers made phrasings. Questions are told
    apart by their wording in ``FOLDS`` parts: none is answered by what was learnt from it. Deterministic.
    """
    wordings = sorted({verdict.question for verdict in verdicts})
    fold_of = {wording: place % FOLDS for place, wording in enumerate(wordings)}
    before = [(verdict, plain) for verdict in verdicts]
    after = []
    for fold in range(FOLDS):
        asked = [verdict for verdict in verdicts if fold_of[verdict.question] == fold]
        if asked:
            others = [verdict for verdict in verdicts if fold_of[verdict.question] != fold]
            phrasings = [verdict for verdict in kept if fold_of.get(verdict.question) != fold]
            taught = _taught(plain, others, phrasings)
            after += [(verdict, taught) for verdict in asked]
    return Replay(_figures(before, today), _figures(after, today))


def _taught(plain: Matcher, others: Sequence[Verdict], phrasings: Sequence[Verdict]) -> Matcher:
    known = Learnt(tuple(others), tuple(verdict for verdict in others if not verdict.right))
    entries = tuple(_with(entry, phrasings) for entry in plain.entries)
    calibration = plain.calibrate(known) if known.counted else plain.calibration
    return plain.over(entries, plain.themes, known, lambda _: calibration)


def _with(entry: Entry, phrasings: Sequence[Verdict]) -> Entry:
    own = tuple(verdict.question for verdict in phrasings if verdict.entry_id == entry.id)
    return replace(entry, phrasings=(*entry.phrasings, *own)) if own else entry


def _figures(asked: Iterable[tuple[Verdict, Matcher]], today: dt.date) -> Figures:
    confirmed = first = answered = right = wrong = 0
    for verdict, matcher in asked:
        got = matcher.judge(verdict.question, today=today)
        same = bool(got.scored) and got.scored[0].entry_id == verdict.entry_id
        confirmed += verdict.right
        first += verdict.right and same
        answered += got.decision is Decision.ANSWER
        right += got.decision is Decision.ANSWER and verdict.right and same
        wrong += got.decision is Decision.ANSWER and not verdict.right and same
    return Figures(confirmed, first, answered, right, wrong)
