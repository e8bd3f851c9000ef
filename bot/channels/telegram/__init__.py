"""Telegram as a channel: private chats, groups, and an experts' room.

It knows the Bot API and nothing else; what people mean is the handlers' business, what they read the renderer's.
"""

from __future__ import annotations

import os

# Intervals as timedelta, which python-telegram-bot makes the rule in its next version; it reads the choice from here.
os.environ.setdefault("PTB_TIMEDELTA", "true")

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.options import NAME, TelegramOptions

__all__ = ["NAME", "TelegramChannel", "TelegramOptions"]
