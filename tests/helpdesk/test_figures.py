"""What the coordinator sees: the board now, the figures of a period, by cohort of due date."""

from __future__ import annotations

import datetime as dt

import pytest

from helpdesk.errors import ConflictError, InvalidInputError, NotFoundError
from tests.helpdesk.network import Network, account, paris
from tests.helpdesk.plain import ANSWERED, DISPUTE, OFF_TOPIC

JUNE = (dt.date(2026, 6, 1), dt.date(2026, 6, 30))


def test_the_rate_is_of_decided_promises_only(network: Network) -> None:
    met, broken, paused, running = (network.assigned(text=f"Litige {n} ?") for n in range(4))
    network.asks("claire", OFF_TOPIC)
    network.desk.withdraw(network.key(), account("claire"), network.asks("claire", DISPUTE))
    library = network.asks("paul", ANSWERED)
    network.deliver()
    network.clock.advance(minutes=30)
    network.experts.answer(network.key(), account("marc"), met, "Voici.")
    network.experts.ask_member(network.key(), account("marc"), paused, "Combien ?")
    network.deliver()
    network.desk.solved(network.key(), account("paul"), library)
    network.clock.reach(paris(4, 10))
    network.experts.answer(network.key(), account("marc"), broken, "Trop tard.")
    network.deliver()
    figures = network.coordinators.figures(account("nadia"), *JUNE)
    assert (figures.met, figures.breached, figures.excused, figures.paused) == (2, 1, 0, 1)
    assert figures.rate == pytest.approx(2 / 3)
    assert figures.by_resolution == {"library_confirmed": 1, "redirected": 1, "withdrawn": 1}
    assert figures.open == 1
    assert network.promise(running).breach is None
    network.coordinators.excuse(network.key(), account("nadia"), broken, 1, "Grève des trains.")
    after = network.coordinators.figures(account("nadia"), *JUNE)
    assert (after.breached, after.excused, after.rate) == (1, 1, figures.rate)


def test_a_promise_belongs_to_the_day_it_falls_due(network: Network) -> None:
    ticket = network.assigned()
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    network.deliver()

    def met_on(day: int) -> int:
        date = dt.date(2026, 6, day)
        return network.coordinators.figures(account("nadia"), date, date).met

    assert [met_on(day) for day in (1, 2, 3, 4)] == [0, 0, 1, 0]
    with pytest.raises(InvalidInputError, match="dates_reversed"):
        network.coordinators.figures(account("nadia"), JUNE[1], JUNE[0])


def test_each_cycle_has_its_own_promise_in_the_figures(network: Network) -> None:
    ticket = network.assigned()
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    network.deliver()
    network.says("claire", "mais ce n'est pas réglé", ticket=ticket)
    network.sweep_until(paris(5, 10))
    figures = network.coordinators.figures(account("nadia"), *JUNE)
    assert (figures.met, figures.breached) == (1, 1)


def test_the_first_human_word_is_measured(network: Network) -> None:
    first = network.assigned()
    network.asks("claire", ANSWERED)
    network.clock.advance(minutes=45)
    network.experts.ask_member(network.key(), account("marc"), first, "Combien ?")
    network.says("claire", "45 000 euros", ticket=first)
    assert network.coordinators.figures(account("nadia"), *JUNE).median_first_word_minutes == 45


def test_the_board_puts_the_late_first_then_those_at_risk(network: Network) -> None:
    late = network.assigned(text="Litige 1 ?")
    network.clock.reach(paris(2, 9))
    risky = network.assigned(text="Litige 2 ?")
    network.clock.reach(paris(4, 14, 30))
    fresh, waiting = network.assigned(text="Litige 3 ?"), network.assigned(text="Litige 4 ?")
    network.experts.ask_member(network.key(), account("marc"), waiting, "Combien ?")
    board = network.coordinators.board(account("nadia"))
    assert [line.id for line in board.late] == [late]
    assert [line.id for line in board.at_risk] == [risky]
    assert {line.id for line in board.open} == {fresh, waiting}
    assert (board.waiting, board.unassigned) == (1, 0)
    assert board.late[0].elapsed_percent > 100
    assert DISPUTE not in board.unanswered_topics
    assert "Litige 3 ?" in board.unanswered_topics


def test_only_a_broken_promise_is_excused_once_with_a_reason(network: Network) -> None:
    ticket = network.assigned()
    with pytest.raises(NotFoundError, match="no_breach"):
        network.coordinators.excuse(network.key(), account("nadia"), ticket, 1, "Grève")
    network.clock.reach(paris(4, 10))
    network.sweep.run()
    with pytest.raises(InvalidInputError, match="reason_missing"):
        network.coordinators.excuse(network.key(), account("nadia"), ticket, 1, " ")
    network.coordinators.excuse(network.key(), account("nadia"), ticket, 1, "Grève")
    with pytest.raises(ConflictError, match="already_excused"):
        network.coordinators.excuse(network.key(), account("omar"), ticket, 1, "Neige")
    breach = network.breach(ticket)
    assert breach is not None
    assert (breach.excuse, breach.at) == ("Grève", paris(4, 9))
