"""A question of the member's as the rules of conversation see it. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpdesk.model import WITH_EXPERTS, State

if TYPE_CHECKING:
    from helpdesk.notices import NoticeKind

RECENT = dt.timedelta(days=7)  # a settled question can still be carried on from


@dataclass(frozen=True)
class Known:
    """A question of the member as the rules see it. ``here``: it was asked in this conversation.

    ``alone``: nobody but the member is written to in this conversation; ``in_private``: nor where it was asked.
    """

    ticket_id: int
    state: State
    by_library: bool
    nothing: bool  # closed as no question for the network: redirected, or a mere greeting
    suggestions: int
    entries: frozenset[str]  # the library's entries that came up for it
    last_activity: dt.datetime
    here: bool
    alone: bool = False
    in_private: bool = False
    offered: NoticeKind | None = None  # another's question or answer that the member may take up
    awaits: frozenset[str] = frozenset()  # what was asked of the case, as long as some of it is still to be said
    disputed: bool = False  # it tells a dispute
    withdrawn: bool = False  # its author took it back
    rateable: bool = False  # its author said that an expert's answer does, and was asked how many stars it deserves

    @property
    def library_spoke_last(self) -> bool:
        """Whether what was last said of the question is the library's, settled by silence or not."""
        return self.state is State.suggested or self.by_library

    @property
    def is_unsettled(self) -> bool:
        """Whether the library has spoken last, and may be told that it is wrong."""
        return self.state is State.suggested or (self.state is State.answered and self.by_library)

    @property
    def is_with_others(self) -> bool:
        """Whether somebody owes an answer: the experts, to its author or to another member who asked the same."""
        return self.state in {*WITH_EXPERTS, State.joined}

    def is_fresh(self, now: dt.datetime) -> bool:
        """Tell whether words that name no question can still be of this one."""
        undecided = self.state in {State.received, State.suggested}
        return self.is_with_others or undecided or now - self.last_activity <= RECENT
