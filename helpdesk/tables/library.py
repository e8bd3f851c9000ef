"""The library and the network's upkeep: entries, proposals, versions and heartbeats."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from helpdesk.tables.base import Base


class EntryRow(Base):
    """A library entry; its text is the current revision. ``edited``: changed here since its import."""

    __tablename__ = "entry"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    revision: Mapped[int]
    published: Mapped[bool]
    edited: Mapped[bool] = mapped_column(default=False)


class RevisionRow(Base):
    """One text of one entry. ``import_hash``: of the file it came from, to re-import without losing local edits."""

    __tablename__ = "entry_revision"

    entry_id: Mapped[str] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[dict[str, Any]]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[dt.datetime]
    import_hash: Mapped[str | None] = mapped_column(String(64))


class CandidateRow(Base):
    """An expert's answer proposed as a library entry; reviewed exactly once."""

    __tablename__ = "candidate"
    __table_args__ = (UniqueConstraint("ticket_id", "cycle"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    cycle: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    data: Mapped[dict[str, Any]]  # title, theme, body, sources, as_said
    proposed_at: Mapped[dt.datetime]
    decided_at: Mapped[dt.datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    entry_id: Mapped[str | None] = mapped_column(String(80))  # set when published; refused when decided without


class LessonRow(Base):
    """What a member said of an entry shown as the answer; ``right``: it did, and ``text`` may become its phrasing.

    One cycle of a question teaches one thing of one entry. ``kept``: None until somebody reviewed it.
    """

    __tablename__ = "lesson"
    __table_args__ = (UniqueConstraint("ticket_id", "cycle", "entry_id"), Index("ix_lesson_entry", "entry_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))  # None once the question is forgotten
    cycle: Mapped[int]
    entry_id: Mapped[str] = mapped_column(String(80))
    right: Mapped[bool]
    text: Mapped[str] = mapped_column(Text)  # without what names somebody
    at: Mapped[dt.datetime]
    kept: Mapped[bool | None]
    decided_at: Mapped[dt.datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class CalibrationRow(Base):
    """A calibration of the library, by all that it depends on: made once, read at each start and in each process."""

    __tablename__ = "calibration"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    data: Mapped[dict[str, Any]]
    at: Mapped[dt.datetime]


class CounterRow(Base):
    """Version numbers that invalidate caches, such as the library's."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int]


class VectorRow(Base):
    """What a language model says of one text of the library: 32-bit floats, by the model's name and the text's hash."""

    __tablename__ = "vector"

    model: Mapped[str] = mapped_column(String(300), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class HeartbeatRow(Base):
    """When a periodic task last ran to its end, so that its silence can be seen."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[dt.datetime]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
