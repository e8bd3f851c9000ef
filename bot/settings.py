"""The configuration: one TOML file, its defaults, and secrets from the environment alone.

``config.example.toml`` holds every key with its default, and ``docs/configuration.md`` tells what each means. A wrong
file is refused whole, with all its faults (``bot.faults``): nothing is guessed.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.faults import ConfigurationError, file_fault, from_environment, from_file, toml_fault
from bot.words import DEFAULT_LOCALE
from helpdesk.calendar import WEEKDAYS, Calendar
from helpdesk.errors import GuichetError
from helpdesk.holidays import MAINLAND, prefill
from helpdesk.policy import BREACH, Policy

if TYPE_CHECKING:
    from sqlalchemy import URL

DEFAULT_FILE = Path("config.toml")
FILE_VARIABLE = "GUICHET_CONFIG"
DATA_FOLDER = Path("data")
_WORKING_DAY = [["09:00", "12:00"], ["14:00", "17:30"]]
_HOLIDAY_YEARS = 4  # the present year and what follows: a question falls due weeks, not years, after it is asked
_ANY_YEAR = 2026  # a year to try a territory with


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise ValueError(name) from None
    return name


def _base_url(address: str) -> str:
    if not address:
        return address
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(address)
    return address.rstrip("/")


def _telegram_token(token: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]{20,}", token.get_secret_value()):
        raise ValueError("token")
    return token


def _discord_token(token: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{20,}", token.get_secret_value()):
        raise ValueError("token")
    return token


def _url(url: str) -> URL:
    # SQLAlchemy takes a while to load: not for those who only read the configuration.
    from helpdesk.database import normalise_url  # noqa: PLC0415

    return normalise_url(url)


def _header(key: SecretStr) -> SecretStr:
    if not re.fullmatch("[!-~]+", key.get_secret_value()):
        raise ValueError("key")
    return key


def _database_url(url: str) -> str:
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

    try:
        parsed = _url(url)
    except ArgumentError:
        raise ValueError(url) from None
    file = parsed.database if parsed.get_backend_name() == "sqlite" else "-"
    if parsed.get_backend_name() not in {"sqlite", "postgresql"} or file in {None, "", ":memory:"}:
        raise ValueError(url)
    return url


def _rising(steps: tuple[int, ...]) -> tuple[int, ...]:
    if list(steps) != sorted(set(steps)):
        raise ValueError(steps)
    return steps


def _territory(code: str) -> str:
    try:
        prefill(code, [_ANY_YEAR])
    except GuichetError:
        raise ValueError(code) from None
    return code


def _iso(value: object) -> object:
    """TOML has dates of its own; the calendar's data has them as text."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list):
        return [_iso(item) for item in value]
    if isinstance(value, dict):
        return {key: _iso(item) for key, item in value.items()}
    return value


def _calendar_part(name: str, value: object) -> Any:  # noqa: ANN401 - JSON values
    week = {"mon": _WORKING_DAY}
    try:
        Calendar.from_data({"tz": "UTC", "hours": week, name: value})
    except GuichetError:
        raise ValueError(value) from None
    return value


def _hours(value: object) -> Any:  # noqa: ANN401 - JSON values
    return _calendar_part("hours", value)


def _closures(value: object) -> Any:  # noqa: ANN401 - JSON values
    return _calendar_part("closures", _iso(value))


def _day_or_none(value: object) -> object:
    return None if value == "" else value


def _folder_or_none(value: object) -> object:
    if not isinstance(value, str) or not value:
        return value or None
    if not Path(value).is_dir():
        raise ValueError(value)
    return Path(value)


Place = Annotated[str, Field(pattern=r"^-?[0-9]+(:[0-9]+)?$")]
Snowflake = Annotated[str, Field(pattern=r"^[0-9]{15,20}$")]
Percent = Annotated[int, Field(ge=1, lt=BREACH)]
Beyond = Annotated[int, Field(gt=BREACH, le=1000)]


