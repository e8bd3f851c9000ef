"""Commands typed in Telegram: the house's own, and those that only make sense here."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from bot.channel import Button, ChannelError, Command
from bot.channels.telegram.context import privately
from bot.channels.telegram.menu import names_for, word_for
from bot.channels.telegram.standing import Standing
from bot.channels.telegram.writing import AWAITED
from bot.commands import ABOUT_A_QUESTION, command_words, of_command, plain_word
from bot.render.markup import escape, plain_excerpt
from bot.words import LOCALES
from helpdesk.errors import GuichetError, InvalidInputError
from helpdesk.model import Role
from knowledge.entry import Kind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.channels.telegram.context import Context
    from bot.channels.telegram.incoming import Heard
    from bot.channels.telegram.menu import Menu
    from bot.channels.telegram.showing import Showing
    from bot.channels.telegram.writing import Writing
    from bot.words import Words
    from helpdesk.model import Person
    from knowledge.entry import Entry

OWN = ("start", "help", "glossary", "data")
IN_PUBLIC = frozenset({"question", "glossary", "entry", "help", "start"})  # the rest is between the person and us
_LABEL_LENGTH = 55
_GLOSSARY = frozenset({Kind.DEFINITION, Kind.ACRONYM})
_NEAR = 0.2  # the score from which an entry has something to do with a word


class Commanding:
    """Obeys commands."""

    def __init__(self, context: Context, writing: Writing, showing: Showing, menu: Menu) -> None:
        self._context = context
        self._parts = context.parts
        self._writing = writing
        self._showing = showing
        self._menu = menu
        self._standing = Standing(context)
        self._own: dict[str, Callable[[Heard, Person, Words], Awaitable[None]]] = {
            "start": self._start,
            "help": self._help,
            "glossary": self._glossary,
            "data": self._data,
            "language": self._language,
            "reassign": self._reassign,
        }

    def is_for_another(self, said: Heard) -> bool:
        """Tell whether a group's command is some other bot's."""
        return not said.private and said.command is not None and self._name(said) is None

    async def obey(self, said: Heard, person: Person, words: Words) -> None:
        """Do what a command asks."""
        name = self._name(said)
        here = said if said.private or name in IN_PUBLIC else privately(said)
        try:
            if name is None:
                raise InvalidInputError("unknown_command", name=said.command)
            if name in self._own:
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
        """Begin to await the text of a command that came without; False when it has one."""
        order = of_command(command)
        if order.rest or said.files or (command.name in ABOUT_A_QUESTION and order.ticket is None):
            return False
        if order.ticket is not None:
            await self._standing.check(said.account, order.ticket, command.name)
        await self._writing.await_text(said.account, said.address, command.name, order.ticket or 0, words)
        return True

    async def _start(self, said: Heard, person: Person, words: Words) -> None:
        await self._context.reply(said, words("telegram.start", name=escape(person.name)))

    async def _help(self, said: Heard, person: Person, words: Words) -> None:
        lines = [
            f"/{word_for(name, words)} : {words(f'telegram.menu.{name}')}".replace("_", "\\_")
            for name in names_for(person)
        ]
        parts = [words("telegram.help"), "\n".join(f"- {line}" for line in lines)]
        if person.has(Role.expert, Role.coordinator):
            parts.append(words("telegram.help_expert"))
        await self._context.reply(said, "\n\n".join(parts))

    async def _glossary(self, said: Heard, _person: Person, words: Words) -> None:
        """Explain a word: its own entry; else what an acronym stands for, and the nearest entries to choose from."""
        if not said.text:
            await self._context.reply(said, words("telegram.glossary.how"))
            return
        found = await self._context.in_thread(lambda: self._parts.desk.search_entries(said.text))
        entries = [await self._context.in_thread(partial(self._parts.desk.entry, item.entry_id)) for item in found]
        wanted, text = plain_word(said.text), escape(said.text[:80])
        spelling = [(entry, full) for entry in entries if (full := _spelt(entry, wanted)) is not None]
        named = [entry for entry in entries if _is_named(entry, wanted)]
        # What an acronym stands for is told in a line, unless the glossary has an entry of its own for it.
        defining = [entry for entry in named if entry.kind in _GLOSSARY] or ([] if spelling else named)
        if defining:
            await self._showing.show(said.address, defining[0], words)
            return
        if spelling:
            near = [entry for entry, _ in spelling]
            told = words("telegram.glossary.means", text=text, meaning=escape(spelling[0][1]))
        else:
            near = [entry for entry, item in zip(entries, found, strict=True) if item.score >= _NEAR]
            told = words("telegram.glossary.near" if near else "telegram.glossary.none", text=text)
        rows = [[Button(plain_excerpt(entry.title, _LABEL_LENGTH), f"entry:{entry.id}")] for entry in near[:5]]
        await self._context.reply(said, told, rows)

    async def _data(self, said: Heard, _person: Person, words: Words) -> None:
        """Give a person all that is held about them, and the way to have it erased."""
        held = await self._context.in_thread(lambda: self._parts.privacy.export(said.account))
        waiting = await self._context.in_thread(lambda: self._parts.privacy.open_questions(said.account))
        data = json.dumps(held, ensure_ascii=False, indent=2).encode()
        try:
            await self._context.out.document(said.address, "guichet.json", data)
        except ChannelError as error:
            raise InvalidInputError("file_not_sent") from error
        rows = [[Button(words("telegram.button.erase"), "erase:ask")]]
        text = words("telegram.data")
        if waiting:
            text = f"{text}\n\n{words.plural('telegram.data_open', waiting)}"
        await self._context.reply(said, text, rows)

    async def _language(self, said: Heard, _person: Person, words: Words) -> None:
        if said.text:
            await self._writing.order(said, "language", said.text, words)
            person = await self._context.person(said.account)
            assert person is not None
            await self._menu.fit(said.account.external_id, person, chosen=True)
            return
        row = [Button(words(f"telegram.language.{locale}"), f"lang:{locale}") for locale in LOCALES]
        await self._context.reply(said, words("telegram.language"), [row])

    async def _reassign(self, said: Heard, _person: Person, words: Words) -> None:
        """Give a question to the person named, or propose people to press."""
        order = of_command(Command(said.key, said.account, said.address, "reassign", said.text))
        if order.rest:
            await self._writing.order(said, "reassign", said.text, words)
            return
        await self._standing.check_with_experts(said.account, order.number)
        people = await self._context.in_thread(lambda: self._parts.coordinators.people(said.account))
        rows = people_rows(people, "reassign", order.number, words)
        await self._context.reply(said, words("telegram.reassign", number=order.number), rows)


def _is_named(entry: Entry, word: str) -> bool:
    """Tell whether an entry bears a word as its name; one of the glossary may have it in its title."""
    in_title = entry.kind in _GLOSSARY and word in plain_word(entry.title).split()
    return in_title or word in {plain_word(name) for name in (entry.title, *entry.synonyms)}


def _spelt(entry: Entry, word: str) -> str | None:
    """Return what an acronym stands for, as an entry spells it out."""
    return next((full for acronym, full in entry.acronyms.items() if plain_word(acronym) == word), None)


def people_rows(people: object, verb: str, ticket: int, words: Words) -> list[list[Button]]:
    """Return one button per person: their name, their load, and whether they are away."""
    assert isinstance(people, list | tuple)
    return [
        [
            Button(
                words(
                    "telegram.person_away" if person.away else "telegram.person",
                    name=person.name,
                    count=person.open_tickets,
                ),
                f"{verb}:{ticket}:{person.id}",
            ),
        ]
        for person in people[:10]
    ]
