"""The promise holds through crashes, losses, wrong clocks and edits of the calendar."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.simulation.play import Game, play

pytestmark = pytest.mark.long

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
    "took a reply",
    "vouches",
)


SEEDS = range(12)


@pytest.fixture(scope="module")
def games(sqlite_template: Path) -> dict[int, Game]:
    """Every seed played once."""
    return {seed: play(seed, template=sqlite_template) for seed in SEEDS}


@pytest.mark.parametrize("seed", SEEDS)
def test_what_must_hold_holds(games: dict[int, Game], seed: int) -> None:
    assert games[seed].violations == ()


def test_what_can_go_wrong_went_wrong(games: dict[int, Game]) -> None:
    counts = sum((game.counts for game in games.values()), Counter[str]())
    assert [name for name in HAPPENS if not counts[name]] == []


def test_a_seed_always_plays_the_same_game(sqlite_template: Path) -> None:
    assert play(7, steps=40, template=sqlite_template) == play(7, steps=40, template=sqlite_template)
