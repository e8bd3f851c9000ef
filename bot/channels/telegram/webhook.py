"""Updates that Telegram brings by itself: answered 200 once they are kept, and only when the secret is right."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse
from starlette.routing import Route
from telegram import Update

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response
    from telegram import Bot

PATH = "/telegram/updates"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
LONGEST_BODY = 1024 * 1024


def route(secret: str, running: Callable[[], tuple[Bot, Callable[[Update], Awaitable[None]]] | None]) -> Route:
    """Return the route that Telegram calls; ``running`` gives the bot and what finishes an update, None when down."""

    async def receive(request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), secret.encode()):
            return PlainTextResponse("", 403)
        if int(request.headers.get("content-length") or 0) > LONGEST_BODY:
            return PlainTextResponse("", 413)
        service = running()
        if service is None:
            # Telegram brings it again.
            return PlainTextResponse("", 503)
        bot, finish = service
        await finish(Update.de_json(await request.json(), bot))
        return PlainTextResponse("")

    return Route(PATH, receive, methods=["POST"])
