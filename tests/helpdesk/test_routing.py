"""Who receives a question: theme, load, absence, the themes that cover for another, and nobody."""

from __future__ import annotations

import datetime as dt

import pytest

from helpdesk.errors import ConflictError, InvalidInputError, NotAllowedError
from helpdesk.model import State
from helpdesk.notices import NoticeKind as K
from helpdesk.routing import Candidate, choose
from tests.helpdesk.network import Network, account, kinds, only, paris
from tests.helpdesk.plain import DISPUTE, FOOD_CASE

MONDAY = dt.date(2026, 6, 1)


def test_routing_prefers_then_the_theme_then_the_load_then_the_lowest_id() -> None:
    law, food = frozenset({"law"}), frozenset({"food"})
    experts = [
        Candidate(1, law, away=False, open_tickets=3),
        Candidate(2, law, away=False, open_tickets=1),
        Candidate(3, law, away=False, open_tickets=1),
        Candidate(4, food, away=False, open_tickets=0),
    ]
    assert choose("law", experts, {}) == 2
    assert choose("law", experts, {}, exclude=frozenset({2})) == 3
    assert choose("law", experts, {}, prefer=1) == 1
    assert choose("law", experts, {}, prefer=9) == 2
    assert choose("waste", experts, {"waste": ["food", "law"]}) == 4
    assert choose("waste", experts, {}) is None
    assert choose(None, experts, {}) is None


def test_load_spreads_the_questions(network: Network) -> None:
    given = [network.ticket(network.asks("claire", f"{DISPUTE} ({n})")).assignee_id for n in range(4)]
    assert given == [network.ids[name] for name in ("marc", "ines", "marc", "ines")]


def test_the_themes_that_cover_answer_for_one_that_has_nobody(network: Network) -> None:
    ticket = network.asks("claire", FOOD_CASE)
    assert network.ticket(ticket).assignee_id == network.ids["ines"]


