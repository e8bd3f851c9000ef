"""What the forms of a ticket's page do: one use case each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from helpdesk.experts import Put

if TYPE_CHECKING:
    from bot.channels.web.visit import Visit

_TITLE_CHARS = 200
_SOURCES_CHARS = 2000


def _put(visit: Visit) -> Put:
    return Put(visit.form.files, seen=visit.form.optional_number("answers"))


async def _take(visit: Visit, ticket: int) -> None:
    await visit.call(visit.parts.experts.take, visit.key, visit.account, ticket)


async def _pass_on(visit: Visit, ticket: int) -> None:
    to = visit.form.optional_number("to")
    await visit.call(visit.parts.experts.pass_on, visit.key, visit.account, ticket, to)


async def _ask_member(visit: Visit, ticket: int) -> None:
    await visit.call(
        visit.parts.experts.ask_member, visit.key, visit.account, ticket, visit.text("text"), put=_put(visit)
    )


async def _note(visit: Visit, ticket: int) -> None:
    await visit.call(visit.parts.experts.note, visit.key, visit.account, ticket, visit.text("text"), put=_put(visit))


async def _answer(visit: Visit, ticket: int) -> None:
    await visit.call(visit.parts.experts.answer, visit.key, visit.account, ticket, visit.text("text"), put=_put(visit))


async def _answer_by_hand(visit: Visit, ticket: int) -> None:
    text, at = visit.text("text"), visit.form.moment("at", visit.words.zone)
    await visit.call(visit.parts.experts.answer_by_hand, visit.key, visit.account, ticket, text, at, _put(visit))


async def _set_theme(visit: Visit, ticket: int) -> None:
    await visit.call(visit.parts.experts.set_theme, visit.key, visit.account, ticket, visit.form.raw("theme"))


async def _propose(visit: Visit, ticket: int) -> None:
    title, body = visit.form.text("title", _TITLE_CHARS), visit.text("body")
    sources = visit.form.lines("sources", _SOURCES_CHARS)
    await visit.call(visit.parts.experts.propose_entry, visit.key, visit.account, ticket, title, body, sources)


async def _reassign(visit: Visit, ticket: int) -> None:
    await visit.call(visit.parts.coordinators.reassign, visit.key, visit.account, ticket, visit.form.number("to"))


async def _excuse(visit: Visit, ticket: int) -> None:
    cycle, reason = visit.form.number("cycle"), visit.text("reason")
    await visit.call(visit.parts.coordinators.excuse, visit.key, visit.account, ticket, cycle, reason)


ACTS: dict[str, Callable[[Visit, int], Awaitable[None]]] = {
    "take": _take,
    "pass": _pass_on,
    "ask_member": _ask_member,
    "note": _note,
    "answer": _answer,
    "answer_by_hand": _answer_by_hand,
    "set_theme": _set_theme,
    "propose": _propose,
    "reassign": _reassign,
    "excuse": _excuse,
}
