"""The Discord channel: one bot, connected by the gateway, whose events are handled and to which notices go."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import discord
import structlog

from bot.channel import Capability, ChannelError, Failure, Receipt
from bot.channels.discord.asides import Asides
from bot.channels.discord.client import GuichetClient
from bot.channels.discord.context import Context
from bot.channels.discord.membership import Membership
from bot.channels.discord.options import NAME
from bot.channels.discord.outgoing import Outgoing
from bot.channels.discord.service import Service
from bot.channels.discord.turn import Turn
from bot.render.markup import escape
from helpdesk.bookmarks import Bookmarks
from helpdesk.leases import Leases
from helpdesk.mapping import Mapping

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.channel import Rendered
    from bot.channels.discord.options import DiscordOptions
    from bot.parts import Parts
    from helpdesk.model import Address

START_SECONDS = 5.0  # a delivery may wait as long for the bot to be up
STOP_SECONDS = 10.0

_log = structlog.get_logger(__name__)


class DiscordChannel:
    """Serves one bot. ``caught_up`` is set once the messages that waited are in hand.

    ``wake`` lets the sender look at what was just queued.
    """

    name = NAME
    capabilities = (
        Capability.BUTTONS
        | Capability.MARKUP
        | Capability.EDIT
        | Capability.THREADS
        | Capability.FILES
        | Capability.VIEWS
        | Capability.FORMS
    )

    def __init__(self, parts: Parts, options: DiscordOptions, wake: Callable[[], None] = lambda: None) -> None:
        self._parts = parts
        self._options = options
        self._wake_sender = wake
        self._service: Service | None = None
        self._ready = anyio.Event()
        self.caught_up = anyio.Event()

    async def run(self) -> None:
        """Receive until cancelled. Raises ``discord.DiscordException`` when Discord refuses us."""
        turn = Turn(Leases(self._parts.office, uuid.uuid4().hex), self._options.token, self.caught_up)
        service = Service(self._context, self.capabilities, self.caught_up, self._ready)
        client = service.client
        try:
            self._service = service
            await self._log_in(client)
            await turn.wait()
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(service.run)
                tasks.start_soon(self._keep, turn, tasks.cancel_scope)
                await self._connect(client)
                tasks.cancel_scope.cancel()
        finally:
            self._service = None
            self._ready = anyio.Event()
            with anyio.CancelScope(shield=True), anyio.move_on_after(STOP_SECONDS):
                await client.at_rest()
                await client.close()
                await turn.leave()

    async def send(self, address: Address, message: Rendered, key: str) -> Receipt:
        """Deliver a notice. Raises ``ChannelError``."""
        with anyio.move_on_after(START_SECONDS):
            await self._ready.wait()
        if self._service is None or not self._ready.is_set():
            raise ChannelError(Failure.RETRY, "discord_not_ready")
        return Receipt(await self._service.deliver(address, message, key))

    async def _log_in(self, client: GuichetClient) -> None:
        try:
            await client.login(self._options.token)
        except discord.LoginFailure:
            _log.error("discord_token_refused")
            raise

    async def _connect(self, client: GuichetClient) -> None:
        try:
            await client.connect()
        except discord.PrivilegedIntentsRequired:
            _log.error("discord_intents_refused", needs=["message content", "server members"])
            raise

    async def _keep(self, turn: Turn, connected: anyio.CancelScope) -> None:
        await turn.keep()
        connected.cancel()

    def wake(self) -> None:
        """Look at the rooms' questions now."""
        if self._service is not None:
            self._service.wake()

    def _context(self, client: GuichetClient) -> Context:
        words = self._parts.words_for(self._options.locale)
        asides = Asides(self._parts.office.clock.monotonic)
        out = Outgoing(
            client, self._parts.attachments, asides, lambda name: words("discord.file_too_big", name=escape(name))
        )
        return Context(
            parts=self._parts,
            options=self._options,
            client=client,
            out=out,
            asides=asides,
            bookmarks=Bookmarks(self._parts.office, NAME),
            membership=Membership(client, self._options, Mapping(self._parts.office), self._parts.correspondence),
            wake=self._woken,
        )

    def _woken(self) -> None:
        self._wake_sender()
        self.wake()
