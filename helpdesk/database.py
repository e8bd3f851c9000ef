"""The database: SQLite by default, PostgreSQL by URL; the same code and the same guarantees on both.

SQLite runs in WAL with ``BEGIN IMMEDIATE`` for every writing transaction, so that two writers queue instead of
deadlocking on an upgrade of their locks. The writers of one process queue in it: SQLite makes those who find the file
locked sleep and try again, for up to a tenth of a second each time. PostgreSQL uses ordinary transactions, and ``SKIP
LOCKED`` where workers share a queue.
"""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from sqlalchemy import URL, DateTime, Dialect, TypeDecorator, create_engine, event, inspect, make_url
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from helpdesk.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Row
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.orm import DeclarativeBase
    from sqlalchemy.pool import ConnectionPoolEntry

Given = ParamSpec("Given")
Result = TypeVar("Result")

SQLITE_BUSY_SECONDS = 30.0
MOST_TRIES = 3
_GIVEN_UP = frozenset({"40001", "40P01"})  # PostgreSQL's codes: serialization failure, deadlock
_KEPT_OPEN = 10  # connections; more are opened when more threads need one at once


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An aware UTC instant with second resolution; refuses naive values on the way in.

    SQLAlchemy gives naive values back from SQLite even with ``timezone=True``: this type restores the zone.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Return the instant in UTC without fraction. Raises ``InvalidInputError`` (``naive_instant``)."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise InvalidInputError("naive_instant", value=value.isoformat())
        instant = value.astimezone(dt.UTC).replace(microsecond=0)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Return the stored instant as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if dialect.name == "sqlite" else value.astimezone(dt.UTC)


class Database:
    """One engine and the way to open transactions on it."""

    def __init__(self, url: str) -> None:
        self.url = normalise_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database:
            with suppress(OSError):  # SQLite says itself, at the first connection, that it cannot open the file
                Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        # Opening an SQLite file costs as much as a small transaction, and closing the last connection more.
        pool = {"pool_size": _KEPT_OPEN, "max_overflow": -1} if self.is_sqlite else {"pool_pre_ping": True}
        # Parameters hold what members wrote: an error that reaches the log must not carry them.
        self.engine = create_engine(self.url, hide_parameters=True, **pool)
        self._writing = Lock()
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_immediate)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open one transaction: committed when the block ends, rolled back whole when it raises."""
        with self._turn(), Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open one transaction that only reads: it waits for no writer."""
        with self.engine.connect().execution_options(read_only=True) as connection, Session(connection) as session:
            yield session

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait, on SQLite, until no other thread of this process writes; too long, and SQLite says what is wrong."""
        mine = self.is_sqlite and self._writing.acquire(timeout=SQLITE_BUSY_SECONDS)
        try:
            yield
        finally:
            if mine:
                self._writing.release()


def retried(use_case: Callable[Given, Result], *given: Given.args, **more: Given.kwargs) -> Result:
    """Carry out a use case, and again when PostgreSQL gave its transaction up for the sake of another's.

    Nothing of such a transaction is left: doing it again is as if it had come a moment later. Raises what the use case
    raises, and ``DBAPIError`` when it was given up ``MOST_TRIES`` times.
    """
    for _ in range(MOST_TRIES - 1):
        try:
            return use_case(*given, **more)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in _GIVEN_UP:
                raise
    return use_case(*given, **more)


def insert_once(session: Session, table: type[DeclarativeBase], **values: Any) -> Row[Any] | None:  # noqa: ANN401 - column values
    """Insert a row unless its unique key exists; return its primary key, None when it was there.

    Safe between concurrent processes.
    """
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    # The row given back tells; the count of rows is not to be had of every driver.
    statement = insert(table).values(**values).on_conflict_do_nothing().returning(*inspect(table).primary_key)
    return session.connection().execute(statement).first()


def normalise_url(url: str) -> URL:
    """Return the URL with the drivers Guichet ships: ``postgres://`` and ``postgresql://`` mean psycopg 3."""
    parsed = make_url(url)
    if parsed.drivername in {"postgres", "postgresql"}:
        return parsed.set(drivername="postgresql+psycopg")
    return parsed


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    # The driver must not open transactions of its own: BEGIN IMMEDIATE is ours to send.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {int(SQLITE_BUSY_SECONDS * 1000)}")
    cursor.execute("PRAGMA journal_mode = WAL")
    # FULL: an acknowledged question must survive a power cut, not only a crash of the process.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_immediate(connection: Any) -> None:  # noqa: ANN401 - SQLAlchemy's event passes its Connection
    if connection.get_execution_options().get("read_only"):
        connection.exec_driver_sql("BEGIN DEFERRED")
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