class Section(BaseModel):
    """A part of the file: unknown keys are refused and nothing is converted from one type to another."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


class Network(Section):
    """Who runs this Guichet and how its members read it."""

    name: Annotated[str, Field(min_length=1, max_length=100)] = "Guichet"
    zone: Annotated[str, AfterValidator(_zone)] = "Europe/Paris"
    locale: Literal["fr", "en"] = DEFAULT_LOCALE  # type: ignore[assignment]  # it is one of the two
    base_url: Annotated[str, AfterValidator(_base_url)] = ""
    open: bool = True


class DatabaseSection(Section):
    """Where everything is kept."""

    url: Annotated[str, AfterValidator(_database_url)] = f"sqlite:///{DATA_FOLDER}/guichet.sqlite3"


class Web(Section):
    """The pages."""

    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    session_days: Annotated[int, Field(ge=1, le=365)] = 30


class Promise(Section):
    """The commitment in figures; ``helpdesk.policy`` says what each means."""

    answer_days: Annotated[int, Field(ge=1, le=30)] = 3
    silence_days: Annotated[int, Field(ge=1, le=30)] = 1
    settle_days: Annotated[int, Field(ge=1, le=90)] = 5
    reminders: Annotated[tuple[Percent, ...], AfterValidator(_rising), Field(strict=False)] = (50, 75, 90)
    escalations: Annotated[tuple[Beyond, ...], AfterValidator(_rising), Field(strict=False)] = (125, 150)


class CalendarSection(Section):
    """When the network works."""

    subdivision: Annotated[str, AfterValidator(_territory)] = MAINLAND
    signed_until: Annotated[dt.date | None, BeforeValidator(_day_or_none)] = None
    closures: Annotated[list[Any], BeforeValidator(_closures)] = []
    hours: Annotated[dict[str, Any], BeforeValidator(_hours)] = dict.fromkeys(WEEKDAYS[:5], _WORKING_DAY)


class Limits(Section):
    """What one person may send."""

    message_chars: Annotated[int, Field(ge=200, le=100_000)] = 5000
    messages_per_minute: Annotated[int, Field(ge=1, le=1000)] = 30


class Telegram(Section):
    """The Telegram channel; it is on when the environment gives its token."""

    room: Annotated[int, Field(le=0)] = 0
    topics: Annotated[tuple[Place, ...], Field(strict=False)] = ()
    webhook: bool = False
    api: Annotated[str, AfterValidator(_base_url), Field(min_length=1)] = "https://api.telegram.org"


class Discord(Section):
    """The Discord channel; it is on when the environment gives its token."""

    forum: Annotated[int, Field(ge=0)] = 0
    experts: Annotated[int, Field(ge=0)] = 0
    coordinators: Annotated[int, Field(ge=0)] = 0
    roles: dict[Snowflake, Literal["member", "expert", "coordinator"]] = {}


class Matching(Section):
    """How the library answers alone."""

    precision: Annotated[float, Field(ge=0.5, le=0.999)] = 0.95


class Semantic(Section):
    """A language model that compares meanings; without one, words alone are compared."""

    folder: Annotated[Path | None, BeforeValidator(_folder_or_none)] = None
    endpoint: Annotated[str, AfterValidator(_base_url)] = ""
    model: Annotated[str, Field(max_length=200)] = ""


class Privacy(Section):
    """How long people's words are kept."""

    retention_months: Annotated[int, Field(ge=1, le=600)] = 36


