"""What experts and coordinators write for a question: a draft is shown back and leaves with one press.

A draft is kept under the message that holds it, and a text awaited is a dialogue in the database: a restart in the
middle changes nothing. ``//`` at the beginning makes an internal note, at once.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bot import drafting
from bot.channel import Button, Command
from bot.channels.telegram.incoming import SentFile, account_of, address_of
from bot.channels.telegram.keyboard import keyboard
from bot.render import render_error
from bot.render.markup import escape
from helpdesk.errors import GuichetError
from helpdesk.notices import NoticeKind

if TYPE_CHECKING:
    from telegram import CallbackQuery, Message

    from bot.channels.telegram.context import Context
    from bot.channels.telegram.incoming import Heard
    from bot.words import Words
    from helpdesk.model import AccountRef, Address

WRITING = "write"  # the dialogue's kind
NOTE_MARK = "//"
DRAFTED = frozenset({"answer", "ask"})  # what goes to a member is shown back before it leaves
AWAITED = DRAFTED | {"note", "excuse", "propose", "question"}
_CARDS = frozenset({NoticeKind.assigned, NoticeKind.member_replied, NoticeKind.reminder, NoticeKind.breach})
_SETTLED_BY = {"answer": _CARDS, "pass": _CARDS, "propose": frozenset({NoticeKind.offer_entry})}


class Writing:
    """Awaits texts, keeps drafts, sends them."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._parts = context.parts

    async def await_text(self, account: AccountRef, address: Address, verb: str, ticket: int, words: Words) -> None:
        """Ask for the text of an order; the next message in this conversation is that text."""
        data = {"verb": verb, "ticket": ticket, "conversation": address.conversation, "thread": address.thread}
        await self._context.in_thread(lambda: self._parts.dialogues.begin(account, WRITING, data))
        buttons = [Button(words("chat.button.drop"), "stop:0")]
        if verb == "propose":
            buttons.insert(0, Button(words("chat.button.as_asked"), f"propose:{ticket}:as-asked"))
        prompt = await self._context.tell(address, words(f"telegram.write.{verb}", number=ticket), [buttons])
        await self._context.in_thread(lambda: self._parts.dialogues.begin(account, WRITING, data | {"prompt": prompt}))

    async def stop(self, press: CallbackQuery, account: AccountRef, words: Words) -> None:
        """Await nothing more."""
        await self._context.in_thread(lambda: self._parts.dialogues.end(account))
        await self._replace(press, words("chat.draft.dropped"))

    async def awaited(self, said: Heard) -> dict[str, Any] | None:
        """Return what a message is the text of, if it was awaited here."""
        dialogue = await self._context.in_thread(lambda: self._parts.dialogues.current(said.account))
        if dialogue is None or dialogue.kind != WRITING:
            return None
        here = (dialogue.data["conversation"], dialogue.data["thread"])
        return dialogue.data if here == (said.address.conversation, said.address.thread) else None

    async def take(self, said: Heard, awaited: dict[str, Any], words: Words) -> None:
        """Take a text that was awaited."""
        verb, ticket = awaited["verb"], awaited["ticket"]
        if verb in DRAFTED:
            await self.draft(said, ticket, words, verb=verb)
        else:
            argument = said.text if verb == "question" else f"{ticket} {said.text}"
            await self.order(said, verb, argument, words)
        await self._context.in_thread(lambda: self._parts.dialogues.end(said.account))
        if awaited.get("prompt") is not None:
            await self._context.out.set_buttons(said.address, awaited["prompt"], None)

    async def draft(self, said: Heard, ticket: int, words: Words, verb: str | None = None) -> None:
        """Keep a text for a question and ask what to do with it; a note is written at once."""
        if said.text.startswith(NOTE_MARK):
            await self.order(said, "note", f"{ticket} {said.text.removeprefix(NOTE_MARK).strip()}", words)
            return
        await self._keep(said, ticket)
        number = said.message.message_id
        ways = ("send",) if verb == "answer" else ("query",) if verb == "ask" else ("send", "query", "jot")
        rows = [[Button(words(f"chat.button.{way}"), f"{way}:{ticket}:{number}")] for way in (*ways, "drop")]
        await self._context.reply(said, words("chat.draft.ask", number=ticket), rows, quoting=True)

    async def redraft(self, said: Heard) -> bool:
        """Take the new words of a draft that its author has changed; False when the message holds none."""
        held = str(said.message.message_id)
        draft = await self._context.in_thread(lambda: self._parts.drafts.read(said.address, held))
        if draft is None:
            return False
        await self._keep(said, draft.ticket_id)
        return True

    async def order(self, said: Heard, name: str, argument: str, words: Words) -> None:
        """Carry out an order written in one message, its files with it, and say that it is done."""
        files, refused = await self._context.downloads.fetch(said.files)
        command = Command(said.key, said.account, said.address, name, argument, at=said.at, files=files)
        for error in refused:
            await self._context.refuse(said, error, words)
        try:
            number = await self._parts.handlers.handle(command)
        except GuichetError as error:
            await self._context.refuse(said, error, words)
            return
        if number is not None:
            await self.settle_cards(said.address, name, number, words)
        done = f"console.done.{await self._parts.handlers.outcome(name, said.account, number)}"
        if words.has(done):
            await self._context.reply(said, words(done, number=number))

    async def press(self, press: CallbackQuery, verb: str, ticket: int, held: str, words: Words) -> None:
        """Send a draft, keep it as a note, or drop it: what its author pressed."""
        assert press.message is not None
        address = _address(press)
        draft = await self._context.in_thread(lambda: self._parts.drafts.read(address, held))
        if draft is None:
            came = await self._context.in_thread(
                lambda: drafting.what_came_of(self._parts, address, ticket, held, words)
            )
            # The press that did it may have left the prompt as it was: a cut connection, a crash.
            await self._context.out.toast(press.id, came)
            await self._replace(press, came)
            return
        person = await self._context.person(account_of(press.from_user))
        if person is None or person.id != draft.person_id:
            await self._context.out.toast(press.id, words("chat.draft.not_yours"), alert=True)
            return
        if verb != "drop" and not await self._send(press, drafting.VERBS[verb], ticket, held, draft.data, words):
            return
        await self._context.in_thread(lambda: self._parts.drafts.drop(address, held))
        await self._context.out.toast(press.id)
        done = "chat.draft.dropped" if verb == "drop" else f"chat.draft.{verb}"
        await self._replace(press, words(done, number=ticket))

    async def _send(
        self, press: CallbackQuery, name: str, ticket: int, held: str, data: dict[str, Any], words: Words
    ) -> bool:
        files, refused = await self._context.downloads.fetch([SentFile(**file) for file in data["files"]])
        address = _address(press)
        key = drafting.key_of(address, held, name)
        command = Command(key, account_of(press.from_user), address, name, f"{ticket} {data['text']}", files=files)
        try:
            await self._parts.handlers.handle(command)
        except GuichetError as error:
            await self._context.out.toast(press.id, render_error(error, words), alert=True)
            return False
        for lost in refused:
            await self._context.tell(address, escape(render_error(lost, words)))
        await self.settle_cards(address, name, ticket, words)
        return True

    async def settle_cards(self, address: Address, name: str, ticket: int, words: Words) -> None:
        """Leave on an expert's own cards of a question only what still acts, now that they did what ``name`` says.

        The room keeps its card up to date itself.
        """
        kinds = _SETTLED_BY.get(name)
        if kinds is None or address.thread is not None:
            return
        cards_of = self._parts.correspondence.cards_of
        left = keyboard([[Button(words("button.question", number=ticket), f"ticket:{ticket}")]])
        for card in await self._context.in_thread(lambda: cards_of(address, ticket, kinds)):
            for number in card:
                # Of several messages, words in pieces or files, only one has buttons and none needs one more.
                await self._context.out.set_buttons(address, int(number), left if len(card) == 1 else None)

    async def _keep(self, said: Heard, ticket: int) -> None:
        text = said.text or ", ".join(f"[{file.name}]" for file in said.files)
        data = {"text": text, "files": [asdict(file) for file in said.files]}
        held = str(said.message.message_id)
        await self._context.in_thread(
            lambda: self._parts.drafts.keep(said.account, said.address, held, ticket, data),
        )

    async def _replace(self, press: CallbackQuery, text: str) -> None:
        assert press.message is not None
        await self._context.replace(_address(press), press.message.message_id, text)


def _address(press: CallbackQuery) -> Address:
    message: Message = press.message  # type: ignore[assignment]  # the caller looked
    return address_of(message)
