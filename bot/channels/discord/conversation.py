"""One message, once: who it is from, whether it is for us, and to which part it goes.

Nothing is decided here about questions: the handlers carry out what was said, the queue tells what came of it. What is
said at once are prompts and refusals.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import discord
import structlog

from bot.channel import Said
from bot.channels.discord import buttons, incoming
from bot.channels.discord.context import HereMessage
from bot.channels.discord.incoming import Place
from bot.channels.discord.options import NAME
from bot.commands import question_of
from helpdesk.conversation import Beside
from helpdesk.errors import GuichetError, NotFoundError
from helpdesk.model import WITH_EXPERTS, Role, State

if TYPE_CHECKING:
    from bot.channels.discord.context import Context
    from bot.channels.discord.incoming import Heard
    from bot.channels.discord.intake import Event
    from bot.channels.discord.newcomers import Newcomers
    from bot.channels.discord.posts import Posts
    from bot.channels.discord.room import Room
    from bot.channels.discord.writing import Writing
    from bot.words import Words
    from helpdesk.views import TicketView

_TYPED_COMMAND = re.compile(r"/[^\W\d_][\w-]*(?:\s|$)")  # what Discord did not take for a command of its list
_WRITES = frozenset({"answer", "note"})  # what makes of a text a draft
_STILL_HEARD = frozenset({*WITH_EXPERTS, State.received, State.suggested})

_log = structlog.get_logger(__name__)


class Conversation:
    """Handles what is written; ``room`` is the experts' channel, if there is one."""

    def __init__(
        self, context: Context, room: Room | None, posts: Posts, writing: Writing, newcomers: Newcomers
    ) -> None:
        self._context = context
        self._parts = context.parts
        self._room = room
        self._posts = posts
        self._writing = writing
        self._newcomers = newcomers

    async def handle(self, event: Event) -> None:
        """Handle one event. Raises what only the database, Discord or a fault of ours raises."""
        if isinstance(event.payload, discord.Message):
            await self._once(event.payload)
        elif isinstance(event.payload, discord.RawMessageUpdateEvent):
            await self._edited(event.payload.message)
        else:
            # What was asked stays asked; a draft goes with the message that held it.
            await self._writing.undraft(event.place, event.number)

    async def give_up(self, event: Event) -> None:
        """Tell of a message that nothing can be done with: its author, and the coordinators."""
        report = self._parts.correspondence.report
        key = f"{NAME}:skipped:{event.number}"
        await self._context.in_thread(lambda: report("update_skipped", key, channel=NAME, update=event.number))
        if isinstance(event.payload, discord.Message):
            address = incoming.address_of(event.payload)
            await self._context.tell(address, self._context.words_of(None)("errors.error"))

    async def _once(self, message: discord.Message) -> None:
        """Handle a message to its end, and remember how far its conversation was read.

        What the core keeps has keys of its own; this one keeps prompts from being said again.
        """
        message = await self._placed(message)
        said = incoming.heard(message, self._context.options, self._context.bot_id)
        if said is None or not self._is_for_us(said):
            return
        known, key = self._parts.correspondence, f"{NAME}:handled:{message.id}"
        if not await self._context.in_thread(lambda: known.is_handled(key)):
            if said.private:
                await self._context.membership.reachable(said.user.id)
            await self._hear(said)
            await self._context.in_thread(lambda: known.handled(key))
        bookmarks, kind = self._context.bookmarks, "dm" if said.private else "read"
        await self._context.in_thread(
            lambda: bookmarks.keep(f"{kind}:{message.channel.id}", message.id, forward=True),
        )

    async def _placed(self, message: discord.Message) -> discord.Message:
        """Return a message whose channel is known: one written in a thread that slept may come before its thread."""
        if message.guild is not None and isinstance(message.channel, discord.PartialMessageable):
            message.channel = await self._context.client.fetch_channel(message.channel.id)  # type: ignore[assignment]
        return message

    def _is_for_us(self, said: Heard) -> bool:
        if said.place not in {Place.elsewhere, Place.experts}:
            return True
        bot_id = self._context.bot_id
        # Coordinators talk over an alert by replying to it: only what names the bot is for it there.
        talked_over = said.message.channel.id == self._context.options.coordinators
        return incoming.names_bot(said.message, bot_id) or (
            incoming.answered(said.message, bot_id) is not None and not talked_over
        )

    async def _hear(self, said: Heard) -> None:
        person = await self._context.person(said.user)
        words = self._context.words_of(person)
        if said.place is Place.case:
            await self._in_case(said, said.message.channel.id, words, known=person is not None)
        elif said.place is Place.experts and said.replies_to is not None:
            # A card and its thread have the same number.
            await self._in_case(said, said.replies_to, words, known=person is not None)
        elif _TYPED_COMMAND.match(said.text) and said.place is not Place.post and said.place is not Place.thread:
            await HereMessage(self._context, said, words).say(words("discord.typed_command"))
        elif said.place is Place.thread:
            await self._posts.hear(said, words, known=person is not None)
        elif person is None:
            await self._newcomers.hear(said)
        else:
            await self._talk(said, words)

    async def _in_case(self, said: Heard, thread: int, words: Words, *, known: bool) -> None:
        """Take what was written in a question's thread, or in reply to its card, as a draft by whoever may answer."""
        ticket = await self._room.ticket_of(thread) if self._room is not None else None
        if ticket is None:
            return
        view = await self._view(said, ticket) if known else None
        if view is not None and _WRITES & view.actions:
            if not await self._is_between_colleagues(said):
                await self._writing.draft(said, ticket, words, view.actions)
        else:
            await self._say_once(said, f"case:{thread}", words("chat.room.stays" if known else "chat.room.unknown"))

    async def _is_between_colleagues(self, said: Heard) -> bool:
        """Tell whether a message is for another expert or coordinator: it replies to them, or names them."""
        reference = said.message.reference
        replied = reference.resolved if reference is not None else None
        others = [*said.message.mentions, *([replied.author] if isinstance(replied, discord.Message) else [])]
        for user in others:
            person = await self._context.known(self._context.account(user.id)) if user.id != said.user.id else None
            if person is not None and person.has(Role.expert, Role.coordinator):
                return True
        return False

    async def _say_once(self, said: Heard, of: str, text: str) -> None:
        """Say something to somebody the first time that it applies."""
        known, key = self._parts.correspondence, f"{NAME}:told:{of}:{said.user.id}"
        if not await self._context.in_thread(lambda: known.is_handled(key)):
            await HereMessage(self._context, said, self._context.words_of(None)).say(text)
            await self._context.in_thread(lambda: known.handled(key))

    async def _talk(self, said: Heard, words: Words) -> None:
        ticket = await self._replied(said)
        view = await self._view(said, ticket) if ticket is not None else None
        if view is not None and _WRITES & view.actions:
            await self._writing.draft(said, view.line.id, words, view.actions)
        elif ticket is None or said.private or not await self._is_between_members(said, ticket, words):
            await self._writing.ask(said, words, ticket)

    async def _is_between_members(self, said: Heard, ticket: int, words: Words) -> bool:
        """Tell whether a reply to somebody else's question is not for us to take for a question."""
        return await self._posts.meant(said, ticket, words) not in {None, Beside.question}

    async def _replied(self, said: Heard) -> int | None:
        """Return the question of the message that this one replies to: one of ours, or one of theirs."""
        number = said.replies_to
        if number is None:
            return None
        known = self._parts.correspondence
        ours = incoming.answered(said.message, self._context.bot_id)
        text = ours.content if ours is not None else ""
        sent = await self._context.in_thread(lambda: known.ticket_of_sent(said.address, str(number), text))
        if sent is None and ours is not None:
            # It left by a process that died, and is not recorded as sent: its buttons name it.
            sent = question_of(buttons.actions_of(ours))
        return sent or await self._context.in_thread(lambda: known.ticket_of_update(incoming.key_of(number)))

    async def _view(self, said: Heard, ticket: int) -> TicketView | None:
        try:
            return await self._context.in_thread(lambda: self._parts.desk.ticket(said.account, ticket))
        except NotFoundError:
            return None

    async def _edited(self, message: discord.Message) -> None:
        """Take corrected words where they can still count; elsewhere say that a new message is needed."""
        edited = message.edited_at
        if edited is None:
            return  # Discord only added a preview
        said = incoming.heard(await self._placed(message), self._context.options, self._context.bot_id)
        person = await self._context.person(said.user) if said is not None else None
        if said is None or person is None or await self._writing.redraft(said):
            return
        words = self._context.words_of(person)
        if await self._writing.corrected(said, words):
            return
        ticket = await self._context.in_thread(lambda: self._parts.correspondence.ticket_of_update(said.key))
        if ticket is None:
            return
        here = HereMessage(self._context, said, words)
        view = await self._view(said, ticket)
        if view is None or "reply" not in view.actions or view.line.state not in _STILL_HEARD:
            await here.say(words("chat.edited_late", number=ticket))
            return
        key = f"{said.key}:edited:{edited.timestamp():.0f}"
        try:
            await self._parts.handlers.handle(Said(key, said.account, said.address, said.text, ticket, at=edited))
        except GuichetError as error:
            await here.refuse(error)
