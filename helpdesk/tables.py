"""What is stored. One class per table; rules live elsewhere (``lifecycle``, ``promise``, ``policy``, ``routing``)."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any

from sqlalchemy import JSON, Date, Enum, ForeignKey, Index, LargeBinary, MetaData, String, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from helpdesk.database import UtcDateTime
from helpdesk.model import (
    AccountRef,
    Address,
    ClockState,
    DeliveryState,
    MessageKind,
    Resolution,
    State,
)


class Base(DeclarativeBase):
    """Common mapping: instants are UTC, enums are stored by value, JSON is JSON."""

    # Every constraint has a name, so that a migration can alter it on both databases.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        },
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads this class attribute
        dt.datetime: UtcDateTime(),
        dt.date: Date(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
        enum.Enum: Enum(native_enum=False, length=40),
    }


class OrganisationRow(Base):
    """A member structure of the network."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str | None] = mapped_column(String(60))
    population: Mapped[int | None]


class PersonRow(Base):
    """A human; ``roles`` are values of ``Role``. An erased person keeps their id and nothing else."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(8), default="fr")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    roles: Mapped[list[Any]] = mapped_column(default=list)
    session_epoch: Mapped[int] = mapped_column(default=0)  # raised to end every web session of the person
    created_at: Mapped[dt.datetime]
    erased_at: Mapped[dt.datetime | None]

    organisation: Mapped[OrganisationRow | None] = relationship(lazy="joined")
    accounts: Mapped[list[AccountRow]] = relationship(back_populates="person", order_by="AccountRow.id")


class AccountRow(Base):
    """A person's identity on one channel; ``blocked_at`` when the platform said it takes no more messages."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("channel", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    external_id: Mapped[str] = mapped_column(String(120))
    conversation: Mapped[str] = mapped_column(String(120))  # where a private message to this account goes
    last_seen_at: Mapped[dt.datetime | None]
    blocked_at: Mapped[dt.datetime | None]

    person: Mapped[PersonRow] = relationship(back_populates="accounts")

    @property
    def ref(self) -> AccountRef:
        """The account as the platform names it."""
        return AccountRef(self.channel, self.external_id)

    @property
    def address(self) -> Address:
        """Where a private message to the account goes."""
        return Address(self.channel, self.conversation)


class SignInLinkRow(Base):
    """A one-time link; only the hash of its token is kept."""

    __tablename__ = "sign_in_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]


class ThemeRow(Base):
    """A theme of the library; its lead is told before the coordinators."""

    __tablename__ = "theme"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    labels: Mapped[dict[str, Any]]
    covers: Mapped[list[Any]]
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class ExpertiseRow(Base):
    """An expert answers a theme."""

    __tablename__ = "expertise"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    theme_id: Mapped[str] = mapped_column(ForeignKey("theme.id"), primary_key=True)


class AbsenceRow(Base):
    """An expert is away, first and last day included (dates of the promise calendar's zone)."""

    __tablename__ = "absence"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    first_day: Mapped[dt.date]
    last_day: Mapped[dt.date]


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
    updated_at: Mapped[dt.datetime]

    author: Mapped[PersonRow] = relationship(foreign_keys=[author_id])
    assignee: Mapped[PersonRow | None] = relationship(foreign_keys=[assignee_id])
    organisation: Mapped[OrganisationRow | None] = relationship()

    @property
    def address(self) -> Address:
        """Where the question was asked, and so where its answer goes."""
        return Address(self.channel, self.conversation, self.thread)


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


class NoticeRow(Base):
    """Something to tell somebody. ``key`` is its natural unique name, so that it cannot be said twice by mistake."""

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    clock_id: Mapped[int | None] = mapped_column(ForeignKey("clock.id"))
    generation: Mapped[int | None]  # of the clock, when the notice was caused
    data: Mapped[dict[str, Any]]
    created_at: Mapped[dt.datetime]

    person: Mapped[PersonRow] = relationship()
    deliveries: Mapped[list[DeliveryRow]] = relationship(back_populates="notice", order_by="DeliveryRow.id")


class DeliveryRow(Base):
    """One notice to one address, with its state. ``available_at``: not before; ``lease_until``: claimed by a sender."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index(
            "ix_delivery_pending",
            "available_at",
            sqlite_where=text("state IN ('queued', 'claimed')"),
            postgresql_where=text("state IN ('queued', 'claimed')"),
        ),
        Index("ix_delivery_mailbox", "channel", "conversation", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    conversation: Mapped[str] = mapped_column(String(120))
    thread: Mapped[str | None] = mapped_column(String(120))
    state: Mapped[DeliveryState]
    available_at: Mapped[dt.datetime]
    lease_until: Mapped[dt.datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    ambiguous: Mapped[bool] = mapped_column(default=False)  # an earlier try may have arrived
    error: Mapped[str | None] = mapped_column(String(200))
    external_id: Mapped[str | None] = mapped_column(String(200))
    settled_at: Mapped[dt.datetime | None]

    notice: Mapped[NoticeRow] = relationship(back_populates="deliveries")

    @property
    def address(self) -> Address:
        """Where it goes."""
        return Address(self.channel, self.conversation, self.thread)


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
    data: Mapped[dict[str, Any]]  # title, theme, body, phrasings, sources
    proposed_at: Mapped[dt.datetime]
    decided_at: Mapped[dt.datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    entry_id: Mapped[str | None] = mapped_column(String(80))  # set when published; refused when decided without


class CounterRow(Base):
    """Version numbers that invalidate caches, such as the library's."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int]


class HeartbeatRow(Base):
    """When a periodic task last ran to its end, so that its silence can be seen."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[dt.datetime]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)


class InviteRow(Base):
    """A one-time code that joins an account to a person, or brings a new person into an organisation."""

    __tablename__ = "invite"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]


class DialogueRow(Base):
    """What an account was asked and has not said yet: it survives any restart."""

    __tablename__ = "dialogue"

    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    external_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    data: Mapped[dict[str, Any]]
    at: Mapped[dt.datetime]


class TopicRow(Base):
    """A question's topic in an experts' room, as the platform last accepted it.

    ``thread`` None: it was asked for and nobody has said yet that it exists. ``read_at``: when the question was last
    read for the room; ``last_message_id``: the thread's messages up to this one are in the topic.
    """

    __tablename__ = "topic"
    __table_args__ = (Index("ix_topic_thread", "channel", "room", "thread"),)

    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    room: Mapped[str] = mapped_column(String(120), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(128))
    mark: Mapped[str] = mapped_column(String(20))  # the state that its icon shows
    thread: Mapped[str | None] = mapped_column(String(120))
    card: Mapped[str | None] = mapped_column(String(120))  # the platform's id of the card
    shown: Mapped[str | None] = mapped_column(String(64))  # a digest of the card's text
    closed: Mapped[bool] = mapped_column(default=False)
    last_message_id: Mapped[int] = mapped_column(default=0)
    read_at: Mapped[dt.datetime | None]

    ticket: Mapped[TicketRow] = relationship()


class DraftRow(Base):
    """What an expert wrote on a platform and has not sent to the member yet: one press decides."""

    __tablename__ = "draft"

    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    conversation: Mapped[str] = mapped_column(String(120), primary_key=True)
    external_id: Mapped[str] = mapped_column(String(120), primary_key=True)  # the platform's id of their message
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    data: Mapped[dict[str, Any]]
    at: Mapped[dt.datetime]


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
