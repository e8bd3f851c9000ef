"""A question is taken back in words: which one, when several are open, and what takes none back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helpdesk.model import Resolution, State
from helpdesk.notices import NoticeKind as K
from tests.helpdesk.network import Network, account, kinds, only
from tests.helpdesk.plain import ANSWERED, CLOSE, DISPUTE


@pytest.mark.parametrize("words", ["je retire ma question", "c'est bon j'ai trouvé, laissez tomber"])
def test_a_question_is_taken_back_in_words_as_by_its_button(network: Network, words: str) -> None:
    ticket = network.assigned()
    network.deliver()
    assert network.says("claire", words) == ticket
    told = network.deliver()
    assert kinds(told, "claire") == [K.withdrawn]
    assert kinds(told, "marc") == [K.question_withdrawn]
    assert network.ticket(ticket).resolution is Resolution.withdrawn


def test_which_question_is_taken_back_is_asked_when_several_are_open(network: Network) -> None:
    first, second = network.assigned(), network.asks("claire", CLOSE)
    network.asks("claire", ANSWERED)
    network.deliver()
    assert network.says("claire", "annulez ma demande svp") is None
    asked = only(network.deliver(), K.withdraw_which, "claire")
    assert [ticket["id"] for ticket in asked.data["tickets"]] == [second, first]
    assert network.state(first) is State.assigned
    assert network.says("claire", "annulez ma demande svp", ticket=first) == first
    assert network.state(first) is State.closed
    assert network.state(second) is State.suggested


def test_with_no_question_open_there_is_nothing_to_take_back(network: Network) -> None:
    answered = network.asks("claire", ANSWERED)
    network.deliver()
    assert network.says("claire", "je retire ma question") is None
    assert only(network.deliver(), K.status).data["tickets"] == []
    assert network.state(answered) is State.answered


def test_a_question_asked_in_private_is_not_named_where_others_read(network: Network) -> None:
    ticket = network.asks("claire", DISPUTE)
    network.deliver()
    group = network.desk.hear(
        network.key(), account("claire"), replace(network.ticket(ticket).address, conversation="group"), "annulez"
    )
    assert group is None
    assert network.state(ticket) is not State.closed


def test_a_request_that_names_its_subject_takes_nothing_back(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    other = network.says("claire", "Le candidat retire son offre et annule sa demande, que faire ?")
    assert other not in {ticket, None}
    assert network.state(ticket) is State.assigned
