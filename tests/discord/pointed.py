"""The ``guichet`` command, its Discord library pointed at the local one that the environment names.

``LOCAL_DISCORD_API=… LOCAL_DISCORD_GATEWAY=… python -m tests.discord.pointed run``
"""

from __future__ import annotations

import os

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.cli import main

if __name__ == "__main__":
    Route.BASE = os.environ["LOCAL_DISCORD_API"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["LOCAL_DISCORD_GATEWAY"])
    main()
