"""The table of a ticket's life: what may happen, what is refused, and that there is always a way out."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.errors import TransitionError
from helpdesk.lifecycle import TRANSITIONS, Event, next_state
from helpdesk.model import State


@pytest.mark.parametrize(("state", "event"), sorted(itertools.product(State, Event)))
def test_what_is_not_in_the_table_is_refused_by_name(state: State, event: Event) -> None:
    if (state, event) in TRANSITIONS:
        assert next_state(state, event) is TRANSITIONS[state, event]
    else:
        with pytest.raises(TransitionError) as refusal:
            next_state(state, event)
        assert refusal.value.data == {"state": state.value, "event": event.value}


@given(st.lists(st.sampled_from(sorted(Event)), max_size=40))
def test_whatever_happens_a_question_can_still_be_settled_and_reopened(events: list[Event]) -> None:
    state = State.received
    for event in events:
        state = TRANSITIONS.get((state, event), state)
    assert State.closed in _reachable(state)
    assert State.queued in _reachable(state)


def test_every_state_and_every_event_is_of_use() -> None:
    assert _reachable(State.received) == set(State)
    assert {event for _, event in TRANSITIONS} == set(Event)


def test_only_the_member_and_silence_close_a_question() -> None:
    closing = {event for (_, event), after in TRANSITIONS.items() if after is State.closed}
    assert closing == {Event.redirect, Event.expire, Event.confirm, Event.accept, Event.withdraw}


def test_a_question_waits_for_the_member_until_they_speak() -> None:
    leaving = {event for (before, event), after in TRANSITIONS.items() if before is State.waiting and after != before}
    assert leaving == {Event.member_spoke, Event.answer, Event.accept_reply, Event.withdraw}


def _reachable(state: State) -> set[State]:
    seen, todo = {state}, [state]
    while todo:
        here = todo.pop()
        for (before, _), after in TRANSITIONS.items():
            if before is here and after not in seen:
                seen.add(after)
                todo.append(after)
    return seen
