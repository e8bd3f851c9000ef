"""Updates that Telegram brings by itself: answered 200 once they are kept, and only when the secret is right.

What is not kept yet, the database being away or slow, is answered 503 in time: Telegram brings it again.
"""

from __future__ import annotations

import hmac
import json
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


def route(secret: str, running: Callable[[], tuple[Bot, Callable[[Update], Awaitable[bool]]] | None]) -> Route:
    """Return the route that Telegram calls; ``running`` gives the bot and what finishes an update, None when down."""

    async def receive(request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), secret.encode()):
            return PlainTextResponse("", 403)
        body = await _body(request)
        if body is None:
            return PlainTextResponse("", 413)
        service = running()
        if service is None:
            # Telegram brings it again.
            return PlainTextResponse("", 503)
        bot, finish = service
        kept = await finish(Update.de_json(json.loads(body), bot))
        return PlainTextResponse("", 200 if kept else 503)

    return Route(PATH, receive, methods=["POST"])


async def _body(request: Request) -> bytes | None:
    """Return what was sent, measured as it is read; None when it is longer than any update."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            return None
    return bytes(body)
