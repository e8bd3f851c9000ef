"""Drives the library's real Bot, or a plain HTTP client, against the local Bot API server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx
from telegram import Bot
from telegram.request import HTTPXRequest

from tests.telegram.botapi.server import BotApiServer

T = TypeVar("T")


def drive(telegram: BotApiServer, act: Callable[[Bot], Awaitable[T]]) -> T:
    """Run a coroutine with the library's real Bot."""

    async def run() -> T:
        request = HTTPXRequest(httpx_kwargs={"trust_env": False})
        async with Bot(telegram.token, telegram.base_url, telegram.base_file_url, request=request) as bot:
            return await act(bot)

    return asyncio.run(run())


def call(telegram: BotApiServer, method: str, **parameters: object) -> httpx.Response:
    """Call a method in JSON with a plain HTTP client."""
    url = f"{telegram.base_url}{telegram.token}/{method}"
    return httpx.post(url, json=parameters, timeout=10, trust_env=False)


def refusal(telegram: BotApiServer, method: str, **parameters: object) -> str:
    """Call a method that must be refused; return the description."""
    answer: dict[str, Any] = call(telegram, method, **parameters).json()
    assert answer["ok"] is False, answer
    return str(answer["description"])


def violation(telegram: BotApiServer, method: str, **parameters: object) -> str:
    """Call a method against its contract; the server must say so and hold it against the bot."""
    description = refusal(telegram, method, **parameters)
    assert len(telegram.violations) == 1
    assert description in telegram.violations.pop()
    return description
