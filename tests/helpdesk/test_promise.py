from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from helpdesk.calendar import Calendar
from helpdesk.hours import NoOpeningError
from helpdesk.promise import Count, CountError, HorizonError, Pause, budget_for_days, receipt
from helpdesk.receipt import DayRow, NotCounted
from tests.helpdesk.promise_cases import counted_seconds, is_met

OFFICE_HOURS = {day: [["09:00", "12:00"], ["14:00", "17:30"]] for day in ("mon", "tue", "wed", "thu", "fri")}
NAIVE = datetime(2026, 6, 1, 10)  # noqa: DTZ001 - the point


def calendar(**data: Any) -> Calendar:  # noqa: ANN401 - a calendar's data
    return Calendar.from_data({"tz": "Europe/Paris", "hours": OFFICE_HOURS, **data})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


MONDAY_9 = at("2026-06-01T09:00+02:00")


# --- dates ----------------------------------------------------------------------------------------------------------


def test_instants_come_back_in_utc() -> None:
    count = Count(calendar(), MONDAY_9, 3600)
    reminder = count.reminder(50)
    assert reminder is not None
    assert count.due_at is not None
    assert count.due_at.tzinfo is reminder.reached.tzinfo is UTC


def test_answered_in_the_evening_after_a_date_due_at_closing_is_on_time() -> None:
    count = Count(calendar(), at("2026-06-01T16:30+02:00"), 3600)
    assert count.due_at == at("2026-06-01T17:30+02:00")
    assert is_met(count, at("2026-06-01T20:00+02:00"))
    assert is_met(count, at("2026-06-02T09:00+02:00"))
    assert not is_met(count, at("2026-06-02T09:00:01+02:00"))


def test_a_pause_that_opens_at_night_after_the_date_due_suspends_the_breach() -> None:
    paused = Pause(at("2026-06-01T20:00+02:00"))
    count = Count(calendar(), at("2026-06-01T16:30+02:00"), 3600, (paused,))
    assert count.due_at == at("2026-06-01T17:30+02:00")
    assert count.breach_at is None
    resumed = Count(
        calendar(), at("2026-06-01T16:30+02:00"), 3600, (Pause(paused.begin, at("2026-06-03T10:00+02:00")),)
    )
    assert resumed.breach_at == at("2026-06-03T10:00+02:00")


def test_a_suspended_clock_has_no_date_but_keeps_what_was_reached() -> None:
    count = Count(calendar(), MONDAY_9, 7200, (Pause(at("2026-06-01T10:00+02:00")),))
    assert count.due_at is None
    assert count.breach_at is None
    half = count.reminder(50)
    assert half is not None
    assert (half.reached, half.deliver_at) == (at("2026-06-01T10:00+02:00"), None)
    assert count.reminder(75) is None
    assert is_met(count, at("2027-01-01T00:00Z"))


def test_paused_from_before_the_start_nothing_is_ever_counted() -> None:
    count = Count(calendar(), MONDAY_9, 60, (Pause(MONDAY_9 - timedelta(days=1)),))
    assert count.due_at is None
    assert count.elapsed(at("2026-12-01T00:00Z")) == 0


# --- steps ----------------------------------------------------------------------------------------------------------


def test_a_share_of_the_budget_is_rounded_up_to_the_minute() -> None:
    three_days = Count(calendar(), MONDAY_9, 1170 * 60)
    step = three_days.reminder(75)  # 877.5 minutes
    assert step is not None
    assert three_days.elapsed(step.reached) == 878 * 60


def test_a_reminder_is_never_after_the_date_due_even_for_a_budget_under_a_minute() -> None:
    count = Count(calendar(), MONDAY_9, 20)
    step = count.reminder(90)
    assert step is not None
    assert step.reached == count.due_at == MONDAY_9 + timedelta(seconds=20)


def test_a_hundred_percent_is_the_date_due_and_its_breach() -> None:
    count = Count(calendar(), at("2026-06-01T16:30:30+02:00"), 59 * 60 + 30)
    step = count.step(100)
    assert step is not None
    assert (step.reached, step.deliver_at) == (count.due_at, count.breach_at)


