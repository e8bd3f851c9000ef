"""What becomes of somebody's questions while they are away, and of those that found nobody once somebody is back."""

from __future__ import annotations

import datetime as dt

from helpdesk.model import Role, State
from helpdesk.notices import NoticeKind as K
from helpdesk.people import create_person
from helpdesk.views import HandedOn
from tests.helpdesk.network import Network, Told, account, kinds, only, paris
from tests.helpdesk.plain import DISPUTE

MONDAY = dt.date(2026, 6, 1)


def _away(network: Network, *names: str, until: dt.date = MONDAY) -> None:
    for name in names:
        person = network.ids[name]
        network.experts.declare_absence(network.key(), account("nadia"), MONDAY, until, person=person)


def _back(network: Network, name: str) -> None:
    (absence,) = (row[0] for row in network.experts.absences(account("nadia")) if row[1] == name.title())
    network.experts.cancel_absence(network.key(), account("nadia"), absence)


def _sweeps(network: Network) -> list[Told]:
    """Sweep three times; return what arrived, the morning's summary aside."""
    for _ in range(3):
        network.clock.advance(seconds=20)
        network.sweep.run()
    return [notice for notice in network.deliver() if notice.kind is not K.summary]


def test_who_declares_an_absence_hears_what_becomes_of_their_questions(network: Network) -> None:
    first = network.assigned()
    network.assigned(text="Une deuxième affaire ?")
    network.deliver()
    network.clock.advance(minutes=1)
    handed_on = network.experts.declare_absence(network.key(), account("marc"), MONDAY, MONDAY)
    assert handed_on == HandedOn(given=2)
    told = [notice for notice in network.deliver() if notice.kind is K.reassigned]
    assert [(notice.name, notice.data["to"]) for notice in told] == [("marc", "Ines")] * 2
    network.clock.advance(minutes=1)
    assert network.experts.declare_absence(network.key(), account("ines"), MONDAY, MONDAY) == HandedOn(left=2)
    told = network.deliver()
    assert [notice.data["to"] for notice in told if notice.kind is K.reassigned and notice.name == "ines"] == [None] * 2
    assert network.state(first) is State.queued


def test_an_absence_to_come_leaves_the_questions_where_they_are(network: Network) -> None:
    ticket = network.assigned()
    tomorrow = MONDAY + dt.timedelta(1)
    assert network.experts.declare_absence(network.key(), account("marc"), tomorrow, tomorrow) == HandedOn()
    assert network.ticket(ticket).assignee_id == network.ids["marc"]


def test_an_absence_cancelled_at_once_brings_back_what_found_nobody(network: Network) -> None:
    _away(network, "ines")
    ticket = network.assigned()
    network.deliver()
    _away(network, "marc")
    assert network.ticket(ticket).assignee_id is None
    network.deliver()
    network.clock.advance(minutes=1)
    _back(network, "marc")
    told = _sweeps(network)
    assert (network.state(ticket), network.ticket(ticket).assignee_id) == (State.assigned, network.ids["marc"])
    assert kinds(told) == [K.assigned]
    assert network.promise(ticket).due_at == paris(3, 17, 30)


def test_the_end_of_an_absence_brings_back_what_found_nobody(network: Network) -> None:
    _away(network, "marc", "ines")
    ticket = network.asks("claire", DISPUTE)
    network.sweep_until(paris(1, 18))
    assert network.state(ticket) is State.queued
    told = network.sweep_until(paris(2, 9))
    assert only(told, K.assigned).at == paris(2, 9)
    assert network.state(ticket) is State.assigned


def test_what_nobody_can_take_is_told_once_however_often_it_is_tried(network: Network) -> None:
    _away(network, "marc", "ines")
    network.asks("claire", DISPUTE)
    assert {notice.name for notice in network.deliver() if notice.kind is K.unassigned} == {"nadia", "omar"}
    assert _sweeps(network) == []


def test_several_questions_that_waited_are_shared_among_those_who_are_back(network: Network) -> None:
    _away(network, "marc", "ines")
    tickets = [network.asks("claire", f"{DISPUTE} ({n})") for n in range(4)]
    _back(network, "marc")
    _back(network, "ines")
    _sweeps(network)
    holders = [network.ticket(ticket).assignee_id for ticket in tickets]
    assert holders == [network.ids[name] for name in ("marc", "ines", "marc", "ines")]


