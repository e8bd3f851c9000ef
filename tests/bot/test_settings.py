from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.cli_operator import fault_sentence
from bot.faults import ConfigurationError, key_lines
from bot.settings import Configuration, known_keys, load, read
from bot.words import LOCALES, Words
from helpdesk.calendar import Calendar
from helpdesk.policy import Policy

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("GUICHET_CONFIG", "GUICHET_SECRET", "GUICHET_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def write(text: str) -> Path:
    file = Path("config.toml")
    file.write_text(text, encoding="utf-8")
    return file


def refusals(text: str, locale: str = "fr") -> list[str]:
    with pytest.raises(ConfigurationError) as refused:
        read(write(text))
    return [fault_sentence(fault, Words(locale)) for fault in refused.value.faults]


def test_the_example_holds_every_key_with_its_default() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert read(EXAMPLE) == Configuration()
    assert set(known_keys()) <= set(key_lines(text))


def test_each_key_of_the_example_is_explained_beside_it() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    for key in known_keys():
        line = lines[key_lines("\n".join(lines))[key] - 1]
        above = lines[lines.index(line) - 1]
        assert "#" in line or above.startswith("#") or key == "web.port"


def test_without_a_file_guichet_shows_itself() -> None:
    settings = load()
    assert settings.configuration == Configuration(demo=True)
    assert settings.policy() == Policy()
    assert settings.base_url == "http://127.0.0.1:8000"


def test_a_file_in_the_folder_is_read_and_one_that_is_named_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    write('[network]\nname = "Ici"')
    assert load().configuration.network.name == "Ici"
    assert not load().configuration.demo
    Path("autre.toml").write_text('[network]\nname = "Ailleurs"', encoding="utf-8")
    monkeypatch.setenv("GUICHET_CONFIG", "autre.toml")
    assert load().configuration.network.name == "Ailleurs"
    assert load(Path("config.toml")).configuration.network.name == "Ici"


def test_the_promise_is_counted_with_what_the_file_says() -> None:
    write(
        """
        [promise]
        answer_days = 2
        reminders = [80]
        [limits]
        message_chars = 500
        [calendar]
        subdivision = "67"
        signed_until = 2027-12-31
        closures = [2026-12-24, { span = "2026-12-28/2026-12-31", reason = "Fêtes" }]
        hours.mon = [["10:00", "12:00"]]
        """,
    )
    settings = load()
    assert settings.policy() == Policy(answer_days=2, reminders=(80,), max_text=500)
    calendar = Calendar.from_data(settings.calendar_data(2026))
    assert {weekday for weekday, ranges in calendar.hours.items() if ranges} == {0}
    assert "Saint-Étienne" in "".join(calendar.names.values()) or "Vendredi saint" in calendar.names.values()
    assert [closure.reason for closure in calendar.closures] == ["", "Fêtes"]
    assert calendar.signed_until is not None


def test_secrets_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUICHET_DATABASE_URL", "postgresql://user:motdepasse@host/base")
    monkeypatch.setenv("GUICHET_SECRET", "s" * 40)
    settings = load()
    assert settings.database_file is None
    assert settings.database_url.startswith("postgresql://user:motdepasse@")
    assert "motdepasse" not in repr(settings.configuration)
    assert "ssss" not in repr(settings)


def test_a_short_secret_is_refused_without_being_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUICHET_SECRET", "court")
    with pytest.raises(ConfigurationError) as refused:
        load()
    sentence = fault_sentence(refused.value.faults[0], Words("fr"))
    assert sentence == "variable d'environnement GUICHET_SECRET : elle attend au moins 32 caractères tirés au hasard."


def test_all_faults_are_said_at_once_with_their_lines() -> None:
    said = refusals('demmo = true\n\n[web]\nport = "8000"\nhots = "a"\n[promises]\nanswer_days = 2\n')
    assert said == [
        "config.toml, ligne 1 : la clé demmo n'existe pas. Vouliez-vous écrire demo ?",
        'config.toml, ligne 4 : web.port attend un nombre entier de 1 à 65535 ; trouvé : "8000".',
        "config.toml, ligne 5 : la clé web.hots n'existe pas. Vouliez-vous écrire web.host ?",
        "config.toml, ligne 6 : la clé promises n'existe pas. Vouliez-vous écrire promise ?",
    ]


def test_a_key_in_the_wrong_section_is_led_to_its_place() -> None:
    assert refusals("[web]\nanswer_days = 2\n") == [
        "config.toml, ligne 2 : la clé web.answer_days n'existe pas. Vouliez-vous écrire promise.answer_days ?",
    ]


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('network.zone = "Europe/Pari"', "network.zone"),
        ('network.locale = "de"', "network.locale"),
        ('network.base_url = "guichet.example.org"', "network.base_url"),
        ('database.url = "mysql://h/x"', "database.url"),
        ('database.url = "sqlite://"', "database.url"),
        ("web.port = 0", "web.port"),
        ("web.port = true", "web.port"),
        ("promise.answer_days = 0", "promise.answer_days"),
        ("promise.reminders = [75, 50]", "promise.reminders"),
        ("promise.reminders = [100]", "promise.reminders"),
        ("promise.escalations = [90]", "promise.escalations"),
        ('calendar.subdivision = "GES"', "calendar.subdivision"),
        ('calendar.signed_until = "demain"', "calendar.signed_until"),
        ('calendar.closures = ["2026-02-30"]', "calendar.closures"),
        ('calendar.hours.mon = [["12:00", "12:00"]]', "calendar.hours"),
        ('calendar.hours.lundi = [["09:00", "12:00"]]', "calendar.hours"),
        ("calendar.hours = {}", "calendar.hours"),
        ("limits.message_chars = 10", "limits.message_chars"),
        ('log.level = "loud"', "log.level"),
        ("web = 3", "web"),
    ],
)
def test_each_wrong_value_is_refused_by_its_full_name_in_both_languages(line: str, key: str) -> None:
    for locale in LOCALES:
        (said,) = refusals(f"# one\n# two\n{line}\n", locale)
        assert re.match(rf"config\.toml, (ligne|line) 3\W+{re.escape(key)} (attend|expects) ", said)


def test_a_database_address_is_never_repeated() -> None:
    (said,) = refusals('[database]\nurl = "mysql://user:motdepasse@host/base"\n')
    assert "motdepasse" not in said


def test_what_is_not_toml_is_refused_with_its_line() -> None:
    (said,) = refusals("[web]\nport = 80 80\n")
    assert said.startswith("config.toml, ligne 2 : ce n'est pas du TOML (")


def test_a_named_file_that_is_not_there_is_refused() -> None:
    with pytest.raises(ConfigurationError) as refused:
        load(Path("absent.toml"))
    assert refused.value.faults[0].code == "unreadable"


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
        ("guichet.local", "http://guichet.local:8000"),
    ],
)
def test_people_reach_the_pages_where_they_are_served(host: str, address: str) -> None:
    write(f'[web]\nhost = "{host}"')
    assert load().base_url == address


def test_each_key_has_its_expectation_in_both_languages() -> None:
    for locale in LOCALES:
        words = Words(locale)
        assert all(words(f"cli.expected.{key}") for key in known_keys())
