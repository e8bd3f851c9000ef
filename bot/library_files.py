"""A library written as the folder of files that ``guichet library import`` reads back."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from knowledge.files import format_entry

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from knowledge.entry import Entry, Theme


def write_library(folder: Path, entries: Iterable[Entry], themes: Iterable[Theme]) -> None:
    """Write ``themes.toml`` and one file per entry to an existing folder.

    An entry without phrasings, as earlier versions published what experts proposed, is written with its title as one:
    a file must have some.
    """
    (folder / "themes.toml").write_text(_themes_text(themes), encoding="utf-8")
    for entry in entries:
        asked = replace(entry, phrasings=entry.phrasings or (entry.title,))
        (folder / f"{entry.id}.md").write_text(format_entry(asked), encoding="utf-8")


def _themes_text(found: Iterable[Theme]) -> str:
    """Return the text of ``themes.toml``; a JSON string is also a TOML one."""
    sections = []
    for theme in found:
        labels = ", ".join(f"{locale} = {_quoted(label)}" for locale, label in theme.labels.items())
        covers, about = (", ".join(map(_quoted, words)) for words in (theme.covers, theme.about))
        sections.append(f"[{theme.id}]\nlabel = {{ {labels} }}\ncovers = [{covers}]\nabout = [{about}]\n")
    return "\n".join(sections)


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
