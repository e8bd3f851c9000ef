"""A question comes in: the library answers, proposes, asks for more or sends it away; or it goes to experts."""

from __future__ import annotations

import datetime as dt

import pytest

from helpdesk.attachments import Upload
from helpdesk.errors import InvalidInputError, NotAllowedError, NotFoundError, TransitionError
from helpdesk.model import Address, ClockState, Resolution, State
from helpdesk.notices import NoticeKind as K
from tests.helpdesk.network import Network, account, kinds, only, paris
from tests.helpdesk.plain import (
    ANSWERED,
    CLOSE,
    DISPUTE,
    DISPUTE_TOLD,
    FOOD_CASE,
    FRAGMENT,
    GREETING,
    MENU_CASE,
    NEAR,
    OFF_TOPIC,
    OTHER_ANSWERED,
    UNTREATED,
)


def test_the_library_answers_and_the_member_is_content(network: Network) -> None:
    ticket = network.says("claire", ANSWERED)
    assert ticket is not None
    answer = only(network.deliver(), K.answer_found, "claire")
    assert answer.data["entry"]["id"] == "faq-prix-seul"
    assert answer.data["others"] == []
    assert network.is_met(ticket)
    assert network.says("claire", "oui parfait") == ticket
    assert only(network.deliver(), K.confirmed).data == {"by": "library", "said": "oui parfait"}
    assert network.ticket(ticket).resolution is Resolution.library_confirmed


def test_silence_after_an_answer_of_the_library_closes_after_one_working_day(network: Network) -> None:
    ticket = network.asks("claire", ANSWERED)
    network.deliver()
    network.sweep_until(paris(1, 17, 15))
    assert network.state(ticket) is State.answered
    told = network.sweep_until(paris(2, 9))
    assert network.ticket(ticket).resolution is Resolution.library_unconfirmed
    assert network.is_met(ticket)
    assert kinds(told, "claire") == []


def test_confirming_after_the_silence_still_counts(network: Network) -> None:
    ticket = network.asks("claire", ANSWERED)
    network.deliver()
    network.sweep_until(paris(2, 10))
    network.desk.solved(network.key(), account("claire"), ticket)
    network.desk.solved(network.key(), account("claire"), ticket)
    assert network.ticket(ticket).resolution is Resolution.library_confirmed
    assert kinds(network.deliver()) == [K.confirmed]


@pytest.mark.parametrize("thanks", ["merci !", "Merci beaucoup, bonne journée"])
def test_thanks_close_nothing_and_open_nothing(network: Network, thanks: str) -> None:
    ticket = network.asks("claire", ANSWERED)
    network.deliver()
    before = network.ticket(ticket)
    assert network.says("claire", thanks) is None
    assert kinds(network.deliver()) == [K.thanks]
    after = network.ticket(ticket)
    assert (after.state, after.silence_at, after.cycle) == (before.state, before.silence_at, before.cycle)
    assert [line.id for line in network.desk.my_questions(account("claire"))] == [ticket]


def test_thanks_after_the_closing_reopen_nothing(network: Network) -> None:
    ticket = network.asks("claire", ANSWERED)
    network.desk.solved(network.key(), account("claire"), ticket)
    network.says("claire", "merci")
    assert network.state(ticket) is State.closed


def test_asking_for_an_expert_keeps_the_date_counted_from_the_question(network: Network) -> None:
    ticket = network.asks("claire", ANSWERED)
    network.deliver()
    network.clock.advance(hours=2)
    assert network.says("claire", "un expert svp") == ticket
    told = network.deliver()
    acknowledged = only(told, K.acknowledged, "claire")
    assert acknowledged.data["due_at"] == paris(3, 17, 30).isoformat()
    assert acknowledged.data["reason"] == "asked"
    assert only(told, K.assigned).data["due_at"] == paris(3, 17, 30).isoformat()
    assert network.promise(ticket).start == paris(1, 9)
    assert network.promise(ticket).state is ClockState.running


def test_suggestions_are_chosen_by_their_number(network: Network) -> None:
    ticket = network.asks("claire", CLOSE)
    shown = only(network.deliver(), K.suggestions, "claire")
    assert [entry["id"] for entry in shown.data["entries"]] == list(NEAR)
    assert shown.data["due_at"] == paris(3, 17, 30).isoformat()
    assert network.says("claire", "la 2") == ticket
    answer = only(network.deliver(), K.answer_found)
    assert answer.data["entry"]["id"] == NEAR[1]
    assert [(other["rank"], other["id"]) for other in answer.data["others"]] == [(1, NEAR[0]), (3, NEAR[2])]


