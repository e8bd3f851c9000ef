"""``guichet run``: the service, from its lock to its last delivery."""

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
from bot.cli_operator import Operator, reason_of
from bot.lock import AlreadyRunningError, only_service
from bot.memory import take_from_one_arena
from bot.parts import build_parts
from bot.ports import try_port
from bot.secret import secret_of
from bot.setting_up import set_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpdesk.demonstration import Demonstration

_log = structlog.get_logger(__name__)


@click.command("run")
@click.pass_obj
def run_command(operator: Operator) -> None:
    """Run the service until it is told to stop."""
    take_from_one_arena()
    settings = operator.settings
    logs.configure(settings.configuration.log.level, settings.configuration.log.format)
    with ExitStack() as held:
        if settings.database_file is not None:
            try:
                held.enter_context(only_service(settings.database_file))
            except AlreadyRunningError as error:
                raise click.ClickException(operator.words("cli.run.already", file=error.file)) from None
            except OSError as error:
                folder = settings.database_file.parent
                raise click.ClickException(
                    operator.words("cli.run.folder", folder=folder, reason=error.strerror)
                ) from None
        web = settings.configuration.web
        _take(operator, partial(try_port, web.host, web.port))  # before a first start writes anything
        parts = build_parts(settings)
        held.callback(parts.database.dispose)
        try:
            demonstration = set_up(parts, settings)
        except (SQLAlchemyError, CommandError) as error:
            _log.debug("database_refused", exc_info=True)
            raise click.ClickException(operator.words("cli.run.database", reason=reason_of(error))) from None
        try:
            secret = secret_of(settings)
        except OSError as error:
            message = operator.words("cli.run.secret", file=settings.secret_file, reason=error.strerror)
            raise click.ClickException(message) from None
        app = App(parts, settings, secret)
        _take(operator, app.bind)
        anyio.run(app.run, lambda: _greet(app, operator, demonstration))


def _take(operator: Operator, take: Callable[[], object]) -> None:
    """Take the port by ``take``; say in words why it cannot be taken."""
    web = operator.settings.configuration.web
    try:
        take()
    except OSError as error:
        code = "cli.run.port_taken" if error.errno == errno.EADDRINUSE else "cli.run.port_refused"
        if error.errno == errno.EADDRINUSE and operator.settings.file is None:
            code = "cli.run.port_taken_without_file"  # whoever is only trying has nothing to change yet
        message = operator.words(code, host=web.host, port=web.port, other=web.port + 1, reason=error.strerror)
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
