"""What the doctor looks at, one function per organ; the words are in the catalogs (``cli.doctor.…``)."""

from __future__ import annotations

import datetime as dt
import stat
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import TYPE_CHECKING

import anyio
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

from bot.findings import Finding, Level
from bot.library_files import write_library
from bot.lock import AlreadyRunningError, only_service
from bot.ports import try_port
from helpdesk import migrate
from helpdesk.library import published_entries, themes
from helpdesk.model import Role
from helpdesk.people import with_role
from helpdesk.tables import CalendarRow, ExpertiseRow, HeartbeatRow
from knowledge.files import check_library

if TYPE_CHECKING:
    from bot.parts import Parts
    from bot.settings import Settings

HORIZON = dt.timedelta(days=60)  # a question asked today falls due well before
CLOCK_DRIFT = dt.timedelta(seconds=60)
_PROBE_SECONDS = 2.0


@dataclass(frozen=True)
class Patient:
    """What is examined."""

    settings: Settings
    parts: Parts

    @property
    def severity(self) -> Level:
        """How bad it is that the network is not set up: nothing, for a demonstration."""
        return Level.warning if self.settings.configuration.demo else Level.fault


def examine(patient: Patient) -> Iterator[Finding]:
    """Yield every finding; what needs a database is left out when there is none to ask."""
    yield from _configuration(patient)
    refused = list(_folder(patient))
    yield from refused
    if not refused or patient.settings.database_file is None:
        yield from _data(patient)
    if not refused:
        yield from _secret(patient)
    yield from _web(patient)
    yield from _telegram(patient)
    yield from _discord(patient)


def _data(patient: Patient) -> Iterator[Finding]:
    file = patient.settings.database_file
    if file is not None and not file.exists():
        yield Finding(Level.warning, "database_absent", {"file": file})
    else:
        found = list(_database(patient))
        yield from found
        if all(finding.level is Level.ok for finding in found):
            for organ in (_clock, _library, _people, _holidays):
                yield from organ(patient)


def _configuration(patient: Patient) -> Iterator[Finding]:
    file = patient.settings.file
    if file is None:
        yield Finding(Level.ok, "configuration_default")
    else:
        yield Finding(Level.ok, "configuration", {"file": file})


def _folder(patient: Patient) -> Iterator[Finding]:
    """Try the folder of the SQLite file and of the secret, which the first start makes; nothing is left in it."""
    settings = patient.settings
    folder = settings.secret_file.parent
    try:
        if settings.database_file is None and (settings.secrets.secret is not None or settings.secret_file.exists()):
            return  # nothing is written there
        nearest = next(place for place in (folder, *folder.absolute().parents) if place.exists())
        TemporaryFile(dir=nearest).close()
    except OSError as error:
        yield Finding(Level.fault, "folder_refused", {"folder": folder, "reason": error.strerror})


def _database(patient: Patient) -> Iterator[Finding]:
    database = patient.parts.database
    url = database.url.render_as_string(hide_password=True)
    try:
        with database.transaction() as session:
            session.execute(text("CREATE TABLE doctor_probe (id INTEGER)"))
            session.rollback()
        revision = migrate.current(database)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        yield Finding(Level.fault, "database_refused", {"url": url, "reason": reason})
        return
    yield Finding(Level.ok, "database", {"url": url})
    if database.is_sqlite:
        with database.reading() as session:
            mode = session.execute(text("PRAGMA journal_mode")).scalar_one()
        if mode != "wal":
            yield Finding(Level.fault, "database_not_wal", {"mode": mode})
    if revision is None and not inspect(database.engine).get_table_names():
        yield Finding(Level.warning, "database_empty")
    elif revision != migrate.head():
        yield Finding(Level.fault, "not_migrated", {"revision": revision or "—", "head": migrate.head()})
    else:
        yield Finding(Level.ok, "migrated", {"revision": revision})


def _clock(patient: Patient) -> Iterator[Finding]:
    clock = patient.parts.office.clock
    with patient.parts.database.reading() as session:
        reference, own = clock.now(session), clock.now()
        latest = session.scalar(select(HeartbeatRow.at).order_by(HeartbeatRow.at.desc()).limit(1))
    drift = abs((reference - own).total_seconds())
    if drift > CLOCK_DRIFT.total_seconds():
        yield Finding(Level.fault, "clock_drift", {"seconds": round(drift)})
    elif latest is not None and latest - own > CLOCK_DRIFT:
        yield Finding(Level.fault, "clock_behind", {"latest": latest.isoformat()})
    else:
        yield Finding(Level.ok, "clock", {"zone": patient.settings.configuration.network.zone})


