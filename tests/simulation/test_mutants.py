"""The harness sees what it is there to see: each mistake put back on purpose breaks something that must hold."""

from __future__ import annotations

import pytest

from tests.simulation.mutants import MUTANTS, Mutant, alive
from tests.simulation.play import play

pytestmark = pytest.mark.long

MOST_TRIED = 40
# Where each died soonest when last hunted (``python -m tests.simulation --mutants``): where to look first, no more.
QUICKEST = {
    "drop_unique_keys": 5,
    "forget_updates": 4,
    "never_resume": 4,
    "deliver_blindly": 6,
    "trust_the_clock": 1,
    "send_before_recording": 3,
    "stamp_the_sweep": 4,
    "never_gather": 5,
    "ignore_calendar_version": 4,
    "ignore_closures": 3,
    "late_answer_is_met": 4,
    "ring_at_night": 1,
    "repeat_reminders": 3,
    "alert_of_breach_forgotten": 2,
    "forget_to_restart": 25,
}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_a_mutant_is_killed(mutant: Mutant) -> None:
    seeds = dict.fromkeys((QUICKEST.get(mutant.__name__, 0), *range(MOST_TRIED)))
    assert any(play(seed, mutant=alive(mutant)).violations for seed in seeds), "this mutant lives"
