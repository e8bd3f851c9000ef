from __future__ import annotations

from datetime import timedelta

import pytest

from helpdesk.calendar import Calendar
from tests.helpdesk.oracle import Oracle
from tests.helpdesk.promise_cases import Case, count_of, counted_seconds, load_cases, moment

CASES = load_cases()
each_case = pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in CASES])


def maybe(text: str | None) -> object:
    return None if text is None else moment(text)


def test_all_the_worked_cases_are_here() -> None:
    assert len({case["id"] for case in CASES}) == 100


@each_case
def test_date_due_and_breach(case: Case) -> None:
    count = count_of(case)
    assert count.budget_seconds == case["budget_minutes"] * 60
    assert count.due_at == maybe(case["expected_deadline"])
    assert count.breach_at == maybe(case["expected_breach_at"])


@each_case
def test_reminders(case: Case) -> None:
    count = count_of(case)
    for percent, expected in case.get("expected_reminders", {}).items():
        reminder = count.reminder(int(percent))
        assert reminder is not None
        assert reminder.reached == moment(expected["reached"])
        assert reminder.deliver_at == moment(expected["deliver_not_before"])


@each_case
def test_elapsed_time(case: Case) -> None:
    count = count_of(case)
    for at, minutes in case["expected_elapsed_at"]:
        assert count.elapsed(moment(at)) == minutes * 60


@each_case
def test_a_receipt_adds_up_to_the_budget(case: Case) -> None:
    count = count_of(case)
    counted = sum(counted_seconds(row) for row in count.receipt())
    if count.due_at is None:
        last = max(moment(at) for at, _ in case["expected_elapsed_at"])
        assert counted == count.elapsed(last)
    else:
        assert counted == count.budget_seconds


@each_case
def test_a_calendar_survives_its_data(case: Case) -> None:
    calendar = Calendar.from_data(case["calendar"])
    assert Calendar.from_data(calendar.to_data()) == calendar


@each_case
def test_the_oracle_finds_the_hand_counted_dates_too(case: Case) -> None:
    start, pauses = moment(case["start"]), [(moment(a), moment(b) if b else None) for a, b in case["pauses"]]
    in_seconds = start.second or any(edge and edge.second for pause in pauses for edge in pause)
    oracle = Oracle(case["calendar"], timedelta(seconds=1 if in_seconds else 60))
    budget = timedelta(minutes=case["budget_minutes"])
    limit = moment(case["expected_breach_at"] or case["expected_elapsed_at"][-1][0]) + timedelta(days=1)
    due = oracle.reached(start, budget, limit, pauses)
    assert due == maybe(case["expected_deadline"])
    if due is not None:
        assert oracle.first_counted(due, limit, pauses) == maybe(case["expected_breach_at"])
    if "target_business_days" in case:
        assert oracle.budget(start, case["target_business_days"], limit + timedelta(days=20)) == budget
