"""What is stored comes back as it was; the machine's clock is watched; two processes share one file."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from sqlalchemy.exc import StatementError

from helpdesk.clock import ClockGuard
from helpdesk.database import Database
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
