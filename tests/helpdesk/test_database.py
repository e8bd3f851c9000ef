"""What is stored comes back as it was; the machine's clock is watched; two processes share one file."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, StatementError

from helpdesk.clock import ClockGuard
from helpdesk.database import Database, retried
from helpdesk.tables import HeartbeatRow
from tests.clock import ManualClock
from tests.helpdesk.network import paris


def test_an_instant_comes_back_aware_in_utc_and_whole(database: Database) -> None:
    zone = dt.timezone(dt.timedelta(hours=5, minutes=30))
    with database.transaction() as session:
        session.add(HeartbeatRow(name="x", at=dt.datetime(2026, 6, 1, 14, 30, 0, 999_999, tzinfo=zone), data={}))
    with database.reading() as session:
        at = session.get_one(HeartbeatRow, "x").at
    assert at == dt.datetime(2026, 6, 1, 9, 0, tzinfo=dt.UTC)
    assert at.tzinfo is dt.UTC or at.utcoffset() == dt.timedelta(0)


def test_a_naive_instant_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="naive_instant"), database.transaction() as session:
        session.add(HeartbeatRow(name="x", at=dt.datetime(2026, 6, 1), data={}))  # noqa: DTZ001 - what is refused


def test_a_block_that_raises_leaves_nothing(database: Database) -> None:
    def interrupted() -> None:
        with database.transaction() as session:
            session.add(HeartbeatRow(name="x", at=paris(1, 9), data={}))
            session.flush()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with database.reading() as session:
        assert session.get(HeartbeatRow, "x") is None


def test_two_processes_write_one_sqlite_file_in_turn(sqlite: Database) -> None:
    other = Database(str(sqlite.url))
    held, order = threading.Event(), []

    def second() -> None:
        held.wait()
        with other.transaction() as session:
            session.add(HeartbeatRow(name="second", at=paris(1, 9), data={}))
            session.flush()
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with sqlite.transaction() as session:
        session.add(HeartbeatRow(name="first", at=paris(1, 9), data={}))
        session.flush()
        held.set()
        with other.reading() as reader:
            assert reader.get(HeartbeatRow, "first") is None
        order.append("first")
    thread.join()
    other.dispose()
    assert order == ["first", "second"]
    with sqlite.reading() as session:
        assert session.get(HeartbeatRow, "second") is not None


def test_many_threads_write_one_sqlite_file_and_read_it_meanwhile(sqlite: Database) -> None:
    """Each waits for its turn, none is refused, and whoever reads waits for nobody."""
    writers, each, now = 12, 8, paris(1, 9)
    troubles: list[Exception] = []

    def write(number: int) -> None:
        try:
            for turn in range(each):
                with sqlite.transaction() as session:
                    row = session.get(HeartbeatRow, "count") or HeartbeatRow(name="count", at=now, data={"n": 0})
                    session.add(row)
                    row.data = {"n": row.data["n"] + 1, "last": f"{number}/{turn}"}
                with sqlite.reading() as session:
                    assert session.get_one(HeartbeatRow, "count").data["n"] > 0
        except Exception as trouble:  # noqa: BLE001 - told to the test
            troubles.append(trouble)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    with sqlite.reading() as session:
        assert session.get_one(HeartbeatRow, "count").data["n"] == writers * each


def test_a_block_that_raises_gives_its_turn_to_write_back(sqlite: Database) -> None:
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt), sqlite.transaction():
            raise KeyboardInterrupt
    with sqlite.transaction() as session:
        session.add(HeartbeatRow(name="x", at=paris(1, 9), data={}))


def test_of_two_use_cases_in_a_deadlock_both_are_done(postgresql: Database) -> None:
    """PostgreSQL gives one of the two up; it is done again, and nobody is told."""
    names = ("left", "right")
    with postgresql.transaction() as session:
        session.add_all(HeartbeatRow(name=name, at=paris(1, 9), data={"by": []}) for name in names)
    both_hold_one, tries = threading.Barrier(2), []

    def work(me: str, order: tuple[str, ...]) -> None:
        tries.append(me)
        with postgresql.transaction() as session:
            for place, name in enumerate(order):
                row = session.get_one(HeartbeatRow, name, with_for_update=True)
                row.data = {"by": [*row.data["by"], me]}
                if place == 0 and tries.count(me) == 1:
                    both_hold_one.wait()

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(retried, work, "a", names), pool.submit(retried, work, "b", names[::-1])]
    assert [future.result() for future in done] == [None, None]
    assert len(tries) == 3
    with postgresql.reading() as session:
        assert all(sorted(session.get_one(HeartbeatRow, name).data["by"]) == ["a", "b"] for name in names)


def test_what_the_database_refuses_for_good_is_not_tried_again(database: Database) -> None:
    tries = []

    def work() -> None:
        tries.append(1)
        with database.transaction() as session:
            session.execute(text("SELECT nothing FROM nowhere"))

    with pytest.raises(DBAPIError):
        retried(work)
    assert len(tries) == 1


def test_time_that_passes_is_trusted() -> None:
    clock = ManualClock()
    guard = ClockGuard(clock)
    assert guard.trusted(None)
    for seconds in (1, 20, 3600, 86_400):
        last = clock.now()
        clock.advance(seconds=seconds)
        assert guard.trusted(last)


@pytest.mark.parametrize("jump", [dt.timedelta(days=2), -dt.timedelta(days=2), dt.timedelta(seconds=61)])
def test_a_wall_clock_that_jumps_is_doubted_until_two_reads_agree(jump: dt.timedelta) -> None:
    clock = ManualClock()
    guard = ClockGuard(clock)
    assert guard.trusted(None)
    clock.set(clock.now() + jump)
    assert not guard.trusted(clock.now())
    clock.advance(seconds=29)
    assert not guard.trusted(clock.now())
    clock.advance(seconds=1)
    assert guard.trusted(clock.now())


def test_a_start_before_the_last_judgement_is_doubted_first() -> None:
    clock = ManualClock()
    guard = ClockGuard(clock)
    last = clock.now() + dt.timedelta(hours=1)
    assert not guard.trusted(last)
    clock.advance(seconds=30)
    assert guard.trusted(last)


def test_a_small_correction_is_no_jump() -> None:
    clock = ManualClock()
    guard = ClockGuard(clock)
    assert guard.trusted(None)
    clock.set(clock.now() + dt.timedelta(seconds=60))
    assert guard.trusted(None)
