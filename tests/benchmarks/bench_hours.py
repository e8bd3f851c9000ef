"""How fast the promise is counted: ``uv run python -m tests.benchmarks.bench_hours``."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import click

from helpdesk.calendar import Calendar
from helpdesk.holidays import MAINLAND, prefill
from helpdesk.hours import Openings
from helpdesk.promise import Count, Pause, budget_for_days, is_open

ROUNDS = 5
QUESTIONS = 20_000
THREE_DAYS = 1170 * 60

OFFICE = {day: [["09:00", "12:00"], ["14:00", "17:30"]] for day in ("mon", "tue", "wed", "thu", "fri")}
CALENDAR = Calendar.from_data(
    {
        "tz": "Europe/Paris",
        "hours": OFFICE,
        "holidays": [row.day.isoformat() for row in prefill(MAINLAND, range(2025, 2030))],
        "closures": ["2026-08-03/2026-08-16", "2026-12-24T12:00/2026-12-24T24:00"],
    }
)


def questions() -> list[tuple[datetime, tuple[Pause, ...]]]:
    """Return instants of one year, each with a pause of a day and a bit."""
    chance = random.Random(1)
    asked = [
        datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(365 * 86_400)) for _ in range(QUESTIONS)
    ]
    return [(at, (Pause(at + timedelta(hours=5), at + timedelta(hours=31)),)) for at in asked]


def promise(asked: datetime) -> object:
    count = Count(CALENDAR, asked, budget_for_days(CALENDAR, asked, 3))
    return count.due_at, count.breach_at


def best(work: Callable[[], object]) -> float:
    """Return the shortest of a few runs, in seconds; the first one warms the caches."""
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times[1:])


def main() -> None:
    asked = questions()
    per_second: dict[str, Callable[[], object]] = {
        "date due, budget in minutes": lambda: [Count(CALENDAR, at, THREE_DAYS).due_at for at, _ in asked],
        "date due, one pause": lambda: [Count(CALENDAR, at, THREE_DAYS, pauses).due_at for at, pauses in asked],
        "worth of three working days": lambda: [budget_for_days(CALENDAR, at, 3) for at, _ in asked],
        "question to date due and breach": lambda: [promise(at) for at, _ in asked],
        "elapsed after thirty days": lambda: [
            Count(CALENDAR, at, THREE_DAYS).elapsed(at + timedelta(days=30)) for at, _ in asked
        ],
        "three reminders": lambda: [
            [count.reminder(percent) for percent in (50, 75, 90)]
            for count in (Count(CALENDAR, at, THREE_DAYS) for at, _ in asked)
        ],
        "open or not": lambda: [is_open(CALENDAR, at) for at, _ in asked],
    }
    click.echo(f"{'warm cache':<36}{'per second':>12}")
    for name, work in per_second.items():
        click.echo(f"{name:<36}{QUESTIONS / best(work):>12,.0f}")
    receipts = asked[:200]
    one_receipt = best(lambda: [Count(CALENDAR, at, THREE_DAYS, pauses).receipt() for at, pauses in receipts]) / 200
    cold = best(lambda: Openings(CALENDAR).next_open(1_780_000_000))
    click.echo(f"\n{'once':<36}{'ms':>12}")
    click.echo(f"{'compile a calendar, a year':<36}{cold * 1000:>12.2f}")
    click.echo(f"{'explain a date due (receipt)':<36}{one_receipt * 1000:>12.2f}")


if __name__ == "__main__":
    main()