def test_the_suggestions_can_be_looked_at_one_after_the_other_and_again(network: Network) -> None:
    ticket = network.asks("claire", CLOSE)
    network.deliver()
    for rank in (1, 2, 1):
        network.desk.choose(network.key(), account("claire"), ticket, rank)
        assert only(network.deliver(), K.answer_found).data["entry"]["id"] == NEAR[rank - 1]
    assert network.is_met(ticket)


def test_a_rank_that_was_not_proposed_is_refused(network: Network) -> None:
    ticket = network.asks("claire", CLOSE)
    for rank in (0, 4, -1):
        with pytest.raises(InvalidInputError, match="no_such_rank"):
            network.desk.choose(network.key(), account("claire"), ticket, rank)
    answered = network.asks("claire", ANSWERED)
    with pytest.raises(InvalidInputError, match="no_such_rank"):
        network.desk.choose(network.key(), account("claire"), answered, 1)


def test_a_suggestion_cannot_replace_an_experts_answer(network: Network) -> None:
    ticket = network.asks("claire", CLOSE)
    network.says("claire", "aucune")
    network.experts.answer(network.key(), account("ines"), ticket, "Le label suffit.")
    with pytest.raises(TransitionError):
        network.desk.choose(network.key(), account("claire"), ticket, 1)


@pytest.mark.parametrize("words", ["aucune", "aucune des trois", "demander à un expert"])
def test_refusing_the_suggestions_goes_to_the_experts(network: Network, words: str) -> None:
    ticket = network.asks("claire", CLOSE)
    network.deliver()
    assert network.says("claire", words) == ticket
    assert only(network.deliver(), K.acknowledged).data["reason"] == "asked"
    assert network.state(ticket) is State.assigned


def test_silence_after_suggestions_goes_to_the_experts(network: Network) -> None:
    ticket = network.asks("claire", CLOSE)
    network.deliver()
    told = network.sweep_until(paris(2, 9))
    acknowledged = only(told, K.acknowledged, "claire")
    assert (acknowledged.data["reason"], acknowledged.data["due_at"]) == ("silence", paris(3, 17, 30).isoformat())
    assert network.state(ticket) is State.assigned


def test_after_an_outage_no_past_date_is_promised_and_whoever_has_the_question_hears_of_the_breach(
    network: Network,
) -> None:
    ticket = network.asks("claire", CLOSE)
    network.deliver()
    network.clock.reach(paris(6, 10))
    network.sweep.run()
    told = network.deliver()
    assert only(told, K.acknowledged, "claire").data["late"] is True
    assert only(told, K.late, "claire").data["next"] == "expert"
    assert network.state(ticket) is State.assigned


def test_a_fragment_is_completed_and_asked_again_whole(network: Network) -> None:
    ticket = network.says("claire", FRAGMENT)
    assert only(network.deliver(), K.clarify).data == {"reason": "too_vague"}
    assert network.says("claire", ANSWERED) == ticket
    assert only(network.deliver(), K.answer_found).data["entry"]["id"] == "faq-prix-seul"
    assert ticket is not None
    assert network.ticket(ticket).question == f"{FRAGMENT}\n{ANSWERED}"


def test_a_greeting_without_more_closes_quietly(network: Network) -> None:
    ticket = network.says("claire", GREETING)
    assert ticket is not None
    assert only(network.deliver(), K.clarify).data == {"reason": "greeting"}
    told = network.sweep_until(paris(2, 9))
    assert (network.state(ticket), network.ticket(ticket).resolution) == (State.closed, Resolution.no_question)
    assert kinds(told, "claire") == []
    assert network.promise(ticket).state is ClockState.void


def test_a_greeting_gives_way_to_the_question(network: Network) -> None:
    ticket = network.says("claire", GREETING)
    assert network.says("claire", ANSWERED) == ticket
    assert ticket is not None
    assert network.ticket(ticket).question == ANSWERED


def test_words_after_a_greeting_was_closed_are_a_new_question(network: Network) -> None:
    ticket = network.says("claire", GREETING)
    network.sweep_until(paris(2, 10))
    assert network.says("claire", DISPUTE, ticket=ticket) != ticket


