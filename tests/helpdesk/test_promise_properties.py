from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from helpdesk.calendar import Calendar
from helpdesk.promise import Count, Pause, budget_for_days, is_open, next_open
from tests.helpdesk.oracle import Oracle
from tests.helpdesk.promise_cases import counted_seconds, is_met
from tests.helpdesk.random_calendars import Setting, pauses, settings_around_changes

pytestmark = pytest.mark.long

PARIS = ZoneInfo("Europe/Paris")
OFFICE = Calendar.from_data(
    {
        "tz": "Europe/Paris",
        "hours": {day: [["09:00", "12:00"], ["14:00", "17:30"]] for day in ("mon", "tue", "wed", "thu", "fri")},
        "holidays": ["2026-05-01", "2026-05-08", "2026-05-14", "2026-05-25", "2026-07-14"],
    }
)
instants = st.integers(0, 366 * 86_400).map(lambda second: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second))
seconds_of_hours = st.one_of(st.integers(9 * 3600 + 1, 12 * 3600 - 1), st.integers(14 * 3600, 17 * 3600 + 1799))
budgets = st.integers(1, 2000).map(lambda minutes: minutes * 60)
near_changes = settings_around_changes()

slow = settings(derandomize=True, deadline=None, max_examples=60)
quick = settings(derandomize=True, deadline=None, max_examples=150)


def end_of_working_day(calendar: Calendar, asked_at: datetime, number: int) -> datetime:
    """Return the last open instant of the ``number``-th open date after the date of ``asked_at``."""
    day = asked_at.astimezone(calendar.zone).date()
    while number:
        day += timedelta(days=1)
        midnight = datetime(day.year, day.month, day.day, tzinfo=calendar.zone)
        number -= next_open(calendar, midnight).astimezone(calendar.zone).date() == day
    return midnight + timedelta(days=1)


# --- against the oracle, around the changes of clocks of many zones -------------------------------------------------


@slow
@given(data=st.data(), setting=near_changes, minutes=st.integers(1, 1500))
def test_dates_agree_with_the_oracle(data: st.DataObject, setting: Setting, minutes: int) -> None:
    chosen = data.draw(pauses(setting.start))
    limit = setting.start + timedelta(days=20)
    oracle = Oracle(setting.data)
    given_pauses = [(pause.begin, pause.end) for pause in chosen]
    count = Count(Calendar.from_data(setting.data), setting.start, minutes * 60, tuple(chosen))
    due = oracle.reached(setting.start, timedelta(minutes=minutes), limit, given_pauses)
    if due is None:
        assert count.due_at is None or count.due_at > limit
        return
    assert count.due_at == due
    breach = oracle.first_counted(due, limit, given_pauses)
    if breach is None:
        assert count.breach_at is None or count.breach_at >= limit
    else:
        assert count.breach_at == breach


@slow
@given(data=st.data(), setting=near_changes, after=st.integers(-600, 12_000))
def test_elapsed_time_agrees_with_the_oracle(data: st.DataObject, setting: Setting, after: int) -> None:
    chosen = data.draw(pauses(setting.start))
    at = setting.start + timedelta(minutes=after)
    expected = Oracle(setting.data).elapsed(setting.start, at, [(pause.begin, pause.end) for pause in chosen])
    count = Count(Calendar.from_data(setting.data), setting.start, 60, tuple(chosen))
    assert count.elapsed(at) == expected.total_seconds()


@slow
@given(setting=near_changes, days=st.integers(1, 3))
def test_the_worth_of_working_days_agrees_with_the_oracle(setting: Setting, days: int) -> None:
    expected = Oracle(setting.data).budget(setting.start, days, setting.start + timedelta(days=35))
    assume(expected is not None)
    assert expected is not None
    assert budget_for_days(Calendar.from_data(setting.data), setting.start, days) == expected.total_seconds()


@slow
@given(setting=near_changes)
def test_open_and_next_opening_agree_with_the_oracle(setting: Setting) -> None:
    calendar, oracle = Calendar.from_data(setting.data), Oracle(setting.data)
    assert is_open(calendar, setting.start) == oracle.working(setting.start)
    opening = oracle.first_counted(setting.start, setting.start + timedelta(days=20))
    if opening is None:
        assert next_open(calendar, setting.start) >= setting.start + timedelta(days=20)
    else:
        assert next_open(calendar, setting.start) == opening


