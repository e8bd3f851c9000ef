"""A local Discord for the tests: REST and gateway version 10, on a stateful world that scripted people act in."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self

from aiohttp import web

from tests.discord.discordapi import identity, messages, responses, threads
from tests.discord.discordapi.call import ROUTES, Call, Route, read_call
from tests.discord.discordapi.channel import Channel
from tests.discord.discordapi.faults import Bucket, Cut, Fault, Faults
from tests.discord.discordapi.guild import Guild
from tests.discord.discordapi.model import WAIT_SECONDS, Account
from tests.discord.discordapi.permissions import BOT
from tests.discord.discordapi.person import Person
from tests.discord.discordapi.refusals import (
    MESSAGES,
    Refusal,
    TooMany,
    invalid,
    no_such_route,
    unauthorized,
)
from tests.discord.discordapi.world import World

if TYPE_CHECKING:
    from helpdesk.clock import Clock
    from tests.discord.discordapi.gateway import Gateway

TOKEN = "MTIwMDAwMDAwMDAwMDAwMDAwMQ.local.token-of-the-local-server"
API = "/api/v10"
CDN = "/attachments"
PARTS = (identity, messages, responses, threads)  # imported to register their routes


class DiscordServer:
    """The server and the world behind it.

    A test makes people and servers, lets them act, and reads what they see::

        claire = discord.person("Claire")
        forum = discord.guild("Réseau", claire).forum("questions")
        post = claire.posts(forum, "Label", "Peut-on exiger un label ?")
        post.wait_for("si tous ses critères")
        claire.presses("Demander à un expert", post)
        assert forum.transcript(claire) == golden

    Messages are dated by the injected clock; waits and rate limits count real seconds; the three seconds to answer an
    interaction count both. ``violations`` lists what the bot did against the documentation; the fixture fails the test
    if it is not empty. ``calls`` lists every understood request in order, ``refusals`` counts the refused by status.
    """

    token = TOKEN

    def __init__(self, clock: Clock, *, privileged: tuple[str, ...] = ("members", "message_content")) -> None:
        self.world = World(clock, frozenset(privileged))
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self.refusals: Counter[int] = Counter()
        self.faults = Faults()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.world.cdn = f"http://127.0.0.1:{self.port}{CDN}"
        self.gateway.token = TOKEN
        self.gateway.address = f"ws://127.0.0.1:{self.port}/gateway"
        self.gateway.on_violation = self._violated
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._stopping = asyncio.Event()
        self._gates: dict[str, asyncio.Event] = {}

    def __enter__(self) -> Self:
        started = threading.Event()
        self._loop.call_soon(started.set)
        self._thread.start()
        started.wait(5)
        return self

    def __exit__(self, *_failure: object) -> None:
        self.gateway.let_in()
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        application = web.Application(client_max_size=2**26)
        application.router.add_get("/gateway", self.gateway.serve)
        application.router.add_get("/gateway/", self.gateway.serve)
        application.router.add_get(CDN + "/{channel}/{attachment}/{name}", self._download)
        for known in ROUTES:
            application.router.add_route(known.method, API + known.path, self._handler(known))
        application.router.add_route("*", "/{path:.*}", self._lost)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2, handler_cancellation=True)
        await runner.setup()
        await web.SockSite(runner, self._socket).start()
        await self._stopping.wait()
        # A connection accepted as the server closes is never closed (CPython gh-109564): it comes in first.
        self._loop.remove_reader(self._socket)
        await asyncio.sleep(0)
        self.gateway.cut()
        await runner.cleanup()

    @property
    def base_url(self) -> str:
        """What ``discord.http.Route.BASE`` takes."""
        return f"http://127.0.0.1:{self.port}{API}"

    @property
    def gateway(self) -> Gateway:
        """The gateway; its ``address`` is what ``DiscordWebSocket.DEFAULT_GATEWAY`` takes."""
        return self.world.gateway

    @property
    def bot(self) -> Account:
        """The bot's own account."""
        return self.world.bot

    def person(self, name: str, *, locale: str = "fr") -> Person:
        """A person with a Discord account, in no server yet."""
        with self.world.change():
            person = Person(self.world, self.world.snowflake(), name, locale)
            self.world.accounts[person.id] = person
            return person

    def guild(self, name: str, *members: Account, permissions: frozenset[str] = BOT) -> Guild:
        """A server with these members, owned by somebody else, and the bot with these permissions."""
        guild = self.strangers(name, *members)
        self.world.invite_bot(guild, permissions)
        return guild

    def strangers(self, name: str, *members: Account) -> Guild:
        """A server that the bot is not in yet: see ``world.invite_bot``."""
        return self.world.add_guild(name, (self.person("Propriétaire"), *members))

    def fail_next(
        self,
        name: str,
        *,
        times: int = 1,
        status: int = 502,
        code: int = 0,
        retry_after: float = 0.05,
        channel: Channel | None = None,
    ) -> None:
        """Refuse the next requests of a name (``*``: of any) before any effect, in one channel or anywhere."""
        refusal: Refusal = Refusal(status, code, MESSAGES.get(code, HTTPStatus(status).phrase), violation=False)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            refusal = TooMany(retry_after)
        self._prepare(Fault(name, times, channel, refusal))

    def cut_before_effect(self, name: str, *, times: int = 1, channel: Channel | None = None) -> None:
        """Cut the connection of the next requests; they have no effect."""
        self._prepare(Fault(name, times, channel, cut=Cut.BEFORE_EFFECT))

    def cut_after_effect(self, name: str, *, times: int = 1, channel: Channel | None = None) -> None:
        """Let the next requests take effect, then cut the connection: the bot never knows."""
        self._prepare(Fault(name, times, channel, cut=Cut.AFTER_EFFECT))

    @contextmanager
    def holding_answers(self, name: str) -> Iterator[None]:
        """Let the requests of a name take effect, and wait meanwhile for their answer."""
        gate = self._gates[name] = asyncio.Event()
        try:
            yield
        finally:
            del self._gates[name]
            self._loop.call_soon_threadsafe(gate.set)

    def limit_rate(self, name: str, requests: int, seconds: float) -> None:
        """Answer 429 beyond so many requests of a name per channel; of all requests, everywhere, for ``*``."""
        with self.world.lock:
            self.faults.buckets.append(Bucket(name, requests, seconds))

    def _prepare(self, fault: Fault) -> None:
        with self.world.lock:
            self.faults.faults.append(fault)

    def called(self, name: str) -> list[Call]:
        """The requests of one name, in order."""
        with self.world.lock:
            return [call for call in self.calls if call.name == name]

    def check_contract(self) -> None:
        """Fail the test if the bot did anything against the documentation."""
        with self.world.lock:
            assert not self.violations, "\n".join(["the bot broke Discord's contract:", *self.violations])

    def wait_until(self, predicate: Callable[[], object], what: str = "", timeout: float = WAIT_SECONDS) -> None:
        """Wait for something to hold, looking again at each change; fail the test after ``timeout`` seconds."""
        assert self.world.wait_until(predicate, timeout), f"not after {timeout} s: {what or predicate}"

    async def until(self, predicate: Callable[[], object], what: str = "", timeout: float = WAIT_SECONDS) -> None:  # noqa: ASYNC109 - a thread waits
        """Do the same from a coroutine."""
        await asyncio.to_thread(self.wait_until, predicate, what, timeout)

    def _violated(self, said: str) -> None:
        with self.world.change():
            self.violations.append(said)

    def _handler(self, known: Route) -> Callable[[web.Request], Any]:
        async def handle(request: web.Request) -> web.StreamResponse:
            at = time.monotonic()
            try:
                if not known.open_to_tokens and request.headers.get("authorization") != f"Bot {self.token}":
                    raise unauthorized()
                return await self._answer(known, await read_call(known, request, at), request)
            except Refusal as refusal:
                return self._refused(known.name, request, refusal)

        return handle

    async def _answer(self, known: Route, call: Call, request: web.Request) -> web.StreamResponse:
        with self.world.change():
            self.calls.append(call)
            limits = self.faults.limit(call)
            fault = self.faults.take(call)
            if fault and fault.refusal:
                raise fault.refusal
            if fault and fault.cut is Cut.BEFORE_EFFECT:
                return _cut(request)
            try:
                result = known.handler(self.world, call)
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                raise invalid("", "MALFORMED", f"{error!r}") from error
        if fault and fault.cut is Cut.AFTER_EFFECT:
            return _cut(request)
        if gate := self._gates.get(call.name):
            await gate.wait()
        if result is None:
            return web.Response(status=HTTPStatus.NO_CONTENT, headers=limits)
        return _json(result, HTTPStatus.OK, limits)

    def _refused(self, name: str, request: web.Request, refusal: Refusal) -> web.Response:
        with self.world.change():
            self.refusals[refusal.status] += 1
        if refusal.violation:
            self._violated(f"{name}: {refusal} at {request.method} {request.path_qs:.200}")
        headers: dict[str, str] = {}
        if isinstance(refusal, TooMany):
            headers = {"Via": "1.1 local", "Retry-After": str(refusal.retry_after)}
            headers |= {"X-RateLimit-Global": "true"} if refusal.everywhere else {"X-RateLimit-Scope": "user"}
        return _json(refusal.body(), refusal.status, headers)

    async def _lost(self, request: web.Request) -> web.Response:
        return self._refused("no such route", request, no_such_route())

    async def _download(self, request: web.Request) -> web.Response:
        with self.world.lock:
            attachment = self.world.files.get(int(request.match_info["attachment"]))
        if attachment is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        return web.Response(body=attachment.file.content, content_type=attachment.file.content_type)


def _json(body: object, status: int, headers: dict[str, str]) -> web.Response:
    # The library takes « application/json » alone for JSON: no charset.
    text = json.dumps(body, ensure_ascii=False).encode()
    return web.Response(body=text, status=status, headers={**headers, "Content-Type": "application/json"})


def _cut(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response()
