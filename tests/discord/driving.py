"""Points discord.py at the local Discord, and drives its real client or a plain HTTP client against it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.discord.discordapi.server import DiscordServer

COMMAND = (sys.executable, "-m", "tests.discord.pointed")  # the ``guichet`` command, pointed at a local server


def variables(server: DiscordServer) -> dict[str, str]:
    """Return the environment of a ``COMMAND`` that talks to the local server, wherever it is run."""
    return {
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "LOCAL_DISCORD_API": server.base_url,
        "LOCAL_DISCORD_GATEWAY": server.gateway.address,
        "GUICHET_DISCORD_TOKEN": server.token,
    }


@contextmanager
def pointed(server: DiscordServer) -> Iterator[None]:
    """Let the library talk to the local server while the block lasts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Route, "BASE", server.base_url)
        patch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(server.gateway.address))
        # The library waits five seconds before it identifies again, for a limit that the local server has not.
        patch.setattr(discord.Client, "before_identify_hook", _at_once)
        yield


async def _at_once(_client: discord.Client, _shard: int | None, *, initial: bool = False) -> None:
    """Identify now."""


def drive(
    server: DiscordServer,
    act: Callable[[discord.Client], Awaitable[object]],
    client: Callable[[], discord.Client] | None = None,
) -> None:
    """Run a coroutine with the library's real client, logged in, connected and ready."""

    async def run() -> None:
        bot = client() if client else plain_client()
        async with bot:
            connected = asyncio.create_task(bot.start(server.token))
            ready = asyncio.create_task(bot.wait_until_ready())
            await asyncio.wait((connected, ready), return_when=asyncio.FIRST_COMPLETED)
            if connected.done():
                ready.cancel()
                connected.result()
            await act(bot)
            await bot.close()
            await connected

    with pointed(server):
        asyncio.run(run())


def plain_client(intents: discord.Intents | None = None) -> discord.Client:
    """A client that asks for what the helpdesk needs, and does not wait for servers that do not come."""
    wanted = intents or discord.Intents(guilds=True, members=True, messages=True, message_content=True)
    return discord.Client(intents=wanted, guild_ready_timeout=0.1)


def call(server: DiscordServer, method: str, path: str, body: object = None, token: str = "") -> tuple[int, Any]:
    """Make a request with a plain HTTP client; return the status and the body."""

    async def run() -> tuple[int, Any]:
        headers = {"Authorization": f"Bot {token or server.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body)
        url = server.base_url + path
        async with aiohttp.ClientSession() as http, http.request(method, url, data=data, headers=headers) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text else None

    return asyncio.run(run())


def violation(server: DiscordServer, method: str, path: str, body: object = None) -> str:
    """Make a request against the contract; the server must refuse it and hold it against the bot."""
    status, answer = call(server, method, path, body)
    assert status >= 400, answer
    assert len(server.violations) == 1, answer
    server.violations.clear()
    return json.dumps(answer, ensure_ascii=False)
