"""The library: searching it, and one entry with its doubt, its sources and its dates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.channels.web.visit import go
from helpdesk.errors import InvalidInputError, NotFoundError

if TYPE_CHECKING:
    from starlette.responses import Response

    from bot.channels.web.visit import Visit
    from knowledge.entry import Entry

_QUERY_CHARS = 300
_WORDING_CHARS = 300
_NAME = re.compile(r"[a-z0-9-]{1,80}")


async def search(visit: Visit) -> Response:
    """Show the entries nearest to what is looked for."""
    query = visit.request.query_params.get("q", "").replace("\x00", "").strip()[:_QUERY_CHARS]
    if query:
        visit.take_token()
    found = await visit.call(visit.parts.desk.search_entries, query) if query else ()
    waiting = await visit.call(_waiting, visit)
    return visit.page("library.html", wanted=query, found=found, waiting=waiting)


async def show(visit: Visit) -> Response:
    """Show one entry."""
    name = visit.request.path_params["entry"]
    if not _NAME.fullmatch(name):
        raise NotFoundError("no_such_entry", entry=name)
    return await _page(visit, name)


async def review(visit: Visit) -> Response:
    """Keep what a member taught of an entry, with its wording as corrected in the form, or set it aside."""
    decision = visit.form.raw("decision")
    if decision not in {"keep", "aside"}:
        raise InvalidInputError("choice_missing", field="decision")
    corrected = decision == "keep" and "wording" in visit.form.typed()
    entry = await visit.call(
        visit.parts.lessons.decide,
        visit.key,
        visit.account,
        visit.number("lesson"),
        keep=decision == "keep",
        text=visit.form.text("wording", _WORDING_CHARS) if corrected else None,
    )
    return go(f"/entries/{entry}", anchor="lessons")


async def _page(visit: Visit, name: str) -> Response:
    entry = await visit.call(visit.parts.desk.entry, name)
    today = visit.parts.clock.now().astimezone(visit.words.zone).date()
    return visit.page(
        "entry.html",
        entry=entry,
        holds=entry.holds_on(today),
        related=await visit.call(_related, visit, entry),
        themes=await visit.theme_labels(),
        lessons=await visit.call(visit.parts.lessons.of_entry, visit.account, name),
    )


def _waiting(visit: Visit) -> list[tuple[Entry, int]]:
    """Return the entries whose verdicts wait for a review, with how many."""
    return [(visit.parts.desk.entry(name), count) for name, count in visit.parts.lessons.waiting(visit.account)]


def _related(visit: Visit, entry: Entry) -> list[Entry]:
    found = []
    for other in entry.see_also:
        try:
            found.append(visit.parts.desk.entry(other))
        except NotFoundError:  # no longer published
            continue
    return found
