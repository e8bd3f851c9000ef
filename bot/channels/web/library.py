"""The library: searching it, and one entry with its doubt, its sources and its dates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from helpdesk.errors import NotFoundError

if TYPE_CHECKING:
    from starlette.responses import Response

    from bot.channels.web.visit import Visit
    from knowledge.entry import Entry

_QUERY_CHARS = 300
_NAME = re.compile(r"[a-z0-9-]{1,80}")


async def search(visit: Visit) -> Response:
    """Show the entries nearest to what is looked for."""
    query = visit.request.query_params.get("q", "").replace("\x00", "").strip()[:_QUERY_CHARS]
    if query:
        visit.take_token()
    found = await visit.call(visit.parts.desk.search_entries, query) if query else ()
    return visit.page("library.html", wanted=query, found=found)


async def show(visit: Visit) -> Response:
    """Show one entry."""
    name = visit.request.path_params["entry"]
    if not _NAME.fullmatch(name):
        raise NotFoundError("no_such_entry", entry=name)
    entry = await visit.call(visit.parts.desk.entry, name)
    today = visit.parts.clock.now().astimezone(visit.words.zone).date()
    return visit.page(
        "entry.html",
        entry=entry,
        holds=entry.holds_on(today),
        related=await visit.call(_related, visit, entry),
        themes=await visit.theme_labels(),
    )


def _related(visit: Visit, entry: Entry) -> list[Entry]:
    found = []
    for other in entry.see_also:
        try:
            found.append(visit.parts.desk.entry(other))
        except NotFoundError:  # no longer published
            continue
    return found
