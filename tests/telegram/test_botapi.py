"""The local Bot API server itself: what a client of the real one relies on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, NetworkError, RetryAfter
from telegram.request import HTTPXRequest

from tests.telegram.botapi.server import BotApiServer

BUTTON = InlineKeyboardMarkup([[InlineKeyboardButton("Demander", callback_data="ask")]])


T = TypeVar("T")


def drive(telegram: BotApiServer, act: Callable[[Bot], Awaitable[T]]) -> T:
    """Run a coroutine with the library's real Bot."""

    async def run() -> T:
        request = HTTPXRequest(httpx_kwargs={"trust_env": False})
        bot = Bot(telegram.token, telegram.base_url, telegram.base_file_url, request=request)
        async with bot:
            return await act(bot)

    return asyncio.run(run())


def test_a_member_asks_and_presses(telegram: BotApiServer) -> None:
    marie = telegram.user("Marie", "Dupont")
    marie.says("Qu'est-ce qu'un SPASER ?")

    async def answer(bot: Bot) -> tuple[Update, ...]:
        (update,) = await bot.get_updates(timeout=5)
        assert update.effective_message
        sent = await bot.send_message(marie.id, "<b>Le SPASER</b> &amp; vous", parse_mode="HTML", reply_markup=BUTTON)
        assert sent.text == "Le SPASER & vous"
        marie.presses("Demander")
        return await bot.get_updates(offset=update.update_id + 1, timeout=5)

    (pressed,) = drive(telegram, answer)
    assert pressed.callback_query
    assert pressed.callback_query.data == "ask"
    print(marie.private.transcript())
