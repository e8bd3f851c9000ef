"""Texts that are compared exactly with the files of a ``golden`` folder, beside the tests that say them.

After a change that is meant, run those tests with ``GUICHET_UPDATE_GOLDEN=1`` in the environment: they write the files
again; then read the difference as the person who will receive it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def assert_golden(text: str, path: Path) -> None:
    """Fail unless a text is that of the file."""
    if os.environ.get("GUICHET_UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
