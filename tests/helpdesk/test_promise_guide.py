from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from helpdesk.calendar import Calendar
from helpdesk.promise import Count, budget_for_days
from tests.helpdesk.promise_cases import moment

GUIDE = (Path(__file__).parents[2] / "docs" / "promise.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^\| (2026-\S+) \| (2026-\S+) \|", GUIDE, re.MULTILINE)
FULL_DAY = [["09:00", "12:00"], ["14:00", "17:30"]]


def desk(*, wednesday_afternoon: bool) -> Calendar:
    week = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), FULL_DAY)
    if not wednesday_afternoon:
        week["wed"] = FULL_DAY[:1]
    return Calendar.from_data({"tz": "Europe/Paris", "hours": week, "holidays": ["2026-05-01"]})


@pytest.mark.parametrize(("asked", "due"), EXAMPLES)
def test_the_guide_s_examples_are_true(asked: str, due: str) -> None:
    calendar = desk(wednesday_afternoon=(asked, due) != EXAMPLES[-1])
    budget = budget_for_days(calendar, moment(asked), 3)
    assert Count(calendar, moment(asked), budget).due_at == moment(due)


def test_the_guide_has_its_examples_and_its_calendar_can_be_used() -> None:
    assert len(EXAMPLES) == 7
    [written] = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
    calendar = Calendar.from_data(tomllib.loads(written))
    assert len(calendar.closures) == 3
