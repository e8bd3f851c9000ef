"""Experts' rooms: places where every question that reaches the experts has a topic of its own.

A topic is a view of its question, not a queue of messages to it: the channel reads what the question looks like now
(``Rooms.view``), brings the topic to it, and records only what the platform accepted. A crash in between repeats the
last step; older states are never shown after newer ones because only the present one is read.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select

from helpdesk import attachments, cards, reading, timekeeping
from helpdesk.database import insert_once
from helpdesk.model import WITH_EXPERTS, MessageKind, State
from helpdesk.tables import BreachRow, ClockRow, MessageRow, TicketRow, TopicRow
from helpdesk.telling import opening

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from helpdesk.model import Address
    from helpdesk.office import Office, Unit
    from helpdesk.views import TicketLine

_AT_ONCE = 20  # questions brought to their topics before others are looked for


@dataclass(frozen=True)
class Topic:
    """A topic as the platform last accepted it; ``thread`` None: asked for, and nobody knows whether it exists."""

    name: str
    mark: str
    thread: str | None
    card: str | None
    shown: str | None
    closed: bool


@dataclass(frozen=True)
class RoomMessage:
    """A message of the question's thread that the topic does not show yet; ``author`` None: the member, unnamed."""

    id: int
    kind: MessageKind
    text: str
    author: str | None
    given_by_hand: bool
    files: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class RoomView:
    """What a room must show of a question. ``quiet``: the network is closed and nobody may be rung.

    ``address``: where it was asked.
    """

    line: TicketLine
    address: Address
    card: dict[str, Any]
    messages: tuple[RoomMessage, ...]
    topic: Topic | None
    quiet: bool
    read_at: dt.datetime

    @property
    def mark(self) -> str:
        """Where the question stands, as the topic shows it, or ``late``."""
        if self.line.late and self.line.state in WITH_EXPERTS:
            return "late"
        return self.line.standing

    @property
    def settled(self) -> bool:
        """Tell whether the topic may be closed."""
        return self.line.state is State.closed


class Rooms:
    """The topics of one room of one channel.

    ``asked_here``: the room is a public forum, where each question asked there has the thread in which it was asked,
    instead of an experts' room, which opens a topic for each question that reaches the experts.
    """

    def __init__(self, office: Office, channel: str, room: str, *, asked_here: bool = False) -> None:
        self._office = office
        self._channel = channel
        self._room = room
        self._asked_here = asked_here

    def outdated(self) -> tuple[int, ...]:
        """Return the questions whose topic may not show them as they are, the longest unread first."""
        with self._office.reading() as unit:
            query = (
                select(TicketRow.id)
                .join(ClockRow, and_(ClockRow.ticket_id == TicketRow.id, ClockRow.cycle == TicketRow.cycle))
                .outerjoin(TopicRow, and_(TopicRow.ticket_id == TicketRow.id, *self._here()))
                .outerjoin(BreachRow, BreachRow.clock_id == ClockRow.id)
                .where(
                    or_(
                        and_(TopicRow.ticket_id.is_(None), self._wanted()),
                        and_(
                            TopicRow.ticket_id.is_not(None),
                            or_(
                                TopicRow.read_at.is_(None),
                                TicketRow.updated_at >= TopicRow.read_at,
                                BreachRow.noticed_at >= TopicRow.read_at,
                            ),
                        ),
                    ),
                )
                .order_by(TopicRow.read_at.asc().nulls_first(), TicketRow.id)
                .limit(_AT_ONCE)
            )
            return tuple(unit.session.scalars(query))

    def view(self, ticket_id: int) -> RoomView:
        """Return what the room must show of a question."""
        with self._office.reading() as unit:
            ticket = unit.session.get_one(TicketRow, ticket_id)
            row = unit.session.get(TopicRow, (self._channel, self._room, ticket_id))
            return RoomView(
                line=reading.line(unit, ticket, timekeeping.current(unit, ticket)),
                address=ticket.address,
                card=cards.expert_card(unit, ticket, "routing"),
                messages=self._messages(unit, ticket, row.last_message_id if row else 0),
                topic=_topic(row) if row else None,
                quiet=opening(unit) > unit.now,
                read_at=unit.now,
            )

    def intend(self, ticket_id: int, name: str, mark: str) -> None:
        """Record that a topic is about to be asked for: a crash must not leave one that nobody recognises."""
        with self._office.unit() as unit:
            insert_once(
                unit.session,
                TopicRow,
                channel=self._channel,
                room=self._room,
                ticket_id=ticket_id,
                name=name,
                mark=mark,
                closed=False,
                last_message_id=0,
            )

    def accepted(self, ticket_id: int, **values: object) -> None:
        """Record what the platform accepted of a topic: columns of ``TopicRow``."""
        with self._office.unit() as unit:
            row = unit.session.get_one(TopicRow, (self._channel, self._room, ticket_id), with_for_update=True)
            for name, value in values.items():
                setattr(row, name, value)

    def made(self, ticket_id: int, thread: str, name: str, mark: str) -> Topic:
        """Record a topic that the platform made, unless the question has one already; return the one it has.

        Raises ``sqlalchemy.exc.NoResultFound`` for a question whose topic was never asked for.
        """
        with self._office.unit() as unit:
            row = unit.session.get_one(TopicRow, (self._channel, self._room, ticket_id), with_for_update=True)
            if row.thread is None:
                row.thread, row.name, row.mark = thread, name, mark
            return _topic(row)

    def ticket_of(self, thread: str) -> int | None:
        """Return the question of a topic."""
        with self._office.reading() as unit:
            # A thread begun from its card has the card's id, which is recorded before: somebody may write at once.
            where = or_(TopicRow.thread == thread, TopicRow.card == thread)
            return unit.session.scalar(select(TopicRow.ticket_id).where(*self._here(), where))

    def topic_of(self, ticket_id: int) -> Topic | None:
        """Return the topic of a question."""
        with self._office.reading() as unit:
            row = unit.session.get(TopicRow, (self._channel, self._room, ticket_id))
            return _topic(row) if row else None

    def _here(self) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return TopicRow.channel == self._channel, TopicRow.room == self._room

    def _wanted(self) -> ColumnElement[bool]:
        """Tell which questions without a topic want one."""
        if self._asked_here:
            return and_(TicketRow.channel == self._channel, TicketRow.conversation == self._room)
        return TicketRow.state.in_(WITH_EXPERTS)

    def _messages(self, unit: Unit, ticket: TicketRow, after: int) -> tuple[RoomMessage, ...]:
        """Return the thread's messages after ``after``, save the question (the card has it) and what was said here."""
        rows = [
            row
            for row in unit.session.scalars(
                select(MessageRow)
                .where(MessageRow.ticket_id == ticket.id, MessageRow.id > after)
                .order_by(MessageRow.id),
            )
            if row.kind is not MessageKind.question and (row.channel, row.conversation) != (self._channel, self._room)
        ]
        files = attachments.files_of(unit, [row.id for row in rows])
        return tuple(
            RoomMessage(
                id=row.id,
                kind=row.kind,
                text=row.body,
                author=None if row.author_id == ticket.author_id else row.author.name,
                given_by_hand=row.given_by_hand,
                files=tuple(files.get(row.id, ())),
            )
            for row in rows
        )


def _topic(row: TopicRow) -> Topic:
    return Topic(row.name, row.mark, row.thread, row.card, row.shown, row.closed)
