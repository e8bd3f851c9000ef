"""The service: everything built from the settings and run in one task group, until a signal says to stop."""

from __future__ import annotations

import gc
import signal
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import structlog
from starlette.middleware import Middleware

from bot.channels.console import ConsoleChannel
from bot.channels.web import WebChannel, WebLimits, WebParts, create_web
from bot.handlers import Handlers
from bot.metrics import CountedRequests, Metrics
from bot.sender import Sender
from bot.supervision import resting_on, supervised
from bot.ticker import Job, Ticker
from helpdesk.audit import Auditor
from helpdesk.errors import GuichetError
from helpdesk.library import themes
from helpdesk.sweep import Sweep
from helpdesk.vitals import pulse

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from prometheus_client import Counter
    from starlette.applications import Starlette
    from starlette.routing import BaseRoute

    from bot.channel import Channel, Inbound
    from bot.channels.discord import DiscordChannel
    from bot.channels.telegram import TelegramChannel
    from bot.parts import Parts
    from bot.settings import Settings
    from knowledge.entry import Theme

SWEEP_SECONDS = 20.0
BACKLOG_SECONDS = 60.0  # no channel holds the promise back longer
MEANINGS_SECONDS = 60.0  # a new entry waits no longer to be read by a language model, where there is one
AUDIT_SECONDS = 3600.0
CALIBRATION_SECONDS = 60.0
AUDIT_DELAY = 120.0
_BYTES_A_CHARACTER = 12  # of a form: four in UTF-8, each written as %XX
_FORM_BYTES = 64 * 1024

_log = structlog.get_logger(__name__)


class PromptHandlers(Handlers):
    """The handlers of the running service: each inbound is counted, and the sender looks at once at what it caused."""

    def __init__(self, parts: Parts, metrics: Metrics) -> None:
        super().__init__(parts.desk, parts.experts, parts.coordinators, parts.people)
        self._metrics = metrics
        self._wake: Callable[[], None] = lambda: None

    def wakes(self, wake: Callable[[], None]) -> None:
        """Say what wakes the sender: it is built after the channels, which are built with these handlers."""
        self._wake = wake

    def wake(self) -> None:
        """Let the sender look now."""
        self._wake()

    async def handle(self, inbound: Inbound) -> int | None:
        """Do as ``Handlers.handle``."""
        outcome = "failed"
        try:
            ticket = await super().handle(inbound)
            outcome = "done"
        except GuichetError:
            outcome = "refused"
            raise
        finally:
            kind = type(inbound).__name__.lower()
            self._metrics.inbound.labels(inbound.account.channel, kind, outcome).inc()
            self.wake()
        _log.info("inbound_handled", channel=inbound.account.channel, kind=kind, ticket=ticket)
        return ticket


