"""``guichet migrate``: the tables of this version."""

from __future__ import annotations

import click
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from bot.cli_operator import Operator, reason_of
from bot.parts import build_parts
from helpdesk import migrate as migrations


@click.command("migrate")
@click.option("--write", metavar="MESSAGE")
@click.pass_obj
def migrate_command(operator: Operator, write: str | None) -> None:
    """Bring the database's tables to this version."""
    parts = build_parts(operator.settings)
    try:
        if write is not None:
            click.echo(migrations.write(parts.database, write))
            return
        changed = migrations.upgrade(parts.database)
    except (SQLAlchemyError, CommandError) as error:
        raise click.ClickException(operator.words("cli.run.database", reason=reason_of(error))) from None
    finally:
        parts.database.dispose()
    code = "cli.migrate.done" if changed else "cli.migrate.nothing"
    click.echo(operator.words(code, revision=migrations.head()))
