"""``/events``: tells a page that it is out of date; the page then fetches itself and keeps what is typed."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.responses import Response, StreamingResponse

from helpdesk.errors import GuichetError, InvalidInputError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bot.channels.web.visit import Visit
    from helpdesk.views import Board, Line, TicketLine, TicketView

HEARTBEAT_SECONDS = 15.0
_RETRY_MILLISECONDS = 3000
_NO_RECONNECTION = 204
_NUMBER = re.compile(r"[0-9]{1,9}")


async def stream(visit: Visit) -> Response:
    """Serve ``/events?view=…&seen=…``: the view to watch and the mark of the page that asks."""
    view = visit.request.query_params.get("view", "")
    seen = visit.request.headers.get("last-event-id") or visit.request.query_params.get("seen", "")
    await mark(visit, view)  # refuses a view that is not the visitor's before anything is streamed
    if visit.site.live.closed or visit.request.method == "HEAD":
        return Response(status_code=_NO_RECONNECTION)
    return StreamingResponse(_changes(visit, view, seen), media_type="text/event-stream")


async def mark(visit: Visit, view: str) -> str:
    """Return the present mark of a view. Raises ``InvalidInputError`` for a view that does not exist."""
    kind, _, number = view.partition(":")
    if kind == "chat":
        return chat_mark(await visit.call(visit.parts.desk.conversation, visit.account, visit.address))
    if kind == "queue":
        return queue_mark(await visit.call(visit.parts.experts.queue, visit.account))
    if kind == "board":
        return board_mark(await visit.call(visit.parts.coordinators.board, visit.account))
    if kind == "ticket" and _NUMBER.fullmatch(number):
        return ticket_mark(await visit.call(visit.parts.desk.ticket, visit.account, int(number)))
    raise InvalidInputError("form_incomplete")


def chat_mark(lines: Sequence[Line]) -> str:
    """Return what changes exactly when the conversation does: a new line, or buttons that no longer act."""
    return _digest([(line.order, line.current) for line in lines])


def queue_mark(lines: Sequence[TicketLine]) -> str:
    """Return what changes exactly when the queue does."""
    return _digest(lines)


def board_mark(board: Board) -> str:
    """Return what changes when the board has something new; the last sweep moves all the time and decides nothing."""
    return _digest(replace(board, last_sweep=None))


def ticket_mark(view: TicketView) -> str:
    """Return what changes when a ticket does; time passing is not a change."""
    line = view.line
    return _digest((line.state, line.cycle, line.assignee_id, line.due_at, line.theme, line.late, view.messages))


def _digest(state: object) -> str:
    return hashlib.blake2b(repr(state).encode(), digest_size=9).hexdigest()


async def _changes(visit: Visit, view: str, seen: str) -> AsyncIterator[str]:
    live, person = visit.site.live, str(visit.me.id)
    with live.listening(person) as admitted:
        yield f"retry: {_RETRY_MILLISECONDS}\n\n"
        while admitted and not live.closed:
            number = live.number(person)
            try:
                now = await mark(visit, view)
            except GuichetError:
                return  # no longer the visitor's to see
            if now != seen:
                seen = now
                yield f"event: changed\nid: {now}\ndata: {view}\n\n"
            elif not await live.wait(person, number, HEARTBEAT_SECONDS):
                if not await _still_signed_in(visit):
                    return
                yield ": still here\n\n"


async def _still_signed_in(visit: Visit) -> bool:
    session = visit.session
    if session is None or session.person_id is None:
        return False
    return await visit.call(visit.parts.people.session, session.person_id, session.epoch) is not None
