"""Discord as a channel: private messages, a public forum, and rooms for experts and coordinators.

It knows Discord and nothing else; what people mean is the handlers' business, what they read the renderer's.
"""

from __future__ import annotations

from bot.channels.discord.channel import DiscordChannel
from bot.channels.discord.options import NAME, DiscordOptions

__all__ = ["NAME", "DiscordChannel", "DiscordOptions"]
