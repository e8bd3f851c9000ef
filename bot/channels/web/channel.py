"""The web as a channel: the pages are served by uvicorn, and a notice is accepted by keeping it for its reader."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING

import anyio
import uvicorn

from bot.channel import Capability, Receipt
from bot.channels.web.visit import NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.applications import Starlette

    from bot.channel import Rendered
    from bot.channels.web.live import Live
    from helpdesk.model import Address

GRACE_SECONDS = 5
_IDLE_SECONDS = 30
_TICKS_A_SECOND = 10  # uvicorn's own count: it renews its Date header every tenth tick


class _Server(uvicorn.Server):
    """Uvicorn without its signal handlers, which belong to the whole process; it stops as soon as it is told to."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._told = anyio.Event()

    def stop(self) -> None:
        self.should_exit = True
        self._told.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        counter = 0
        while not await self.on_tick(counter):
            with anyio.move_on_after(1):
                await self._told.wait()
            counter += _TICKS_A_SECOND


class WebChannel:
    """Serves the pages of ``create_web`` at ``host`` and ``port`` (0: any free one) and wakes the live ones."""

    name = NAME
    capabilities = Capability.BUTTONS | Capability.MARKUP | Capability.MAILBOX | Capability.LONG_TEXT

    def __init__(self, web: Starlette, host: str = "127.0.0.1", port: int = 8000) -> None:
        self._web = web
        self._live: Live = web.state.live
        self._host = host
        self._wanted_port = port
        self._socket: socket.socket | None = None

    def bind(self) -> int:
        """Take the port, so that a taken one is known before anything starts; return it. Raises ``OSError``."""
        if self._socket is None:
            family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
            self._socket = socket.create_server((self._host, self._wanted_port), family=family)
        port: int = self._socket.getsockname()[1]
        return port

    async def run(self) -> None:
        """Serve until cancelled; requests in hand are finished, live pages are ended. Raises ``OSError``."""
        self.bind()
        assert self._socket is not None
        self._live.closed = False
        server = _Server(
            uvicorn.Config(
                self._web,
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="off",
                ws="none",
                timeout_keep_alive=_IDLE_SECONDS,
                timeout_graceful_shutdown=GRACE_SECONDS,
            ),
        )
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._live.watch)
            tasks.start_soon(_serve, server, self._socket)
            try:
                await anyio.sleep_forever()
            finally:
                self._live.close()
                server.stop()
                self._socket = None

    async def send(self, address: Address, message: Rendered, key: str) -> Receipt:  # noqa: ARG002 - the protocol's
        """Accept a notice: its delivery row is the mailbox that the page shows; wake the reader's live pages."""
        self._live.wake(address.conversation)
        return Receipt()


async def _serve(server: uvicorn.Server, listener: socket.socket) -> None:
    # Shielded: on cancellation the server is told to stop and finishes by itself, within its grace.
    with anyio.CancelScope(shield=True):
        await server.serve(sockets=[listener])
