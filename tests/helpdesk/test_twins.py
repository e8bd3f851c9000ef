"""Two members ask the same: the second is offered to join the first, or the answer that the first got."""

from __future__ import annotations

import pytest

from helpdesk.errors import ConflictError, NotFoundError, TransitionError
from helpdesk.model import Address, ClockState, Resolution, State
from helpdesk.notices import NoticeKind as K
from tests.helpdesk.network import Network, account, kinds, only, paris

ASKED = "Peut-on acheter des jouets d'occasion pour la crèche ?"
AGAIN = "peut-on acheter des jouets d'occasion pour la crèche"
SQUARE = Address("letter", "square")  # a place where several members read each other
MONTH = (paris(1, 0).date(), paris(30, 0).date())


def _lead(network: Network, address: Address | None = None) -> int:
    """Claire's question, with Marc."""
    where = address or Address("console", "claire")
    lead = network.desk.ask(network.key(), account("claire", where.channel), where, ASKED)
    assert lead is not None
    network.coordinators.reassign(network.key(), account("nadia"), lead, network.ids["marc"])
    network.deliver()
    return lead


def _joined(network: Network, lead: int) -> int:
    """Paul's question, an hour later, joined to Claire's."""
    network.clock.advance(hours=1)
    ticket = network.asks("paul", AGAIN)
    assert network.desk.join(network.key(), account("paul"), ticket) == ticket
    assert network.desk.ticket(account("marc"), ticket).lead_id == lead
    return ticket


def test_a_private_question_is_offered_by_its_theme_alone(network: Network) -> None:
    lead = _lead(network)
    ticket = network.asks("paul", AGAIN)
    offer = only(network.deliver(), K.me_too, "paul")
    assert (offer.ticket, offer.data["twin"], offer.data["question"]) == (ticket, lead, None)
    assert offer.data["theme_label"]["fr"] == "Juridique"
    assert offer.data["due_at"] == paris(3, 17, 30).isoformat()
    assert network.state(ticket) is State.assigned


def test_a_question_asked_in_public_is_shown(network: Network) -> None:
    _lead(network, SQUARE)
    network.asks("paul", AGAIN)
    assert only(network.deliver(), K.me_too, "paul").data["question"] == ASKED


def test_nothing_is_offered_to_who_asks_twice_nor_for_another_question(network: Network) -> None:
    _lead(network)
    network.asks("claire", AGAIN)
    network.asks("paul", "Peut-on acheter des ordinateurs d'occasion pour la mairie ?")
    assert K.me_too not in kinds(network.deliver())


def test_one_answer_reaches_each_where_they_asked(network: Network) -> None:
    lead = _lead(network)
    ticket = _joined(network, lead)
    told = network.deliver()
    assert only(told, K.following, "paul").data == {
        "expected_at": paris(3, 17, 30).isoformat(),
        "due_at": paris(4, 10).isoformat(),
    }
    followed = only(told, K.followed, "marc")
    assert (followed.ticket, followed.data["follower"], followed.data["text"]) == (lead, ticket, AGAIN)
    network.experts.answer(network.key(), account("marc"), lead, "Oui, si la norme est tenue.")
    told = network.deliver()
    assert [(notice.name, notice.ticket) for notice in told if notice.kind is K.answered] == [
        ("claire", lead),
        ("paul", ticket),
    ]
    assert only(told, K.answered, "paul").data["question"] == AGAIN
    assert network.is_met(lead)
    assert network.is_met(ticket)
    network.desk.solved(network.key(), account("paul"), ticket)
    assert network.ticket(ticket).resolution is Resolution.expert_confirmed
    assert network.state(lead) is State.answered


def test_words_say_it_as_well_as_the_button(network: Network) -> None:
    _lead(network)
    ticket = network.asks("paul", AGAIN)
    assert network.says("paul", "moi aussi !") == ticket
    assert network.state(ticket) is State.joined
    assert network.says("paul", "c'est pour la crèche du bas, et on a peu de moyens") == ticket
    assert only(network.deliver(), K.member_replied, "marc").ticket == ticket


