"""What experts and coordinators write for a question: a draft is shown back and leaves with one press.

A draft is kept in the database under the message that holds it: a restart in the middle changes nothing. ``//`` at the
beginning makes an internal note, at once. What is written in a form was read over there, and leaves at once.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import structlog

from bot import drafting
from bot.channel import Button, ChannelError, Command, Said
from bot.channels.discord import buttons, places
from bot.channels.discord.context import HereAside, HereMessage
from bot.channels.discord.downloads import fetch
from bot.channels.discord.incoming import SentFile, address_of
from bot.channels.discord.options import NAME
from bot.render.markup import escape
from helpdesk.errors import GuichetError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Collection

    import discord

    from bot.channels.discord.context import Context, Here
    from bot.channels.discord.incoming import Heard
    from bot.words import Words
    from helpdesk.attachments import Upload
    from helpdesk.model import Address

NOTE_MARK = "//"
_GIVES = frozenset({"pass", "reassign"})
_WAYS = {"send": "answer", "query": "ask_member", "jot": "note"}  # what each needs
_WRITTEN = frozenset({"answer", "ask", "note", "excuse", "propose"})

_log = structlog.get_logger(__name__)


class Writing:
    """Keeps drafts, carries out orders."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._parts = context.parts

    async def draft(self, said: Heard, ticket: int, words: Words, actions: Collection[str]) -> None:
        """Keep a text for a question and ask what to do with it, of what may be; a note is written at once."""
        here = HereMessage(self._context, said, words)
        if said.text.startswith(NOTE_MARK):
            files, refused = await fetch(self._context.client, said.files)
            for error in refused:
                await here.refuse(error)
            await self.order(here, "note", f"{ticket} {said.text.removeprefix(NOTE_MARK).strip()}", files)
            return
        await self._keep(said, ticket)
        number = said.message.id
        ways = [way for way, action in _WAYS.items() if action in actions] + ["drop"]
        offered = [Button(words(f"chat.button.{way}"), f"{way}:{ticket}:{number}") for way in ways]
        rows = (offered[:2], offered[2:])
        reply_to = None if said.private else number
        prompt = await self._context.tell(said.address, words("chat.draft.ask", number=ticket), rows, reply_to=reply_to)
        await self._keep(said, ticket, prompt)

    async def ask(self, said: Heard, words: Words, ticket: int | None) -> int | None:
        """Hand what somebody wrote to the core, its files with it; return the question it concerned."""
        here = HereMessage(self._context, said, words)
        files, refused = await fetch(self._context.client, said.files)
        for error in refused:
            await here.refuse(error)
        text = said.text or ", ".join(f"[{file.name}]" for file in files)
        if not text:
            return None
        try:
            return await self._parts.handlers.handle(
                Said(said.key, said.account, said.address, text, ticket, at=said.at, files=files)
            )
        except GuichetError as error:
            await here.refuse(error)
            return None

    async def redraft(self, said: Heard) -> bool:
        """Take the new words of a draft that its author has changed; False when the message holds none."""
        held = str(said.message.id)
        draft = await self._context.in_thread(lambda: self._parts.drafts.read(said.address, held))
        if draft is None:
            return False
        await self._keep(said, draft.ticket_id, draft.data.get("prompt"))
        return True

    async def undraft(self, place: int, held: int) -> None:
        """Forget the draft of a message that somebody deleted, and say so where its buttons were."""
        dropped = await self._context.in_thread(lambda: self._parts.drafts.drop_message(NAME, str(held)))
        if dropped is None:
            return
        address, draft = dropped
        prompt = draft.data.get("prompt")
        if prompt is None:
            return  # a press on it will tell
        if not places.is_private(address):
            address = replace(address, thread=str(place))
        author = await self._context.in_thread(lambda: self._parts.people.person(draft.person_id))
        try:
            await self._context.out.rewrite(address, prompt, self._context.words_of(author)("chat.draft.gone"))
        except ChannelError as error:
            _log.warning("prompt_kept", reason=error.reason)

    async def corrected(self, said: Heard, words: Words) -> bool:
        """Tell the author of a draft that left already that new words change nothing of it; False when none did."""
        held = str(said.message.id)
        left = await self._context.in_thread(lambda: drafting.order_of(self._parts, said.address, held))
        if left is None:
            return False
        await HereMessage(self._context, said, words).say(words("chat.draft.edited_late"))
        return True

    async def order(self, here: Here, name: str, argument: str, files: tuple[Upload, ...] = ()) -> bool:
        """Carry out an order and say that it is done; False when it was refused, which is said."""
        command = Command(here.key, here.account, here.address, name, argument, at=here.at, files=files)
        here.expect()
        try:
            number = await self._parts.handlers.handle(command)
        except GuichetError as error:
            await here.refuse(error)
            await here.give_back(_text_of(name, argument))
            return False
        if (done := await self.done(here, name, number)) is not None:
            await here.say(done)
        return True

    async def done(self, here: Here, name: str, number: int | None) -> str | None:
        """Return what says that an order is carried out, and who has the question now; None when the queue does."""
        words = here.words
        if name in _GIVES and number is not None:
            try:
                view = await self._context.in_thread(lambda: self._parts.desk.ticket(here.account, number))
            except NotFoundError:
                pass  # passed on, it is not theirs to read any more
            else:
                holder = view.line.assignee
                key = f"discord.done.{name}" if holder else "discord.done.nobody"
                return words(key, number=number, name=escape(holder or ""))
        done = f"console.done.{await self._parts.handlers.outcome(name, here.account, number)}"
        return words(done, number=number) if words.has(done) else None

    async def press(self, here: HereAside, message: discord.Message, verb: str, ticket: int, held: str) -> None:
        """Send a draft, keep it as a note, or drop it: what its author pressed."""
        words = here.words
        # The prompt stands in the conversation where the draft was written; a private one is its reader's.
        address = here.address if message.guild is None else address_of(message)
        draft = await self._context.in_thread(lambda: self._parts.drafts.read(address, held))
        if draft is None:
            came = await self._context.in_thread(
                lambda: drafting.what_came_of(self._parts, address, ticket, held, words)
            )
            # The press that did it may have left the prompt as it was: a cut connection, a crash.
            await self._context.out.rewrite(address, message.id, came)
            return
        person = await self._context.known(here.account)
        if person is None or person.id != draft.person_id:
            await here.say(words("chat.draft.not_yours"))
            return
        if verb != "drop":
            await self._send(here, address, drafting.VERBS[verb], ticket, held, draft.data)
        await self._context.in_thread(lambda: self._parts.drafts.drop(address, held))
        done = "chat.draft.dropped" if verb == "drop" else f"chat.draft.{verb}"
        await self._context.out.rewrite(address, message.id, words(done, number=ticket))

    async def _send(
        self, here: HereAside, address: Address, name: str, ticket: int, held: str, data: dict[str, Any]
    ) -> None:
        """Send a draft, written where it was written. Raises ``GuichetError``: it is kept then."""
        files, refused = await fetch(self._context.client, [SentFile(**file) for file in data["files"]])
        key = drafting.key_of(address, held, name)
        await self._parts.handlers.handle(
            Command(key, here.account, address, name, f"{ticket} {data['text']}", files=files)
        )
        for lost in refused:
            await here.refuse(lost)

    async def _keep(self, said: Heard, ticket: int, prompt: int | None = None) -> None:
        """Keep a draft; ``prompt``: our message whose buttons decide, once it is said."""
        text = said.text or ", ".join(f"[{file.name}]" for file in said.files)
        data = {"text": text, "files": [asdict(file) for file in said.files], "prompt": prompt}
        held = str(said.message.id)
        await self._context.in_thread(lambda: self._parts.drafts.keep(said.account, said.address, held, ticket, data))


def _text_of(name: str, argument: str) -> str:
    """Return what was written for an order, without its question's number."""
    if name == "question":
        return argument
    return argument.partition(" ")[2] if name in _WRITTEN else ""


def settle(message: discord.Message) -> discord.ui.View | None:
    """Return a card's buttons once the member has decided."""
    return buttons.without(message, frozenset({"solved", "human", "join", "choose", "rate", "withdraw", "context"}))
