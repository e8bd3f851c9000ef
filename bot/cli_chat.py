"""``guichet chat``: the conversation in a terminal, or through a pipe for a transcript."""

from __future__ import annotations

import asyncio
import codecs
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager

import anyio
import click

from bot import logs
from bot.channels.console import Chat, ChatParts
from bot.channels.plain import coloured, plain

OpenParts = Callable[[], AbstractContextManager[ChatParts]]
_BLOCK = 65536  # bytes read at once


@click.command()
@click.option("--as", "account", required=True, metavar="ACCOUNT")
@click.pass_obj
def chat(open_parts: OpenParts, account: str) -> None:
    """Talk with Guichet as a member, an expert or a coordinator, on the database of the running service."""
    logs.configure("warning", "console")  # on the standard error: the conversation stays readable
    with open_parts() as parts:
        known = anyio.run(_chat, parts, account)
    if not known:
        sys.exit(1)


async def _chat(parts: ChatParts, account: str) -> bool:
    style = coloured if sys.stdout.isatty() else plain
    conversation = Chat(parts, account, click.echo, style, echo=not sys.stdin.isatty())
    return await conversation.hold(typed_lines(sys.stdin.fileno()))


async def typed_lines(source: int) -> AsyncIterator[str]:
    """Give the lines of a file descriptor (a terminal, a pipe, a file) as they come, until its end."""
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def put(line: str | None) -> None:
        loop.call_soon_threadsafe(lines.put_nowait, line)

    # A thread of our own, and a daemon: no reading can be interrupted, and leaving must not wait for a key press.
    threading.Thread(target=_read_lines, args=(source, put), daemon=True).start()
    while (line := await lines.get()) is not None:
        yield line


def _read_lines(source: int, put: Callable[[str | None], None]) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    rest = ""
    try:
        while block := os.read(source, _BLOCK):
            *whole, rest = (rest + decoder.decode(block)).split("\n")
            for line in whole:
                put(line)
        if rest:
            put(rest)
        put(None)
    except RuntimeError:
        return  # the conversation is over: its loop is closed
