"""The coordinator's board: what is late, at risk and open, what no channel would take, and the month's figures."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.channels.web.errors import status_of
from bot.channels.web.events import board_mark
from bot.channels.web.guard import sentence
from bot.channels.web.visit import go
from helpdesk.errors import GuichetError

if TYPE_CHECKING:
    from starlette.responses import Response

    from bot.channels.web.visit import Visit

# The sweep runs every twenty seconds: five minutes of silence is a fault to tell, not a delay.
SWEEP_SILENCE = dt.timedelta(minutes=5)
_REASON_CHARS = 200
_SPAN_CHARS = 40


@dataclass(frozen=True)
class Month:
    """A month of figures: its days up to now, and the months before and after it that have some."""

    first_day: dt.date
    last_day: dt.date
    before: dt.date | None
    after: dt.date | None


async def show(visit: Visit) -> Response:
    """Show the board."""
    return await _page(visit)


async def retry(visit: Visit) -> Response:
    """Try again to deliver a notice that no channel took."""
    await visit.call(visit.parts.coordinators.retry_delivery, visit.key, visit.account, visit.number("delivery"))
    return go("/board", done="retried")


async def close_days(visit: Visit) -> Response:
    """Close the desk on some days; the dates already promised move with it."""
    try:
        first, last = visit.form.day("first_day"), visit.form.day("last_day")
        reason = visit.form.text("reason", _REASON_CHARS)
        moved = await visit.call(
            visit.parts.coordinators.close_days,
            visit.key,
            visit.account,
            first,
            last,
            reason,
        )
    except GuichetError as error:
        return await _page(visit, error)
    return go("/board", done="closed_days", moved=moved)


async def reopen_days(visit: Visit) -> Response:
    """Take an announced closure back; the dates that it moved move again."""
    span, reason = visit.form.text("span", _SPAN_CHARS), visit.form.text("reason", _REASON_CHARS)
    moved = await visit.call(visit.parts.coordinators.reopen_days, visit.key, visit.account, span, reason)
    return go("/board", done="reopened", moved=moved)


async def _page(visit: Visit, error: GuichetError | None = None) -> Response:
    desk, now = visit.parts.coordinators, visit.parts.clock.now()
    board = await visit.call(desk.board, visit.account)
    today = now.astimezone(visit.words.zone).date()
    earliest = await visit.call(desk.first_due_day, visit.account)
    month = _month(visit.request.query_params.get("month", ""), earliest, today)
    return visit.page(
        "board.html",
        status_of(error) if error else 200,
        board=board,
        candidates=await visit.call(desk.candidates, visit.account),
        closures=await visit.call(desk.closures, visit.account),
        lessons=sum(count for _, count in await visit.call(visit.parts.lessons.waiting, visit.account)),
        figures=await visit.call(desk.figures, visit.account, month.first_day, month.last_day),
        month=month,
        themes=await visit.theme_labels(),
        sweep_silent=board.last_sweep is None or now - board.last_sweep > SWEEP_SILENCE,
        moved=visit.count("moved"),
        mark=board_mark(board),
        error=sentence(visit.words, error) if error else None,
        typed=visit.form.typed() if error else {},
    )


def _month(wanted: str, earliest: dt.date | None, today: dt.date) -> Month:
    """Return the month asked for, such as « 2026-11 »; the present one for other words or other times."""
    present = today.replace(day=1)
    oldest = min(earliest or today, today).replace(day=1)
    try:
        first = dt.date.fromisoformat(f"{wanted}-01")
    except ValueError:
        first = present
    if not oldest <= first <= present:
        first = present
    after = (first + dt.timedelta(days=31)).replace(day=1)
    return Month(
        first_day=first,
        last_day=min(after - dt.timedelta(days=1), today),
        before=(first - dt.timedelta(days=1)).replace(day=1) if first > oldest else None,
        after=after if first < present else None,
    )
