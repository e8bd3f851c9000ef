"""A clock that moves only when a test says so."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MONDAY_MORNING = dt.datetime(2026, 6, 1, 7, 0, tzinfo=dt.UTC)  # 9 h in Paris, on a working day


class ManualClock:
    """A ``helpdesk.clock.Clock``; the monotonic seconds follow the wall unless a test sets the wall alone."""

    def __init__(self, start: dt.datetime = MONDAY_MORNING) -> None:
        self._wall = start
        self._monotonic = 0.0

    def now(self, session: Session | None = None) -> dt.datetime:  # noqa: ARG002 - the protocol's; a test's time rules
        """Return the present instant, whatever the database."""
        return self._wall.replace(microsecond=0)

    def monotonic(self) -> float:
        """Return the seconds that went by."""
        return self._monotonic

    def advance(self, **span: float) -> dt.datetime:
        """Let time go by: ``days``, ``hours``, ``minutes``, ``seconds``; return the new instant."""
        passed = dt.timedelta(**span)
        self._wall += passed
        self._monotonic += passed.total_seconds()
        return self.now()

    def reach(self, instant: dt.datetime) -> dt.datetime:
        """Let time go by until ``instant``."""
        return self.advance(seconds=(instant - self._wall).total_seconds())

    def set(self, instant: dt.datetime) -> None:
        """Set the wall alone, as when somebody changes a machine's date: no time goes by."""
        self._wall = instant
