"""What every part of the conversation works with, and the few ways in which it replies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import anyio.to_thread
import structlog

from bot.channel import Button, ChannelError, Failure
from bot.channels.telegram import html
from bot.channels.telegram.options import NAME
from bot.render import render_error
from bot.render.markup import escape
from helpdesk.model import AccountRef, Address

if TYPE_CHECKING:
    from telegram import Bot, User

    from bot.channels.telegram.downloads import Downloads
    from bot.channels.telegram.incoming import Heard
    from bot.channels.telegram.options import TelegramOptions
    from bot.channels.telegram.outgoing import Outgoing
    from bot.parts import Parts
    from bot.words import Words
    from helpdesk.errors import GuichetError
    from helpdesk.model import Person

Result = TypeVar("Result")
Rows = Iterable[Iterable[Button]]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Context:
    """The parts, the options, the bot and its mouth."""

    parts: Parts
    options: TelegramOptions
    bot: Bot
    out: Outgoing
    downloads: Downloads
    wake: Callable[[], None]  # lets the sender look at once at what was queued

    async def person(self, account: AccountRef) -> Person | None:
        """Return who holds an account."""
        return await anyio.to_thread.run_sync(self.parts.people.identify, account)

    def words_of(self, person: Person | None, user: User | None = None) -> Words:
        """Return the words of a person; of a stranger, those of their telephone's language."""
        if person is not None:
            return self.parts.words_for(person.locale)
        return self.parts.words_for(self.locale_of(user))

    def locale_of(self, user: User | None) -> str:
        """Return the language of somebody unknown."""
        language = (user.language_code or "") if user else ""
        return language[:2] if language[:2] in {"fr", "en"} else self.options.locale

    async def reply(self, said: Heard, markdown: str, buttons: Rows = (), *, quoting: bool = False) -> int | None:
        """Answer a message where it was said; return the id of what was said last, None when it could not be said.

        What is answered elsewhere than it was said quotes nothing: the message's id means another one there.
        """
        here = said.address.conversation == str(said.message.chat.id)
        reply_to = said.message.message_id if here and (quoting or not said.private) else None
        return await self.tell(said.address, markdown, buttons, reply_to=reply_to)

    async def tell(
        self, address: Address, markdown: str, buttons: Rows = (), *, reply_to: int | None = None
    ) -> int | None:
        """Say something at once. A refusal is logged: nothing was promised, and the person may ask again."""
        try:
            return (await self.out.say(address, markdown, buttons, reply_to=reply_to))[-1]
        except ChannelError as error:
            _log.warning("reply_not_said", reason=error.reason, failure=error.failure.name.lower())
            if (
                error.failure is Failure.PERMANENT
                and address.thread is None
                and not address.conversation.startswith("-")
            ):
                await self.blocked(address.conversation, blocked=True)
            return None

    async def tell_html(self, address: Address, piece: str, buttons: Rows = ()) -> None:
        """Say one piece that is already Telegram's HTML. A refusal is logged."""
        try:
            await self.out.say_piece(address, piece, buttons)
        except ChannelError as error:
            _log.warning("reply_not_said", reason=error.reason, failure=error.failure.name.lower())

    async def replace(self, address: Address, message_id: int, markdown: str, buttons: Rows = ()) -> None:
        """Put what came of a prompt in its place; one that cannot be changed stays as it is."""
        try:
            await self.out.rewrite(address, message_id, html.pieces(markdown)[0], buttons)
        except ChannelError as error:
            _log.info("prompt_kept", reason=error.reason)

    async def refuse(self, said: Heard, error: GuichetError, words: Words) -> None:
        """Say why something could not be done."""
        await self.reply(said, escape(render_error(error, words)))

    async def blocked(self, user_id: str, *, blocked: bool) -> None:
        """Note that somebody took the bot out of their sight, or back."""
        note = self.parts.correspondence.set_blocked
        await anyio.to_thread.run_sync(lambda: note(account(user_id), blocked=blocked))

    async def moved(self, before: str, after: str) -> None:
        """Follow a group that became a supergroup."""
        move = self.parts.correspondence.move
        await anyio.to_thread.run_sync(move, NAME, before, after)
        _log.info("telegram_chat_moved", before=before, after=after)

    async def in_thread(self, work: Callable[[], Result]) -> Result:
        """Run a use case in a thread."""
        return await anyio.to_thread.run_sync(work)


def account(user_id: str) -> AccountRef:
    """Return the account of a user id."""
    return AccountRef(NAME, user_id)


def privately(said: Heard) -> Heard:
    """Return a message as if it had been said in private, for what only its author should read."""
    return replace(said, address=Address(NAME, said.account.external_id))
