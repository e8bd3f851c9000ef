"""Buttons pressed: the house's own actions, and those that only make sense here. Every press is acknowledged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram import Message
from telegram.constants import ChatType

from bot import drafting
from bot.addresses import is_public
from bot.channel import Button, ChannelError, Command, FileRef, Pressed
from bot.channels.telegram.commanding import people_rows
from bot.channels.telegram.incoming import account_of, address_of, press_key
from bot.channels.telegram.keyboard import settled
from bot.channels.telegram.options import NAME
from bot.commands import of_action
from bot.render import render_error
from bot.render.markup import escape
from bot.standing import OUTDATED, Standing
from helpdesk.errors import GuichetError, InvalidInputError, NotAllowedError
from helpdesk.library import themes
from helpdesk.model import AccountRef, Address
from knowledge.entry import Entry

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from telegram import CallbackQuery

    from bot.channels.telegram.context import Context
    from bot.channels.telegram.menu import Menu
    from bot.channels.telegram.newcomers import Newcomers
    from bot.channels.telegram.replies import Replies
    from bot.channels.telegram.room import Room
    from bot.channels.telegram.showing import Showing
    from bot.channels.telegram.writing import Writing
    from bot.words import Words

_WRITTEN = frozenset({"answer", "ask", "note", "excuse"})
_ON_A_PAGE = {"candidate": "candidates"}
_SETTLES = frozenset({"solved", "human", "join", "choose", "rate", "withdraw"})


class Press:
    """One press: who, where, on what."""

    def __init__(self, query: CallbackQuery, message: Message, words: Words) -> None:
        self.query = query
        self.message = message
        self.words = words
        self.account: AccountRef = account_of(query.from_user)
        self.address: Address = address_of(message)
        self.verb, _, self.rest = str(query.data or "").partition(":")


class Pressing:
    """Carries out presses."""

    def __init__(
        self,
        context: Context,
        writing: Writing,
        showing: Showing,
        newcomers: Newcomers,
        menu: Menu,
        replies: Replies,
        room: Room | None,
    ) -> None:
        self._context = context
        self._parts = context.parts
        self._writing = writing
        self._showing = showing
        self._newcomers = newcomers
        self._menu = menu
        self._replies = replies
        self._room = room
        self._standing = Standing(context.parts.desk)
        self._own: dict[str, Callable[[Press], Awaitable[None]]] = {
            "lang": self._language,
            "page": self._page,
            "file": self._file,
            "stop": self._stop,
            "theme": self._theme,
            "reassign": self._reassign,
            "erase": self._erase,
            "unaway": self._unaway,
            "accept": self._accept,
            **dict.fromkeys(_WRITTEN, self._write),
            "propose": self._propose,
            **dict.fromkeys(drafting.BUTTONS, self._draft),
            **dict.fromkeys(_ON_A_PAGE, self._on_a_page),
        }

    async def press(self, query: CallbackQuery) -> None:
        """Do what a button says, and acknowledge it."""
        account = account_of(query.from_user)
        person = await self._context.person(account)
        words = self._context.words_of(person, query.from_user)
        message = query.message
        if str(query.data).startswith("org:"):
            await self._newcomers.choose(query, account, str(query.data).partition(":")[2])
            return
        if person is None:
            await self._context.out.toast(query.id, words("errors.unknown_account"), alert=True)
            return
        if not isinstance(message, Message):
            # Too old for Telegram to say what it was.
            await self._context.out.toast(query.id, words("errors.unknown_action"), alert=True)
            return
        press = Press(query, message, words)
        try:
            await self._obey(press)
        except GuichetError as error:
            if error.code == "no_such_question" and message.chat.type != ChatType.PRIVATE:
                # All can read it here: it is not that there is none.
                error = NotAllowedError("not_your_button")
            await self._context.out.toast(query.id, render_error(error, words), alert=True)
            if press.verb in _SETTLES and error.code in OUTDATED:
                await self._settle_card(press)

    async def _obey(self, press: Press) -> None:
        if press.verb in self._own:
            await self._own[press.verb](press)
        elif press.verb == "pass" and ":" not in press.rest:
            await self._colleagues(press)
        else:
            await self._act(press)

    async def _act(self, press: Press) -> None:
        """Look at or do what a button of the house says."""
        action = str(press.query.data)
        if press.verb == "relay":
            action = f"pass:{press.rest}"
        pressed = Pressed(press_key(press.query), press.account, press.address, action)
        seen = await self._parts.handlers.look(pressed)
        if seen is not None:
            await self._context.out.toast(press.query.id)
            # In a group, a question or the board is for the eyes of whoever asked to see it.
            public = isinstance(seen, Entry) or press.message.chat.type == ChatType.PRIVATE
            address = press.address if public else Address(NAME, press.account.external_id)
            await self._showing.show(address, seen, press.words)
            return
        order = of_action(pressed)
        if order.ticket is not None:
            self._context.out.pressed(press.address.conversation, order.ticket, press.message.message_id)
        number = await self._parts.handlers.handle(pressed)
        done = f"console.done.{await self._parts.handlers.outcome(order.name, press.account, number)}"
        await self._context.out.toast(
            press.query.id, press.words(done, number=number) if press.words.has(done) else None
        )
        if press.verb in _SETTLES - {"choose", "rate"}:
            await self._settle_card(press)
        elif press.verb in {"relay", "pass"}:
            number = _number(press.rest.partition(":")[0])
            await self._tell_holder(press, number)
            await self._writing.settle_cards(press.address, "pass", number, press.words)

    async def _settle_card(self, press: Press) -> None:
        markup = settled(press.message.reply_markup)
        if markup != press.message.reply_markup:
            await self._context.out.set_buttons(press.address, press.message.message_id, markup)

    async def _write(self, press: Press) -> None:
        number = _number(press.rest)
        if self._room is not None and press.address.thread is not None and self._room.is_here(press.address):
            await self._context.out.toast(press.query.id, press.words("telegram.room.write"), alert=True)
            return
        await self._standing.check(press.account, number, press.verb)
        await self._context.out.toast(press.query.id)
        await self._writing.await_text(press.account, press.address, press.verb, number, press.words)

    async def _propose(self, press: Press) -> None:
        """Ask for the title of an entry made of an answer, or propose it under the question as it was asked."""
        ticket, _, as_asked = press.rest.partition(":")
        number = _number(ticket)
        await self._standing.check(press.account, number, press.verb)
        if not as_asked:
            await self._write(press)
            return
        command = Command(press_key(press.query), press.account, press.address, "propose", ticket)
        await self._parts.handlers.handle(command)
        await self._context.in_thread(lambda: self._parts.dialogues.end(press.account))
        await self._context.out.toast(press.query.id)
        await self._writing.settle_cards(press.address, "propose", number, press.words)
        await self._context.replace(press.address, press.message.message_id, press.words("console.done.propose"))

    async def _stop(self, press: Press) -> None:
        await self._writing.stop(press.query, press.account, press.words)
        await self._context.out.toast(press.query.id)

    async def _draft(self, press: Press) -> None:
        ticket, _, held = press.rest.partition(":")
        await self._writing.press(press.query, press.verb, _number(ticket), held, press.words)

    async def _accept(self, press: Press) -> None:
        await self._replies.accept(press.query, _number(press.rest), press.words)

    async def _colleagues(self, press: Press) -> None:
        number = _number(press.rest)
        may = await self._standing.check_passing(press.account, number)
        people = await self._context.in_thread(lambda: self._parts.experts.colleagues(press.account, number))
        person = await self._context.person(press.account)
        me = person.id if person is not None else None
        mine = [Button(press.words("chat.button.mine"), f"pass:{number}:{me}") for line in people if line.id == me]
        others = [line for line in people if line.id != me and may & {"pass", "reassign"}]
        rows = [
            mine,
            [Button(press.words("chat.button.relay"), f"relay:{number}")] if "pass" in may else [],
            *people_rows(others, "pass", number, press.words),
        ]
        await self._context.out.toast(press.query.id)
        await self._context.tell(press.address, press.words("chat.pass", number=number), rows)

    async def _reassign(self, press: Press) -> None:
        ticket, _, person = press.rest.partition(":")
        number = _number(ticket)
        if not person:
            await self._standing.check_with_experts(press.account, number)
            people = await self._context.in_thread(lambda: self._parts.coordinators.people(press.account))
            rows = people_rows(people, "reassign", number, press.words)
            await self._context.out.toast(press.query.id)
            await self._context.tell(press.address, press.words("chat.reassign", number=number), rows)
            return
        reassign = self._parts.coordinators.reassign
        await self._context.in_thread(
            lambda: reassign(press_key(press.query), press.account, number, _number(person)),
        )
        self._wake()
        await self._context.out.toast(press.query.id, press.words("console.done.reassign", number=number))
        await self._tell_holder(press, number)

    async def _tell_holder(self, press: Press, number: int) -> None:
        """Say who has the question now, in place of the names that were proposed."""
        holder = await self._context.in_thread(lambda: self._parts.experts.holder(press.account, number))
        key = "telegram.handed" if holder else "telegram.handed_nobody"
        text = press.words(key, number=number, name=escape(holder or ""))
        await self._context.replace(press.address, press.message.message_id, text)

    async def _theme(self, press: Press) -> None:
        """Propose the themes, or set the one pressed."""
        ticket, _, theme = press.rest.partition(":")
        number = _number(ticket)
        if not theme:
            await self._standing.check_with_experts(press.account, number)
            await self._context.out.toast(press.query.id)
            known = await self._context.in_thread(lambda: self._themes(press.words))
            rows = [[Button(label, f"theme:{number}:{theme_id}")] for theme_id, label in known.items()]
            await self._context.tell(press.address, press.words("chat.theme", number=number), rows)
            return
        set_theme = self._parts.experts.set_theme
        await self._context.in_thread(lambda: set_theme(press_key(press.query), press.account, number, theme))
        self._wake()
        label = await self._context.in_thread(lambda: self._themes(press.words)[theme])
        text = press.words("telegram.theme_now", number=number, theme=label)
        await self._context.out.toast(press.query.id)
        await self._context.replace(press.address, press.message.message_id, escape(text))

    def _themes(self, words: Words) -> dict[str, str]:
        with self._parts.office.reading() as unit:
            return {theme.id: theme.labels.get(words.locale, theme.id) for theme in themes(unit.session)}

    async def _page(self, press: Press) -> None:
        page, _, entry_id = press.rest.partition(":")
        entry = await self._context.in_thread(lambda: self._parts.desk.entry(entry_id))
        assert isinstance(entry, Entry)
        await self._context.out.toast(press.query.id)
        try:
            await self._showing.turn(press.address, press.message.message_id, entry, _number(page), press.words)
        except ChannelError:
            await self._showing.show(press.address, entry, press.words)

    async def _file(self, press: Press) -> None:
        number = _number(press.rest)
        # Who may read it is the core's business; the bytes are read again when they are sent.
        await self._context.in_thread(lambda: self._parts.attachments.read_as(press.account, number))
        await self._context.out.toast(press.query.id)
        try:
            await self._showing.file(press.address, FileRef(number, "", "", 0))
        except ChannelError as error:
            raise InvalidInputError("file_not_sent") from error

    async def _language(self, press: Press) -> None:
        await self._context.in_thread(lambda: self._parts.people.set_locale(press.account, press.rest))
        person = await self._context.person(press.account)
        words = self._context.words_of(person)
        if person is not None:
            await self._menu.fit(press.account.external_id, person, chosen=True)
        await self._context.out.toast(press.query.id)
        await self._context.replace(press.address, press.message.message_id, words("console.done.language"))

    async def _unaway(self, press: Press) -> None:
        cancel = self._parts.experts.cancel_absence
        await self._context.in_thread(lambda: cancel(press_key(press.query), press.account, _number(press.rest)))
        await self._context.out.toast(press.query.id, press.words("chat.unaway_done"))
        left = await self._parts.handlers.look(Command(press_key(press.query), press.account, press.address, "absence"))
        assert left is not None
        await self._showing.renew(press.address, press.message.message_id, left, press.words)

    async def _erase(self, press: Press) -> None:
        """Ask once more, then forget the person; their open questions go on without a name, or are withdrawn."""
        words, erase = press.words, self._parts.privacy.erase
        if press.rest == "ask":
            waiting = await self._context.in_thread(lambda: self._parts.privacy.open_questions(press.account))
            choices = ("keep", "drop") if waiting else ("now",)
            rows = [[Button(words(f"chat.button.erase_{choice}"), f"erase:{choice}")] for choice in choices]
            await self._context.out.toast(press.query.id)
            await self._context.tell(press.address, words("chat.erase.ask"), rows)
            return
        keep = press.rest == "keep"
        await self._context.in_thread(lambda: erase(press_key(press.query), press.account, keep_open=keep))
        await self._context.out.toast(press.query.id)
        await self._context.out.set_buttons(press.address, press.message.message_id, None)
        await self._context.tell(press.address, words("telegram.erase.kept" if keep else "telegram.erase.gone"))
        self._wake()

    async def _on_a_page(self, press: Press) -> None:
        """Say that a form is on the site, with its link when everybody can open it."""
        url = f"{self._context.options.base_url}/{_ON_A_PAGE[press.verb]}/{press.rest}"
        if not self._context.options.base_url or not is_public(url):
            raise InvalidInputError("on_the_page")
        await self._context.out.toast(press.query.id)
        button = Button(press.words("chat.button.page"), url=url)
        await self._context.tell(press.address, press.words("errors.on_the_page"), [[button]])

    def _wake(self) -> None:
        self._context.wake()


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:  # noqa: PLR2004 - what both databases keep as an integer
        raise InvalidInputError("unknown_action")
    return int(text)
