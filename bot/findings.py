"""What an examination finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """How bad a finding is; a fault makes the command fail."""

    ok = "ok"
    warning = "warning"
    fault = "fault"


@dataclass(frozen=True)
class Finding:
    """What was found: ``code`` names its sentence, ``data`` fills it. Advice follows a warning or a fault."""

    level: Level
    code: str
    data: dict[str, object] = field(default_factory=dict)
