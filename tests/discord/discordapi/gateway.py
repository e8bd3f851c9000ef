"""The gateway, version 10: connections, sessions, heartbeats, what is told again after a cut.

https://docs.discord.com/developers/events/gateway
"""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from tests.discord.discordapi.model import WAIT_SECONDS
from tests.discord.discordapi.refusals import Json, Refusal
from tests.discord.discordapi.session import PRIVILEGED, Session
from tests.discord.discordapi.shape import anything, array, boolean, integer, maybe, shape, snowflake, text

if TYPE_CHECKING:
    from tests.discord.discordapi.guild import Guild
    from tests.discord.discordapi.model import Message
    from tests.discord.discordapi.world import World

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME = 0, 1, 2, 3, 6
RECONNECT, REQUEST_MEMBERS, INVALID_SESSION, HELLO, ACK = 7, 8, 9, 10, 11
UNKNOWN_OP, DECODE_ERROR, NOT_AUTHENTICATED, WRONG_TOKEN, ALREADY, BAD_SEQUENCE = 4001, 4002, 4003, 4004, 4005, 4007
DISALLOWED_INTENTS = 4014
MAX_PAYLOAD = 4096
HEARTBEAT_SECONDS = 41.25

_identify = shape(
    {
        "token": text(200, 1),
        "properties": shape({"os": text(100), "browser": text(100), "device": text(100)}),
        "intents": integer(),
    },
    {
        "compress": boolean,
        "large_threshold": integer(50, 250),
        "shard": array(integer(), 2, 2),
        "presence": anything,
    },
)
_resume = shape({"token": text(200, 1), "session_id": maybe(text(100)), "seq": maybe(integer())})
_request_members = shape(
    {"guild_id": snowflake},
    {
        "query": text(100),
        "limit": integer(),
        "presences": boolean,
        "user_ids": array(snowflake, 100),
        "nonce": text(32),
    },
)


class Connection:
    """One websocket; what it sends is compressed as the client asked."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport, *, compressed: bool) -> None:
        self.socket = socket
        self.transport = transport
        self.loop = asyncio.get_running_loop()
        self.session: Session | None = None
        self.told = 0
        self._zlib = zlib.compressobj() if compressed else None
        self._woken = asyncio.Event()

    async def send(self, payload: str) -> None:
        """Send one payload."""
        if self._zlib is None:
            await self.socket.send_str(payload)
        else:
            data = self._zlib.compress(payload.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH)
            await self.socket.send_bytes(data)

    async def send_op(self, operation: int, body: Any) -> None:  # noqa: ANN401 - depends on the operation
        """Send something else than an event."""
        await self.send(json.dumps({"op": operation, "d": body, "s": None, "t": None}))

    def follow(self, session: Session, told: int) -> None:
        """Tell from now on what the session holds beyond its first ``told`` events."""
        self.session, self.told = session, told
        session.wake = self.wake
        self._woken.set()

    def wake(self) -> None:
        """Look at the session again; from any thread."""
        with suppress(RuntimeError):  # the server is stopping
            self.loop.call_soon_threadsafe(self._woken.set)

    async def tell(self) -> None:
        """Send the session's events as they come."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            while self.session and self.told < len(self.session.events):
                payload = self.session.events[self.told]
                self.told += 1
                await self.send(payload)


