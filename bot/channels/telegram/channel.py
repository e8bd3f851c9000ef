"""The Telegram channel: one bot, polled or called, whose updates are handled and to which notices are delivered."""

from __future__ import annotations

import uuid
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import structlog
from telegram.ext import Application, ApplicationBuilder

from bot.channel import Capability, ChannelError, Failure, Receipt
from bot.channels.telegram.context import Context
from bot.channels.telegram.conversation import Conversation
from bot.channels.telegram.downloads import Downloads
from bot.channels.telegram.limits import Limiter
from bot.channels.telegram.options import NAME
from bot.channels.telegram.outgoing import Outgoing
from bot.channels.telegram.poller import KINDS, Lanes, Poller
from bot.channels.telegram.retracting import Retracting
from bot.channels.telegram.room import Room
from bot.channels.telegram.turn import Turn
from bot.channels.telegram.webhook import PATH, route
from bot.render.markup import escape
from helpdesk.joining import INVITE_LINK
from helpdesk.leases import Leases

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from typing import Any

    from starlette.routing import Route
    from telegram import Bot, Update

    from bot.channel import Rendered
    from bot.channels.telegram.options import TelegramOptions
    from bot.parts import Parts
    from helpdesk.model import Address

READ_SECONDS = 10.0
START_SECONDS = 5.0  # a delivery may wait as long for the bot to be up

_log = structlog.get_logger(__name__)


class TelegramChannel:
    """Serves one bot. ``caught_up`` is set once the messages that waited have been handled.

    ``wake`` lets the sender look at what was just queued; ``limiter`` paces what is sent.
    """

    name = NAME
    capabilities = (
        Capability.BUTTONS
        | Capability.MARKUP
        | Capability.EDIT
        | Capability.THREADS
        | Capability.FILES
        | Capability.VIEWS
    )

    def __init__(
        self,
        parts: Parts,
        options: TelegramOptions,
        wake: Callable[[], None] = lambda: None,
        limiter: Limiter | None = None,
    ) -> None:
        self._parts = parts
        self._options = options
        self._wake_sender = wake
        self._limiter = limiter or Limiter(parts.office.clock.monotonic)
        self._ready = anyio.Event()
        self._out: Outgoing | None = None
        self._room: Room | None = None
        self._retracting: Retracting | None = None
        self._hook: tuple[Bot, Callable[[Update], Awaitable[bool]]] | None = None
        self.caught_up = anyio.Event()

    def routes(self) -> tuple[Route, ...]:
        """Return what the pages' server must serve for Telegram."""
        if self._options.webhook is None:
            return ()
        return (route(self._options.webhook_secret, lambda: self._hook),)

    async def run(self) -> None:
        """Receive updates until cancelled. Raises ``TelegramError`` when Telegram cannot be reached at the start."""
        async with self._application() as application:
            context = self._open(application.bot)
            room = self._room = await self._open_room(context)
            conversation = Conversation(context, room)
            retracting = self._retracting = Retracting(context)
            await self._give_link(application.bot)
            self._ready.set()
            _log.info("telegram_ready", bot=application.bot.username, polling=self._options.webhook is None)
            try:
                async with (
                    anyio.create_task_group() as tasks,
                    Lanes(conversation.handle, conversation.give_up) as lanes,
                ):
                    tasks.start_soon(conversation.set_up)
                    tasks.start_soon(retracting.run)
                    if room is not None:
                        tasks.start_soon(room.run)
                    await self._receive(application.bot, lanes)
            finally:
                self._out, self._room, self._retracting = None, None, None
                self._ready = anyio.Event()

    async def send(self, address: Address, message: Rendered, key: str) -> Receipt:
        """Deliver a notice. Raises ``ChannelError``."""
        with anyio.move_on_after(START_SECONDS):
            await self._ready.wait()
        if self._out is None:
            raise ChannelError(Failure.RETRY, "telegram_not_ready")
        return Receipt(await self._out.deliver(address, message, key))

    @asynccontextmanager
    async def _application(self) -> AsyncIterator[Application[Any, Any, Any, Any, Any, Any]]:
        # Without an updater: its own polling acknowledges what it fetches before anything is kept.
        application = (
            ApplicationBuilder()
            .token(self._options.token)
            .base_url(f"{self._options.api}/bot")
            .base_file_url(f"{self._options.api}/file/bot")
            .read_timeout(READ_SECONDS)
            .updater(None)
            .job_queue(None)
            .build()
        )
        try:
            await application.initialize()
            yield application
        finally:
            # Cancelled or not, the connections are closed.
            with anyio.CancelScope(shield=True):
                await application.shutdown()

    async def _give_link(self, bot: Bot) -> None:
        """Say where invitations lead, so that the pages and the operator can give them too."""
        remember = self._parts.correspondence.remember
        link = f"https://t.me/{bot.username}?start={{code}}"
        await anyio.to_thread.run_sync(remember, NAME, INVITE_LINK, link)

    def _open(self, bot: Bot) -> Context:
        async def moved(before: str, after: str) -> None:
            await context.moved(before, after)
            if self._room is not None:
                self._room.moved(before, after)

        words = self._parts.words_for(self._options.locale)
        self._out = Outgoing(
            bot,
            self._limiter,
            self._parts.attachments,
            moved,
            self._parts.correspondence.last_heard,
            lambda name: words("telegram.file_not_carried", name=escape(name)),
        )
        context = Context(self._parts, self._options, bot, self._out, Downloads(bot), self._woken)
        return context

    async def _open_room(self, context: Context) -> Room | None:
        """Return the experts' room, by its present id: the configuration may know a former one."""
        if self._options.room is None:
            return None
        present_name = self._parts.correspondence.present_name
        return Room(context, await anyio.to_thread.run_sync(present_name, NAME, self._options.room))

    def wake(self) -> None:
        """Look at the room's questions, and at what was erased, now; by way of the service's loop."""
        if self._room is not None:
            self._room.wake()
        if self._retracting is not None:
            self._retracting.wake()

    def _woken(self) -> None:
        self._wake_sender()
        self.wake()

    async def _receive(self, bot: Bot, lanes: Lanes) -> None:
        if self._options.webhook is not None:
            await bot.set_webhook(
                f"{self._options.webhook}{PATH}",
                allowed_updates=list(KINDS),
                secret_token=self._options.webhook_secret,
            )
            self._hook = (bot, lanes.finish)
            self.caught_up.set()
            try:
                await anyio.sleep_forever()
            finally:
                self._hook = None
        await bot.delete_webhook()
        turn = Turn(Leases(self._parts.office, uuid.uuid4().hex), self._options.token, self.caught_up)
        try:
            await Poller(bot, lanes, turn.wait, self.caught_up).run()
        finally:
            with anyio.CancelScope(shield=True):
                await turn.leave()
