"""A member asks who, or what, is answering: they are told, no expert is disturbed, and their next question is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.model import ClockState, Resolution, State
from helpdesk.notices import NoticeKind as K
from tests.helpdesk.network import kinds, only, paris
from tests.helpdesk.plain import ANSWERED, DISPUTE, WHO_ANSWERS

if TYPE_CHECKING:
    from tests.helpdesk.network import Network


def test_a_newcomer_is_told_what_answers_and_asks_in_peace(network: Network) -> None:
    ticket = network.asks("claire", WHO_ANSWERS)
    assert only(network.deliver(), K.clarify).data == {"reason": "who_answers"}
    assert network.says("claire", ANSWERED) == ticket
    assert only(network.deliver(), K.answer_found).data["entry"]["id"] == "faq-prix-seul"
    assert network.ticket(ticket).question == ANSWERED


def test_a_newcomer_who_says_no_more_disturbs_nobody(network: Network) -> None:
    ticket = network.asks("claire", WHO_ANSWERS)
    network.deliver()
    assert {*kinds(network.sweep_until(paris(2, 9)))} == {K.summary}
    assert (network.state(ticket), network.ticket(ticket).resolution) == (State.closed, Resolution.no_question)
    assert network.promise(ticket).state is ClockState.void


def test_after_an_answer_it_is_told_and_the_answer_stays(network: Network) -> None:
    ticket = network.asks("claire", ANSWERED)
    network.deliver()
    assert network.says("claire", WHO_ANSWERS) not in {ticket, None}
    assert only(network.deliver(), K.clarify).data == {"reason": "who_answers"}
    assert network.state(ticket) is State.answered


def test_while_an_expert_has_a_question_its_date_is_told(network: Network) -> None:
    ticket = network.asks("claire", DISPUTE)
    network.deliver()
    assert network.says("claire", WHO_ANSWERS) is None
    assert kinds(network.deliver()) == [K.status]
    assert network.state(ticket) is State.assigned
