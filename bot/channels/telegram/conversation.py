"""One update, once: who it is from, whether it is for us, and to which part it goes.

Nothing is decided here about questions: the handlers carry out what was said, the queue tells what came of it. What is
said at once are views, prompts and refusals.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import structlog
from telegram import ChatMember, Message
from telegram.constants import ChatType

from bot.channel import Said
from bot.channels.telegram import incoming
from bot.channels.telegram.commanding import Commanding
from bot.channels.telegram.gathering import Gathering
from bot.channels.telegram.keyboard import actions_of
from bot.channels.telegram.menu import Menu
from bot.channels.telegram.newcomers import Newcomers
from bot.channels.telegram.options import NAME
from bot.channels.telegram.pressing import Pressing
from bot.channels.telegram.replies import Replies
from bot.channels.telegram.showing import Showing
from bot.channels.telegram.writing import Writing
from bot.commands import question_of
from helpdesk.errors import GuichetError, NotFoundError
from helpdesk.model import WITH_EXPERTS, Role, State

if TYPE_CHECKING:
    from telegram import ChatMemberUpdated, Update

    from bot.channels.telegram.context import Context
    from bot.channels.telegram.incoming import Heard
    from bot.channels.telegram.room import Room
    from bot.words import Words
    from helpdesk.views import TicketView

_STILL_HEARD = frozenset({*WITH_EXPERTS, State.received, State.suggested})

_log = structlog.get_logger(__name__)


class Conversation:
    """Handles updates; ``room`` is the experts' room, if there is one."""

    def __init__(self, context: Context, room: Room | None) -> None:
        self._context = context
        self._parts = context.parts
        self._room = room
        self._menu = Menu(context)
        self._handled = Gathering(self._keep)
        self._newcomers = Newcomers(context)
        self._writing = Writing(context)
        self._replies = Replies(context)
        showing = Showing(context)
        self._commanding = Commanding(context, self._writing, showing, self._menu)
        self._pressing = Pressing(context, self._writing, showing, self._newcomers, self._menu, self._replies, room)

    async def set_up(self) -> None:
        """Show the commands, then see to newcomers who say nothing more, until cancelled."""
        await self._menu.set_up()
        await self._newcomers.watch()

    async def handle(self, updates: tuple[Update, ...]) -> None:
        """Handle one update, or an album's together. Raises what only the database or a fault of ours raises.

        What the core keeps has keys of its own; this one keeps views and prompts from being said again.
        """
        known = self._parts.correspondence
        keys = [f"{NAME}:{update.update_id}" for update in updates]
        if await self._context.in_thread(lambda: known.is_handled(keys[0])):
            return
        await self._handle(updates)
        await self._handled.put(*keys)

    async def _keep(self, keys: tuple[str, ...]) -> None:
        await self._context.in_thread(lambda: self._parts.correspondence.handled(*keys))

    async def _handle(self, updates: tuple[Update, ...]) -> None:
        update = updates[0]
        if update.callback_query is not None:
            await self._pressing.press(update.callback_query)
        elif update.my_chat_member is not None:
            await self._membership(update.my_chat_member)
        elif update.edited_message is not None:
            await self._edited(update.edited_message)
        elif update.message is not None:
            await self._message([item.message for item in updates if item.message is not None])

    async def give_up(self, updates: tuple[Update, ...]) -> None:
        """Tell of an update that nothing can be done with: its author, and the coordinators."""
        update = updates[0]
        report = self._parts.correspondence.report
        key = f"{NAME}:skipped:{update.update_id}"
        await self._context.in_thread(lambda: report("update_skipped", key, channel=NAME, update=update.update_id))
        message = update.effective_message
        if isinstance(message, Message) and update.effective_user is not None:
            words = self._context.words_of(None, update.effective_user)
            await self._context.tell(incoming.address_of(message), words("errors.error"))

    async def _message(self, messages: list[Message]) -> None:
        first = messages[0]
        if first.migrate_to_chat_id is not None:
            await self._moved(str(first.chat.id), str(first.migrate_to_chat_id))
            return
        if first.left_chat_member is not None:
            gone, chat = incoming.account_of(first.left_chat_member), str(first.chat.id)
            await self._context.in_thread(lambda: self._parts.correspondence.leave(gone, chat))
            return
        said = incoming.heard(messages, self._context.bot.username)
        if said is None:
            return
        if self._room is not None and self._room.is_here(said.address):
            ticket = await self._room.ticket_of(said)
            if ticket is not None and said.command is None:
                await self._draft_in_room(said, ticket)
                return
            said = replace(said, about=ticket)
        if self._commanding.is_for_another(said) or not await self._is_for_us(said):
            return
        await self._hear(said)

    async def _is_for_us(self, said: Heard) -> bool:
        bot, topics = self._context.bot, self._context.options.topics
        if incoming.is_for_bot(said, bot.username, bot.id):
            return True
        if not topics:
            return False
        # The configuration may name the group as it was before it became a supergroup.
        names_of = self._parts.correspondence.names_of
        names = await self._context.in_thread(lambda: names_of(NAME, said.address.conversation))
        return incoming.is_where_it_listens(said.address, names, topics)

    async def _moved(self, before: str, after: str) -> None:
        await self._context.moved(before, after)
        if self._room is not None:
            self._room.moved(before, after)

    async def _draft_in_room(self, said: Heard, ticket: int) -> None:
        """Take what an expert wrote in a question's topic as a draft; others are told that they cannot answer here."""
        person = await self._context.person(said.account)
        words = self._context.words_of(person, said.user)
        if person is None:
            await self._context.reply(said, words("chat.room.unknown"), quoting=True)
        elif not person.has(Role.expert, Role.coordinator):
            await self._context.reply(said, words("telegram.room.member"), quoting=True)
        elif await self._view(said, ticket) is not None:
            await self._writing.draft(said, ticket, words)
        else:
            await self._tell_once(said, ticket, words("chat.room.stays"))

    async def _tell_once(self, said: Heard, ticket: int, text: str) -> None:
        """Tell an expert of other themes, the first time, that what they write of a question stays in its topic."""
        known, key = self._parts.correspondence, f"{NAME}:told:{said.address.conversation}:{ticket}:{said.user.id}"
        if not await self._context.in_thread(lambda: known.is_handled(key)):
            await self._context.reply(said, text, quoting=True)
            await self._context.in_thread(lambda: known.handled(key))

    async def _hear(self, said: Heard) -> None:
        person = await self._context.person(said.account)
        if person is None:
            if not await self._is_reply_to_another(said):
                await self._newcomers.hear(said)
            return
        words = self._context.words_of(person)
        if said.private:
            await self._menu.fit(said.account.external_id, person)
        if said.command == "start" and said.text:
            await self._newcomers.join(said, words)
        elif said.command is not None:
            await self._commanding.obey(said, person, words)
        else:
            await self._talk(said, words)

    async def _talk(self, said: Heard, words: Words) -> None:
        awaited = await self._writing.awaited(said)
        if awaited is not None:
            await self._writing.take(said, awaited, words)
            return
        ticket = await self._replied(said)
        view = await self._view(said, ticket) if ticket is not None else None
        if view is not None and {"answer", "note"} & view.actions:
            await self._writing.draft(said, view.line.id, words)
        elif ticket is None or said.private or not await self._replies.hear(said, ticket, words):
            await self._ask(said, words, ticket)

    async def _is_reply_to_another(self, said: Heard) -> bool:
        """Tell whether somebody unknown answers, in a group, a question that is not for us to take for theirs."""
        if said.private or said.command is not None:
            return False
        ticket = await self._replied(said)
        return ticket is not None and await self._replies.hear(said, ticket, None)

    async def _ask(self, said: Heard, words: Words, ticket: int | None) -> None:
        files, refused = await self._context.downloads.fetch(said.files)
        for error in refused:
            await self._context.refuse(said, error, words)
        text = said.text or ", ".join(f"[{file.name}]" for file in files)
        if not text:
            if not refused:
                await self._context.reply(said, words("telegram.nothing_said"))
            return
        inbound = Said(said.key, said.account, said.address, text, ticket, at=said.at, files=files)
        try:
            await self._parts.handlers.handle(inbound)
        except GuichetError as error:
            await self._context.refuse(said, error, words)

    async def _replied(self, said: Heard) -> int | None:
        """Return the question of the message that this one replies to: one of ours, or one of theirs."""
        replied = said.message.reply_to_message
        if replied is None or replied.from_user is None:
            return None
        known = self._parts.correspondence
        if replied.from_user.id == self._context.bot.id:
            external_id, text = str(replied.message_id), replied.text or replied.caption or ""
            sent = await self._context.in_thread(lambda: known.ticket_of_sent(said.address, external_id, text))
            # What left by a process that died is not recorded as sent: its buttons name it.
            return sent or question_of(actions_of(replied.reply_markup))
        return await self._context.in_thread(lambda: known.ticket_of_update(incoming.key_of(replied)))

    async def _view(self, said: Heard, ticket: int) -> TicketView | None:
        try:
            return await self._context.in_thread(lambda: self._parts.desk.ticket(said.account, ticket))
        except NotFoundError:
            return None

    async def _edited(self, message: Message) -> None:
        """Take corrected words where they can still count; elsewhere say that a new message is needed."""
        said = incoming.heard([message], self._context.bot.username)
        if said is None:
            return
        person = await self._context.person(said.account)
        if person is None or await self._writing.redraft(said):
            return
        ticket = await self._context.in_thread(lambda: self._parts.correspondence.ticket_of_update(said.key))
        if ticket is None:
            return
        words = self._context.words_of(person)
        view = await self._view(said, ticket)
        if view is None or "reply" not in view.actions or view.line.state not in _STILL_HEARD:
            await self._context.reply(said, words("chat.edited_late", number=ticket), quoting=True)
            return
        edited = message.edit_date or message.date
        key = f"{said.key}:edited:{edited.timestamp():.0f}"
        try:
            await self._parts.handlers.handle(
                Said(key, said.account, said.address, said.text, ticket, at=edited),
            )
        except GuichetError as error:
            await self._context.refuse(said, error, words)

    async def _membership(self, change: ChatMemberUpdated) -> None:
        """Follow who blocks the bot and who takes it back."""
        if change.chat.type != ChatType.PRIVATE:
            _log.info("telegram_membership", chat=change.chat.id, status=change.new_chat_member.status)
            return
        blocked = change.new_chat_member.status in {ChatMember.BANNED, ChatMember.LEFT}
        await self._context.blocked(str(change.from_user.id), blocked=blocked)
