"""Who is known: organisations, people, their accounts, what they answer and when they are away."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.model import (
    AccountRef,
    Address,
)
from helpdesk.tables.base import Base


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
    """A person's identity on one channel; ``blocked_at`` when the platform said it takes no more messages.

    ``granted``: the roles that the person holds because of the platform's own, and loses with them.
    """

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("channel", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    external_id: Mapped[str] = mapped_column(String(120))
    conversation: Mapped[str] = mapped_column(String(120))  # where a private message to this account goes
    last_seen_at: Mapped[dt.datetime | None]
    blocked_at: Mapped[dt.datetime | None]
    granted: Mapped[list[Any]] = mapped_column(default=list)

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


class InviteRow(Base):
    """A code that joins an account to a person, once, or brings people into an organisation: one, or several."""

    __tablename__ = "invite"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    reusable: Mapped[bool] = mapped_column(default=False)
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


class ThemeRow(Base):
    """A theme of the library; its lead is told before the coordinators."""

    __tablename__ = "theme"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    labels: Mapped[dict[str, Any]]
    covers: Mapped[list[Any]]
    about: Mapped[list[Any]]
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