def test_joining_twice_is_joining_once(network: Network) -> None:
    lead = _lead(network)
    ticket = _joined(network, lead)
    network.desk.join(network.key(), account("paul"), ticket)
    network.experts.answer(network.key(), account("marc"), lead, "Oui.")
    assert kinds(network.deliver(), "paul").count(K.answered) == 1


def test_only_what_was_offered_can_be_joined_and_only_by_its_author(network: Network) -> None:
    lead = _lead(network)
    with pytest.raises(TransitionError):
        network.desk.join(network.key(), account("claire"), lead)
    ticket = network.asks("paul", AGAIN)
    with pytest.raises(NotFoundError):
        network.desk.join(network.key(), account("claire"), ticket)


def test_a_question_answered_meanwhile_is_not_joined_and_the_other_keeps_its_expert(network: Network) -> None:
    lead = _lead(network)
    ticket = network.asks("paul", AGAIN)
    network.experts.answer(network.key(), account("marc"), lead, "Oui.")
    with pytest.raises(ConflictError, match="answered_meanwhile"):
        network.desk.join(network.key(), account("paul"), ticket)
    assert network.state(ticket) is State.assigned


@pytest.mark.parametrize("answered", [False, True])
def test_the_button_that_joins_is_there_as_long_as_the_other_question_waits(
    network: Network, *, answered: bool
) -> None:
    lead = _lead(network)
    network.asks("paul", AGAIN)
    network.deliver()
    if answered:
        network.experts.answer(network.key(), account("marc"), lead, "Oui.")
    shown = network.desk.conversation(account("paul"), Address("console", "paul"))
    assert [line.current for line in shown if line.kind == K.me_too] == [not answered]


def test_leaving_brings_the_question_back_to_the_experts_on_its_first_date(network: Network) -> None:
    lead = _lead(network)
    ticket = _joined(network, lead)
    network.deliver()
    network.desk.ask_human(network.key(), account("paul"), ticket)
    assert network.state(ticket) is State.assigned
    assert network.promise(ticket).due_at == paris(4, 10)
    assert only(network.deliver(), K.acknowledged, "paul").data["reason"] == "alone"
    network.experts.answer(network.key(), account("marc"), lead, "Oui.")
    assert K.answered not in kinds(network.deliver(), "paul")


def test_a_question_taken_back_leaves_the_others_with_an_expert(network: Network) -> None:
    lead = _lead(network)
    first = _joined(network, lead)
    second = network.asks("omar", AGAIN)
    network.desk.join(network.key(), account("omar"), second)
    network.deliver()
    network.desk.withdraw(network.key(), account("claire"), lead)
    assert (network.state(first), network.state(second)) == (State.assigned, State.joined)
    assert only(network.deliver(), K.acknowledged, "paul").data["reason"] == "alone"
    network.experts.answer(network.key(), account("marc"), first, "Oui.")
    assert kinds(network.deliver()).count(K.answered) == 2
    assert network.is_met(second)


def test_the_assignee_of_the_one_has_the_others(network: Network) -> None:
    lead = _lead(network)
    ticket = _joined(network, lead)
    network.coordinators.reassign(network.key(), account("nadia"), lead, network.ids["ines"])
    assert network.ticket(ticket).assignee_id == network.ids["ines"]
    assert [line.id for line in network.experts.queue(account("ines"))] == [lead]
    assert [line.id for line in network.coordinators.board(account("nadia")).open] == [lead]


def test_what_was_added_to_a_question_that_joined_another_goes_on_to_whoever_has_that_one_next(
    network: Network,
) -> None:
    lead = _lead(network)
    ticket = _joined(network, lead)
    network.says("paul", "je précise : le montant est de 90 000 euros", ticket=ticket)
    network.deliver()
    network.coordinators.reassign(network.key(), account("nadia"), lead, network.ids["ines"])
    (follower,) = only(network.deliver(), K.assigned, "ines").data["followers"]
    assert (follower["ticket"], follower["question"]) == (ticket, AGAIN)
    assert [said["text"] for said in follower["messages"]] == ["je précise : le montant est de 90 000 euros"]


