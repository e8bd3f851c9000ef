"""Where a question stands, looked at before anybody is asked to write or to choose: nothing is written in vain.

The core decides all the same when the order comes: much may happen meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio.to_thread

from helpdesk.errors import ConflictError, NotAllowedError, NotFoundError, TransitionError
from helpdesk.model import OPEN_STATES, WITH_EXPERTS

if TYPE_CHECKING:
    from helpdesk.desk import Desk
    from helpdesk.model import AccountRef
    from helpdesk.views import TicketView

_ACTIONS = {
    "answer": "answer",
    "ask": "ask_member",
    "note": "note",
    "excuse": "excuse",
    "propose": "propose",
    "context": "reply",
}
# What refuses a button of a question that has moved on.
OUTDATED = frozenset({"wrong_state", "no_such_rank", "answered_meanwhile", "already_withdrawn"})
_FOR_EXPERTS = frozenset({"answer", "ask", "note", "propose"})


class Standing:
    """Refuses what could not be done with a question as it now stands."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def check(self, account: AccountRef, ticket: int, verb: str) -> None:
        """Refuse a text that the question could not take. Raises ``GuichetError``."""
        view = await self._view(account, ticket)
        over = verb == "context" and view.line.state not in OPEN_STATES
        if _ACTIONS[verb] in view.actions and not over:
            return
        if verb == "context" and _ACTIONS[verb] not in view.actions:
            raise NotAllowedError("not_yours_to_specify")
        if verb in _FOR_EXPERTS and any(message.mine and message.from_member for message in view.messages):
            raise NotAllowedError("own_question")
        if verb == "excuse" and not any(cycle.breached_at for cycle in view.cycles):
            raise NotFoundError("no_breach", ticket=ticket)
        if verb == "excuse":
            raise ConflictError("already_excused")
        if verb == "propose" and view.candidate_id is not None:
            raise ConflictError("already_proposed")
        raise TransitionError(state=view.line.state.value, event=verb)

    async def check_with_experts(self, account: AccountRef, ticket: int) -> None:
        """Refuse to give a question that is with the experts no more to anybody. Raises ``GuichetError``."""
        view = await self._view(account, ticket)
        if view.line.state not in WITH_EXPERTS:
            raise TransitionError(state=view.line.state.value, event="assign")

    async def check_passing(self, account: AccountRef, ticket: int) -> frozenset[str]:
        """Refuse to pass a question that the speaker can give to nobody; return what they may do with it.

        Raises ``GuichetError``.
        """
        view = await self._view(account, ticket)
        if view.line.state not in WITH_EXPERTS:
            raise TransitionError(state=view.line.state.value, event="pass")
        if view.line.assignee is None and "reassign" not in view.actions:
            raise ConflictError("nobody_has_it", ticket=ticket)
        return view.actions

    async def _view(self, account: AccountRef, ticket: int) -> TicketView:
        # Whoever has no time to wait for it need not.
        return await anyio.to_thread.run_sync(self._desk.ticket, account, ticket, abandon_on_cancel=True)
