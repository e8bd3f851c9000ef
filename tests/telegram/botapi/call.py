"""One call of the bot: its parameters read from whatever form it came in, and checked against the documentation."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from tests.telegram.botapi.refusals import Json, Refusal, broken_contract
from tests.telegram.botapi.schema import METHODS


@dataclass(frozen=True)
class Upload:
    """A file uploaded with the call."""

    name: str
    content: bytes
    mime_type: str


@dataclass(frozen=True)
class Call:
    """A checked call; absent parameters read as empty values."""

    method: str
    values: Json
    uploads: dict[str, Upload] = field(default_factory=dict)
    at: float = 0.0
    """When it arrived, in monotonic seconds."""

    def has(self, name: str) -> bool:
        """Tell whether a parameter was given."""
        return name in self.values

    def string(self, name: str) -> str:
        """A text, empty when absent."""
        return str(self.values.get(name, ""))

    def integer(self, name: str, default: int = 0) -> int:
        """A number."""
        return int(self.values.get(name, default))

    def flag(self, name: str) -> bool:
        """A boolean, false when absent."""
        return bool(self.values.get(name, False))

    def items(self, name: str) -> list[Json]:
        """An array."""
        return cast("list[Json]", self.values.get(name, []))

    def object(self, name: str) -> Json | None:
        """A JSON object, if given."""
        return cast("Json | None", self.values.get(name))

    def chat(self, name: str = "chat_id") -> int | str:
        """A chat's identifier or @username."""
        return cast("int | str", self.values[name])


def read_call(method: str, raw: Mapping[str, object], uploads: dict[str, Upload], at: float) -> Call:
    """Check a call's method and parameters; refuse, as a violation, what is not in the documentation."""
    known = METHODS.get(method.lower())
    if known is None:
        raise Refusal(404, "Not Found: method not found", violation=True)
    name, parameters = known
    unknown = sorted({*raw, *uploads} - set(parameters) - _attached(raw))
    if unknown:
        raise broken_contract(f"{name} has no parameter {', '.join(unknown)}")
    values: Json = {}
    for parameter in parameters.values():
        if parameter.kind == "file" and parameter.name in uploads:
            values[parameter.name] = uploads[parameter.name]
        elif parameter.name in raw:
            values[parameter.name] = _typed(parameter.name, parameter.kind, raw[parameter.name])
        elif parameter.required:
            raise _missing(parameter.name)
    return Call(name, values, uploads, at)


def _attached(raw: Mapping[str, object]) -> set[str]:
    media = raw.get("media")
    return set(re.findall(r"attach://([\w-]+)", media if isinstance(media, str) else json.dumps(media)))


def _missing(name: str) -> Refusal:
    if name == "text":
        return broken_contract("message text is empty")
    return broken_contract(f"parameter {name!r} is required")


def _typed(name: str, kind: str, value: object) -> object:
    wrong = broken_contract(f"parameter {name!r} must be of type {kind}, not {value!r:.80}")
    if kind in ("string", "file"):
        if not isinstance(value, str):
            raise wrong
        return value
    if kind == "chat" and isinstance(value, str) and re.fullmatch(r"@[A-Za-z]\w+", value):
        return value
    decoded = _decoded(value, wrong)
    python = {"integer": int, "chat": int, "boolean": bool, "array": list, "object": dict}[kind]
    if type(decoded) is not python:
        raise wrong
    return decoded


def _decoded(value: object, wrong: Refusal) -> object:
    if not isinstance(value, str):
        return value
    try:
        return cast("object", json.loads(value))
    except ValueError:
        raise wrong from None