def test_reminders_come_once_and_a_broken_promise_is_told_to_each(network: Network) -> None:
    lead = _lead(network)
    ticket = _joined(network, lead)
    told = network.sweep_until(paris(5, 9))
    assert {notice.ticket for notice in told if notice.kind is K.reminder} == {lead}
    assert sorted((notice.name, notice.ticket) for notice in told if notice.kind is K.late) == [
        ("claire", lead),
        ("paul", ticket),
    ]


def test_a_follower_is_not_held_up_by_the_silence_of_who_asked_first(network: Network) -> None:
    lead = _lead(network)
    ticket = _joined(network, lead)
    network.experts.ask_member(network.key(), account("marc"), lead, "Quel âge ont les enfants ?")
    assert network.promise(lead).state is ClockState.paused
    assert network.promise(ticket).state is ClockState.running
    told = network.sweep_until(paris(4, 9, 30))
    assert {notice.ticket for notice in told if notice.kind is K.reminder} == {ticket}
    assert {notice.name for notice in told if notice.kind is K.reminder} >= {"marc"}


def test_the_figures_count_one_answer_once(network: Network) -> None:
    lead = _lead(network)
    _joined(network, lead)
    network.experts.answer(network.key(), account("marc"), lead, "Oui.")
    network.deliver()
    figures = network.coordinators.figures(account("nadia"), *MONTH)
    assert (figures.met, figures.joined, figures.rate) == (1, 1, 1.0)


def test_an_answer_given_in_public_is_offered_with_its_date(network: Network) -> None:
    lead = _lead(network, SQUARE)
    network.experts.answer(network.key(), account("marc"), lead, "Oui, si la norme est tenue.")
    network.deliver()
    network.clock.reach(paris(2, 10))
    ticket = network.asks("paul", AGAIN)
    offer = only(network.deliver(), K.earlier_answer, "paul").data
    assert (offer["question"], offer["text"], offer["entry"]) == (ASKED, "Oui, si la norme est tenue.", None)
    assert offer["answered_at"] == paris(1, 9).isoformat()
    assert network.says("paul", "oui parfait") == ticket
    assert network.ticket(ticket).resolution is Resolution.earlier_answer
    assert network.is_met(ticket)
    figures = network.coordinators.figures(account("nadia"), *MONTH)
    assert figures.by_resolution["earlier_answer"] == 1


def test_an_answer_given_in_private_is_never_shown(network: Network) -> None:
    lead = _lead(network)
    network.experts.answer(network.key(), account("marc"), lead, "Oui, pour Bois-Joli.")
    network.deliver()
    network.asks("paul", AGAIN)
    assert kinds(network.deliver(), "paul") == [K.acknowledged]


def test_an_answer_that_became_an_entry_is_offered_by_its_entry(network: Network) -> None:
    lead = _lead(network)
    network.experts.answer(network.key(), account("marc"), lead, "Oui, pour Bois-Joli.")
    network.experts.propose_entry(network.key(), account("marc"), lead, "Acheter d'occasion", "Oui.", ("CCP",))
    (candidate,) = network.coordinators.candidates(account("nadia"))
    entry = network.coordinators.decide_candidate(network.key(), account("nadia"), candidate.id, publish=True)
    network.deliver()
    network.asks("paul", AGAIN)
    offer = only(network.deliver(), K.earlier_answer, "paul").data
    assert (offer["question"], offer["text"]) == (None, None)
    assert offer["entry"] == {"id": entry, "title": "Acheter d'occasion"}


def test_forgetting_somebody_forgets_what_others_were_shown_of_them(network: Network) -> None:
    lead = _lead(network, SQUARE)
    network.asks("paul", AGAIN)
    network.deliver()
    network.privacy.erase(network.key(), account("claire"), keep_open=False)
    assert network.state(lead) is State.closed
    everything = str(network.everything())
    assert ASKED not in everything
    assert AGAIN in everything
