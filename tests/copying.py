"""What a database is filled with before each test: made once by the code that is tested, then copied.

An SQLite database is copied as the file it is, PostgreSQL's row by row.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Table, func, insert, select

from helpdesk.tables import Base

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpdesk.database import Database

Told = TypeVar("Told")
_Rows = list[tuple[Table, list[dict[str, Any]]]]

_filled: dict[tuple[str, bool], tuple[_Rows | bytes, Any]] = {}


def fill(database: Database, name: str, make: Callable[[], Told]) -> Told:
    """Fill an empty database, and return what ``make`` told when it did so for the first time under this name."""
    known = (name, database.is_sqlite)
    if known not in _filled:
        told = make()
        _filled[known] = _file_of(database) if database.is_sqlite else _rows_of(database), told
        return told
    held, told = _filled[known]
    if isinstance(held, bytes):
        database.dispose()
        _path(database).write_bytes(held)
    else:
        _put(held, database)
    return told


def make_whole(database: Database) -> None:
    """Leave nothing of an SQLite database in its write-ahead log: its file may be copied."""
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")


def _file_of(database: Database) -> bytes:
    make_whole(database)
    return _path(database).read_bytes()


def _path(database: Database) -> Path:
    return Path(str(database.url.database))


def _rows_of(database: Database) -> _Rows:
    with database.engine.connect() as connection:
        taken = [
            (table, [dict(row) for row in connection.execute(select(table)).mappings()])
            for table in Base.metadata.sorted_tables
        ]
    return [(table, rows) for table, rows in taken if rows]


def _put(rows: _Rows, database: Database) -> None:
    lasts = {
        table.name: (key.name, max(row[key.name] for row in held))
        for table, held in rows
        if (key := table.autoincrement_column) is not None
    }
    with database.engine.begin() as connection:
        # Some rows name others of their own table.
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for table, held in rows:
            connection.execute(insert(table), held)
        ends = (func.setval(func.pg_get_serial_sequence(name, last[0]), last[1]) for name, last in lasts.items())
        connection.execute(select(*ends))
