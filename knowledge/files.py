"""A library on disk: ``themes.toml`` and one Markdown file per entry, read, written and located.

``docs/library.md`` fixes the format. Every fault is reported with its file and line, all at once.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TypeGuard, TypeVar

from knowledge import front_matter
from knowledge.entry import LINK, Change, Confidence, Entry, Kind, Source, Theme, Verification
from knowledge.errors import Fault, LibraryError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from knowledge.front_matter import FrontMatter

REQUIRED = (
    "id", "kind", "theme", "title", "phrasings", "sources", "confidence", "verification", "review",
)  # fmt: skip
OPTIONAL = (
    "synonyms", "acronyms", "to_check", "verified", "valid_from", "valid_until", "changes", "see_also",
)  # fmt: skip
ENTRY_LINK = "entry:"
LONGEST_ID, LONGEST_THEME = 54, 48  # a chat's button holds 64 bytes: page:9999:…, theme:123456789:…
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_HTML = re.compile(r"<(?!https?:)[a-zA-Z/!]")
_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True)
class Library:
    """A whole library: its themes in the order they are shown, its entries by id."""

    themes: tuple[Theme, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class ReadFile:
    """What one entry file gave: the entry unless it is refused, the faults, and the lines of its keys."""

    path: Path
    entry: Entry | None
    faults: tuple[Fault, ...]
    lines: dict[str, int]


def shipped_library() -> Path:
    """Return the folder of the library that comes with the package."""
    return Path(__file__).parent / "library" / "fr"


def read_library(folder: Path) -> Library:
    """Return a folder's library. Raises ``LibraryError`` with every fault."""
    themes, files, faults = _read_folder(folder)
    if faults:
        raise LibraryError(faults)
    return Library(themes, tuple(file.entry for file in files if file.entry is not None))


def check_library(folder: Path) -> list[Fault]:
    """Return every fault of a folder's library, in file and line order; none when ``read_library`` takes it."""
    return sorted(_read_folder(folder)[2])


def _read_folder(folder: Path) -> tuple[tuple[Theme, ...], list[ReadFile], list[Fault]]:
    themes, faults = read_themes(folder / "themes.toml")
    files = read_entries(folder)
    faults += [fault for file in files for fault in file.faults]
    faults += relation_faults(files, {theme.id for theme in themes})
    return themes, files, faults


def read_entries(folder: Path) -> list[ReadFile]:
    """Read every entry file of a folder, in the order of their names."""
    return [_read_file(path) for path in sorted(folder.glob("*.md"))]


def parse_entry(text: str, path: Path) -> Entry:
    """Return the entry that a file's text describes. Raises ``LibraryError`` with every fault of the file."""
    file = _parse(text, path)
    if file.entry is None:
        raise LibraryError(list(file.faults))
    return file.entry


def read_themes(path: Path) -> tuple[tuple[Theme, ...], list[Fault]]:
    """Return the themes of a ``themes.toml`` and its faults."""
    try:
        text = path.read_text("utf-8")
        tables = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return (), [Fault(path, 1, "themes_unreadable", {"why": str(error)})]
    themes, faults = [], []
    for name, table in tables.items():
        line = next((n for n, row in enumerate(text.split("\n"), 1) if row.strip() == f"[{name}]"), 1)
        labels = table.get("label") if isinstance(table, dict) else None
        covers, about = (table.get(key, []) if isinstance(table, dict) else None for key in ("covers", "about"))
        if not isinstance(labels, dict) or "fr" not in labels or not (_is_list(covers) and _is_list(about)):
            faults.append(Fault(path, line, "theme_keys", {"theme": name}))
            continue
        if len(name.encode()) > LONGEST_THEME:
            faults.append(Fault(path, line, "bad_id", {"value": name}))
        faults += [
            Fault(path, line, "unknown_theme", {"field": "covers", "value": str(cover)})
            for cover in covers
            if cover not in tables
        ]
        themes.append(Theme(name, labels, tuple(covers), tuple(about)))
    return tuple(themes), faults


