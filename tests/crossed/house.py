"""Guichet with Discord, Telegram and the pages at once, on one network, as the service runs them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import anyio

from bot.channels.console import ConsoleChannel
from bot.channels.discord import NAME as DISCORD
from bot.channels.discord import DiscordChannel
from bot.channels.telegram import NAME as TELEGRAM
from bot.channels.telegram import TelegramChannel, TelegramOptions
from bot.channels.telegram.limits import Limiter
from bot.channels.web import WebChannel, WebLimits, WebParts, create_web
from bot.channels.web.visit import NAME as WEB
from bot.sender import Sender
from bot.supervision import resting_on
from helpdesk.library import themes
from helpdesk.model import AccountRef
from helpdesk.people import add_account
from helpdesk.tables import PersonRow
from tests.bot.web.browser import BASE, Browser
from tests.discord.house import Guichet
from tests.telegram.service import UNHURRIED

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.applications import Starlette

    from bot.channel import Channel
    from helpdesk.office import Office
    from tests.bot.web.browser import Page
    from tests.discord.discordapi.server import DiscordServer
    from tests.telegram.botapi.server import BotApiServer
    from tests.telegram.botapi.user import User


class Everywhere(Guichet):
    """The running service on every channel."""

    served = (DISCORD, TELEGRAM, WEB)

    def __init__(self, office: Office, discord: DiscordServer, telegram: BotApiServer, **options: object) -> None:
        super().__init__(office, discord, **options)
        self.telegram = telegram
        self._telegram: TelegramChannel | None = None

    async def _serve(self, *, task_status: anyio.abc.TaskStatus[anyio.CancelScope]) -> None:
        self.channel = DiscordChannel(self.parts, self.options, self._wake_sender)
        address = self.telegram.base_url.removesuffix("/bot")
        options = TelegramOptions(token=self.telegram.token, api=address, network="le réseau")
        limiter = Limiter(time.monotonic, UNHURRIED, UNHURRIED, UNHURRIED)
        self._telegram = TelegramChannel(self.parts, options, limiter=limiter)
        mailbox = WebChannel(self.web(), port=0)
        channels: dict[str, Channel] = {DISCORD: self.channel, TELEGRAM: self._telegram, WEB: mailbox}
        channels["console"] = ConsoleChannel()
        self.sender = Sender(self.parts.outbox, channels, self.parts.renderer, self.parts.words_for)
        self._handlers.wake = self._wake
        async with resting_on((self.channel.run, self._telegram.run)) as work:
            work.start_soon(self.sender.run)
            await self._tell_started(task_status, work)

    def _wake(self) -> None:
        super()._wake()
        assert self._telegram is not None
        self._telegram.wake()

    def web(self) -> Starlette:
        """The pages."""
        parts = self.parts

        def known() -> tuple[object, ...]:
            with self.office.reading() as unit:
                return themes(unit.session)

        return create_web(
            WebParts(
                desk=parts.desk,
                experts=parts.experts,
                coordinators=parts.coordinators,
                people=parts.people,
                joining=parts.joining,
                lessons=parts.lessons,
                privacy=parts.privacy,
                attachments=parts.attachments,
                handlers=parts.handlers,
                renderer=parts.renderer,
                words_for=parts.words_for,
                themes=known,  # type: ignore[arg-type] # read as they are
                pulse=lambda: 0,
                wake_sender=self._wake_sender,
                clock=self.office.clock,
                base_url=BASE,
                secret="not a secret: tests only",
                secure_cookies=False,
                limits=WebLimits(posts_per_minute=600),
            )
        )

    def browse(self, name: str, act: Callable[[Browser], Awaitable[Page]]) -> Page:
        """Sign somebody in on the pages, and do something there."""

        async def visit() -> Page:
            browser = Browser(self.web())
            await browser.sign_in(self.parts.people.sign_in_link(self.person_id(name)))
            return await act(browser)

        return anyio.run(visit)

    def person_id(self, name: str) -> int:
        with self.office.reading() as unit:
            return unit.session.query(PersonRow).filter_by(name=name).one().id

    def knows_on_telegram(self, user: User, name: str) -> None:
        """Give somebody of the demonstration network a Telegram account, already in use."""
        with self.office.unit() as unit:
            person = unit.session.query(PersonRow).filter_by(name=name).one()
            row = add_account(unit, person, AccountRef(TELEGRAM, str(user.id)))
            row.last_seen_at = unit.now
        user.private.started = True

    def settled(self) -> None:
        """Wait until everything is handled and delivered on every channel."""
        self.telegram.wait_acknowledged()
        super().settled()
