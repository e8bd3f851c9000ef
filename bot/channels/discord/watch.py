"""The coordinators' channel: alerts and the morning's summary as they come, and the board, kept up to date in place."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bot.channel import Button, ChannelError
from bot.channels.discord import markdown, places
from bot.channels.discord.options import NAME
from bot.channels.discord.showing import of_lines
from bot.upkeep import Upkeep
from helpdesk import reports
from helpdesk.feed import Feed

if TYPE_CHECKING:
    import datetime as dt

    from bot.channel import Capability
    from bot.channels.discord.context import Context
    from bot.words import Words
    from helpdesk.views import Board

SHOWN_EVERY = 600  # seconds between two edits that say nothing else than when the dates were last looked at
LISTED = (30, 8, 4, 2, 1)  # questions of each kind on the board, until it is one message


class Watch(Upkeep):
    """Keeps the coordinators' channel until cancelled; ``capabilities``: what the channel shows."""

    name = "watch"
    poll_seconds = 5.0

    def __init__(self, context: Context, channel: int, capabilities: Capability) -> None:
        super().__init__()
        self._context = context
        self._after: int | None = None  # the notice after which there is news, once known
        self._address = places.public(channel)
        self._capabilities = capabilities
        self._feed = Feed(context.parts.office, f"{NAME}:feed:{channel}")
        self._begun, self._board = f"feed:{channel}", f"board:{channel}"
        self._words: Words = context.parts.words_for(context.options.locale)
        self._shown = ""  # a digest of the board's message, to spare Discord an edit that changes nothing

    async def look(self) -> None:
        """Show what is new."""
        if self._after is None:
            self._after = await self._begin()
        await self._tell(self._after)
        await self._show_board()

    async def _begin(self) -> int:
        """Return the notice after which the channel shows news: the last there was when it was first used."""
        bookmarks = self._context.bookmarks
        begun = await self._context.in_thread(lambda: bookmarks.read(self._begun))
        if begun is None:
            begun = await self._context.in_thread(self._feed.latest)
            first = begun
            await self._context.in_thread(lambda: bookmarks.keep(self._begun, first))
        return begun

    async def _tell(self, after: int) -> None:
        renderer, handled = self._context.parts.renderer, self._context.parts.correspondence.handled
        for news in await self._context.in_thread(lambda: self._feed.news(after)):
            message = renderer.render(
                news.kind, news.data, news.ticket_id, self._words, self._capabilities, news.told_at
            )
            mark = self._feed.mark(news.key)
            await self._context.out.say(self._address, message.text, message.buttons, key=mark)
            await self._context.in_thread(partial(handled, mark))

    async def _show_board(self) -> None:
        board = await self._context.in_thread(self._read)
        digest = hashlib.sha256(
            repr((replace(board, last_sweep=None), _roughly(board.last_sweep))).encode()
        ).hexdigest()
        if digest == self._shown:
            return
        text = self._worded(board)
        whole = Button(self._words("button.board"), "board")
        rows = [*of_lines([*board.late, *board.at_risk], self._words), [whole]]
        bookmarks = self._context.bookmarks
        kept = await self._context.in_thread(lambda: bookmarks.read(self._board))
        if kept is None or not await self._context.out.rewrite(self._address, kept, text, rows):
            (number,) = await self._context.out.say(self._address, text, rows)
            await self._context.in_thread(lambda: bookmarks.keep(self._board, number))
        self._shown = digest

    def _worded(self, board: Board) -> str:
        """Return the board as fits in one message: the more there is to say, the fewer questions of each kind."""
        for most in LISTED:
            text = self._context.parts.renderer.board(board, self._words, most)
            if len(markdown.pieces(text)) == 1:
                break
        return text

    def _read(self) -> Board:
        # Whoever may see this channel is the server's business, and was the operator's choice.
        with self._context.parts.office.reading() as unit:
            return reports.board(unit)

    async def refused(self, error: ChannelError) -> None:
        """Tell the coordinators, once for each reason."""
        await self._context.report_refused("watch_refused", places.number(self._address), error)


def _roughly(at: dt.datetime | None) -> int | None:
    return None if at is None else int(at.timestamp()) // SHOWN_EVERY