def test_a_new_expert_is_given_what_waits_for_one(network: Network) -> None:
    _away(network, "marc", "ines", until=MONDAY + dt.timedelta(3))
    ticket = network.asks("claire", DISPUTE)
    with network.office.unit() as unit:
        lea = create_person(unit, "Léa", frozenset({Role.expert}), themes=("juridique",)).id
    _sweeps(network)
    assert network.ticket(ticket).assignee_id == lea


def test_whoever_passed_a_question_on_is_not_given_it_again(network: Network) -> None:
    _away(network, "ines")
    ticket = network.assigned()
    network.experts.pass_on(network.key(), account("marc"), ticket)
    network.deliver()
    assert _sweeps(network) == []
    assert network.ticket(ticket).assignee_id is None
    _back(network, "ines")
    _sweeps(network)
    assert network.ticket(ticket).assignee_id == network.ids["ines"]


def test_whoever_passed_a_question_on_and_was_given_it_again_is_given_it_when_they_are_back(network: Network) -> None:
    _away(network, "ines")
    ticket = network.assigned()
    network.experts.pass_on(network.key(), account("marc"), ticket)
    network.coordinators.reassign(network.key(), account("nadia"), ticket, network.ids["marc"])
    _away(network, "marc")
    _sweeps(network)
    assert network.ticket(ticket).assignee_id is None
    _back(network, "marc")
    _sweeps(network)
    assert network.ticket(ticket).assignee_id == network.ids["marc"]


def test_a_question_asked_again_while_everybody_is_away_goes_back_to_who_answered_it(network: Network) -> None:
    ticket = network.assigned()
    network.coordinators.reassign(network.key(), account("nadia"), ticket, network.ids["ines"])
    network.experts.answer(network.key(), account("ines"), ticket, "Oui.")
    network.deliver()
    _away(network, "marc", "ines")
    network.says("claire", "non, ce n'est pas ça, je ne comprends pas", ticket=ticket)
    assert (network.ticket(ticket).cycle, network.ticket(ticket).assignee_id) == (2, None)
    _back(network, "marc")
    _back(network, "ines")
    _sweeps(network)
    assert network.ticket(ticket).assignee_id == network.ids["ines"]


def test_who_asked_is_not_given_their_own_question_when_they_are_back(network: Network) -> None:
    _away(network, "ines")
    ticket = network.asks("marc", DISPUTE)
    _sweeps(network)
    assert network.ticket(ticket).assignee_id is None


def test_a_question_without_a_known_theme_goes_back_to_who_had_it(network: Network) -> None:
    ticket = network.asks("claire", "Tu aimes le foot ?")
    network.desk.ask_human(network.key(), account("claire"), ticket)
    network.coordinators.reassign(network.key(), account("nadia"), ticket, network.ids["ines"])
    _away(network, "ines")
    _sweeps(network)
    assert network.ticket(ticket).assignee_id is None
    _back(network, "ines")
    _sweeps(network)
    assert network.ticket(ticket).assignee_id == network.ids["ines"]


def test_a_coordinator_who_is_away_is_not_told_unless_all_are(network: Network) -> None:
    _away(network, "marc", "ines", "omar")
    network.asks("claire", DISPUTE)
    assert {notice.name for notice in network.deliver() if notice.kind is K.unassigned} == {"nadia"}
    _away(network, "nadia")
    network.asks("paul", DISPUTE)
    assert {notice.name for notice in network.deliver() if notice.kind is K.unassigned} == {"nadia", "omar"}


def test_days_that_overlap_make_one_absence(network: Network) -> None:
    def declare(name: str, first: int, last: int) -> None:
        days = (dt.date(2026, 6, first), dt.date(2026, 6, last))
        network.experts.declare_absence(network.key(), account("nadia"), *days, person=network.ids[name])

    def declared(name: str) -> list[tuple[int, int]]:
        rows = network.experts.absences(account("nadia"))
        return [(first.day, last.day) for _, whose, first, last in rows if whose == name.title()]

    declare("marc", 8, 12)
    declare("marc", 22, 23)
    declare("ines", 10, 11)
    declare("marc", 12, 19)
    assert declared("marc") == [(8, 19), (22, 23)]
    declare("marc", 9, 10)
    assert declared("marc") == [(8, 19), (22, 23)]
    declare("marc", 15, 30)
    assert declared("marc") == [(8, 30)]
    assert declared("ines") == [(10, 11)]
