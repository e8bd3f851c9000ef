"""What could be better in a sound library: entries hard to find, phrasings that lead elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.errors import Fault, Severity
from knowledge.matcher import Matcher

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from knowledge.files import Library

FEWEST_PHRASINGS, MOST_PHRASINGS = 8, 15


def library_warnings(library: Library, folder: Path, today: dt.date) -> list[Fault]:
    """Return the warnings about a library, in file order: its phrasings are asked back to its own matcher."""
    matcher = Matcher(library.entries, library.themes)
    found = []
    for entry in library.entries:
        path = folder / f"{entry.id}.md"
        count = len(entry.phrasings)
        if not FEWEST_PHRASINGS <= count <= MOST_PHRASINGS:
            found.append(Fault(path, 1, "phrasings_count", {"count": str(count)}, Severity.WARNING))
        if not entry.holds_on(today):
            continue
        firsts = [matcher.judge(phrasing, today=today).scored[:1] for phrasing in entry.phrasings]
        if not any(first and first[0].entry_id == entry.id for first in firsts):
            found.append(Fault(path, 1, "only_title_finds", {"value": entry.id}, Severity.WARNING))
    return found
