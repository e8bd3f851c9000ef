"""Bringing a database to the tables this code expects: Alembic without a file of its own.

A new revision is written by ``guichet migrate --write MESSAGE`` (``docs/contributing.md``).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from helpdesk.tables import Base

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy import Connection

    from helpdesk.database import Database

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0x6775_6963  # any number: several processes that start together must not migrate together


def head() -> str | None:
    """Return the last revision this code knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def current(database: Database) -> str | None:
    """Return the revision of a database, None when it was never migrated."""
    with database.engine.connect().execution_options(read_only=True) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(database: Database) -> bool:
    """Bring a database to ``head`` in one transaction; tell whether there was something to do.

    Raises ``alembic.util.CommandError`` for a database that a later version of Guichet has migrated.
    """
    with database.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        before = MigrationContext.configure(connection).get_current_revision()
        command.upgrade(_config(connection), "head")
        return before != head()


def differences(database: Database) -> list[Any]:
    """Return how a database's tables differ from those the code declares; empty when they agree."""
    with database.engine.connect() as connection:
        options = {"compare_type": True, "render_as_batch": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata))


def write(database: Database, message: str) -> Path:
    """Write the revision that brings a database at ``head`` to the tables the code declares; return its file."""
    with database.engine.connect() as connection:
        script = command.revision(_config(connection), message, autogenerate=True)
    assert script is not None
    assert not isinstance(script, list)
    return Path(script.path)


def _config(connection: Connection | None = None) -> Config:
    config = Config(attributes={"connection": connection})
    # A percent sign in a folder's name would be read as the start of a substitution.
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(slug)s")
    return config
