"""Random calendars, starts and pauses around the changes of clocks of many zones, for Hypothesis.

A calendar is drawn as data, which both the engine and the oracle read. Everything is a whole minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from helpdesk.promise import Pause
from tests.helpdesk.oracle import WEEKDAYS

CHANGES = (
    ("Europe/Paris", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/Paris", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),  # half an hour
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ("Antarctica/Troll", datetime(2026, 3, 29, 1, tzinfo=UTC)),  # two hours
    ("Antarctica/Troll", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("America/Havana", datetime(2026, 11, 1, 5, tzinfo=UTC)),  # 01:00 becomes 00:00
    ("America/Sao_Paulo", datetime(2018, 2, 18, 2, tzinfo=UTC)),  # midnight becomes 23:00 the day before
    ("America/Sao_Paulo", datetime(2018, 11, 4, 3, tzinfo=UTC)),  # midnight becomes 01:00
    ("America/St_Johns", datetime(2010, 11, 7, 2, 31, tzinfo=UTC)),  # 00:01 becomes 23:01 the day before
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),  # a whole date is skipped
    ("Africa/Casablanca", datetime(2026, 2, 15, 2, tzinfo=UTC)),
    ("America/Miquelon", datetime(2026, 11, 1, 4, tzinfo=UTC)),
    ("Indian/Reunion", datetime(2026, 12, 31, 20, tzinfo=UTC)),  # nothing changes but the year
    ("Asia/Kathmandu", datetime(2026, 6, 1, 0, tzinfo=UTC)),
)

_ROUND = (0, 30, 60, 90, 120, 150, 180, 540, 720, 840, 1050, 1320, 1380, 1439)
_MIDNIGHT = 1440
# One draw each, and none to make again, for drawing is half of what these tests cost: as often a round time, any time
# and, to close, the end of the day.
_opens = st.sampled_from((*_ROUND * 100, *range(_MIDNIGHT)))
_closes = st.sampled_from((*_ROUND * 100, *range(_MIDNIGHT), *(_MIDNIGHT,) * 1400))


def time_text(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def ranges(draw: st.DrawFn) -> list[str]:
    """Draw a range: a day's, a night's, or one that ends at 24:00."""
    opens, closes = draw(_opens), draw(_closes)
    return [time_text(opens), time_text(closes if closes != opens else _MIDNIGHT)]


@st.composite
def closures(draw: st.DrawFn, around: datetime) -> str:
    first = around + timedelta(minutes=draw(st.integers(-6000, 9000)))
    last = first + timedelta(minutes=draw(st.integers(1, 3000)))
    match draw(st.sampled_from(["day", "days", "moments"])):
        case "day":
            return f"{first:%Y-%m-%d}"
        case "days":
            return f"{first:%Y-%m-%d}/{last:%Y-%m-%d}"
        case _:
            return f"{first:%Y-%m-%dT%H:%M}/{last:%Y-%m-%dT%H:%M}"


@dataclass(frozen=True)
class Setting:
    """A calendar as data and a start near a change of its clocks."""

    data: dict[str, Any]
    start: datetime


@st.composite
def settings_around_changes(draw: st.DrawFn) -> Setting:
    zone, change = draw(st.sampled_from(CHANGES))
    week = st.dictionaries(st.sampled_from(WEEKDAYS), st.lists(ranges(), min_size=1, max_size=2), min_size=1)
    data = {
        "tz": zone,
        "hours": draw(week),
        "holidays": [
            f"{change + timedelta(days=days):%Y-%m-%d}" for days in draw(st.lists(st.integers(-3, 6), max_size=2))
        ],
        "closures": draw(st.lists(closures(change), max_size=2)),
    }
    return Setting(data, change + timedelta(minutes=draw(st.one_of(st.integers(-200, 200), st.integers(-5000, 3000)))))


@st.composite
def pauses(draw: st.DrawFn, start: datetime, *, may_stay_open: bool = True) -> list[Pause]:
    drawn = []
    for offset, length in draw(st.lists(st.tuples(st.integers(-900, 6000), st.integers(0, 2500)), max_size=3)):
        begin = start + timedelta(minutes=offset)
        drawn.append(Pause(begin, begin + timedelta(minutes=length)))
    if may_stay_open and draw(st.integers(0, 5)) == 0:
        drawn.append(Pause(start + timedelta(minutes=draw(st.integers(0, 6000)))))
    return drawn