def test_a_fragment_without_more_goes_to_an_expert(network: Network) -> None:
    ticket = network.says("claire", FRAGMENT)
    assert ticket is not None
    network.deliver()
    assert only(network.sweep_until(paris(2, 9)), K.acknowledged).data["reason"] == "silence"
    assert network.state(ticket) is State.assigned


def test_a_greeting_that_brings_a_document_goes_to_an_expert(network: Network) -> None:
    ticket = network.asks("claire", GREETING, files=(Upload("courrier.pdf", "application/pdf", b"%PDF-1.7"),))
    network.deliver()
    network.sweep_until(paris(2, 9))
    assert network.state(ticket) is not State.closed
    assert network.promise(ticket).state is ClockState.running


def test_off_topic_is_sent_away_kindly_and_disturbs_nobody(network: Network) -> None:
    ticket = network.asks("claire", OFF_TOPIC)
    assert kinds(network.deliver()) == [K.redirected]
    assert network.ticket(ticket).resolution is Resolution.redirected
    assert network.promise(ticket).state is ClockState.void
    assert network.says("claire", OFF_TOPIC, ticket=ticket) != ticket
    assert kinds(network.deliver()) == [K.redirected]


def test_insisting_on_an_off_topic_question_reaches_the_coordinators(network: Network) -> None:
    ticket = network.asks("claire", OFF_TOPIC)
    network.deliver()
    network.clock.advance(hours=1)
    assert network.says("claire", "je veux parler à un humain") == ticket
    told = network.deliver()
    acknowledged = only(told, K.acknowledged, "claire")
    assert (acknowledged.data["reason"], acknowledged.data["theme"]) == ("insisted", None)
    assert acknowledged.data["due_at"] == paris(3, 17, 30).isoformat()
    assert {notice.name for notice in told if notice.kind is K.unassigned} == {"nadia", "omar"}
    assert network.promise(ticket).start == paris(1, 9)


@pytest.mark.parametrize("question", [OFF_TOPIC, ANSWERED])
def test_insisting_after_the_date_has_passed_begins_a_new_promise(network: Network, question: str) -> None:
    ticket = network.asks("claire", question)
    network.deliver()
    closed = network.promise(ticket)
    network.clock.reach(paris(5, 10))
    network.desk.ask_human(network.key(), account("claire"), ticket)
    assert only(network.deliver(), K.acknowledged).data["reason"] == "reopened"
    assert network.ticket(ticket).cycle == 2
    assert network.promise(ticket, 2).start == paris(5, 10)
    assert network.promise(ticket).state is closed.state
    assert network.breach(ticket) is None


def test_wanting_an_expert_without_a_question_is_asked_for_it(network: Network) -> None:
    ticket = network.says("claire", "un expert svp")
    assert kinds(network.deliver()) == [K.clarify]
    assert network.says("claire", ANSWERED) == ticket
    assert ticket is not None
    assert kinds(network.deliver(), "claire") == [K.acknowledged]
    assert network.state(ticket) is State.assigned


def test_what_the_library_leaves_to_experts_is_acknowledged_with_its_date(network: Network) -> None:
    network.asks("claire", DISPUTE)
    told = network.deliver()
    acknowledged = only(told, K.acknowledged, "claire")
    assert acknowledged.data["theme"] == "juridique"
    assert acknowledged.data["theme_label"] == {"fr": "Juridique", "en": "Legal"}
    assert acknowledged.data["days_off"] is False
    card = only(told, K.assigned).data
    assert (card["question"], card["organisation"], card["population"]) == (DISPUTE, "Bois-Joli", 3200)
    assert "Claire" not in str(card)


def test_a_wait_that_crosses_a_weekend_says_so(network: Network) -> None:
    network.clock.reach(paris(5, 10))
    network.asks("claire", DISPUTE)
    acknowledged = only(network.deliver(), K.acknowledged, "claire")
    assert acknowledged.data["due_at"] == paris(10, 10).isoformat()
    assert acknowledged.data["days_off"] is True


def test_two_questions_are_two_tickets(network: Network) -> None:
    first = network.says("claire", ANSWERED)
    second = network.says("claire", OTHER_ANSWERED)
    third = network.says("claire", FOOD_CASE)
    assert len({first, second, third}) == 3


