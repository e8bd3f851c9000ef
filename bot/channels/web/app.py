"""Composes the pages into one Starlette application."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.channels.web import (
    absences,
    auth,
    board,
    candidates,
    chat,
    events,
    files,
    guard,
    invitations,
    library,
    me,
    questions,
    tickets,
)
from bot.channels.web.live import Live
from bot.channels.web.security import ProtectedHeaders, RateLimiter
from bot.channels.web.sessions import Sessions
from bot.channels.web.templating import STATIC, environment
from bot.channels.web.typography import page_words
from bot.channels.web.visit import Site, go

if TYPE_CHECKING:
    from os import PathLike

    from starlette.responses import Response
    from starlette.types import Scope

    from bot.channels.web.guard import Endpoint
    from bot.channels.web.parts import WebParts
    from bot.channels.web.visit import Visit

_PAGES: tuple[tuple[str, str, Endpoint], ...] = (
    ("GET", "/", auth.home),
    ("POST", "/signout", auth.sign_out),
    ("GET", "/chat", chat.show),
    ("POST", "/chat", chat.say),
    ("POST", "/press", chat.press),
    ("GET", "/events", events.stream),
    ("GET", "/questions", questions.index),
    ("GET", "/questions/{ticket:int}", questions.show),
    ("POST", "/questions/{ticket:int}", questions.reply),
    ("GET", "/queue", tickets.queue),
    ("GET", "/tickets/{ticket:int}", tickets.show),
    ("POST", "/tickets/{ticket:int}/{verb}", tickets.act),
    ("GET", "/files/{file:int}", files.show),
    ("GET", "/absences", absences.show),
    ("POST", "/absences", absences.declare),
    ("POST", "/absences/{absence:int}/cancel", absences.cancel),
    ("GET", "/board", board.show),
    ("POST", "/board/deliveries/{delivery:int}", board.retry),
    ("POST", "/board/closures", board.close_days),
    ("POST", "/board/closures/cancel", board.reopen_days),
    ("GET", "/invitations", invitations.show),
    ("POST", "/invitations", invitations.make),
    ("GET", "/candidates/{candidate:int}", candidates.show),
    ("POST", "/candidates/{candidate:int}", candidates.decide),
    ("GET", "/library", library.search),
    ("GET", "/entries/{entry}", library.show),
    ("POST", "/lessons/{lesson:int}", library.review),
    ("GET", "/me", me.show),
    ("POST", "/me/language", me.change_language),
    ("GET", "/me/export", me.export),
    ("POST", "/me/sessions", me.end_sessions),
    ("POST", "/me/invitation", invitations.make_own),
    ("POST", "/me/erase", me.erase),
)
# A refused form leaves its own address in the browser: looked at again, it leads back to its page.
_BACK: tuple[tuple[str, str], ...] = (
    ("/press", "/chat"),
    ("/tickets/{ticket:int}/{verb}", "/tickets/{ticket}"),
    ("/board/closures", "/board"),
    ("/me/language", "/me"),
    ("/me/invitation", "/me"),
    ("/me/erase", "/me"),
)
_PUBLIC_PAGES: tuple[tuple[str, str, Endpoint], ...] = (
    ("GET", "/signin", auth.explain),
    ("GET", "/signin/{token}", auth.offer),
    ("POST", "/signin/{token}", auth.sign_in),
    ("GET", "/join/{code}", invitations.offer),
    ("POST", "/join/{code}", invitations.enter),
)


class _Static(StaticFiles):
    """Files whose address changes with their content, so that a browser may keep them."""

    def file_response(
        self,
        full_path: str | PathLike[str],
        stat_result: object,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def create_web(parts: WebParts) -> Starlette:
    """Return the pages, and ``parts.routes`` beside them, as one application.

    Its ``state.live`` is what ``WebChannel`` wakes when it accepts a notice.
    """
    parts = replace(parts, words_for=page_words(parts.words_for))
    site = Site(
        parts=parts,
        templates=environment(),
        sessions=Sessions(parts.secret, parts.clock, secure=parts.secure_cookies, days=parts.limits.session_days),
        limiter=RateLimiter(parts.limits.posts_per_minute, parts.clock.monotonic),
        live=Live(parts.pulse, parts.limits.streams_per_person),
    )
    web = Starlette(
        routes=[*parts.routes, *_routes(site), Mount("/static", _Static(directory=STATIC))],
        middleware=[Middleware(ProtectedHeaders, secure=parts.secure_cookies)],
        exception_handlers={HTTPException: guard.not_served(site), Exception: guard.failed(site)},
    )
    web.state.live = site.live
    return web


def _back(page: str) -> Endpoint:
    async def lead(visit: Visit) -> Response:
        return go(page.format(**visit.request.path_params))

    return lead


def _routes(site: Site) -> list[Route]:
    pages = (*_PAGES, *(("GET", path, _back(page)) for path, page in _BACK))
    return [
        Route(path, guard.guarded(site, endpoint, public=public), methods=[method])
        for public, some in ((False, pages), (True, _PUBLIC_PAGES))
        for method, path, endpoint in some
    ]
