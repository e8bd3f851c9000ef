"""The door of every page: who visits, whether a form may be believed, and refusals told in the reader's words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from bot.channels.web.errors import ForgedFormError, NotSignedInError, status_of
from bot.channels.web.forms import read_form
from bot.channels.web.security import protect, same_origin
from bot.channels.web.visit import Site, Visit
from bot.render import render_error
from bot.words import LOCALES
from helpdesk.errors import GuichetError

if TYPE_CHECKING:
    from bot.words import Words

Endpoint = Callable[[Visit], Awaitable[Response]]
Handler = Callable[[Request], Awaitable[Response]]

log = structlog.get_logger()


def guarded(site: Site, endpoint: Endpoint, *, public: bool) -> Handler:
    """Return the Starlette handler of a page. ``public``: it needs nobody signed in."""

    async def serve(request: Request) -> Response:
        visit = await enter(site, request)
        try:
            if request.method == "POST":
                await _admit_form(visit, public=public)
            if not public and visit.person is None:
                raise NotSignedInError
            response = await endpoint(visit)
            if request.method == "POST":
                site.parts.wake_sender()
        except GuichetError as error:
            response = refusal(visit, error)
        except ClientDisconnect:  # in the middle of a form: there is nobody left to answer
            return Response(status_code=400)
        if visit.session is not None and visit.person is not None:
            _renew(visit, response)
        return response

    return serve


async def enter(site: Site, request: Request) -> Visit:
    """Return the visit of a request: its session if it still holds, and the words of its reader."""
    visit = Visit(site, request, _words_of(site, request), site.sessions.read(request))
    session = visit.session
    if session is not None and session.person_id is not None:
        visit.person = await visit.call(site.parts.people.session, session.person_id, session.epoch)
        if visit.person is None:
            visit.session = None
        else:
            visit.words = site.parts.words_for(visit.person.locale)
    return visit


async def _admit_form(visit: Visit, *, public: bool) -> None:
    limits = visit.parts.limits
    # Files are read from those who are signed in only.
    visit.form = await read_form(visit.request, limits.body_bytes, limits.upload_bytes if visit.person else 0)
    if not same_origin(visit.request, visit.parts.base_url):
        raise ForgedFormError
    if visit.session is None:
        raise ForgedFormError if public else NotSignedInError
    if not visit.site.sessions.csrf_matches(visit.session, visit.form.raw("csrf")):
        raise ForgedFormError
    visit.take_token()


def _renew(visit: Visit, response: Response) -> None:
    assert visit.session is not None
    renewed = visit.site.sessions.renewed(visit.session)
    if renewed is not None and "set-cookie" not in response.headers:
        visit.site.sessions.write(response, renewed)


def _words_of(site: Site, request: Request) -> Words:
    """Return words in the first language of ``Accept-Language`` that the pages speak, else in the network's."""
    for item in request.headers.get("accept-language", "").split(","):
        language = item.partition(";")[0].strip().partition("-")[0].lower()
        if language in LOCALES:
            return site.parts.words_for(language)
    return site.parts.words_for(site.parts.locale)


def sentence(words: Words, error: GuichetError) -> str:
    """Return what a refusal says to its reader."""
    return render_error(error, words)


def refusal(visit: Visit, error: GuichetError) -> Response:
    """Return the page of a refusal. What the person had typed is on it: nothing is ever lost."""
    status = status_of(error)
    response = visit.page(
        "refusal.html",
        status,
        kind=error.code if visit.words.has(f"web.refusal.{error.code}") else status,
        error=sentence(visit.words, error),
        typed=[value for value in visit.form.typed().values() if value.strip()],
    )
    seconds = error.data.get("seconds")
    if isinstance(seconds, int):
        response.headers["Retry-After"] = str(seconds)
    return response


def not_served(site: Site) -> Callable[[Request, Exception], Awaitable[Response]]:
    """Return what answers an address that does not exist or a method it does not take."""

    async def answer(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        visit = await enter(site, request)
        code = "not_found" if error.status_code < 405 else "form_incomplete"  # noqa: PLR2004
        page = visit.page(
            "refusal.html", error.status_code, kind=error.status_code, error=sentence(visit.words, GuichetError(code))
        )
        page.headers.update(error.headers or {})
        return page

    return answer


def failed(site: Site) -> Callable[[Request, Exception], Awaitable[Response]]:
    """Return what answers when something broke: a page that says so. The server logs the traceback."""

    async def answer(request: Request, error: Exception) -> Response:
        # The route, not the address: an address may hold a sign-in token.
        route = getattr(request.scope.get("route"), "path", None)
        log.error("web.page_failed", route=route, error=type(error).__name__)
        visit = Visit(site, request, _words_of(site, request))
        page = visit.page("failed.html", 500)
        # Starlette answers a failure outside its middlewares: the headers are set here again.
        protect(page.headers, secure=site.parts.secure_cookies)
        return page

    return answer
