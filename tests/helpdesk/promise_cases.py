"""The worked cases of the promise, most of them counted by hand."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from helpdesk.calendar import Calendar
from helpdesk.promise import Count, Pause, budget_for_days
from helpdesk.receipt import DayRow

CASES_FILE = Path(__file__).parent / "deadline_cases.jsonl"

Case = dict[str, Any]


def load_cases() -> list[Case]:
    return [json.loads(line) for line in CASES_FILE.read_text(encoding="utf-8").splitlines()]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def pauses_of(case: Case) -> tuple[Pause, ...]:
    return tuple(Pause(moment(begin), moment(end) if end else None) for begin, end in case["pauses"])


def count_of(case: Case) -> Count:
    calendar = Calendar.from_data(case["calendar"])
    start = moment(case["start"])
    if "target_minutes" in case:
        budget = case["target_minutes"] * 60
    else:
        budget = budget_for_days(calendar, start, case["target_business_days"])
    return Count(calendar, start, budget, pauses_of(case))


def is_met(count: Count, answered_at: datetime) -> bool:
    """Tell whether an answer given then keeps the promise. Exactly on time is on time."""
    return count.elapsed(answered_at) <= count.budget_seconds


def counted_seconds(row: DayRow) -> int:
    """Return how many seconds of a receipt's day counted."""
    return sum(part.seconds for part in row.parts if part.why is None)
