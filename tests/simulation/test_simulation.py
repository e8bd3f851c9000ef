"""The promise holds through crashes, losses, wrong clocks and edits of the calendar."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.simulation.play import play

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


@pytest.mark.parametrize("seed", range(16))
def test_what_must_hold_holds(sqlite_template: Path, seed: int) -> None:
    assert play(seed, template=sqlite_template).violations == ()


def test_much_of_what_can_go_wrong_goes_wrong(sqlite_template: Path) -> None:
    games = [play(seed, steps=250, template=sqlite_template) for seed in (100, 101)]
    counts = sum((game.counts for game in games), Counter[str]())
    assert [name for name in HAPPENS if not counts[name]] == []


def test_a_seed_always_plays_the_same_game(sqlite_template: Path) -> None:
    assert play(7, steps=40, template=sqlite_template) == play(7, steps=40, template=sqlite_template)
