"""People whom nobody knows yet: an invitation, or one question about their organisation; theirs is kept meanwhile."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot.channel import Button, Said
from bot.channels.telegram.context import Context, privately
from bot.channels.telegram.downloads import fetch
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
_NO_ORGANISATION = 0
_LABEL_LENGTH = 50


class Newcomers:
    """Takes in whoever is not known."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._parts = context.parts

    async def hear(self, said: Heard) -> None:
        """Answer somebody unknown."""
        words = self._context.words_of(None, said.user)
        if said.command == "start" and said.text and said.text != JOINING:
            await self.join(said, words)
            return
        if not self._parts.office.policy.open_network:
            await self._context.refuse(said, NotAllowedError("network_closed"), words)
            return
        dialogue = await self._context.in_thread(lambda: self._parts.dialogues.current(said.account))
        if not said.private:
            await self._begin(said, _pending(said))
            await self._invite_in_private(said, words)
        elif dialogue is None or dialogue.kind != JOINING or said.command is not None:
            kept = dialogue.data["pending"] if dialogue and dialogue.kind == JOINING else None
            pending = _pending(said) or kept
            await self._begin(said, pending)
            await self._ask_organisation(said, words, kept=pending is not None)
        else:
            await self._propose(said, words)

    async def join(self, said: Heard, words: Words) -> None:
        """Use the invitation that came with a deep link, whoever holds the account now."""
        here = privately(said)
        try:
            person = await self._context.in_thread(
                lambda: self._parts.joining.join(said.key, said.account, here.address, said.text, said.user.full_name),
            )
        except GuichetError as error:
            await self._context.refuse(said, error, words)
            return
        await self._welcome(said.account, here.address, person)

    async def choose(self, press: CallbackQuery, account: AccountRef, argument: str) -> None:
        """Take in a newcomer with the organisation that they pressed, then handle what they had said."""
        organisation = int(argument) if argument.isdecimal() else _NO_ORGANISATION
        address = Address(NAME, account.external_id)
        try:
            person = await self._context.in_thread(
                lambda: self._parts.joining.register(
                    f"{NAME}:joined:{account.external_id}",
                    account,
                    address,
                    press.from_user.full_name,
                    organisation or None,
                    self._context.locale_of(press.from_user),
                ),
            )
        except GuichetError as error:
            words = self._context.words_of(None, press.from_user)
            await self._context.out.toast(press.id, render_error(error, words), alert=True)
            return
        await self._context.out.toast(press.id)
        if press.message is not None:
            await self._context.out.set_buttons(address, press.message.message_id, None)
        await self._welcome(account, address, person)

    async def _welcome(self, account: AccountRef, address: Address, person: Person) -> None:
        words = self._context.words_of(person)
        dialogue = await self._context.in_thread(lambda: self._parts.dialogues.current(account))
        pending = dialogue.data["pending"] if dialogue and dialogue.kind == JOINING else None
        key = "telegram.welcome" if pending is None else "telegram.welcome_pending"
        who = escape(person.organisation) if person.organisation else words("telegram.no_organisation")
        await self._context.tell(address, words(key, name=escape(person.name), organisation=who))
        if pending is not None:
            await self._ask(account, pending, words)
        await self._context.in_thread(lambda: self._parts.dialogues.end(account))

    async def _ask(self, account: AccountRef, pending: dict[str, Any], words: Words) -> None:
        """Ask what was said before they were known, where and when it was said."""
        address = Address(NAME, pending["conversation"], pending["thread"])
        files, _ = await fetch(self._context.bot, [SentFile(**file) for file in pending["files"]])
        said = Said(
            pending["key"],
            account,
            address,
            pending["text"],
            at=dt.datetime.fromisoformat(pending["at"]),
            files=files,
        )
        try:
            await self._parts.handlers.handle(said)
        except GuichetError as error:
            await self._context.tell(address, escape(render_error(error, words)))

    async def _begin(self, said: Heard, pending: dict[str, Any] | None) -> None:
        await self._context.in_thread(
            lambda: self._parts.dialogues.begin(said.account, JOINING, {"pending": pending}),
        )

    async def _ask_organisation(self, said: Heard, words: Words, *, kept: bool) -> None:
        text = words("telegram.join.ask", name=escape(said.user.first_name), network=escape(self._network))
        if kept:
            text = f"{text}\n\n{words('telegram.join.kept')}"
        await self._context.reply(said, text, [[self._without(words)]])

    async def _propose(self, said: Heard, words: Words) -> None:
        found = await self._context.in_thread(lambda: self._parts.joining.organisations(said.text))
        rows = [[Button(plain_excerpt(line.name, _LABEL_LENGTH), f"org:{line.id}")] for line in found]
        text = words("telegram.join.which") if found else words("telegram.join.none", name=escape(said.text[:80]))
        await self._context.reply(said, text, [*rows, [self._without(words)]])

    async def _invite_in_private(self, said: Heard, words: Words) -> None:
        link = f"https://t.me/{self._context.bot.username}?start={JOINING}"
        button = Button(words("telegram.join.button"), url=link)
        await self._context.reply(said, words("telegram.join.group", name=escape(said.user.first_name)), [[button]])

    def _without(self, words: Words) -> Button:
        return Button(words("telegram.join.without"), f"org:{_NO_ORGANISATION}")

    @property
    def _network(self) -> str:
        return self._context.options.network


def _pending(said: Heard) -> dict[str, Any] | None:
    """Return what is to be asked once they are known: a question, not a command."""
    text = said.text or ", ".join(f"[{file.name}]" for file in said.files)
    if not text or said.command not in {None, "question"}:
        return None
    return {
        "text": text,
        "key": said.key,
        "at": said.at.isoformat(),
        "conversation": said.address.conversation,
        "thread": said.address.thread,
        "files": [asdict(file) for file in said.files],
    }
