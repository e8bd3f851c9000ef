"""Who runs a command: the configuration they chose, the language they read, and the parts on their database."""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.faults import ConfigurationError
from bot.settings import load
from bot.words import DEFAULT_LOCALE, LOCALES, Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.faults import ConfigurationFault
    from bot.parts import Parts
    from bot.settings import Settings

LOCALE_VARIABLE = "GUICHET_LOCALE"


class Operator:
    """The person at the terminal. Their language is ``GUICHET_LOCALE``'s, else the configuration's, else French."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file

    @property
    def settings(self) -> Settings:
        """The settings. Raises ``click.ClickException`` that says every fault of the configuration."""
        if isinstance(self._loaded, ConfigurationError):
            faults = [fault_sentence(fault, self.words) for fault in self._loaded.faults]
            raise click.ClickException("\n".join(faults))
        return self._loaded

    @cached_property
    def words(self) -> Words:
        """The operator's words, with dates in the network's zone."""
        chosen = os.environ.get(LOCALE_VARIABLE, "")
        if isinstance(self._loaded, ConfigurationError):
            return Words(chosen if chosen in LOCALES else DEFAULT_LOCALE)
        network = self._loaded.configuration.network
        return Words(chosen if chosen in LOCALES else network.locale, network.zone)

    @cached_property
    def _loaded(self) -> Settings | ConfigurationError:
        try:
            return load(self.file)
        except ConfigurationError as error:
            return error

    @contextmanager
    def parts(self) -> Iterator[Parts]:
        """Open the parts on a database that is ready. Raises ``click.ClickException`` when it is not."""
        # Loading them takes seconds: not for the commands that need none.
        from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

        from bot.parts import build_parts  # noqa: PLC0415
        from helpdesk import migrate  # noqa: PLC0415

        parts = build_parts(self.settings)
        try:
            try:
                revision = migrate.current(parts.database)
            except SQLAlchemyError as error:
                raise click.ClickException(self.words("cli.run.database", reason=reason_of(error))) from None
            if revision != migrate.head():
                raise click.ClickException(self.words("cli.not_migrated"))
            yield parts
        finally:
            parts.database.dispose()

    __call__ = parts  # what ``guichet chat`` asks for


def operator() -> Operator | None:
    """Return the operator of the command that runs; None when it runs outside ``guichet`` itself."""
    context = click.get_current_context(silent=True)
    return context.find_object(Operator) if context else None


def reason_of(error: Exception) -> str:
    """Return what the database itself says of a failure, on one line."""
    return str(getattr(error, "orig", None) or error).splitlines()[0]


def fault_sentence(fault: ConfigurationFault, words: Words) -> str:
    """Return what a configuration fault says to the operator: where, what was expected, what was found."""
    place = f"{fault.file}" if fault.file else ""
    if fault.line is not None:
        place = words("cli.fault.place", file=fault.file, line=fault.line)
    if fault.code == "unknown" and fault.suggestion:
        return words("cli.fault.misspelt", place=place, name=fault.key, suggestion=fault.suggestion)
    if fault.code == "wrong":
        expected = words(f"cli.expected.{fault.key}") if words.has(f"cli.expected.{fault.key}") else None
        expected = expected or words("cli.expected.section")
        code = "wrong_private" if fault.found is None else "wrong"
        return words(f"cli.fault.{code}", place=place, name=fault.key, expected=expected, found=fault.found)
    if fault.code == "environment":
        expected = words(f"cli.expected.{fault.key}")
        return words("cli.fault.environment", name=fault.key, expected=expected)
    return words(f"cli.fault.{fault.code}", place=place, name=fault.key, found=fault.found)
