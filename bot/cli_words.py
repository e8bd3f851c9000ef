"""The ``guichet`` command in the operator's language: help texts, headings and usage errors from the catalogs."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.cli_operator import Operator

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.words import Words

_CONFIG = "--config"
_INTERRUPTED = 130


class WordedGroup(click.Group):
    """The top command: finds out who runs it, then speaks their language everywhere.

    ``places`` says where its commands are, as ``MODULE:NAME``: each is loaded when it is called.
    """

    def __init__(self, *given: Any, places: Mapping[str, str], **more: Any) -> None:  # noqa: ANN401 - click's signature
        super().__init__(*given, **more)
        self._places = places

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names of the commands, loaded or not."""
        return sorted(self._places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, in the operator's language if there is an operator."""
        if cmd_name not in self._places:
            return None
        module, _, name = self._places[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        me = ctx.find_object(Operator)
        if me is not None:
            translate(command, cmd_name, me.words)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands with what each does; none has to be loaded for that."""
        words = ctx.ensure_object(Operator).words
        listed = [click.Command(name, help=words(f"cli.help.{name}")) for name in self.list_commands(ctx)]
        click.Group(commands=listed).format_commands(ctx, formatter)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002 - click's signature
        **extra: Any,  # noqa: ANN401 - click's signature
    ) -> Any:  # noqa: ANN401 - click's signature
        """Run a command line as click does; ``--config`` may stand anywhere in it."""
        arguments, file = without_config(list(sys.argv[1:] if args is None else args))
        me = Operator(file)
        click.Context.formatter_class = type("Formatter", (_Formatter,), {"words": me.words})
        _translate(self, "guichet", me.words)
        if not standalone_mode:
            return super().main(arguments, prog_name, complete_var, standalone_mode=False, obj=me, **extra)
        try:
            code = super().main(arguments, prog_name, complete_var, standalone_mode=False, obj=me, **extra)
        except click.ClickException as error:
            _show(error, me.words)
            code = error.exit_code
        except click.Abort:
            code = _INTERRUPTED
        sys.exit(code if isinstance(code, int) else 0)


class _Formatter(click.HelpFormatter):
    """Click's help with its own words from the catalogs."""

    words: Words

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or self.words("cli.usage") + " ")

    def write_heading(self, heading: str) -> None:
        key = f"cli.heading.{heading.lower()}"
        super().write_heading(self.words(key) if self.words.has(key) else heading)


def without_config(arguments: list[str]) -> tuple[list[str], Path | None]:
    """Return the arguments without ``--config FILE``, and the file."""
    kept: list[str] = []
    file: Path | None = None
    rest = iter(arguments)
    for argument in rest:
        if argument == _CONFIG:
            file = Path(next(rest, ""))
        elif argument.startswith(f"{_CONFIG}="):
            file = Path(argument.removeprefix(f"{_CONFIG}="))
        else:
            kept.append(argument)
    return kept, file


def commands(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Return every command under ``group`` with its words joined by dots, such as ``library.import``."""
    context = click.Context(group)
    for name in sorted(group.list_commands(context)):
        command = group.get_command(context, name)
        assert command is not None
        yield f"{path}{name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path}{name}.")


def translate(command: click.Command, path: str, words: Words) -> None:
    """Give a command, those under it and their options their help in the operator's language."""
    _translate(command, path, words)
    if isinstance(command, click.Group):
        for name, under in commands(command, f"{path}."):
            _translate(under, name, words)


def _translate(command: click.Command, path: str, words: Words) -> None:
    command.help = words(f"cli.help.{path}")
    command.short_help = None
    for option in command.params:
        if isinstance(option, click.Option):
            option.help = words(f"cli.option.{path}.{option.name}")
    command.context_settings.setdefault("help_option_names", ["--help"])
    help_option = command.get_help_option(click.Context(command))
    if help_option is not None:
        help_option.help = words("cli.option.help")


def _show(error: click.ClickException, words: Words) -> None:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.ctx.get_help())
        return
    if isinstance(error, click.UsageError) and error.ctx is not None:
        click.echo(error.ctx.get_usage(), err=True)
    click.echo(words("cli.error", message=_message(error, words)), err=True)


def _message(error: click.ClickException, words: Words) -> str:
    match error:
        case click.exceptions.NoSuchCommand():
            return words("cli.usage.no_such_command", name=error.command_name)
        case click.NoSuchOption():
            return words("cli.usage.no_such_option", name=error.option_name)
        case click.MissingParameter(param=click.Parameter() as parameter):
            return words("cli.usage.missing", name=_name(parameter, error))
        case click.BadParameter(param=click.Parameter() as parameter):
            return words("cli.usage.bad", name=_name(parameter, error), reason=error.message)
        case _:
            return error.format_message()


def _name(parameter: click.Parameter, error: click.UsageError) -> str:
    if isinstance(parameter, click.Argument):
        return parameter.make_metavar(error.ctx or click.Context(click.Command("")))
    return parameter.opts[0]
