"""Days closed while others close days, ask and answer: every closure holds, and for every open question."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from helpdesk.library import published_entries, themes
from helpdesk.office import Office
from helpdesk.policy import Policy
from helpdesk.tables import CalendarRow, ClockRow
from tests.helpdesk.network import Network, account, paris
from tests.helpdesk.plain import DISPUTE, PlainLibrary, PlainMatcher
from tests.helpdesk.waiting import until_it_ends_or_waits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helpdesk.database import Database
    from knowledge.explanation import Judged

TUESDAY, WEDNESDAY = dt.date(2026, 6, 2), dt.date(2026, 6, 3)
LATER = [dt.date(2026, 6, day) for day in (8, 9, 10, 11, 12)]
LATER_STILL = [dt.date(2026, 6, day) for day in (15, 16, 17, 18, 19)]
on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite has one writer


class _HesitantMatcher(PlainMatcher):
    """Reads a question, and decides once it is told to."""

    reads: Event
    decides: Event

    def judge_with_why(self, question: str, *, today: dt.date) -> Judged:
        self.reads.set()
        assert self.decides.wait(30)
        return super().judge_with_why(question, today=today)


class _HesitantLibrary(PlainLibrary):
    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._own = database
        self.reads, self.decides = Event(), Event()

    def matcher(self) -> PlainMatcher:  # type: ignore[override]  # as the plain library's
        with self._own.reading() as session:
            matcher = _HesitantMatcher(published_entries(session), themes(session))
        matcher.reads, matcher.decides = self.reads, self.decides
        return matcher


def _hesitant(network: Network) -> tuple[Network, _HesitantLibrary]:
    """Return a process whose library takes its time over each question, and that library."""
    library = _HesitantLibrary(network.office.database)
    process = Network(Office(network.office.database, network.clock, Policy(), library), network.clock)
    process.ids = network.ids
    return process, library


def _closes(network: Network, who: str, days: Sequence[dt.date]) -> list[int]:
    return [
        network.coordinators.close_days(f"{who}:{day}", account(who), day, day, f"Pont de {who}, {day}") for day in days
    ]


@on_postgresql
def test_a_question_being_read_while_days_are_closed_is_answered_after_them(network: Network) -> None:
    slow, library = _hesitant(network)
    with ThreadPoolExecutor(2) as pool:
        asks = pool.submit(slow.says, "claire", DISPUTE)
        assert library.reads.wait(30)
        closes = pool.submit(_closes, network, "nadia", [TUESDAY, WEDNESDAY])
        until_it_ends_or_waits(network, closes)
        library.decides.set()
        ticket = asks.result()
        closes.result()
    assert ticket is not None
    assert network.promise(ticket).due_at == paris(5, 17, 30)


def test_days_closed_by_two_coordinators_at_once_are_all_closed(network: Network) -> None:
    network.assigned()
    other = network.another()
    with ThreadPoolExecutor(2) as pool:
        acts = [pool.submit(_closes, network, "nadia", LATER), pool.submit(_closes, other, "omar", LATER_STILL)]
        assert [len(act.result()) for act in acts] == [5, 5]
    closed = {view.closure.begin.day for view in network.coordinators.closures(account("nadia"))}
    assert closed == {*LATER, *LATER_STILL}


def test_whatever_is_done_meanwhile_every_open_question_is_counted_with_the_days_closed(network: Network) -> None:
    first = [network.assigned(text=f"Litige numéro {n} ?") for n in range(4)]
    asking, answering, sweeping = (network.another() for _ in range(3))
    asking._keys, answering._keys = 2_000_000, 3_000_000

    def asks() -> None:
        for number in range(6):
            asking.asks("paul", f"{DISPUTE} {number}")

    def answers() -> None:
        for ticket in first:
            answering.experts.ask_member(answering.key(), account("marc"), ticket, "Quel montant ?")
            answering.says("claire", "45 000 euros", ticket=ticket)

    def sweeps() -> None:
        for _ in range(4):
            sweeping.sweep.run()

    with ThreadPoolExecutor(4) as pool:
        closes = pool.submit(_closes, network, "nadia", [TUESDAY, *LATER])
        for act in [pool.submit(asks), pool.submit(answers), pool.submit(sweeps)]:
            act.result()
        closes.result()
    with network.office.reading() as unit:
        newest = unit.session.scalar(select(func.max(CalendarRow.id)))
        assert set(unit.session.scalars(select(ClockRow.calendar_id))) == {newest}
        assert set(unit.session.scalars(select(ClockRow.due_at))) == {paris(4, 17, 30)}
