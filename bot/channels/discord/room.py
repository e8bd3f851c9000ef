"""The experts' channel: a card for each question that reaches the experts, with a thread to talk it over and answer it.

What Discord accepted is recorded step by step (``helpdesk.rooms``). A card is asked for only after the intention is
recorded: should we die before its id is, it is looked for before another one is made. A thread begun from a card can be
asked for twice: Discord refuses the second, and its number is the card's.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import discord
import structlog

from bot.channel import Capability, ChannelError, FileRef
from bot.channels.discord import buttons, markdown, places
from bot.channels.discord.failures import THREAD_EXISTS, is_gone
from bot.channels.discord.options import NAME
from bot.render import room as wording
from bot.render.markup import plain_excerpt
from bot.upkeep import Upkeep, each
from helpdesk.rooms import Rooms

if TYPE_CHECKING:
    from bot.channel import Rendered
    from bot.channels.discord.context import Context
    from bot.words import Words
    from helpdesk.model import Address
    from helpdesk.rooms import RoomMessage, RoomView, Topic

_LONGEST_NAME = 100  # characters of a thread's name
_SLEEP: Final = 10_080  # minutes without a word after which Discord puts a thread away by itself: the longest
QUESTION_LENGTHS = (1_800, 1_000, 500, 200)  # characters on a card, tried until it is one message
_LOOKED_AT = 50  # messages of the channel, for a card that a crash left unknown

_log = structlog.get_logger(__name__)


class Room(Upkeep):
    """Keeps the experts' channel up to date until cancelled."""

    name = "room"
    poll_seconds = 2.0

    def __init__(self, context: Context, channel: int) -> None:
        super().__init__()
        self._context = context
        self._channel = channel
        self._rooms = Rooms(context.parts.office, NAME, places.room(channel))
        self._words: Words = context.parts.words_for(context.options.locale)

    async def ticket_of(self, thread: int) -> int | None:
        """Return the question of a thread."""
        return await self._context.in_thread(lambda: self._rooms.ticket_of(str(thread)))

    async def look(self) -> None:
        """Bring every card and thread up to date: one that is refused holds no other back. Raises ``ChannelError``."""
        await each(await self._context.in_thread(self._rooms.outdated), self.show)

    async def show(self, ticket: int) -> None:
        """Bring one question's card and thread to what the question is now. Raises ``ChannelError``."""
        view = await self._context.in_thread(lambda: self._rooms.view(ticket))
        try:
            await self._bring(ticket, view)
        except ChannelError as error:
            if view.topic is None or view.topic.thread is None or not is_gone(error.__cause__):
                raise
            # Somebody deleted the thread or the card: an open question gets others.
            await self._remove_card(view.topic)
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
            topic = await self._create(ticket, view, topic, name, mark)
        assert topic.thread is not None
        address = places.public(self._channel, int(topic.thread))
        if topic.closed and not view.settled:
            await self._archive(ticket, topic.thread, closed=False)
        await self._show_card(ticket, view, topic)
        for message in view.messages:
            await self._post(address, message, quiet=view.quiet)
            await self._accepted(ticket, last_message_id=message.id)
        if (topic.name, topic.mark) != (name, mark) and not topic.closed:
            await self._context.out.edit_thread(int(topic.thread), name=name)
            await self._accepted(ticket, name=name, mark=mark)
        if view.settled and not topic.closed:
            await self._archive(ticket, topic.thread, closed=True)
        await self._accepted(ticket, read_at=view.read_at)

    async def _create(self, ticket: int, view: RoomView, topic: Topic | None, name: str, mark: str) -> Topic:
        """Post the card, then begin its thread."""
        card = self._worded(view)
        here = places.public(self._channel)
        number = (
            int(topic.card) if topic is not None and topic.card is not None else await self._lost_card(ticket, topic)
        )
        if number is None:
            number = (await self._context.out.say(here, card.text, card.buttons, silent=view.quiet, whole=False))[-1]
        await self._accepted(ticket, card=str(number), shown=_digest(card.text, card.buttons))
        await self._begin_thread(number, name)
        await self._accepted(ticket, thread=str(number), name=name, mark=mark)
        for file in view.card["files"]:
            await self._context.out.file(places.public(self._channel, number), FileRef(**file), silent=True)
        made = await self._context.in_thread(lambda: self._rooms.topic_of(ticket))
        assert made is not None
        return made

    async def _lost_card(self, ticket: int, topic: Topic | None) -> int | None:
        """Return the card that we asked for before dying, if Discord has it."""
        if topic is None:
            return None
        history = self._context.client.get_partial_messageable(self._channel).history(limit=_LOOKED_AT)

        async def look() -> int | None:
            async for message in history:
                if message.author.id == self._context.bot_id and _is_card_of(message, ticket):
                    return message.id
            return None

        return await self._context.out.call(look)

    async def _begin_thread(self, card: int, name: str) -> None:
        begin = self._context.client.http.start_thread_with_message
        try:
            await self._context.out.call(lambda: begin(self._channel, card, name=name, auto_archive_duration=_SLEEP))
        except ChannelError as error:
            cause = error.__cause__
            if not (isinstance(cause, discord.HTTPException) and cause.code == THREAD_EXISTS):
                raise

    async def _show_card(self, ticket: int, view: RoomView, topic: Topic) -> None:
        card = self._worded(view)
        digest = _digest(card.text, card.buttons)
        if topic.card is None or topic.shown == digest:
            return
        await self._context.out.rewrite(places.public(self._channel), int(topic.card), card.text, card.buttons)
        await self._accepted(ticket, shown=digest)

    def _worded(self, view: RoomView) -> Rendered:
        """Return the card in one message, which is changed in place: the longer the rest, the less of the question."""
        for longest in QUESTION_LENGTHS:
            card = wording.card(view, self._words, Capability.FORMS, longest)
            if len(markdown.pieces(card.text)) == 1:
                break
        return card

    async def _remove_card(self, topic: Topic) -> None:
        """Delete a card whose thread is gone; one that is gone as well is as wanted."""
        try:
            if topic.card is not None:
                await self._context.out.delete(places.public(self._channel), int(topic.card))
        except ChannelError as error:
            _log.info("card_kept", reason=error.reason)

    async def _post(self, address: Address, message: RoomMessage, *, quiet: bool) -> None:
        """Show what was said elsewhere, with its files (those that came with the card were given with it)."""
        posted = wording.message(message, self._words)
        key = f"room:{self._channel}:message:{message.id}"
        await self._context.out.say(address, posted.text, key=key, silent=quiet)
        for file in posted.files:
            await self._context.out.file(address, file, key=f"{key}:file:{file.id}", silent=True)

    async def _archive(self, ticket: int, thread: str, *, closed: bool) -> None:
        await self._context.out.edit_thread(int(thread), archived=closed)
        await self._accepted(ticket, closed=closed)

    def _name(self, view: RoomView) -> str:
        state = self._words(f"chat.topic.{view.mark}")
        full = self._words("chat.topic.name", number=view.line.id, state=state, question="{}")
        return full.replace("{}", plain_excerpt(view.line.question, _LONGEST_NAME - len(full) + 2))

    async def _accepted(self, ticket: int, **values: object) -> None:
        await self._context.in_thread(lambda: self._rooms.accepted(ticket, **values))

    async def refused(self, error: ChannelError) -> None:
        """Tell the coordinators, once for each reason."""
        await self._context.report_refused("room_refused", self._channel, error)


def _digest(text: str, rows: object) -> str:
    return hashlib.sha256(repr((text, rows)).encode()).hexdigest()


def _is_card_of(message: discord.Message, ticket: int) -> bool:
    return f"ticket:{ticket}" in buttons.actions_of(message)
