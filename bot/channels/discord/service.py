"""The running service behind one client: its parts, put together, and what each event of the connection means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import anyio
import discord
import structlog

from bot.channels.discord import places
from bot.channels.discord.client import GuichetClient
from bot.channels.discord.commanding import Commanding
from bot.channels.discord.conversation import Conversation
from bot.channels.discord.forum import Forum
from bot.channels.discord.forwarding import Forwarding
from bot.channels.discord.history import History
from bot.channels.discord.intake import Intake
from bot.channels.discord.newcomers import Newcomers
from bot.channels.discord.posts import Posts
from bot.channels.discord.pressing import Pressing
from bot.channels.discord.retracting import Retracting
from bot.channels.discord.room import Room
from bot.channels.discord.showing import Showing
from bot.channels.discord.suggesting import Suggesting
from bot.channels.discord.tree import Tree
from bot.channels.discord.watch import Watch
from bot.channels.discord.writing import Writing

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.channel import Capability, Rendered
    from bot.channels.discord.context import Context
    from bot.channels.discord.intake import Event
    from bot.channels.discord.tree import Given
    from helpdesk.model import Address

_log = structlog.get_logger(__name__)


class Service:
    """Serves one client; ``ready`` is set once words can be sent, ``caught_up`` once the history is read."""

    def __init__(
        self,
        make_context: Callable[[GuichetClient], Context],
        capabilities: Capability,
        caught_up: anyio.Event,
        ready: anyio.Event,
    ) -> None:
        self.client = GuichetClient(self)
        self._caught_up = caught_up
        self._ready = ready
        context = make_context(self.client)
        self._context = context
        options = context.options
        self._room = Room(context, options.experts) if options.experts else None
        self._forum = Forum(context, options.forum) if options.forum else None
        self._newcomers = Newcomers(context)
        writing, showing = Writing(context), Showing(context)
        watch = Watch(context, options.coordinators, capabilities) if options.coordinators else None
        self._rooms: tuple[Room | Forum | Watch | Retracting, ...] = tuple(
            room for room in (self._room, self._forum, watch, Retracting(context)) if room is not None
        )
        posts = Posts(context, self._forum, writing, self._newcomers)
        conversation = Conversation(context, self._room, posts, writing, self._newcomers)
        self._pressing = Pressing(context, writing, showing, self._newcomers, posts)
        self._commanding = Commanding(
            context,
            writing,
            showing,
            self._newcomers,
            self._pressing,
            posts,
            Forwarding(context, posts),
        )
        self._suggesting = Suggesting(context)
        self._tree = Tree(self.client, context.parts, options.locale, self)
        self._intake = Intake(conversation.handle, conversation.give_up)
        self._history = History(context)
        self._session = 0
        self._behind = True  # what was said before the session is not read yet

    async def run(self) -> None:
        """Handle what comes until cancelled, and keep the rooms."""
        async with anyio.create_task_group() as tasks, self._intake:
            tasks.start_soon(self._newcomers.watch)
            for room in self._rooms:
                tasks.start_soon(room.run)
            await anyio.sleep_forever()

    async def deliver(self, address: Address, message: Rendered, key: str) -> str:
        """Put a notice at an address; return its messages' ids. Raises ``ChannelError``."""
        answered = _answered(message)
        spent = await self._context.acknowledgements(address, answered) if answered is not None else []
        made = await self._put(address, message, key)
        await self._context.close_cards(address, spent)
        return made

    async def _put(self, address: Address, message: Rendered, key: str) -> str:
        if self._forum is not None and address.conversation == places.room(self._context.options.forum):
            return await self._forum.deliver(address, message, key)
        if places.is_private(address):
            await self._history.follow(address)
        return await self._context.out.deliver(address, message, key)

    def wake(self) -> None:
        """Look at the rooms' questions now."""
        for room in self._rooms:
            room.wake()

    async def set_up(self) -> None:
        """Let words be sent: who we are is known."""
        self._ready.set()
        try:
            await self._tree.set_up()
        except discord.HTTPException as error:
            # The commands that Discord last took still work.
            _log.warning("discord_commands_refused", reason=str(error))
        _log.info("discord_ready", bot=self.client.user.name if self.client.user else None)

    def put(self, event: Event) -> None:
        """Take something of a message."""
        self._intake.put(event)

    def cut(self) -> None:
        """Hold what comes until what was missed is known."""
        self._session += 1
        self._intake.hold()

    async def resumed(self) -> None:
        """Carry on: Discord gave what was missed of the session, in order; what came before it may still be unread."""
        if self._behind:
            await self._catch_up()
        else:
            self._intake.release()

    async def ready(self) -> None:
        """Begin a session: what was said before it is read first."""
        self._behind = True
        await self._catch_up()

    async def _catch_up(self) -> None:
        """Read what was said before this session, then handle it and what came meanwhile."""
        self._session += 1
        session = self._session
        self._intake.hold()
        missed = await self._history.missed(lambda: session == self._session)
        if session == self._session and missed is not None:
            self._behind = False
            self._intake.release(missed)
            self._caught_up.set()
            _log.info("discord_caught_up", messages=len(missed))

    async def pressed(self, interaction: discord.Interaction[Any], action: str) -> None:
        """Carry out a press."""
        await self._pressing.press(interaction, action)

    async def submitted(self, interaction: discord.Interaction[Any]) -> None:
        """Take a form."""
        await self._pressing.submit(interaction)

    async def obey(self, interaction: discord.Interaction[Any], name: str, given: Given) -> None:
        """Carry out a command."""
        await self.client.carry(interaction, self._commanding.obey(interaction, name, given))

    async def menu(self, interaction: discord.Interaction[Any], name: str, message: discord.Message) -> None:
        """Carry out what was chosen in a message's menu."""
        await self.client.carry(interaction, self._commanding.menu(interaction, name, message))

    async def suggest(
        self, interaction: discord.Interaction[Any], name: str, option: str, typed: str
    ) -> list[tuple[str, str]]:
        """Return what an option may be, as it is typed."""
        return await self._suggesting.of(interaction.user, name, option, typed)

    async def failed(self, interaction: discord.Interaction[Any]) -> None:
        """Tell somebody that what they asked could not be done, where Discord still lets us."""
        words = self._context.words_of(None, interaction.locale)
        try:
            if interaction.response.is_done():
                await self._context.asides.beside(interaction).say(words("errors.error"))
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            _log.warning("aside_refused", reason=type(error).__name__)

    async def channel_gone(self, channel_id: int) -> None:
        """Forget what was read of a channel; tell the coordinators when it was one of ours."""
        bookmarks = self._context.bookmarks
        await self._context.in_thread(lambda: bookmarks.drop(f"read:{channel_id}"))
        options = self._context.options
        if channel_id in {options.forum, options.experts, options.coordinators}:
            await self._tell("discord_channel_gone", channel_id)

    async def server_gone(self, server_id: int) -> None:
        """Tell the coordinators that the bot is out of a server."""
        await self._tell("discord_server_gone", server_id)

    async def member_left(self, user_id: int, server_id: int) -> None:
        """Know that somebody left a server."""
        await self._context.membership.left(user_id, server_id)

    async def member_came(self, user_id: int) -> None:
        """Know that somebody came to a server."""
        await self._context.membership.reachable(user_id)

    async def _tell(self, code: str, number: int) -> None:
        _log.error(code, number=number)
        await self._context.report_gone(code, number)


def _answered(message: Rendered) -> int | None:
    """Return the question that a notice answers: it asks whether the answer does."""
    actions = (button.action or "" for row in message.buttons for button in row)
    numbers = [rest for verb, _, rest in (action.partition(":") for action in actions) if verb == "solved"]
    return int(numbers[0]) if numbers else None