def test_escalations_are_further_working_time_on_the_same_clock() -> None:
    pause = Pause(at("2026-06-01T17:30+02:00"), at("2026-06-02T10:00+02:00"))
    count = Count(calendar(), at("2026-06-01T15:30+02:00"), 7200, (pause,))
    steps = [count.step(percent) for percent in (125, 150)]
    assert [step and step.reached for step in steps] == [
        at("2026-06-02T10:30+02:00"),
        at("2026-06-02T11:00+02:00"),
    ]


@pytest.mark.parametrize("percent", [0, -5, 101])
def test_a_reminder_is_between_one_and_a_hundred_percent(percent: int) -> None:
    with pytest.raises(CountError) as caught:
        Count(calendar(), MONDAY_9, 60).reminder(percent)
    assert caught.value.code == "bad_percent"


# --- refusals -------------------------------------------------------------------------------------------------------


def test_naive_instants_are_refused_everywhere() -> None:
    count = Count(calendar(), MONDAY_9, 60)
    attempts: list[Callable[[], object]] = [
        lambda: Count(calendar(), NAIVE, 60),
        lambda: Pause(NAIVE),
        lambda: Pause(MONDAY_9, NAIVE),
        lambda: count.elapsed(NAIVE),
        lambda: is_met(count, NAIVE),
        lambda: budget_for_days(calendar(), NAIVE, 3),
        lambda: receipt(calendar(), NAIVE, 60),
    ]
    for attempt in attempts:
        with pytest.raises(CountError) as caught:
            attempt()
        assert caught.value.code == "naive_instant"


def test_a_pause_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(CountError) as caught:
        Pause(MONDAY_9, MONDAY_9 - timedelta(seconds=1))
    assert caught.value.code == "reversed_pause"


@pytest.mark.parametrize("budget", [0, -60])
def test_a_clock_without_a_budget_is_refused(budget: int) -> None:
    with pytest.raises(CountError) as caught:
        Count(calendar(), MONDAY_9, budget)
    assert caught.value.code == "bad_budget"


def test_a_promise_of_no_days_is_refused() -> None:
    with pytest.raises(CountError) as caught:
        budget_for_days(calendar(), MONDAY_9, 0)
    assert caught.value.code == "bad_days"


def test_a_desk_that_closes_for_good_is_refused() -> None:
    closed = calendar(closures=["2026-06-02/2100-12-31"])
    count = Count(closed, MONDAY_9, 391 * 60)
    with pytest.raises(NoOpeningError):
        _ = count.due_at
    with pytest.raises(NoOpeningError):
        budget_for_days(closed, MONDAY_9, 2)


def test_a_budget_that_leads_past_the_reach_of_the_calendar_is_refused() -> None:
    with pytest.raises(NoOpeningError) as caught:
        _ = Count(calendar(hours={"mon": [["09:00", "09:01"]]}), MONDAY_9, 10**9).due_at
    assert caught.value.code == "beyond_reach"


# --- working days over a change of clocks ----------------------------------------------------------------------------

ROUND_THE_CLOCK = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ("2026-03-28T02:30+01:00", "2026-03-29T03:00+02:00"),  # 02:30 does not come: the wall jumps over it
        ("2026-10-24T02:30+02:00", "2026-10-25T02:30+02:00"),  # 02:30 comes twice: the first one
        ("2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"),
        ("2026-10-25T02:30+01:00", "2026-10-26T02:30+01:00"),
    ],
)
def test_a_working_day_ends_when_the_wall_first_reads_the_time_of_the_question(asked: str, due: str) -> None:
    on = calendar(hours=ROUND_THE_CLOCK)
    assert Count(on, at(asked), budget_for_days(on, at(asked), 1)).due_at == at(due)


# --- holidays signed off --------------------------------------------------------------------------------------------


def test_a_date_due_after_the_last_signed_holiday_is_refused() -> None:
    unsigned = calendar(signed_until="2026-12-31")
    with pytest.raises(HorizonError) as caught:
        _ = Count(unsigned, at("2026-12-31T17:00+01:00"), 3600).due_at
    assert caught.value.data == {"needed": date(2027, 1, 1), "signed_until": date(2026, 12, 31)}