def _library(patient: Patient) -> Iterator[Finding]:
    today = patient.parts.office.clock.now().date()
    with patient.parts.database.reading() as session:
        entries, themes_now = published_entries(session), themes(session)
    if not entries:
        yield Finding(patient.severity, "library_empty")
        return
    with TemporaryDirectory() as folder:
        write_library(Path(folder), entries, themes_now)
        faults = check_library(Path(folder))
    if faults:
        yield Finding(Level.fault, "library_faults", {"count": len(faults), "entry": Path(faults[0].path).stem})
    else:
        yield Finding(Level.ok, "library", {"count": len(entries)})
    overdue = sum(entry.review < today for entry in entries)
    if overdue:
        yield Finding(Level.warning, "library_review", {"count": overdue})


def _people(patient: Patient) -> Iterator[Finding]:
    with patient.parts.office.reading() as unit:
        coordinators = with_role(unit, Role.coordinator)
        served = set(unit.session.scalars(select(ExpertiseRow.theme_id)))
        without = [theme.id for theme in themes(unit.session) if theme.id not in served]
    if not coordinators:
        yield Finding(patient.severity, "no_coordinator")
    if without:
        yield Finding(Level.warning, "themes_without_expert", {"themes": ", ".join(without)})
    if coordinators and not without:
        yield Finding(Level.ok, "people")


def _holidays(patient: Patient) -> Iterator[Finding]:
    with patient.parts.database.reading() as session:
        row = session.scalar(select(CalendarRow).order_by(CalendarRow.id.desc()).limit(1))
    wanted = patient.parts.office.clock.now().date() + HORIZON
    signed = row.data.get("signed_until") if row is not None else None
    if signed is None:
        yield Finding(patient.severity, "holidays_unsigned", {"day": wanted.isoformat()})
    elif dt.date.fromisoformat(signed) < wanted:
        yield Finding(patient.severity, "holidays_short", {"signed": signed, "day": wanted.isoformat()})
    else:
        yield Finding(Level.ok, "holidays", {"signed": signed})


def _secret(patient: Patient) -> Iterator[Finding]:
    file = patient.settings.secret_file
    if patient.settings.secrets.secret is not None:
        yield Finding(Level.ok, "secret_environment")
    elif file.exists() and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding(Level.fault, "secret_readable", {"file": file})
    else:
        yield Finding(Level.ok, "secret", {"file": file})


def _web(patient: Patient) -> Iterator[Finding]:
    web = patient.settings.configuration.web
    place: dict[str, object] = {"host": web.host, "port": web.port}
    if _answers(f"http://{_local(web.host)}:{web.port}/healthz"):
        ready = _answers(f"http://{_local(web.host)}:{web.port}/readyz")
        yield Finding(Level.ok if ready else Level.fault, "web_running" if ready else "web_not_ready", place)
    elif _running(patient):
        yield Finding(Level.fault, "web_silent", place)
    else:
        yield _port(patient, place)


def _telegram(patient: Patient) -> Iterator[Finding]:
    if patient.settings.secrets.telegram_token is None:
        return
    # Its library takes a while to load: not for those who have no use of it.
    from bot.channels.telegram.examination import examine as examine_telegram  # noqa: PLC0415
    from bot.channels.telegram.setting import telegram_options  # noqa: PLC0415

    yield from anyio.run(examine_telegram, telegram_options(patient.settings, "-"))


def _discord(patient: Patient) -> Iterator[Finding]:
    if patient.settings.secrets.discord_token is None:
        return
    # The same.
    from bot.channels.discord.examination import examine as examine_discord  # noqa: PLC0415
    from bot.channels.discord.setting import discord_options  # noqa: PLC0415

    yield from anyio.run(examine_discord, discord_options(patient.settings))


def _port(patient: Patient, place: dict[str, object]) -> Finding:
    web = patient.settings.configuration.web
    try:
        try_port(web.host, web.port)
    except OSError as error:
        return Finding(Level.fault, "web_port", {**place, "reason": error.strerror})
    return Finding(Level.ok, "web_free", place)


def _running(patient: Patient) -> bool:
    file = patient.settings.database_file
    try:
        if file is None or not file.exists():
            return False
        with only_service(file):
            return False
    except AlreadyRunningError:
        return True
    except OSError:
        return False  # a folder that no service can write to was told already


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=_PROBE_SECONDS) as response:  # noqa: S310 - our own address
            return bool(response.status == 200)  # noqa: PLR2004 - HTTP
    except (urllib.error.URLError, OSError):
        return False


def _local(host: str) -> str:
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - it is compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
