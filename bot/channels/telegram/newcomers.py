"""People whom nobody knows yet: an invitation, or one question about their organisation; what they ask is kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import anyio
import structlog
from sqlalchemy.exc import DBAPIError

from bot.channel import Button, Said
from bot.channels.telegram.context import Context, privately
from bot.channels.telegram.incoming import SentFile
from bot.channels.telegram.options import NAME
from bot.render import render_error
from bot.render.markup import escape, plain_excerpt
from helpdesk.errors import GuichetError, NotAllowedError
from helpdesk.model import Address

if TYPE_CHECKING:
    from telegram import CallbackQuery

    from bot.channels.telegram.incoming import Heard
    from bot.words import Words
    from helpdesk.model import AccountRef, Person

JOINING = "join"  # the dialogue's kind
WATCH_SECONDS = 600.0
MOST_KEPT = 20  # messages of somebody unknown
_LONGEST_NAME = 8  # words of an organisation's name: more are a sentence
_NO_ORGANISATION = 0
_LABEL_LENGTH = 50

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

    def with_said(self, said: Heard) -> _Kept:
        """Return the same with a message that is something to ask: a question, not a command; once, whoever repeats."""
        text = said.text or ", ".join(f"[{file.name}]" for file in said.files)
        known = any(item["key"] == said.key for item in self.pending)
        if not text or said.command not in {None, "question"} or known or self.is_full:
            return self
        item = {
            "text": text,
            "key": said.key,
            "at": said.at.isoformat(),
            "conversation": said.address.conversation,
            "thread": said.address.thread,
            "files": [asdict(file) for file in said.files],
        }
        return _Kept(self.name, self.locale, (*self.pending, item))


class Newcomers:
    """Takes in whoever is not known."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._parts = context.parts

    async def watch(self) -> None:
        """Take in, again and again, those who asked something and never said for which organisation."""
        while True:
            try:
                await self.take_in_silent()
            except DBAPIError:
                _log.exception("newcomers_wait")
            await anyio.sleep(WATCH_SECONDS)

    async def take_in_silent(self) -> None:
        """Ask, without an organisation, what newcomers said a day ago or more; forget those who said nothing.

        The promise runs since they wrote: it does not wait for a name that may never come.
        """
        for account, dialogue in await self._context.in_thread(
            lambda: self._parts.dialogues.unanswered(NAME, JOINING),
        ):
            try:
                await self._take_in(account, _read(dialogue.data))
            except Exception:  # noqa: BLE001 - what is kept of one waits for the next time; the others go on
                _log.exception("newcomer_waits")

    async def _take_in(self, account: AccountRef, kept: _Kept) -> None:
        if not kept.pending:
            await self._context.in_thread(lambda: self._parts.dialogues.end(account))
            return
        known = await self._context.person(account)
        try:
            person = known or await self._register(account, kept.name, kept.locale, None)
        except NotAllowedError as error:
            # The network was closed meanwhile: they are told, not forgotten in silence.
            words = self._parts.words_for(kept.locale)
            await self._context.tell(_private(account), escape(render_error(error, words)))
            await self._context.in_thread(lambda: self._parts.dialogues.end(account))
            return
        await self._settle(account, person, "chat.welcome_silent")

    async def hear(self, said: Heard) -> None:
        """Answer somebody unknown."""
        words = self._context.words_of(None, said.user)
        if said.command == "start" and said.text and said.text != JOINING:
            await self.join(said, words)
            return
        if not self._parts.office.policy.open_network:
            await self._context.refuse(said, NotAllowedError("network_closed"), words)
            return
        begun = await self._kept(said.account)
        kept = begun or _Kept(said.user.full_name, self._context.locale_of(said.user))
        if not said.private:
            await self._keep(said.account, kept.with_said(said))
            await self._invite_in_private(said, words)
        elif begun is None or said.command is not None:
            kept = kept.with_said(said)
            await self._keep(said.account, kept)
            await self._ask_organisation(said, words, kept=bool(kept.pending))
        else:
            await self._propose(said, words, kept)

    async def join(self, said: Heard, words: Words) -> None:
        """Use the invitation that came with a deep link, whoever holds the account now."""
        here, name, locale = privately(said), said.user.full_name, self._context.locale_of(said.user)
        join = self._parts.joining.join
        try:
            person = await self._context.in_thread(
                lambda: join(said.key, said.account, here.address, said.text, name, locale),
            )
        except GuichetError as error:
            await self._context.refuse(said, error, words)
            return
        await self._settle(said.account, person, "chat.welcome")

    async def choose(self, press: CallbackQuery, account: AccountRef, argument: str) -> None:
        """Take in a newcomer with the organisation that they pressed, then ask what they had said.

        A press that a crash interrupted comes back when they are known already: what is kept is asked all the same.
        Who went on without an organisation may still press one.
        """
        organisation = int(argument) if argument.isdecimal() else _NO_ORGANISATION
        user = press.from_user
        locale = self._context.locale_of(user)
        try:
            person = await self._register(account, user.full_name, locale, organisation or None)
        except GuichetError as error:
            await self._context.out.toast(press.id, render_error(error, self._parts.words_for(locale)), alert=True)
            return
        kept, words = await self._kept(account), self._context.words_of(person)
        organisation_now = person.organisation or words("chat.no_organisation")
        noted = None if kept else words("telegram.join.noted", organisation=organisation_now)
        await self._context.out.toast(press.id, noted, alert=kept is None)
        if press.message is not None:
            await self._context.out.set_buttons(_private(account), press.message.message_id, None)
        if kept is not None:
            await self._settle(account, person, "chat.welcome")

    async def _register(self, account: AccountRef, name: str, locale: str, organisation: int | None) -> Person:
        key = f"{NAME}:joined:{account.external_id}"
        register = self._parts.joining.register
        return await self._context.in_thread(
            lambda: register(key, account, _private(account), name, organisation, locale),
        )

    async def _settle(self, account: AccountRef, person: Person, welcome: str) -> None:
        """Welcome somebody who is known now, and ask what they had said, where and when they said it."""
        words = self._context.words_of(person)
        kept = await self._kept(account)
        pending = kept.pending if kept else ()
        key = "chat.welcome_pending" if pending and welcome == "chat.welcome" else welcome
        who = escape(person.organisation) if person.organisation else words("chat.no_organisation")
        await self._context.tell(_private(account), words(key, name=escape(person.name), organisation=who))
        for item in pending:
            await self._ask(account, item, words)
        await self._context.in_thread(lambda: self._parts.dialogues.end(account))

    async def _ask(self, account: AccountRef, item: dict[str, Any], words: Words) -> None:
        address = Address(NAME, item["conversation"], item["thread"])
        files, refused = await self._context.downloads.fetch([SentFile(**file) for file in item["files"]])
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

    async def _ask_organisation(self, said: Heard, words: Words, *, kept: bool) -> None:
        text = words("chat.join.ask", name=escape(said.user.first_name), network=escape(self._network))
        if kept:
            text = f"{text}\n\n{words('telegram.join.kept')}"
        await self._context.reply(said, text, [[self._without(words)]])

    async def _propose(self, said: Heard, words: Words, kept: _Kept) -> None:
        """Take what was said for an organisation's name; what reads as more of the question is kept with it."""
        found = await self._context.in_thread(lambda: self._parts.joining.organisations(said.text))
        rows = [[Button(plain_excerpt(line.name, _LABEL_LENGTH), f"org:{line.id}")] for line in found]
        asks = said.files or "?" in said.text or len(said.text.split()) > _LONGEST_NAME
        if asks:
            await self._keep(said.account, kept.with_said(said))
            text = words("chat.join.full" if kept.is_full else "chat.join.kept_too")
        elif found:
            text = words("chat.join.which")
        else:
            text = words("chat.join.none", name=escape(said.text[:80]))
        await self._context.reply(said, text, [*rows, [self._without(words)]])

    async def _invite_in_private(self, said: Heard, words: Words) -> None:
        link = f"https://t.me/{self._context.bot.username}?start={JOINING}"
        button = Button(words("telegram.join.button"), url=link)
        await self._context.reply(said, words("telegram.join.group", name=escape(said.user.first_name)), [[button]])

    def _without(self, words: Words) -> Button:
        return Button(words("chat.join.without"), f"org:{_NO_ORGANISATION}")

    @property
    def _network(self) -> str:
        return self._context.options.network


def _read(data: dict[str, Any]) -> _Kept:
    return _Kept(data["name"], data["locale"], tuple(data["pending"]))


def _private(account: AccountRef) -> Address:
    return Address(NAME, account.external_id)
