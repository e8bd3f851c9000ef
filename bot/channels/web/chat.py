"""The chat: what the member wrote and was told, the composer, and the buttons of the cards."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.channel import Capability, Pressed, Said
from bot.channels.web import commanding, links, questions
from bot.channels.web.errors import status_of
from bot.channels.web.events import chat_mark
from bot.channels.web.guard import sentence
from bot.channels.web.visit import go
from helpdesk.errors import GuichetError
from helpdesk.notices import NoticeKind

if TYPE_CHECKING:
    import datetime as dt

    from starlette.responses import Response

    from bot.channel import Rendered
    from bot.channels.web.links import Press
    from bot.channels.web.visit import Visit
    from helpdesk.views import Line

CAPABILITIES = Capability.BUTTONS | Capability.MARKUP | Capability.MAILBOX | Capability.LONG_TEXT
RECENT_LINES = 60
_QUESTION_PAGE = re.compile(r"/questions/([0-9]{1,9})")


@dataclass(frozen=True)
class Item:
    """One line of the conversation as the page shows it: ``id`` is stable, ``mark`` changes when it must be redrawn.

    ``day`` is the line's date in the network's zone.
    """

    id: str
    mark: str
    line: Line
    rendered: Rendered | None
    presses: tuple[Press, ...]
    day: dt.date
    first_of_day: bool


async def show(visit: Visit) -> Response:
    """Show the conversation, its end by default."""
    return await _page(visit)


async def say(visit: Visit) -> Response:
    """Take what the member typed: words, or a command."""
    try:
        text = visit.text("text")
        if (command := commanding.typed(text)) is not None:
            return await commanding.obey(visit, *command)
        said = Said(visit.key, visit.account, visit.address, text=text, files=visit.form.files)
        await visit.parts.handlers.handle(said)
    except GuichetError as error:
        return await _page(visit, error)
    return go("/chat", anchor="last")


async def press(visit: Visit) -> Response:
    """Take a button pressed on the chat or on a question's page, and come back to it."""
    from_question = _QUESTION_PAGE.fullmatch(visit.form.raw("back"))
    try:
        pressed = Pressed(visit.key, visit.account, visit.address, action=visit.form.raw("action"))
        await visit.parts.handlers.handle(pressed)
    except GuichetError as error:
        return await (questions.page(visit, int(from_question[1]), error) if from_question else _page(visit, error))
    if from_question:
        return visit.taken(from_question[0], pressed.action.partition(":")[0], anchor="done")
    return go("/chat", anchor="last")


async def _page(visit: Visit, error: GuichetError | None = None) -> Response:
    lines = await visit.call(visit.parts.desk.conversation, visit.account, visit.address)
    everything = "all" in visit.request.query_params
    shown = lines if everything else lines[-RECENT_LINES:]
    return visit.page(
        "chat.html",
        status_of(error) if error else 200,
        items=_items(visit, shown),
        today=visit.parts.clock.now().astimezone(visit.words.zone).date(),
        earlier=len(lines) - len(shown),
        mark=chat_mark(lines),
        error=sentence(visit.words, error) if error else None,
        wrong=error.data.get("field") if error else None,
        typed=visit.form.typed() if error else {},
        helped=commanding.help_of(visit) if visit.request.query_params.get("done") == commanding.HELP else (),
    )


def _items(visit: Visit, lines: tuple[Line, ...]) -> list[Item]:
    days = [line.at.astimezone(visit.words.zone).date() for line in lines]
    return [
        _item(visit, line, day, first_of_day=day != before)
        for line, day, before in zip(lines, days, [None, *days], strict=False)
    ]


def _item(visit: Visit, line: Line, day: dt.date, *, first_of_day: bool) -> Item:
    if line.kind is None or line.data is None:
        at, _, number = line.order
        name = f"said-{int(at.timestamp())}-{line.ticket_id or 0}-{number}"
        return Item(name, "said", line, None, (), day, first_of_day)
    rendered = visit.parts.renderer.render(
        NoticeKind(line.kind),
        line.data,
        line.ticket_id,
        visit.words,
        CAPABILITIES,
        line.at,
    )
    presses = links.presses(rendered, visit.me, acts=line.current)
    mark = "current" if line.current else "past"
    return Item(f"notice-{line.notice_id}", mark, line, rendered, presses, day, first_of_day)
