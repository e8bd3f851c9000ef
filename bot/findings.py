"""What an examination finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.words import Words


class Level(StrEnum):
    """How bad a finding is; a fault makes the command fail."""

    ok = "ok"
    warning = "warning"
    fault = "fault"


@dataclass(frozen=True)
class Finding:
    """What was found: ``code`` names its sentence, ``data`` fills it; words of the catalogs are given by their keys.

    Advice follows a warning or a fault. A ``count`` in the data chooses between singular and plural.
    """

    level: Level
    code: str
    data: dict[str, object] = field(default_factory=dict)
    worded: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def sentence(self, words: Words) -> str:
        """Return what was found, in words."""
        return self._said(words, f"cli.doctor.{self.code}")

    def advice(self, words: Words) -> str | None:
        """Return what to do about it, None when all is well."""
        return None if self.level is Level.ok else self._said(words, f"cli.doctor.{self.code}.do")

    def _said(self, words: Words, key: str) -> str:
        data = {**self.data, **{name: ", ".join(map(words, keys)) for name, keys in self.worded.items()}}
        count = data.pop("count", None)
        return words.plural(key, count, **data) if isinstance(count, int) else words(key, **data)
