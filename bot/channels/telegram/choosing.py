"""Which question a command is about, when it came without a number: those that it could be, to press.

Telegram sends a command as soon as its name is touched in the menu: a number that is missing is no mistake.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channel import Button
from bot.channels.telegram.context import Rows
from bot.render.markup import plain_excerpt
from helpdesk.model import Role

if TYPE_CHECKING:
    from bot.channels.telegram.context import Context
    from bot.channels.telegram.incoming import Heard
    from bot.words import Words
    from helpdesk.model import Person
    from helpdesk.views import TicketLine

ABOUT_ONES_OWN = frozenset({"solved", "human", "withdraw"})
ABOUT_THE_QUEUE = frozenset({"take", "answer", "ask", "note", "pass"})
CHOSEN = ABOUT_ONES_OWN | ABOUT_THE_QUEUE | {"ticket", "reassign", "excuse", "propose"}  # each is also a button's verb
_LISTED = 10
_LABEL_LENGTH = 40


class Choosing:
    """Proposes questions."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._parts = context.parts

    async def propose(self, said: Heard, name: str, person: Person, words: Words) -> None:
        """Ask which question is meant. Raises ``GuichetError`` when the person may not give this command."""
        lines = await self._context.in_thread(lambda: self._lines(said, name, person))
        if said.text:
            text = words("errors.number_missing")
        else:
            text = words("telegram.which" if lines else "telegram.which_none")
        await self._context.reply(said, text, self._rows(lines, name, words))

    def _lines(self, said: Heard, name: str, person: Person) -> tuple[TicketLine, ...]:
        account = said.account
        if name in ABOUT_THE_QUEUE:
            return self._parts.experts.queue(account)
        if name == "propose":
            return self._parts.experts.proposable(account)
        if name in {"reassign", "excuse"}:
            board = self._parts.coordinators.board(account)
            late = tuple(line for line in board.late if name == "reassign" or not line.excused)
            return late if name == "excuse" else (*late, *board.at_risk, *board.open)
        if name == "ticket" and person.has(Role.expert, Role.coordinator):
            return self._parts.experts.queue(account) or self._parts.desk.my_questions(account)
        return self._parts.desk.my_questions(account)

    def _rows(self, lines: tuple[TicketLine, ...], name: str, words: Words) -> Rows:
        label = "chat.button.which"
        return [
            [
                Button(
                    words(label, number=line.id, question=plain_excerpt(line.question, _LABEL_LENGTH)),
                    f"{name}:{line.id}",
                ),
            ]
            for line in lines[:_LISTED]
        ]
