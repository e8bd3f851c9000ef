"""What people ask to see: a question, a list, the board, an entry page by page; with what they may do then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channel import Button
from bot.channels.discord import buttons
from bot.handlers import Absences
from bot.render import controls
from bot.render.markup import plain_excerpt
from helpdesk.views import Board, Invitation, TicketView
from knowledge.entry import Entry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.channels.discord.context import Context, Here
    from bot.channels.discord.outgoing import Rows
    from bot.handlers import Seen
    from bot.words import Words
    from helpdesk.views import TicketLine

_LISTED = 10  # questions of a list that have their button
_FILES = 5  # files of a question that have theirs
_LABEL_LENGTH = 60


class Showing:
    """Puts views in front of people."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def show(self, here: Here, seen: Seen) -> None:
        """Show what was asked for."""
        renderer = self._context.parts.renderer
        if isinstance(seen, Absences):
            how = here.words("discord.absences.how_all" if seen.everybody else "discord.absences.how")
            rows = [[button] for button in controls.returns(seen, here.words)[: buttons.MOST_ROWS]]
            await here.say(renderer.absences(seen, here.words, how), rows)
            return
        if isinstance(seen, Invitation):
            await here.say(renderer.invitation(seen, here.words, here.words("discord.invitation", code=seen.code)))
            return
        text = renderer.view(seen, here.words)
        if isinstance(seen, Entry):
            await here.say(text)
        elif isinstance(seen, TicketView):
            await here.say(text, _of_ticket(seen, here.words))
        elif isinstance(seen, Board):
            await here.say(text, of_lines([*seen.late, *seen.at_risk], here.words))
        else:
            await here.say(text, of_lines(seen.lines, here.words))


def of_lines(lines: Sequence[TicketLine], words: Words) -> Rows:
    """Return the buttons of the first questions of a list."""
    made = controls.questions(lines[:_LISTED], words)
    return [made[place : place + 5] for place in range(0, len(made), 5)]


def _of_ticket(seen: TicketView, words: Words) -> Rows:
    acts = controls.actions(seen, words)
    rows = [acts[place : place + 4] for place in range(0, len(acts), 4)]
    if seen.answer_entry is not None:
        rows.append([Button(words("button.entry"), f"entry:{seen.answer_entry.entry_id}")])
    if stars := controls.ratings(seen, words):
        rows.append(stars)
    files = [file for message in seen.messages for file in message.files][-_FILES:]
    if files:
        rows.append([Button(plain_excerpt(file["name"], _LABEL_LENGTH), f"file:{file['id']}") for file in files])
    return rows
