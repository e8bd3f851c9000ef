"""The harness sees what it is there to see: each mistake put back on purpose breaks something that must hold."""

from __future__ import annotations

import pytest

from tests.simulation.mutants import MUTANTS, Mutant, alive
from tests.simulation.play import play

pytestmark = pytest.mark.long

MOST_TRIED = 40
# Where each died first when last hunted (``python -m tests.simulation --mutants``): where to look first, no more.
QUICKEST = {
    "never_resume": 1,
    "send_before_recording": 2,
    "ignore_calendar_version": 2,
    "ignore_closures": 24,
    "late_answer_is_met": 2,
    "repeat_reminders": 2,
    "alert_of_breach_forgotten": 2,
    "forget_to_restart": 3,
}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_a_mutant_is_killed(mutant: Mutant) -> None:
    seeds = dict.fromkeys((QUICKEST.get(mutant.__name__, 0), *range(MOST_TRIED)))
    assert any(play(seed, mutant=alive(mutant)).violations for seed in seeds), "this mutant lives"
