from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from helpdesk.calendar import Calendar, CalendarError, Closure, Range, Wall

OFFICE: dict[str, Any] = {
    "tz": "Europe/Paris",
    "hours": {"mon": [["09:00", "12:00"], ["14:00", "17:30"]], "fri": [["20:00", "02:00"]], "sun": []},
    "holidays": ["2026-12-25", {"date": "2026-05-01", "name": "Fête du Travail"}],
    "closures": [
        "2026-06-02",
        "2026-08-03/2026-09-06",
        "2026-06-01T11:00/2026-06-01T15:00",
        {"span": "2026-12-24T12:00/2026-12-24T24:00", "reason": "Réveillon"},
    ],
    "signed_until": "2026-12-31",
}


def refusal(**changes: object) -> tuple[str, object]:
    with pytest.raises(CalendarError) as caught:
        Calendar.from_data({**OFFICE, **changes})
    return caught.value.code, caught.value.data["value"]


def test_data_become_values() -> None:
    calendar = Calendar.from_data(OFFICE)
    assert calendar.hours == {0: (Range(540, 720), Range(840, 1050)), 4: (Range(1200, 120),), 6: ()}
    assert calendar.holidays == {date(2026, 12, 25), date(2026, 5, 1)}
    assert calendar.names == {date(2026, 5, 1): "Fête du Travail"}
    assert calendar.signed_until == date(2026, 12, 31)
    assert calendar.closures == (
        Closure(Wall(date(2026, 6, 2), 0), Wall(date(2026, 6, 2), 1440)),
        Closure(Wall(date(2026, 8, 3), 0), Wall(date(2026, 9, 6), 1440)),
        Closure(Wall(date(2026, 6, 1), 660), Wall(date(2026, 6, 1), 900)),
        Closure(Wall(date(2026, 12, 24), 720), Wall(date(2026, 12, 24), 1440), "Réveillon"),
    )


def test_values_become_the_same_data() -> None:
    data = Calendar.from_data(OFFICE).to_data()
    assert data == {**OFFICE, "holidays": [OFFICE["holidays"][1], OFFICE["holidays"][0]]}
    assert Calendar.from_data(data) == Calendar.from_data(OFFICE)


def test_equal_calendars_are_interchangeable_as_keys() -> None:
    assert hash(Calendar.from_data(OFFICE)) == hash(Calendar.from_data(OFFICE))


def test_holidays_closures_and_signature_are_optional() -> None:
    calendar = Calendar.from_data({"tz": "UTC", "hours": {"mon": [["00:00", "24:00"]]}})
    assert (calendar.holidays, calendar.closures, calendar.signed_until) == (frozenset(), (), None)


@pytest.mark.parametrize("tz", ["Europe/Atlantis", "", "../etc/passwd", "Europe", None, 2])
def test_unknown_zones_are_refused(tz: object) -> None:
    assert refusal(tz=tz) == ("unknown_zone", tz)


@pytest.mark.parametrize("hours", [None, {}, {"mon": [], "tue": []}])
def test_a_week_without_hours_is_refused(hours: object) -> None:
    assert refusal(hours=hours) == ("no_hours", "hours")


@pytest.mark.parametrize("edge", ["00:00", "09:00", "23:59"])
def test_an_empty_range_is_refused(edge: str) -> None:
    assert refusal(hours={"mon": [[edge, edge]]}) == ("empty_range", edge)


@pytest.mark.parametrize("time", ["24:01", "25:00", "09:60", "9:00", "0900", "09:00:00", "", None, 9])
def test_what_is_not_a_time_of_day_is_refused(time: object) -> None:
    assert refusal(hours={"mon": [["08:00", time]]}) == ("bad_time", time)


def test_a_range_cannot_open_at_the_end_of_the_day() -> None:
    assert refusal(hours={"mon": [["24:00", "02:00"]]})[0] == "bad_time"


@pytest.mark.parametrize("hours", ["mon", ["mon"], {"mon": "09:00"}, {"mon": ["09:00"]}, {"mon": [["09:00"]]}])
def test_hours_of_another_shape_are_refused(hours: object) -> None:
    assert refusal(hours=hours)[0] == "bad_hours"


@pytest.mark.parametrize("day", ["2026-02-30", "2026-2-3", "20260203", "2026-05-01T00:00", 20260203, {"name": "x"}])
def test_what_is_not_a_date_is_refused(day: object) -> None:
    assert refusal(holidays=[day])[0] == "bad_date"
    assert refusal(holidays="2026-05-01")[0] == "bad_date"


@pytest.mark.parametrize(
    "closure", ["2026-06-01T10:00", "2026-06-01/2026-06-02T10:00", "2026-06-01T10:00/2026-06-02", 3, {"reason": "x"}]
)
def test_what_is_not_a_closure_is_refused(closure: object) -> None:
    assert refusal(closures=[closure])[0] == "bad_closure"


@pytest.mark.parametrize(
    "closure",
    [
        "2026-06-02/2026-06-01",
        "2026-06-01T10:00/2026-06-01T10:00",
        "2026-06-01T10:00/2026-06-01T09:00",
        "2026-06-01T24:00/2026-06-02T00:00",
    ],
)
def test_a_closure_that_closes_nothing_is_refused(closure: str) -> None:
    assert refusal(closures=[closure]) == ("empty_closure", closure)


def test_a_misspelt_key_is_refused_rather_than_ignored() -> None:
    assert refusal(holliday=[]) == ("unknown_key", "holliday")
    assert refusal(hours={"monday": [["09:00", "12:00"]]}) == ("unknown_key", "monday")
    assert refusal(holidays=[{"day": "2026-05-01"}]) == ("unknown_key", "day")


@pytest.mark.parametrize("data", [None, [], "calendar", 3])
def test_what_is_not_an_object_is_no_calendar(data: object) -> None:
    with pytest.raises(CalendarError) as caught:
        Calendar.from_data(data)
    assert caught.value.code == "bad_calendar"