class Gateway:
    """Every session and every connection; ``identified``, ``resumed`` and ``heartbeats`` count what the bot did."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.token = ""
        self.address = ""
        self.sessions: dict[str, Session] = {}
        self.identified = 0
        self.resumed = 0
        self.heartbeats = 0
        self.intents = 0
        self.heartbeat_seconds = HEARTBEAT_SECONDS
        self.on_violation: Callable[[str], None] = lambda _said: None
        self._connections: list[Connection] = []
        self._open = asyncio.Event()
        self._held = False
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def connected(self) -> bool:
        """Tell whether the bot is connected and in a session."""
        return any(connection.session for connection in self._connections)

    @property
    def told(self) -> int:
        """The number of the last event of the bot's session, whether it was received or not."""
        return max((len(session.events) for session in self.sessions.values()), default=0)

    def dispatch(self, event: str, body: Json, *, private: bool, own: bool = False) -> None:
        """Tell every session that asked for this kind of event."""
        for session in self.sessions.values():
            if session.wants(event, private=private, own=own):
                session.put(event, body)

    def dispatch_message(self, event: str, message: Message, about: Json) -> None:
        """Tell of a message."""
        for session in self.sessions.values():
            if session.wants(event, private=message.channel.guild is None, own=False):
                session.put_message(event, message, about)

    def send_guild(self, guild: Guild) -> None:
        """Give every session the whole of a server."""
        for session in self.sessions.values():
            members = bool(session.intents & PRIVILEGED["members"])
            body = guild.to_json(members=members)
            del body["unavailable"]  # said of the servers that READY named
            session.put("GUILD_CREATE", body)

    def cut(self) -> None:
        """Cut every connection, as a network does: nothing is said."""
        for connection in list(self._connections):
            connection.loop.call_soon_threadsafe(connection.transport.abort)

    def ask_to_reconnect(self) -> None:
        """Ask the bot to connect again, as Discord does before it stops a machine."""
        self._send_all(RECONNECT, None)

    def invalidate(self) -> None:
        """End every session: the bot must identify again, and is told nothing of what it missed."""
        self.forget()
        self._send_all(INVALID_SESSION, False)  # noqa: FBT003 - the protocol's

    def forget(self) -> None:
        """Let no session be taken up again; a connected bot does not know yet."""
        with self.world.change():
            self.sessions.clear()

    def _send_all(self, operation: int, body: object) -> None:
        for connection in list(self._connections):
            asyncio.run_coroutine_threadsafe(connection.send_op(operation, body), connection.loop)

    @contextmanager
    def away(self, *, forget: bool = False) -> Iterator[None]:
        """Cut the bot off; it reconnects when the block ends, to a session forgotten meanwhile if ``forget``."""
        self._held = True
        self.cut()
        assert self.world.wait_until(lambda: not self.connected, WAIT_SECONDS), "the bot did not notice the cut"
        try:
            yield
        finally:
            if forget:
                self.forget()
            self.let_in()

    def let_in(self) -> None:
        """Greet the connections that wait."""
        self._held = False
        if self._loop:
            self._loop.call_soon_threadsafe(self._open.set)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection until its end."""
        self._loop = asyncio.get_running_loop()
        compressed = request.query.get("compress") == "zlib-stream"
        if request.query.get("v") != "10" or request.query.get("encoding") != "json":
            self.on_violation(f"gateway: connected with {dict(request.query)}, not v=10 and encoding=json")
        socket = web.WebSocketResponse(compress=False, max_msg_size=2**20)
        await socket.prepare(request)
        transport = request.transport
        assert isinstance(transport, asyncio.Transport)
        connection = Connection(socket, transport, compressed=compressed)
        while self._held:
            self._open.clear()
            await self._open.wait()
        await self._greet(connection)
        return socket

    async def _greet(self, connection: Connection) -> None:
        self._connections.append(connection)
        teller = asyncio.create_task(connection.tell())
        try:
            await connection.send_op(HELLO, {"heartbeat_interval": int(self.heartbeat_seconds * 1000)})
            async for message in connection.socket:
                if message.type is not WSMsgType.TEXT:
                    continue
                code = await self._receive(connection, message.data)
                if code:
                    await connection.socket.close(code=code)
        except (ConnectionError, TimeoutError):
            return
        finally:
            teller.cancel()
            with self.world.change():
                self._connections.remove(connection)

    async def _receive(self, connection: Connection, data: str) -> int:
        """Handle what the bot sends; return the code to close with, or 0."""
        if len(data.encode()) > MAX_PAYLOAD:
            return self._violated(DECODE_ERROR, f"{len(data)} characters, of {MAX_PAYLOAD} allowed")
        payload = json.loads(data)
        operation, body = payload.get("op"), payload.get("d")
        if operation not in (HEARTBEAT, IDENTIFY, RESUME, PRESENCE, REQUEST_MEMBERS):
            return self._violated(UNKNOWN_OP, f"unknown operation {operation}")
        if operation != HEARTBEAT and bool(connection.session) is (operation in (IDENTIFY, RESUME)):
            code = ALREADY if connection.session else NOT_AUTHENTICATED
            return self._violated(code, f"operation {operation} out of turn")
        try:
            return await self._handle(connection, operation, body)
        except Refusal as refusal:
            return self._violated(DECODE_ERROR, f"operation {operation}: {refusal}")

    async def _handle(self, connection: Connection, operation: int, body: Any) -> int:  # noqa: ANN401 - depends on it
        if operation == HEARTBEAT:
            with self.world.change():
                self.heartbeats += 1
            await connection.send_op(ACK, None)
        if operation == IDENTIFY:
            _identify(body, "")
            return self._begin(connection, body)
        if operation == RESUME:
            _resume(body, "")
            return await self._take_up(connection, body)
        if operation == REQUEST_MEMBERS:
            _request_members(body, "")
            self._send_members(connection, body)
        return 0

    def _violated(self, code: int, said: str) -> int:
        self.on_violation(f"gateway: {said}")
        return code

    def _begin(self, connection: Connection, body: Json) -> int:
        if body["token"] != self.token:
            return WRONG_TOKEN
        asked: int = body["intents"]
        if any(asked & bit and name not in self.world.privileged for name, bit in PRIVILEGED.items()):
            return DISALLOWED_INTENTS
        with self.world.change():
            self.identified += 1
            self.intents = asked
            session = Session(self.world, self.world.serial("session"), asked)
            # One process serves the bot: a session that nobody follows any more only costs time.
            self.sessions = {session.id: session}
            self._introduce(session)
            connection.follow(session, 0)
        return 0

    def _introduce(self, session: Session) -> None:
        bot = self.world.bot
        guilds = [guild for guild in self.world.guilds.values() if guild.has(bot)]
        session.put(
            "READY",
            {
                "v": 10,
                "user": bot.to_json(),
                "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
                "session_id": session.id,
                "resume_gateway_url": self.address,
                "private_channels": [],
                "application": {"id": str(bot.id), "flags": self.world.application_flags},
            },
        )
        for guild in guilds:
            members = bool(session.intents & PRIVILEGED["members"])
            session.put("GUILD_CREATE", guild.to_json(members=members))

    async def _take_up(self, connection: Connection, body: Json) -> int:
        if body["token"] != self.token:
            return WRONG_TOKEN
        session = self.sessions.get(body["session_id"] or "")
        if session is None:
            await connection.send_op(INVALID_SESSION, False)  # noqa: FBT003 - the protocol's
            return 0
        told = body["seq"] or 0
        if told > len(session.events):
            return BAD_SEQUENCE
        with self.world.change():
            self.resumed += 1
            # What was missed comes first, then the word that it is all.
            session.put("RESUMED", {})
            connection.follow(session, told)
        return 0

    def _send_members(self, connection: Connection, body: Json) -> None:
        session = connection.session
        assert session is not None
        with self.world.change():
            guild = self.world.guilds[int(body["guild_id"])]
            wanted = [member for member in guild.members.values() if _is_asked(body, member.account.id)]
            limit = body.get("limit") or len(wanted)
            answer: Json = {
                "guild_id": str(guild.id),
                "members": [member.to_json() for member in wanted[:limit]],
                "chunk_index": 0,
                "chunk_count": 1,
                "not_found": [],
            }
            if "nonce" in body:
                answer["nonce"] = body["nonce"]
            session.put("GUILD_MEMBERS_CHUNK", answer)


def _is_asked(body: Json, account: int) -> bool:
    asked = body.get("user_ids")
    return not asked or account in [int(one) for one in asked]
