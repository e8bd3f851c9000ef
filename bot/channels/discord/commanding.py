"""Commands used in Discord: the house's own, and those that only make sense here. Their answers are private."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.channel import Button, ChannelError, Command
from bot.channels.discord import forms
from bot.channels.discord.context import HereAside
from bot.channels.discord.pressing import acknowledged, number_of
from bot.channels.discord.tree import FOR_COORDINATORS, FOR_EXPERTS, FOR_MEMBERS, MENUS
from bot.commands import question_number
from bot.glossary import look_up
from bot.render.markup import escape, plain_excerpt
from bot.words import LOCALES
from helpdesk.errors import GuichetError, InvalidInputError, NotFoundError
from helpdesk.model import Role

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import discord

    from bot.channels.discord.context import Context
    from bot.channels.discord.forwarding import Forwarding
    from bot.channels.discord.newcomers import Newcomers
    from bot.channels.discord.posts import Posts
    from bot.channels.discord.pressing import Pressing
    from bot.channels.discord.showing import Showing
    from bot.channels.discord.tree import Given
    from bot.channels.discord.writing import Writing

_LABEL_LENGTH = 75
_LISTED = 5
_WITH_FORM = frozenset({"answer", "note", "excuse"})


class Commanding:
    """Obeys commands."""

    def __init__(
        self,
        context: Context,
        writing: Writing,
        showing: Showing,
        newcomers: Newcomers,
        pressing: Pressing,
        posts: Posts,
        forwarding: Forwarding,
    ) -> None:
        self._context = context
        self._parts = context.parts
        self._writing = writing
        self._showing = showing
        self._newcomers = newcomers
        self._pressing = pressing
        self._posts = posts
        self._forwarding = forwarding
        self._own: dict[str, Callable[[HereAside, Given], Awaitable[None]]] = {
            "question": self._question,
            "help": self._help,
            "language": self._language,
            "entry": self._entry,
            "glossary": self._glossary,
            "data": self._data,
            "absence": self._absences,
            "absences": self._absences,
            "pass": self._pass,
            "reassign": self._reassign,
        }

    async def obey(self, interaction: discord.Interaction[Any], name: str, given: Given) -> None:
        """Do what a command asks; a text that is missing is asked for in a form."""
        words = self._parts.words_for(self._context.locale_of(interaction.locale))
        if name == "question" and not given["text"].strip():
            await interaction.response.send_modal(forms.question(words))
            return
        number = question_number(given.get("number", ""))
        if name in _WITH_FORM and number is not None and not given["text"].strip():
            await self._pressing.open(interaction, name, number, forms.order(name, number, words))
            return
        if not await acknowledged(interaction):
            return
        here = await self._here(interaction)
        try:
            if name == "join":
                await self._join(here, given)
            elif await self._context.person(interaction.user) is None:
                await self._newcomers.hear_aside(here, given["text"] if name == "question" else "")
            else:
                await self._carry_out(here, name, given)
        except GuichetError as error:
            await here.refuse(error)
        await here.close()

    async def _carry_out(self, here: HereAside, name: str, given: Given) -> None:
        if "number" in given:
            number = question_number(given["number"])
            if number is None:
                raise InvalidInputError("no_number", text=plain_excerpt(given["number"], _LABEL_LENGTH))
            given = {**given, "number": str(number)}
        if name in self._own:
            await self._own[name](here, given)
        else:
            await self._do(here, name, " ".join(value for value in given.values() if value))

    async def menu(self, interaction: discord.Interaction[Any], name: str, message: discord.Message) -> None:
        """Do what was chosen in a message's menu."""
        if not await acknowledged(interaction):
            return
        here = await self._here(interaction)
        try:
            if await self._context.person(interaction.user) is None:
                await self._newcomers.hear_aside(here, "")
            elif name == "accept":
                await self._posts.accept(here, message.channel.id, message.id)
            else:
                await self._forwarding.forward(here, message)
        except GuichetError as error:
            await here.refuse(error)
        await here.close()

    async def _here(self, interaction: discord.Interaction[Any]) -> HereAside:
        person = await self._context.person(interaction.user)
        words = self._context.words_of(person, interaction.locale)
        return HereAside(self._context, self._context.asides.beside(interaction), words)

    async def _do(self, here: HereAside, name: str, argument: str) -> None:
        seen = await self._parts.handlers.look(Command(here.key, here.account, here.address, name, argument))
        if seen is not None:
            await self._showing.show(here, seen)
        else:
            await self._writing.order(here, name, argument)

    async def _question(self, here: HereAside, given: Given) -> None:
        await self._pressing.ask(here, given["text"])

    async def _pass(self, here: HereAside, given: Given) -> None:
        """Give a question to the colleague named, or propose some."""
        number = number_of(given["number"])
        if given["person"]:
            await self._writing.order(here, "pass", f"{number} {given['person']}")
        else:
            await self._pressing.colleagues(here, number)

    async def _reassign(self, here: HereAside, given: Given) -> None:
        """Give a question to the person named, or propose people."""
        number = number_of(given["number"])
        if given["person"]:
            await self._writing.order(here, "reassign", f"{number} {given['person']}")
        else:
            await self._pressing.people(here, number)

    async def _help(self, here: HereAside, _given: Given) -> None:
        """Tell somebody the commands that are for them."""
        words = here.words
        person = await self._context.known(here.account)
        names = list(FOR_MEMBERS)
        if person is not None and person.has(Role.expert, Role.coordinator):
            names += FOR_EXPERTS
        if person is not None and person.has(Role.coordinator):
            names += FOR_COORDINATORS
        told = ((words(f"discord.command.{name}"), words(f"discord.command.{name}.what")) for name in names)
        lines = [words("discord.help.line", name=name, what=what) for name, what in told]
        menus = ", ".join(f"**{words(f'discord.menu.{name}')}**" for name in MENUS)
        intro = words("discord.help.forum" if self._context.options.forum else "discord.help")
        await here.say("\n\n".join((intro, "\n".join(lines), words("discord.help.menus", menus=menus))))

    async def _language(self, here: HereAside, _given: Given) -> None:
        """Ask in which language somebody wants to be spoken to."""
        row = [Button(here.words(f"chat.language.{locale}"), f"lang:{locale}") for locale in LOCALES]
        await here.say(here.words("chat.language"), [row])

    async def _entry(self, here: HereAside, given: Given) -> None:
        """Show an entry, or those that the words typed may mean."""
        try:
            entry = await self._context.in_thread(lambda: self._parts.desk.entry(given["word"].strip()))
        except NotFoundError:
            await self._glossary(here, given)
            return
        await self._showing.show(here, entry)

    async def _glossary(self, here: HereAside, given: Given) -> None:
        """Explain a word or an acronym: its own entry, or the nearest ones to choose from."""
        told = await self._context.in_thread(lambda: look_up(self._parts.desk, given["word"]))
        if told.entry is not None:
            await self._showing.show(here, told.entry)
            return
        text = here.words(told.words_key, text=escape(given["word"][:80]), meaning=escape(told.meaning or ""))
        rows = [
            [Button(plain_excerpt(entry.title, _LABEL_LENGTH), f"entry:{entry.id}")] for entry in told.near[:_LISTED]
        ]
        await here.say(text, rows)

    async def _data(self, here: HereAside, _given: Given) -> None:
        """Give a person all that is held about them, and the way to have it erased."""
        words = here.words
        held = await self._context.in_thread(lambda: self._parts.privacy.export(here.account))
        waiting = await self._context.in_thread(lambda: self._parts.privacy.open_questions(here.account))
        data = json.dumps(held, ensure_ascii=False, indent=2).encode()
        try:
            await here.document("guichet.json", data)
        except ChannelError as error:
            raise InvalidInputError("file_not_sent") from error
        text = words("chat.data")
        if waiting:
            text = f"{text}\n\n{words.plural('telegram.data_open', waiting)}"
        await here.say(text, [[Button(words("chat.button.erase"), "erase:ask")]])

    async def _absences(self, here: HereAside, given: Given) -> None:
        """Show the absences to come; days given declare one, of the person named or one's own."""
        days = " ".join(value for value in given.values() if value)
        if not days or await self._writing.order(here, "absence", days):
            # Those declared are shown: a wrong day is seen at once, and taken back.
            await self._do(here, "absence", "")

    async def _join(self, here: HereAside, given: Given) -> None:
        """Take in a newcomer: by an invitation's code, by the organisation they named, or by asking which it is."""
        person = await self._context.known(here.account)
        if given["code"]:
            await self._newcomers.join(here, given["code"])
        elif person is not None:
            whose = "discord.join.known" if person.organisation else "discord.join.known_without"
            await here.say(here.words(whose, organisation=escape(person.organisation or "")))
        elif given["organisation"].isdecimal():
            await self._newcomers.enter(here, int(given["organisation"]))
        elif given["organisation"]:
            await self._newcomers.propose(here, given["organisation"])
        else:
            await self._newcomers.hear_aside(here, "")
