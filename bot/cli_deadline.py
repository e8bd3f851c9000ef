"""The command ``guichet deadline``: when the promise falls due, and how that was counted."""

from __future__ import annotations

import datetime as dt
import json
import os
import tomllib
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from bot.cli_operator import operator
from bot.words import DEFAULT_LOCALE, LOCALES, Words
from helpdesk.calendar import Calendar
from helpdesk.errors import GuichetError, InvalidInputError
from helpdesk.holidays import MAINLAND, prefill
from helpdesk.policy import Policy
from helpdesk.promise import Count, Pause, Reminder, budget_for_days

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpdesk.receipt import DayRow, NotCounted, Part

_OFFICE_HOURS = [["09:00", "12:00"], ["14:00", "17:30"]]
_PAIR = 2
_POLICY = Policy()


@click.command("deadline")
@click.option("--asked", metavar="INSTANT")
@click.option("--batch", type=click.File(encoding="utf-8-sig", errors="surrogateescape"))
@click.option("--calendar", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def deadline(asked: str | None, batch: TextIO | None, file: Path | None) -> None:
    """Print when the answer to a question is due and how that was counted, or judge every case of a file."""
    words = Words(terminal_locale())
    if (asked is None) == (batch is None) or (batch and file):
        raise click.UsageError(words("deadline.one_of"))
    if batch is not None:
        for line in filter(str.strip, batch):
            click.echo(json.dumps(judge(line), ensure_ascii=False))
        return
    try:
        instant = _instant(asked)
        _print_count(instant, read_calendar(file) if file else load_calendar(instant))
    except GuichetError as error:
        raise click.ClickException(_sentence(words, error)) from None


def load_calendar(asked: dt.datetime) -> Calendar:
    """Return the promise calendar for a question asked at ``asked``, as the configuration has it.

    Holidays count whether signed off or not. Outside ``guichet``: office hours and mainland holidays.
    """
    me = operator()
    if me is not None:
        return replace(Calendar.from_data(me.settings.calendar_data(asked.year)), signed_until=None)
    rows = prefill(MAINLAND, range(asked.year - 1, asked.year + 3))
    return Calendar.from_data(
        {
            "tz": "Europe/Paris",
            "hours": dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), _OFFICE_HOURS),
            "holidays": [{"date": row.day.isoformat(), "name": row.name} for row in rows],
        },
    )


def read_calendar(file: Path) -> Calendar:
    """Return the calendar of a TOML or JSON file. Raises ``InvalidInputError`` (``unreadable_file``, or the fault)."""
    try:
        text = file.read_text(encoding="utf-8")
        # TOML has dates of its own; the calendar's data has them as text.
        data = json.loads(json.dumps(tomllib.loads(text), default=str) if file.suffix == ".toml" else text)
    except (OSError, ValueError) as error:
        raise InvalidInputError("unreadable_file", value=f"{file}: {error}") from None
    return Calendar.from_data(data)


def terminal_locale() -> str:
    """Return the locale in which the terminal's user reads: the operator's, else from the usual variables."""
    me = operator()
    if me is not None:
        return me.words.locale
    setting = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return setting[:2] if setting[:2] in LOCALES else DEFAULT_LOCALE


# --- one line of a batch -------------------------------------------------------------------------------------------


def judge(line: str) -> dict[str, object]:
    """Return what the engine finds for one case, written as a JSON object, or the code of its refusal.

    Instants are in the local time of the calendar's zone; ``None`` stands for a date that a pause still open hides.
    """
    try:
        case = json.loads(line)
    except ValueError:
        return {"id": None, "error": "bad_json"}
    if not isinstance(case, dict):
        return {"id": None, "error": "bad_case"}
    try:
        return {"id": case.get("id"), **_judged(case)}
    except GuichetError as error:
        return {"id": case.get("id"), "error": error.code}


def _judged(case: dict[str, Any]) -> dict[str, object]:
    calendar = Calendar.from_data(case.get("calendar"))
    start = _instant(case.get("start"))
    budget = _budget(calendar, start, case.get("target_minutes"), case.get("target_business_days"))
    count = Count(calendar, start, budget, tuple(_pauses(case.get("pauses", []))))

    return {
        "deadline": _local(count.due_at, calendar),
        "breach_at": _local(count.breach_at, calendar),
        "budget_minutes": budget / 60,
        "reminders": {str(percent): _reminder(count.reminder(percent), calendar) for percent in _POLICY.reminders},
    }


