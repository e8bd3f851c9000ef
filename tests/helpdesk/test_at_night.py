"""What happens to a question while nobody may be rung: in the morning an expert is told what still concerns them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpdesk.notices import NoticeKind as K
from helpdesk.outbox import Failed
from tests.helpdesk.network import CHANNELS, account, kinds, only, paris

if TYPE_CHECKING:
    from tests.helpdesk.network import Network

NIGHT, MORNING = paris(1, 22), paris(2, 9)


@pytest.fixture
def night(network: Network) -> Network:
    """The network, once everybody has gone home."""
    network.clock.reach(NIGHT)
    return network


def test_a_question_asked_and_taken_back_at_night_disturbs_no_expert(night: Network) -> None:
    ticket = night.assigned()
    night.says("claire", "je précise : le recours vise le lot 2")
    night.desk.withdraw(night.key(), account("claire"), ticket)
    night.clock.reach(MORNING)
    assert kinds(night.deliver(), "marc") == []


def test_a_question_seen_by_day_and_taken_back_at_night_is_told(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    network.clock.reach(NIGHT)
    network.says("claire", "je précise : le recours vise le lot 2")
    network.desk.withdraw(network.key(), account("claire"), ticket)
    network.clock.reach(MORNING)
    assert kinds(network.deliver(), "marc") == [K.question_withdrawn]


def test_a_question_given_at_night_to_one_then_to_another_is_told_to_the_second_alone(night: Network) -> None:
    ticket = night.assigned()
    night.says("claire", "je précise : le recours vise le lot 2")
    night.coordinators.reassign(night.key(), account("nadia"), ticket, night.ids["ines"])
    night.clock.reach(MORNING)
    told = night.deliver()
    assert kinds(told, "marc") == []
    card = only(told, K.assigned, "ines").data
    assert "je précise : le recours vise le lot 2" in [message["text"] for message in card["messages"]]


def test_a_question_that_the_expert_took_themselves_at_night_is_told_when_it_is_taken_back(night: Network) -> None:
    today = NIGHT.date()
    for name in ("marc", "ines"):
        night.experts.declare_absence(night.key(), account(name), today, today)
    ticket = night.asks("claire", "Un fournisseur nous menace, que faire ?")
    night.experts.take(night.key(), account("ines"), ticket)
    night.desk.withdraw(night.key(), account("claire"), ticket)
    night.clock.reach(MORNING)
    assert kinds(night.deliver(), "ines") == [K.question_withdrawn]


def test_what_a_member_adds_at_night_is_told_even_to_whoever_answered_before_reading_it(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    network.clock.reach(NIGHT)
    network.says("claire", "je précise : le recours vise le lot 2")
    network.experts.answer(network.key(), account("marc"), ticket, "Un avenant a suffi.")
    network.clock.reach(MORNING)
    assert only(network.deliver(), K.member_replied, "marc").data["text"] == "je précise : le recours vise le lot 2"


def test_whoever_takes_back_at_morning_what_they_were_given_at_night_is_told_when_it_is_taken_back(
    night: Network,
) -> None:
    ticket = night.assigned()
    night.coordinators.reassign(night.key(), account("nadia"), ticket, night.ids["ines"])
    night.clock.reach(MORNING)
    night.deliver()
    night.experts.pass_on(night.key(), account("marc"), ticket, night.ids["marc"])
    night.desk.withdraw(night.key(), account("claire"), ticket)
    assert K.question_withdrawn in kinds(night.deliver(), "marc")


def test_whoever_worked_on_a_question_at_night_is_told_when_it_is_taken_back(night: Network) -> None:
    ticket = night.assigned()
    night.experts.ask_member(night.key(), account("marc"), ticket, "Quel est le montant ?")
    night.desk.withdraw(night.key(), account("claire"), ticket)
    night.clock.reach(MORNING)
    assert kinds(night.deliver(), "marc") == [K.question_withdrawn]


def test_a_question_whose_card_could_not_be_sent_yet_is_taken_back_without_a_word(network: Network) -> None:
    ticket = network.assigned()
    for delivery in network.outbox.claim(CHANNELS):
        if delivery.kind is K.assigned:
            network.outbox.failed(delivery.delivery_id, Failed.retry, "down")
        else:
            network.outbox.sent(delivery.delivery_id)
    network.desk.withdraw(network.key(), account("claire"), ticket)
    told = network.deliver()
    network.clock.advance(minutes=1)
    assert kinds([*told, *network.deliver()], "marc") == []
