"""What was learnt, as the matcher takes it, and the calibrations that the database keeps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from helpdesk.tables import CalibrationRow, LessonRow
from knowledge.calibration import Calibration
from knowledge.learning import Learnt, Verdict

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from knowledge.entry import Entry

_KEPT = 20  # calibrations, the latest


def learnt(session: Session) -> Learnt:
    """Return the verdicts that were not set aside, oldest first."""
    rows = session.scalars(select(LessonRow).where(LessonRow.kept.is_not(False)).order_by(LessonRow.id)).all()
    verdicts = tuple(Verdict(row.text, row.entry_id, row.right) for row in rows)
    return Learnt(verdicts, tuple(verdict for verdict in verdicts if not verdict.right))


def kept_wordings(session: Session) -> tuple[Verdict, ...]:
    """Return the members' wordings that reviewers made phrasings, oldest first."""
    rows = session.scalars(select(LessonRow).where(LessonRow.kept.is_(True), LessonRow.right).order_by(LessonRow.id))
    return tuple(Verdict(row.text, row.entry_id, row.right) for row in rows)


def with_phrasings(session: Session, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the entries with the members' wordings that were kept; those without any are the same objects."""
    kept: dict[str, list[str]] = {}
    for verdict in kept_wordings(session):
        kept.setdefault(verdict.entry_id, []).append(verdict.question)
    return tuple(_with(entry, kept[entry.id]) if entry.id in kept else entry for entry in entries)


def _with(entry: Entry, wordings: list[str]) -> Entry:
    known = {entry.title, *entry.phrasings}
    return replace(
        entry, phrasings=(*entry.phrasings, *(text for text in dict.fromkeys(wordings) if text not in known))
    )


def stored_calibration(session: Session, key: str) -> Calibration | None:
    """Return the calibration made for what ``key`` stands for, if it was."""
    row = session.get(CalibrationRow, key)
    return Calibration.from_data(row.data) if row else None


def store_calibration(session: Session, key: str, made: Calibration, now: dt.datetime) -> None:
    """Keep a calibration, and forget the oldest ones."""
    if session.get(CalibrationRow, key) is None:
        session.add(CalibrationRow(key=key, data=made.to_data(), at=now))
        session.flush()
    latest = select(CalibrationRow.key).order_by(CalibrationRow.at.desc(), CalibrationRow.key).limit(_KEPT)
    kept = {key, *session.scalars(latest)}
    session.execute(delete(CalibrationRow).where(CalibrationRow.key.not_in(kept)))
