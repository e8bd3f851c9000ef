"""A local Telegram for the tests: the Bot API over real HTTP, on a stateful world that scripted people act in."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self, cast

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request  # noqa: TC002 - Starlette looks at the signatures
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from tests.telegram.botapi import identity, media, messages, topics
from tests.telegram.botapi.call import Call, Upload, read_call
from tests.telegram.botapi.chat import WAIT_SECONDS, Chat
from tests.telegram.botapi.delivery import Delivery
from tests.telegram.botapi.faults import Cut, Fault, Faults, RateLimit
from tests.telegram.botapi.handlers import HANDLERS
from tests.telegram.botapi.model import Membership, Standing
from tests.telegram.botapi.refusals import Json, Refusal, broken_contract
from tests.telegram.botapi.user import User
from tests.telegram.botapi.world import BOT_ID, World

if TYPE_CHECKING:
    from helpdesk.clock import Clock

TOKEN = f"{BOT_ID}:TEST-token-of-the-local-server"
GROUPS = (identity, media, messages, topics)  # imported to register their methods


class _CuttableProtocol(H11Protocol):
    """Gives each request its transport, so that a connection can be cut without an answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class BotApiServer:
    """The server and the world behind it.

    A test makes people and chats, lets them act, and reads what they see::

        marie = telegram.user("Marie")
        marie.says("Qu'est-ce qu'un SPASER ?")
        marie.private.wait_for("SPASER")
        marie.presses("Demander à un expert")
        assert marie.private.transcript() == golden

    Messages are dated by the injected clock; waits and rate limits count real seconds.
    ``violations`` lists what the bot did against the documentation; the fixture fails the test if it is not empty.
    ``calls`` lists every understood call in order, polls aside.
    """

    token = TOKEN

    def __init__(self, clock: Clock, *, privacy: bool = True) -> None:
        self.world = World(clock, privacy=privacy)
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self.faults = Faults()
        self._gates: dict[str, asyncio.Event] = {}
        self._answer_gates: dict[str, asyncio.Event] = {}
        self._delivery = Delivery(self.world)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        routes = [
            Route("/bot{token}/{method}", self._call, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", self._download),
        ]
        config = uvicorn.Config(
            Starlette(routes=routes),
            http=_CuttableProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_failure: object) -> None:
        if self._loop:
            # A connection accepted as the server closes is never closed (CPython gh-109564): nobody comes in any more.
            self._loop.call_soon_threadsafe(self._loop.remove_reader, self._socket)
            self._loop.call_soon_threadsafe(self._delivery.stop)
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    @property
    def base_url(self) -> str:
        """What ``Bot(base_url=…)`` takes."""
        return f"http://127.0.0.1:{self.port}/bot"

    @property
    def base_file_url(self) -> str:
        """What ``Bot(base_file_url=…)`` takes."""
        return f"http://127.0.0.1:{self.port}/file/bot"

    @property
    def bot(self) -> User:
        """The bot's own account."""
        return self.world.bot

    def user(self, first_name: str, last_name: str = "", *, username: str = "", language: str = "fr") -> User:
        """A person with a Telegram account, who never met the bot."""
        return self.world.add_user(first_name, last_name, username, language)

    def group(self, title: str, *members: User) -> Chat:
        """A basic group with the bot in it; the first member owns it."""
        return self._group(title, members, Membership(Standing.MEMBER), supergroup=False)

    def supergroup(self, title: str, *members: User) -> Chat:
        """A supergroup with the bot in it; the first member owns it."""
        return self._group(title, members, Membership(Standing.MEMBER), supergroup=True)

    def forum(self, title: str, *members: User, rights: tuple[str, ...] = ("can_manage_topics",)) -> Chat:
        """A supergroup with topics, where the bot is an administrator with these rights (a member if none)."""
        standing = Standing.ADMINISTRATOR if rights else Standing.MEMBER
        return self._group(title, members, Membership(standing, frozenset(rights)), supergroup=True, forum=True)

    def _group(
        self, title: str, members: tuple[User, ...], bot: Membership, *, supergroup: bool, forum: bool = False
    ) -> Chat:
        chat = self.world.add_group(title, members, supergroup=supergroup, forum=forum)
        chat.members[self.bot.id] = bot
        return chat

    def strangers(self, title: str, *members: User, forum: bool = False) -> Chat:
        """A supergroup that the bot is not in yet: see ``user.adds_bot``."""
        return self.world.add_group(title, members, supergroup=True, forum=forum)

    def fail_next(
        self,
        method: str,
        *,
        times: int = 1,
        status: int = 502,
        retry_after: int = 1,
        description: str = "",
        chat: Chat | None = None,
        spared: int = 0,
    ) -> None:
        """Refuse the next calls of a method (``*``: of any) before any effect, in one chat or anywhere.

        ``spared``: how many calls pass first.
        """
        place = chat.id if chat else None
        self._prepare(Fault(method, times, place, status, description, retry_after, spared=spared))

    def cut_before_effect(self, method: str, *, times: int = 1, chat: Chat | None = None) -> None:
        """Cut the connection of the next calls; they have no effect."""
        self._prepare(Fault(method, times, chat.id if chat else None, cut=Cut.BEFORE_EFFECT))

    def cut_after_effect(self, method: str, *, times: int = 1, chat: Chat | None = None, spared: int = 0) -> None:
        """Let the next calls take effect, then cut the connection: the bot never knows. ``spared`` pass unharmed."""
        self._prepare(Fault(method, times, chat.id if chat else None, cut=Cut.AFTER_EFFECT, spared=spared))

    @contextmanager
    def holding(self, method: str, *, answer: bool = False) -> Iterator[None]:
        """Let the calls of a method wait meanwhile for what they do, or, being done, for their ``answer`` alone."""
        gates = self._answer_gates if answer else self._gates
        gate = gates[method] = asyncio.Event()
        try:
            yield
        finally:
            del gates[method]
            assert self._loop is not None
            self._loop.call_soon_threadsafe(gate.set)

    def limit_rate(self, messages: int, seconds: float, *, per_chat: bool = False) -> None:
        """Answer 429 beyond so many messages sent or edited in so many seconds, in all or in each chat."""
        with self.world.lock:
            self.faults.limit(RateLimit(messages, seconds, per_chat))

    def _prepare(self, fault: Fault) -> None:
        with self.world.lock:
            self.faults.add(fault)

    def called(self, method: str) -> list[Call]:
        """The calls of one method, in order."""
        with self.world.lock:
            return [call for call in self.calls if call.method == method]

    @property
    def pending(self) -> list[Json]:
        """The updates not acknowledged yet."""
        with self.world.lock:
            return list(self.world.updates.pending)

    @property
    def acknowledged(self) -> int:
        """The highest update identifier that the bot acknowledged."""
        return self.world.updates.acknowledged

    @property
    def polls(self) -> int:
        """How many times the bot called ``getUpdates``."""
        return self._delivery.poll_count

    @property
    def webhook_answers(self) -> list[int]:
        """What the bot answered to the webhook's calls: their statuses, in order."""
        with self.world.lock:
            return list(self._delivery.webhook_answers)

    def check_contract(self) -> None:
        """Fail the test if the bot did anything against the documentation."""
        with self.world.lock:
            assert not self.violations, "\n".join(["the bot broke the Bot API's contract:", *self.violations])

    def wait_until(self, predicate: Callable[[], object], what: str = "", timeout: float = WAIT_SECONDS) -> None:
        """Wait for something to hold, looking again at each change; fail the test after ``timeout`` seconds."""
        assert self.world.wait_until(predicate, timeout), f"not after {timeout} s: {what or predicate}"

    async def until(self, predicate: Callable[[], object], what: str = "", timeout: float = WAIT_SECONDS) -> None:  # noqa: ASYNC109 - a thread waits
        """Do the same from a coroutine."""
        await asyncio.to_thread(self.wait_until, predicate, what, timeout)

    def wait_acknowledged(self, timeout: float = WAIT_SECONDS) -> None:
        """Wait until the bot has acknowledged every update."""
        self.wait_until(lambda: not self.world.updates.pending, "every update acknowledged", timeout)

    async def _call(self, request: Request) -> Response:
        self._loop = asyncio.get_running_loop()
        at = time.monotonic()
        if request.path_params["token"] != self.token:
            return JSONResponse(Refusal(401, "Unauthorized", violation=False).body(), 401)
        raw, uploads = await _parameters(request)
        try:
            call = read_call(request.path_params["method"], raw, uploads, at)
            result = await self._run(call, request)
        except Refusal as refusal:
            return self._refused(request.path_params["method"], raw, refusal)
        return JSONResponse({"ok": True, "result": result})

    async def _run(self, call: Call, request: Request) -> object:
        with self.world.change():
            fault = self.faults.take(call)
            self.faults.check_rate(call)
            if call.method != "getUpdates":
                self.calls.append(call)
        if gate := self._gates.get(call.method):
            await gate.wait()
        if fault and fault.status:
            raise fault.refusal()
        if fault and fault.cut is Cut.BEFORE_EFFECT:
            _cut(request)
            return None
        result = await self._effect(call)
        if fault and fault.cut is Cut.AFTER_EFFECT:
            _cut(request)
        elif gate := self._answer_gates.get(call.method):
            await gate.wait()
        return result

    async def _effect(self, call: Call) -> object:
        if call.method == "getUpdates":
            return await self._delivery.get_updates(call)
        if call.method in ("setWebhook", "deleteWebhook"):
            return await self._delivery.set_webhook(call)
        if call.method == "getWebhookInfo":
            return await self._delivery.webhook_info(call)
        with self.world.change():
            try:
                return HANDLERS[call.method](self.world, call)
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                # Only the outer types of the parameters were checked so far.
                raise broken_contract(f"malformed value: {error!r}") from error

    def _refused(self, method: str, raw: Json, refusal: Refusal) -> Response:
        if refusal.violation:
            with self.world.change():
                self.violations.append(f"{method}: {refusal.description} in {raw!r:.400}")
        return JSONResponse(refusal.body(), refusal.status)

    async def _download(self, request: Request) -> Response:
        path = request.path_params["path"]
        with self.world.lock:
            file = next((one for one in self.world.files.values() if one.path == path), None)
        if request.path_params["token"] != self.token or file is None:
            return JSONResponse(Refusal(404, "Not Found", violation=False).body(), 404)
        return Response(file.content, media_type="application/octet-stream")


def _cut(request: Request) -> None:
    cast("asyncio.Transport", request.state.transport).abort()


async def _parameters(request: Request) -> tuple[Json, dict[str, Upload]]:
    raw: Json = dict(request.query_params)
    uploads: dict[str, Upload] = {}
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        raw |= await request.json()
    elif kind:
        async with request.form() as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    mime = value.content_type or "application/octet-stream"
                    uploads[name] = Upload(value.filename or name, await value.read(), mime)
                else:
                    raw[name] = value
    return raw, uploads
