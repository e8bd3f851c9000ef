"""Questions that joined another, whatever becomes of it; and short words, whatever the staff did meanwhile."""

from __future__ import annotations

import pytest

from helpdesk.model import Address, Resolution, State
from helpdesk.notices import NoticeKind as K
from helpdesk.tables import FollowerRow
from tests.helpdesk.network import Network, account, kinds, only
from tests.helpdesk.plain import CLOSE

REGISTER = "Que faire du registre ?"


def _followers(network: Network) -> int:
    with network.office.reading() as unit:
        return unit.session.query(FollowerRow).count()


def _holder(network: Network, ticket: int) -> str:
    held = network.ticket(ticket).assignee_id
    return next(name for name, number in network.ids.items() if number == held)


def test_who_joined_a_question_that_an_earlier_answer_closes_goes_to_an_expert(network: Network) -> None:
    earlier = network.desk.ask(network.key(), account("paul"), Address("console", "group"), REGISTER)
    assert earlier is not None
    network.coordinators.reassign(network.key(), account("nadia"), earlier, network.ids["marc"])
    network.experts.answer(network.key(), account("marc"), earlier, "Ceci.")
    network.deliver()
    network.desk.solved(network.key(), account("paul"), earlier)
    lead, follower = network.asks("claire", REGISTER), network.asks("omar", REGISTER)
    network.desk.join(network.key(), account("omar"), follower)
    network.desk.solved(network.key(), account("claire"), lead)
    assert network.ticket(lead).resolution is Resolution.earlier_answer
    assert network.state(follower) is State.assigned
    assert _followers(network) == 0


def test_who_joined_a_question_that_joins_another_is_answered_with_it(network: Network) -> None:
    first, second, third = (network.asks(name, REGISTER) for name in ("paul", "claire", "omar"))
    network.deliver()
    network.desk.join(network.key(), account("omar"), third)
    network.desk.join(network.key(), account("claire"), second)
    network.experts.answer(network.key(), account(_holder(network, first)), first, "Ceci.")
    assert kinds(network.deliver()).count(K.answered) == 3
    assert {network.state(ticket) for ticket in (first, second, third)} == {State.answered}


def test_who_takes_a_joined_question_back_waits_for_nothing_any_more(network: Network) -> None:
    lead, follower = network.asks("paul", REGISTER), network.asks("claire", REGISTER)
    network.desk.join(network.key(), account("claire"), follower)
    network.says("claire", "je retire ma question")
    assert network.ticket(follower).resolution is Resolution.withdrawn
    assert _followers(network) == 0
    assert network.state(lead) is State.assigned


def test_agreeing_once_the_other_question_is_answered_is_no_error(network: Network) -> None:
    lead, own = network.asks("paul", REGISTER), network.asks("claire", REGISTER)
    network.experts.answer(network.key(), account(_holder(network, lead)), lead, "Ceci.")
    network.deliver()
    network.says("claire", "ok")
    assert K.following not in kinds(network.deliver())
    assert network.state(own) is State.assigned


def test_what_staff_do_of_another_question_does_not_change_what_is_spoken_of(network: Network) -> None:
    held = network.assigned()
    network.clock.advance(minutes=1)
    suggested = network.asks("claire", CLOSE)
    network.deliver()
    network.clock.advance(minutes=1)
    network.experts.note(network.key(), account("marc"), held, "Voir la trésorerie.")
    network.clock.advance(minutes=1)
    assert network.says("claire", "la 1") == suggested
    assert kinds(network.deliver()) == [K.answer_found]


@pytest.mark.parametrize(("words", "stars"), [("3/5", 3), ("5 étoiles", 5), ("cinq", 5)])
def test_stars_in_words_rate_and_reopen_nothing(network: Network, words: str, stars: int) -> None:
    ticket = network.assigned()
    network.experts.answer(network.key(), account("marc"), ticket, "Un avenant.")
    network.deliver()
    network.says("claire", "oui")
    network.deliver()
    assert network.says("claire", words) == ticket
    assert only(network.deliver(), K.rated).data["stars"] == stars
    assert (network.ticket(ticket).rating, network.state(ticket)) == (stars, State.closed)
    assert network.ticket(ticket).cycle == 1


@pytest.mark.parametrize(("words", "stars"), [("4/5", 4), ("5 étoiles", 5), ("2", None)])
def test_stars_rate_an_answer_not_yet_agreed_to_unless_a_number_stands_alone(
    network: Network, words: str, stars: int | None
) -> None:
    ticket = network.assigned()
    network.experts.answer(network.key(), account("marc"), ticket, "Deux voies : 1, un avenant ; 2, un nouveau marché.")
    network.deliver()
    network.says("claire", words)
    assert network.ticket(ticket).rating == stars
    assert network.ticket(ticket).cycle == (1 if stars else 2)


def test_the_very_same_question_asked_again_is_told_where_it_stands(network: Network) -> None:
    asked = network.assigned("claire", REGISTER)
    network.deliver()
    assert network.says("claire", "que faire du REGISTRE ?") == asked
    told = network.deliver()
    assert kinds(told) == [K.status]
    assert [ticket["id"] for ticket in told[0].data["tickets"]] == [asked]


@pytest.mark.parametrize(
    "wish", ["je veux un expert", "c possible d'avoir un expert ?", "j'aimerais parler à un humain"]
)
def test_a_question_that_asks_for_a_human_goes_to_one_at_once(network: Network, wish: str) -> None:
    ticket = network.says("claire", f"{CLOSE} {wish}")
    assert ticket is not None
    assert network.state(ticket) in {State.assigned, State.queued}
    assert K.suggestions not in kinds(network.deliver())


def test_who_leaves_a_question_twice_is_told_each_time_by_when_an_expert_answers(network: Network) -> None:
    network.assigned("paul", REGISTER)
    follower = network.asks("claire", REGISTER)
    network.deliver()
    for _ in range(2):
        network.clock.advance(minutes=5)
        network.desk.join(network.key(), account("claire"), follower)
        network.desk.ask_human(network.key(), account("claire"), follower)
        assert only(network.deliver(), K.acknowledged, "claire").data["reason"] == "alone"


def test_who_joined_again_a_question_that_is_then_taken_back_is_told_that_an_expert_answers(network: Network) -> None:
    lead, follower = network.assigned("paul", REGISTER), network.asks("claire", REGISTER)
    network.desk.join(network.key(), account("claire"), follower)
    network.desk.ask_human(network.key(), account("claire"), follower)
    network.clock.advance(minutes=5)
    network.desk.join(network.key(), account("claire"), follower)
    network.deliver()
    network.clock.advance(minutes=5)
    network.desk.withdraw(network.key(), account("paul"), lead)
    assert only(network.deliver(), K.acknowledged, "claire").data["reason"] == "alone"


def test_who_joined_a_question_and_was_answered_apart_hears_no_more_of_it(network: Network) -> None:
    lead, follower = network.assigned("paul", REGISTER), network.asks("claire", REGISTER)
    network.desk.join(network.key(), account("claire"), follower)
    network.experts.answer(network.key(), account("marc"), follower, "Ceci, pour vous.")
    network.experts.answer(network.key(), account("marc"), lead, "Cela.")
    network.deliver()
    network.experts.answer(network.key(), account("marc"), lead, "J'ajoute ceci.")
    assert K.answered not in kinds(network.deliver(), "claire")
    assert _followers(network) == 0
