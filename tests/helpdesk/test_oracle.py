"""The oracle that audits stored clocks agrees with the worked cases, and with the engine on whatever is drawn."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.calendar import Calendar
from helpdesk.oracle import Oracle, OutOfReachError
from helpdesk.promise import Count
from tests.helpdesk.promise_cases import Case, count_of, load_cases, moment
from tests.helpdesk.random_calendars import Setting, pauses, settings_around_changes

CASES = [case for case in load_cases() if "expected_deadline" in case]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_oracle_finds_the_worked_dates(case: Case) -> None:
    count = count_of(case)
    oracle = Oracle(case["calendar"])
    spans = [(pause.begin, pause.end) for pause in count.pauses]
    due = oracle.reached(count.start, count.budget_seconds, spans)
    assert due == (moment(case["expected_deadline"]) if case["expected_deadline"] else None)
    breach = oracle.breach(count.start, count.budget_seconds, spans)
    assert breach == (moment(case["expected_breach_at"]) if case.get("expected_breach_at") else None)


@settings(max_examples=150, deadline=None)
@given(st.data(), settings_around_changes(), st.integers(1, 30_000))
def test_the_oracle_and_the_engine_agree_to_the_second(data: st.DataObject, setting: Setting, budget: int) -> None:
    start = setting.start.astimezone(UTC) + timedelta(seconds=data.draw(st.integers(0, 59)))
    drawn = data.draw(pauses(start))
    count = Count(Calendar.from_data(setting.data), start, budget, tuple(drawn))
    oracle = Oracle(setting.data)
    spans = [(pause.begin, pause.end) for pause in drawn]
    try:
        due = oracle.reached(start, budget, spans)
    except OutOfReachError:
        return
    assert due == count.due_at
    assert oracle.breach(start, budget, spans) == count.breach_at
    percent = data.draw(st.integers(1, 200))
    step = count.step(percent)
    assert oracle.step(start, budget, percent, spans) == (step.deliver_at if step else None)
    until = start + timedelta(minutes=data.draw(st.integers(0, 8000)), seconds=data.draw(st.integers(0, 59)))
    assert oracle.elapsed(start, until, spans) == count.elapsed(until)
    assert oracle.is_open(until) == (oracle.elapsed(until, until + timedelta(seconds=1)) == 1)


def test_a_desk_that_never_opens_again_is_out_of_reach() -> None:
    oracle = Oracle(
        {"tz": "Europe/Paris", "hours": {"mon": [["09:00", "10:00"]]}, "closures": ["2026-01-01/2030-01-01"]}
    )
    with pytest.raises(OutOfReachError):
        oracle.reached(moment("2026-06-01T09:00+00:00"), 60)
