"""Files of questions: JSON Lines, with or without the labels that an evaluation needs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from knowledge.errors import LabelledFileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True)
class Labelled:
    """A question with what is right for it: the entries that answer it (none: unanswerable), its theme, its type."""

    text: str
    relevant: tuple[str, ...]
    theme: str | None = None
    type: str | None = None


def read_questions(lines: Iterable[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each line's number and object, blank lines left out.

    Raises ``LabelledFileError`` at the first line that is no object with a text, or no UTF-8 (its bytes were read with
    ``surrogateescape``), by its number.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            raise LabelledFileError(number, "not_json" if _is_unicode(line) else "not_utf8") from None
        if not isinstance(value, dict):
            raise LabelledFileError(number, "not_an_object")
        if not _is_unicode(value):
            raise LabelledFileError(number, "not_utf8")
        if not isinstance(value.get("text"), str):
            raise LabelledFileError(number, "no_text")
        yield number, value


def read_labelled(lines: Iterable[str]) -> list[Labelled]:
    """Return labelled questions. Raises ``LabelledFileError`` at the first line that cannot be used."""
    found = []
    for number, value in read_questions(lines):
        relevant = value.get("relevant")
        if not isinstance(relevant, list) or not all(isinstance(item, str) for item in relevant):
            raise LabelledFileError(number, "no_relevant")
        theme, kind = value.get("theme"), value.get("type")
        if not all(label is None or isinstance(label, str) for label in (theme, kind)):
            raise LabelledFileError(number, "no_label")
        found.append(Labelled(value["text"], tuple(relevant), theme, kind))
    return found


def _is_unicode(value: object) -> bool:
    """Tell whether a line, or what its JSON holds, is text that can be written again: no half of a character."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
