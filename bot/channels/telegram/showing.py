"""What people ask to see: a question, a list, the board, an entry page by page; with what they may do then."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.channel import Button, FileRef
from bot.channels.telegram import html
from bot.handlers import Absences
from bot.render import controls
from bot.render.markup import escape, plain_excerpt
from helpdesk.library import themes
from helpdesk.views import Board, Invitation, TicketView
from knowledge.entry import Entry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.channels.telegram.context import Context, Rows
    from bot.handlers import Seen
    from bot.words import Words
    from helpdesk.model import Address
    from helpdesk.views import TicketLine

PAGE = 3000  # units of one page of an entry: a telephone's screen or three
_LISTED = 8  # questions of a list that have their button
_LABEL_LENGTH = 40


class Showing:
    """Puts views in front of people."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def show(self, address: Address, seen: Seen, words: Words) -> None:
        """Show what was asked for."""
        if isinstance(seen, Entry):
            await self._entry(address, seen, words)
            return
        text, buttons = await self._written(seen, words)
        await self._context.tell(address, text, buttons)

    async def renew(self, address: Address, message_id: int, seen: Seen, words: Words) -> None:
        """Show it as it is now, in place of what it was."""
        text, buttons = await self._written(seen, words)
        await self._context.replace(address, message_id, text, buttons)

    async def _written(self, seen: Seen, words: Words) -> tuple[str, Rows]:
        text = self._context.parts.renderer.view(seen, words)
        if isinstance(seen, TicketView):
            return text, _of_ticket(seen, words)
        if isinstance(seen, Board):
            lines = (*seen.late, *seen.at_risk, *seen.open)
            by_theme = await self._by_theme(seen, words)
            parts = (_counts(seen, words), text, by_theme)
            return "\n\n".join(part for part in parts if part), _of_lines(lines, words)
        if isinstance(seen, Absences):
            return text, [[button] for button in controls.returns(seen, words)[:_LISTED]]
        if isinstance(seen, Invitation | Entry):
            return text, ()
        return text, _of_lines(seen.lines, words)

    async def turn(self, address: Address, message_id: int, entry: Entry, page: int, words: Words) -> None:
        """Turn an entry's pages in place."""
        pages = self._pages(entry, words)
        page = min(max(page, 0), len(pages) - 1)
        await self._context.out.rewrite(address, message_id, pages[page], _turning(entry, page, len(pages), words))

    async def file(self, address: Address, file: FileRef) -> None:
        """Give a file of a question. Raises ``ChannelError``."""
        await self._context.out.file(address, file)

    async def _entry(self, address: Address, entry: Entry, words: Words) -> None:
        pages = self._pages(entry, words)
        await self._context.tell_html(address, pages[0], _turning(entry, 0, len(pages), words))

    def _pages(self, entry: Entry, words: Words) -> tuple[str, ...]:
        return html.pieces(self._context.parts.renderer.view(entry, words), PAGE)

    async def _by_theme(self, board: Board, words: Words) -> str:
        counts = Counter(line.theme for line in (*board.late, *board.at_risk, *board.open))
        if not counts:
            return ""

        def labels() -> dict[str, str]:
            with self._context.parts.office.reading() as unit:
                return {theme.id: theme.labels.get(words.locale, theme.id) for theme in themes(unit.session)}

        names, nowhere = await self._context.in_thread(labels), words("telegram.board.no_theme")
        lines = [
            "- "
            + words("telegram.board.line", theme=escape(names.get(theme, theme)) if theme else nowhere, count=count)
            for theme, count in counts.most_common()
        ]
        return "\n".join([f"**{words('telegram.board.by_theme')}**", "", *lines])


def _counts(board: Board, words: Words) -> str:
    """Return the board in one line: how many questions are open, and of these how many are late or at risk."""
    count = len(board.late) + len(board.at_risk) + len(board.open)
    parts = (
        words.plural("telegram.board.open", count) if count else words("telegram.board.nothing"),
        words.plural("telegram.board.late", len(board.late)) if board.late else None,
        words.plural("telegram.board.at_risk", len(board.at_risk)) if board.at_risk else None,
    )
    return f"**{', '.join(part for part in parts if part)}**"


def _of_ticket(seen: TicketView, words: Words) -> Rows:
    rows = [[button] for button in controls.actions(seen, words)]
    if stars := controls.ratings(seen, words):
        rows.append(stars)
    files = [file for message in seen.messages for file in message.files]
    return [
        *_pairs(rows),
        *([Button(plain_excerpt(file["name"], _LABEL_LENGTH), f"file:{file['id']}")] for file in files),
    ]


def _pairs(rows: list[list[Button]]) -> list[list[Button]]:
    """Put short single buttons two by two."""
    found: list[list[Button]] = []
    for row in rows:
        short = len(row) == 1 and len(row[0].label) <= 22  # noqa: PLR2004 - half a telephone's width
        if short and found and len(found[-1]) == 1 and len(found[-1][0].label) <= 22:  # noqa: PLR2004 - the same
            found[-1].append(row[0])
        else:
            found.append(list(row))
    return found


def _of_lines(lines: Sequence[TicketLine], words: Words) -> Rows:
    buttons = controls.questions(lines[:_LISTED], words)
    return [buttons[place : place + 2] for place in range(0, len(buttons), 2)]


def _turning(entry: Entry, page: int, count: int, words: Words) -> Rows:
    if count == 1:
        return ()
    row = [Button("◀", f"page:{page - 1}:{entry.id}")] if page > 0 else []
    row.append(Button(words("telegram.page", page=page + 1, count=count), f"page:{page}:{entry.id}"))
    row += [Button("▶", f"page:{page + 1}:{entry.id}")] if page < count - 1 else []
    return [row]
