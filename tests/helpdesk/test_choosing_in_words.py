"""A number, stars or a few words choose a suggestion or rate an answer, or are told why they do not."""

from __future__ import annotations

import pytest

from helpdesk.errors import InvalidInputError
from helpdesk.model import State
from helpdesk.notices import NoticeKind as K
from tests.helpdesk.network import Network, kinds
from tests.helpdesk.plain import ANSWERED, CLOSE, DISPUTE


@pytest.mark.parametrize(
    ("said", "code"), [("oui", "which_suggestion"), ("1 et 3", "which_suggestion"), ("la 7", "no_such_rank")]
)
def test_what_chooses_no_suggestion_is_told_why_and_changes_nothing(network: Network, said: str, code: str) -> None:
    ticket = network.asks("claire", CLOSE)
    network.deliver()
    with pytest.raises(InvalidInputError, match=code):
        network.says("claire", said)
    assert (network.state(ticket), network.deliver()) == (State.suggested, [])


@pytest.mark.parametrize(
    ("said", "code"), [("la deuxieme", "no_list"), ("les 2", "no_list"), ("non merci", "does_it_answer")]
)
def test_after_one_answer_there_is_no_list_to_choose_from(network: Network, said: str, code: str) -> None:
    ticket = network.asks("claire", ANSWERED)
    network.deliver()
    with pytest.raises(InvalidInputError, match=code):
        network.says("claire", said)
    assert (network.state(ticket), network.deliver()) == (State.answered, [])


def test_stars_rate_an_answer_of_the_librarys(network: Network) -> None:
    ticket = network.asks("claire", ANSWERED)
    network.deliver()
    assert network.says("claire", "5/5") == ticket
    assert kinds(network.deliver()) == [K.rated]
    assert (network.ticket(ticket).rating, network.state(ticket)) == (5, State.answered)


@pytest.mark.parametrize("said", ["la deuxieme", "la 2", "2."])
def test_a_number_with_nothing_shown_asks_what_is_meant_and_disturbs_no_expert(network: Network, said: str) -> None:
    ticket = network.says("claire", said)
    assert kinds(network.deliver()) == [K.clarify]
    assert network.says("claire", DISPUTE) == ticket
    assert network.ticket(ticket or 0).question == DISPUTE
