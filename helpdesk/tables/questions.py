"""Questions: the ticket, its thread and files, its promise, and everything that happened to it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.model import (
    Address,
    ClockState,
    MessageKind,
    Resolution,
    State,
)
from helpdesk.tables.base import Base
from helpdesk.tables.people import OrganisationRow, PersonRow


class CalendarRow(Base):
    """An immutable version of the promise calendar; an edit is a new row with its author and reason."""

    __tablename__ = "calendar_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    base: Mapped[dict[str, Any]]  # the configuration's calendar it was made from
    data: Mapped[dict[str, Any]]  # that calendar with the closures announced since
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text)
    effective_from: Mapped[dt.datetime]


class TicketRow(Base):
    """One question, from the first second. ``silence_at``: when the member's silence settles its state."""

    __tablename__ = "ticket"
    __table_args__ = (
        Index(
            "ix_ticket_silence",
            "silence_at",
            sqlite_where=text("silence_at IS NOT NULL"),
            postgresql_where=text("silence_at IS NOT NULL"),
        ),
        Index("ix_ticket_author", "author_id", "id"),
        Index("ix_ticket_state", "state", "theme_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    channel: Mapped[str] = mapped_column(String(20))
    conversation: Mapped[str] = mapped_column(String(120))
    thread: Mapped[str | None] = mapped_column(String(120))
    question: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[dt.datetime]
    state: Mapped[State]
    cycle: Mapped[int] = mapped_column(default=1)
    theme_id: Mapped[str | None] = mapped_column(String(40))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    judgement: Mapped[dict[str, Any]] = mapped_column(default=dict)
    entry_id: Mapped[str | None] = mapped_column(String(80))  # the library entry shown as the answer
    insists: Mapped[bool] = mapped_column(default=False)  # the member asked for a human
    resolution: Mapped[Resolution | None]
    rating: Mapped[int | None]
    silence_at: Mapped[dt.datetime | None]
    failures: Mapped[int] = mapped_column(default=0)  # sweeps that failed to settle its silence, for backoff
    updated_at: Mapped[dt.datetime]

    author: Mapped[PersonRow] = relationship(foreign_keys=[author_id])
    assignee: Mapped[PersonRow | None] = relationship(foreign_keys=[assignee_id])
    organisation: Mapped[OrganisationRow | None] = relationship()

    @property
    def address(self) -> Address:
        """Where the question was asked, and so where its answer goes."""
        return Address(self.channel, self.conversation, self.thread)


class FollowerRow(Base):
    """A question that waits, or waited, for the answer to another: the same in other words, asked by somebody else."""

    __tablename__ = "follower"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    cycle: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    lead_cycle: Mapped[int]
    at: Mapped[dt.datetime]


class MessageRow(Base):
    """One message of a ticket's thread. ``at``: the platform's time; ``given_by_hand``: an answer by telephone."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_ticket", "ticket_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    cycle: Mapped[int]
    kind: Mapped[MessageKind]
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    channel: Mapped[str] = mapped_column(String(20))
    conversation: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[dt.datetime]
    given_by_hand: Mapped[bool] = mapped_column(default=False)

    author: Mapped[PersonRow] = relationship()


class BlobRow(Base):
    """The bytes of attachments, stored once by content."""

    __tablename__ = "blob"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary)


class AttachmentRow(Base):
    """A file joined to a message, under a safe name."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), index=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"))
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(100))

    message: Mapped[MessageRow] = relationship()


class ClockRow(Base):
    """The promise of one cycle. ``next_due_at`` is when the sweep must look at it; ``generation`` voids old alerts."""

    __tablename__ = "clock"
    __table_args__ = (
        UniqueConstraint("ticket_id", "cycle"),
        Index(
            "ix_clock_due",
            "next_due_at",
            sqlite_where=text("next_due_at IS NOT NULL"),
            postgresql_where=text("next_due_at IS NOT NULL"),
        ),
        Index("ix_clock_cohort", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    cycle: Mapped[int]
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendar_version.id"))
    start: Mapped[dt.datetime]
    budget_seconds: Mapped[int]
    state: Mapped[ClockState]
    due_at: Mapped[dt.datetime | None]
    breach_at: Mapped[dt.datetime | None]
    last_step: Mapped[int | None]  # the last step told, in percent of the budget: never told twice
    next_step: Mapped[int | None]
    next_due_at: Mapped[dt.datetime | None]
    generation: Mapped[int] = mapped_column(default=1)
    stopped_at: Mapped[dt.datetime | None]  # the instant the answer was given
    failures: Mapped[int] = mapped_column(default=0)  # sweeps that failed on this row, for backoff

    ticket: Mapped[TicketRow] = relationship()
    pauses: Mapped[list[PauseRow]] = relationship(back_populates="clock", order_by="PauseRow.id")
    breach: Mapped[BreachRow | None] = relationship(back_populates="clock")


class PauseRow(Base):
    """A pause of a clock: opened by an explicit question to the member, closed by their next message."""

    __tablename__ = "pause"

    id: Mapped[int] = mapped_column(primary_key=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("clock.id"), index=True)
    begin: Mapped[dt.datetime]
    end: Mapped[dt.datetime | None]

    clock: Mapped[ClockRow] = relationship(back_populates="pauses")


class BreachRow(Base):
    """The promise was not kept: ``at`` is computed, ``noticed_at`` when it was seen. Never deleted; may be excused."""

    __tablename__ = "breach"

    id: Mapped[int] = mapped_column(primary_key=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("clock.id"), unique=True)
    at: Mapped[dt.datetime]
    noticed_at: Mapped[dt.datetime]
    excuse: Mapped[str | None] = mapped_column(Text)
    excused_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    excused_at: Mapped[dt.datetime | None]

    clock: Mapped[ClockRow] = relationship(back_populates="breach")


class EventRow(Base):
    """The audit trail: append-only. ``data`` holds what is needed to recompute every figure, never a message's text."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_ticket", "ticket_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    at: Mapped[dt.datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(40))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)


class InboundRow(Base):
    """An update already handled, with the ticket it concerned: a repeat changes nothing."""

    __tablename__ = "inbound"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    ticket_id: Mapped[int | None]
    at: Mapped[dt.datetime]
