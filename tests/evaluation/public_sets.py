"""The matcher on question sets of other people, each on a library made of the set's own entries.

``uv run python -m tests.evaluation.public_sets FOLDER… [--every N] [--model FOLDER]``. Each folder holds
``entries.jsonl`` (``id``, ``title``, ``alt``, ``body``) and ``queries.jsonl`` (``text``, ``relevant``: empty when no
entry answers). Printed for each: how often the right entry comes first, clean and with typing errors; how precise the
automatic answers are at the wanted precision and how many questions they answer; and the same for a plain threshold on
the softmax of the scores, once learnt from the library as ours is, once as good as can be: set afterwards, to be as
precise as ours on these very questions.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bot.embedding import LocalModel
from knowledge import calibration
from knowledge.decision import Decision
from knowledge.entry import Confidence, Entry, Kind, Source, Theme, Verification
from knowledge.evaluation import SEED, with_typos
from knowledge.index import Index
from knowledge.matcher import Matcher
from knowledge.question import read_question
from knowledge.ranking import rank
from knowledge.senses import Remembering

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from knowledge.senses import Embedder

TODAY = dt.date(2026, 11, 22)
_THEME = "all"


class Query(NamedTuple):
    """A question with the entries that answer it."""

    text: str
    relevant: frozenset[str]


class Outcome(NamedTuple):
    """What came of a question: whether the first entry is right, clean and mistyped; answered; the softmax's share."""

    right: bool
    right_mistyped: bool
    answerable: bool
    answered: bool
    share: float


@dataclass(frozen=True)
class Answering:
    """Automatic answers: how many are right, and what share of the answerable questions is answered rightly."""

    precision: float
    coverage: float
    count: int

    def __str__(self) -> str:
        return f"precision {self.precision:.3f}, coverage {self.coverage:.3f} ({self.count} answers)"


def main() -> None:
    """Print the measures of each folder."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folders", nargs="+", type=Path)
    asked.add_argument("--every", type=int, default=1, help="ask one question in so many")
    asked.add_argument("--model", type=Path, help="a folder with a language model")
    given = asked.parse_args()
    embedder = Remembering(LocalModel(given.model)) if given.model else None
    for folder in given.folders:
        for line in _measured(folder, given.every, embedder):
            print(line, flush=True)


def _measured(folder: Path, every: int, embedder: Embedder | None) -> Iterator[str]:
    matcher = Matcher(_entries(folder), [Theme(_THEME, {"fr": _THEME})], embedder=embedder)
    outcomes = list(_outcomes(matcher, _queries(folder)[::every]))
    answerable = [one for one in outcomes if one.answerable]
    clean = sum(one.right for one in answerable) / len(answerable)
    mistyped = sum(one.right_mistyped for one in answerable) / len(answerable)
    yield f"{folder.name}: {len(matcher.entries)} entries, {len(answerable)} of {len(outcomes)} questions answerable"
    yield f"  recall@1 {clean:.3f}, with typing errors {mistyped:.3f}"
    ours = _answering(outcomes, [one.answered for one in outcomes])
    yield f"  at {matcher.precision:.0%}: {ours}"
    learnt = _learnt_threshold(matcher)
    yield f"  softmax from {learnt:.3f}, learnt: {_answering(outcomes, [one.share >= learnt for one in outcomes])}"
    yield f"  softmax at best: {_best_softmax(outcomes, ours.precision)}"


def _outcomes(matcher: Matcher, queries: Iterable[Query]) -> Iterator[Outcome]:
    noise = random.Random(SEED)  # reproducible typing errors, not a secret
    for query in queries:
        judgement = matcher.judge(query.text, today=TODAY)
        mistyped = matcher.judge(with_typos(query.text, noise), today=TODAY)
        yield Outcome(
            right=_first(judgement.scored) in query.relevant,
            right_mistyped=_first(mistyped.scored) in query.relevant,
            answerable=bool(query.relevant),
            answered=judgement.decision is Decision.ANSWER,
            share=judgement.scored[0].score if judgement.scored else 0.0,
        )


def _first(scored: Sequence[Any]) -> str:
    return scored[0].entry_id if scored else ""


def _answering(outcomes: Sequence[Outcome], answered: Sequence[bool]) -> Answering:
    right = sum(one.right for one, told in zip(outcomes, answered, strict=True) if told)
    return Answering(right / (sum(answered) or 1), right / sum(one.answerable for one in outcomes), sum(answered))


def _best_softmax(outcomes: Sequence[Outcome], precision: float) -> Answering:
    """Return what the lowest threshold that is as precise as ours would answer, chosen with the truth in hand."""
    order = sorted(outcomes, key=lambda one: -one.share)
    right = np.cumsum([one.right for one in order])
    precise = np.flatnonzero(right / np.arange(1, len(order) + 1) >= precision)
    return _answering(order, [place <= (precise[-1] if len(precise) else -1) for place in range(len(order))])


def _learnt_threshold(matcher: Matcher) -> float:
    """Return the lowest share that is precise enough on phrasings of the library's own, held out as ours are.

    Each is asked twice: of the whole library, and as if its entry were not there.
    """
    reduced, asked = calibration.hold_out(matcher.entries)
    index = Index(reduced, matcher.language, matcher.index, matcher.index.embedder)
    everything = np.ones(index.size, dtype=bool)
    told: list[tuple[float, bool, float]] = []
    for own, phrase in asked:
        ranking = rank(read_question(phrase, index), index, everything, sensed=True)
        missing = ranking.without(own)
        told.append((float(ranking.shares()[0]), int(ranking.order[0]) == own, calibration.ANSWERABLE))
        told.append((float(missing.shares()[0]), False, 1 - calibration.ANSWERABLE))
    told.sort(reverse=True)
    weights = np.array([weight for _, _, weight in told])
    right = np.array([true for _, true, _ in told])
    precise = np.flatnonzero(np.cumsum(right * weights) / np.cumsum(weights) >= matcher.precision)
    return told[int(precise[-1])][0] if len(precise) else 1.0


def _entries(folder: Path) -> list[Entry]:
    return [
        Entry(
            id=row["id"], kind=Kind.FAQ, theme=_THEME, title=row["title"], phrasings=tuple(row["alt"]),
            sources=(Source(folder.name),), confidence=Confidence.SURE, verification=Verification.PUBLIC_SOURCE,
            review=TODAY, verified=TODAY, body=row["body"],
        )
        for row in _rows(folder / "entries.jsonl")
    ]  # fmt: skip


def _queries(folder: Path) -> list[Query]:
    return [Query(row["text"], frozenset(row["relevant"])) for row in _rows(folder / "queries.jsonl")]


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


if __name__ == "__main__":
    main()
