"""The front matter of an entry file: YAML read as text with the line of every value, and written back."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import yaml

from knowledge.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # the C loader where libyaml is there: 10x faster
_DEEPEST = 10  # collections within each other that are read: an entry has three
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass
class FrontMatter:
    """The values of one front matter, all text, with their lines; asking for a bad one records a fault."""

    path: Path
    values: dict[str, Any]
    lines: dict[str, int]
    faults: list[Fault] = field(default_factory=list)

    def fault(self, code: str, key: str = "", **data: str) -> None:
        """Record a fault at the line of ``key`` (of the whole front matter when the key is absent)."""
        self.faults.append(Fault(self.path, self.lines.get(key, 1), code, {"field": key, **data}))

    def check_keys(self, required: Sequence[str], optional: Sequence[str]) -> None:
        """Record every missing and every unknown key."""
        for key in required:
            if key not in self.values:
                self.fault("missing_key", key)
        for key in self.values:
            if key not in required and key not in optional:
                self.fault("unknown_key", key)

    def text(self, key: str) -> str | None:
        """Return a text on one line, or nothing when the key is absent or its value is no text."""
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            self.fault("text_expected", key)
            return None
        return " ".join(value.split())

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty when the key is absent."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            self.fault("texts_expected", key)
            return ()
        return tuple(" ".join(item.split()) for item in value)

    def pairs(self, key: str) -> dict[str, str]:
        """Return a mapping from text to text, empty when the key is absent."""
        value = self.values.get(key, {})
        if not isinstance(value, dict) or not all(isinstance(v, str) and v.strip() for v in value.values()):
            self.fault("pairs_expected", key)
            return {}
        return {name: " ".join(text.split()) for name, text in value.items()}

    def records(self, key: str, required: Sequence[str], optional: Sequence[str] = ()) -> list[dict[str, str]]:
        """Return a list of mappings that have every required key and no unknown one."""
        value = self.values.get(key, [])
        if not isinstance(value, list):
            self.fault("records_expected", key)
            return []
        kept = []
        for item in value:
            known = isinstance(item, dict) and set(item) <= {*required, *optional}
            if not known or not all(isinstance(item.get(name), str) and item[name] for name in required):
                self.fault("record_keys", key, wanted=", ".join(required))
            else:
                kept.append(item)
        return kept

    def day(self, key: str) -> dt.date | None:
        """Return an ISO 8601 day, or nothing when the key is absent or its value is no day."""
        text = self.text(key)
        return None if text is None else self.parse_day(key, text)

    def parse_day(self, key: str, text: str) -> dt.date | None:
        """Return the ISO 8601 day of ``text``, recording a fault at ``key`` when there is none."""
        try:
            if _ISO_DAY.fullmatch(text):
                return dt.date.fromisoformat(text)
        except ValueError:
            pass
        self.fault("bad_date", key, value=text)
        return None


def split(text: str) -> tuple[str, str, int] | None:
    """Return the front matter, the body and the body's first line number; nothing without front matter."""
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").split("\n")
    if lines[0].rstrip() != "---":
        return None
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == "---":
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]), number + 2
    return None


def read(front: str, path: Path) -> FrontMatter:
    """Return the values of a front matter; unreadable YAML, or nested too deep, and keys given twice become faults."""
    try:
        if _is_deep(front):
            return _unreadable(path, 2, "nesting")
        node = yaml.compose(front, Loader=_LOADER)
        values = yaml.load(front, Loader=_LOADER)  # noqa: S506  # the base loader makes text only
    except yaml.MarkedYAMLError as error:
        line = 2 + (error.problem_mark.line if error.problem_mark else 0)
        return _unreadable(path, line, str(error.problem))
    except yaml.YAMLError as error:
        return _unreadable(path, 2, str(error))
    if not isinstance(node, yaml.MappingNode) or not isinstance(values, dict):
        return _unreadable(path, 2, "mapping")
    result = FrontMatter(path, values, {})
    for key, _ in node.value:
        line = key.start_mark.line + 2
        if key.value in result.lines:
            result.faults.append(Fault(path, line, "duplicate_key", {"field": key.value}))
        result.lines[key.value] = line
    return result


def _is_deep(front: str) -> bool:
    """Tell whether collections hold each other deeper than any entry's do: libyaml composes them on the stack."""
    steps = (
        isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        for event in yaml.parse(front, Loader=_LOADER)
    )
    return any(depth > _DEEPEST for depth in accumulate(steps))


def _unreadable(path: Path, line: int, why: str) -> FrontMatter:
    return FrontMatter(path, {}, {}, [Fault(path, line, "unreadable_yaml", {"why": why})])


def quoted(text: str) -> str:
    """Return a YAML double-quoted scalar that reads back as ``text``."""
    parts = [_escaped(char) for char in text]
    return '"' + "".join(parts) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char == " " or char.isprintable():
        return char
    return f"\\U{ord(char):08x}"