class App:
    """The running service."""

    def __init__(self, parts: Parts, settings: Settings, secret: str) -> None:
        self.metrics = Metrics(parts.office)
        handlers = PromptHandlers(parts, self.metrics)
        self.parts = replace(parts, handlers=handlers)
        telegram = _telegram(self.parts, settings, secret, handlers.wake)
        routes = (*self.metrics.routes(), *(telegram.routes() if telegram else ()))
        self.web = _web(self.parts, settings, secret, self.metrics.requests, handlers.wake, routes)
        section = settings.configuration.web
        self._web_channel = WebChannel(self.web, section.host, section.port)
        discord = _discord(self.parts, settings, handlers.wake)
        self._platforms: tuple[TelegramChannel | DiscordChannel, ...] = tuple(
            channel for channel in (telegram, discord) if channel is not None
        )
        self.channels: tuple[Channel, ...] = (self._web_channel, ConsoleChannel(), *self._platforms)
        self.sender = Sender(
            parts.outbox,
            {channel.name: channel for channel in self.channels},
            parts.renderer,
            parts.words_for,
        )
        handlers.wakes(self._wake)
        self._ticker = Ticker(
            (
                Job("sweep", SWEEP_SECONDS, self._swept(Sweep(parts.office)), ready=self._backlog),
                Job("calibration", CALIBRATION_SECONDS, self._calibrate),
                # After the first sweeps: what they are about to make up for is no finding.
                Job("meanings", MEANINGS_SECONDS, parts.office.library.prepare),
                Job("audit", AUDIT_SECONDS, Auditor(parts.office).run, AUDIT_DELAY),
            ),
        )

    def bind(self) -> None:
        """Take the port before anything starts. Raises ``OSError`` when it is taken."""
        self._web_channel.bind()

    async def run(self, ready: Callable[[], None]) -> None:
        """Serve until SIGINT or SIGTERM; ``ready`` is called once requests are accepted.

        What is in hand is finished: deliveries and the sweep while the channels still serve, then requests. A second
        signal stops at once.
        """
        # Building the matcher takes a moment: now, rather than under the first question; and kept, so that a service
        # killed soon does not do it all again.
        await anyio.to_thread.run_sync(self._calibrate)
        # What is built by now lives as long as the service: the collector, which stops everybody, leaves it alone.
        gc.collect()
        gc.freeze()
        monotonic = self.parts.office.clock.monotonic
        channels = [partial(supervised, channel.name, channel.run, monotonic) for channel in self.channels]
        async with resting_on(channels) as work:
            with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
                work.start_soon(supervised, "sender", self.sender.run, monotonic)
                work.start_soon(supervised, "ticker", self._ticker.run, monotonic)
                _log.info("started", channels=sorted(channel.name for channel in self.channels))
                ready()
                async for number in signals:
                    _log.info("stopping", signal=signal.Signals(number).name)
                    break
            work.cancel_scope.cancel()
        _log.info("stopped")

    def _calibrate(self) -> int:
        """Bring the library's calibration up to date with what was published and said of its answers."""
        return self.parts.office.library.calibrate(self.parts.office.clock.now)

    def _wake(self) -> None:
        self.sender.wake()
        for channel in self._platforms:
            channel.wake()

    async def _backlog(self) -> None:
        """Wait until what people wrote during an outage is read: the sweep judges after it (the promise, 6.3)."""
        with anyio.move_on_after(BACKLOG_SECONDS):
            for channel in self._platforms:
                await channel.caught_up.wait()

    def _swept(self, sweep: Sweep) -> Callable[[], int]:
        timed = self.metrics.timed(sweep.run)

        def run() -> int:
            done = timed()
            self.sender.wake()
            return done

        return run


def _telegram(parts: Parts, settings: Settings, secret: str, wake: Callable[[], None]) -> TelegramChannel | None:
    """Return the Telegram channel, None without a token."""
    if settings.secrets.telegram_token is None:
        return None
    # Its library takes a while to load: not for those who have no use of it.
    from bot.channels.telegram import TelegramChannel  # noqa: PLC0415
    from bot.channels.telegram.setting import telegram_options  # noqa: PLC0415

    options = telegram_options(settings, secret)
    return TelegramChannel(parts, options, wake)


def _discord(parts: Parts, settings: Settings, wake: Callable[[], None]) -> DiscordChannel | None:
    """Return the Discord channel, None without a token."""
    if settings.secrets.discord_token is None:
        return None
    # The same.
    from bot.channels.discord import DiscordChannel  # noqa: PLC0415
    from bot.channels.discord.setting import discord_options  # noqa: PLC0415

    return DiscordChannel(parts, discord_options(settings), wake)


def _web(
    parts: Parts,
    settings: Settings,
    secret: str,
    requests: Counter,
    wake: Callable[[], None],
    routes: tuple[BaseRoute, ...],
) -> Starlette:
    limits = settings.configuration.limits
    web = create_web(
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
            themes=_themes(parts),
            pulse=_pulse(parts),
            wake_sender=wake,
            clock=parts.office.clock,
            base_url=settings.base_url,
            secret=secret,
            secure_cookies=settings.base_url.startswith("https:"),
            locale=settings.configuration.network.locale,
            limits=WebLimits(
                message_chars=limits.message_chars,
                body_bytes=_FORM_BYTES + limits.message_chars * _BYTES_A_CHARACTER,
                posts_per_minute=limits.messages_per_minute,
                session_days=settings.configuration.web.session_days,
            ),
            routes=routes,
        ),
    )
    web.user_middleware.insert(0, Middleware(CountedRequests, requests=requests))
    return web


def _themes(parts: Parts) -> Callable[[], Sequence[Theme]]:
    def read() -> Sequence[Theme]:
        with parts.office.reading() as unit:
            return themes(unit.session)

    return read


def _pulse(parts: Parts) -> Callable[[], Hashable]:
    def read() -> Hashable:
        with parts.office.reading() as unit:
            return pulse(unit)

    return read
