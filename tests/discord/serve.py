"""The Discord channel in a process of its own, to be killed: ``python -m tests.discord.serve DATABASE API GATEWAY …``.

It says on its standard output when it has caught up, and each message that it hears before doing anything with it.
"""

from __future__ import annotations

import datetime as dt
import logging
import sys

import anyio
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.channels.discord import NAME, DiscordChannel, DiscordOptions
from bot.parts import Parts
from bot.sender import Sender
from helpdesk.database import Database
from helpdesk.library import LibraryCache
from helpdesk.office import Office
from helpdesk.policy import Policy
from tests.bot.house import parts_of
from tests.clock import ManualClock

READY, HEARD = "ready", "heard"


class _Heard(logging.Handler):
    """Says each message that the gateway gives."""

    def emit(self, record: logging.LogRecord) -> None:
        if "'MESSAGE_CREATE'" in record.getMessage():
            print(HEARD, flush=True)


def main() -> None:
    """Serve until killed."""
    url, api, gateway, token, forum, instant = sys.argv[1:]
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = api, yarl.URL(gateway)
    library = logging.getLogger("discord.gateway")
    library.setLevel(logging.DEBUG)
    library.propagate = False
    library.addHandler(_Heard())
    database = Database(url)
    office = Office(database, ManualClock(dt.datetime.fromisoformat(instant)), Policy(), LibraryCache(database))
    anyio.run(_serve, parts_of(office), DiscordOptions(token=token, forum=int(forum)))


async def _serve(parts: Parts, options: DiscordOptions) -> None:
    channel = DiscordChannel(parts, options)
    sender = Sender(parts.outbox, {NAME: channel}, parts.renderer, parts.words_for)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(channel.run)
        tasks.start_soon(sender.run)
        await channel.caught_up.wait()
        print(READY, flush=True)


if __name__ == "__main__":
    main()
