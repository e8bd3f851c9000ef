"""What can go wrong with a library: one small tree, each error with its code and the data its sentence needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import ClassVar


class Severity(StrEnum):
    """How much a fault matters: an error refuses the library, a warning only says what could be better."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, order=True)
class Fault:
    """One fault of a library file: where it is, its code, and the data its sentence needs."""

    path: Path
    line: int
    code: str
    data: dict[str, str] = field(default_factory=dict, compare=False)
    severity: Severity = Severity.ERROR


class KnowledgeError(Exception):
    """Root of this room's errors. ``code`` names the error and ``data`` fills its sentence."""

    code: ClassVar[str] = "knowledge"

    def __init__(self, **data: str) -> None:
        super().__init__(self.code, data)
        self.data = data


class LibraryError(KnowledgeError):
    """A library, or one of its files, is refused. ``faults`` holds every reason, in file and line order."""

    code = "library_refused"

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(count=str(len(faults)))
        self.faults = tuple(sorted(faults))


class LabelledFileError(KnowledgeError):
    """A file of questions has a line that cannot be used: ``line`` (from 1) and ``fault`` say which and why."""

    code = "labelled_file_refused"

    def __init__(self, line: int, fault: str) -> None:
        super().__init__(line=str(line), fault=fault)
        self.line = line
        self.fault = fault