def test_more_words_on_suggestions_never_send_the_question_away(network: Network) -> None:
    ticket = network.asks("claire", CLOSE)
    network.deliver()
    assert network.says("claire", OFF_TOPIC, ticket=ticket) == ticket
    assert only(network.deliver(), K.acknowledged).data["reason"] == "experts"


def test_a_question_was_asked_when_the_platform_says_but_never_later_than_now(network: Network) -> None:
    network.clock.reach(paris(1, 11))
    early = network.asks("claire", DISPUTE, at=paris(1, 10))
    future = network.asks("claire", DISPUTE, at=paris(2, 10))
    assert network.ticket(early).asked_at == paris(1, 10)
    assert network.ticket(future).asked_at == paris(1, 11)
    with pytest.raises(InvalidInputError, match="naive_instant"):
        network.asks("claire", DISPUTE, at=dt.datetime(2026, 6, 1, 9))  # noqa: DTZ001 - a naive one is refused


def test_what_cannot_be_kept_is_refused_and_changes_nothing(network: Network) -> None:
    before = network.everything()
    for text, code in (("", "empty_text"), ("  \x00 ", "empty_text"), ("a" * 5001, "too_long")):
        with pytest.raises(InvalidInputError, match=code):
            network.says("claire", text)
    with pytest.raises(NotAllowedError, match="unknown_account"):
        network.says("personne", DISPUTE)
    with pytest.raises(InvalidInputError, match="bad_key"):
        network.desk.status("k" * 121, account("claire"), Address("console", "claire"))
    with pytest.raises(NotFoundError):
        network.desk.solved(network.key(), account("claire"), 999)
    assert network.everything() == before


def test_rating_needs_an_answer_and_one_to_five_stars(network: Network) -> None:
    ticket = network.asks("claire", DISPUTE)
    with pytest.raises(TransitionError):
        network.desk.rate(network.key(), account("claire"), ticket, 5)
    network.desk.withdraw(network.key(), account("claire"), ticket)
    with pytest.raises(TransitionError):
        network.desk.rate(network.key(), account("claire"), ticket, 5)
    answered = network.asks("claire", DISPUTE)
    network.experts.answer(network.key(), account("marc"), answered, "Voici.")
    with pytest.raises(InvalidInputError):
        network.desk.rate(network.key(), account("claire"), answered, 6)
    network.desk.rate(network.key(), account("claire"), answered, 4)
    assert network.ticket(answered).rating == 4


def test_withdrawing_ends_the_promise_and_tells_who_had_it(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    network.desk.withdraw(network.key(), account("claire"), ticket)
    told = network.deliver()
    assert kinds(told, "claire") == [K.withdrawn]
    assert kinds(told, "marc") == [K.question_withdrawn]
    assert network.promise(ticket).state is ClockState.void
    assert kinds(network.sweep_until(paris(5, 10)), "marc") == []
    with pytest.raises(TransitionError, match="already_withdrawn"):
        network.desk.withdraw(network.key(), account("claire"), ticket)


def test_a_question_that_only_a_human_may_answer_comes_with_the_entry_on_its_subject(network: Network) -> None:
    network.asks("claire", FOOD_CASE)
    told = only(network.deliver(), K.acknowledged, "claire")
    title = "Peut-on exiger un label dans un marché ?"
    assert told.data["meanwhile"] == {"id": "faq-exiger-label", "title": title, "doubtful": False}


def test_the_entry_to_read_meanwhile_is_told_as_doubtful_when_it_is(network: Network) -> None:
    network.asks("claire", MENU_CASE)
    assert only(network.deliver(), K.acknowledged, "claire").data["meanwhile"]["doubtful"] is True


def test_a_dispute_or_an_answer_that_did_not_do_comes_with_nothing_to_read(network: Network) -> None:
    network.asks("claire", DISPUTE_TOLD)
    assert only(network.deliver(), K.acknowledged, "claire").data["meanwhile"] is None
    network.asks("paul", ANSWERED)
    network.says("paul", "un expert svp")
    assert only(network.deliver(), K.acknowledged, "paul").data["meanwhile"] is None


def test_what_the_first_suggestion_lacks_is_told_with_the_suggestions(network: Network) -> None:
    network.asks("claire", UNTREATED)
    assert only(network.deliver(), K.suggestions, "claire").data["reason"] == "not_treated"
