from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.util import CommandError
from sqlalchemy import inspect, text

from helpdesk import migrate
from helpdesk.database import Database
from helpdesk.tables import AccountRow, InviteRow, PersonRow
from tests import postgres

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MONDAY = datetime(2026, 6, 1, 7, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path, worker_id: str) -> Iterator[Database]:
    """A database without any table."""
    on_disk = request.param == "sqlite"
    # A percent sign and an accent: where the file is must not matter.
    url = f"sqlite:///{tmp_path}/100 % équitable.sqlite3" if on_disk else postgres.create_database(f"fresh_{worker_id}")
    database = Database(url)
    yield database
    database.dispose()


def test_migrations_make_exactly_the_tables_that_the_code_declares(fresh: Database) -> None:
    assert migrate.current(fresh) is None
    assert migrate.upgrade(fresh)
    assert migrate.current(fresh) == migrate.head()
    assert migrate.differences(fresh) == []
    assert not migrate.upgrade(fresh)


def test_a_table_that_differs_is_seen(fresh: Database) -> None:
    migrate.upgrade(fresh)
    with fresh.engine.begin() as connection:
        connection.execute(text("ALTER TABLE person ADD COLUMN shoe_size INTEGER"))
    assert len(migrate.differences(fresh)) == 1


def test_partial_indexes_exist_on_both_databases(fresh: Database) -> None:
    migrate.upgrade(fresh)
    indexes = {index["name"]: index["dialect_options"] for index in inspect(fresh.engine).get_indexes("delivery")}
    assert any("where" in option for option in indexes["ix_delivery_pending"])


def test_what_a_database_of_the_first_version_holds_is_kept(fresh: Database) -> None:
    with fresh.engine.begin() as connection:
        command.upgrade(migrate._config(connection), "d8f329b21e8d")
    with fresh.transaction() as session:
        session.add(PersonRow(id=1, name="Claire", locale="fr", roles=["expert"], created_at=MONDAY))
        session.flush()
        # The rows of tables that later versions changed, as the first one wrote them.
        session.execute(
            text(
                "INSERT INTO account (id, person_id, channel, external_id, conversation) VALUES (7, 1, 'web', '1', '1')"
            )
        )
        session.execute(
            text("INSERT INTO invite (code_hash, person_id, expires_at) VALUES ('abc', 1, '2026-07-01 09:00:00.0')")
        )
    assert migrate.upgrade(fresh)
    with fresh.transaction() as session:
        account = session.get_one(AccountRow, 7)
        assert (account.person.name, account.external_id, account.granted) == ("Claire", "1", [])
        assert session.get_one(InviteRow, "abc").reusable is False
    assert migrate.differences(fresh) == []


def test_a_later_database_is_refused_untouched(fresh: Database) -> None:
    migrate.upgrade(fresh)
    with fresh.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'later'"))
    with pytest.raises(CommandError):
        migrate.upgrade(fresh)
    assert migrate.current(fresh) == "later"


def test_processes_that_start_together_migrate_once(fresh: Database) -> None:
    with ThreadPoolExecutor(1) as elsewhere:
        other = Database(fresh.url.render_as_string(hide_password=False))
        changed = [migrate.upgrade(fresh), elsewhere.submit(migrate.upgrade, other).result()]
        other.dispose()
    assert changed == [True, False]
