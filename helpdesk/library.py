"""The library's life in the database: imported, revised, published, and matched a moment later in every process."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from helpdesk.database import insert_once
from helpdesk.learnt import learnt, store_calibration, stored_calibration, with_phrasings
from helpdesk.tables import CounterRow, EntryRow, RevisionRow, ThemeRow
from knowledge import lexicon
from knowledge.calibration import DEFAULT_PRECISION
from knowledge.entry import Entry, Theme
from knowledge.files import format_entry
from knowledge.matcher import Matcher
from knowledge.senses import sensed_texts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from helpdesk.database import Database
    from helpdesk.vectors import KeptVectors
    from knowledge.files import Library

LIBRARY_COUNTER = "library"
_READ_AT_ONCE = 500  # entries read by one query


class LibraryCache:
    """The matcher over the published entries, brought up to date when the library's version number moves.

    An entry is findable as soon as it is published, with the calibration of the library as it nearly was; ``calibrate``
    brings that up to date. ``precision``: the wanted share of automatic answers that are right.
    """

    def __init__(
        self, database: Database, precision: float = DEFAULT_PRECISION, vectors: KeptVectors | None = None
    ) -> None:
        self._database = database
        self._vectors = vectors
        self._lock = Lock()
        self._version: int | None = None
        self._entries: dict[str, tuple[int, Entry]] = {}  # with the revision that was read
        self._precision = precision
        self._matcher: Matcher | None = None

    def prepare(self) -> int:
        """Have a language model read what is new in the library, if there is one; return how many texts it read.

        Nobody waits for it: meanings are compared again once all is read.
        """
        if self._vectors is None:
            return 0
        matcher = self.matcher()
        texts = sensed_texts(matcher.entries)
        read = self._vectors.prepare([*texts, *lexicon.background()])
        if matcher.index.senses is None and matcher.entries and self._vectors.vectors(texts, kept=True) is not None:
            with self._database.reading() as session:
                sensing = matcher.over(matcher.entries, matcher.themes, stored=partial(stored_calibration, session))
            with self._lock:
                if self._matcher is matcher:
                    self._matcher = sensing
        return read

    def matcher(self) -> Matcher:
        """Return the matcher of the library as it stands now.

        It is asked for before a writing transaction opens: building takes a moment and must hold up no other writer.
        """
        with self._database.reading() as session:
            version = library_version(session)
            with self._lock:
                if self._matcher is None or version != self._version:
                    self._entries = _brought_up_to_date(session, self._entries)
                    self._matcher = self._made(session, self._matcher)
                    self._version = version
                return self._matcher

    def _made(self, session: Session, before: Matcher | None) -> Matcher:
        entries = with_phrasings(session, (entry for _, entry in self._entries.values()))
        stored = partial(stored_calibration, session)
        if before is not None:
            return before.over(entries, themes(session), learnt(session), stored)
        return Matcher(
            entries,
            themes(session),
            precision=self._precision,
            stored=stored,
            learnt=learnt(session),
            embedder=self._vectors,
        )

    def calibrate(self, now: Callable[[Session], dt.datetime]) -> int:
        """Make the calibration of the library and the verdicts as they stand, unless the database has it; keep it.

        Return how many were kept. Takes a second or two, and holds up nobody.
        """
        matcher = self.matcher()
        with self._database.reading() as session:
            known = learnt(session)
            key = matcher.calibration_key(known)
            stored = stored_calibration(session, key)
        if stored is not None and stored == matcher.calibration:
            return 0
        made = matcher.calibration if matcher.calibrated_as == key else None
        calibration = stored or made or matcher.calibrate(known)
        if stored is None:
            with self._database.transaction() as session:
                store_calibration(session, key, calibration, now(session))
        with self._lock:
            if self._matcher is matcher and made is None:
                self._matcher = matcher.over(matcher.entries, matcher.themes, known, lambda _: calibration)
        return int(stored is None)


def _brought_up_to_date(session: Session, known: dict[str, tuple[int, Entry]]) -> dict[str, tuple[int, Entry]]:
    """Return the published entries with their revisions: only those that moved are read, the rest stay the same."""
    rows = session.execute(select(EntryRow.id, EntryRow.revision).where(EntryRow.published))
    published = dict(rows.all())
    kept = {name: held for name, held in known.items() if published.get(name) == held[0]}
    moved = sorted(published.keys() - kept.keys())
    for start in range(0, len(moved), _READ_AT_ONCE):
        some = RevisionRow.entry_id.in_(moved[start : start + _READ_AT_ONCE])
        read = session.execute(
            select(EntryRow.id, RevisionRow.number, RevisionRow.data)
            .join(EntryRow, (EntryRow.id == RevisionRow.entry_id) & (EntryRow.revision == RevisionRow.number))
            .where(some, EntryRow.published),
        )
        kept |= {name: (number, Entry.from_data(data)) for name, number, data in read}
    return kept


@dataclass(frozen=True)
class ImportReport:
    """What an import did: ids added, updated, left alone because they were edited here, and unchanged in number."""

    added: tuple[str, ...]
    updated: tuple[str, ...]
    kept: tuple[str, ...]
    unchanged: int


def library_version(session: Session) -> int:
    """Return the library's version number; it moves with every change of a published entry or a theme."""
    return session.scalar(select(CounterRow.value).where(CounterRow.name == LIBRARY_COUNTER)) or 0


