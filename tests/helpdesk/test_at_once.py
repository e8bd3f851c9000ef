"""Several processes at once, on one database: one wins, the others are told, and nothing is doubled."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from helpdesk import choices, forgetting
from helpdesk.errors import ConflictError, GuichetError
from helpdesk.model import Resolution, State
from helpdesk.notices import NoticeKind as K
from helpdesk.tables import BreachRow, EventRow, InboundRow, MessageRow, NoticeRow, TicketRow
from tests.helpdesk.network import CHANNELS, Network, account, kinds, paris
from tests.helpdesk.plain import DISPUTE
from tests.helpdesk.waiting import until_it_ends_or_waits

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpdesk.tables import Base

on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite has one writer


def _together(*acts: Callable[[], object]) -> list[object]:
    """Start every act at the same moment; return what each gave, or the refusal it met."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        start.wait()
        try:
            return act()
        except GuichetError as refusal:
            return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def _count(network: Network, table: type[Base], *where: object) -> int:
    with network.office.reading() as unit:
        return unit.session.scalar(select(func.count()).select_from(table).where(*where)) or 0  # type: ignore[arg-type]


def test_two_experts_take_and_one_has_it(network: Network) -> None:
    ticket = network.asks("claire", "Tu aimes le foot ?")
    network.desk.ask_human(network.key(), account("claire"), ticket)
    assert network.state(ticket) is State.queued
    other = network.another()
    outcome = _together(
        lambda: network.experts.take("take:marc", account("marc"), ticket),
        lambda: other.experts.take("take:ines", account("ines"), ticket),
    )
    assert sorted(type(result).__name__ for result in outcome) == ["ConflictError", "int"]
    refusal = next(result for result in outcome if isinstance(result, ConflictError))
    holder = network.ticket(ticket).assignee_id
    assert refusal.data["by"] == ("Marc" if holder == network.ids["marc"] else "Ines")


def test_the_same_update_in_four_processes_is_one_question(network: Network) -> None:
    processes = [network, *(network.another() for _ in range(3))]
    where = network.ticket(network.asks("claire", DISPUTE)).address

    def ask(process: Network) -> object:
        return process.desk.ask("same", account("paul"), where, DISPUTE)

    outcome = _together(*[lambda process=process: ask(process) for process in processes])
    assert len(set(outcome)) == 1
    assert _count(network, TicketRow) == 2
    assert _count(network, InboundRow, InboundRow.key == "same") == 1


def test_many_questions_at_once_are_all_kept(network: Network) -> None:
    processes = [network.another() for _ in range(4)]

    def ask_three(process: Network, rank: int) -> list[int]:
        return [process.asks("claire", f"{DISPUTE} {rank}.{n}", at=None) for n in range(3)]

    for rank, process in enumerate(processes):
        process._keys = 1000 * (rank + 1)
    outcome = _together(
        *[lambda process=process, rank=rank: ask_three(process, rank) for rank, process in enumerate(processes)]
    )
    tickets = [ticket for result in outcome if isinstance(result, list) for ticket in result]
    assert len(set(tickets)) == 12
    assert _count(network, MessageRow) == 12


def test_two_sweeps_break_a_promise_once(network: Network) -> None:
    for n in range(4):
        network.assigned(text=f"Litige numéro {n} ?")
    network.deliver()
    network.clock.reach(paris(4, 9, 5))
    _together(network.sweep.run, network.another().sweep.run, network.another().sweep.run)
    assert _count(network, BreachRow) == 4
    assert _count(network, EventRow, EventRow.kind == "breach") == 4
    assert _count(network, NoticeRow, NoticeRow.kind == "late") == 4
    assert _count(network, NoticeRow, NoticeRow.kind == "summary") == 2


def test_two_senders_never_hold_the_same_delivery(network: Network) -> None:
    for n in range(6):
        network.assigned(text=f"Litige numéro {n} ?")
    senders = [network, network.another(), network.another()]
    hands = _together(*[lambda sender=sender: sender.outbox.claim(CHANNELS, 6) for sender in senders])
    held = [delivery.delivery_id for hand in hands if isinstance(hand, tuple) for delivery in hand]
    assert len(held) == len(set(held))
    assert len(held) >= 10


