from __future__ import annotations

from datetime import date, timedelta

import pytest

from helpdesk.calendar import Calendar
from helpdesk.errors import InvalidInputError
from helpdesk.holidays import MAINLAND, prefill

YEARS = range(2020, 2036)


def easter(year: int) -> date:
    """Return Easter Sunday by the anonymous Gregorian computus."""
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), g = divmod(b, 4), (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    r = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * r) // 451
    month, day = divmod(h + r - 7 * m + 114, 31)
    return date(year, month, day + 1)


def statutory(year: int) -> set[date]:
    """Return the eleven days of article L3133-1 of the Code du travail."""
    fixed = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
    return {date(year, month, day) for month, day in fixed} | {
        easter(year) + timedelta(days=after) for after in (1, 39, 50)
    }


def alsace_moselle(year: int) -> set[date]:
    """Return the two days that article L3134-13 adds."""
    return {easter(year) - timedelta(days=2), date(year, 12, 26)}


def days(territory: str, years: range = YEARS) -> set[date]:
    return {row.day for row in prefill(territory, years)}


@pytest.mark.parametrize("territory", [MAINLAND, "76", "2A", "54", "975"])
def test_most_territories_have_the_eleven_days(territory: str) -> None:
    assert days(territory) == set().union(*map(statutory, YEARS))


@pytest.mark.parametrize("territory", ["57", "67", "68", "6ae"])
def test_alsace_and_moselle_have_two_days_more(territory: str) -> None:
    assert days(territory) == set().union(*map(statutory, YEARS), *map(alsace_moselle, YEARS))


def test_the_days_to_check_are_marked() -> None:
    rows = prefill("67", [2026])
    assert {row.day for row in rows if row.local} == alsace_moselle(2026)
    assert not any(row.local for row in prefill(MAINLAND, [2026]))


@pytest.mark.parametrize(
    ("territory", "day"),
    [
        ("971", date(2026, 5, 27)),
        ("972", date(2026, 5, 22)),
        ("973", date(2026, 6, 10)),
        ("974", date(2026, 12, 20)),
        ("976", date(2026, 4, 27)),
        ("977", date(2026, 10, 9)),
        ("978", date(2026, 5, 28)),
        ("986", date(2026, 4, 28)),
        ("988", date(2026, 9, 24)),
    ],
)
def test_overseas_days_are_proposed_as_local(territory: str, day: date) -> None:
    assert [row.local for row in prefill(territory, [2026]) if row.day == day] == [True]


def test_a_region_with_two_regimes_is_refused() -> None:
    with pytest.raises(InvalidInputError) as refusal:
        prefill("GES", [2026])
    assert refusal.value.code == "territory_too_wide"


@pytest.mark.parametrize("territory", ["20", "96", "", "Alsace", "Zone A"])
def test_what_is_not_a_department_is_refused(territory: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        prefill(territory, [2026])
    assert refusal.value.code == "unknown_territory"


def test_rows_are_in_order_say_where_they_come_from_and_fit_a_calendar() -> None:
    rows = prefill("68", [2027, 2026, 2026])
    assert [row.day for row in rows] == sorted({row.day for row in rows})
    assert {row.day.year for row in rows} == {2026, 2027}
    assert all(row.source.startswith("holidays ") and row.source.endswith("FR-6AE") for row in rows)
    calendar = Calendar.from_data(
        {
            "tz": "Europe/Paris",
            "hours": {"mon": [["09:00", "12:00"]]},
            "holidays": [{"date": row.day.isoformat(), "name": row.name} for row in rows],
        }
    )
    assert calendar.names[date(2026, 12, 26)] == "Saint-Étienne"
