"""Where a question stands, looked at before anybody is asked to write or to choose: nothing is written in vain.

The core decides all the same when the order comes: much may happen meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.errors import ConflictError, NotFoundError, TransitionError
from helpdesk.model import WITH_EXPERTS

if TYPE_CHECKING:
    from bot.channels.telegram.context import Context
    from helpdesk.model import AccountRef

_ACTIONS = {"answer": "answer", "ask": "ask_member", "note": "note", "excuse": "excuse", "propose": "propose"}


class Standing:
    """Refuses what could not be done with a question as it now stands."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def check(self, account: AccountRef, ticket: int, verb: str) -> None:
        """Refuse a text that the question could not take. Raises ``GuichetError``."""
        desk = self._context.parts.desk
        view = await self._context.in_thread(lambda: desk.ticket(account, ticket))
        if _ACTIONS[verb] in view.actions:
            return
        if verb == "excuse" and not any(cycle.breached_at for cycle in view.cycles):
            raise NotFoundError("no_breach", ticket=ticket)
        if verb == "excuse":
            raise ConflictError("already_excused")
        if verb == "propose" and view.candidate_id is not None:
            raise ConflictError("already_proposed")
        raise TransitionError(state=view.line.state.value, event=verb)

    async def check_with_experts(self, account: AccountRef, ticket: int) -> None:
        """Refuse to give a question that is with the experts no more to anybody. Raises ``GuichetError``."""
        desk = self._context.parts.desk
        view = await self._context.in_thread(lambda: desk.ticket(account, ticket))
        if view.line.state not in WITH_EXPERTS:
            raise TransitionError(state=view.line.state.value, event="assign")
