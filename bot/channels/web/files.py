"""The files of a question, given to whoever may read the message that brought them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import Response

if TYPE_CHECKING:
    from bot.channels.web.visit import Visit


async def show(visit: Visit) -> Response:
    """Give a file to keep: it is never opened in our pages, whatever it says it is."""
    file = await visit.call(visit.parts.attachments.read_as, visit.account, visit.number("file"))
    return Response(
        file.data,
        media_type=file.media_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
            "X-Content-Type-Options": "nosniff",
        },
    )
