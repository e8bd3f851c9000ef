"""Reviewing an answer that an expert proposed as a library entry: corrected here, then published or refused, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channels.web.errors import status_of
from bot.channels.web.guard import sentence
from helpdesk.errors import GuichetError, InvalidInputError, NotFoundError

if TYPE_CHECKING:
    from starlette.responses import Response

    from bot.channels.web.visit import Visit

_TITLE_CHARS = 200
_BODY_CHARS = 20_000
_SOURCES_CHARS = 2000


async def show(visit: Visit) -> Response:
    """Show a candidate to review."""
    return await _page(visit)


async def decide(visit: Visit) -> Response:
    """Publish the candidate as it was corrected in the form, or refuse it."""
    try:
        entry = await _decide(visit)
    except InvalidInputError as error:
        return await _page(visit, error)
    return visit.taken(f"/entries/{entry}", "published") if entry else visit.taken("/board", "refused")


async def _decide(visit: Visit) -> str | None:
    desk, candidate = visit.parts.coordinators, visit.number("candidate")
    decision = visit.form.raw("decision")
    if decision == "refuse":
        return await visit.call(desk.decide_candidate, visit.key, visit.account, candidate, publish=False)
    if decision != "publish":
        raise InvalidInputError("choice_missing", field="decision")
    return await visit.call(
        desk.decide_candidate,
        visit.key,
        visit.account,
        candidate,
        publish=True,
        title=visit.form.text("title", _TITLE_CHARS),
        body=visit.form.text("body", _BODY_CHARS),
        theme=visit.form.raw("theme"),
        sources=visit.form.lines("sources", _SOURCES_CHARS),
    )


async def _page(visit: Visit, error: GuichetError | None = None) -> Response:
    waiting = await visit.call(visit.parts.coordinators.candidates, visit.account)
    number = visit.number("candidate")
    candidate = next((item for item in waiting if item.id == number), None)
    if candidate is None:
        raise NotFoundError("no_such_candidate", candidate=number)
    return visit.page(
        "candidate.html",
        status_of(error) if error else 200,
        candidate=candidate,
        themes=await visit.theme_labels(),
        error=sentence(visit.words, error) if error else None,
        typed=visit.form.typed() if error else {},
    )
