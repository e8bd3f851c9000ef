"""The member's own questions: the list, and one question with its thread and what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channels.web import commanding
from bot.channels.web.errors import status_of
from bot.channels.web.events import ticket_mark
from bot.channels.web.guard import sentence
from bot.channels.web.visit import go
from helpdesk.errors import GuichetError
from helpdesk.model import WITH_EXPERTS, Resolution

if TYPE_CHECKING:
    from starlette.responses import Response

    from bot.channels.web.visit import Visit
    from helpdesk.views import TicketView


async def index(visit: Visit) -> Response:
    """List the member's questions, the last first."""
    lines = await visit.call(visit.parts.desk.my_questions, visit.account)
    return visit.page("questions.html", lines=sorted(lines, key=lambda line: line.id, reverse=True))


async def show(visit: Visit) -> Response:
    """Show one question of the member."""
    return await page(visit, visit.number("ticket"))


async def reply(visit: Visit) -> Response:
    """Add what the member typed to this question, or do what they command of it."""
    ticket = visit.number("ticket")
    try:
        text = visit.text("text")
        if (command := commanding.typed(text)) is not None:
            return await commanding.obey(visit, *command, about=ticket)
        before = await visit.call(visit.parts.desk.ticket, visit.account, ticket)
        files = visit.form.files
        concerned = await visit.call(
            visit.parts.desk.hear, visit.key, visit.account, visit.address, text, ticket=ticket, files=files
        )
    except GuichetError as error:
        return await page(visit, ticket, error)
    return await _heard(visit, before, concerned)


async def _heard(visit: Visit, before: TicketView, concerned: int | None) -> Response:
    """Return to the question that the words concerned, or to the chat, where thanks and news are answered."""
    if concerned is None:
        return go("/chat", "last", sent=visit.form.key())
    after = await visit.call(visit.parts.desk.ticket, visit.account, concerned)
    done = _done(before, after) if concerned == before.line.id else ""
    return visit.taken(f"/questions/{concerned}", done, anchor="done")


def _done(before: TicketView, after: TicketView) -> str:
    """Return what words did to a question, as ``web.done.…`` names it."""
    moved = after.line.standing != before.line.standing
    found = {
        "replied": len(after.messages) > len(before.messages),
        "withdraw": moved and after.line.standing == Resolution.withdrawn,
        "rate": after.rating != before.rating,
        "choose": after.answer_entry not in {None, before.answer_entry},
        "human": moved and after.line.state in WITH_EXPERTS,
        "solved": after.line.resolution != before.line.resolution,
    }
    return next((name for name, happened in found.items() if happened), "")


async def page(visit: Visit, ticket: int, error: GuichetError | None = None) -> Response:
    """Return a question's page as it now stands, with what was refused if anything was."""
    view = await visit.call(visit.parts.desk.ticket, visit.account, ticket)
    return visit.page(
        "question.html",
        status_of(error) if error else 200,
        view=view,
        mark=ticket_mark(view),
        error=sentence(visit.words, error) if error else None,
        wrong=error.data.get("field") if error else None,
        typed=visit.form.typed() if error else {},
    )
