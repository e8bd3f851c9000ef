"""What the options of commands suggest as one types: questions, entries, people, organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channels.discord import places
from bot.commands import plain_word
from bot.render.markup import plain_excerpt
from helpdesk.errors import GuichetError
from helpdesk.model import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import discord

    from bot.channels.discord.context import Context
    from helpdesk.model import AccountRef, Person
    from helpdesk.views import TicketLine

_LABEL_LENGTH = 95
_LISTED = 25
_OF_EVERYBODY = frozenset({"reassign", "absences"})
_FOR_EXPERTS = frozenset({"take", "answer", "note", "pass"})

Choices = list[tuple[str, str]]


class Suggesting:
    """Suggests; the core says what each may know."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._parts = context.parts

    async def of(self, user: discord.User | discord.Member, name: str, option: str, typed: str) -> Choices:
        """Return labels with their values, the nearest first."""
        account = places.account(user.id)
        person = await self._context.known(account)
        work: Callable[[], Choices]
        if option == "organisation":
            work = lambda: self._organisations(typed)  # noqa: E731 - one of four ways
        elif person is None:
            return []
        elif option == "number":
            work = lambda: self._questions(account, person, name, typed)  # noqa: E731 - the same
        elif option == "person":
            work = lambda: self._people(account, name, typed)  # noqa: E731 - the same
        elif option == "who":
            work = lambda: self._invited(account, typed)  # noqa: E731 - the same
        else:
            work = lambda: self._entries(typed, as_word=name == "glossary")  # noqa: E731 - the same
        try:
            return (await self._context.in_thread(work))[:_LISTED]
        except GuichetError:
            return []

    def _questions(self, account: AccountRef, person: Person, name: str, typed: str) -> Choices:
        lines: list[TicketLine] = []
        if name == "excuse":
            lines += self._parts.coordinators.unexplained(account)
        elif name == "reassign":
            board = self._parts.coordinators.board(account)
            lines += [*board.late, *board.at_risk, *board.open]
        elif name in _FOR_EXPERTS or (name == "ticket" and person.has(Role.expert, Role.coordinator)):
            lines += self._parts.experts.queue(account)
        if name == "ticket":
            lines += self._parts.desk.my_questions(account)
        words = self._context.words_of(person)
        labels = {line.id: words("discord.suggested", number=line.id, question=line.question) for line in lines}
        found = {number: plain_excerpt(label, _LABEL_LENGTH) for number, label in labels.items()}
        return _near(((label, str(number)) for number, label in found.items()), typed)

    def _people(self, account: AccountRef, name: str, typed: str) -> Choices:
        everybody = name in _OF_EVERYBODY
        people = self._parts.coordinators.people(account) if everybody else self._parts.experts.colleagues(account, 0)
        return _near(((line.name, str(line.id)) for line in people), typed)

    def _invited(self, account: AccountRef, typed: str) -> Choices:
        """Return the organisations that somebody may be invited into, by name; people are named in full."""
        self._parts.coordinators.people(account)  # of no use to others, who are refused
        return [(label, label) for label, _ in self._organisations(typed)]

    def _entries(self, typed: str, *, as_word: bool) -> Choices:
        if not typed.strip():
            return []
        found = self._parts.desk.search_entries(typed)
        labels = [(plain_excerpt(item.title, _LABEL_LENGTH), item.entry_id) for item in found]
        return [(label, label) for label, _ in labels] if as_word else labels

    def _organisations(self, typed: str) -> Choices:
        if not typed.strip():
            return []
        return [
            (plain_excerpt(line.name, _LABEL_LENGTH), str(line.id)) for line in self._parts.joining.organisations(typed)
        ]


def _near(choices: Iterable[tuple[str, str]], typed: str) -> Choices:
    wanted = plain_word(typed)
    return [(label, value) for label, value in choices if wanted in plain_word(label)]
