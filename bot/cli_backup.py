"""``guichet backup``: a whole copy of the SQLite file while the service runs."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import click
from babel.numbers import format_decimal

from bot.cli_operator import Operator


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup(operator: Operator, file: Path) -> None:
    """Copy the database to a new file."""
    words = operator.words
    if operator.settings.database_file is None:
        raise click.ClickException(words("cli.backup.postgresql"))
    if file.exists():
        raise click.ClickException(words("cli.backup.exists", file=file))
    with operator.parts() as parts:
        # VACUUM INTO reads one consistent state and stops no writer; it refuses to run inside a transaction.
        raw = parts.database.engine.raw_connection()
        try:
            raw.cursor().execute("VACUUM INTO ?", (str(file),))
        except sqlite3.Error as error:
            raise click.ClickException(words("cli.backup.refused", file=file, reason=error)) from None
        finally:
            raw.close()
    size = format_decimal(file.stat().st_size / 1e6, "0.0", locale=words.locale)
    click.echo(words("cli.backup.done", file=file, size=size))
