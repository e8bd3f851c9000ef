"""One service on one SQLite file: a lock beside it, which the kernel releases however the process ends."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class AlreadyRunningError(Exception):
    """Another process serves this database; ``file`` says which."""

    def __init__(self, file: Path) -> None:
        super().__init__(str(file))
        self.file = file


@contextmanager
def only_service(database: Path) -> Iterator[None]:
    """Hold the lock of an SQLite file while the block runs.

    Raises ``AlreadyRunningError``, and ``OSError`` when its folder cannot be written to.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    with database.with_name(f"{database.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AlreadyRunningError(database) from None
        yield
