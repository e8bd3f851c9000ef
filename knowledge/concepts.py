"""Words that mean nearly the same to a buyer, and acronyms with their expansions, recognised in a run of stems."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from knowledge import lexicon, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_LONGEST = 4  # stems in the longest expression that is looked for


class Concepts:
    """The groups of the word lists, unless ``general`` is false, and one group per acronym of the library."""

    def __init__(self, acronyms: Iterable[tuple[str, str]], language: text.Language, *, general: bool = True) -> None:
        self._names: dict[tuple[str, ...], set[str]] = defaultdict(set)
        if general and language is text.Language.FRENCH:
            for name, members in lexicon.concepts().items():
                for member in members:
                    self._add(member, f"~{name}", language)
        for acronym, expansion in acronyms:
            folded = text.fold(acronym)
            self._add(acronym, f"={folded}", language)
            self._add(expansion, f"={folded}", language)

    def _add(self, expression: str, name: str, language: text.Language) -> None:
        stems = tuple(text.stem(word, language) for word in text.content(text.words(expression, language), language))
        if stems:
            self._names[stems[:_LONGEST]].add(name)

    def expressions(self) -> Iterable[tuple[tuple[str, ...], set[str]]]:
        """Return every expression, as a run of stems, with the names of its groups."""
        return self._names.items()

    def runs(self) -> Iterable[tuple[str, ...]]:
        """Return every expression, as a run of stems."""
        return self._names.keys()

    def found_in(self, stems: Sequence[str]) -> list[str]:
        """Return the names of the groups that a run of stems mentions, each once, in a fixed order."""
        found: set[str] = set()
        for size in range(1, _LONGEST + 1):
            for start in range(len(stems) - size + 1):
                found |= self._names.get(tuple(stems[start : start + size]), _NONE)
        return sorted(found)


_NONE: frozenset[str] = frozenset()


def shared_acronyms(tables: Iterable[Mapping[str, str]]) -> list[tuple[str, str]]:
    """Return every acronym of a library with each of its expansions, in a fixed order."""
    return sorted({(acronym, expansion) for table in tables for acronym, expansion in table.items()})