def _is_list(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def as_filed(entry: Entry, themes: set[str], others: set[str]) -> Entry:
    """Return an entry as its file would give it back, among a library's themes and the ids of its other entries.

    Raises ``LibraryError`` with every fault for which the file would be refused.
    """
    file = _parse(format_entry(entry), Path(f"{entry.id}.md"))
    faults = [*file.faults, *relation_faults([file], themes, others)]
    if file.entry is None or faults:
        raise LibraryError(faults)
    return file.entry


def relation_faults(files: Iterable[ReadFile], themes: set[str], others: Iterable[str] = ()) -> list[Fault]:
    """Return the faults seen only when the files, and entries that are in ``others``, are held together."""
    read = [(file, file.entry) for file in files if file.entry is not None]
    ids = {entry.id for _, entry in read}.union(others)
    seen: set[str] = set()
    faults = []
    for file, entry in read:
        if entry.id in seen:
            faults.append(Fault(file.path, file.lines["id"], "duplicate_id", {"value": entry.id}))
        seen.add(entry.id)
        if entry.theme not in themes:
            faults.append(Fault(file.path, file.lines["theme"], "unknown_theme", {"value": entry.theme}))
        faults += [
            Fault(file.path, file.lines["see_also"], "dead_link", {"value": other})
            for other in entry.see_also
            if other not in ids or other == entry.id
        ]
        faults += [
            Fault(file.path, line, "dead_link", {"value": other})
            for line, other in _body_links(entry, file.lines["body"])
            if other not in ids
        ]
    return faults


def format_entry(entry: Entry) -> str:
    """Return the text of an entry's file; ``parse_entry`` gives the same entry back."""
    q = front_matter.quoted
    rows = [f"id: {entry.id}", f"kind: {entry.kind}", f"theme: {entry.theme}", f"title: {q(entry.title)}"]
    rows += ["phrasings:", *(f"  - {q(text)}" for text in entry.phrasings)] if entry.phrasings else []
    if entry.synonyms:
        rows.append(f"synonyms: [{', '.join(q(text) for text in entry.synonyms)}]")
    if entry.acronyms:
        rows += ["acronyms:", *(f"  {q(name)}: {q(text)}" for name, text in entry.acronyms.items())]
    rows.append("sources:")
    for source in entry.sources:
        rows.append(f"  - label: {q(source.label)}")
        rows += [f"    url: {q(source.url)}"] if source.url else []
    rows += [f"confidence: {entry.confidence}", f"verification: {entry.verification}"]
    rows += [f"to_check: {q(entry.to_check)}"] if entry.to_check else []
    for key in ("verified", "review", "valid_from", "valid_until"):
        day: dt.date | None = getattr(entry, key)
        rows += [f"{key}: {day.isoformat()}"] if day else []
    if entry.changes:
        rows.append("changes:")
        for change in entry.changes:
            rows += [f"  - date: {change.date.isoformat()}", f"    note: {q(change.note)}"]
    rows += [f"see_also: [{', '.join(entry.see_also)}]"] if entry.see_also else []
    return "\n".join(["---", *rows, "---", entry.body, ""])


def _read_file(path: Path) -> ReadFile:
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        return ReadFile(path, None, (Fault(path, 1, "not_utf8"),), {})
    file = _parse(text, path)
    if file.entry is not None and file.entry.id != path.stem:
        fault = Fault(path, file.lines["id"], "id_not_file_name", {"value": file.entry.id})
        return ReadFile(path, file.entry, (*file.faults, fault), file.lines)
    return file


def _parse(text: str, path: Path) -> ReadFile:
    parts = front_matter.split(text)
    if parts is None:
        return ReadFile(path, None, (Fault(path, 1, "no_front_matter"),), {})
    front, body, body_line = parts
    matter = front_matter.read(front, path)
    if matter.values or not matter.faults:
        matter.lines["body"] = body_line + len(body) - len(body.lstrip("\n"))
        matter.check_keys(REQUIRED, OPTIONAL)
        entry = _entry(matter, body.strip())
        if not matter.faults:
            return ReadFile(path, entry, (), matter.lines)
    return ReadFile(path, None, tuple(matter.faults), matter.lines)


def _entry(matter: FrontMatter, body: str) -> Entry | None:
    values = {
        "id": matter.text("id"),
        "kind": _choice(matter, "kind", Kind),
        "theme": matter.text("theme"),
        "title": matter.text("title"),
        "confidence": _choice(matter, "confidence", Confidence),
        "verification": _choice(matter, "verification", Verification),
        "review": matter.day("review"),
        "phrasings": matter.texts("phrasings"),
        "sources": _sources(matter),
    }
    entry = Entry(
        **values,  # type: ignore[arg-type]  # a missing value is a fault, and then the entry is dropped
        body=body,
        synonyms=matter.texts("synonyms"),
        acronyms=matter.pairs("acronyms"),
        to_check=matter.text("to_check"),
        verified=matter.day("verified"),
        valid_from=matter.day("valid_from"),
        valid_until=matter.day("valid_until"),
        changes=_changes(matter),
        see_also=matter.texts("see_also"),
    )
    if not matter.faults:
        _check_entry(entry, matter)
    return entry


def _check_entry(entry: Entry, matter: FrontMatter) -> None:
    if not _ID.fullmatch(entry.id) or len(entry.id) > LONGEST_ID:
        matter.fault("bad_id", "id", value=entry.id)
    if not entry.sources:
        matter.fault("no_sources", "sources")
    if not entry.phrasings:
        matter.fault("no_phrasings", "phrasings")
    if not entry.body:
        matter.fault("no_body", "body")
    if _HTML.search(entry.body):
        matter.fault("html_in_body", "body")
    _check_trust(entry, matter)


def _check_trust(entry: Entry, matter: FrontMatter) -> None:
    if entry.confidence is Confidence.TO_CHECK and not entry.to_check:
        matter.fault("missing_key", "to_check")
    if entry.doubtful and entry.verified:
        matter.fault("doubtful_verified", "verified")
    if not entry.doubtful and not entry.verified:
        matter.fault("missing_key", "verified")
    if entry.verified and entry.review < entry.verified:
        matter.fault("dates_reversed", "review")
    if entry.valid_from and entry.valid_until and entry.valid_until < entry.valid_from:
        matter.fault("dates_reversed", "valid_until")


def _sources(matter: FrontMatter) -> tuple[Source, ...]:
    records = matter.records("sources", ["label"], ["url"])
    for record in records:
        if "url" in record and not record["url"].startswith(("https://", "http://")):
            matter.fault("bad_url", "sources", value=record["url"])
    return tuple(Source(record["label"], record.get("url")) for record in records)


def _changes(matter: FrontMatter) -> tuple[Change, ...]:
    records = matter.records("changes", ["date", "note"])
    days = [(matter.parse_day("changes", record["date"]), record["note"]) for record in records]
    return tuple(Change(day, note) for day, note in days if day is not None)


def _choice(matter: FrontMatter, key: str, choices: type[_Choice]) -> _Choice | None:
    text = matter.text(key)
    if text is None:
        return None
    try:
        return choices(text)
    except ValueError:
        matter.fault(f"unknown_{key}", key, value=text)
        return None


def _body_links(entry: Entry, first_line: int) -> list[tuple[int, str]]:
    return [
        (number, match[2].removeprefix(ENTRY_LINK))
        for number, row in enumerate(entry.body.split("\n"), first_line)
        for match in LINK.finditer(row)
        if match[2].startswith(ENTRY_LINK)
    ]
