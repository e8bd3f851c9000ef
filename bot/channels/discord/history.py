"""What was said while nobody listened: read in the history of every conversation that is followed, oldest first."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import aiohttp
import anyio
import discord
import structlog
from sqlalchemy.exc import DBAPIError

from bot.channels.discord.intake import Event

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.channels.discord.context import Context
    from helpdesk.model import Address

AT_ONCE = 8  # conversations read side by side
MOST_ARCHIVED = 100  # posts of the forum that went to sleep meanwhile
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
_BEFORE = dt.timedelta(minutes=10)

_log = structlog.get_logger(__name__)


class History:
    """Reads what was missed."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._followed: set[int] = set()

    async def follow(self, address: Address) -> None:
        """Follow somebody's private messages from now on: what they answer while nobody listens is found later.

        Begins a little before now: what they are writing at this very moment may not be handled yet.
        Raises ``ChannelError`` when they take no messages.
        """
        place = await self._context.out.call(lambda: self._context.out.room(address))
        if place.id in self._followed:
            return
        bookmarks, name = self._context.bookmarks, f"dm:{place.id}"
        since = discord.utils.time_snowflake(self._context.parts.office.clock.now() - _BEFORE)
        if await self._context.in_thread(lambda: bookmarks.read(name)) is None:
            await self._context.in_thread(lambda: bookmarks.keep(name, since, forward=True))
        self._followed.add(place.id)

    async def missed(self, wanted: Callable[[], bool]) -> tuple[Event, ...] | None:
        """Return the messages posted since the last ones handled; None once it is no longer ``wanted``.

        Waits for Discord and the database as long as they are away: nothing newer may be handled before.
        """
        wait = FIRST_WAIT
        while wanted():
            try:
                return await self._missed()
            except (discord.DiscordException, aiohttp.ClientError, OSError, DBAPIError):
                _log.exception("history_unread", again_in=wait)
            await anyio.sleep(wait)
            wait = min(LONGEST_WAIT, wait * 2)
        return None

    async def _missed(self) -> tuple[Event, ...]:
        bookmarks = self._context.bookmarks
        private = await self._context.in_thread(lambda: bookmarks.all("dm"))
        public = await self._context.in_thread(lambda: bookmarks.all("read"))
        found: list[Event] = []
        limiter = anyio.CapacityLimiter(AT_ONCE)

        async def read(place: discord.abc.Messageable, number: int, after: int) -> None:
            async with limiter:
                found.extend(await self._read(place, number, after))

        async with anyio.create_task_group() as tasks:
            for name, after in private.items():
                tasks.start_soon(read, self._context.client.get_partial_messageable(int(name)), int(name), after)
            for name, after in public.items():
                # A thread that sleeps is not among them.
                channel = self._context.client.get_channel(int(name))
                if isinstance(channel, discord.abc.Messageable) and _is_newer(channel, after):
                    tasks.start_soon(read, channel, int(name), after)
            for thread, after in await self._posts(public):
                tasks.start_soon(read, thread, thread.id, after)
        return tuple(found)

    async def _read(self, place: discord.abc.Messageable, number: int, after: int) -> list[Event]:
        found: list[Event] = []
        try:
            after_that = place.history(after=discord.Object(after), oldest_first=True, limit=None)
            found.extend([Event("message", number, message.id, message) async for message in after_that])
        except (discord.NotFound, discord.Forbidden) as error:
            _log.info("history_closed", place=number, reason=str(error))
        return found

    async def _posts(self, known: dict[str, int]) -> list[tuple[discord.Thread, int]]:
        """Return the forum's posts to read, and after which message.

        They are those opened since the forum is followed of which nothing was handled yet, whatever came of later ones,
        and those in which something was written before they went to sleep; at the first start, none.
        """
        number = self._context.options.forum
        forum = self._context.client.get_channel(number) if number else None
        if not isinstance(forum, discord.ForumChannel):
            if number:
                _log.error("discord_forum_missing", forum=number)
            return []
        bookmarks = self._context.bookmarks
        begun_at = await self._context.in_thread(lambda: bookmarks.read(f"forum:{number}"))
        if begun_at is None:
            now = discord.utils.time_snowflake(self._context.parts.office.clock.now())
            await self._context.in_thread(lambda: bookmarks.keep(f"forum:{number}", now))
            return []
        active = [thread for thread in await forum.guild.active_threads() if thread.parent_id == number]
        asleep = [thread async for thread in forum.archived_threads(limit=MOST_ARCHIVED)]
        new = [thread for thread in (*active, *asleep) if thread.id > begun_at and str(thread.id) not in known]
        begun = [(thread, known[str(thread.id)]) for thread in asleep if str(thread.id) in known]
        return [
            *((thread, thread.id - 1) for thread in new),
            *((thread, after) for thread, after in begun if _is_newer(thread, after)),
        ]


def _is_newer(channel: object, after: int) -> bool:
    last = getattr(channel, "last_message_id", None)
    return last is None or last > after
