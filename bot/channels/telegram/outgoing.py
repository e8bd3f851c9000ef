"""What goes out: deliveries in order and in full, and words said at once in a conversation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

import anyio
import anyio.to_thread
import structlog
from telegram import ForceReply, InputFile, LinkPreviewOptions, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, RetryAfter, TelegramError

from bot.channel import ChannelError, Failure
from bot.channels.telegram import html
from bot.channels.telegram.failures import channel_error, is_gone, is_unchanged, is_unreadable, seconds_of
from bot.channels.telegram.incoming import message_of_key
from bot.channels.telegram.keyboard import keyboard
from bot.channels.telegram.limits import LONGEST_WAIT
from bot.channels.telegram.options import NAME
from helpdesk.errors import NotFoundError
from helpdesk.notices import NoticeKind

if TYPE_CHECKING:
    from telegram import Bot, InlineKeyboardMarkup, Message

    from bot.channel import Button, FileRef, Rendered
    from bot.channels.telegram.limits import Limiter
    from helpdesk.attachments import Attachments
    from helpdesk.model import Address

Result = TypeVar("Result")
Moved = Callable[[str, str], Awaitable[None]]
Step = Callable[[], Awaitable["int | None"]]
LastHeard = Callable[["Address", int], str | None]

# Told in place of the card on which the person pressed: it says the same, further on.
_IN_PLACE = frozenset({NoticeKind.answer_found, NoticeKind.rated})
# What is to be answered: in a group, a bot may hear nothing but replies to what it said.
_ASKING = frozenset({NoticeKind.expert_asks, NoticeKind.clarify})
PATIENCE = 20.0  # seconds that an order or a prompt may wait: its conversation is told nothing else meanwhile
_REMEMBERED = 1_000  # deliveries half made, and cards pressed
_LONGEST_TOAST = 200
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

_log = structlog.get_logger(__name__)


class Outgoing:
    """Speaks through one bot, at the pace Telegram allows.

    ``moved`` is told when a group gets another id; ``last_heard`` gives the key of what was last said of a question;
    ``not_carried`` words, by its name, that Telegram refuses a file.
    """

    def __init__(
        self,
        bot: Bot,
        limiter: Limiter,
        attachments: Attachments,
        moved: Moved,
        last_heard: LastHeard,
        not_carried: Callable[[str], str],
    ) -> None:
        self._bot = bot
        self._limiter = limiter
        self._attachments = attachments
        self._moved = moved
        self._last_heard = last_heard
        self._not_carried = not_carried
        self._made: dict[tuple[str, Address], list[int | None]] = {}  # by delivery: what Telegram already took of it
        self._pressed: dict[tuple[str, int], int] = {}  # by chat and question: the card just pressed

    def pressed(self, chat: str, ticket: int, message_id: int) -> None:
        """Remember on which card of a question somebody has just pressed."""
        _remember(self._pressed, (chat, ticket), message_id)

    async def deliver(self, address: Address, message: Rendered, key: str, *, silent: bool = False) -> str:
        """Put a notice at an address, in as many messages as it takes; return their ids, separated by spaces.

        What an earlier try at the same address had passed is not said again; elsewhere nothing was said yet. Raises
        ``ChannelError``.
        """
        steps = self._steps(address, message, await self._answered(address, message), silent=silent)
        made = await self._make(address, steps, key)
        return " ".join(str(number) for number in made if number is not None)

    async def give(self, address: Address, files: Iterable[FileRef], key: str) -> None:
        """Give files as quietly as can be, those that an earlier try had not passed. Raises ``ChannelError``."""
        await self._make(address, [self._given(address, file, silent=True) for file in files], key)

    async def _make(self, address: Address, steps: list[Step], key: str) -> list[int | None]:
        delivery = (key, address)
        made = self._made.setdefault(delivery, [])
        patience = LONGEST_WAIT
        for step in steps[len(made) :]:
            # All its pauses together: one that lasts too long in the sender's hands passes for a doubtful send.
            patience -= await self._limiter.pause(address.conversation, max(0.0, patience))
            made.append(await self._do(address.conversation, step))
            _remember(self._made, delivery, made)
        del self._made[delivery]
        return made

    async def say(
        self,
        address: Address,
        markdown: str,
        buttons: Iterable[Iterable[Button]] = (),
        *,
        reply_to: int | None = None,
        silent: bool = False,
    ) -> list[int]:
        """Say something at once, outside the queue. Raises ``ChannelError``."""
        pieces = html.pieces(markdown)
        made = []
        for place, piece in enumerate(pieces):
            markup = keyboard(buttons) if place == len(pieces) - 1 else None
            step = self._message(address, piece, markup, reply_to if place == 0 else None, silent=silent)
            made.append(await self.call(address.conversation, step))
        return made

    async def say_piece(
        self, address: Address, piece: str, buttons: Iterable[Iterable[Button]] = (), *, silent: bool = False
    ) -> int:
        """Say one piece of HTML at once. Raises ``ChannelError``."""
        step = self._message(address, piece, keyboard(buttons), silent=silent)
        return await self.call(address.conversation, step)

    async def rewrite(
        self, address: Address, message_id: int, piece: str, buttons: Iterable[Iterable[Button]] = ()
    ) -> bool:
        """Change a message; False when it is no longer there to change. Raises ``ChannelError``."""
        return await self.call(address.conversation, lambda: self._edit(address, message_id, piece, keyboard(buttons)))

    async def delete(self, address: Address, message_id: int) -> None:
        """Delete a message of ours. Raises ``ChannelError``, for good when Telegram does not let us any more."""
        await self.call(address.conversation, lambda: self._bot.delete_message(_chat(address), message_id))

    async def set_buttons(self, address: Address, message_id: int, markup: InlineKeyboardMarkup | None) -> None:
        """Change the buttons of a message; what cannot be changed stays as it is."""
        try:
            await self._bot.edit_message_reply_markup(address.conversation, message_id, reply_markup=markup)
        except TelegramError as error:
            _log.debug("buttons_kept", reason=str(error))

    async def toast(self, press_id: str, text: str | None = None, *, alert: bool = False) -> None:
        """Acknowledge a press, with a word; one pressed too long ago needs none."""
        short = text if text is None or len(text) <= _LONGEST_TOAST else text[: _LONGEST_TOAST - 1] + "…"
        try:
            await self._bot.answer_callback_query(press_id, short, show_alert=alert)
        except TelegramError as error:
            _log.debug("press_not_acknowledged", reason=str(error))

    async def document(self, address: Address, name: str, data: bytes, *, silent: bool = False) -> int:
        """Give a file made now. Raises ``ChannelError``."""
        return await self.call(address.conversation, lambda: self._document(address, name, data, silent=silent))

    async def file(self, address: Address, file: FileRef) -> None:
        """Give a file that is kept. Raises ``ChannelError``."""
        await self.call(address.conversation, self._given(address, file))

    async def call(self, chat: str, step: Callable[[], Awaitable[Result]]) -> Result:
        """Do one call in a chat, at the pace that is allowed. Raises ``ChannelError``.

        What is said outside the queue is said once or never: a wait that Telegram asks for is waited, within reason.
        """
        until = anyio.current_time() + PATIENCE
        while True:
            try:
                await self._limiter.pause(chat)
                return await self._do(chat, step)
            except ChannelError as error:
                moved = isinstance(error.__cause__, ChatMigrated)
                if error.retry_after is None or moved or anyio.current_time() + error.retry_after > until:
                    raise
                wait = error.retry_after
            await anyio.sleep(wait)

    async def _do(self, chat: str, step: Callable[[], Awaitable[Result]]) -> Result:
        try:
            return await step()
        except RetryAfter as error:
            self._limiter.hold(chat, seconds_of(error))
            raise channel_error(error) from error
        except ChatMigrated as error:
            await self._moved(chat, str(error.new_chat_id))
            raise ChannelError(Failure.RETRY, "moved", 0.1) from error
        except TelegramError as error:
            raise channel_error(error) from error

    async def _answered(self, address: Address, message: Rendered) -> int | None:
        """Return the message that a notice answers in a group: whoever asked is rung, and nobody mistakes it."""
        if message.ticket is None or not address.conversation.startswith("-"):
            return None
        return message_of_key(await anyio.to_thread.run_sync(self._last_heard, address, message.ticket))

    def _steps(self, address: Address, message: Rendered, reply_to: int | None, *, silent: bool) -> list[Step]:
        several = address.conversation.startswith("-") and message.among_others
        pieces = html.pieces(f"{message.text}\n\n{message.among_others}" if several else message.text)
        markup = keyboard(message.buttons)
        last = ForceReply(selective=True) if reply_to and markup is None and message.kind in _ASKING else markup
        steps: list[Step] = [
            self._message(
                address,
                piece,
                last if place == len(pieces) - 1 else None,
                reply_to if place == 0 else None,
                silent=silent,
            )
            for place, piece in enumerate(pieces)
        ]
        card = self._pressed.get((address.conversation, message.ticket or 0))
        if card is not None and len(pieces) == 1 and message.kind in _IN_PLACE:
            steps = [lambda: self._replace(address, card, pieces[0], markup, message.ticket or 0)]
        return [*steps, *(self._given(address, file, silent=silent) for file in message.files)]

    def _message(
        self,
        address: Address,
        piece: str,
        markup: InlineKeyboardMarkup | ForceReply | None,
        reply_to: int | None = None,
        *,
        silent: bool = False,
    ) -> Callable[[], Awaitable[int]]:
        async def send(text: str, parse_mode: str | None) -> Message:
            return await self._bot.send_message(
                _chat(address),
                text,
                parse_mode=parse_mode,
                message_thread_id=_thread(address),
                reply_markup=markup,
                reply_parameters=ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to else None,
                disable_notification=silent,
                link_preview_options=_NO_PREVIEW,
            )

        async def step() -> int:
            try:
                return (await send(piece, ParseMode.HTML)).message_id
            except BadRequest as error:
                if not is_unreadable(error):
                    raise
                _log.exception("html_refused")
                return (await send(html.plain(piece), None)).message_id

        return step

    async def _replace(
        self, address: Address, card: int, piece: str, markup: InlineKeyboardMarkup | None, ticket: int
    ) -> int:
        self._pressed.pop((address.conversation, ticket), None)
        if await self._edit(address, card, piece, markup):
            return card
        return await self._message(address, piece, markup)()

    async def _edit(self, address: Address, message_id: int, piece: str, markup: InlineKeyboardMarkup | None) -> bool:
        try:
            await self._bot.edit_message_text(
                piece,
                _chat(address),
                message_id,
                parse_mode=ParseMode.HTML,
                reply_markup=markup,
                link_preview_options=_NO_PREVIEW,
            )
        except BadRequest as error:
            if is_gone(error):
                return False
            if not is_unchanged(error):
                raise
        return True

    def _given(self, address: Address, file: FileRef, *, silent: bool = False) -> Step:
        """Give a file; name one that Telegram refuses: where it is the place that is refused, its name is too."""

        async def step() -> int | None:
            try:
                kept = await anyio.to_thread.run_sync(self._attachments.read, file.id)
            except NotFoundError:
                # Its author had it erased since: the words go without it.
                _log.info("file_gone", file=file.id)
                return None
            try:
                return await self._document(address, kept.name, kept.data, silent=silent)
            except BadRequest as error:
                _log.warning("file_refused", file=file.id, reason=str(error))
                piece = html.pieces(self._not_carried(kept.name))[0]
                return await self._message(address, piece, None, silent=silent)()

        return step

    async def _document(self, address: Address, name: str, data: bytes, *, silent: bool) -> int:
        sent = await self._bot.send_document(
            _chat(address),
            InputFile(data, filename=name),
            message_thread_id=_thread(address),
            disable_notification=silent,
        )
        return sent.message_id


def _chat(address: Address) -> int:
    if address.channel != NAME or not address.conversation.lstrip("-").isdecimal():
        raise ChannelError(Failure.PERMANENT, "not a Telegram address")
    return int(address.conversation)


def _thread(address: Address) -> int | None:
    return int(address.thread) if address.thread else None


def _remember(kept: dict[Key, Value], key: Key, value: Value) -> None:
    kept.pop(key, None)
    kept[key] = value
    while len(kept) > _REMEMBERED:
        kept.pop(next(iter(kept)))


Key = TypeVar("Key")
Value = TypeVar("Value")
