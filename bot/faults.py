"""What is wrong with a configuration: each fault with its key's full name, its place, and what was found there."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rapidfuzz import fuzz, process

if TYPE_CHECKING:
    import tomllib
    from pathlib import Path

    from pydantic import ValidationError

_HEADER = re.compile(r"\s*\[\s*([A-Za-z0-9_.\s-]+?)\s*\]")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*=")
_TOML_PLACE = re.compile(r"\(at line (\d+), column \d+\)")
_NEAR = 70.0  # of 100: a slip of the finger or a forgotten section, not another word
_LONGEST_FOUND = 80
_ENVIRONMENT = {
    "secret": "GUICHET_SECRET",
    "database_url": "GUICHET_DATABASE_URL",
    "telegram_token": "GUICHET_TELEGRAM_TOKEN",
    "discord_token": "GUICHET_DISCORD_TOKEN",
    "embedding_key": "GUICHET_EMBEDDING_KEY",
}
_PRIVATE = {"database.url"}  # may hold a password: what was found is never repeated


@dataclass(frozen=True)
class ConfigurationFault:
    """One fault: its ``code``, the ``key`` and ``line`` concerned, what was ``found``, a close ``suggestion``."""

    code: str  # "wrong", "unknown", "syntax", "unreadable", "environment"
    key: str
    file: Path | None = None
    line: int | None = None
    found: str | None = None
    suggestion: str | None = None


class ConfigurationError(Exception):
    """The configuration is refused; ``faults`` holds all that is wrong with it."""

    def __init__(self, faults: tuple[ConfigurationFault, ...]) -> None:
        self.faults = faults
        super().__init__(", ".join(f"{fault.code} {fault.key}" for fault in faults))


def file_fault(file: Path, error: Exception) -> ConfigurationFault:
    """Return the fault of a file that cannot be read."""
    reason = error.strerror if isinstance(error, OSError) else "UTF-8"
    return ConfigurationFault("unreadable", str(file), file, found=reason)


def toml_fault(file: Path, error: tomllib.TOMLDecodeError) -> ConfigurationFault:
    """Return the fault of a file that is not TOML."""
    place = _TOML_PLACE.search(str(error))
    line = int(place.group(1)) if place else None
    return ConfigurationFault("syntax", str(file), file, line, found=_TOML_PLACE.sub("", str(error)).strip())


def from_environment(error: ValidationError) -> tuple[ConfigurationFault, ...]:
    """Return the faults of environment variables; their values are secrets and are not repeated."""
    return tuple(ConfigurationFault("environment", _ENVIRONMENT[str(item["loc"][0])]) for item in error.errors())


def from_file(file: Path, text: str, error: ValidationError, keys: tuple[str, ...]) -> tuple[ConfigurationFault, ...]:
    """Return the faults of a file's keys and values, in the order of its lines."""
    lines = key_lines(text)
    faults = [_fault(file, lines, item, keys) for item in error.errors(include_url=False)]
    return tuple(sorted(dict.fromkeys(faults), key=lambda fault: fault.line or 0))


def key_lines(text: str) -> dict[str, int]:
    """Return the line (from 1) of every key and section that a TOML text names, by full name."""
    lines: dict[str, int] = {}
    section = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            section = _joined(header.group(1))
            lines.setdefault(section, number)
        elif key := _KEY.match(line):
            name = _joined(key.group(1))
            lines.setdefault(f"{section}.{name}" if section else name, number)
    return lines


def _joined(name: str) -> str:
    return ".".join(part.strip() for part in name.split("."))


def _fault(file: Path, lines: dict[str, int], item: Any, keys: tuple[str, ...]) -> ConfigurationFault:  # noqa: ANN401 - pydantic's own
    path = tuple(str(part) for part in item["loc"])
    name = ".".join(path)
    if item["type"] == "extra_forbidden":
        return ConfigurationFault("unknown", name, file, _line(lines, path), suggestion=_closest(name, keys))
    key = next((".".join(path[:n]) for n in range(len(path), 0, -1) if ".".join(path[:n]) in keys), name)
    found = None if key in _PRIVATE else _shown(item["input"])
    return ConfigurationFault("wrong", key, file, _line(lines, path), found)


def _line(lines: dict[str, int], path: tuple[str, ...]) -> int | None:
    """Return the line that names a key, one of its parts (``hours.mon = …``), or else the nearest section."""
    for length in range(len(path), 0, -1):
        name = ".".join(path[:length])
        parts = [line for key, line in lines.items() if key == name or key.startswith(f"{name}.")]
        if parts:
            return min(parts)
    return None


def _closest(name: str, keys: tuple[str, ...]) -> str | None:
    """Return the key that was probably meant, by its full name or by its last part alone."""
    sections = {key.rpartition(".")[0] for key in keys} - {""}
    full = process.extractOne(name, [*keys, *sorted(sections)], scorer=fuzz.ratio, score_cutoff=_NEAR)
    if full:
        return str(full[0])
    last = {key.rpartition(".")[2]: key for key in reversed(keys)}
    near = process.extractOne(name.rpartition(".")[2], list(last), scorer=fuzz.ratio, score_cutoff=_NEAR)
    return last[near[0]] if near else None


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST_FOUND else text[: _LONGEST_FOUND - 1] + "…"