class Log(Section):
    """What the journal says and how."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["console", "json"] = "console"


class Configuration(Section):
    """The whole file."""

    demo: bool = False
    network: Network = Network()
    database: DatabaseSection = DatabaseSection()
    web: Web = Web()
    promise: Promise = Promise()
    calendar: CalendarSection = CalendarSection()
    limits: Limits = Limits()
    telegram: Telegram = Telegram()
    discord: Discord = Discord()
    matching: Matching = Matching()
    semantic: Semantic = Semantic()
    privacy: Privacy = Privacy()
    log: Log = Log()


class Secrets(BaseSettings):
    """What never stands in a file: read from the environment, as ``GUICHET_`` and the name in capitals."""

    model_config = SettingsConfigDict(env_prefix="GUICHET_", env_ignore_empty=True, hide_input_in_errors=True)

    secret: Annotated[SecretStr, Field(min_length=32)] | None = None
    database_url: Annotated[str, AfterValidator(_database_url)] | None = None
    telegram_token: Annotated[SecretStr, AfterValidator(_telegram_token)] | None = None
    discord_token: Annotated[SecretStr, AfterValidator(_discord_token)] | None = None
    embedding_key: Annotated[SecretStr, AfterValidator(_header)] | None = None


@dataclass(frozen=True)
class Settings:
    """What Guichet runs with: the configuration, the file it came from if any, and the secrets given."""

    configuration: Configuration
    file: Path | None
    secrets: Secrets

    @property
    def database_url(self) -> str:
        """The environment's database, or the file's."""
        return self.secrets.database_url or self.configuration.database.url

    @property
    def database_file(self) -> Path | None:
        """The SQLite file, or None on PostgreSQL."""
        url = _url(self.database_url)
        return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None

    @property
    def secret_file(self) -> Path:
        """Where the secret is kept when the environment gives none: beside the database when that is a file."""
        return (self.database_file or DATA_FOLDER / "-").parent / "secret"

    @property
    def base_url(self) -> str:
        """Where people reach the pages, scheme included, without a final slash."""
        web = self.configuration.web
        if self.configuration.network.base_url:
            return self.configuration.network.base_url
        host = "127.0.0.1" if web.host in {"0.0.0.0", "::"} else web.host  # noqa: S104 - it is compared, not bound
        return f"http://[{host}]:{web.port}" if ":" in host else f"http://{host}:{web.port}"

    def policy(self) -> Policy:
        """Return the promise in figures."""
        promise = self.configuration.promise
        return Policy(
            answer_days=promise.answer_days,
            silence_days=promise.silence_days,
            settle_days=promise.settle_days,
            reminders=promise.reminders,
            escalations=promise.escalations,
            retention_months=self.configuration.privacy.retention_months,
            open_network=self.configuration.network.open,
            max_text=self.configuration.limits.message_chars,
        )

    def calendar_data(self, year: int) -> dict[str, Any]:
        """Return the promise calendar as data, its holidays foreseen from the year before ``year`` on."""
        section = self.configuration.calendar
        years = range(year - 1, year + _HOLIDAY_YEARS)
        data: dict[str, Any] = {
            "tz": self.configuration.network.zone,
            "hours": section.hours,
            "holidays": [
                {"date": row.day.isoformat(), "name": row.name} for row in prefill(section.subdivision, years)
            ],
            "closures": section.closures,
        }
        if section.signed_until is not None:
            data["signed_until"] = section.signed_until.isoformat()
        return data


def load(file: Path | None = None) -> Settings:
    """Read ``file``, else the one ``GUICHET_CONFIG`` names, else ``./config.toml`` if there is one, else the defaults.

    Without a file Guichet shows itself: ``demo`` is true. Raises ``ConfigurationError`` with every fault.
    """
    named = file or (Path(os.environ[FILE_VARIABLE]) if os.environ.get(FILE_VARIABLE) else None)
    chosen = named or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)
    configuration = Configuration(demo=True) if chosen is None else read(chosen)
    try:
        secrets = Secrets()
    except ValidationError as error:
        raise ConfigurationError(from_environment(error)) from None
    return Settings(configuration, chosen, secrets)


def read(file: Path) -> Configuration:
    """Return the configuration of a file. Raises ``ConfigurationError`` with every fault."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError((file_fault(file, error),)) from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError((toml_fault(file, error),)) from None
    try:
        return Configuration.model_validate(data)
    except ValidationError as error:
        raise ConfigurationError(from_file(file, text, error, known_keys())) from None


def known_keys(section: type[BaseModel] = Configuration, prefix: str = "") -> tuple[str, ...]:
    """Return the full name of every key of the file, in its order."""
    keys: list[str] = []
    for name, field in section.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            keys += known_keys(field.annotation, f"{prefix}{name}.")
        else:
            keys.append(prefix + name)
    return tuple(keys)
