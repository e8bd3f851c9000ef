"""How the Telegram channel is set up."""

from __future__ import annotations

from dataclasses import dataclass

from bot.words import DEFAULT_LOCALE

NAME = "telegram"
OFFICIAL_API = "https://api.telegram.org"


@dataclass(frozen=True)
class TelegramOptions:
    """What the configuration says of Telegram; chats are given by their ids, as Telegram writes them.

    ``topics``: where every message is for the bot, as ``CHAT`` or ``CHAT:THREAD``. ``webhook``: the public address
    that Telegram calls, None to poll. ``locale``: of people and rooms whose language is not known.
    """

    token: str
    api: str = OFFICIAL_API
    room: str | None = None
    topics: frozenset[str] = frozenset()
    webhook: str | None = None
    webhook_secret: str = ""
    locale: str = DEFAULT_LOCALE
    network: str = "Guichet"
    base_url: str | None = None
