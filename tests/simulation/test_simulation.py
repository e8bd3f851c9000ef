"""The promise holds through crashes, losses, wrong clocks and edits; and the harness sees every mutant."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.simulation.mutants import MUTANTS, Mutant, alive
from tests.simulation.play import play

GROUPS = [range(first, first + 4) for first in range(0, 16, 4)]
MOST_TRIED = 40
# Where each mutant died first when last hunted (``python -m tests.simulation --mutants``): where to look first.
QUICKEST: dict[str, tuple[int, ...]] = {}
HAPPENS = (
    "absences",
    "acknowledgements lost",
    "answers",
    "asks member",
    "breaches",
    "calendars",
    "closures",
    "jumps",
    "notices digest",
    "notices escalation",
    "notices reminder",
    "notices undeliverable",
    "passes",
    "replies lost",
    "retries",
    "sends lost",
    "sends refused",
    "skews",
    "spoke",
)


@pytest.mark.parametrize("seeds", GROUPS, ids=str)
def test_what_must_hold_holds(sqlite_template: Path, seeds: range) -> None:
    for seed in seeds:
        assert play(seed, template=sqlite_template).violations == (), f"seed {seed}"


def test_much_of_what_can_go_wrong_goes_wrong() -> None:
    counts = sum((play(seed, steps=300).counts for seed in (100, 101)), Counter[str]())
    assert [name for name in HAPPENS if not counts[name]] == []


def test_a_seed_always_plays_the_same_game() -> None:
    assert play(7, steps=40) == play(7, steps=40)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_a_mutant_is_killed(mutant: Mutant) -> None:
    seeds = dict.fromkeys((*QUICKEST.get(mutant.__name__, ()), *range(MOST_TRIED)))
    assert any(play(seed, mutant=alive(mutant)).violations for seed in seeds), "this mutant lives"
