from __future__ import annotations

import sqlite3
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.cli_words import commands, without_config
from bot.words import LOCALES
from knowledge.files import read_library, shipped_library
from tests.bot.service import free_port


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GUICHET_LOCALE", "fr")
    for name in ("GUICHET_CONFIG", "GUICHET_SECRET", "GUICHET_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def guichet(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def done(*arguments: str) -> str:
    result = guichet(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


def refused(*arguments: str) -> str:
    result = guichet(*arguments)
    assert result.exit_code != 0
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.output


_HEAVY = {"sqlalchemy", "alembic", "starlette", "uvicorn", "telegram", "numpy"}


def test_a_command_that_needs_neither_service_nor_database_loads_none(folder: Path) -> None:
    code = (
        "import sys; from bot.cli import main; main(sys.argv[1:], standalone_mode=False); "
        f"sys.exit(' '.join({_HEAVY} & sys.modules.keys()) or 0)"
    )
    for words in (["deadline", "--asked", "2026-06-01T10:00+02:00"], ["--help"]):
        ended = subprocess.run([sys.executable, "-c", code, *words], cwd=folder, capture_output=True, check=False)
        assert ended.stderr == b""


def test_each_command_answers_to_its_own_name() -> None:
    assert all(path.split(".")[-1] == command.name for path, command in commands(main))


PATHS = ["", *(path for path, _ in commands(main))]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("path", PATHS)
def test_every_command_has_its_help_in_both_languages(path: str, locale: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUICHET_LOCALE", locale)
    text = done(*path.split("."), "--help") if path else done("--help")
    expected = ("Usage :", "Affiche cette aide.") if locale == "fr" else ("Usage:", "Shows this help.")
    assert all(words in text for words in expected)


def test_the_language_is_the_configuration_s_unless_the_operator_chose(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "config.toml").write_text('network.locale = "en"\n', encoding="utf-8")
    monkeypatch.delenv("GUICHET_LOCALE")
    assert "Shows this help." in done("--help")
    monkeypatch.setenv("GUICHET_LOCALE", "fr")
    assert "Affiche cette aide." in done("--help")


def test_guichet_alone_shows_what_it_can_do() -> None:
    assert "doctor" in guichet().output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("foo",), "la commande « foo » n'existe pas"),
        (("run", "--fast"), "l'option --fast n'existe pas"),
        (("signin",), "il manque PERSON"),
        (("person", "add", "A", "--role", "king"), "valeur refusée pour --role"),
    ],
)
def test_a_slip_is_told_in_the_operator_s_language(arguments: tuple[str, ...], words: str) -> None:
    assert words in refused(*arguments)


def test_the_configuration_may_be_named_anywhere() -> None:
    assert without_config(["run", "--config", "a.toml"]) == (["run"], Path("a.toml"))
    assert without_config(["--config=a.toml", "run"]) == (["run"], Path("a.toml"))
    assert "absent.toml" in refused("doctor", "--config", "absent.toml")


def test_every_fault_of_the_configuration_is_told(folder: Path) -> None:
    (folder / "config.toml").write_text('[web]\nport = "8000"\nhots = "a"\n', encoding="utf-8")
    said = refused("run")
    assert "ligne 2 : web.port" in said
    assert "ligne 3 : la clé web.hots" in said
    assert "Traceback" not in said


def test_a_command_on_an_empty_folder_says_what_to_run_first() -> None:
    assert "guichet migrate" in refused("person", "list")


def test_migrating_twice_changes_nothing_the_second_time() -> None:
    assert "Base mise à jour" in done("migrate")
    assert "Base déjà à jour" in done("migrate")


def test_a_database_from_a_later_version_is_refused(folder: Path) -> None:
    (folder / "config.toml").write_text(f"[web]\nport = {free_port()}\n", encoding="utf-8")
    done("migrate")
    with sqlite3.connect("data/guichet.sqlite3") as database:
        database.execute("UPDATE alembic_version SET version_num = 'later'")
    database.close()
    assert "la base ne peut pas servir" in refused("migrate")
    assert "la base ne peut pas servir" in refused("run")


def test_a_person_is_added_listed_and_given_a_link() -> None:
    done("migrate")
    done("library", "import")
    added = done(
        "person", "add", "Ana Gil", "--role", "expert", "--lead", "textile", "--organisation", "Ville d'Ici",
        "--kind", "commune", "--population", "3200", "--account", "console:ana",
    )  # fmt: skip
    assert "Ana Gil est connu sous le numéro 1" in added
    assert "/signin/" in added
    assert "Ana Gil  [Ville d'Ici]  expert,member  textile  console:ana web:1" in done("person", "list")
    assert "/signin/" in done("signin", "Ana Gil")
    assert "/signin/" in done("signin", "1")


def test_an_invitation_gives_its_links() -> None:
    done("migrate")
    done("person", "add", "Ana Gil")
    own = done("invite", "--person", "Ana Gil")
    assert "Invitation pour Ana Gil" in own
    assert "http://127.0.0.1:8000/join/" in own
    assert "Pas de lien Telegram" in own
    made = done("invite", "--organisation", "SIVU du Lac", "--several")
    assert "Invitation pour SIVU du Lac" in made
    assert "l'un des deux" in refused("invite")
    assert "l'un des deux" in refused("invite", "--person", "1", "--organisation", "SIVU du Lac")
    assert "Zoé" in refused("invite", "--person", "Zoé")


