"""What the messages of a platform are about, and what becomes of its conversations: they move, close and open again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from helpdesk import alerts
from helpdesk.database import insert_once
from helpdesk.model import DeliveryState
from helpdesk.office import find_account
from helpdesk.tables import (
    AccountRow,
    BookmarkRow,
    DeliveryRow,
    DraftRow,
    InboundRow,
    MessageRow,
    NoticeRow,
    TicketRow,
    TopicRow,
)

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

    from helpdesk.model import AccountRef, Address
    from helpdesk.notices import NoticeKind
    from helpdesk.office import Office, Unit

_MOVED = "moved:"  # bookmarks: a conversation's former name, with the present one
_PENDING = (DeliveryState.queued, DeliveryState.claimed)


class Correspondence:
    """Use cases of channels whose messages have ids of their own."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def ticket_of_sent(self, address: Address, external_id: str, text: str) -> int | None:
        """Return the question that a message of ours is about, from the platform's id of it and its words.

        Somebody may reply before it is recorded as sent, or its acknowledgement was lost: of the notices that are still
        to be recorded there, it is then the one whose question's number it says.
        """
        said = {int(number) for number in re.findall(r"[0-9]{1,15}", text)}
        here = DeliveryRow.channel == address.channel, DeliveryRow.conversation == address.conversation
        about = select(NoticeRow.ticket_id).join(DeliveryRow, DeliveryRow.notice_id == NoticeRow.id).where(*here)
        # A long notice is several messages: their ids stand together, separated by spaces.
        ids = " " + DeliveryRow.external_id + " "
        with self._office.reading() as unit:
            # In this order: what is recorded meanwhile is found either way.
            pending = unit.session.scalars(about.where(DeliveryRow.state.in_(_PENDING))).all()
            sent = unit.session.scalar(
                about.where(ids.contains(f" {external_id} ", autoescape=True)).order_by(DeliveryRow.id.desc()).limit(1),
            )
        named = said.intersection(number for number in pending if number is not None)
        return sent or (named.pop() if len(named) == 1 else None)

    def cards_of(self, address: Address, ticket: int, kinds: Collection[NoticeKind]) -> tuple[tuple[str, ...], ...]:
        """Return the platform's ids of what was sent somewhere about a question: the messages of each notice."""
        with self._office.reading() as unit:
            sent = unit.session.scalars(
                select(DeliveryRow.external_id)
                .join(NoticeRow, NoticeRow.id == DeliveryRow.notice_id)
                .where(
                    DeliveryRow.channel == address.channel,
                    DeliveryRow.conversation == address.conversation,
                    DeliveryRow.external_id.is_not(None),
                    NoticeRow.ticket_id == ticket,
                    NoticeRow.kind.in_([kind.value for kind in kinds]),
                )
                .order_by(DeliveryRow.id),
            )
            return tuple(tuple((ids or "").split()) for ids in sent)

    def last_heard(self, address: Address, ticket: int) -> str | None:
        """Return the key of the last update of a conversation that concerned a question."""
        with self._office.reading() as unit:
            return unit.session.scalar(
                select(InboundRow.key)
                .where(
                    InboundRow.ticket_id == ticket,
                    InboundRow.key.startswith(f"{address.channel}:{address.conversation}:", autoescape=True),
                )
                .order_by(InboundRow.at.desc(), InboundRow.key.desc())
                .limit(1),
            )

    def ticket_of_update(self, key: str) -> int | None:
        """Return the question that an update already handled concerned."""
        with self._office.reading() as unit:
            row = unit.session.get(InboundRow, key)
            return row.ticket_id if row else None

    def is_handled(self, key: str) -> bool:
        """Tell whether an update was handled to its end: what was said at once of it need not be said again."""
        with self._office.reading() as unit:
            return unit.session.get(InboundRow, key) is not None

    def handled(self, *keys: str) -> None:
        """Record that updates were handled to their end."""
        with self._office.unit() as unit:
            for key in keys:
                insert_once(unit.session, InboundRow, key=key, at=unit.now)

    def remember(self, channel: str, name: str, value: str) -> None:
        """Keep something that a channel knows of its platform, for every process (``joining.INVITE_LINK``)."""
        with self._office.unit() as unit:
            _remember(unit, channel, name, value)

    def names_of(self, channel: str, conversation: str) -> frozenset[str]:
        """Return every name that a conversation had, its present one included: a configuration may know an old one."""
        with self._office.reading() as unit:
            marks = unit.session.scalars(
                select(BookmarkRow.name).where(
                    BookmarkRow.channel == channel,
                    BookmarkRow.name.startswith(_MOVED, autoescape=True),
                    BookmarkRow.value == conversation,
                ),
            )
            return frozenset({conversation, *(name.removeprefix(_MOVED) for name in marks)})

    def present_name(self, channel: str, conversation: str) -> str:
        """Return the name that a conversation bears now."""
        with self._office.reading() as unit:
            mark = unit.session.get(BookmarkRow, (channel, f"{_MOVED}{conversation}"))
            return mark.value if mark else conversation

    def move(self, channel: str, before: str, after: str) -> None:
        """Follow a conversation that the platform gave another name: everything still to be said goes there."""
        with self._office.unit() as unit:
            _remember(unit, channel, f"{_MOVED}{before}", after)
            unit.session.execute(
                update(BookmarkRow)
                .where(
                    BookmarkRow.channel == channel,
                    BookmarkRow.name.startswith(_MOVED, autoescape=True),
                    BookmarkRow.value == before,
                )
                .values(value=after),
            )
            moved: list[tuple[Any, Any]] = [
                (AccountRow, AccountRow.conversation),
                (TicketRow, TicketRow.conversation),
                (MessageRow, MessageRow.conversation),
                (DraftRow, DraftRow.conversation),
                (TopicRow, TopicRow.room),
            ]
            for table, column in moved:
                where = (table.channel == channel, column == before)
                unit.session.execute(update(table).where(*where).values({column.key: after}))
            unit.session.execute(
                update(DeliveryRow)
                .where(
                    DeliveryRow.channel == channel,
                    DeliveryRow.conversation == before,
                    DeliveryRow.state.in_(_PENDING),
                )
                .values(conversation=after),
            )

    def leave(self, account: AccountRef, conversation: str) -> None:
        """Note that somebody left a conversation: what is still owed to them there goes to them in private."""
        with self._office.unit() as unit:
            row = find_account(unit.session, account)
            if row is None:
                return
            private = {"conversation": row.conversation, "thread": None}
            unit.session.execute(
                update(TicketRow)
                .where(
                    TicketRow.author_id == row.person_id,
                    TicketRow.channel == account.channel,
                    TicketRow.conversation == conversation,
                )
                .values(private)
            )
            own = select(NoticeRow.id).where(NoticeRow.person_id == row.person_id)
            unit.session.execute(
                update(DeliveryRow)
                .where(
                    DeliveryRow.channel == account.channel,
                    DeliveryRow.conversation == conversation,
                    DeliveryRow.state.in_(_PENDING),
                    DeliveryRow.notice_id.in_(own),
                )
                .values(private)
                .execution_options(synchronize_session=False)
            )

    def set_blocked(self, account: AccountRef, *, blocked: bool) -> None:
        """Note that an account takes no more messages, or takes them again; an unknown account changes nothing."""
        with self._office.reading() as unit:
            row = find_account(unit.session, account)
            if row is None or (row.blocked_at is not None) == blocked:
                return
        with self._office.unit() as unit:
            row = find_account(unit.session, account)
            if row is not None:
                row.blocked_at = unit.now if blocked else None

    def report(self, code: str, key: str, **detail: object) -> None:
        """Tell the coordinators, once by ``key``, that something of a channel needs somebody's eyes."""
        with self._office.unit() as unit:
            alerts.report(unit, code, key, detail)


def _remember(unit: Unit, channel: str, name: str, value: str) -> None:
    if not insert_once(unit.session, BookmarkRow, channel=channel, name=name, value=value):
        unit.session.get_one(BookmarkRow, (channel, name)).value = value