# --- what holds for every clock -------------------------------------------------------------------------------------


@quick
@given(data=st.data(), setting=near_changes, budget=budgets)
def test_the_date_due_is_the_earliest_instant_with_the_whole_budget(
    data: st.DataObject, setting: Setting, budget: int
) -> None:
    chosen = tuple(data.draw(pauses(setting.start, may_stay_open=False)))
    count = Count(Calendar.from_data(setting.data), setting.start, budget, chosen)
    assert count.due_at is not None
    assert count.breach_at is not None
    assert count.elapsed(count.due_at) == budget
    assert count.elapsed(count.due_at - timedelta(seconds=1)) == budget - 1
    assert count.elapsed(count.breach_at) == budget
    assert count.elapsed(count.breach_at + timedelta(seconds=1)) == budget + 1


@quick
@given(data=st.data(), setting=near_changes, budget=budgets)
def test_the_answer_is_met_up_to_the_breach_and_not_a_second_later(
    data: st.DataObject, setting: Setting, budget: int
) -> None:
    chosen = tuple(data.draw(pauses(setting.start, may_stay_open=False)))
    count = Count(Calendar.from_data(setting.data), setting.start, budget, chosen)
    assert count.breach_at is not None
    assert is_met(count, count.breach_at)
    assert not is_met(count, count.breach_at + timedelta(seconds=1))
    assert is_met(count, setting.start - timedelta(days=1))


@quick
@given(data=st.data(), setting=near_changes, offsets=st.tuples(st.integers(-99, 9999), st.integers(0, 9999)))
def test_elapsed_time_never_goes_back_nor_faster_than_time(
    data: st.DataObject, setting: Setting, offsets: tuple[int, int]
) -> None:
    chosen = tuple(data.draw(pauses(setting.start)))
    count = Count(Calendar.from_data(setting.data), setting.start, 60, chosen)
    first = setting.start + timedelta(minutes=offsets[0])
    second = first + timedelta(minutes=offsets[1])
    assert 0 <= count.elapsed(second) - count.elapsed(first) <= offsets[1] * 60


@quick
@given(setting=near_changes, budget=budgets, later=st.integers(0, 5000))
def test_started_later_is_never_due_earlier(setting: Setting, budget: int, later: int) -> None:
    calendar = Calendar.from_data(setting.data)
    first = Count(calendar, setting.start, budget).due_at
    second = Count(calendar, setting.start + timedelta(minutes=later), budget).due_at
    assert first is not None
    assert second is not None
    assert first <= second


@quick
@given(data=st.data(), setting=near_changes, budget=budgets)
def test_pauses_are_a_set_of_instants(data: st.DataObject, setting: Setting, budget: int) -> None:
    chosen = data.draw(pauses(setting.start))
    calendar = Calendar.from_data(setting.data)
    empty = Pause(setting.start, setting.start)
    nested = [Pause(p.begin + (p.end - p.begin) / 4, p.end) for p in chosen if p.end is not None]
    halves = [
        half
        for p in chosen
        for half in (
            [p] if p.end is None else [Pause(p.begin, _middle(p.begin, p.end)), Pause(_middle(p.begin, p.end), p.end)]
        )
    ]
    reordered = data.draw(st.permutations([*halves, *chosen, *nested, empty]))
    one, other = (Count(calendar, setting.start, budget, tuple(pauses)) for pauses in (chosen, reordered))
    assert (one.due_at, one.breach_at) == (other.due_at, other.breach_at)
    assert [one.step(p) for p in (50, 90, 150)] == [other.step(p) for p in (50, 90, 150)]