def published_entries(session: Session) -> tuple[Entry, ...]:
    """Return the current text of every published entry, by id."""
    rows = session.execute(
        select(RevisionRow.data)
        .join(EntryRow, (EntryRow.id == RevisionRow.entry_id) & (EntryRow.revision == RevisionRow.number))
        .where(EntryRow.published)
        .order_by(EntryRow.id),
    )
    return tuple(Entry.from_data(data) for (data,) in rows)


def published_entry(session: Session, entry_id: str) -> Entry | None:
    """Return one published entry, or None."""
    data = session.scalar(
        select(RevisionRow.data)
        .join(EntryRow, (EntryRow.id == RevisionRow.entry_id) & (EntryRow.revision == RevisionRow.number))
        .where(EntryRow.published, EntryRow.id == entry_id)
        .execution_options(autoflush=False),  # those who publish write at once
    )
    return Entry.from_data(data) if data is not None else None


def themes(session: Session) -> tuple[Theme, ...]:
    """Return the themes in their order."""
    rows = session.scalars(select(ThemeRow).order_by(ThemeRow.position))
    return tuple(Theme(row.id, row.labels, tuple(row.covers), tuple(row.about)) for row in rows)


def import_library(session: Session, library: Library, now: dt.datetime) -> ImportReport:
    """Bring a folder's entries in; an entry edited here since its import keeps its local text."""
    before = themes(session)
    for position, theme in enumerate(library.themes):
        _import_theme(session, theme, position)
    outcomes: dict[str, list[str]] = {"added": [], "updated": [], "kept": [], "unchanged": []}
    for entry in library.entries:
        outcomes[_import_entry(session, entry, now)].append(entry.id)
    if any(outcomes[kind] for kind in ("added", "updated")) or themes(session) != before:
        bump(session)
    return ImportReport(
        added=tuple(outcomes["added"]),
        updated=tuple(outcomes["updated"]),
        kept=tuple(outcomes["kept"]),
        unchanged=len(outcomes["unchanged"]),
    )


def publish(session: Session, entry: Entry, author_id: int, now: dt.datetime) -> None:
    """Publish an entry written or changed here: a new revision, findable as soon as this is committed."""
    row = session.get(EntryRow, entry.id, with_for_update=True)
    if row is None:
        row = EntryRow(id=entry.id, revision=0, published=True, edited=True)
        session.add(row)
    row.revision += 1
    row.published = True
    row.edited = True
    session.flush()
    session.add(
        RevisionRow(entry_id=entry.id, number=row.revision, data=entry.to_data(), author_id=author_id, at=now),
    )
    bump(session)


def bump(session: Session) -> None:
    """Move the library's version, so that every process rebuilds what it derived from it."""
    insert_once(session, CounterRow, name=LIBRARY_COUNTER, value=0)
    counter = session.get_one(CounterRow, LIBRARY_COUNTER, with_for_update=True)
    counter.value += 1


def is_empty(session: Session) -> bool:
    """Tell whether no entry was ever imported."""
    return not session.scalar(select(func.count()).select_from(EntryRow))


def _import_theme(session: Session, theme: Theme, position: int) -> None:
    row = session.get(ThemeRow, theme.id)
    if row is None:
        row = ThemeRow(id=theme.id)
        session.add(row)
    row.position, row.labels = position, dict(theme.labels)
    row.covers, row.about = list(theme.covers), list(theme.about)


def _import_entry(session: Session, entry: Entry, now: dt.datetime) -> str:
    digest = hashlib.sha256(format_entry(entry).encode()).hexdigest()
    row = session.get(EntryRow, entry.id)
    if row is None:
        row = EntryRow(id=entry.id, revision=0, published=True, edited=False)
        session.add(row)
        outcome = "added"
    else:
        imported = session.scalar(
            select(RevisionRow.import_hash)
            .where(RevisionRow.entry_id == entry.id, RevisionRow.import_hash.is_not(None))
            .order_by(RevisionRow.number.desc())
            .limit(1),
        )
        if imported == digest:
            return "unchanged"
        if row.edited:
            return "kept"
        outcome = "updated"
    row.revision += 1
    session.flush()
    session.add(
        RevisionRow(entry_id=entry.id, number=row.revision, data=entry.to_data(), at=now, import_hash=digest),
    )
    return outcome
