"""What the whole suite shares: both databases, a clock that tests move, and an office on a small library."""

from __future__ import annotations

import os
import shutil
import signal
from copy import copy
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

import pytest
import structlog
from sqlalchemy import event

from bot.words import Words
from helpdesk.calendars import install
from helpdesk.database import Database
from helpdesk.library import LibraryCache, import_library
from helpdesk.office import Office
from helpdesk.policy import Policy
from helpdesk.tables import Base
from knowledge.files import Library, read_library, shipped_library
from knowledge.matcher import Matcher
from tests import postgres
from tests.clock import ManualClock
from tests.copying import fill, make_whole
from tests.library import LIBRARY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpdesk.clock import Clock

pytest.register_assert_rewrite("tests.golden")

CALENDAR: dict[str, Any] = {
    "tz": "Europe/Paris",
    "hours": {day: [["09:00", "12:00"], ["14:00", "17:30"]] for day in ("mon", "tue", "wed", "thu", "fri")},
    "holidays": [{"date": "2026-07-14", "name": "Fête nationale"}],
    "closures": [],
    "signed_until": "2027-12-31",
}


_EMPTYING = "; ".join(
    [
        "SET LOCAL session_replication_role = replica",
        *(f'DELETE FROM "{table.name}"' for table in Base.metadata.sorted_tables),
        "SELECT setval(c.oid::regclass, 1, false) FROM pg_class c WHERE c.relkind = 'S'",
    ]
)
_read: list[LibraryCache] = []  # the small library as this process has read it


class OfficeMaker(Protocol):
    """Builds an office on the test's database; each call on the same database is another process's office."""

    def __call__(self, policy: Policy | None = None, clock: Clock = ...) -> Office: ...


def pytest_configure(config: pytest.Config) -> None:
    _write_plain_traces()
    if not hasattr(config, "workerinput"):
        postgres.make_folder()
        # A run that is told to stop leaves no server behind.
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:  # noqa: ARG001 - pytest-xdist gives it by name
    """Run two workers more than there are processors: much of the time, tests wait for a disk or another process."""
    return (os.cpu_count() or 1) + 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take long: at the end, no worker is left alone with one of them."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture
def words(locale: str) -> Words:
    """The catalogs in the language of a test that is told in several."""
    return Words(locale)


@pytest.fixture(scope="session")
def library() -> Library:
    """The shipped library."""
    return read_library(shipped_library())


@pytest.fixture(scope="session")
def matcher(library: Library) -> Matcher:
    """The matcher of the shipped library, built once per test process."""
    return Matcher(library.entries, library.themes)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        postgres.remove_folder()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the tables and nothing else."""
    path = tmp_path_factory.mktemp("template") / "guichet.sqlite3"
    database = Database(f"sqlite:///{path}")
    Base.metadata.create_all(database.engine)
    make_whole(database)
    database.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_database(worker_id: str) -> Iterator[Database]:
    """This worker's own PostgreSQL database, with the tables."""
    database = Database(postgres.create_database(f"guichet_{worker_id}"))
    Base.metadata.create_all(database.engine)
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def sqlite_database(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """This worker's own SQLite database: statements compiled for one test need not be for the next."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('sqlite')}/guichet.sqlite3")
    event.listen(database.engine, "connect", _forget_the_disk)
    return database


@pytest.fixture
def sqlite(sqlite_database: Database, sqlite_template: Path) -> Iterator[Database]:
    """The SQLite database of this worker, a new file for each test."""
    path = Path(str(sqlite_database.url.database))
    shutil.copyfile(sqlite_template, path)
    yield sqlite_database
    sqlite_database.dispose()
    for left in path.parent.iterdir():
        left.unlink()


@pytest.fixture
def postgresql(postgresql_database: Database) -> Iterator[Database]:
    """The PostgreSQL database of this worker, emptied after the test."""
    yield postgresql_database
    _empty(postgresql_database)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """Both databases in turn: what a test says must hold on each."""
    database: Database = request.getfixturevalue(request.param)
    return database


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands at 9 h on a working Monday in Paris."""
    return ManualClock()


@pytest.fixture
def make_office(database: Database, clock: ManualClock) -> OfficeMaker:
    """Make offices on the test's database, where the small library and the calendar are installed."""
    fill(database, "library", lambda: install_library(database, clock))

    def make(policy: Policy | None = None, clock: Clock = clock) -> Office:
        return Office(database, clock, policy or Policy(), read_already(database))

    return make


@pytest.fixture
def office(make_office: OfficeMaker) -> Office:
    """An office with the network's usual promise."""
    return make_office()


def install_library(database: Database, clock: Clock) -> None:
    """Give an empty database the small library and the calendar."""
    with database.transaction() as session:
        import_library(session, LIBRARY, clock.now())
        install(session, CALENDAR, clock.now())


def read_already(database: Database) -> LibraryCache:
    """Return a cache that has read the small library as it was installed, which this process does but once."""
    if not _read:
        _read.append(LibraryCache(database))
        _read[0].matcher()
    # What was read is immutable: a cache replaces it, and changes nothing in it.
    cache = copy(_read[0])
    cache._database, cache._lock = database, Lock()
    return cache


def _write_plain_traces() -> None:
    # As the service does; what structlog does by itself, in colour and with the values of variables, takes a quarter of
    # a second for each error that a test causes.
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])


def _forget_the_disk(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own connection
    # A test's file survives nothing: waiting for the disk at each commit would only slow the suite down.
    connection.execute("PRAGMA synchronous = OFF")


def _empty(database: Database) -> None:
    # Deleting a few rows and setting sequences back is some ten times quicker than TRUNCATE, which makes new files; and
    # told in one go, some ten times quicker than table by table.
    with database.engine.begin() as connection:
        connection.exec_driver_sql(_EMPTYING)
