"""How updates reach the bot: long polling, one poller at a time, or a webhook."""

from __future__ import annotations

import asyncio
import ipaddress
import re
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx

from tests.telegram.botapi.call import Call
from tests.telegram.botapi.refusals import Json, broken_contract, conflict
from tests.telegram.botapi.updates import KINDS
from tests.telegram.botapi.world import World

MAX_UPDATES = 100
MAX_POLL_SECONDS = 50
WEBHOOK_TIMEOUT_SECONDS = 10.0
WEBHOOK_RETRY_SECONDS = 0.05  # Telegram begins at one second; tests have less patience
DEFAULT_CONNECTIONS = 40
WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"
SET_WEBHOOK = "terminated by setWebhook request"


@dataclass
class _Poll:
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    ended: str = ""


@dataclass
class _Webhook:
    url: str
    secret: str
    connections: int
    task: asyncio.Task[None] | None = None
    error: str = ""
    error_date: int = 0


class Delivery:
    """Runs in the server's event loop."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.poll_count = 0
        self.webhook_answers: list[int] = []  # statuses, in order
        self._poll: _Poll | None = None
        self._webhook: _Webhook | None = None

    def stop(self) -> None:
        """End the pending poll and the webhook's deliveries."""
        self._end_poll("bot is closing")
        self._end_webhook()

    async def get_updates(self, call: Call) -> object:
        """Acknowledge what is below the offset, then wait for updates, ``timeout`` seconds at most."""
        self._check_poll(call)
        if self._webhook:
            raise conflict(WEBHOOK_ACTIVE)
        self._end_poll(OTHER_POLLER)
        self.poll_count += 1
        poll = self._poll = _Poll()
        loop = asyncio.get_running_loop()
        updates = self.world.updates

        def wake() -> None:
            loop.call_soon_threadsafe(poll.woken.set)

        with self.world.change():
            self._allow(call)
            updates.acknowledge(call.integer("offset"))
            updates.listen(wake)
        try:
            return await self._wait(poll, call.integer("limit", MAX_UPDATES), call.integer("timeout"))
        finally:
            updates.unlisten(wake)
            if self._poll is poll:
                self._poll = None

    async def _wait(self, poll: _Poll, limit: int, seconds: float) -> list[Json]:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + min(seconds, MAX_POLL_SECONDS)
        while True:
            poll.woken.clear()
            with self.world.lock:
                ready = self.world.updates.pending[:limit]
            if poll.ended:
                raise conflict(poll.ended)
            left = deadline - loop.time()
            if ready or left <= 0:
                return ready
            try:
                await asyncio.wait_for(poll.woken.wait(), left)
            except TimeoutError:
                continue

    def _check_poll(self, call: Call) -> None:
        if not 1 <= call.integer("limit", MAX_UPDATES) <= MAX_UPDATES:
            raise broken_contract("limit must be from 1 to 100")
        if call.integer("timeout") < 0:
            raise broken_contract("timeout must be positive")
        _check_kinds(call)

    def _allow(self, call: Call) -> None:
        if call.has("allowed_updates"):
            self.world.updates.allow(call.values["allowed_updates"])

    def _end_poll(self, reason: str) -> None:
        if self._poll:
            self._poll.ended = reason
            self._poll.woken.set()
            self._poll = None

    async def set_webhook(self, call: Call) -> object:
        """Send updates to an address from now on; an empty one comes back to polling."""
        url, secret = call.string("url"), call.string("secret_token")
        _check_kinds(call)
        if url:
            _check_url(url)
        if call.has("secret_token") and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise broken_contract("secret token contains unallowed characters")
        if not 1 <= call.integer("max_connections", DEFAULT_CONNECTIONS) <= MAX_UPDATES:
            raise broken_contract("max_connections must be from 1 to 100")
        self._end_webhook()
        with self.world.change():
            self._allow(call)
            if call.flag("drop_pending_updates"):
                self.world.updates.clear()
        if url:
            self._end_poll(SET_WEBHOOK)
            self._webhook = _Webhook(url, secret, call.integer("max_connections", DEFAULT_CONNECTIONS))
            self._webhook.task = asyncio.create_task(self._deliver(self._webhook))
        return True

    async def webhook_info(self, _call: Call) -> object:
        """How the webhook does."""
        webhook = self._webhook
        info: Json = {"url": webhook.url if webhook else "", "has_custom_certificate": False}
        info["pending_update_count"] = len(self.world.updates.pending)
        if webhook:
            info |= {"max_connections": webhook.connections, "allowed_updates": sorted(self.world.updates.allowed)}
            if webhook.error:
                info |= {"last_error_date": webhook.error_date, "last_error_message": webhook.error}
        return info

    def _end_webhook(self) -> None:
        if self._webhook and self._webhook.task:
            self._webhook.task.cancel()
        self._webhook = None

    async def _deliver(self, webhook: _Webhook) -> None:
        woken = asyncio.Event()
        loop = asyncio.get_running_loop()

        def wake() -> None:
            loop.call_soon_threadsafe(woken.set)

        self.world.updates.listen(wake)
        headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret} if webhook.secret else {}
        try:
            async with httpx.AsyncClient(timeout=WEBHOOK_TIMEOUT_SECONDS, headers=headers, trust_env=False) as client:
                while True:
                    woken.clear()
                    with self.world.lock:
                        update = next(iter(self.world.updates.pending), None)
                    if update is None:
                        await woken.wait()
                    elif not await self._deliver_one(client, webhook, update):
                        await asyncio.sleep(WEBHOOK_RETRY_SECONDS)
        finally:
            self.world.updates.unlisten(wake)

    async def _deliver_one(self, client: httpx.AsyncClient, webhook: _Webhook, update: Json) -> bool:
        try:
            answer = await client.post(webhook.url, json=update)
        except httpx.HTTPError as error:
            webhook.error = f"Connection failed: {type(error).__name__}"
        else:
            with self.world.change():
                self.webhook_answers.append(answer.status_code)
            if answer.is_success:
                with self.world.change():
                    self.world.updates.forget(update["update_id"])
                return True
            phrase = HTTPStatus(answer.status_code).phrase
            webhook.error = f"Wrong response from the webhook: {answer.status_code} {phrase}"
        webhook.error_date = self.world.now()
        return False


def _check_kinds(call: Call) -> None:
    unknown = set(map(str, call.values.get("allowed_updates", []))) - KINDS
    if unknown:
        raise broken_contract(f"unknown kinds of update: {sorted(unknown)}")


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return
    # Like a local Bot API server, plain HTTP is accepted, but only on this machine.
    if parts.scheme == "http" and parts.hostname and _is_loopback(parts.hostname):
        return
    raise broken_contract("bad webhook: an HTTPS URL must be provided for webhook")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