def test_an_answer_and_a_follow_up_at_once_are_both_kept(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    other = network.another()
    _together(
        lambda: network.experts.answer("answer", account("marc"), ticket, "Voici."),
        lambda: other.says("claire", "et c'est urgent", ticket=ticket),
    )
    after = network.ticket(ticket)
    assert (after.state, after.cycle) in {(State.answered, 1), (State.assigned, 2)}
    assert _count(network, MessageRow, MessageRow.ticket_id == ticket) == 3
    told = kinds(network.deliver(), "claire")
    assert K.answered in told
    assert (K.joined in told) != (K.acknowledged in told)


def test_an_answer_and_the_sweep_at_once_agree_on_the_outcome(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    network.clock.reach(paris(4, 9, 0, 1))
    _together(
        lambda: network.experts.answer("answer", account("marc"), ticket, "Voici."),
        network.another().sweep.run,
    )
    assert network.breach(ticket) is not None
    assert _count(network, NoticeRow, NoticeRow.kind == "late") == 1
    assert network.state(ticket) is State.answered


def test_an_entry_is_published_once(network: Network) -> None:
    ticket = network.assigned()
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    network.experts.propose_entry(network.key(), account("marc"), ticket, "Que faire ?", "Ceci.", ("CCP",))
    (candidate,) = network.coordinators.candidates(account("nadia"))
    other = network.another()
    outcome = _together(
        lambda: network.coordinators.decide_candidate("one", account("nadia"), candidate.id, publish=True),
        lambda: other.coordinators.decide_candidate("two", account("omar"), candidate.id, publish=True),
    )
    assert sorted(type(result).__name__ for result in outcome) == ["ConflictError", "str"]


@on_postgresql
def test_a_question_taken_back_while_the_one_it_joined_is_too_stays_taken_back(network: Network) -> None:
    lead = network.assigned(text=DISPUTE)
    own = network.asks("paul", DISPUTE.upper())
    network.desk.join(network.key(), account("paul"), own)
    other = network.another()
    with ThreadPoolExecutor(1) as pool:
        with network.office.act(network.key(), account("paul")) as act:
            choices.withdraw(act, act.ticket(own))
            act.session.flush()
            takes_back = pool.submit(other.desk.withdraw, other.key(), account("claire"), lead)
            until_it_ends_or_waits(network, takes_back)
        assert takes_back.result() == lead
    assert network.ticket(own).resolution is Resolution.withdrawn
    assert kinds(network.deliver(), "paul").count(K.acknowledged) == 1, "that of when it was asked"


@on_postgresql
def test_words_forgotten_while_a_name_is_too_stay_forgotten(network: Network) -> None:
    ticket = network.assigned(text="Le maire, condamné hier, peut-il signer ?")
    network.experts.answer(network.key(), account("marc"), ticket, "Oui.")
    network.deliver()
    other = network.another()

    def forget_marc() -> None:
        with other.office.unit() as unit:
            forgetting.name(unit, unit.person_row(other.ids["marc"]))

    with ThreadPoolExecutor(1) as pool:
        with network.office.unit() as unit:
            forgetting.questions(unit, [ticket])
            forgets = pool.submit(forget_marc)
            until_it_ends_or_waits(network, forgets)
        forgets.result()
    with network.office.reading() as unit:
        told = str(unit.session.scalars(select(NoticeRow.data)).all())
    assert "condamné" not in told
    assert "Marc" not in told


@on_postgresql
def test_a_question_settled_while_its_author_is_erased_is_left_settled(network: Network) -> None:
    ticket = network.assigned()
    network.experts.answer(network.key(), account("marc"), ticket, "Oui.")
    other = network.another()
    with ThreadPoolExecutor(1) as pool:
        with network.office.act(network.key(), account("claire", "letter")) as act:
            choices.confirm(act, act.ticket(ticket))
            act.session.flush()
            erases = pool.submit(other.privacy.erase, other.key(), account("claire"), keep_open=False)
            until_it_ends_or_waits(network, erases)
        erases.result()
    assert network.ticket(ticket).resolution is Resolution.expert_confirmed
    assert network.person("claire").erased_at is not None
