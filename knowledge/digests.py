"""What tells one state of a library from another: its entries, the method, what was learnt."""

from __future__ import annotations

import hashlib
import json
from itertools import repeat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from knowledge.calibration import Calibration
    from knowledge.entry import Entry, Theme
    from knowledge.index import Index
    from knowledge.learning import Learnt

_METHOD = "28"  # raised whenever the way of scoring or deciding changes


def digests(entries: Sequence[Entry], known: Mapping[int, int]) -> dict[int, int]:
    """Return a number that changes with each entry, by the entry itself; those ``known`` already are kept."""
    found = dict(zip(map(id, entries), map(known.get, map(id, entries), repeat(0)), strict=True))
    for entry in entries:
        if not found[id(entry)]:
            found[id(entry)] = _digest(entry)
    return found


def calibration_key(digests: Iterable[int], index: Index, precision: float, learnt: Learnt) -> str:
    """Return what a calibration depends on: entries, words of themes, method, model, precision, verdicts."""
    senses = index.senses.digest if index.senses else ""
    told = [_METHOD, f"{sum(digests):x}", precision, learnt.digest(), senses, sorted(index.trade)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def version(digests: Iterable[int], themes: Iterable[Theme], calibration: Calibration, learnt: Learnt) -> str:
    """Return what a judgement depends on, in twelve characters: entries, themes, method, calibration, complaints."""
    about = [[theme.id, theme.about] for theme in themes]
    against = [[verdict.question, verdict.entry_id] for verdict in learnt.turned_down]
    told = json.dumps([_METHOD, f"{sum(digests):x}", about, calibration.to_data(), against], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def _digest(entry: Entry) -> int:
    """Return a number that changes with anything of an entry that a judgement rests on."""
    acronyms = (text for pair in sorted(entry.acronyms.items()) for text in pair)
    dates = (str(entry.valid_from), str(entry.valid_until))
    lists = ((entry.id, entry.theme, *dates), entry.see_also, entry.phrasings, entry.synonyms, acronyms)
    written = "\x1e".join((entry.title, entry.body, *map("\x1f".join, lists)))
    return int.from_bytes(hashlib.blake2b(written.encode(), digest_size=16).digest())
