"""Coming in and going out: the one-time link, the start page of each role, and signing out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channels.web.errors import status_of
from bot.channels.web.guard import sentence
from bot.channels.web.visit import go
from helpdesk.errors import NotFoundError
from helpdesk.model import Role

if TYPE_CHECKING:
    from starlette.responses import Response

    from bot.channels.web.visit import Visit


async def home(visit: Visit) -> Response:
    """Lead each person to where their work is."""
    if visit.me.has(Role.coordinator):
        return go("/board")
    return go("/queue") if visit.me.has(Role.expert) else go("/chat", anchor="last")


async def explain(visit: Visit) -> Response:
    """Tell a visitor how people sign in here."""
    return visit.page("signin.html")


async def offer(visit: Visit) -> Response:
    """Show the button that signs in. A mere fetch, such as a link preview's, uses nothing up."""
    visit.session = visit.session or visit.site.sessions.start()
    response = visit.page("signin_link.html", token=visit.request.path_params["token"])
    visit.site.sessions.write(response, visit.session)
    return response


async def sign_in(visit: Visit) -> Response:
    """Use the link up and start a session; tell whether a link that does not work is used, expired or unknown."""
    try:
        person, epoch = await visit.call(visit.parts.people.redeem, visit.request.path_params["token"])
    except NotFoundError as error:
        return visit.page("signin.html", status_of(error), error=sentence(visit.words, error))
    response = go("/")
    visit.site.sessions.write(response, visit.site.sessions.start(person.id, epoch))
    return response


async def sign_out(visit: Visit) -> Response:
    """End the session in this browser."""
    response = go("/signin", done="signed_out")
    visit.site.sessions.clear(response)
    return response
