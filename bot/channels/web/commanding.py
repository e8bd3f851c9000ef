"""Commands typed where one writes on the pages: what shows something opens its page, the others act as anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from bot.channel import Command
from bot.channels.web import links, tickets
from bot.channels.web.visit import go
from bot.commands import ABOUT_A_QUESTION, help_lines, of_command, typed_command

if TYPE_CHECKING:
    from starlette.responses import Response

    from bot.channels.web.visit import Visit
    from bot.commands import Order

HELP = "help"
_SHOWING = ("glossary", "data")
OWN = (HELP, *_SHOWING)
_SHOWN = {
    "help": f"/chat?done={HELP}#last",
    "mine": "/questions",
    "queue": "/queue",
    "board": "/board",
    "late": "/board",
    "invite": "/invitations",
    "data": "/me",
    "glossary": "/library",
}
_SHOWN_FOR = {"invite": "/invitations?name=", "glossary": "/library?q="}  # what follows the command
_SHOWN_ALONE = {"absence": ("/absences", "absence_declared"), "language": ("/me", "language_changed")}
# Where the question is found that a command leaves out.
_ABOUT_THE_QUEUE = frozenset({"take", "answer", "ask", "note", "pass", "propose"})
_ABOUT_THE_BOARD = frozenset({"reassign", "excuse"})
# What leaves the person on the ticket's page.
_ON_THE_TICKET = frozenset({"take", *links.FORMS})


def typed(text: str) -> tuple[str, str] | None:
    """Return the command that a text begins with, by a slash, and what follows it."""
    return typed_command(text, OWN)


def help_of(visit: Visit) -> tuple[str, ...]:
    """Return the commands that the visitor may type, each with what it does."""
    return help_lines(visit.me, visit.words, _SHOWING)


async def obey(visit: Visit, name: str, rest: str, about: int | None = None) -> Response:
    """Do what a command asks; ``about``: the question on whose page it was typed. Raises ``GuichetError``."""
    if name in _SHOWN:
        return go(_SHOWN_FOR[name] + quote(rest) if name in _SHOWN_FOR and rest else _SHOWN[name])
    order = of_command(_command(visit, name, rest))
    if about is not None and _leaves_its_question_out(order):
        rest = f"{about} {rest}"
        order = of_command(_command(visit, name, rest))
    page = _page_of(visit, order)
    if page is not None:
        return go(page)
    number = await visit.parts.handlers.handle(_command(visit, name, rest))
    if name in _SHOWN_ALONE:
        return go(_SHOWN_ALONE[name][0], done=_SHOWN_ALONE[name][1])
    if name in _ON_THE_TICKET and number is not None:
        outcome = await visit.parts.handlers.outcome(name, visit.account, number)
        return await tickets.leave(visit, number, links.FORMS.get(outcome, outcome))
    if about is None or number is None:
        return go("/chat", "last", sent=visit.form.key())
    return visit.taken(f"/questions/{number}", name, anchor="done")


def _leaves_its_question_out(order: Order) -> bool:
    """Tell whether an order names no question: the only number after « /noter » is how many stars."""
    return order.name in ABOUT_A_QUESTION and (order.ticket is None or (order.name == "rate" and not order.rest))


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
    if name == "ticket" or (name in links.FORMS and name != "pass" and not order.rest):
        return links.page_of(f"{name}:{order.number}", visit.me)
    return None
