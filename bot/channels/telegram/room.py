"""The experts' room: each question that reaches the experts is a topic, brought to what the question is now.

What Telegram accepted is recorded step by step (``helpdesk.rooms``). A topic is asked for only after the intention is
recorded: should we die before its id is, another one is made, and the orphan closes itself the first time it speaks,
known by the number in its name.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, TypeVar

import structlog
from telegram.error import BadRequest, TelegramError

from bot.channel import ChannelError, Failure, FileRef
from bot.channels.telegram import html
from bot.channels.telegram.failures import is_topic_gone, is_unchanged
from bot.channels.telegram.options import NAME
from bot.render import room as wording
from bot.render.markup import plain_excerpt
from bot.upkeep import Upkeep, each
from helpdesk.cards import ERASED
from helpdesk.model import Address
from helpdesk.rooms import Rooms

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.channels.telegram.context import Context
    from bot.channels.telegram.incoming import Heard
    from bot.words import Words
    from helpdesk.rooms import RoomMessage, RoomView, Topic

Result = TypeVar("Result")

_LONGEST_NAME = 128  # characters of a topic's name
_NUMBER = re.compile(r"\d+")  # a topic's name has its question's number before anything else, in every language
_ICONS = {
    "queued": "❓",
    "assigned": "👀",
    "waiting": "💬",
    "joined": "👀",
    "answered": "✅",
    "closed": "🏁",
    "withdrawn": "🏁",
    "late": "🔥",
}

_log = structlog.get_logger(__name__)


class Room(Upkeep):
    """Keeps the room's topics up to date until cancelled."""

    name = "room"
    poll_seconds = 2.0

    def __init__(self, context: Context, chat: str) -> None:
        super().__init__()
        self._context = context
        self._chat = chat
        self._rooms = Rooms(context.parts.office, NAME, chat)
        self._words: Words = context.parts.words_for(context.options.locale)
        self._icons: dict[str, str] | None = None

    def moved(self, before: str, after: str) -> None:
        """Follow the room to its new id."""
        if before == self._chat:
            self._chat = after
            self._rooms = Rooms(self._context.parts.office, NAME, after)
            self.wake()

    def is_here(self, address: Address) -> bool:
        """Tell whether something was said in the room."""
        return address.conversation == self._chat

    async def ticket_of(self, said: Heard) -> int | None:
        """Return the question of the topic where something was said, None for another topic."""
        thread = said.address.thread
        if thread is None:
            return None
        ticket = await self._context.in_thread(lambda: self._rooms.ticket_of(thread))
        return await self._adopt_or_close(said, thread) if ticket is None else ticket

    async def look(self) -> None:
        """Bring every topic up to date: one that Telegram refuses holds no other back. Raises ``ChannelError``."""
        await each(await self._context.in_thread(self._rooms.outdated), self.show)

    async def show(self, ticket: int) -> None:
        """Bring one question's topic to what the question is now. Raises ``ChannelError``."""
        view = await self._context.in_thread(lambda: self._rooms.view(ticket))
        try:
            await self._bring(ticket, view)
        except ChannelError as error:
            if not _is_topic_gone(error):
                raise
            # Somebody deleted the topic: an open question gets another one.
            await self._accepted(ticket, thread=None, card=None, shown=None, closed=False, last_message_id=0)
            if view.settled:
                await self._accepted(ticket, read_at=view.read_at)

    async def _bring(self, ticket: int, view: RoomView) -> None:
        name, mark = self._name(view), view.mark
        topic = view.topic
        if topic is None:
            await self._context.in_thread(lambda: self._rooms.intend(ticket, name, mark))
        if topic is None or topic.thread is None:
            if view.settled:
                await self._accepted(ticket, read_at=view.read_at)
                return
            topic = await self._create(ticket, name, mark)
        assert topic.thread is not None
        if view.settled and view.line.question == ERASED and await self._delete(ticket, topic.thread, view):
            return
        address = Address(NAME, self._chat, topic.thread)
        if topic.closed and not view.settled:
            await self._toggle(ticket, topic.thread, closed=False)
        await self._show_card(ticket, view, topic, address)
        for message in view.messages:
            await self._post(address, message, quiet=view.quiet)
            await self._accepted(ticket, last_message_id=message.id)
        if (topic.name, topic.mark) != (name, mark):
            await self._rename(ticket, topic.thread, name, mark)
        if view.settled and not topic.closed:
            await self._toggle(ticket, topic.thread, closed=True)
        await self._accepted(ticket, read_at=view.read_at)

    async def _create(self, ticket: int, name: str, mark: str) -> Topic:
        icon = await self._icon(mark)
        create = self._context.bot.create_forum_topic
        made = await self._call(lambda: create(int(self._chat), name, icon_custom_emoji_id=icon))
        thread = str(made.message_thread_id)
        topic = await self._context.in_thread(lambda: self._rooms.made(ticket, thread, name, mark))
        if topic.thread != thread:
            # Somebody wrote meanwhile in one whose answer was lost, which is now the question's.
            await self._close(thread)
        return topic

    async def _show_card(self, ticket: int, view: RoomView, topic: Topic, address: Address) -> None:
        card = wording.card(view, self._words)
        digest = hashlib.sha256(repr((card.text, card.buttons)).encode()).hexdigest()
        if topic.card is not None and topic.shown == digest:
            return
        piece = html.pieces(card.text)[0]
        out = self._context.out
        if topic.card is None or not await out.rewrite(address, int(topic.card), piece, card.buttons):
            number = await self._context.out.say_piece(address, piece, card.buttons, silent=view.quiet)
            await self._accepted(ticket, card=str(number))
        if topic.shown is None:
            await out.give(address, [FileRef(**file) for file in view.card["files"]], f"{NAME}:room:{ticket}:card")
        await self._accepted(ticket, shown=digest)

    async def _post(self, address: Address, message: RoomMessage, *, quiet: bool) -> None:
        """Show what was said elsewhere, with its files (those that came with the card were given with it)."""
        posted = wording.message(message, self._words)
        await self._context.out.deliver(address, posted, f"{NAME}:room:{message.id}", silent=quiet)

    async def _rename(self, ticket: int, thread: str, name: str, mark: str) -> None:
        icon = await self._icon(mark)
        edit = self._context.bot.edit_forum_topic
        try:
            await self._call(lambda: edit(int(self._chat), int(thread), name=name, icon_custom_emoji_id=icon))
        except ChannelError as error:
            if not _is_as_wanted(error):
                raise
        await self._accepted(ticket, name=name, mark=mark)

    async def _toggle(self, ticket: int, thread: str, *, closed: bool) -> None:
        bot = self._context.bot
        act = bot.close_forum_topic if closed else bot.reopen_forum_topic
        try:
            await self._call(lambda: act(int(self._chat), int(thread)))
        except ChannelError as error:
            if not _is_as_wanted(error):
                raise
        await self._accepted(ticket, closed=closed)

    async def _delete(self, ticket: int, thread: str, view: RoomView) -> bool:
        """Take away the topic of a question that was erased; False when the bot may not, and its card alone can go."""
        delete = self._context.bot.delete_forum_topic
        try:
            await self._call(lambda: delete(int(self._chat), int(thread)))
        except ChannelError as error:
            if error.failure is not Failure.PERMANENT or _is_topic_gone(error):
                raise
            _log.warning("topic_not_deleted", reason=error.reason)
            return False
        await self._accepted(ticket, thread=None, card=None, shown=None, read_at=view.read_at)
        return True

    async def _adopt_or_close(self, said: Heard, thread: str) -> int | None:
        """Return the question of a topic of ours that is not recorded; None when the question has another.

        Somebody may write before the answer of Telegram that made the topic is recorded, or when it was lost: the topic
        is then the question's. One that a crash left beside another is closed, saying where the question is.
        """
        opened = said.message.reply_to_message
        if opened is None or opened.forum_topic_created is None or opened.from_user is None:
            return None
        name = opened.forum_topic_created.name
        number = _NUMBER.search(name)
        if opened.from_user.id != self._context.bot.id or number is None:
            return None
        ticket = int(number[0])
        if await self._context.in_thread(lambda: self._rooms.topic_of(ticket)) is None:
            return None
        topic = await self._context.in_thread(lambda: self._rooms.made(ticket, thread, name, ""))
        if topic.thread == thread:
            return ticket
        await self._context.reply(said, self._words("telegram.room.orphan", number=ticket), quoting=True)
        await self._close(thread)
        return None

    async def _close(self, orphan: str) -> None:
        close = self._context.bot.close_forum_topic
        try:
            await self._call(lambda: close(int(self._chat), int(orphan)))
        except ChannelError as error:
            _log.warning("orphan_not_closed", reason=error.reason)

    async def _icon(self, mark: str) -> str | None:
        """Return the icon of a state among those Telegram lets bots use."""
        if self._icons is None:
            try:
                stickers = await self._context.bot.get_forum_topic_icon_stickers()
            except TelegramError as error:
                _log.warning("icons_unknown", reason=str(error))
                return None
            self._icons = {sticker.emoji: sticker.custom_emoji_id or "" for sticker in stickers if sticker.emoji}
        return self._icons.get(_ICONS.get(mark, "")) or None

    def _name(self, view: RoomView) -> str:
        state = self._words(f"chat.topic.{view.mark}")
        full = self._words("chat.topic.name", number=view.line.id, state=state, question="{}")
        return full.replace("{}", plain_excerpt(view.line.question, _LONGEST_NAME - len(full) + 2))

    async def _call(self, step: Callable[[], Awaitable[Result]]) -> Result:
        return await self._context.out.call(self._chat, step)

    async def _accepted(self, ticket: int, **values: object) -> None:
        await self._context.in_thread(lambda: self._rooms.accepted(ticket, **values))

    async def refused(self, error: ChannelError) -> None:
        """Tell the coordinators, once for each reason."""
        report = self._context.parts.correspondence.report
        key = f"{NAME}:room:{self._chat}:{hashlib.sha256(error.reason.encode()).hexdigest()[:12]}"
        await self._context.in_thread(lambda: report("room_refused", key, channel=NAME, reason=error.reason))


def _is_topic_gone(error: ChannelError) -> bool:
    return isinstance(error.__cause__, BadRequest) and is_topic_gone(error.__cause__)


def _is_as_wanted(error: ChannelError) -> bool:
    """Tell whether a change was refused because it is made already, as after a lost acknowledgement."""
    cause = error.__cause__
    return isinstance(cause, BadRequest) and (is_unchanged(cause) or "not_modified" in str(cause).lower())
