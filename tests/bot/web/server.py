"""The pages served for real, on a free port of this machine, while a block runs."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import anyio

from bot.channels.web import WebChannel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bot.web.network import Network


@contextmanager
def served(network: Network) -> Iterator[str]:
    """Serve the network's pages in a thread of their own; give their address."""
    channel = WebChannel(network.web(), port=0)
    base_url = f"http://127.0.0.1:{channel.bind()}"
    stop = threading.Event()

    async def main() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(channel.run)
            await anyio.to_thread.run_sync(stop.wait)
            tasks.cancel_scope.cancel()

    thread = threading.Thread(target=anyio.run, args=(main,))
    thread.start()
    try:
        yield base_url
    finally:
        stop.set()
        thread.join()
