"""What the doctor asks Telegram: whether the token is good, what the bot sees, whether it can keep the room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram import Bot, ChatMemberAdministrator
from telegram.error import InvalidToken, TelegramError

from bot.findings import Finding, Level

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.channels.telegram.options import TelegramOptions


async def examine(options: TelegramOptions) -> list[Finding]:
    """Return what was found, the worst not first; nothing is changed at Telegram."""
    bot = Bot(options.token, base_url=f"{options.api}/bot", base_file_url=f"{options.api}/file/bot")
    try:
        async with bot:
            return [finding async for finding in _findings(bot, options)]
    except InvalidToken:
        return [Finding(Level.fault, "telegram_token")]
    except TelegramError as error:
        return [Finding(Level.fault, "telegram_unreachable", {"reason": str(error)})]


async def _findings(bot: Bot, options: TelegramOptions) -> AsyncIterator[Finding]:
    me = bot.bot
    yield Finding(Level.ok, "telegram", {"bot": f"@{me.username}"})
    yield Finding(Level.ok, "telegram_sees_all" if me.can_read_all_group_messages else "telegram_privacy")
    if options.webhook is not None and not options.webhook.startswith("https:"):
        yield Finding(Level.fault, "telegram_webhook", {"url": options.webhook})
    hook = await bot.get_webhook_info()
    if options.webhook is None and hook.url:
        yield Finding(Level.warning, "telegram_webhook_elsewhere")
    if options.room is not None:
        yield await _room(bot, options.room)


async def _room(bot: Bot, room: str) -> Finding:
    about: dict[str, object] = {"room": room}
    try:
        chat = await bot.get_chat(room)
        member = await bot.get_chat_member(room, bot.id)
    except TelegramError as error:
        return Finding(Level.fault, "telegram_room_unknown", {**about, "reason": str(error)})
    if not chat.is_forum:
        return Finding(Level.fault, "telegram_room_no_topics", about)
    if not isinstance(member, ChatMemberAdministrator) or not member.can_manage_topics:
        return Finding(Level.fault, "telegram_room_rights", about)
    return Finding(Level.ok, "telegram_room", {"room": chat.title or room})
