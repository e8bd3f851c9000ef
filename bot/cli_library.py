"""``guichet library import`` and ``export``: between the database, where entries live, and a folder of files."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli_knowledge import library_group
from bot.cli_operator import Operator
from bot.library_files import write_library
from helpdesk.library import import_library, published_entries, themes
from knowledge.errors import LibraryError
from knowledge.files import read_library, shipped_library


@library_group.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False)
@click.pass_obj
def import_command(operator: Operator, folder: Path | None) -> None:
    """Bring a folder's entries into the database."""
    words = operator.words
    place = folder or shipped_library()
    try:
        library = read_library(place)
    except LibraryError as error:
        raise click.ClickException(words("cli.library.faults", count=len(error.faults), folder=place)) from None
    with operator.parts() as parts, parts.office.unit() as unit:
        report = import_library(unit.session, library, unit.now)
    click.echo(
        words(
            "cli.library.imported",
            added=len(report.added),
            updated=len(report.updated),
            unchanged=report.unchanged,
        ),
    )
    for entry_id in report.kept:
        click.echo(words("cli.library.kept", entry=entry_id))


@library_group.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.pass_obj
def export_command(operator: Operator, folder: Path) -> None:
    """Write the published entries and the themes to a new folder."""
    words = operator.words
    if folder.exists() and any(folder.iterdir()):
        raise click.ClickException(words("cli.library.not_empty", folder=folder))
    with operator.parts() as parts, parts.office.reading() as unit:
        entries, themes_now = published_entries(unit.session), themes(unit.session)
    folder.mkdir(parents=True, exist_ok=True)
    write_library(folder, entries, themes_now)
    click.echo(words("cli.library.exported", count=len(entries), folder=folder))
