"""The life of a ticket as one table: (state, event) -> state. Pure.

Reopening starts a new cycle; every other event stays in the present one. What is not in the table is refused.
"""

from __future__ import annotations

from enum import StrEnum

from helpdesk.errors import TransitionError
from helpdesk.model import State


class Event(StrEnum):
    """What can happen to a ticket; also the kinds of its audit trail that move it."""

    clarify = "clarify"
    suggest = "suggest"
    library_answer = "library_answer"
    redirect = "redirect"
    hand_over = "hand_over"  # to the experts: decided, asked for by the member, or after silence
    assign = "assign"
    release = "release"  # the assignee passes and nobody else is available
    ask_member = "ask_member"
    member_spoke = "member_spoke"
    answer = "answer"
    accept_reply = "accept_reply"  # another member's reply does
    undelivered = "undelivered"  # no channel accepted the answer
    follow = "follow"  # the same question is already with the experts: one answer for both
    accept = "accept"  # an answer once given to somebody else does
    confirm = "confirm"
    expire = "expire"  # silence long enough to settle it
    withdraw = "withdraw"
    reopen = "reopen"


S, E = State, Event

TRANSITIONS: dict[tuple[State, Event], State] = {
    (S.received, E.clarify): S.received,
    (S.received, E.suggest): S.suggested,
    (S.received, E.library_answer): S.answered,
    (S.received, E.redirect): S.closed,
    (S.received, E.hand_over): S.queued,
    (S.received, E.accept_reply): S.answered,
    (S.received, E.expire): S.closed,
    (S.received, E.withdraw): S.closed,
    (S.suggested, E.library_answer): S.answered,
    (S.suggested, E.suggest): S.suggested,
    (S.suggested, E.hand_over): S.queued,
    (S.suggested, E.accept_reply): S.answered,
    (S.suggested, E.withdraw): S.closed,
    (S.queued, E.assign): S.assigned,
    (S.queued, E.member_spoke): S.queued,
    (S.queued, E.answer): S.answered,
    (S.queued, E.accept_reply): S.answered,
    (S.queued, E.withdraw): S.closed,
    (S.queued, E.follow): S.joined,
    (S.queued, E.accept): S.closed,
    (S.assigned, E.follow): S.joined,
    (S.assigned, E.accept): S.closed,
    (S.joined, E.member_spoke): S.joined,
    (S.joined, E.answer): S.answered,
    (S.joined, E.accept_reply): S.answered,
    (S.joined, E.hand_over): S.queued,  # on its own again: the member wants it, or the other was taken back
    (S.joined, E.withdraw): S.closed,
    (S.assigned, E.assign): S.assigned,
    (S.assigned, E.release): S.queued,
    (S.assigned, E.ask_member): S.waiting,
    (S.assigned, E.member_spoke): S.assigned,
    (S.assigned, E.answer): S.answered,
    (S.assigned, E.accept_reply): S.answered,
    (S.assigned, E.withdraw): S.closed,
    (S.waiting, E.assign): S.waiting,
    (S.waiting, E.release): S.waiting,  # the expert's question to the member still stands
    (S.waiting, E.ask_member): S.waiting,  # something was forgotten
    (S.waiting, E.member_spoke): S.assigned,
    (S.waiting, E.answer): S.answered,
    (S.waiting, E.accept_reply): S.answered,
    (S.waiting, E.withdraw): S.closed,
    (S.answered, E.hand_over): S.queued,  # the library's answer did not do
    (S.answered, E.library_answer): S.answered,  # another suggestion is looked at
    (S.answered, E.answer): S.answered,  # the expert adds to the answer
    (S.answered, E.accept_reply): S.answered,  # another member adds to the answer, or did better than the library
    (S.answered, E.undelivered): S.assigned,
    (S.answered, E.confirm): S.closed,
    (S.answered, E.expire): S.closed,
    (S.answered, E.reopen): S.queued,
    (S.answered, E.withdraw): S.closed,
    (S.closed, E.hand_over): S.queued,  # a redirected question on which the member insists
    (S.closed, E.reopen): S.queued,
}


def next_state(state: State, event: Event) -> State:
    """Return the state after ``event``. Raises ``TransitionError`` (code ``wrong_state``) when it cannot happen."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise TransitionError(state=state.value, event=event.value) from None
