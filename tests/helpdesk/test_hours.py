from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from helpdesk.calendar import Calendar
from helpdesk.hours import NoOpeningError, Openings, openings_of
from helpdesk.promise import CountError, is_open, next_open
from helpdesk.wallclock import date_of, day_number

OFFICE_HOURS = {day: [["09:00", "12:00"], ["14:00", "17:30"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def calendar(tz: str = "Europe/Paris", **data: Any) -> Calendar:  # noqa: ANN401 - a calendar's data
    return Calendar.from_data({"tz": tz, "hours": OFFICE_HOURS, **data})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def hours_on(on: Calendar, day: str) -> list[str]:
    """Return the open spans of a date as local times with their offset."""
    spans = openings_of(on).on(day_number(date.fromisoformat(day)))
    return [" ".join(_local(on, second) for second in span) for span in spans]


def _local(on: Calendar, second: int) -> str:
    return datetime.fromtimestamp(second, on.zone).strftime("%d %H:%M%z")


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2026-06-01T08:59:59+02:00", False),
        ("2026-06-01T09:00+02:00", True),
        ("2026-06-01T11:59:59+02:00", True),
        ("2026-06-01T12:00+02:00", False),
        ("2026-06-01T15:29:59Z", True),
        ("2026-06-01T15:30Z", False),
        ("2026-06-06T10:00+02:00", False),
    ],
)
def test_open_from_the_opening_edge_to_the_closing_edge_excluded(instant: str, *, expected: bool) -> None:
    assert is_open(calendar(), at(instant)) is expected


@pytest.mark.parametrize(
    ("instant", "opening"),
    [
        ("2026-06-01T10:00:30+02:00", "2026-06-01T10:00:30+02:00"),
        ("2026-06-01T12:00+02:00", "2026-06-01T14:00+02:00"),
        ("2026-06-05T17:30+02:00", "2026-06-08T09:00+02:00"),
        ("2026-10-24T12:00+02:00", "2026-10-26T09:00+01:00"),
        ("2026-12-31T18:00+01:00", "2027-01-01T09:00+01:00"),
    ],
)
def test_next_opening(instant: str, opening: str) -> None:
    assert next_open(calendar(), at(instant)) == at(opening)


def test_parts_of_a_second_are_dropped() -> None:
    opening = next_open(calendar(), at("2026-06-01T10:00:30.999+02:00"))
    assert opening == at("2026-06-01T10:00:30+02:00")
    assert opening.tzinfo is UTC


def test_holidays_closures_and_half_days() -> None:
    on = calendar(
        holidays=["2026-06-01"],
        closures=["2026-06-02", "2026-06-03T10:00/2026-06-04T15:00", "2026-06-05T11:00/2026-06-05T24:00"],
    )
    assert hours_on(on, "2026-06-01") == hours_on(on, "2026-06-02") == []
    assert hours_on(on, "2026-06-03") == ["03 09:00+0200 03 10:00+0200"]
    assert hours_on(on, "2026-06-04") == ["04 15:00+0200 04 17:30+0200"]
    assert hours_on(on, "2026-06-05") == ["05 09:00+0200 05 11:00+0200"]


def test_overlapping_closures_close_once() -> None:
    on = calendar(closures=["2026-06-01T10:00/2026-06-01T11:00", "2026-06-01T09:30/2026-06-01T16:00"])
    assert hours_on(on, "2026-06-01") == ["01 09:00+0200 01 09:30+0200", "01 16:00+0200 01 17:30+0200"]


def test_each_half_of_a_night_obeys_the_holidays_of_its_own_date() -> None:
    on = calendar(hours={"thu": [["20:00", "02:00"]], "fri": [["20:00", "02:00"]]}, holidays=["2026-05-01"])
    assert hours_on(on, "2026-04-30") == ["30 20:00+0200 01 00:00+0200"]
    assert hours_on(on, "2026-05-01") == []
    assert hours_on(on, "2026-05-02") == ["02 00:00+0200 02 02:00+0200"]


def test_a_range_that_ends_at_midnight_has_no_morning_half() -> None:
    written_both_ways = [calendar(hours={"sun": [["22:00", end]]}) for end in ("00:00", "24:00")]
    for on in written_both_ways:
        assert hours_on(on, "2026-06-07") == ["07 22:00+0200 08 00:00+0200"]
        assert hours_on(on, "2026-06-08") == []


def test_overlapping_and_touching_ranges_are_one() -> None:
    on = calendar(hours={"mon": [["11:00", "14:00"], ["09:00", "12:00"], ["14:00", "15:00"]]})
    assert hours_on(on, "2026-06-01") == ["01 09:00+0200 01 15:00+0200"]


@pytest.mark.parametrize(
    ("opens", "closes", "spring", "autumn"),
    [
        (
            "01:00",
            "02:30",
            ["29 01:00+0100 29 03:00+0200"],
            ["25 01:00+0200 25 02:30+0200", "25 02:00+0100 25 02:30+0100"],
        ),
        (
            "02:30",
            "04:00",
            ["29 03:00+0200 29 04:00+0200"],
            ["25 02:30+0200 25 02:00+0100", "25 02:30+0100 25 04:00+0100"],
        ),
        ("02:00", "03:00", [], ["25 02:00+0200 25 03:00+0100"]),
        ("02:15", "02:30", [], ["25 02:15+0200 25 02:30+0200", "25 02:15+0100 25 02:30+0100"]),
        ("00:00", "24:00", ["29 00:00+0100 30 00:00+0200"], ["25 00:00+0200 26 00:00+0100"]),
    ],
)
def test_the_wall_settles_the_change_of_clocks(opens: str, closes: str, spring: list[str], autumn: list[str]) -> None:
    on = calendar(hours={"sun": [[opens, closes]]})
    assert hours_on(on, "2026-03-29") == spring
    assert hours_on(on, "2026-10-25") == autumn


@pytest.mark.parametrize(("day", "hours"), [("2026-03-28", 7), ("2026-10-24", 9), ("2026-06-06", 8)])
def test_a_night_has_its_real_length(day: str, hours: int) -> None:
    on = openings_of(calendar(hours={"sat": [["22:00", "06:00"]]}))
    noon = day_number(date.fromisoformat(day)) * 86_400 + 43_200
    assert on.between(noon, noon + 86_400) == hours * 3600


def test_a_closure_inside_the_repeated_hour_closes_twice() -> None:
    on = calendar(hours={"sun": [["00:00", "04:00"]]}, closures=["2026-10-25T02:00/2026-10-25T02:30"])
    assert sum(end - begin for begin, end in openings_of(on).on(day_number(date(2026, 10, 25)))) == 4 * 3600


def test_a_date_that_the_zone_skipped_is_no_open_date() -> None:
    on = calendar("Pacific/Apia")  # Friday 30 December 2011 did not exist there
    assert hours_on(on, "2011-12-30") == []
    assert next_open(on, at("2011-12-29T18:00-10:00")) == at("2012-01-02T09:00+14:00")


def test_a_date_that_comes_back_after_midnight_is_still_that_date() -> None:
    # St. John's, 7 November 2010: one minute past midnight, the wall went back to 23:01 on the 6th, a holiday here.
    on = calendar("America/St_Johns", hours={"sun": [["00:00", "24:00"]], "sat": [["00:00", "24:00"]]})
    without_saturday = Calendar.from_data({**on.to_data(), "holidays": ["2010-11-06"]})
    assert hours_on(without_saturday, "2010-11-06") == []
    first_minute = at("2010-11-07T00:00-02:30")
    assert is_open(without_saturday, first_minute)
    assert next_open(without_saturday, first_minute + timedelta(minutes=1)) == at("2010-11-07T00:00-03:30")
    assert (
        openings_of(without_saturday).between(
            int(first_minute.timestamp()), int(at("2010-11-08T00:00-03:30").timestamp())
        )
        == 60 + 24 * 3600
    )


def test_a_long_closure_is_crossed() -> None:
    on = calendar(closures=["2026-01-01/2030-12-31"])
    assert next_open(on, at("2026-03-01T00:00Z")) == at("2031-01-01T09:00+01:00")


def test_a_calendar_that_never_opens_again_is_refused() -> None:
    on = calendar(closures=["2026-06-02/2100-12-31"])
    with pytest.raises(NoOpeningError) as caught:
        next_open(on, at("2026-06-01T18:00+02:00"))
    assert caught.value.code == "no_opening"


@pytest.mark.parametrize("year", [1899, 2300])
def test_centuries_out_of_reach_are_refused(year: int) -> None:
    with pytest.raises(CountError) as caught:
        is_open(calendar(), datetime(year, 6, 1, tzinfo=UTC))
    assert caught.value.code == "instant_out_of_range"


def test_naive_instants_are_refused() -> None:
    for question in (is_open, next_open):
        with pytest.raises(CountError) as caught:
            question(calendar(), datetime(2026, 6, 1, 10))  # noqa: DTZ001 - the point
        assert caught.value.code == "naive_instant"


def test_equal_calendars_are_compiled_once() -> None:
    assert openings_of(calendar()) is openings_of(calendar())


def test_blocks_and_days_tell_the_same_story() -> None:
    on = Openings(calendar(holidays=["2026-07-14"], closures=["2027-08-02/2027-08-20"]))
    first, last = day_number(date(2025, 1, 1)), day_number(date(2029, 1, 1))
    by_day = sum(on.seconds_on(day) for day in range(first, last))
    midnight = [int(datetime(year, 1, 1, tzinfo=calendar().zone).timestamp()) for year in (2025, 2029)]
    assert on.between(*midnight) == by_day
    assert date_of(first) == date(2025, 1, 1)
