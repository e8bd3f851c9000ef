"""``guichet library import``, ``export`` and ``replay``: the library in the database, where entries live."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli_knowledge import library_group
from bot.cli_operator import Operator
from bot.library_files import write_library
from helpdesk import timekeeping
from helpdesk.learnt import kept_wordings, learnt, with_phrasings
from helpdesk.library import import_library, published_entries, themes
from knowledge.errors import LibraryError
from knowledge.files import read_library, shipped_library
from knowledge.matcher import Matcher
from knowledge.replay import replay

if TYPE_CHECKING:
    from bot.words import Words


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
    with operator.parts() as parts, parts.office.reading() as unit:
        entries, themes_now = with_phrasings(unit.session, published_entries(unit.session)), themes(unit.session)
    try:
        if folder.exists() and any(folder.iterdir()):
            raise click.ClickException(words("cli.library.not_empty", folder=folder))
        folder.mkdir(parents=True, exist_ok=True)
        write_library(folder, entries, themes_now)
    except OSError as error:
        message = words("cli.library.not_written", folder=folder, reason=error.strerror)
        raise click.ClickException(message) from None
    click.echo(words("cli.library.exported", count=len(entries), folder=folder))


@library_group.command("replay")
@click.pass_obj
def replay_command(operator: Operator) -> None:
    """Tell what the library would answer members' judged questions without, and with, what their verdicts taught."""
    words = operator.words
    with operator.parts() as parts, parts.office.reading() as unit:
        known = learnt(unit.session)
        kept = kept_wordings(unit.session)
        entries, themes_now = published_entries(unit.session), themes(unit.session)
        today = timekeeping.today(unit)
    if not known.verdicts:
        click.echo(words("cli.library.replay.none"))
        return
    plain = Matcher(entries, themes_now, precision=operator.settings.configuration.matching.precision)
    found = replay(plain, known.verdicts, kept, today)
    click.echo(words.plural("cli.library.replay.asked", len(known.verdicts)))
    for name, figures in (("without", found.without), ("learnt", found.learnt)):
        click.echo(
            words(
                f"cli.library.replay.{name}",
                hit=_share(figures.hit_at_1, words),
                confirmed=figures.confirmed,
                precision=_share(figures.precision, words),
                answered=figures.answered,
                wrong=figures.wrong,
            ),
        )


def _share(value: float | None, words: Words) -> str:
    return "-" if value is None else words("common.percent", percent=round(100 * value))
