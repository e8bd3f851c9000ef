"""Days as people write them, and the next such days when no year is given."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.days import span_of
from helpdesk.errors import InvalidInputError

TODAY = dt.date(2026, 6, 1)


@pytest.mark.parametrize(
    ("text", "first", "last", "before"),
    [
        ("2026-12-24 2026-12-31", "2026-12-24", "2026-12-31", ""),
        ("du 5/8/2026 au 12/08/26", "2026-08-05", "2026-08-12", ""),
        ("du 3 au 7 août", "2026-08-03", "2026-08-07", ""),
        ("Léa Martin, du 1er au 5 sept.", "2026-09-01", "2026-09-05", "Léa Martin"),
        ("from 3 to 7 August", "2026-08-03", "2026-08-07", ""),
        ("3-7 août 2027", "2027-08-03", "2027-08-07", ""),
        ("24/12 au 02/01", "2026-12-24", "2027-01-02", ""),
        ("24 décembre au 2 janvier", "2026-12-24", "2027-01-02", ""),
        ("28/05 05/06", "2026-05-28", "2026-06-05", ""),  # begun already
        ("le 3 mai", "2027-05-03", "2027-05-03", ""),
        ("29/02", "2028-02-29", "2028-02-29", ""),
        ("du 7 au 3 août", "2026-08-07", "2026-08-03", ""),  # reversed, which the core refuses
    ],
)
def test_days_are_read_as_they_are_written(text: str, first: str, last: str, before: str) -> None:
    span = span_of(text, TODAY)
    assert (span.first.isoformat(), span.last.isoformat(), span.before) == (first, last, before)


@pytest.mark.parametrize("text", ["", "demain", "31/02", "3 pommes", "1/1 2/1 3/1", "2026-13-01", "du 3 au"])
def test_what_names_no_days_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="dates_missing"):
        span_of(text, TODAY)
