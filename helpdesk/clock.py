"""The only place that reads the time.

Every part is given a ``Clock``. On PostgreSQL the database's own clock rules, so that several workers agree; on
SQLite the machine's does, watched by ``ClockGuard``: a laptop that sleeps or whose clock is set must not cause false
breaches.
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

DRIFT_SECONDS = 60.0
AGREE_SECONDS = 30.0


class Clock(Protocol):
    """Gives the present instant: aware, UTC, whole seconds."""

    def now(self, session: Session | None = None) -> dt.datetime:
        """Return the present instant, read from the session's database where that is the reference."""

    def monotonic(self) -> float:
        """Return seconds that never go back, from an arbitrary origin."""


class SystemClock:
    """The database's clock on PostgreSQL, the machine's otherwise."""

    def now(self, session: Session | None = None) -> dt.datetime:
        """Return the present instant."""
        if session is not None and session.get_bind().dialect.name == "postgresql":
            from sqlalchemy import text  # noqa: PLC0415 - a command that has no database loads none

            instant: dt.datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
            return instant.astimezone(dt.UTC).replace(microsecond=0)
        return dt.datetime.now(dt.UTC).replace(microsecond=0)

    def monotonic(self) -> float:
        """Return the machine's monotonic seconds."""
        return time.monotonic()


@dataclass(frozen=True)
class _Read:
    wall: dt.datetime
    monotonic: float


class ClockGuard:
    """Refuses to judge deadlines while the wall clock is in doubt.

    A read is in doubt when the wall clock moved more than ``DRIFT_SECONDS`` away from the monotonic one since the last
    read, or when it is earlier than the last judged instant on record. Trust comes back once two reads at least
    ``AGREE_SECONDS`` apart agree with each other.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last: _Read | None = None
        self._doubted_since: _Read | None = None

    def trusted(self, last_seen: dt.datetime | None) -> bool:
        """Tell whether the present wall clock may be used; ``last_seen`` is the last judged instant on record."""
        read = _Read(self._clock.now(), self._clock.monotonic())
        previous, self._last = self._last, read
        jumped = previous is not None and _drift(previous, read) > DRIFT_SECONDS
        backwards = last_seen is not None and read.wall < last_seen and self._doubted_since is None
        if jumped or backwards:
            self._doubted_since = read
            return False
        if self._doubted_since is None:
            return True
        if read.monotonic - self._doubted_since.monotonic < AGREE_SECONDS:
            return False
        self._doubted_since = None
        return True


def _drift(before: _Read, after: _Read) -> float:
    return abs((after.wall - before.wall).total_seconds() - (after.monotonic - before.monotonic))
