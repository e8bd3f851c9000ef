"""Commands typed where one writes on the pages: what shows something opens its page, the others act as anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from bot.channel import Command
from bot.channels.web import links, tickets
from bot.channels.web.visit import go
from bot.commands import ABOUT_A_QUESTION, of_command, typed_command

if TYPE_CHECKING:
    from starlette.responses import Response

    from bot.channels.web.visit import Visit
    from bot.commands import Order

OWN = ("help", "glossary", "data")
_SHOWN = {
    "help": "/questions?done=help",
    "mine": "/questions",
    "queue": "/queue",
    "board": "/board",
    "late": "/board",
    "invite": "/invitations",
    "data": "/me",
    "glossary": "/library",
}
_SHOWN_ALONE = {"absence": ("/absences", "absence_declared"), "language": ("/me", "language_changed")}
# Where the question is found that a command leaves out.
_ABOUT_THE_QUEUE = frozenset({"take", "answer", "ask", "note", "pass", "propose"})
_ABOUT_THE_BOARD = frozenset({"reassign", "excuse"})
# What is done with a ticket's page: the form of each, and what is said once it is done.
_FORMS = {"ask": "ask_member"} | {
    name: name for name in ("take", "answer", "note", "pass", "propose", "reassign", "excuse")
}
_ACT_ALONE = frozenset({"take", "pass"})


def typed(text: str) -> tuple[str, str] | None:
    """Return the command that a text begins with, by a slash, and what follows it."""
    return typed_command(text, OWN)


async def obey(visit: Visit, name: str, rest: str, about: int | None = None) -> Response:
    """Do what a command asks; ``about``: the question on whose page it was typed. Raises ``GuichetError``."""
    if name in _SHOWN:
        return go(f"/library?q={quote(rest)}" if name == "glossary" and rest else _SHOWN[name])
    order = of_command(_command(visit, name, rest))
    if name in ABOUT_A_QUESTION and order.ticket is None and about is not None:
        rest = f"{about} {rest}"
        order = of_command(_command(visit, name, rest))
    page = _page_of(visit, order)
    if page is not None:
        return go(page)
    number = await visit.parts.handlers.handle(_command(visit, name, rest))
    if name in _SHOWN_ALONE:
        return go(_SHOWN_ALONE[name][0], done=_SHOWN_ALONE[name][1])
    if name in _FORMS and number is not None:
        outcome = await visit.parts.handlers.outcome(name, visit.account, number)
        return await tickets.leave(visit, number, _FORMS.get(outcome, outcome))
    return go("/chat" if about is None or number is None else f"/questions/{number}", "last", sent=visit.form.key())


def _command(visit: Visit, name: str, rest: str) -> Command:
    return Command(visit.key, visit.account, visit.address, name, rest, files=visit.form.files)


def _page_of(visit: Visit, order: Order) -> str | None:
    """Return the page that an order opens; None when it acts. Raises ``InvalidInputError`` (``number_missing``…)."""
    name = order.name
    if name in _SHOWN_ALONE and not order.rest:
        return _SHOWN_ALONE[name][0]
    if name == "entry":
        return links.page_of(f"entry:{quote(order.text.removeprefix('entry:'))}", visit.me)
    if name in ABOUT_A_QUESTION and order.ticket is None and not order.rest:
        listed = "/queue" if name in _ABOUT_THE_QUEUE else "/board" if name in _ABOUT_THE_BOARD else "/questions"
        return f"{listed}?done=which"
    if name == "ticket":
        return links.page_of(f"ticket:{order.number}", visit.me)
    if name in _FORMS and name not in _ACT_ALONE and not order.rest:
        return f"/tickets/{order.number}?do={_FORMS[name]}#{_FORMS[name]}"
    return None
