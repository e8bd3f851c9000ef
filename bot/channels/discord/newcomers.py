"""People whom nobody knows yet: an invitation, or one question about their organisation; what they ask is kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import aiohttp
import anyio
import discord
import structlog
from sqlalchemy.exc import DBAPIError

from bot.channel import Button, Said
from bot.channels.discord import buttons, places
from bot.channels.discord.context import HereAside, HereMessage
from bot.channels.discord.downloads import fetch
from bot.channels.discord.incoming import SentFile
from bot.channels.discord.options import NAME
from bot.render import render_error
from bot.render.markup import escape, plain_excerpt
from helpdesk.errors import GuichetError, NotAllowedError
from helpdesk.model import AccountRef, Address

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.channels.discord.context import Context, Here
    from bot.channels.discord.incoming import Heard
    from bot.words import Words
    from helpdesk.joining import OrganisationLine
    from helpdesk.model import Person

JOINING = "join"  # the dialogue's kind
WATCH_SECONDS = 600.0
MOST_KEPT = 20  # messages of somebody unknown
_LONGEST_NAME = 8  # words of an organisation's name: more are a sentence
_LABEL_LENGTH = 90

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Kept:
    """What is kept of a newcomer: their name, their language, and what they said, oldest first."""

    name: str
    locale: str
    pending: tuple[dict[str, Any], ...] = ()

    @property
    def is_full(self) -> bool:
        return len(self.pending) >= MOST_KEPT

    def having(self, item: dict[str, Any]) -> _Kept:
        """Return the same with something to ask, once, whoever repeats it."""
        known = any(other["key"] == item["key"] for other in self.pending)
        if not item["text"] or known or self.is_full:
            return self
        return _Kept(self.name, self.locale, (*self.pending, item))


class Newcomers:
    """Takes in whoever is not known."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._parts = context.parts

    async def watch(self) -> None:
        """Take in, again and again, those who asked something and never said for which organisation.

        The promise runs since they wrote: it does not wait for a name that may never come.
        """
        while True:
            try:
                for account, dialogue in await self._context.in_thread(
                    lambda: self._parts.dialogues.unanswered(NAME, JOINING)
                ):
                    await self._take_in(account, _read(dialogue.data))
            except (DBAPIError, discord.DiscordException, aiohttp.ClientError, OSError):
                # The database or Discord is away: what is kept waits for the next time.
                _log.exception("newcomers_wait")
            await anyio.sleep(WATCH_SECONDS)

    async def hear(self, said: Heard) -> None:
        """Answer somebody unknown who wrote; what they ask is kept until they are known."""
        words = self._context.words_of(None)
        here = HereMessage(self._context, said, words)
        if not self._parts.office.policy.open_network:
            await here.refuse(NotAllowedError("network_closed"))
            return
        begun = await self._kept(said.account)
        kept = begun or _Kept(said.user.display_name, words.locale)
        if said.private and begun is not None:
            await self._propose_for(here, said, kept)
            return
        await self._keep(said.account, kept.having(_item(said)))
        if said.private:
            text = words("chat.join.ask", name=escape(said.user.display_name), network=escape(self._network))
            await here.say(f"{text}\n\n{words('telegram.join.kept')}", [[self._by_form(words), self._without(words)]])
        else:
            text = words("discord.join.public", name=escape(said.user.display_name))
            await here.say(text, [[self._by_form(words)]])

    async def hear_aside(self, here: HereAside, text: str) -> None:
        """Answer somebody unknown who used a command, a button or a form."""
        words = here.words
        if not self._parts.office.policy.open_network:
            await here.refuse(NotAllowedError("network_closed"))
            return
        user = here.interaction.user
        kept = await self._kept(here.account) or _Kept(user.display_name, words.locale)
        item: dict[str, Any] = {
            "text": text,
            "key": here.key,
            "at": here.interaction.created_at.isoformat(),
            "conversation": here.address.conversation,
            "thread": None,
            "files": [],
        }
        await self._keep(here.account, kept.having(item))
        said = words("chat.join.ask", name=escape(user.display_name), network=escape(self._network))
        said = f"{said}\n\n{words('telegram.join.kept')}" if text else said
        await here.say(said, [[self._by_form(words), self._without(words)]])

    async def propose(self, here: Here, text: str) -> None:
        """Propose the organisations that a name may mean."""
        found = await self._context.in_thread(lambda: self._parts.joining.organisations(text))
        said = "chat.join.which" if found else "chat.join.none"
        await here.say(here.words(said, name=escape(text[:80])), self._rows(found, here.words))

    async def choose(self, here: HereAside, argument: str) -> None:
        """Take in a newcomer with the organisation that they pressed, then ask what they had said.

        A press that a crash interrupted comes back when they are known already: what is kept is asked all the same.
        """
        user = here.interaction.user
        organisation = int(argument) if argument.isdecimal() and len(argument) < 10 else 0  # noqa: PLR2004 - an integer
        locale = self._context.locale_of(here.interaction.locale)
        try:
            person = await self._register(here.account, user.display_name, locale, organisation or None)
        except GuichetError as error:
            await here.refuse(error)
            return
        await here.change(view=None)
        if await self._kept(here.account) is not None:
            await self._settle(here.account, person, "chat.welcome", here)

    async def join(self, here: HereAside, code: str) -> None:
        """Use an invitation, whoever holds the account now."""
        join = self._parts.joining.join
        name, locale = here.interaction.user.display_name, self._context.locale_of(here.interaction.locale)
        try:
            person = await self._context.in_thread(
                lambda: join(here.key, here.account, here.address, code.strip(), name, locale),
            )
        except GuichetError as error:
            await here.refuse(error)
            return
        await self._settle(here.account, person, "chat.welcome", here)

    async def enter(self, here: HereAside, organisation: int | None) -> None:
        """Take in a newcomer with the organisation named in a command."""
        locale = self._context.locale_of(here.interaction.locale)
        try:
            person = await self._register(here.account, here.interaction.user.display_name, locale, organisation)
        except GuichetError as error:
            await here.refuse(error)
            return
        await self._settle(here.account, person, "chat.welcome", here)

    async def _take_in(self, account: AccountRef, kept: _Kept) -> None:
        """Ask, without an organisation, what a newcomer said a day ago or more; forget whoever said nothing."""
        if not kept.pending:
            await self._context.in_thread(partial(self._parts.dialogues.end, account))
            return
        known = await self._context.known(account)
        try:
            person = known or await self._register(account, kept.name, kept.locale, None)
        except NotAllowedError as error:
            # The network was closed meanwhile: they are told, not forgotten in silence.
            words = self._parts.words_for(kept.locale)
            await self._context.tell(_private(account), escape(render_error(error, words)))
            await self._context.in_thread(partial(self._parts.dialogues.end, account))
            return
        await self._settle(account, person, "chat.welcome_silent")

    async def _propose_for(self, here: HereMessage, said: Heard, kept: _Kept) -> None:
        """Take what was said for an organisation's name; what reads as more of the question is kept with it."""
        asks = said.files or "?" in said.text or len(said.text.split()) > _LONGEST_NAME
        if not asks:
            await self.propose(here, said.text)
            return
        await self._keep(said.account, kept.having(_item(said)))
        found = await self._context.in_thread(lambda: self._parts.joining.organisations(said.text))
        text = here.words("chat.join.full" if kept.is_full else "chat.join.kept_too")
        await here.say(text, self._rows(found, here.words))

    async def _register(self, account: AccountRef, name: str, locale: str, organisation: int | None) -> Person:
        key = f"{NAME}:joined:{account.external_id}"
        register = self._parts.joining.register
        return await self._context.in_thread(
            lambda: register(key, account, _private(account), name, organisation, locale),
        )

    async def _settle(self, account: AccountRef, person: Person, welcome: str, here: Here | None = None) -> None:
        """Welcome somebody who is known now, and ask what they had said, where and when they said it."""
        words = self._context.words_of(person)
        kept = await self._kept(account)
        pending = kept.pending if kept else ()
        key = "chat.welcome_pending" if pending and welcome == "chat.welcome" else welcome
        who = escape(person.organisation) if person.organisation else words("chat.no_organisation")
        text = words(key, name=escape(person.name), organisation=who)
        if here is not None:
            await here.say(text)
        else:
            await self._context.tell(_private(account), text)
        for item in pending:
            await self._ask(account, item, words)
        await self._context.in_thread(lambda: self._parts.dialogues.end(account))

    async def _ask(self, account: AccountRef, item: dict[str, Any], words: Words) -> None:
        address = Address(NAME, item["conversation"], item["thread"])
        files, refused = await fetch(self._context.client, [SentFile(**file) for file in item["files"]])
        for lost in refused:
            await self._context.tell(address, escape(render_error(lost, words)))
        at = dt.datetime.fromisoformat(item["at"])
        try:
            await self._parts.handlers.handle(Said(item["key"], account, address, item["text"], at=at, files=files))
        except GuichetError as error:
            await self._context.tell(address, escape(render_error(error, words)))

    async def _kept(self, account: AccountRef) -> _Kept | None:
        current = self._parts.dialogues.current
        dialogue = await self._context.in_thread(lambda: current(account, lasting=True))
        return _read(dialogue.data) if dialogue is not None and dialogue.kind == JOINING else None

    async def _keep(self, account: AccountRef, kept: _Kept) -> None:
        await self._context.in_thread(lambda: self._parts.dialogues.begin(account, JOINING, asdict(kept)))

    def _rows(self, found: Iterable[OrganisationLine], words: Words) -> list[list[Button]]:
        named = [Button(plain_excerpt(line.name, _LABEL_LENGTH), f"org:{line.id}") for line in found]
        rows = [[button] for button in named[: buttons.MOST_ROWS - 1]]
        return [*rows, [self._by_form(words, again=True), self._without(words)]]

    def _by_form(self, words: Words, *, again: bool = False) -> Button:
        return Button(words("discord.join.again" if again else "discord.join.button"), "join:0")

    def _without(self, words: Words) -> Button:
        return Button(words("chat.join.without"), "org:0")

    @property
    def _network(self) -> str:
        return self._context.options.network


def _item(said: Heard) -> dict[str, Any]:
    return {
        "text": said.text or ", ".join(f"[{file.name}]" for file in said.files),
        "key": said.key,
        "at": said.at.isoformat(),
        "conversation": said.address.conversation,
        "thread": said.address.thread,
        "files": [asdict(file) for file in said.files],
    }


def _read(data: dict[str, Any]) -> _Kept:
    return _Kept(data["name"], data["locale"], tuple(data["pending"]))


def _private(account: AccountRef) -> Address:
    return places.private(int(account.external_id))
