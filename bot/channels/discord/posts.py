"""What is written in the forum's posts: who asked adds to it, others reply, and a reply may be the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.channel import Button
from bot.channels.discord import incoming, places
from bot.channels.discord.context import HereMessage
from bot.channels.discord.downloads import fetch
from bot.channels.discord.options import NAME
from bot.render.markup import escape
from helpdesk.conversation import Beside
from helpdesk.errors import GuichetError, InvalidInputError, NotFoundError
from helpdesk.peers import Reply

if TYPE_CHECKING:
    from bot.channels.discord.context import Context, HereAside
    from bot.channels.discord.forum import Forum
    from bot.channels.discord.incoming import Heard
    from bot.channels.discord.newcomers import Newcomers
    from bot.channels.discord.writing import Writing
    from bot.words import Words
    from helpdesk.views import TicketView


class Posts:
    """Handles what follows a post's question; ``forum`` keeps the posts themselves, if there is one."""

    def __init__(self, context: Context, forum: Forum | None, writing: Writing, newcomers: Newcomers) -> None:
        self._context = context
        self._parts = context.parts
        self._forum = forum
        self._writing = writing
        self._newcomers = newcomers

    async def hear(self, said: Heard, words: Words, *, known: bool) -> None:
        """Take what its author adds to a question; offer them what somebody else replied."""
        thread = said.message.channel
        assert isinstance(thread, discord.Thread)
        if self._forum is not None:
            await self._forum.spoken(thread.id)
        ticket = await self.ticket_of(thread.id)
        if not known and said.user.id == thread.owner_id:
            await self._newcomers.hear(said)
        if ticket is None or not known:
            return
        view = await self._view(said, ticket)
        if view is not None and any(message.mine and message.from_member for message in view.messages):
            await self._writing.ask(said, words, ticket)
        elif await self.meant(said, ticket, words) in {Beside.reply, Beside.question}:
            await self._offer(said, ticket)

    async def meant(self, said: Heard, ticket: int, words: Words) -> Beside | None:
        """Return what words about somebody else's question are; « moi aussi » is done already."""
        peers = self._parts.peers
        meant = await self._context.in_thread(lambda: peers.meaning(said.account, said.address, ticket, said.text))
        if meant is Beside.me_too:
            try:
                await self._context.in_thread(
                    lambda: peers.me_too(said.key, said.account, said.address, ticket, said.at)
                )
            except GuichetError as error:
                await HereMessage(self._context, said, words).refuse(error)
            self._context.wake()
        return meant

    async def ticket_of(self, thread: int) -> int | None:
        """Return the question of a post: that of its first message, whose id is the post's."""
        key = incoming.key_of(thread)
        return await self._context.in_thread(lambda: self._parts.correspondence.ticket_of_update(key))

    async def accept(self, here: HereAside, thread: int, number: int, offer: discord.Message | None = None) -> None:
        """Take a message of a post as the answer, because whoever presses says that it does; everybody is shown which.

        ``offer``: our message that proposed it. The core says who may. Raises ``GuichetError``.
        """
        ticket = await self.ticket_of(thread)
        if ticket is None:
            raise InvalidInputError("no_question_here")
        reply, name = await self._reply(here, thread, number)
        accept = self._parts.peers.accept
        at = here.interaction.created_at
        await self._context.in_thread(lambda: accept(here.key, here.account, ticket, reply, at))
        self._context.wake()
        await here.say(here.words("chat.reply.accepted"))
        await self._show_taken(reply, name, offer)

    async def _show_taken(self, reply: Reply, name: str, offer: discord.Message | None) -> None:
        """Show everybody, once, which reply is the answer."""
        text = self._parts.words_for(self._context.options.locale)("chat.reply.taken", name=escape(name))
        if offer is not None:
            await self._context.out.rewrite(reply.address, offer.id, text)
            return
        known, key = self._parts.correspondence, f"{NAME}:taken:{reply.address.thread}:{reply.reference}"
        if not await self._context.in_thread(lambda: known.is_handled(key)):
            await self._context.tell(reply.address, text, reply_to=int(reply.reference))
            await self._context.in_thread(lambda: known.handled(key))

    async def _reply(self, here: HereAside, thread: int, number: int) -> tuple[Reply, str]:
        """Return a reply as it now stands, and its author's name. Raises ``NotFoundError``."""
        try:
            message = await self._context.client.get_partial_messageable(thread).fetch_message(number)
        except (discord.NotFound, discord.Forbidden):
            raise NotFoundError("reply_gone") from None
        sent = [incoming.file_of(message, item) for item in message.attachments]
        files, refused = await fetch(self._context.client, sent)
        for error in refused:
            await here.refuse(error)
        reply = Reply(
            author=places.account(message.author.id),
            text=message.content or ", ".join(f"[{file.name}]" for file in files),
            at=message.created_at,
            address=places.public(self._context.options.forum, thread),
            reference=str(number),
            files=files,
        )
        return reply, message.author.display_name

    async def _offer(self, said: Heard, ticket: int) -> None:
        """Offer who asked to take a reply as the answer: once for each person who replies, and not once it is over."""
        known = self._parts.correspondence
        key = f"{NAME}:offered:{said.message.channel.id}:{said.user.id}"
        if await self._context.in_thread(lambda: known.is_handled(key)):
            return
        if self._forum is not None and not await self._forum.is_over(ticket):
            words = self._parts.words_for(self._context.options.locale)
            button = Button(words("chat.button.accept"), f"accept:{ticket}:{said.message.id}")
            text = words("chat.reply.offer", name=escape(said.user.display_name))
            await HereMessage(self._context, said, words).say(text, [[button]])
        await self._context.in_thread(lambda: known.handled(key))

    async def _view(self, said: Heard, ticket: int) -> TicketView | None:
        try:
            return await self._context.in_thread(lambda: self._parts.desk.ticket(said.account, ticket))
        except NotFoundError:
            return None