def test_a_date_due_at_the_close_of_the_last_signed_day_stands() -> None:
    assert Count(calendar(signed_until="2026-12-31"), at("2026-12-31T16:30+01:00"), 3600).due_at == at(
        "2026-12-31T17:30+01:00"
    )
    midnight = calendar(hours={"thu": [["22:00", "24:00"]]}, signed_until="2026-12-31")
    assert Count(midnight, at("2026-12-31T22:00+01:00"), 7200).due_at == at("2027-01-01T00:00+01:00")


def test_working_days_that_are_not_signed_are_not_promised() -> None:
    unsigned = calendar(signed_until="2026-12-31")
    assert budget_for_days(unsigned, at("2026-12-28T16:00+01:00"), 3) == 1170 * 60
    with pytest.raises(HorizonError):
        budget_for_days(unsigned, at("2026-12-29T16:00+01:00"), 3)
    with pytest.raises(HorizonError):
        budget_for_days(unsigned, at("2026-12-30T08:00+01:00"), 3)


def test_a_suspended_clock_needs_no_signature() -> None:
    assert Count(calendar(signed_until="2026-05-31"), MONDAY_9, 60, (Pause(MONDAY_9),)).due_at is None


# --- receipts -------------------------------------------------------------------------------------------------------


def told(row: DayRow) -> list[tuple[str, str, str | None]]:
    return [(f"{part.begin:%H:%M}", f"{part.end:%H:%M}", part.why and part.why.value) for part in row.parts]


def test_a_receipt_tells_what_counted_and_what_did_not() -> None:
    on = calendar(
        holidays=[{"date": "2026-06-02", "name": "Fête locale"}],
        closures=[{"span": "2026-06-03T11:00/2026-06-03T15:00", "reason": "Formation"}, "2026-06-04"],
    )
    pause = Pause(at("2026-06-03T15:30+02:00"), at("2026-06-03T16:00+02:00"))
    rows = receipt(on, at("2026-06-01T16:00+02:00"), 8 * 3600, (pause,))
    assert [row.day.day for row in rows] == [1, 2, 3, 4, 5]
    assert told(rows[0]) == [
        ("09:00", "12:00", "before_start"),
        ("14:00", "16:00", "before_start"),
        ("16:00", "17:30", None),
    ]
    assert (rows[1].why, rows[1].note) == (NotCounted.holiday, "Fête locale")
    assert told(rows[2]) == [
        ("09:00", "11:00", None),
        ("11:00", "12:00", "closure"),
        ("14:00", "15:00", "closure"),
        ("15:00", "15:30", None),
        ("15:30", "16:00", "paused"),
        ("16:00", "17:30", None),
    ]
    assert rows[2].parts[1].note == "Formation"
    assert (rows[3].why, rows[3].note) == (NotCounted.closure, "")
    assert told(rows[4]) == [("09:00", "11:30", None), ("11:30", "12:00", "after_due"), ("14:00", "17:30", "after_due")]
    assert [counted_seconds(row) / 3600 for row in rows] == [1.5, 0, 4, 0, 2.5]


def test_a_receipt_names_the_days_without_hours() -> None:
    rows = receipt(calendar(), at("2026-06-05T17:00+02:00"), 3600)
    assert [(row.day.isoformat(), row.why) for row in rows] == [
        ("2026-06-05", None),
        ("2026-06-06", NotCounted.no_hours),
        ("2026-06-07", NotCounted.no_hours),
        ("2026-06-08", None),
    ]


def test_a_receipt_of_a_suspended_clock_stops_where_the_pause_begins() -> None:
    rows = receipt(calendar(), MONDAY_9, 7200, (Pause(at("2026-06-01T10:00+02:00")),))
    assert [told(row) for row in rows] == [
        [("09:00", "10:00", None), ("10:00", "12:00", "paused"), ("14:00", "17:30", "paused")],
    ]


def test_a_receipt_counts_the_repeated_hour_twice_and_names_the_skipped_one() -> None:
    on = calendar(hours={"sun": [["02:00", "03:00"]]})
    [autumn] = receipt(on, at("2026-10-25T00:00+02:00"), 7200)
    assert [part.seconds for part in autumn.parts] == [7200]
    spring = receipt(on, at("2026-03-29T00:00+01:00"), 60)
    assert spring[0].why is NotCounted.skipped_hour
    assert [row.why for row in spring[1:-1]] == [NotCounted.no_hours] * 6
    assert counted_seconds(spring[-1]) == 60
