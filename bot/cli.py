"""The ``guichet`` command: what an operator needs, from a first start to a backup."""

from __future__ import annotations

import errno
import sys
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

import anyio
import click
import structlog
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from bot import logs
from bot.app import App
from bot.cli_backup import backup
from bot.cli_chat import chat
from bot.cli_deadline import deadline
from bot.cli_doctor import doctor
from bot.cli_knowledge import evaluate_command, library_group, match_command
from bot.cli_library import export_command, import_command
from bot.cli_operator import Operator
from bot.cli_people import invite, person_group, sign_in
from bot.cli_words import WordedGroup
from bot.lock import AlreadyRunningError, only_service
from bot.parts import build_parts
from bot.ports import try_port
from bot.secret import secret_of
from bot.setting_up import set_up
from helpdesk import migrate as migrations
from helpdesk.demonstration import Demonstration

if TYPE_CHECKING:
    from collections.abc import Callable

_log = structlog.get_logger(__name__)


@click.group("guichet", cls=WordedGroup)
@click.version_option(package_name="guichet", message="%(prog)s %(version)s")
@click.option("--config", metavar="FILE", expose_value=False)  # taken out by WordedGroup, wherever it stands
def main() -> None:
    """Answer the members of a network, and keep the promise of an answer in three working days."""


@main.command("run")
@click.pass_obj
def run_command(operator: Operator) -> None:
    """Run the service until it is told to stop."""
    settings = operator.settings
    logs.configure(settings.configuration.log.level, settings.configuration.log.format)
    with ExitStack() as held:
        if settings.database_file is not None:
            try:
                held.enter_context(only_service(settings.database_file))
            except AlreadyRunningError as error:
                raise click.ClickException(operator.words("cli.run.already", file=error.file)) from None
        web = settings.configuration.web
        _take(operator, partial(try_port, web.host, web.port))  # before a first start writes anything
        parts = build_parts(settings)
        held.callback(parts.database.dispose)
        try:
            demonstration = set_up(parts, settings)
        except (SQLAlchemyError, CommandError) as error:
            _log.debug("database_refused", exc_info=True)
            raise click.ClickException(operator.words("cli.run.database", reason=_reason(error))) from None
        try:
            secret = secret_of(settings)
        except OSError as error:
            message = operator.words("cli.run.secret", file=settings.secret_file, reason=error.strerror)
            raise click.ClickException(message) from None
        app = App(parts, settings, secret)
        _take(operator, app.bind)
        anyio.run(app.run, lambda: _greet(app, operator, demonstration))


@main.command("migrate")
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
        raise click.ClickException(operator.words("cli.run.database", reason=_reason(error))) from None
    finally:
        parts.database.dispose()
    code = "cli.migrate.done" if changed else "cli.migrate.nothing"
    click.echo(operator.words(code, revision=migrations.head()))


def _take(operator: Operator, take: Callable[[], object]) -> None:
    """Take the port by ``take``; say in words why it cannot be taken."""
    web = operator.settings.configuration.web
    try:
        take()
    except OSError as error:
        code = "cli.run.port_taken" if error.errno == errno.EADDRINUSE else "cli.run.port_refused"
        message = operator.words(code, host=web.host, port=web.port, reason=error.strerror)
        raise click.ClickException(message) from None


def _greet(app: App, operator: Operator, demonstration: Demonstration | None) -> None:
    """Print where the pages are and, as Jupyter does, links that sign in at once. They never go to the journal."""
    words, base_url = operator.words, operator.settings.base_url
    click.echo(words("cli.run.ready", url=base_url))
    if demonstration is not None:
        click.echo(words("cli.run.demonstration"))
        for role, person in (
            ("member", demonstration.member),
            ("expert", demonstration.expert),
            ("coordinator", demonstration.coordinator),
        ):
            token = app.parts.people.sign_in_link(person)
            click.echo(words(f"cli.run.link.{role}", link=f"{base_url}/signin/{token}"))
    click.echo(words("cli.run.stop"))
    sys.stdout.flush()


def _reason(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).splitlines()[0]


for command in (chat, deadline, doctor, match_command, evaluate_command, person_group, sign_in, invite, backup):
    main.add_command(command)
library_group.add_command(import_command)
library_group.add_command(export_command)
main.add_command(library_group)

if __name__ == "__main__":
    main()
