"""What is told: notices, their deliveries, and what a platform holds of a question."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.model import (
    Address,
    DeliveryState,
)
from helpdesk.tables.base import Base
from helpdesk.tables.people import PersonRow
from helpdesk.tables.questions import TicketRow


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


class BookmarkRow(Base):
    """Where a channel stands: the last message it handled of a conversation, or the message that it keeps up to date.

    ``value`` is the platform's own id, or that of the last notice shown; or what every process needs to know of the
    platform: the link that uses an invitation, the name that a conversation bears now.
    """

    __tablename__ = "bookmark"

    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    value: Mapped[str] = mapped_column(String(120))


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


class RetractionRow(Base):
    """A message that a platform still shows of what somebody had erased: to be taken away there too."""

    __tablename__ = "retraction"
    __table_args__ = (UniqueConstraint("channel", "conversation", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    conversation: Mapped[str] = mapped_column(String(120))
    thread: Mapped[str | None] = mapped_column(String(120))
    external_id: Mapped[str] = mapped_column(String(200))
