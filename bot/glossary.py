"""A word or an acronym explained: its own entry, or the entries that come nearest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.commands import plain_word
from knowledge.entry import Kind

if TYPE_CHECKING:
    from helpdesk.desk import Desk
    from helpdesk.views import Evidence
    from knowledge.entry import Entry

_GLOSSARY = frozenset({Kind.DEFINITION, Kind.ACRONYM})


def look_up(desk: Desk, text: str) -> tuple[Entry | None, tuple[Evidence, ...]]:
    """Return the entry that explains ``text``, if there is one, and those that come near."""
    found = desk.search_entries(text)
    wanted = plain_word(text)
    for item in found:
        entry = desk.entry(item.entry_id)
        named = {plain_word(name) for name in (entry.title, *entry.synonyms, *entry.acronyms)}
        if wanted in named or (entry.kind in _GLOSSARY and wanted in plain_word(entry.title).split()):
            return entry, found
    return None, found
