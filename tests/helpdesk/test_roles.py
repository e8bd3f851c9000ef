"""Who may do what: every use case by every kind of person, and what each may read."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from helpdesk.errors import ConflictError, NotAllowedError, NotFoundError
from helpdesk.model import Address, Role
from helpdesk.people import create_person
from tests.helpdesk.network import Network, account, paris
from tests.helpdesk.plain import CLOSE, DISPUTE

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpdesk.model import AccountRef

pytestmark = pytest.mark.long

DAY = dt.date(2026, 6, 1)
WHO = ("author", "member", "expert", "other_expert", "coordinator", "admin")
AUTHOR = {"author"}
STAFF = {"expert", "coordinator", "admin"}
ANY_STAFF = STAFF | {"other_expert"}
COORDINATORS = {"coordinator", "admin"}
EVERYBODY = set(WHO)

ACTS: dict[str, tuple[set[str], Callable[[Network, AccountRef, int], object]]] = {
    "withdraw": (AUTHOR, lambda n, who, t: n.desk.withdraw(n.key(), who, t)),
    "ask_human": (AUTHOR, lambda n, who, t: n.desk.ask_human(n.key(), who, t)),
    "read": (AUTHOR | STAFF, lambda n, who, t: n.desk.ticket(who, t)),
    "my_questions": (EVERYBODY, lambda n, who, _: n.desk.my_questions(who)),
    "status": (EVERYBODY, lambda n, who, _: n.desk.status(n.key(), who, Address("console", who.external_id))),
    "take": ({"expert"}, lambda n, who, t: n.experts.take(n.key(), who, t)),
    "accept": (AUTHOR | STAFF, lambda n, who, t: n.peers.accept(n.key(), who, t, n.reply("omar", t))),
    "note": (STAFF, lambda n, who, t: n.experts.note(n.key(), who, t, "Note.")),
    "ask_member": (STAFF, lambda n, who, t: n.experts.ask_member(n.key(), who, t, "Combien ?")),
    "answer": (STAFF, lambda n, who, t: n.experts.answer(n.key(), who, t, "Voici.")),
    "by_hand": (STAFF, lambda n, who, t: n.experts.answer_by_hand(n.key(), who, t, "Dit.", paris(1, 9))),
    "pass_on": ({"expert"}, lambda n, who, t: n.experts.pass_on(n.key(), who, t)),
    "pass_to": (STAFF, lambda n, who, t: n.experts.pass_on(n.key(), who, t, n.ids["ines"])),
    "set_theme": (STAFF, lambda n, who, t: n.experts.set_theme(n.key(), who, t, "reseau")),
    "queue": (ANY_STAFF, lambda n, who, _: n.experts.queue(who)),
    "colleagues": (ANY_STAFF, lambda n, who, t: n.experts.colleagues(who, t)),
    "holder": (ANY_STAFF, lambda n, who, t: n.experts.holder(who, t)),
    "has": (ANY_STAFF, lambda n, who, t: n.experts.has(who, t)),
    "absences": (ANY_STAFF, lambda n, who, _: n.experts.absences(who)),
    "be_away": (ANY_STAFF, lambda n, who, _: n.experts.declare_absence(n.key(), who, DAY, DAY)),
    "other_away": (
        COORDINATORS,
        lambda n, who, _: n.experts.declare_absence(n.key(), who, DAY, DAY, person=n.ids["paul"]),
    ),
    "board": (COORDINATORS, lambda n, who, _: n.coordinators.board(who)),
    "figures": (COORDINATORS, lambda n, who, _: n.coordinators.figures(who, DAY, DAY)),
    "people": (COORDINATORS, lambda n, who, _: n.coordinators.people(who)),
    "candidates": (COORDINATORS, lambda n, who, _: n.coordinators.candidates(who)),
    "reassign": (COORDINATORS, lambda n, who, t: n.coordinators.reassign(n.key(), who, t, n.ids["ines"])),
    "close_days": (COORDINATORS, lambda n, who, _: n.coordinators.close_days(n.key(), who, DAY, DAY, "Pont")),
    "excuse": (set(), lambda n, who, t: n.coordinators.excuse(n.key(), who, t, 1, "Raison")),
    "retry": (set(), lambda n, who, _: n.coordinators.retry_delivery(n.key(), who, 999)),
    "decide": (set(), lambda n, who, _: n.coordinators.decide_candidate(n.key(), who, 999, publish=True)),
    "export": (EVERYBODY, lambda n, who, _: n.privacy.export(who)),
}


@pytest.mark.parametrize("name", ACTS)
def test_a_use_case_is_open_to_those_it_is_for(network: Network, name: str) -> None:
    allowed, act = ACTS[name]
    admitted = set()
    ticket = None
    for who, person in _everybody(network).items():
        ticket = ticket or network.assigned()
        if _admits(network, act, account(person), ticket):
            admitted.add(who)
            ticket = None  # what is refused changes nothing: the next person finds the question as it was
    assert admitted == allowed


def _admits(network: Network, act: Callable[[Network, AccountRef, int], object], who: AccountRef, ticket: int) -> bool:
    for absence in network.experts.absences(account("nadia")):
        network.experts.cancel_absence(network.key(), account("nadia"), absence[0])
    for view in network.coordinators.closures(account("nadia")):
        network.coordinators.reopen_days(network.key(), account("nadia"), view.span, view.closure.reason)
    try:
        act(network, who, ticket)
    except (NotAllowedError, NotFoundError, ConflictError):
        return False
    return True


def test_who_holds_no_account_may_do_nothing(network: Network) -> None:
    ticket = network.assigned()
    for _, act in ACTS.values():
        with pytest.raises(NotAllowedError, match="unknown_account"):
            act(network, account("inconnu"), ticket)


def test_an_expert_sees_only_their_themes_and_those_they_cover(network: Network) -> None:
    names = _everybody(network)
    law, near = network.asks("claire", DISPUTE), network.asks("claire", CLOSE)
    network.desk.ask_human(network.key(), account("claire"), near)
    other = network.experts.queue(account(names["other_expert"]))
    assert [line.id for line in other] == []
    assert {line.id for line in network.experts.queue(account("ines"))} == {law, near}
    assert {line.id for line in network.experts.queue(account("marc"))} == {law}
    assert {line.id for line in network.experts.queue(account("nadia"))} == {law, near}


def test_only_an_expert_who_had_a_question_is_told_that_it_went_to_others(network: Network) -> None:
    ticket = network.assigned()
    network.experts.set_theme(network.key(), account("marc"), ticket, "environnement")
    assert network.ticket(ticket).assignee_id == network.ids["ines"]
    with pytest.raises(NotFoundError, match="with_other_experts"):
        network.desk.ticket(account("marc"), ticket)
    with pytest.raises(NotFoundError, match="with_other_experts"):
        network.experts.note(network.key(), account("marc"), ticket, "Note.")
    for name, number in (("paul", ticket), ("marc", 77)):
        with pytest.raises(NotFoundError, match="no_such_question"):
            network.desk.ticket(account(name), number)


def test_names_of_members_are_for_coordinators(network: Network) -> None:
    ticket = network.assigned()
    network.experts.note(network.key(), account("marc"), ticket, "Note.")
    seen = {name: network.desk.ticket(account(name), ticket) for name in ("claire", "marc", "nadia")}
    assert {name: view.author for name, view in seen.items()} == {"claire": None, "marc": None, "nadia": "Claire"}
    assert "Claire" not in repr(seen["marc"])
    assert [message.author for message in seen["nadia"].messages] == ["Claire", "Marc"]
    assert [message.author for message in seen["claire"].messages] == ["Claire"]


def test_an_expert_reads_their_own_question_as_a_member_does(network: Network) -> None:
    ticket = network.asks("marc", DISPUTE)
    network.experts.note(network.key(), account("ines"), ticket, "Entre nous.")
    view = network.desk.ticket(account("marc"), ticket)
    assert [message.body for message in view.messages] == [DISPUTE]
    assert (view.events, view.evidence) == ((), ())
    assert view.actions == {"reply", "withdraw"}


def test_the_actions_shown_are_those_the_core_accepts(network: Network) -> None:
    ticket = network.assigned()
    network.experts.ask_member(network.key(), account("marc"), ticket, "Combien ?")
    assert "withdraw" in network.desk.ticket(account("claire"), ticket).actions
    assert "take" in network.desk.ticket(account("ines"), ticket).actions
    assert "excuse" not in network.desk.ticket(account("nadia"), ticket).actions


def test_only_a_question_that_somebody_answered_is_to_be_rated(network: Network) -> None:
    def rates(ticket: int) -> bool:
        return "rate" in network.desk.ticket(account("claire"), ticket).actions

    taken_back = network.assigned()
    network.desk.withdraw(network.key(), account("claire"), taken_back)
    assert not rates(taken_back)
    answered = network.assigned()
    assert not rates(answered)
    network.experts.answer(network.key(), account("marc"), answered, "Voici.")
    assert rates(answered)
    network.desk.solved(network.key(), account("claire"), answered)
    assert rates(answered)
    network.desk.rate(network.key(), account("claire"), answered, 4)
    assert not rates(answered)
    # The core takes back an answered question as well: its answer is no longer wanted.
    unwanted = network.assigned()
    network.experts.answer(network.key(), account("marc"), unwanted, "Voici.")
    network.desk.withdraw(network.key(), account("claire"), unwanted)
    assert not rates(unwanted)


def _everybody(network: Network) -> dict[str, str]:
    with network.office.unit() as unit:
        for name, role, themes in (("rita", Role.expert, ("reseau",)), ("adam", Role.admin, ())):
            person = create_person(unit, name.title(), frozenset({role}), themes=themes, accounts=(account(name),))
            network.ids[name] = person.id
    return dict(zip(WHO, ("claire", "paul", "marc", "rita", "nadia", "adam"), strict=True))
