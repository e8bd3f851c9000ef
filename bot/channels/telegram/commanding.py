"""Commands typed in Telegram: the house's own, and those that only make sense here."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.channel import Button, ChannelError, Command
from bot.channels.telegram.choosing import CHOSEN, Choosing
from bot.channels.telegram.context import privately
from bot.channels.telegram.menu import names_for, word_for
from bot.channels.telegram.writing import AWAITED, DRAFTED
from bot.commands import ABOUT_A_QUESTION, command_words, of_command, plain_word
from bot.glossary import look_up
from bot.render.markup import escape, plain_excerpt
from bot.standing import Standing
from bot.words import LOCALES
from helpdesk.errors import GuichetError, InvalidInputError
from helpdesk.model import Role

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.channels.telegram.context import Context
    from bot.channels.telegram.incoming import Heard
    from bot.channels.telegram.menu import Menu
    from bot.channels.telegram.showing import Showing
    from bot.channels.telegram.writing import Writing
    from bot.words import Words
    from helpdesk.model import Person

OWN = ("start", "help", "glossary", "data")
IN_PUBLIC = frozenset({"question", "glossary", "entry", "help", "start"})  # the rest is between the person and us
WRITTEN_IN_TOPIC = DRAFTED | {"note"}
_LABEL_LENGTH = 55


class Commanding:
    """Obeys commands."""

    def __init__(self, context: Context, writing: Writing, showing: Showing, menu: Menu) -> None:
        self._context = context
        self._parts = context.parts
        self._writing = writing
        self._showing = showing
        self._menu = menu
        self._standing = Standing(context.parts.desk)
        self._choosing = Choosing(context)
        self._own: dict[str, Callable[[Heard, Person, Words], Awaitable[None]]] = {
            "start": self._start,
            "help": self._help,
            "glossary": self._glossary,
            "data": self._data,
            "language": self._language,
            "reassign": self._reassign,
        }

    def is_for_another(self, said: Heard) -> bool:
        """Tell whether a group's command is some other bot's: we have none of this name, and it does not name us."""
        return not said.private and said.command is not None and not said.named and self._name(said) is None

    async def obey(self, said: Heard, person: Person, words: Words) -> None:
        """Do what a command asks."""
        name = self._name(said)
        in_its_topic = said.about is not None and name in ABOUT_A_QUESTION
        in_public = name is None or name in IN_PUBLIC
        here = said if said.private or in_public or in_its_topic else privately(said)
        try:
            if name is None:
                raise InvalidInputError("unknown_command", name=said.command)
            if in_its_topic and _is_without_number(here, name):
                here = replace(here, text=f"{said.about} {said.text}".strip())
            if name in CHOSEN and _is_without_number(here, name):
                await self._choosing.propose(here, name, person, words)
            elif name in self._own:
                await self._own[name](here, person, words)
            else:
                await self._do(here, name, words)
        except GuichetError as error:
            await self._context.refuse(here, error, words)

    def _name(self, said: Heard) -> str | None:
        return command_words(OWN).get(plain_word(said.command or ""))

    async def _do(self, said: Heard, name: str, words: Words) -> None:
        command = Command(said.key, said.account, said.address, name, said.text, at=said.at)
        if name in AWAITED and await self._await_text(said, command, words):
            return
        seen = await self._parts.handlers.look(command)
        if seen is not None:
            await self._showing.show(said.address, seen, words)
        else:
            await self._writing.order(said, name, said.text, words)

    async def _await_text(self, said: Heard, command: Command, words: Words) -> bool:
        """Begin to await the text of a command that came without; False when it has one.

        In a question's topic nothing is awaited: whatever is written there is a draft for it.
        """
        order = of_command(command)
        if order.rest or said.files or (command.name in ABOUT_A_QUESTION and order.ticket is None):
            return False
        if said.about is not None and command.name in WRITTEN_IN_TOPIC:
            await self._context.reply(said, words("telegram.room.write"))
            return True
        if order.ticket is not None:
            await self._standing.check(said.account, order.ticket, command.name)
        address = privately(said).address if said.about is not None else said.address
        await self._writing.await_text(said.account, address, command.name, order.ticket or 0, words)
        return True

    async def _start(self, said: Heard, person: Person, words: Words) -> None:
        await self._context.reply(said, words("telegram.start", name=escape(person.name)))

    async def _help(self, said: Heard, person: Person, words: Words) -> None:
        lines = [
            words("telegram.help_line", command=word_for(name, words), what=words(f"telegram.menu.{name}"))
            for name in names_for(person)
        ]
        parts = [words("telegram.help"), "\n".join(f"- {line}" for line in lines).replace("_", "\\_")]
        if person.has(Role.expert, Role.coordinator):
            parts.append(words("telegram.help_expert"))
        await self._context.reply(said, "\n\n".join(parts))

    async def _glossary(self, said: Heard, _person: Person, words: Words) -> None:
        """Explain a word: its own entry; else what an acronym stands for, and the nearest entries to choose from."""
        if not said.text:
            await self._context.reply(said, words("telegram.glossary.how"))
            return
        told = await self._context.in_thread(lambda: look_up(self._parts.desk, said.text))
        if told.entry is not None:
            await self._showing.show(said.address, told.entry, words)
            return
        text = words(told.words_key, text=escape(said.text[:80]), meaning=escape(told.meaning or ""))
        rows = [[Button(plain_excerpt(entry.title, _LABEL_LENGTH), f"entry:{entry.id}")] for entry in told.near[:5]]
        await self._context.reply(said, text, rows)

    async def _data(self, said: Heard, _person: Person, words: Words) -> None:
        """Give a person all that is held about them, and the way to have it erased."""
        held = await self._context.in_thread(lambda: self._parts.privacy.export(said.account))
        waiting = await self._context.in_thread(lambda: self._parts.privacy.open_questions(said.account))
        data = json.dumps(held, ensure_ascii=False, indent=2).encode()
        try:
            await self._context.out.document(said.address, "guichet.json", data)
        except ChannelError as error:
            raise InvalidInputError("file_not_sent") from error
        rows = [[Button(words("chat.button.erase"), "erase:ask")]]
        text = words("chat.data")
        if waiting:
            text = f"{text}\n\n{words.plural('telegram.data_open', waiting)}"
        await self._context.reply(said, text, rows)

    async def _language(self, said: Heard, _person: Person, words: Words) -> None:
        if said.text:
            command = Command(said.key, said.account, said.address, "language", said.text)
            await self._parts.handlers.handle(command)
            person = await self._context.person(said.account)
            assert person is not None
            await self._menu.fit(said.account.external_id, person, chosen=True)
            await self._context.reply(said, self._context.words_of(person)("console.done.language"))
            return
        row = [Button(words(f"chat.language.{locale}"), f"lang:{locale}") for locale in LOCALES]
        await self._context.reply(said, words("chat.language"), [row])

    async def _reassign(self, said: Heard, _person: Person, words: Words) -> None:
        """Give a question to the person named, or propose people to press."""
        order = of_command(Command(said.key, said.account, said.address, "reassign", said.text))
        if order.rest:
            await self._writing.order(said, "reassign", said.text, words)
            return
        await self._standing.check_with_experts(said.account, order.number)
        people = await self._context.in_thread(lambda: self._parts.coordinators.people(said.account))
        rows = people_rows(people, "reassign", order.number, words)
        await self._context.reply(said, words("chat.reassign", number=order.number), rows)


def _is_without_number(said: Heard, name: str) -> bool:
    return of_command(Command(said.key, said.account, said.address, name, said.text)).ticket is None


def people_rows(people: object, verb: str, ticket: int, words: Words) -> list[list[Button]]:
    """Return one button per person: their name, their load, and whether they are away."""
    assert isinstance(people, list | tuple)
    return [
        [
            Button(
                words(
                    "chat.person_away" if person.away else "chat.person",
                    name=person.name,
                    count=person.open_tickets,
                ),
                f"{verb}:{ticket}:{person.id}",
            ),
        ]
        for person in people[:10]
    ]
