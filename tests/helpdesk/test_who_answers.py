"""A member asks who, or what, is answering: they are told, no expert is disturbed, and their next question is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpdesk.model import ClockState, Resolution, State
from helpdesk.notices import NoticeKind as K
from tests.helpdesk.network import kinds, only, paris
from tests.helpdesk.plain import ANSWERED, CLOSE, DISPUTE, GREETING, SAID_FIRST, WHO_ANSWERS

if TYPE_CHECKING:
    from tests.helpdesk.network import Network


TOLD = {"reason": "who_answers", "said": WHO_ANSWERS}


def test_a_newcomer_is_told_what_answers_and_asks_in_peace(network: Network) -> None:
    assert network.says("claire", WHO_ANSWERS) is None
    assert only(network.deliver(), K.clarify).data == TOLD
    ticket = network.asks("claire", ANSWERED)
    assert only(network.deliver(), K.answer_found).data["entry"]["id"] == "faq-prix-seul"
    assert network.ticket(ticket).question == ANSWERED


def test_asked_as_a_question_it_disturbs_nobody(network: Network) -> None:
    ticket = network.asks("claire", WHO_ANSWERS)
    assert only(network.deliver(), K.clarify).data == {"reason": "who_answers"}
    assert {*kinds(network.sweep_until(paris(2, 9)))} == {K.summary}
    assert (network.state(ticket), network.ticket(ticket).resolution) == (State.closed, Resolution.no_question)
    assert network.promise(ticket).state is ClockState.void


def test_a_greeting_that_goes_on_to_ask_it_is_told(network: Network) -> None:
    ticket = network.asks("claire", GREETING)
    network.deliver()
    assert network.says("claire", SAID_FIRST) == ticket
    assert only(network.deliver(), K.clarify).data == {"reason": "who_answers"}
    assert network.says("claire", ANSWERED) == ticket
    assert network.ticket(ticket).question == ANSWERED


@pytest.mark.parametrize("question", [ANSWERED, CLOSE, DISPUTE])
def test_whatever_was_asked_before_stays_as_it_is(network: Network, question: str) -> None:
    ticket = network.asks("claire", question)
    network.deliver()
    before = network.state(ticket)
    assert network.says("claire", WHO_ANSWERS) is None
    assert only(network.deliver(), K.clarify).data == TOLD
    assert network.state(ticket) is before


def test_the_news_of_open_questions_leave_out_what_asks_nothing_yet(network: Network) -> None:
    asked = network.asks("claire", DISPUTE)
    network.asks("claire", GREETING)
    network.deliver()
    network.says("claire", "du nouveau ?")
    assert [told["id"] for told in only(network.deliver(), K.status).data["tickets"]] == [asked]
