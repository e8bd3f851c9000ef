"""The public forum: each post is a question, and shows where it stands by its tags; settled, it is put away.

A post belongs to whoever wrote it: the bot answers in it as anywhere, and here only keeps its tags, and whether it is
put away or locked. What Discord accepted is recorded (``helpdesk.rooms``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import anyio
import discord

from bot.channel import ChannelError, Failure
from bot.channels.discord import places
from bot.channels.discord.failures import is_gone, is_put_away
from bot.channels.discord.options import NAME
from bot.upkeep import Upkeep, each
from helpdesk.model import Resolution, State
from helpdesk.rooms import Rooms

if TYPE_CHECKING:
    from bot.channel import Rendered
    from bot.channels.discord.context import Context
    from bot.words import Words
    from helpdesk.model import Address
    from helpdesk.rooms import RoomView

MOST_TAGS = 5  # of a post
_LONGEST_TAG = 20  # characters
_LONGEST_NAME = 100
# The tag of each state; several states are one to whoever reads.
TAGS = {
    State.received: "new",
    State.suggested: "new",
    State.queued: "experts",
    State.assigned: "experts",
    State.joined: "experts",
    State.waiting: "waiting",
    State.answered: "answered",
    State.closed: "closed",
    Resolution.withdrawn: "withdrawn",
    "late": "late",
}


class Forum(Upkeep):
    """Keeps the forum's posts up to date until cancelled."""

    name = "forum"
    poll_seconds = 2.0

    def __init__(self, context: Context, channel: int) -> None:
        super().__init__()
        self._context = context
        self._channel = channel
        self._rooms = Rooms(context.parts.office, NAME, places.room(channel), asked_here=True)
        self._words: Words = context.parts.words_for(context.options.locale)
        self._turns: WeakValueDictionary[int | None, anyio.Lock] = WeakValueDictionary()

    async def look(self) -> None:
        """Bring every post up to date: one that Discord refuses holds no other back. Raises ``ChannelError``."""
        await each(await self._context.in_thread(self._rooms.outdated), self.show)

    async def show(self, ticket: int) -> None:
        """Bring one post to what its question is now. Raises ``ChannelError``."""
        async with self._turn(ticket):
            await self._show(ticket)

    async def _show(self, ticket: int) -> None:
        view = await self._context.in_thread(lambda: self._rooms.view(ticket))
        assert view.address.thread is not None
        thread = int(view.address.thread)
        if view.topic is None:
            await self._context.in_thread(lambda: self._rooms.intend(ticket, view.line.question[:_LONGEST_NAME], ""))
            await self._accepted(ticket, thread=str(thread))
        try:
            await self._bring(ticket, thread, view)
        except ChannelError as error:
            if not is_gone(error.__cause__):
                raise
            # Its author deleted the post: what was asked stays asked, and is answered in private.
        await self._accepted(ticket, read_at=view.read_at)

    async def deliver(self, address: Address, message: Rendered, key: str) -> str:
        """Put a notice in a post, one that was put away included; return its messages' ids. Raises ``ChannelError``."""
        try:
            made = await self._context.out.deliver(address, message, key)
        except ChannelError as error:
            if not is_put_away(error.__cause__):
                raise
            thread = places.number(address)
            ticket = await self._context.in_thread(lambda: self._rooms.ticket_of(str(thread)))
            async with self._turn(ticket):  # not put away again before it is said
                await self._context.out.edit_thread(thread, archived=False, locked=False)
                made = await self._context.out.deliver(address, message, key)
        await self.spoken(places.number(address), by_us=True)
        return made

    async def is_over(self, ticket: int) -> bool:
        """Tell whether a question is settled."""
        return (await self._context.in_thread(lambda: self._rooms.view(ticket))).settled

    async def spoken(self, thread: int, *, by_us: bool = False) -> None:
        """Know that a post put away is awake again, since something was written in it.

        What we said does not keep it awake; what others say does, until its question moves or Discord puts it away.
        """
        ticket = await self._context.in_thread(lambda: self._rooms.ticket_of(str(thread)))
        if ticket is None:
            return
        async with self._turn(ticket):
            topic = await self._context.in_thread(lambda: self._rooms.topic_of(ticket))
            if topic is None or not topic.closed:
                return
            if by_us:
                await self._accepted(ticket, closed=False, read_at=None)
                self.wake()
            else:
                await self._accepted(ticket, closed=False)

    def _turn(self, ticket: int | None) -> anyio.Lock:
        """Return the turn of a question's post: put away or woken, one at a time, else one would undo the other.

        ``None``: that of the posts that no question has yet.
        """
        return self._turns.setdefault(ticket, anyio.Lock())

    async def _bring(self, ticket: int, thread: int, view: RoomView) -> None:
        topic = view.topic
        tag = TAGS[view.mark]
        if topic is not None and (topic.mark, topic.closed) == (tag, view.settled):
            return
        changes: dict[str, object] = {"applied_tags": await self._tags(thread, tag), "archived": view.settled}
        if view.settled:
            # Nobody goes on with a question taken back; any other wakes up when somebody writes.
            changes["locked"] = view.line.resolution is Resolution.withdrawn
        elif topic is not None and topic.closed:
            changes["locked"] = False
        await self._context.out.edit_thread(thread, **changes)
        await self._accepted(ticket, mark=tag, closed=view.settled)

    async def _tags(self, thread: int, tag: str) -> list[str]:
        """Return the tags of a post: the state's in place of another state's, and those that people chose."""
        known = await self._known()
        ours = set(known.values())
        client = self._context.client
        post = client.get_channel(thread) or await self._context.out.call(lambda: client.fetch_channel(thread))
        applied = post.applied_tags if isinstance(post, discord.Thread) else []
        chosen = [item.id for item in applied if item.id not in ours]
        return [str(number) for number in [known[tag], *chosen][:MOST_TAGS]]

    async def _known(self) -> dict[str, int]:
        """Return the ids of our tags by state, those that are missing made. Raises ``ChannelError``."""
        client, channel = self._context.client, self._channel
        forum = client.get_channel(channel) or await self._context.out.call(lambda: client.fetch_channel(channel))
        if not isinstance(forum, discord.ForumChannel):
            raise ChannelError(Failure.PERMANENT, "discord.forum is no forum")
        names = {tag: self._words(f"discord.tag.{tag}")[:_LONGEST_TAG] for tag in dict.fromkeys(TAGS.values())}
        present = {item.name.casefold(): item.id for item in forum.available_tags}
        missing = [name for name in names.values() if name.casefold() not in present]
        if missing:
            tags = [*forum.available_tags, *(discord.ForumTag(name=name) for name in missing)]
            changed = await self._context.out.call(lambda: forum.edit(available_tags=tags))
            assert changed is not None
            present = {item.name.casefold(): item.id for item in changed.available_tags}
        return {tag: present[name.casefold()] for tag, name in names.items()}

    async def _accepted(self, ticket: int, **values: object) -> None:
        await self._context.in_thread(lambda: self._rooms.accepted(ticket, **values))

    async def refused(self, error: ChannelError) -> None:
        """Tell the coordinators, once for each reason."""
        await self._context.report_refused("forum_refused", self._channel, error)
