"""The connection: what the library says is handed to whoever deals with it; nothing is decided here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import anyio
import discord
import structlog

from bot.channels.discord.buttons import ChoiceMenu, PressButton
from bot.channels.discord.failures import UNKNOWN_INTERACTION
from bot.channels.discord.intake import Event

if TYPE_CHECKING:
    from collections.abc import Awaitable

READY_SECONDS = 0.5  # after the last server known, at a start

_log = structlog.get_logger(__name__)


def intents() -> discord.Intents:
    """Return what the bot asks to be told; the contents of messages and the members are granted by the portal."""
    wanted = discord.Intents.none()
    wanted.guilds = True  # channels and threads, made and deleted
    wanted.guild_messages = True
    wanted.dm_messages = True
    wanted.message_content = True  # questions are read, not only commands
    wanted.members = True  # who leaves takes no more private messages
    return wanted


class Attendant(Protocol):
    """Whoever deals with what happens."""

    async def set_up(self) -> None:
        """Prepare what must be there before anything is received."""

    def put(self, event: Event) -> None:
        """Take something of a message."""

    def cut(self) -> None:
        """Know that the connection is cut."""

    async def resumed(self) -> None:
        """Know that the connection is whole again, and that Discord gave what was missed."""

    async def ready(self) -> None:
        """Know that a new session began: what happened before it must be read."""

    async def pressed(self, interaction: discord.Interaction[Any], action: str) -> None:
        """Carry out a press."""

    async def submitted(self, interaction: discord.Interaction[Any]) -> None:
        """Take a form."""

    async def failed(self, interaction: discord.Interaction[Any]) -> None:
        """Tell somebody that what they asked could not be done."""

    async def channel_gone(self, channel_id: int) -> None:
        """Know that a channel was deleted."""

    async def server_gone(self, server_id: int) -> None:
        """Know that the bot was removed from a server, or the server deleted."""

    async def member_left(self, user_id: int, server_id: int) -> None:
        """Know that somebody left a server."""

    async def member_came(self, user_id: int) -> None:
        """Know that somebody came to a server."""


class GuichetClient(discord.Client):
    """The library's client, with every memory that it could do without turned off."""

    def __init__(self, attendant: Attendant) -> None:
        super().__init__(
            intents=intents(),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            guild_ready_timeout=READY_SECONDS,
            max_messages=None,
        )
        self._attendant = attendant
        self._in_hand: set[int] = set()
        self._done = anyio.Event()

    async def setup_hook(self) -> None:
        """Prepare before the connection is made."""
        self.add_dynamic_items(PressButton, ChoiceMenu)
        await self._attendant.set_up()

    def dispatch(self, event: str, /, *args: object, **kwargs: object) -> None:
        """Hand on an event, while connected: the library's own tasks outlive it a moment, and would raise."""
        if not self.is_closed():
            super().dispatch(event, *args, **kwargs)

    async def on_ready(self) -> None:
        """Begin a session."""
        await self._attendant.ready()

    async def on_resumed(self) -> None:
        """Carry on a session."""
        await self._attendant.resumed()

    async def on_disconnect(self) -> None:
        """Lose the connection."""
        self._attendant.cut()

    async def on_message(self, message: discord.Message) -> None:
        """Take a message."""
        self._attendant.put(Event("message", message.channel.id, message.id, message))

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Take new words."""
        self._attendant.put(Event("edit", payload.channel_id, payload.message_id, payload))

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Know of a deletion."""
        self._attendant.put(Event("deletion", payload.channel_id, payload.message_id, payload))

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Know of many deletions at once, as moderators make them."""
        for number in sorted(payload.message_ids):
            self._attendant.put(Event("deletion", payload.channel_id, number, payload))

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Take a form; commands and buttons come by the library's own ways."""
        if interaction.type is discord.InteractionType.modal_submit:
            await self.carry(interaction, self._attendant.submitted(interaction))

    async def pressed(self, interaction: discord.Interaction[Any], action: str) -> None:
        """Take a press."""
        await self.carry(interaction, self._attendant.pressed(interaction, action))

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Know of a channel's end."""
        await self._attendant.channel_gone(channel.id)

    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Know of a thread's end."""
        await self._attendant.channel_gone(payload.thread_id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Know that a server is out of reach for good."""
        await self._attendant.server_gone(guild.id)

    async def on_raw_member_remove(self, payload: discord.RawMemberRemoveEvent) -> None:
        """Know that somebody left."""
        await self._attendant.member_left(payload.user.id, payload.guild_id)

    async def on_member_join(self, member: discord.Member) -> None:
        """Know that somebody came."""
        await self._attendant.member_came(member.id)

    async def on_error(self, event_method: str, /, *_args: object, **_kwargs: object) -> None:
        """Log what nothing else caught."""
        _log.exception("discord_event_failed", event=event_method)

    async def at_rest(self) -> None:
        """Wait until what people pressed is done."""
        while self._in_hand:
            self._done = anyio.Event()
            await self._done.wait()

    async def carry(self, interaction: discord.Interaction[Any], work: Awaitable[None]) -> None:
        """Do what an interaction asks, to its end; whoever used it is told when that fails."""
        self._in_hand.add(interaction.id)
        try:
            await work
        except Exception as error:  # noqa: BLE001 - the library would only print it
            if isinstance(error, discord.NotFound) and error.code == UNKNOWN_INTERACTION:
                _log.warning("interaction_too_late")
            else:
                _log.exception("interaction_failed")
                await self._attendant.failed(interaction)
        finally:
            self._in_hand.discard(interaction.id)
            self._done.set()