def _reminder(step: Reminder | None, calendar: Calendar) -> dict[str, str | None] | None:
    if step is None:
        return None
    return {"reached": _local(step.reached, calendar), "deliver_not_before": _local(step.deliver_at, calendar)}


def _local(instant: dt.datetime | None, calendar: Calendar) -> str | None:
    return None if instant is None else instant.astimezone(calendar.zone).isoformat()


def _budget(calendar: Calendar, start: dt.datetime, minutes: object, days: object) -> int:
    if (minutes is None) == (days is None):
        raise InvalidInputError("bad_target", value=(minutes, days))
    if days is not None:
        if isinstance(days, bool) or not isinstance(days, int):
            raise InvalidInputError("bad_days", value=days)
        return budget_for_days(calendar, start, days)
    if isinstance(minutes, float):
        return _whole_seconds(minutes)
    if isinstance(minutes, bool) or not isinstance(minutes, int):
        raise InvalidInputError("bad_budget", value=minutes)
    return minutes * 60


def _whole_seconds(minutes: float) -> int:
    if not (minutes * 60).is_integer():  # nor is an infinity, nor what is not a number
        raise InvalidInputError("bad_budget", value=minutes)
    return int(minutes * 60)


def _pauses(value: object) -> Iterator[Pause]:
    if not isinstance(value, list):
        raise InvalidInputError("bad_pauses", value=value)
    for item in value:
        if not isinstance(item, list) or len(item) != _PAIR:
            raise InvalidInputError("bad_pauses", value=item)
        begin, end = item
        yield Pause(_instant(begin), None if end is None else _instant(end))


def _instant(value: object) -> dt.datetime:
    """Read an instant; that it is aware is the engine's to check."""
    try:
        if isinstance(value, str):
            return dt.datetime.fromisoformat(value)
    except ValueError:
        pass
    raise InvalidInputError("bad_instant", value=value)


# --- one question, explained ---------------------------------------------------------------------------------------


def _print_count(asked: dt.datetime, calendar: Calendar) -> None:
    words = Words(terminal_locale(), calendar.tz)
    me = operator()
    days = (me.settings.policy() if me else _POLICY).answer_days
    budget = budget_for_days(calendar, asked, days)
    count = Count(calendar, asked, budget)
    due, breach = count.due_at, count.breach_at
    assert due is not None
    assert breach is not None  # nothing is paused
    click.echo(words("deadline.asked", when=words.moment(asked), instant=_local(asked, calendar)))
    click.echo(words("deadline.due", when=words.moment(due), instant=_local(due, calendar)))
    if breach > due:
        click.echo(words("deadline.still_met", when=words.moment(breach)))
    click.echo(words.plural("deadline.worth", days, time=_duration(words, budget)))
    click.echo()
    for line in _receipt_lines(words, count.receipt()):
        click.echo(line)


def _receipt_lines(words: Words, rows: list[DayRow]) -> Iterator[str]:
    """Yield a line for each run of days that do not count for one reason, and a line for each part of the others."""
    total = 0
    for key, group in groupby(rows, key=lambda row: (row.why, row.note) if row.why else row.day):
        days = list(group)
        if isinstance(key, tuple):
            yield words("deadline.days_not_counted", days=_run_of_days(words, days), why=_reason(words, *key))
            continue
        yield words.day(key)
        for part in days[0].parts:
            total += part.seconds if part.why is None else 0
            yield "  " + _part_line(words, part, total)


def _part_line(words: Words, part: Part, total: int) -> str:
    edges = {"begin": words.time(part.begin), "end": words.time(part.end)}
    if part.why is not None:
        return words("deadline.part_not_counted", **edges, why=_reason(words, part.why, part.note))
    return words("deadline.part", **edges, time=_duration(words, part.seconds), total=_duration(words, total))


def _run_of_days(words: Words, rows: list[DayRow]) -> str:
    if len(rows) == 1:
        return words.day(rows[0].day)
    return words("deadline.from_to", first=words.day(rows[0].day), last=words.day(rows[-1].day))


def _reason(words: Words, why: NotCounted, note: str) -> str:
    reason = words(f"deadline.why.{why}")
    return words("deadline.why_noted", why=reason, note=note) if note else reason


def _duration(words: Words, seconds: int) -> str:
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    units = {"hours": hours, "minutes": minutes, "seconds": seconds}
    parts = [words(f"deadline.duration.{unit}", count=count) for unit, count in units.items() if count]
    return " ".join(parts)


def _sentence(words: Words, error: GuichetError) -> str:
    dated = {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in error.data.items()}
    return words(f"deadline.error.{error.code}", **dated)
