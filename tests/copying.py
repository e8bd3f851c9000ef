"""What a database is filled with before each test: made once by the code that is tested, then copied row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Table, func, insert, select, text

from helpdesk.tables import Base

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpdesk.database import Database

Told = TypeVar("Told")
_Rows = list[tuple[Table, list[dict[str, Any]]]]

_filled: dict[str, tuple[_Rows, Any]] = {}


def fill(database: Database, name: str, make: Callable[[], Told]) -> Told:
    """Fill an empty database, and return what ``make`` told when it did so for the first time under this name."""
    if name in _filled:
        rows, told = _filled[name]
        _put(rows, database)
        return told  # type: ignore[no-any-return]  # what ``make`` returned
    told = make()
    _filled[name] = _rows_of(database), told
    return told


def _rows_of(database: Database) -> _Rows:
    with database.engine.connect() as connection:
        taken = [
            (table, [dict(row) for row in connection.execute(select(table)).mappings()])
            for table in Base.metadata.sorted_tables
        ]
    return [(table, rows) for table, rows in taken if rows]


def _put(rows: _Rows, database: Database) -> None:
    with database.engine.begin() as connection:
        # Some rows name others of their own table.
        connection.execute(
            text(
                "PRAGMA defer_foreign_keys = ON"
                if database.is_sqlite
                else "SET LOCAL session_replication_role = replica"
            )
        )
        for table, held in rows:
            connection.execute(insert(table), held)
            key = table.autoincrement_column
            if key is not None and not database.is_sqlite:
                last = max(row[key.name] for row in held)
                connection.execute(select(func.setval(func.pg_get_serial_sequence(table.name, key.name), last)))
