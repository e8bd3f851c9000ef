"""A person's own account: language, data held about them, sessions, and erasure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from starlette.responses import Response

from bot.channels.web.errors import status_of
from bot.channels.web.guard import sentence
from bot.channels.web.visit import go
from bot.words import LOCALES
from helpdesk.errors import GuichetError, InvalidInputError

if TYPE_CHECKING:
    from bot.channels.web.visit import Visit
    from helpdesk.views import Invitation


async def show(visit: Visit) -> Response:
    """Show the account page."""
    return await page(visit)


async def change_language(visit: Visit) -> Response:
    """Change the language of everything the person reads."""
    locale = visit.form.raw("locale")
    if locale not in LOCALES:
        return await page(visit, InvalidInputError("choice_missing", field="locale"))
    await visit.call(visit.parts.people.set_locale, visit.account, locale)
    return go("/me", done="language_changed")


async def export(visit: Visit) -> Response:
    """Give the person all that is held about them."""
    data = await visit.call(visit.parts.privacy.export, visit.account)
    return Response(
        json.dumps(data, ensure_ascii=False, indent=2, default=str),
        media_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="guichet.json"'},
    )


async def end_sessions(visit: Visit) -> Response:
    """Sign the person out of every browser."""
    await visit.call(visit.parts.people.end_sessions, visit.me.id)
    return _gone(visit, "signed_out_everywhere")


async def erase(visit: Visit) -> Response:
    """Erase the person; their open questions go on without a name, or are withdrawn."""
    choice = visit.form.raw("open_questions")
    if visit.form.raw("confirm") != "yes":
        return await page(visit, InvalidInputError("erasure_not_confirmed"))
    # Asked only of whoever has some; one may have been asked since the page was shown.
    pending = await visit.call(visit.parts.privacy.open_questions, visit.account)
    if pending and choice not in {"keep", "withdraw"}:
        return await page(visit, InvalidInputError("erasure_choice_missing"))
    try:
        await visit.call(visit.parts.privacy.erase, visit.key, visit.account, keep_open=choice != "withdraw")
    except GuichetError as error:
        return await page(visit, error)
    return _gone(visit, "erased")


async def page(visit: Visit, error: GuichetError | None = None, made: Invitation | None = None) -> Response:
    """Return the account page, with what was refused or the invitation just made for another account."""
    return visit.page(
        "me.html",
        status_of(error) if error else 200,
        locales=LOCALES,
        platforms=await visit.call(visit.parts.joining.platforms),
        made=made,
        links=made.links if made else {},
        open_questions=await visit.call(visit.parts.privacy.open_questions, visit.account),
        error=sentence(visit.words, error) if error else None,
        typed=visit.form.typed() if error else {},
    )


def _gone(visit: Visit, done: str) -> Response:
    response = go("/signin", done=done)
    visit.site.sessions.clear(response)
    return response
