"""Declared absences: an expert's own, everybody's for a coordinator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channels.web.errors import status_of
from bot.channels.web.guard import sentence
from bot.channels.web.visit import go
from helpdesk.errors import GuichetError
from helpdesk.model import Role

if TYPE_CHECKING:
    from starlette.responses import Response

    from bot.channels.web.visit import Visit


async def show(visit: Visit) -> Response:
    """List the absences that the visitor may see."""
    return await _page(visit)


async def declare(visit: Visit) -> Response:
    """Declare an absence, first and last day included."""
    try:
        first, last = visit.form.day("first_day"), visit.form.day("last_day")
        person = visit.form.optional_number("person")
        declare = visit.parts.experts.declare_absence
        handed_on = await visit.call(declare, visit.key, visit.account, first, last, person=person)
    except GuichetError as error:
        return await _page(visit, error)
    return go("/absences", done="absence_declared", given=handed_on.given, left=handed_on.left)


async def cancel(visit: Visit) -> Response:
    """Take an absence back."""
    await visit.call(visit.parts.experts.cancel_absence, visit.key, visit.account, visit.number("absence"))
    return go("/absences", done="absence_cancelled")


async def _page(visit: Visit, error: GuichetError | None = None) -> Response:
    coordinates = visit.me.has(Role.coordinator)
    return visit.page(
        "absences.html",
        status_of(error) if error else 200,
        absences=await visit.call(visit.parts.experts.absences, visit.account),
        people=await visit.call(visit.parts.coordinators.people, visit.account) if coordinates else (),
        given=visit.count("given"),
        left=visit.count("left"),
        error=sentence(visit.words, error) if error else None,
        typed=visit.form.typed() if error else {},
    )
