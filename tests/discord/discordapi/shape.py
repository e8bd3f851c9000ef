"""Checks of payloads against what the documentation says of each field; what does not fit is a violation."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.discord.discordapi.refusals import Json, invalid

Check = Callable[[Any, str], None]


def text(maximum: int, minimum: int = 0, pattern: str = "") -> Check:
    """A string of so many characters."""

    def check(value: Any, path: str) -> None:  # noqa: ANN401 - whatever was received
        if not isinstance(value, str):
            raise invalid(path, "BASE_TYPE_STRING", f"Must be a string, not {value!r:.60}.")
        if not minimum <= len(value) <= maximum:
            raise invalid(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {minimum} and {maximum} in length.")
        if pattern and not re.fullmatch(pattern, value):
            raise invalid(path, "STRING_TYPE_REGEX", f"{value!r} does not match {pattern}.")

    return check


def integer(minimum: int = 0, maximum: int = 2**53) -> Check:
    """A number within bounds."""

    def check(value: Any, path: str) -> None:  # noqa: ANN401 - whatever was received
        if type(value) is not int or not minimum <= value <= maximum:
            raise invalid(path, "NUMBER_TYPE", f"Must be between {minimum} and {maximum}, not {value!r:.60}.")

    return check


def boolean(value: Any, path: str) -> None:  # noqa: ANN401 - whatever was received
    """A true or false."""
    if type(value) is not bool:
        raise invalid(path, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")


def snowflake(value: Any, path: str) -> None:  # noqa: ANN401 - whatever was received
    """An identifier, as a string or a number."""
    if type(value) not in (int, str) or not re.fullmatch(r"\d{1,20}", str(value)):
        raise invalid(path, "NUMBER_TYPE_COERCE", f"Value {value!r:.60} is not snowflake.")


def anything(_value: Any, _path: str) -> None:  # noqa: ANN401 - whatever was received
    """A value that is checked where it is used."""


def one_of(*values: object) -> Check:
    """One of the documented values."""

    def check(value: Any, path: str) -> None:  # noqa: ANN401 - whatever was received
        if isinstance(value, bool) or value not in values:
            raise invalid(path, "BASE_TYPE_CHOICES", f"Value must be one of {values}, not {value!r:.60}.")

    return check


def array(of: Check, maximum: int, minimum: int = 0) -> Check:
    """So many values of one kind."""

    def check(value: Any, path: str) -> None:  # noqa: ANN401 - whatever was received
        if not isinstance(value, list):
            raise invalid(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType.")
        if not minimum <= len(value) <= maximum:
            raise invalid(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {minimum} and {maximum} in length.")
        for rank, item in enumerate(value):
            of(item, f"{path}.{rank}")

    return check


def mapping(keys: Check, of: Check) -> Check:
    """Values under names that are data, such as localisations."""

    def check(value: Any, path: str) -> None:  # noqa: ANN401 - whatever was received
        if not isinstance(value, dict):
            raise invalid(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType.")
        for key, item in value.items():
            keys(key, path)
            of(item, f"{path}.{key}")

    return check


def maybe(check: Check) -> Check:
    """A value that may be null."""

    def nullable(value: Any, path: str) -> None:  # noqa: ANN401 - whatever was received
        if value is not None:
            check(value, path)

    return nullable


def shape(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with these fields and no other."""
    known = {**required, **(optional or {})}

    def check(value: Any, path: str) -> None:  # noqa: ANN401 - whatever was received
        if not isinstance(value, dict):
            raise invalid(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType.")
        for name in required:
            if name not in value:
                raise invalid(_under(path, name), "BASE_TYPE_REQUIRED", "This field is required.")
        for name, item in value.items():
            if name not in known:
                raise invalid(_under(path, name), "UNKNOWN_FIELD", "The documentation knows no such field.")
            known[name](item, _under(path, name))

    return check


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def check_query(query: Mapping[str, str], **numbers: tuple[int, int]) -> dict[str, int]:
    """Read the numbers of an address's query, within their bounds; any other parameter is a violation."""
    found: Json = {}
    for name, value in query.items():
        if name not in numbers:
            raise invalid(name, "UNKNOWN_FIELD", "The documentation knows no such parameter.")
        low, high = numbers[name]
        if not value.isdigit() or not low <= int(value) <= high:
            raise invalid(name, "NUMBER_TYPE", f"Must be between {low} and {high}, not {value!r}.")
        found[name] = int(value)
    return found