def _middle(begin: datetime, end: datetime) -> datetime:
    return begin + timedelta(seconds=(end - begin) // timedelta(seconds=2))


@quick
@given(setting=near_changes, budget=budgets, percents=st.lists(st.integers(1, 100), min_size=2, max_size=4))
def test_reminders_come_in_order_before_the_date_due_and_only_while_counting(
    setting: Setting, budget: int, percents: list[int]
) -> None:
    calendar = Calendar.from_data(setting.data)
    count = Count(calendar, setting.start, budget)
    steps = [count.reminder(percent) for percent in sorted(percents)]
    reached = [step.reached for step in steps if step]
    assert len(reached) == len(percents)
    assert reached == sorted(reached)
    assert count.due_at is not None
    assert reached[-1] <= count.due_at
    for step in steps:
        assert step is not None
        assert step.deliver_at is not None
        assert step.deliver_at >= step.reached
        assert is_open(calendar, step.deliver_at)


@quick
@given(start=instants, budget=budgets, night=st.integers(0, 30))
def test_a_pause_at_night_changes_nothing(start: datetime, budget: int, night: int) -> None:
    evening = (start.astimezone(PARIS) + timedelta(days=night)).replace(hour=17, minute=30, second=0)
    pause = Pause(evening, evening + timedelta(hours=15, minutes=30))
    plain, paused = Count(OFFICE, start, budget), Count(OFFICE, start, budget, (pause,))
    assert (plain.due_at, plain.breach_at) == (paused.due_at, paused.breach_at)


@quick
@given(start=instants, budget=budgets, offset=st.integers(0, 20_000), length=st.integers(1, 5000))
def test_a_pause_moves_the_date_due_by_the_working_time_it_takes(
    start: datetime, budget: int, offset: int, length: int
) -> None:
    begin = start + timedelta(minutes=offset)
    pause = Pause(begin, begin + timedelta(minutes=length))
    plain, paused = Count(OFFICE, start, budget), Count(OFFICE, start, budget, (pause,))
    assert plain.due_at is not None
    assert paused.due_at is not None
    taken = plain.elapsed(begin + timedelta(minutes=length)) - plain.elapsed(begin)
    if plain.due_at <= begin:
        assert paused.due_at == plain.due_at
    else:
        assert plain.elapsed(paused.due_at) == budget + taken


@quick
@given(data=st.data(), setting=near_changes, budget=budgets)
def test_a_receipt_adds_up(data: st.DataObject, setting: Setting, budget: int) -> None:
    chosen = tuple(data.draw(pauses(setting.start)))
    count = Count(Calendar.from_data(setting.data), setting.start, budget, chosen)
    rows = count.receipt()
    spent = budget if count.due_at else count.elapsed(max(p.begin for p in chosen if p.end is None))
    assert sum(counted_seconds(row) for row in rows) == spent
    assert [row.day for row in rows] == [rows[0].day + timedelta(days=number) for number in range(len(rows))]
    assert not any(counted_seconds(row) for row in rows if row.why)


# --- three working days ---------------------------------------------------------------------------------------------


@quick
@given(asked=instants, days=st.integers(1, 5))
def test_three_working_days_never_end_after_the_third_working_day_after_asking(asked: datetime, days: int) -> None:
    due = Count(OFFICE, asked, budget_for_days(OFFICE, asked, days)).due_at
    assert due is not None
    assert due <= end_of_working_day(OFFICE, asked, days)


@quick
@given(day=st.dates(date(2026, 1, 1), date(2026, 12, 31)), second=seconds_of_hours, days=st.integers(1, 5))
def test_asked_during_hours_is_due_at_the_same_time_of_day(day: date, second: int, days: int) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=PARIS)
    asked = next_open(OFFICE, midnight).astimezone(PARIS).replace(hour=0) + timedelta(seconds=second)
    due = Count(OFFICE, asked, budget_for_days(OFFICE, asked, days)).due_at
    assert due is not None
    local = due.astimezone(PARIS)
    assert local.time() == (asked.time() if asked.time() != time(14) else time(12))


@quick
@given(setting=near_changes, later=st.integers(0, 5000), days=st.integers(1, 3))
def test_asked_later_is_never_due_earlier_save_in_a_repeated_hour(setting: Setting, later: int, days: int) -> None:
    calendar = Calendar.from_data(setting.data)
    asked = setting.start, setting.start + timedelta(minutes=later)
    begun = [next_open(calendar, instant).astimezone(calendar.zone) for instant in asked]
    assume(not any(_repeated(instant) for instant in begun))
    first, second = (Count(calendar, at, budget_for_days(calendar, at, days)).due_at for at in asked)
    assert first is not None
    assert second is not None
    assert first <= second


def _repeated(local: datetime) -> bool:
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
