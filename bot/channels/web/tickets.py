"""The expert's work: the queue, and a ticket's page with everything needed to answer it. Coordinators see it too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.channels.web.acts import ACTS
from bot.channels.web.errors import status_of
from bot.channels.web.events import queue_mark, ticket_mark
from bot.channels.web.guard import sentence
from bot.channels.web.visit import go
from helpdesk.errors import GuichetError, NotAllowedError, NotFoundError
from helpdesk.model import Role

if TYPE_CHECKING:
    from starlette.responses import Response

    from bot.channels.web.visit import Visit
    from helpdesk.receipt import DayRow
    from helpdesk.views import PersonLine, TicketView

_WRITTEN = ("title", "text", "body", "sources", "reason")


async def queue(visit: Visit) -> Response:
    """List what awaits the expert: theirs, then what nobody has, then their colleagues'."""
    lines = await visit.call(visit.parts.experts.queue, visit.account)
    mine = [line for line in lines if line.assignee_id == visit.me.id]
    free = [line for line in lines if line.assignee_id is None]
    others = [line for line in lines if line.assignee_id not in {None, visit.me.id}]
    themes = await visit.theme_labels()
    return visit.page("queue.html", mine=mine, free=free, others=others, themes=themes, mark=queue_mark(lines))


async def show(visit: Visit) -> Response:
    """Show a ticket to an expert or a coordinator; a member is led to their own page of it."""
    if not visit.works_for_members:
        return go(f"/questions/{visit.number('ticket')}")
    return await _page(visit, visit.request.query_params.get("do", ""))


async def act(visit: Visit) -> Response:
    """Do what one of the page's forms asks; a refusal shows the ticket as it now stands, with what was typed."""
    ticket, verb = visit.number("ticket"), visit.request.path_params["verb"]
    if verb not in ACTS:
        raise NotFoundError
    try:
        await ACTS[verb](visit, ticket)
    except (NotAllowedError, NotFoundError):
        raise
    except GuichetError as error:
        # What was told aloud can no longer be recorded as the answer; it can complete the one there is.
        return await _page(visit, "answer" if error.code == "answered_since" else verb, error)
    return await leave(visit, ticket, await visit.parts.handlers.outcome(verb, visit.account, ticket))


async def leave(visit: Visit, ticket: int, done: str) -> Response:
    """Return to a ticket's page once something is done, or to the queue: it may now be for others to see."""
    try:
        await visit.call(visit.parts.desk.ticket, visit.account, ticket)
    except NotFoundError:
        return visit.taken("/queue", done)
    return visit.taken(f"/tickets/{ticket}", done)


@dataclass(frozen=True)
class _Colleagues:
    """Whom a ticket can be given to, by an expert and by a coordinator."""

    experts: tuple[PersonLine, ...] = ()
    everybody: tuple[PersonLine, ...] = ()


async def _page(visit: Visit, opened: str, error: GuichetError | None = None) -> Response:
    view = await visit.call(visit.parts.desk.ticket, visit.account, visit.number("ticket"))
    typed = visit.form.typed() if error else {}
    return visit.page(
        "ticket.html",
        status_of(error) if error else 200,
        view=view,
        opened=opened,
        colleagues=await _colleagues(visit, view),
        receipts=await visit.call(_receipts, visit, view),
        themes=await visit.theme_labels(),
        mark=ticket_mark(view),
        error=sentence(visit.words, error) if error else None,
        wrong=error.data.get("field") if error else None,
        typed=typed,
        # The form may be no more: the question was settled while it was being filled.
        unsent=[] if opened in view.actions else [typed[name] for name in _WRITTEN if typed.get(name, "").strip()],
    )


def _receipts(visit: Visit, view: TicketView) -> dict[int, tuple[DayRow, ...]]:
    receipt, number = visit.parts.desk.receipt, view.line.id
    return {cycle.cycle: receipt(visit.account, number, cycle.cycle) for cycle in view.cycles}


async def _colleagues(visit: Visit, view: TicketView) -> _Colleagues:
    can_pass = "pass" in view.actions
    can_reassign = "reassign" in view.actions and visit.me.has(Role.coordinator)
    return _Colleagues(
        await visit.call(visit.parts.experts.colleagues, visit.account, view.line.id) if can_pass else (),
        await visit.call(visit.parts.coordinators.people, visit.account) if can_reassign else (),
    )
