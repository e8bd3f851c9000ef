"""A word or an acronym explained: its own entry, what it stands for, or the entries that come nearest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.commands import plain_word
from knowledge.entry import GLOSSARY

if TYPE_CHECKING:
    from helpdesk.desk import Desk
    from knowledge.entry import Entry

_NEAR = 0.2  # the score from which an entry has something to do with a word


@dataclass(frozen=True)
class Explanation:
    """What there is to say of a word: the ``entry`` that explains it, or its ``meaning`` and what is ``near``."""

    entry: Entry | None
    meaning: str | None
    near: tuple[Entry, ...]

    @property
    def words_key(self) -> str:
        """The key of the sentence that introduces what is near; it takes the ``text`` and the ``meaning``."""
        if self.meaning is not None:
            return "chat.glossary.means"
        return "chat.glossary.near" if self.near else "chat.glossary.none"


def look_up(desk: Desk, text: str) -> Explanation:
    """Explain ``text``: its own entry; else what an acronym stands for, and the nearest entries to choose from."""
    found = desk.search_entries(text)
    entries = [desk.entry(item.entry_id) for item in found]
    wanted = plain_word(text)
    spelling = [(entry, full) for entry in entries if (full := _spelt(entry, wanted)) is not None]
    named = [entry for entry in entries if _is_named(entry, wanted)]
    # What an acronym stands for is told in a line, unless the glossary has an entry of its own for it.
    defining = [entry for entry in named if entry.kind in GLOSSARY] or ([] if spelling else named)
    if defining:
        return Explanation(defining[0], None, ())
    if spelling:
        return Explanation(None, spelling[0][1], tuple(entry for entry, _ in spelling))
    near = (entry for entry, item in zip(entries, found, strict=True) if item.score >= _NEAR)
    return Explanation(None, None, tuple(near))


def _is_named(entry: Entry, word: str) -> bool:
    """Tell whether an entry bears a word as its name; one of the glossary may have it in its title."""
    in_title = entry.kind in GLOSSARY and word in plain_word(entry.title).split()
    return in_title or word in {plain_word(name) for name in (entry.title, *entry.synonyms)}


def _spelt(entry: Entry, word: str) -> str | None:
    """Return what an acronym stands for, as an entry spells it out."""
    return next((full for acronym, full in entry.acronyms.items() if plain_word(acronym) == word), None)
