"""What could be better in a sound library: entries hard to find, phrasings that lead elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from knowledge.errors import Fault, Severity
from knowledge.index import Index
from knowledge.question import read_question
from knowledge.ranking import rank
from knowledge.speech import language_spoken

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

    from knowledge.entry import Entry
    from knowledge.files import Library

FEWEST_PHRASINGS, MOST_PHRASINGS = 8, 15


def library_warnings(library: Library, folder: Path, today: dt.date) -> list[Fault]:
    """Return the warnings about a library, in file order: its phrasings are asked back to its own matcher."""
    valid = [entry for entry in library.entries if entry.holds_on(today)]
    index = Index(valid, language_spoken(valid))
    numbers = {entry.id: number for number, entry in enumerate(library.entries)}
    firsts = {entry.id: _firsts(index, entry, valid) for entry in valid}
    found = []
    for entry in library.entries:
        path = folder / f"{entry.id}.md"
        count = len(entry.phrasings)
        if not FEWEST_PHRASINGS <= count <= MOST_PHRASINGS:
            found.append(_warning(path, "phrasings_count", count=str(count)))
        if entry.id in firsts and entry.id not in firsts[entry.id]:
            found.append(_warning(path, "only_title_finds", value=entry.id))
        found += [
            _warning(path, "answer_each_other", value=other)
            for other in sorted(firsts.get(entry.id, ()))
            if numbers[other] > numbers[entry.id] and entry.id in firsts[other]
        ]
    return found


def _firsts(index: Index, entry: Entry, entries: Sequence[Entry]) -> set[str]:
    """Return the entries that come first for one of an entry's phrasings."""
    everything = np.ones(index.size, dtype=bool)
    ranked = (rank(read_question(phrasing, index), index, everything) for phrasing in entry.phrasings)
    return {entries[int(ranking.order[0])].id for ranking in ranked}


def _warning(path: Path, code: str, **data: str) -> Fault:
    return Fault(path, 1, code, data, Severity.WARNING)
