"""What a start brings about before anything is served: tables, calendar, first library, demonstration network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from helpdesk import calendars, leases, library, migrate
from helpdesk.demonstration import create_demonstration
from knowledge.files import read_library, shipped_library

if TYPE_CHECKING:
    from bot.parts import Parts
    from bot.settings import Settings
    from helpdesk.demonstration import Demonstration

_log = structlog.get_logger(__name__)


def set_up(parts: Parts, settings: Settings) -> Demonstration | None:
    """Bring the database to what the settings and this version ask; return the demonstration's people, if wanted.

    Each step is harmless when it was done before.
    """
    if migrate.upgrade(parts.database):
        _log.info("database_migrated", revision=migrate.head())
    with parts.office.unit(alone=True) as unit:
        version = calendars.install(unit.session, settings.calendar_data(unit.now.year), unit.now)
        _log.info("calendar", version=version.id)
        if library.is_empty(unit.session):
            report = library.import_library(unit.session, read_library(shipped_library()), unit.now)
            _log.info("library_imported", entries=len(report.added))
        if parts.database.is_sqlite:
            # One service serves one file: whoever polled for it is dead, and members wait.
            # What senders held keeps its lease: sent again at each start, a loop of crashes would use up its attempts.
            leases.free_all(unit)
        return create_demonstration(unit) if settings.configuration.demo else None
