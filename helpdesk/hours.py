"""The interval engine: which instants are open, how many there are between two, where a number of them ends.

Everything here is whole seconds since 1970-01-01T00:00Z (``Seconds``) and days since 1970-01-01 (``Day``).
The one rule is the wall predicate: an instant is open when the wall clock, at that instant, reads a minute inside the
hours of a date that is neither a holiday nor closed. A repeated hour therefore counts twice and a skipped hour not at
all, without any rule for the change of clocks.

A calendar is compiled lazily: each local date to its open spans, then blocks of about a year to sorted arrays with
running totals, so that a question is two bisections whatever the distance.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from helpdesk.errors import GuichetError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from helpdesk.calendar import Calendar, Wall

type_Seconds = int
