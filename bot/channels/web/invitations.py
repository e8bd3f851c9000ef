"""Invitations: made by coordinators, made by anybody for another account of their own, and used on the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channels.web import me
from bot.channels.web.errors import status_of
from bot.channels.web.guard import sentence
from bot.channels.web.visit import go
from helpdesk.errors import GuichetError, NotAllowedError, NotFoundError
from helpdesk.model import Role

if TYPE_CHECKING:
    from starlette.responses import Response

    from bot.channels.web.visit import Visit
    from helpdesk.views import Invitation

_NAME_CHARS = 200
_OWN_NAME_CHARS = 120


async def show(visit: Visit) -> Response:
    """Show the form of invitations."""
    if not visit.me.has(Role.coordinator):
        raise NotAllowedError(needs=[Role.coordinator.value])
    return _page(visit, name=visit.request.query_params.get("name", ""))


async def make(visit: Visit) -> Response:
    """Make an invitation and show its links, now and never again."""
    try:
        name = visit.form.text("name", _NAME_CHARS)
        several, new = visit.form.raw("several") == "yes", visit.form.raw("new") == "yes"
        invite = visit.parts.coordinators.invite
        made = await visit.call(invite, visit.key, visit.account, name, reusable=several, create=new)
    except NotAllowedError:
        raise
    except GuichetError as error:
        return _page(visit, error)
    return _page(visit, made=made)


async def make_own(visit: Visit) -> Response:
    """Make an invitation that joins another account to the visitor."""
    made = await visit.call(visit.parts.joining.invite, visit.key, visit.account, person=visit.me.id)
    return await me.page(visit, made=made)


async def offer(visit: Visit) -> Response:
    """Show what an invitation is for. A mere fetch, such as a link preview's, uses nothing up."""
    return await _offer(visit)


async def enter(visit: Visit) -> Response:
    """Use an invitation: its person enters, or a newcomer under the name they gave."""
    code = visit.request.path_params["code"]
    try:
        invited = await visit.call(visit.parts.joining.invited, code)
        name = "" if invited.personal else visit.form.text("name", _OWN_NAME_CHARS)
        person, epoch = await visit.call(visit.parts.joining.enter, code, name, visit.words.locale)
    except GuichetError as error:
        return await _offer(visit, error)
    response = go("/")
    visit.site.sessions.write(response, visit.site.sessions.start(person.id, epoch))
    return response


async def _offer(visit: Visit, error: GuichetError | None = None) -> Response:
    code = visit.request.path_params["code"]
    try:
        invited = await visit.call(visit.parts.joining.invited, code)
    except NotFoundError as refused:
        return visit.page("signin.html", status_of(refused), error=sentence(visit.words, refused))
    visit.session = visit.session or visit.site.sessions.start()
    response = visit.page(
        "join.html",
        status_of(error) if error else 200,
        code=code,
        invited=invited,
        error=sentence(visit.words, error) if error else None,
        typed=visit.form.typed() if error else {},
    )
    visit.site.sessions.write(response, visit.session)
    return response


def _page(visit: Visit, error: GuichetError | None = None, made: Invitation | None = None, name: str = "") -> Response:
    return visit.page(
        "invitations.html",
        status_of(error) if error else 200,
        made=made,
        links=visit.parts.renderer.invitation_links(made) if made else {},
        error=sentence(visit.words, error) if error else None,
        typed=visit.form.typed() if error else {"name": name},
    )
