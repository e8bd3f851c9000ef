"""What comparing only the nearest entries in full costs: ``uv run python -m tests.evaluation.cascade``.

The shipped library is put among ``STRANGERS`` generated entries and asked both labelled sets, clean and with typing
errors, as entries are compared in full by their letters and phrases: a few candidates, more of them, all.
"""

from __future__ import annotations

import itertools
import json
import random
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click
import numpy as np

from knowledge import ranking
from knowledge.evaluation import SEED, with_typos
from knowledge.files import read_library, shipped_library
from knowledge.index import Index
from knowledge.question import read_question
from knowledge.text import Language
from tests.benchmarks.bench_matching import generated

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER = Path(__file__).parent
SETS = ("questions_dev.jsonl", "questions_fresh.jsonl")
STRANGERS = 3000
FEWER = (20, 32, 40, 64, 128)


class Asked(NamedTuple):
    """A question with the entries that answer it."""

    text: str
    relevant: frozenset[str]


def labelled(name: str) -> list[Asked]:
    """Return the answerable questions of a set."""
    lines = map(json.loads, (FOLDER / name).read_text("utf-8").splitlines())
    return [Asked(line["text"], frozenset(line["relevant"])) for line in lines if line["relevant"]]


def shares(asked: Sequence[Asked], index: Index) -> tuple[float, float]:
    """Return how often a right entry comes first, and among the first three."""
    everything = np.ones(index.size, dtype=bool)
    first = among = 0
    for question in asked:
        order = ranking.rank(read_question(question.text, index), index, everything).order[:3]
        places = [index.entries[number].id in question.relevant for number in order.tolist()]
        first += places[0]
        among += any(places)
    return first / len(asked), among / len(asked)


def main() -> None:
    entries = [*read_library(shipped_library()).entries, *generated(STRANGERS)]
    index = Index(sorted(entries, key=lambda entry: entry.id), Language.FRENCH)
    chance = random.Random(SEED)
    clean = list(itertools.chain.from_iterable(map(labelled, SETS)))
    mistyped = [asked._replace(text=with_typos(asked.text, chance)) for asked in clean]
    click.echo(f"{len(clean)} questions, {index.size:,} entries; {ranking.CANDIDATES} are compared in full")
    click.echo(f"{'compared':>10}{'hit@1':>10}{'hit@3':>10}{'mistyped':>10}{'hit@3':>10}")
    for count in (*FEWER, index.size):
        ranking.CANDIDATES = count
        figures = (*shares(clean, index), *shares(mistyped, index))
        click.echo(f"{count:>10,}" + "".join(f"{share:>10.3f}" for share in figures))


if __name__ == "__main__":
    main()
