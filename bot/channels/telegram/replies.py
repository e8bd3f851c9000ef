"""What is said in a group in reply to somebody else's question: it may be the answer, and is nobody's new question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channel import Button
from bot.channels.telegram.incoming import account_of, address_of, file_of, press_key
from bot.channels.telegram.options import NAME
from bot.render import render_error
from bot.render.markup import escape
from helpdesk.conversation import Beside
from helpdesk.errors import GuichetError, NotFoundError, TransitionError
from helpdesk.peers import Reply

if TYPE_CHECKING:
    from telegram import CallbackQuery, Message

    from bot.channels.telegram.context import Context
    from bot.channels.telegram.incoming import Heard
    from bot.words import Words


class Replies:
    """Offers members' replies to who asked, and takes the one that does."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._parts = context.parts

    async def hear(self, said: Heard, ticket: int, words: Words | None) -> bool:
        """Do what a reply to a message about a question asks for; False when it is the speaker's own affair.

        ``words``: of the speaker; None for a stranger, of whom only what is plainly a question is for us.
        """
        meaning = self._parts.peers.meaning
        meant = await self._context.in_thread(lambda: meaning(said.account, said.address, ticket, said.text))
        if meant is None or meant is Beside.question:
            return False
        if words is not None and meant is Beside.me_too:
            await self._join(said, ticket, words)
        elif words is not None and meant is Beside.reply:
            await self._offer(said, ticket)
        return True

    async def _join(self, said: Heard, ticket: int, words: Words) -> None:
        join = self._parts.peers.me_too
        try:
            await self._context.in_thread(lambda: join(said.key, said.account, said.address, ticket, said.at))
        except GuichetError as error:
            await self._context.refuse(said, error, words)
        else:
            self._context.wake()

    async def accept(self, press: CallbackQuery, ticket: int, words: Words) -> None:
        """Take the reply under which the button stands as the answer; everybody is shown. Raises ``GuichetError``."""
        offer: Message = press.message  # type: ignore[assignment]  # the caller looked
        replied = offer.reply_to_message
        if replied is None or replied.from_user is None:
            raise NotFoundError("reply_gone")
        sent = file_of(replied)
        files, refused = await self._context.downloads.fetch([sent] if sent else [])
        reply = Reply(
            author=account_of(replied.from_user),
            text=replied.text or replied.caption or ", ".join(f"[{file.name}]" for file in files),
            at=replied.date,
            address=address_of(offer),
            reference=str(replied.message_id),
            files=files,
        )
        accept = self._parts.peers.accept
        try:
            await self._context.in_thread(lambda: accept(press_key(press), account_of(press.from_user), ticket, reply))
        except TransitionError:
            # It is over: nobody has anything to take any more.
            await self._context.out.set_buttons(reply.address, offer.message_id, None)
            raise
        self._context.wake()
        await self._context.out.toast(press.id, words("chat.reply.accepted"))
        taken = self._public("chat.reply.taken", name=escape(replied.from_user.full_name))
        await self._context.replace(reply.address, offer.message_id, taken)
        for lost in refused:
            await self._context.tell(reply.address, escape(render_error(lost, words)))

    async def _offer(self, said: Heard, ticket: int) -> None:
        """Offer who asked to take a reply as the answer: once for each person who replies."""
        known, key = self._parts.correspondence, f"{NAME}:offered:{said.address.conversation}:{ticket}:{said.user.id}"
        if await self._context.in_thread(lambda: known.is_handled(key)):
            return
        name = escape(said.user.full_name)
        parts = (self._public("chat.reply.offer", name=name), self._public("telegram.reply.own", name=name))
        button = Button(self._public("chat.button.accept"), f"accept:{ticket}")
        await self._context.reply(said, "\n\n".join(parts), [[button]])
        await self._context.in_thread(lambda: known.handled(key))

    def _public(self, key: str, **data: object) -> str:
        """Return words for everybody in a group."""
        return self._parts.words_for(self._context.options.locale)(key, **data)
