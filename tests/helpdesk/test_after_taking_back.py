"""What is written just after a question was taken back: it begins something or says nothing, and reopens nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from helpdesk.conversation import Move, read
from helpdesk.model import Address, Resolution, State
from helpdesk.notices import NoticeKind as K
from tests.helpdesk.known import KNOWN, NOW
from tests.helpdesk.network import Network, account, kinds, only
from tests.helpdesk.plain import ANSWERED, CLOSE, DISPUTE, FRAGMENT, GREETING

if TYPE_CHECKING:
    from knowledge.matcher import Matcher

TAKEN_BACK = replace(KNOWN, ticket_id=2, withdrawn=True)
SIGNED = "Bonjour,\n\nCordialement"


@pytest.mark.parametrize(
    "message",
    [SIGNED, "Bonjour", "Cordialement", "bien à vous", "...", "le mobilier", "pas clair", "et pour une école ?"],
)
def test_nothing_that_follows_reopens_it(matcher: Matcher, message: str) -> None:
    assert read(message, matcher.judge(message, today=NOW.date()), [TAKEN_BACK], NOW).move is Move.ask


@pytest.mark.parametrize("message", [SIGNED, "Cordialement", "?"])
def test_a_reply_that_says_nothing_does_not_reopen_it_either(matcher: Matcher, message: str) -> None:
    judgement = matcher.judge(message, today=NOW.date())
    assert read(message, judgement, [TAKEN_BACK], NOW, TAKEN_BACK.ticket_id).move is Move.ask


def test_a_reply_to_it_that_says_something_reopens_it(matcher: Matcher) -> None:
    said = "finalement le titulaire refuse toujours de livrer"
    judgement = matcher.judge(said, today=NOW.date())
    assert read(said, judgement, [TAKEN_BACK], NOW, TAKEN_BACK.ticket_id).move is Move.reopen


def test_what_is_still_open_goes_on_behind_it(matcher: Matcher) -> None:
    still_open = replace(TAKEN_BACK, ticket_id=1, state=State.assigned, withdrawn=False)
    settled = replace(still_open, state=State.answered)
    judgement = matcher.judge("pour une école", today=NOW.date())
    assert read("pour une école", judgement, [TAKEN_BACK, still_open], NOW).ticket_id == 1
    assert read("pour une école", judgement, [TAKEN_BACK, settled], NOW).move is Move.ask


@pytest.mark.parametrize("here", [True, False])
def test_that_it_is_settled_answers_an_expert_who_waits_wherever_it_was_asked(matcher: Matcher, here: bool) -> None:  # noqa: FBT001
    waiting = replace(TAKEN_BACK, state=State.waiting, withdrawn=False, here=here)
    judgement = matcher.judge("c'est réglé", today=NOW.date())
    reading = read("c'est réglé", judgement, [waiting], NOW)
    assert (reading.move, reading.ticket_id) == (Move.follow, waiting.ticket_id)


def test_a_greeting_is_answered_as_a_greeting(network: Network) -> None:
    ticket = network.assigned()
    network.desk.withdraw(network.key(), account("claire"), ticket)
    network.deliver()
    assert network.says("claire", GREETING) not in {ticket, None}
    told = network.deliver()
    assert kinds(told) == [K.clarify]
    assert told[0].data == {"reason": "greeting"}
    assert network.ticket(ticket).resolution is Resolution.withdrawn


def test_a_fragment_is_heard_for_itself(network: Network) -> None:
    ticket = network.asks("claire", CLOSE)
    network.says("claire", "je retire ma question")
    network.deliver()
    assert network.says("claire", FRAGMENT) not in {ticket, None}
    assert kinds(network.deliver()) == [K.clarify]
    assert (network.state(ticket), network.ticket(ticket).cycle) == (State.closed, 1)


def test_a_wish_for_an_expert_asks_what_the_question_is(network: Network) -> None:
    ticket = network.assigned()
    network.desk.withdraw(network.key(), account("claire"), ticket)
    network.deliver()
    assert network.says("claire", "un expert svp") not in {ticket, None}
    assert kinds(network.deliver(), "claire") == [K.clarify]
    assert network.state(ticket) is State.closed


FOUND = "finalement c'est bon j'ai trouvé, annulez tout"


@pytest.mark.parametrize("words", [FOUND, "annulez tout", "c'est bon j'ai trouvé", "laissez tomber j'ai eu ma réponse"])
@pytest.mark.parametrize("question", [CLOSE, DISPUTE])
def test_words_that_take_back_reach_no_expert(network: Network, question: str, words: str) -> None:
    ticket = network.asks("claire", question)
    network.deliver()
    assert network.says("claire", words) == ticket
    assert not {K.assigned, K.member_replied, K.suggestions} & set(kinds(network.deliver()))
    assert network.ticket(ticket).resolution is Resolution.withdrawn


@pytest.mark.parametrize("words", ["annulez tout ça", "c'est bon j'ai trouvé", "je retire ma question"])
def test_which_one_is_asked_when_several_are_open_and_no_word_tells(network: Network, words: str) -> None:
    first, second = network.assigned(), network.asks("claire", CLOSE)
    network.deliver()
    assert network.says("claire", words) is None
    asked = only(network.deliver(), K.withdraw_which, "claire")
    assert [ticket["id"] for ticket in asked.data["tickets"]] == [second, first]
    assert State.closed not in {network.state(first), network.state(second)}


@pytest.mark.parametrize("words", [FOUND, "annulez tout", "je retire toutes mes questions", "annulez les deux svp"])
def test_all_are_taken_back_when_the_words_say_so(network: Network, words: str) -> None:
    first, second = network.assigned(), network.asks("claire", CLOSE)
    network.deliver()
    assert network.says("claire", words) == second
    told = network.deliver()
    assert kinds(told, "claire") == [K.withdrawn, K.withdrawn]
    assert [told_of.data.get("said") for told_of in told if told_of.kind is K.withdrawn] == [words, None]
    assert kinds(told, "marc") == [K.question_withdrawn]
    assert {network.ticket(number).resolution for number in (first, second)} == {Resolution.withdrawn}


def test_of_three_both_tells_not_which(network: Network) -> None:
    for question in (DISPUTE, CLOSE, FRAGMENT):
        network.asks("claire", question)
    network.deliver()
    assert network.says("claire", "annulez les deux") is None
    assert len(only(network.deliver(), K.withdraw_which).data["tickets"]) == 3


@pytest.mark.parametrize(
    ("words", "picked"),
    [
        ("{0}", [0]), ("la {1} svp", [1]), ("la n° {0}", [0]), ("retirez la {0}", [0]),
        ("les deux", [1, 0]), ("toutes", [1, 0]), ("la {0} et la {1}", [1, 0]), ("tout", [1, 0]),
    ],
)  # fmt: skip
def test_which_one_is_told_in_a_few_words(network: Network, words: str, picked: list[int]) -> None:
    questions = [network.assigned(), network.asks("claire", CLOSE)]
    network.says("claire", "je retire ma question")
    network.deliver()
    assert network.says("claire", words.format(*questions)) == questions[picked[0]]
    assert kinds(network.deliver(), "claire") == [K.withdrawn] * len(picked)
    taken = [network.ticket(number).resolution is Resolution.withdrawn for number in questions]
    assert [place for place in (1, 0) if taken[place]] == picked


def test_one_more_is_told_after_the_first(network: Network) -> None:
    first, second = network.assigned(), network.asks("claire", CLOSE)
    network.says("claire", "je retire ma question")
    assert network.says("claire", f"la {second}") == second
    assert network.says("claire", f"et la {first} aussi") == first
    assert network.ticket(first).resolution is Resolution.withdrawn


@pytest.mark.parametrize("words", ["non aucune", "finalement non"])
def test_none_of_those_shown_disturbs_nobody_and_gives_their_dates(network: Network, words: str) -> None:
    first, second = network.assigned(), network.asks("claire", CLOSE)
    network.says("claire", "je retire ma question")
    network.deliver()
    assert network.says("claire", words) is None
    told = network.deliver()
    assert kinds(told) == [K.status]
    assert {ticket["id"] for ticket in told[0].data["tickets"]} == {first, second}
    assert network.state(second) is State.suggested


def test_a_reply_to_another_message_takes_none_of_those_shown_back(network: Network) -> None:
    network.assigned()
    suggested = network.asks("claire", CLOSE)
    network.says("claire", "je retire ma question")
    network.says("claire", f"la {suggested}", ticket=suggested)
    assert network.ticket(suggested).resolution is not Resolution.withdrawn


def test_what_was_shown_weeks_ago_is_forgotten(network: Network) -> None:
    first, second = network.assigned(), network.asks("claire", CLOSE)
    network.says("claire", "je retire ma question")
    network.clock.advance(days=20)
    network.says("claire", f"{first}")
    assert Resolution.withdrawn not in {network.ticket(first).resolution, network.ticket(second).resolution}


@pytest.mark.parametrize(
    "words",
    [
        "Tout compte fait, je retire ma question", "je retire ma question et c'est tout",
        "j'annule une de mes questions",
        "bonjour à toutes, je retire ma question", "oubliez ma question, tout est réglé",
    ],
)  # fmt: skip
def test_all_said_of_something_else_takes_not_all_back(network: Network, words: str) -> None:
    network.assigned()
    network.asks("claire", CLOSE)
    network.deliver()
    assert network.says("claire", words) is None
    assert kinds(network.deliver()) == [K.withdraw_which]


def test_in_private_what_was_asked_in_a_group_is_taken_back_too(network: Network) -> None:
    asked = network.desk.hear(network.key(), account("claire"), Address("console", "group"), DISPUTE)
    network.deliver()
    assert network.says("claire", "je retire ma question") == asked


def test_all_is_all_of_as_many_as_are_shown(network: Network) -> None:
    asked = [network.asks("claire", f"{CLOSE} {number}") for number in range(5)]
    network.says("claire", "annulez tout")
    assert {network.ticket(number).resolution for number in asked} == {Resolution.withdrawn}


@pytest.mark.parametrize("words", ["annulez tout", "toutes", "finalement c'est bon j'ai trouvé, annulez tout"])
def test_of_more_than_are_shown_which_is_asked_and_all_is_what_was_shown(network: Network, words: str) -> None:
    asked = [network.asks("claire", f"{CLOSE} {number}") for number in range(7)]
    network.deliver()
    assert network.says("claire", "annulez tout") is None
    assert kinds(network.deliver()) == [K.withdraw_which]
    assert State.closed not in {network.state(number) for number in asked}
    network.says("claire", words)
    assert kinds(network.deliver(), "claire") == [K.withdrawn] * 5
    assert [number for number in asked if network.state(number) is not State.closed] == asked[:2]
    network.says("claire", "annulez tout")
    assert {network.ticket(number).resolution for number in asked} == {Resolution.withdrawn}


@pytest.mark.parametrize("words", ["{0}/{0}", "{0} / 5", "{0} sur 5", "{0} étoiles"])
def test_a_rating_takes_none_of_those_shown_back(network: Network, words: str) -> None:
    questions = [network.assigned(), network.asks("claire", CLOSE)]
    network.says("claire", "je retire ma question")
    network.deliver()
    network.says("claire", words.format(questions[0]))
    assert Resolution.withdrawn not in {network.ticket(number).resolution for number in questions}


@pytest.mark.parametrize(
    "words", ["77", "la 3e", "la première", "voir la 1", "quel délai pour un marché de 40 000 € ?", "merci"]
)
def test_other_words_take_none_of_those_shown_back(network: Network, words: str) -> None:
    first, second = network.assigned(), network.asks("claire", CLOSE)
    network.says("claire", "je retire ma question")
    network.deliver()
    network.says("claire", words)
    assert K.withdrawn not in kinds(network.deliver())
    assert Resolution.withdrawn not in {network.ticket(first).resolution, network.ticket(second).resolution}


def test_a_number_said_later_is_no_choice_of_what_was_shown_before(network: Network) -> None:
    first, second = network.assigned(), network.asks("claire", CLOSE)
    network.says("claire", "je retire ma question")
    network.says("claire", "où en est ma question ?")
    network.deliver()
    network.says("claire", f"{first}")
    assert K.withdrawn not in kinds(network.deliver())
    assert network.ticket(second).resolution is not Resolution.withdrawn


def test_what_was_found_is_told_to_the_expert_who_waits_for_it(network: Network) -> None:
    ticket = network.assigned()
    network.experts.ask_member(network.key(), account("marc"), ticket, "Avez-vous le courrier ?")
    network.deliver()
    assert network.says("claire", "c'est bon j'ai trouvé") == ticket
    assert only(network.deliver(), K.member_replied, "marc").data["text"] == "c'est bon j'ai trouvé"
    assert network.state(ticket) is State.assigned


def test_having_found_disturbs_no_answer_already_given(network: Network) -> None:
    ticket = network.asks("claire", ANSWERED)
    network.deliver()
    assert network.says("claire", "c'est bon j'ai trouvé") is None
    assert kinds(network.deliver()) == [K.thanks]
    assert network.state(ticket) is State.answered
