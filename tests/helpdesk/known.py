"""A question of the member's as the rules of conversation see it: closed, by an expert, just now, in this conversation.

Tests change what matters to them.
"""

from __future__ import annotations

import datetime as dt

from helpdesk.known import Known
from helpdesk.model import State

NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
KNOWN = Known(
    ticket_id=1,
    state=State.closed,
    by_library=False,
    nothing=False,
    suggestions=0,
    entries=frozenset(),
    last_activity=NOW,
    here=True,
)
