"""A question named by its number, in words: it is the one that is taken back or asked after, and never a new one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helpdesk.errors import NotFoundError, TransitionError
from helpdesk.model import Address, Resolution, State
from helpdesk.notices import NoticeKind as K
from tests.helpdesk.network import Network, account, kinds, only
from tests.helpdesk.plain import ANSWERED, CLOSE, DISPUTE, FRAGMENT

MANY = 25  # more than what a message may otherwise carry on


@pytest.mark.parametrize(
    "words", ["je retire ma question n° {0}", "retirez la n° {0}", "annulez la question {0}", "retirer {0}"]
)
def test_a_question_is_taken_back_by_its_number(network: Network, words: str) -> None:
    first, second = network.assigned(), network.asks("claire", CLOSE)
    network.deliver()
    assert network.says("claire", words.format(first)) == first
    told = network.deliver()
    assert kinds(told, "claire") == [K.withdrawn]
    assert kinds(told, "marc") == [K.question_withdrawn]
    assert network.ticket(first).resolution is Resolution.withdrawn
    assert network.state(second) is State.suggested


def test_the_words_that_take_a_question_back_are_in_the_thread(network: Network) -> None:
    ticket = network.assigned()
    network.clock.advance(minutes=1)
    network.says("claire", f"retirez la n° {ticket}")
    network.deliver()
    lines = network.desk.conversation(account("claire"), Address("console", "claire"))
    assert [line.text or line.kind for line in lines][-2:] == [f"retirez la n° {ticket}", "withdrawn"]


def test_what_is_taken_back_from_another_account_is_told_there(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    assert network.says("claire", f"retirez la n° {ticket}", channel="letter") == ticket
    assert only(network.deliver(), K.withdrawn).where == "letter"
    lines = network.desk.conversation(account("claire"), Address("console", "claire"))
    assert f"retirez la n° {ticket}" not in [line.text for line in lines]


def test_what_is_decided_by_a_command_is_told_where_it_was_typed_unless_others_read_there(network: Network) -> None:
    first, second = network.assigned(), network.asks("claire", ANSWERED)
    network.deliver()
    letter, group = Address("letter", "claire"), Address("letter", "group")
    network.desk.solved(network.key(), account("claire", "letter"), second, letter)
    assert only(network.deliver(), K.confirmed).where == "letter"
    network.desk.withdraw(network.key(), account("claire", "letter"), first, group)
    assert only(network.deliver(), K.withdrawn).where == "console"


def test_news_of_a_number_by_the_command_are_of_that_question_and_of_nobody_elses(network: Network) -> None:
    theirs, mine = network.assigned("paul"), network.asks("claire", CLOSE)
    network.asks("claire", DISPUTE)
    network.deliver()
    address = Address("console", "claire")
    network.desk.status(network.key(), account("claire"), address, mine)
    assert [ticket["id"] for ticket in only(network.deliver(), K.status).data["tickets"]] == [mine]
    for number in (theirs, 77):
        with pytest.raises(NotFoundError, match="no_question_of_yours"):
            network.desk.status(network.key(), account("claire"), address, number)
    assert network.deliver() == []


def test_a_number_says_more_than_the_message_that_is_replied_to(network: Network) -> None:
    first, second = network.assigned(), network.asks("claire", CLOSE)
    assert network.says("claire", f"retirez la n° {first}", ticket=second) == first
    assert network.state(second) is State.suggested


def test_an_old_question_is_still_known_by_its_number(network: Network) -> None:
    old = network.assigned()
    for _ in range(MANY):
        network.asks("claire", ANSWERED)
    assert network.says("claire", f"retirez la n° {old}") == old
    assert network.ticket(old).resolution is Resolution.withdrawn


def test_several_numbers_are_all_taken_back_and_no_other(network: Network) -> None:
    first, other, last = (network.asks("claire", text) for text in (DISPUTE, CLOSE, FRAGMENT))
    network.deliver()
    assert network.says("claire", f"retirez la {first} et la {last}") == last
    assert kinds(network.deliver(), "claire") == [K.withdrawn, K.withdrawn]
    assert {network.ticket(number).resolution for number in (first, last)} == {Resolution.withdrawn}
    assert network.state(other) is State.suggested


def test_of_several_numbers_those_settled_are_left_alone(network: Network) -> None:
    settled, still_open = network.asks("claire", ANSWERED), network.assigned()
    network.desk.solved(network.key(), account("claire"), settled)
    assert network.says("claire", f"retirez les questions {settled} et {still_open}") == still_open
    assert network.ticket(settled).resolution is Resolution.library_confirmed


def test_questions_asked_in_private_are_not_shown_where_others_read(network: Network) -> None:
    first, second = network.assigned(), network.asks("claire", CLOSE)
    network.deliver()
    group = replace(network.ticket(first).address, conversation="group")
    said = f"retirez la {first} et la {second}"
    assert network.desk.hear(network.key(), account("claire"), group, said) is None
    assert K.withdraw_which not in kinds(network.deliver())
    assert network.desk.hear(network.key(), account("claire"), group, f"retirez la {first}") == first
    assert network.pending(K.withdrawn)[0].conversation == "claire"


@pytest.mark.parametrize("words", ["retirez la n° {0}", "annulez la question {0}", "où en est ma question {0} ?"])
def test_the_number_of_somebody_elses_question_gives_the_dates_and_touches_nothing(
    network: Network, words: str
) -> None:
    theirs, mine = network.assigned("paul"), network.asks("claire", CLOSE)
    network.deliver()
    assert network.says("claire", words.format(theirs)) is None
    told = network.deliver()
    assert kinds(told) == [K.status]
    assert [ticket["id"] for ticket in told[0].data["tickets"]] == [mine]
    assert network.state(theirs) is State.assigned
    assert network.ticket(mine).question == CLOSE


def test_a_settled_question_is_taken_back_no_more_than_by_its_command(network: Network) -> None:
    ticket = network.asks("claire", ANSWERED)
    network.desk.solved(network.key(), account("claire"), ticket)
    with pytest.raises(TransitionError):
        network.says("claire", f"retirez la n° {ticket}")


@pytest.mark.parametrize("words", ["où en est ma question {0} ?", "du nouveau pour la {0} ?", "statut de la n° {0}"])
def test_news_of_the_question_whose_number_is_said(network: Network, words: str) -> None:
    first, _ = network.assigned(), network.asks("claire", CLOSE)
    network.deliver()
    assert network.says("claire", words.format(first)) is None
    (line,) = only(network.deliver(), K.status).data["tickets"]
    assert (line["id"], line["state"]) == (first, "assigned")


def test_news_of_a_settled_question_say_that_it_is(network: Network) -> None:
    ticket = network.asks("claire", ANSWERED)
    network.deliver()
    network.says("claire", f"où en est ma question {ticket} ?")
    (line,) = only(network.deliver(), K.status).data["tickets"]
    assert (line["id"], line["state"], line["late"]) == (ticket, "answered", False)


@pytest.mark.parametrize("words", ["annulez le lot 3", "retirer 40 000 € du marché"])
def test_other_numbers_take_nothing_back(network: Network, words: str) -> None:
    ticket = network.assigned()
    assert network.says("claire", words) is not None
    assert network.state(ticket) is State.assigned


def test_of_many_open_questions_the_newest_are_asked_about_first(network: Network) -> None:
    opened = [network.asks("claire", f"{DISPUTE} ({n})") for n in range(8)]
    network.deliver()
    assert network.says("claire", "je retire ma question") is None
    asked = only(network.deliver(), K.withdraw_which)
    assert [ticket["id"] for ticket in asked.data["tickets"]] == opened[::-1]
    assert network.says("claire", f"retirez la n° {opened[0]}") == opened[0]
