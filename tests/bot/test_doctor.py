from __future__ import annotations

import datetime as dt
import socket
from typing import TYPE_CHECKING

import pytest

from bot.doctor import Patient, examine
from bot.findings import Finding, Level
from bot.library_files import write_library
from bot.parts import build_parts
from bot.secret import secret_of
from bot.setting_up import set_up
from bot.settings import load
from bot.words import LOCALES, Words
from helpdesk import migrate
from helpdesk.database import Database
from helpdesk.library import published_entries, themes
from helpdesk.model import Role
from helpdesk.people import create_person
from helpdesk.sweep import beat
from helpdesk.tables import Base, RevisionRow
from knowledge.files import read_library
from tests.bot.service import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.parts import Parts
    from bot.settings import Settings


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A real network's configuration, signed off for years."""
    monkeypatch.chdir(tmp_path)
    for name in ("GUICHET_CONFIG", "GUICHET_SECRET", "GUICHET_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "config.toml").write_text(
        f"[web]\nport = {free_port()}\n[calendar]\nsigned_until = 2099-12-31\n", encoding="utf-8"
    )
    return load()


@pytest.fixture
def parts(settings: Settings) -> Iterator[Parts]:
    built = build_parts(settings)
    yield built
    built.database.dispose()


@pytest.fixture
def sound(settings: Settings, parts: Parts) -> Parts:
    """A network that was set up, with a coordinator who is an expert of every theme."""
    secret_of(settings)
    set_up(parts, settings)
    with parts.office.unit() as unit:
        served = tuple(theme.id for theme in themes(unit.session))
        create_person(unit, "Nadia", frozenset({Role.coordinator, Role.expert}), themes=served)
    return parts


def findings(settings: Settings, parts: Parts) -> dict[str, Level]:
    found = list(examine(Patient(settings, parts)))
    for locale in LOCALES:
        words = Words(locale)
        for finding in found:
            assert finding.sentence(words)
            assert finding.level is Level.ok or finding.advice(words)
    return {finding.code: finding.level for finding in found}


def faults(settings: Settings, parts: Parts) -> set[str]:
    return {code for code, level in findings(settings, parts).items() if level is not Level.ok}


def test_a_network_that_is_set_up_is_sound(settings: Settings, sound: Parts) -> None:
    assert faults(settings, sound) == set()


def test_before_the_first_start_there_is_only_something_to_do(settings: Settings, parts: Parts) -> None:
    assert faults(settings, parts) == {"database_absent"}


def test_an_empty_database_is_no_fault_either(settings: Settings, parts: Parts) -> None:
    parts.database.engine.connect().close()  # SQLite makes the file; PostgreSQL is given an empty database
    found = findings(settings, parts)
    assert found["database_empty"] is Level.warning
    assert "not_migrated" not in found


def test_tables_that_were_not_migrated_are_a_fault(settings: Settings, parts: Parts) -> None:
    Base.metadata.create_all(parts.database.engine)
    assert findings(settings, parts)["not_migrated"] is Level.fault


def test_a_network_without_people_library_or_holidays_is_not_ready(settings: Settings, parts: Parts) -> None:
    migrate.upgrade(parts.database)
    found = findings(settings, parts)
    assert found["library_empty"] is Level.fault
    assert found["no_coordinator"] is Level.fault
    assert found["holidays_unsigned"] is Level.fault


def test_a_theme_without_expert_is_said(settings: Settings, parts: Parts) -> None:
    set_up(parts, settings)
    with parts.office.unit() as unit:
        create_person(unit, "Nadia", frozenset({Role.coordinator}))
    assert faults(settings, parts) == {"themes_without_expert"}


def test_holidays_signed_for_too_short_a_time_are_said(settings: Settings, sound: Parts) -> None:
    soon = sound.office.clock.now().date() + dt.timedelta(days=59)
    text = f"[web]\nport = {settings.configuration.web.port}\n[calendar]\nsigned_until = {soon}\n"
    assert settings.file is not None
    settings.file.write_text(text, encoding="utf-8")
    set_up(sound, load())
    assert faults(settings, sound) == {"holidays_short"}