def test_an_absence_that_begins_today_hands_everything_on(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    network.experts.declare_absence(network.key(), account("marc"), MONDAY, MONDAY)
    told = network.deliver()
    assert only(told, K.assigned).name == "ines"
    assert only(told, K.assigned).data["why"] == "absence"
    assert only(told, K.reassigned).name == "marc"
    assert network.promise(ticket).start == paris(1, 9)
    assert network.promise(ticket).due_at == paris(3, 17, 30)


def test_an_absence_that_begins_later_hands_on_that_morning(network: Network) -> None:
    ticket = network.assigned()
    network.experts.declare_absence(network.key(), account("marc"), MONDAY + dt.timedelta(1), MONDAY + dt.timedelta(2))
    network.sweep_until(paris(1, 18))
    assert network.ticket(ticket).assignee_id == network.ids["marc"]
    network.sweep_until(paris(2, 9))
    assert network.ticket(ticket).assignee_id == network.ids["ines"]


def test_nobody_available_is_told_to_the_coordinators_who_alone_can_do_more(network: Network) -> None:
    for name in ("marc", "ines"):
        network.experts.declare_absence(network.key(), account("nadia"), MONDAY, MONDAY, person=network.ids[name])
    ticket = network.asks("claire", DISPUTE)
    told = network.deliver()
    assert {notice.name for notice in told if notice.kind is K.unassigned} == {"nadia", "omar"}
    assert kinds(told, "claire") == [K.acknowledged]
    assert network.state(ticket) is State.queued
    assert network.coordinators.board(account("nadia")).unassigned == 1


def test_an_expert_is_never_given_their_own_question(network: Network) -> None:
    ticket = network.asks("marc", DISPUTE)
    assert network.ticket(ticket).assignee_id == network.ids["ines"]
    with pytest.raises(NotAllowedError, match="own_question"):
        network.coordinators.reassign(network.key(), account("nadia"), ticket, network.ids["marc"])
    with pytest.raises(NotAllowedError, match="own_question"):
        network.experts.pass_on(network.key(), account("ines"), ticket, network.ids["marc"])
    with pytest.raises(NotAllowedError, match="own_question"):
        network.experts.take(network.key(), account("marc"), ticket)
    with pytest.raises(NotAllowedError, match="own_question"):
        network.experts.answer(network.key(), account("marc"), ticket, "Moi-même.")


def test_passing_on_tells_the_colleague_and_nobody_is_chosen_twice(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    network.clock.advance(minutes=1)
    network.experts.pass_on(network.key(), account("marc"), ticket)
    assert only(network.deliver(), K.assigned).name == "ines"
    network.clock.advance(minutes=1)
    network.experts.pass_on(network.key(), account("ines"), ticket, network.ids["marc"])
    assert only(network.deliver(), K.assigned).name == "marc"
    with pytest.raises(InvalidInputError, match="no_such_person"):
        network.experts.pass_on(network.key(), account("marc"), ticket, network.ids["paul"])


def test_who_has_not_the_question_passes_it_to_nobody_and_its_holder_is_told_once(network: Network) -> None:
    ticket = network.assigned()
    network.experts.pass_on(network.key(), account("marc"), ticket)
    network.clock.advance(minutes=1)
    for to in (None, network.ids["ines"]):
        with pytest.raises(ConflictError, match="not_yours_to_pass") as refused:
            network.experts.pass_on(network.key(), account("marc"), ticket, to)
        assert refused.value.data == {"ticket": ticket, "by": "Ines"}
    assert network.ticket(ticket).assignee_id == network.ids["ines"]
    assert [notice.name for notice in network.deliver() if notice.kind is K.assigned].count("ines") == 1


def test_a_question_that_nobody_has_is_taken_before_it_is_passed(network: Network) -> None:
    ticket = network.assigned()
    network.experts.declare_absence(network.key(), account("nadia"), MONDAY, MONDAY, person=network.ids["ines"])
    network.experts.pass_on(network.key(), account("marc"), ticket)
    assert network.state(ticket) is State.queued
    network.deliver()
    with pytest.raises(ConflictError, match="nobody_has_it"):
        network.experts.pass_on(network.key(), account("marc"), ticket)
    assert network.deliver() == []


def test_an_expert_may_take_over_what_a_colleague_has_and_a_coordinator_give_it_to_somebody(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    network.experts.pass_on(network.key(), account("ines"), ticket, network.ids["ines"])
    assert only(network.deliver(), K.reassigned).name == "marc"
    network.clock.advance(minutes=1)
    network.experts.pass_on(network.key(), account("nadia"), ticket, network.ids["marc"])
    assert only(network.deliver(), K.assigned).name == "marc"
    with pytest.raises(ConflictError, match="whom_missing"):
        network.experts.pass_on(network.key(), account("nadia"), ticket)


def test_taking_what_a_colleague_has_is_refused_and_answering_it_is_enough(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    with pytest.raises(ConflictError, match="already_taken"):
        network.experts.take(network.key(), account("ines"), ticket)
    network.experts.answer(network.key(), account("ines"), ticket, "Voici.")
    freed = only(network.deliver(), K.reassigned)
    assert freed.name == "marc"
    assert freed.data == {"question": network.ticket(ticket).question, "to": "Ines", "answered": True}
    assert network.ticket(ticket).assignee_id == network.ids["ines"]


def test_whoever_is_away_comes_last_among_those_a_question_can_be_given_to(network: Network) -> None:
    assert [line.name for line in network.coordinators.people(account("nadia"))] == ["Marc", "Ines"]
    network.experts.declare_absence(network.key(), account("marc"), MONDAY, MONDAY)
    everybody = network.coordinators.people(account("nadia"))
    assert [(line.name, line.away) for line in everybody] == [("Ines", False), ("Marc", True)]
    ticket = network.asks("claire", DISPUTE)
    assert [line.name for line in network.experts.colleagues(account("nadia"), ticket)] == ["Ines", "Marc"]


def test_a_colleague_who_asks_the_member_has_the_question_and_has_not_answered_it(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    network.experts.ask_member(network.key(), account("ines"), ticket, "Quel montant ?")
    freed = only(network.deliver(), K.reassigned, "marc")
    assert (freed.data["to"], freed.data["answered"]) == ("Ines", False)


def test_a_corrected_theme_routes_what_nobody_has(network: Network) -> None:
    ticket = network.asks("claire", "Tu aimes le foot ?")
    network.desk.ask_human(network.key(), account("claire"), ticket)
    assert network.state(ticket) is State.queued
    network.experts.set_theme(network.key(), account("nadia"), ticket, "environnement")
    assert network.ticket(ticket).assignee_id == network.ids["ines"]
    with pytest.raises(InvalidInputError, match="no_such_theme"):
        network.experts.set_theme(network.key(), account("nadia"), ticket, "sports")


def test_a_corrected_theme_brings_the_question_to_an_expert_of_it(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    network.experts.set_theme(network.key(), account("marc"), ticket, "environnement")
    told = network.deliver()
    assert (only(told, K.assigned).name, only(told, K.assigned).data["why"]) == ("ines", "routing")
    assert (only(told, K.reassigned).name, only(told, K.reassigned).data["to"]) == ("marc", "Ines")
    assert network.ticket(ticket).assignee_id == network.ids["ines"]
    assert network.promise(ticket).due_at == paris(3, 17, 30)


def test_a_corrected_theme_leaves_the_question_to_who_answers_for_it(network: Network) -> None:
    ticket = network.asks("claire", FOOD_CASE)
    network.deliver()
    network.experts.set_theme(network.key(), account("nadia"), ticket, "juridique")
    assert network.ticket(ticket).assignee_id == network.ids["ines"]
    assert kinds(network.deliver()) == []
    history = network.desk.ticket(account("nadia"), ticket).events
    assert history[-1].data == {"before": "alimentation", "after": "juridique"}


def test_a_theme_whose_experts_are_away_leaves_the_question_where_it_is(network: Network) -> None:
    ticket = network.assigned()
    network.experts.declare_absence(network.key(), account("ines"), MONDAY, MONDAY)
    network.deliver()
    network.experts.set_theme(network.key(), account("marc"), ticket, "environnement")
    assert (network.state(ticket), network.ticket(ticket).assignee_id) == (State.assigned, network.ids["marc"])
    assert kinds(network.deliver()) == []


def test_a_question_that_waits_for_the_member_still_waits_at_the_expert_of_its_new_theme(network: Network) -> None:
    ticket = network.assigned()
    network.experts.ask_member(network.key(), account("marc"), ticket, "Quel montant ?")
    network.experts.set_theme(network.key(), account("nadia"), ticket, "environnement")
    assert (network.state(ticket), network.ticket(ticket).assignee_id) == (State.waiting, network.ids["ines"])
    network.deliver()
    network.clock.advance(hours=1)
    network.says("claire", "45 000 euros")
    assert only(network.deliver(), K.member_replied).name == "ines"


def test_absences_have_their_order_and_their_owner(network: Network) -> None:
    declare = network.experts.declare_absence
    with pytest.raises(InvalidInputError, match="dates_reversed"):
        declare(network.key(), account("marc"), MONDAY, MONDAY - dt.timedelta(1))
    with pytest.raises(InvalidInputError, match="dates_past"):
        declare(network.key(), account("marc"), MONDAY - dt.timedelta(2), MONDAY - dt.timedelta(1))
    with pytest.raises(InvalidInputError, match="absence_too_long"):
        declare(network.key(), account("marc"), MONDAY, MONDAY + dt.timedelta(400))
    with pytest.raises(NotAllowedError):
        declare(network.key(), account("marc"), MONDAY, MONDAY, person=network.ids["ines"])
    declare(network.key(), account("marc"), MONDAY, MONDAY)
    (absence,) = network.experts.absences(account("nadia"))
    assert network.experts.absences(account("ines")) == ()
    with pytest.raises(NotAllowedError):
        network.experts.cancel_absence(network.key(), account("ines"), absence[0])
    network.experts.cancel_absence(network.key(), account("marc"), absence[0])
    assert network.experts.absences(account("nadia")) == ()