@pytest.mark.parametrize("name", ["", "  "])
def test_nobody_is_invited_to_an_organisation_without_a_name(name: str) -> None:
    done("migrate")
    assert "Il manque un nom" in refused("invite", "--organisation", name)
    assert "Erreur :" in refused("invite", "--person", name)
    with sqlite3.connect("data/guichet.sqlite3") as database:
        assert database.execute("SELECT count(*) FROM organisation").fetchone() == (0,)
    database.close()


@pytest.mark.parametrize(
    "arguments",
    [
        ("person", "add", ""),
        ("person", "add", " "),
        ("person", "add", "A", "--organisation", ""),
        ("person", "add", "A", "--organisation", " "),
        ("person", "add", "A", "--theme", "magie"),
        ("person", "add", "A", "--lead", "magie"),
        ("person", "add", "A", "--account", "claire"),
        ("signin", "Personne"),
    ],
)
def test_a_refused_person_leaves_nothing_behind(arguments: tuple[str, ...]) -> None:
    done("migrate")
    assert "Erreur :" in refused(*arguments)
    assert done("person", "list") == ""


def test_two_people_of_one_name_are_told_apart_by_number() -> None:
    done("migrate")
    done("person", "add", "Ana")
    done("person", "add", "Ana")
    assert "donnez un numéro" in refused("signin", "Ana")
    assert "/signin/" in done("signin", "2")


def test_an_exported_library_is_the_imported_one(folder: Path) -> None:
    done("migrate")
    assert f"ajoutées : {len(read_library(shipped_library()).entries)}" in done("library", "import")
    assert "ajoutées : 0, mises à jour : 0" in done("library", "import")
    done("library", "export", "fiches")
    assert read_library(folder / "fiches") == read_library(shipped_library())
    assert "n'est pas vide" in refused("library", "export", "fiches")


def test_a_faulty_library_is_not_imported_in_part(folder: Path) -> None:
    done("migrate")
    (folder / "fiches").mkdir()
    (folder / "fiches" / "a.md").write_text("rien", encoding="utf-8")
    assert "rien n'a été importé" in refused("library", "import", "fiches")


def test_a_backup_is_a_whole_database_and_overwrites_nothing(folder: Path) -> None:
    done("migrate")
    done("person", "add", "Ana")
    done("backup", "copie.sqlite3")
    assert "existe déjà" in refused("backup", "copie.sqlite3")
    (folder / "config.toml").write_text('database.url = "sqlite:///copie.sqlite3"\n', encoding="utf-8")
    assert "Ana" in done("person", "list")


def test_a_backup_to_nowhere_is_refused_in_words() -> None:
    done("migrate")
    assert "a échoué" in refused("backup", "nulle/part/copie.sqlite3")


def test_a_postgresql_backup_is_led_to_its_own_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUICHET_DATABASE_URL", "postgresql://user@127.0.0.1:1/none")
    assert "pg_dump" in refused("backup", "copie")


def test_a_database_that_does_not_answer_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUICHET_DATABASE_URL", "postgresql://user@127.0.0.1:1/none?connect_timeout=2")
    assert "la base ne peut pas servir" in refused("migrate")


@pytest.mark.parametrize("url", ["sqlite:////proc/none/guichet.sqlite3", "sqlite:///taken/guichet.sqlite3"])
def test_a_folder_that_cannot_be_written_to_is_told_in_words(
    url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "taken").write_text("ceci n'est pas un dossier", encoding="utf-8")
    monkeypatch.setenv("GUICHET_DATABASE_URL", url)
    place = str(Path(url.removeprefix("sqlite:///")).parent)
    for command in (["run"], ["doctor"]):
        result = guichet(*command)
        assert (result.exit_code, type(result.exception)) == (1, SystemExit)
        assert "écrire dans le dossier" in result.output
        assert place in result.output
    for command in (["migrate"], ["person", "list"], ["library", "export", "fiches"]):
        assert "la base ne peut pas servir" in refused(*command)


def test_an_export_that_cannot_be_written_is_refused_in_words(folder: Path) -> None:
    done("migrate")
    (folder / "taken").write_text("ceci n'est pas un dossier", encoding="utf-8")
    for place in ("/proc/none", "taken/fiches"):
        assert f"l'export dans {place} a échoué" in refused("library", "export", place)


def test_the_deadline_is_counted_with_the_configured_calendar(folder: Path) -> None:
    (folder / "config.toml").write_text('calendar.closures = ["2026-06-02"]\n', encoding="utf-8")
    closed = done("deadline", "--asked", "2026-06-01T09:00+02:00")
    (folder / "config.toml").write_text("", encoding="utf-8")
    assert done("deadline", "--asked", "2026-06-01T09:00+02:00") != closed


def test_the_version_is_the_package_s(folder: Path) -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] in done("--version")
    assert not list(folder.iterdir())