def test_a_faulty_entry_is_found_in_the_database(settings: Settings, sound: Parts) -> None:
    with sound.database.transaction() as session:
        row = session.get_one(RevisionRow, ("faq-prix-seul", 1))
        row.data = {**row.data, "see_also": ["nowhere"]}
    assert faults(settings, sound) == {"library_faults"}
    (found,) = (finding for finding in examine(Patient(settings, sound)) if finding.code == "library_faults")
    assert found.sentence(Words("fr")) == "La bibliothèque a 1 défaut, dans « faq-prix-seul »."


def test_an_entry_published_without_phrasings_is_written_with_its_title(
    settings: Settings, sound: Parts, tmp_path: Path
) -> None:
    with sound.database.transaction() as session:
        row = session.get_one(RevisionRow, ("faq-prix-seul", 1))
        row.data = {**row.data, "phrasings": []}
    assert faults(settings, sound) == set()
    with sound.database.reading() as session:
        write_library(tmp_path, published_entries(session), themes(session))
    (entry,) = (found for found in read_library(tmp_path).entries if found.id == "faq-prix-seul")
    assert entry.phrasings == (entry.title,)


def test_entries_past_their_review_are_counted(settings: Settings, sound: Parts) -> None:
    with sound.database.transaction() as session:
        row = session.get_one(RevisionRow, ("faq-prix-seul", 1))
        row.data = {**row.data, "review": "2020-01-01", "verified": "2019-01-01"}
    assert faults(settings, sound) == {"library_review"}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("code", ["library", "library_faults", "library_review"])
def test_what_is_counted_is_said_in_the_singular_or_the_plural(code: str, locale: str) -> None:
    words = Words(locale)
    one, two = (Finding(Level.warning, code, {"count": count, "entry": "faq-rge"}) for count in (1, 2))
    assert one.sentence(words) != two.sentence(words).replace("2", "1")
    if code != "library":
        assert one.advice(words) != two.advice(words)


def test_a_clock_behind_what_was_written_is_a_fault(
    settings: Settings, sound: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sound.office.unit() as unit:
        beat(unit, "sweep")
    yesterday = sound.office.clock.now() - dt.timedelta(days=1)
    monkeypatch.setattr(sound.office.clock, "now", lambda _session=None: yesterday)
    assert findings(settings, sound)["clock_behind"] is Level.fault


def test_a_secret_that_others_may_read_is_a_fault(settings: Settings, sound: Parts) -> None:
    settings.secret_file.chmod(0o644)
    assert faults(settings, sound) == {"secret_readable"}


def test_a_port_that_something_else_holds_is_a_fault(settings: Settings, sound: Parts) -> None:
    web = settings.configuration.web
    with socket.create_server((web.host, web.port)):
        assert faults(settings, sound) == {"web_port"}


def test_a_database_that_does_not_answer_is_a_fault(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUICHET_DATABASE_URL", "postgresql://user:motdepasse@127.0.0.1:1/none?connect_timeout=2")
    away = load()
    found = list(examine(Patient(away, build_parts(away))))
    refused = next(finding for finding in found if finding.code == "database_refused")
    assert refused.level is Level.fault
    assert "motdepasse" not in str(refused.data)
    assert settings.database_file is not None


def test_a_postgresql_network_is_examined_as_well(
    settings: Settings, postgresql: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgresql.url.render_as_string(hide_password=False)
    monkeypatch.setenv("GUICHET_DATABASE_URL", url)
    there = load()
    built = build_parts(there)
    found = findings(there, built)
    built.database.dispose()
    # The suite's own tables are made without migrations.
    assert found["database"] is Level.ok
    assert found["not_migrated"] is Level.fault
    assert settings.configuration == there.configuration
