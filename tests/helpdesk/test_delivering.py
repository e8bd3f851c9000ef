"""What the outbox guarantees: sent once or said so, elsewhere when refused; an answer arrives or is not one."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from helpdesk.audit import Auditor
from helpdesk.correspondence import Correspondence
from helpdesk.model import ClockState, DeliveryState, Resolution, State
from helpdesk.notices import NoticeKind as K
from helpdesk.outbox import LEASE, MOST_ATTEMPTS, Claimed
from tests.helpdesk.network import CHANNELS, Network, account, kinds, only, paris
from tests.helpdesk.plain import ANSWERED


def _claimed(network: Network, kind: K) -> Claimed:
    """Claim what is due, accept everything else and return the delivery of that kind, still in hand."""
    held = []
    while claimed := network.outbox.claim(CHANNELS):
        for delivery in claimed:
            if delivery.kind is kind:
                held.append(delivery)
            else:
                network.outbox.sent(delivery.delivery_id)
    assert len(held) == 1
    return held[0]


def _answered(network: Network) -> int:
    ticket = network.assigned()
    network.deliver()
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    return ticket


def test_an_answer_counts_once_a_channel_accepts_it(network: Network) -> None:
    ticket = _answered(network)
    assert network.promise(ticket).state is ClockState.delivering
    network.deliver()
    assert network.is_met(ticket)


def test_answered_in_time_and_delivered_later_is_in_time(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    network.clock.reach(paris(3, 17))
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    delivery = _claimed(network, K.answered)
    network.outbox.failed(delivery.delivery_id, "retry", "platform down")
    network.clock.reach(paris(4, 11))
    network.sweep.run()
    network.deliver()
    assert network.is_met(ticket)
    assert network.promise(ticket).stopped_at == paris(3, 17)


def test_an_answer_refused_everywhere_is_not_an_answer(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    network.clock.reach(paris(3, 17))
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    delivery = _claimed(network, K.answered)
    network.outbox.failed(delivery.delivery_id, "permanent", "blocked by the user")
    told = network.deliver()
    undeliverable = only(told, K.undeliverable, "marc")
    assert undeliverable.data["reason"] == "blocked by the user"
    assert {notice.name for notice in told if notice.kind is K.dead_letter} == {"nadia", "omar"}
    assert (network.state(ticket), network.promise(ticket).state) == (State.assigned, ClockState.running)
    network.sweep_until(paris(4, 10))
    assert network.breach(ticket) is not None
    network.coordinators.excuse(network.key(), account("nadia"), ticket, 1, "Compte bloqué.")
    assert network.coordinators.board(account("nadia")).late[0].excused


def test_a_message_not_known_to_have_arrived_is_about_the_question_whose_number_it_says(network: Network) -> None:
    known = Correspondence(network.office)
    ticket = network.assigned()
    delivery = _claimed(network, K.acknowledged)
    said = f"C'est noté, votre question n° {ticket} est chez nos experts. Réponse avant le 3 juin à 17 h 30."
    assert known.ticket_of_sent(delivery.address, "70", said) == ticket
    assert known.ticket_of_sent(delivery.address, "70", "Votre question est chez nos experts, avant le 3 juin.") is None
    assert known.ticket_of_sent(replace(delivery.address, conversation="elsewhere"), "70", said) is None
    network.outbox.sent(delivery.delivery_id, "70")
    assert known.ticket_of_sent(delivery.address, "70", "") == ticket
    assert known.ticket_of_sent(delivery.address, "71", said) is None


def test_refused_by_one_account_it_goes_to_another(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    network.desk.status(network.key(), account("claire", "letter"), network.ticket(ticket).address)
    network.deliver()
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    delivery = _claimed(network, K.answered)
    assert delivery.address.channel == "console"
    network.outbox.failed(delivery.delivery_id, "permanent", "blocked")
    assert only(network.deliver(), K.answered).where == "letter"
    assert network.is_met(ticket)
    assert network.coordinators.board(account("nadia")).dead_letters == ()


def test_a_lost_acknowledgement_sends_an_answer_again(network: Network) -> None:
    ticket = _answered(network)
    delivery = _claimed(network, K.answered)
    network.outbox.failed(delivery.delivery_id, "unknown", "timed out")
    network.clock.advance(seconds=5)
    again = _claimed(network, K.answered)
    assert (again.ambiguous, again.attempts, again.key) == (True, 2, delivery.key)
    network.outbox.sent(again.delivery_id)
    assert network.is_met(ticket)


def test_a_lost_acknowledgement_never_says_a_reminder_twice(network: Network) -> None:
    network.assigned()
    network.deliver()
    network.clock.reach(paris(2, 14, 30))
    network.sweep.run()
    delivery = _claimed(network, K.reminder)
    network.outbox.failed(delivery.delivery_id, "unknown", "timed out")
    network.clock.advance(minutes=30)
    assert K.reminder not in kinds(network.deliver())


def test_a_sender_that_dies_gives_its_lease_back_by_time(network: Network) -> None:
    _answered(network)
    delivery = _claimed(network, K.answered)
    network.clock.advance(seconds=LEASE.total_seconds() - 1)
    assert kinds(network.deliver()) == []
    wait = network.outbox.next_due(CHANNELS)
    assert wait == 1.0
    network.clock.advance(seconds=1)
    again = _claimed(network, K.answered)
    assert again.ambiguous
    network.outbox.sent(delivery.delivery_id)
    network.outbox.sent(again.delivery_id)
    assert network.pending(K.answered)[0].state is DeliveryState.sent


def test_a_reminder_in_the_hands_of_a_dead_sender_is_not_said_again(network: Network) -> None:
    network.assigned()
    network.deliver()
    network.clock.reach(paris(2, 14, 30))
    network.sweep.run()
    _claimed(network, K.reminder)
    network.clock.advance(minutes=5)
    assert K.reminder not in kinds(network.deliver())


def test_a_notice_that_kills_its_senders_is_given_up(network: Network) -> None:
    network.assigned()
    for _ in range(MOST_ATTEMPTS):
        _claimed(network, K.acknowledged)
        network.clock.advance(seconds=LEASE.total_seconds())
    told = network.deliver() + network.deliver()
    assert K.acknowledged not in kinds(told)
    assert K.dead_letter in kinds(told, "nadia")


def test_retries_wait_longer_and_longer_and_end(network: Network) -> None:
    _answered(network)
    waits = []
    for _ in range(MOST_ATTEMPTS):
        delivery = _claimed(network, K.answered)
        before = network.clock.now()
        network.outbox.failed(delivery.delivery_id, "retry", "down")
        row = network.pending(K.answered)[0]
        if row.state is DeliveryState.dead:
            break
        waits.append((row.available_at - before).total_seconds())
        network.clock.reach(row.available_at)
    assert waits == [5.0 * 2**n for n in range(10)] + [3600.0]
    assert network.pending(K.answered)[0].state is DeliveryState.dead


def test_the_platform_says_when_to_try_again(network: Network) -> None:
    _answered(network)
    delivery = _claimed(network, K.answered)
    network.outbox.failed(delivery.delivery_id, "retry", "slow down", retry_after=90.0)
    assert network.pending(K.answered)[0].available_at == network.clock.now() + dt.timedelta(seconds=90)


def test_a_storm_however_long_ends_no_delivery(network: Network) -> None:
    ticket = _answered(network)
    for _ in range(3 * MOST_ATTEMPTS):
        delivery = _claimed(network, K.answered)
        network.outbox.failed(delivery.delivery_id, "retry", "slow down", retry_after=90.0)
        network.clock.reach(network.pending(K.answered)[0].available_at)
    (row,) = network.pending(K.answered)
    assert (row.state, row.attempts) == (DeliveryState.queued, 0)
    assert network.pending(K.dead_letter) == []
    delivery = _claimed(network, K.answered)
    assert not delivery.ambiguous, "nothing was tried"
    network.outbox.sent(delivery.delivery_id)
    assert network.is_met(ticket)
    network.outbox.failed(delivery.delivery_id, "retry", "slow down", retry_after=90.0)
    assert network.pending(K.answered)[0].state is DeliveryState.sent


def test_a_delivery_given_back_untouched_costs_no_attempt(network: Network) -> None:
    _answered(network)
    delivery = _claimed(network, K.answered)
    network.outbox.release(delivery.delivery_id)
    again = _claimed(network, K.answered)
    assert (again.attempts, again.ambiguous) == (1, False)


def test_the_coordinator_sees_a_dead_letter_and_sends_it_again(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    network.clock.reach(paris(3, 17))
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    delivery = _claimed(network, K.answered)
    network.outbox.failed(delivery.delivery_id, "permanent", "blocked")
    (dead,) = network.coordinators.board(account("nadia")).dead_letters
    assert (dead.kind, dead.person, dead.channel, dead.ticket_id) == ("answered", "Claire", "console", ticket)
    network.clock.reach(paris(3, 18))
    network.coordinators.retry_delivery(network.key(), account("nadia"), dead.delivery_id)
    assert network.state(ticket) is State.answered
    assert K.answered in kinds(network.deliver(), "claire")
    assert network.is_met(ticket)
    assert network.promise(ticket).stopped_at == paris(3, 17)
    assert network.coordinators.board(account("nadia")).dead_letters == ()


def test_an_answer_sent_again_while_the_member_is_asked_and_lost_again_leaves_the_promise_as_it_is_audited(
    network: Network,
) -> None:
    ticket = _answered(network)
    network.outbox.failed(_claimed(network, K.answered).delivery_id, "permanent", "blocked")
    network.sweep.run()
    network.deliver()
    network.clock.advance(minutes=10)
    network.experts.ask_member(network.key(), account("marc"), ticket, "Quel montant ?")
    network.deliver()
    network.clock.advance(minutes=10)
    (dead,) = network.coordinators.board(account("nadia")).dead_letters
    network.coordinators.retry_delivery(network.key(), account("nadia"), dead.delivery_id)
    network.outbox.failed(_claimed(network, K.answered).delivery_id, "permanent", "blocked")
    assert (network.state(ticket), network.promise(ticket).state) == (State.assigned, ClockState.running)
    network.sweep.run()
    network.deliver()
    assert Auditor(network.office).look() == []


def test_an_answer_that_no_channel_serves_any_more_is_given_up(network: Network) -> None:
    ticket = _answered(network)
    while network.state(ticket) is State.answered:
        network.clock.advance(days=1)
        network.sweep.run()
        assert network.clock.now() < paris(20, 9)
    assert (network.state(ticket), network.promise(ticket).state) == (State.assigned, ClockState.running)
    network.sweep.run()
    assert network.breach(ticket) is not None


def test_the_library_answer_that_cannot_be_delivered_goes_to_the_experts(network: Network) -> None:
    ticket = network.asks("claire", ANSWERED)
    delivery = _claimed(network, K.answer_found)
    network.outbox.failed(delivery.delivery_id, "permanent", "blocked")
    assert network.state(ticket) is State.assigned
    assert network.promise(ticket).state is ClockState.running


def test_a_late_word_on_the_library_answer_does_not_settle_the_experts(network: Network) -> None:
    ticket = network.asks("claire", ANSWERED)
    library = _claimed(network, K.answer_found)
    network.desk.ask_human(network.key(), account("claire"), ticket)
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    network.outbox.sent(library.delivery_id)
    assert network.promise(ticket).state is ClockState.delivering
    network.deliver()
    assert network.is_met(ticket)


def test_one_of_two_answers_on_its_way_is_enough(network: Network) -> None:
    ticket = _answered(network)
    first = _claimed(network, K.answered)
    network.experts.answer(network.key(), account("marc"), ticket, "J'ajoute ceci.")
    network.outbox.failed(first.delivery_id, "permanent", "too long")
    assert network.state(ticket) is State.answered
    network.deliver()
    assert network.is_met(ticket)


def test_a_member_who_confirms_has_read_the_answer(network: Network) -> None:
    ticket = _answered(network)
    delivery = _claimed(network, K.answered)
    network.desk.solved(network.key(), account("claire"), ticket)
    assert network.is_met(ticket)
    network.outbox.failed(delivery.delivery_id, "permanent", "acknowledgement lost")
    assert network.ticket(ticket).resolution is Resolution.expert_confirmed


def test_an_answer_given_by_telephone_is_recorded_and_says_so(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    network.clock.reach(paris(4, 10))
    network.experts.answer_by_hand(network.key(), account("nadia"), ticket, "Dit au téléphone.", paris(3, 11))
    assert network.is_met(ticket)
    assert network.promise(ticket).stopped_at == paris(3, 11)
    assert only(network.deliver(), K.answered).data["by_hand"] is True
    network.desk.solved(network.key(), account("claire"), ticket)
    assert network.ticket(ticket).resolution is Resolution.by_hand
    figures = network.coordinators.figures(account("nadia"), dt.date(2026, 6, 1), dt.date(2026, 6, 30))
    assert figures.by_resolution == {"by_hand": 1}


def test_a_channel_only_claims_its_own(network: Network) -> None:
    _answered(network)
    assert network.outbox.claim(frozenset({"letter"})) == ()
    assert network.outbox.claim(CHANNELS)


@pytest.mark.parametrize("failure", ["retry", "unknown", "permanent"])
def test_a_word_on_a_settled_delivery_changes_nothing(network: Network, failure: str) -> None:
    _answered(network)
    delivery = _claimed(network, K.answered)
    network.outbox.sent(delivery.delivery_id)
    before = network.everything()
    network.outbox.failed(delivery.delivery_id, failure, "late")
    network.outbox.release(delivery.delivery_id)
    network.outbox.sent(delivery.delivery_id)
    assert network.everything() == before
