"""What goes out: deliveries in order and in full, and words said at once.

Every message carries a nonce made from what it is, which Discord enforces: a repeat within a few minutes is the same
message. The library waits for Discord's rate limits; a delivery does not wait with it longer than ``LONGEST_CALL``.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import aiohttp
import anyio
import anyio.to_thread
import discord
import structlog

from bot.channel import ChannelError, Failure
from bot.channels.discord import buttons, markdown, places
from bot.channels.discord.failures import channel_error, is_gone, is_put_away, is_too_large, lacks_permission
from helpdesk.errors import NotFoundError
from helpdesk.notices import NoticeKind

if TYPE_CHECKING:
    from bot.channel import Button, FileRef, Rendered
    from bot.channels.discord.asides import Asides
    from helpdesk.attachments import Attachments
    from helpdesk.model import Address

Result = TypeVar("Result")
Step = Callable[[], Awaitable["int | None"]]
Rows = Iterable[Iterable["Button"]]

MOST_BYTES = 10 * 2**20  # of a file, where nobody paid for more
LONGEST_CALL = 15.0  # seconds; the sender gives up a little later
_AGAIN_SECONDS = 30.0  # well within what Discord remembers of a nonce
_NONCE_LENGTH = 24  # characters, of the 25 that Discord takes
_REMEMBERED = 1_000  # deliveries half made, and cards pressed
# Told in place of the card on which the person pressed: it says the same, further on.
_IN_PLACE = frozenset({NoticeKind.answer_found, NoticeKind.rated})

_log = structlog.get_logger(__name__)


class Outgoing:
    """Speaks through one client; ``too_big`` words the refusal of a file."""

    def __init__(
        self, client: discord.Client, attachments: Attachments, asides: Asides, too_big: Callable[[str], str]
    ) -> None:
        self._client = client
        self._attachments = attachments
        self._asides = asides
        self._too_big = too_big
        self._made: dict[str, list[int | None]] = {}  # by delivery: the messages that Discord already took
        self._pressed: dict[tuple[str, int], int] = {}  # by conversation and question: the card just pressed

    def pressed(self, address: Address, ticket: int, message_id: int) -> None:
        """Remember on which card of a question somebody has just pressed."""
        _remember(self._pressed, (address.conversation, ticket), message_id)

    async def deliver(self, address: Address, message: Rendered, key: str) -> str:
        """Put a notice at an address, in as many messages as it takes; return their ids, separated by spaces.

        What an earlier try of the same delivery had passed is not said again. Raises ``ChannelError``.
        """
        made = self._made.setdefault(key, [])
        steps = self._steps(address, message, key)
        if not made and (aside := await self._asides.take(address, message)) is not None:
            # Its words are said; what is left to give are its files.
            made += [aside, *([None] * (len(steps) - len(message.files) - 1))]
        for step in steps[len(made) :]:
            made.append(await step())
            _remember(self._made, key, made)
        self._made.pop(key, None)
        return " ".join(str(number) for number in made if number is not None)

    async def say(
        self,
        address: Address,
        text: str,
        rows: Rows = (),
        *,
        key: str | None = None,
        reply_to: int | None = None,
        silent: bool = False,
        whole: bool = True,
    ) -> list[int]:
        """Say something at once; ``key`` makes a repeat the same message. Raises ``ChannelError``.

        Not ``whole``: in one message, as much of it as that holds.
        """
        pieces = markdown.pieces(text) if whole else markdown.pieces(text)[:1]
        made = []
        for place, piece in enumerate(pieces):
            view = rows if place == len(pieces) - 1 else ()
            nonce = f"{key}:{place}" if key else None
            made.append(await self._message(address, piece, view, nonce, reply_to=reply_to, silent=silent))
        return made

    async def rewrite(self, address: Address, message_id: int, text: str, rows: Rows = ()) -> bool:
        """Change a message; False when it is no longer there to change. Raises ``ChannelError``."""

        async def step() -> None:
            message = (await self.room(address)).get_partial_message(message_id)
            await message.edit(content=markdown.pieces(text)[0], view=buttons.view(rows))

        try:
            await self._awake(address, step)
        except ChannelError as error:
            if is_gone(error.__cause__):
                return False
            raise
        return True

    async def unbutton(self, address: Address, message_id: int) -> None:
        """Take the buttons of a message of ours away. Raises ``ChannelError``, for good when it is gone."""

        async def step() -> None:
            await (await self.room(address)).get_partial_message(message_id).edit(view=None)

        await self._awake(address, step)

    async def delete(self, address: Address, message_id: int) -> None:
        """Delete a message of ours. Raises ``ChannelError``, for good when it is gone already."""

        async def step() -> None:
            room = await self.room(address)
            await room.get_partial_message(message_id).delete()

        await self.call(step)

    async def document(
        self, address: Address, name: str, data: bytes, *, key: str | None = None, silent: bool = False
    ) -> int:
        """Give a file; one that Discord finds too large is named instead. Raises ``ChannelError``."""

        async def step() -> int:
            room = await self.room(address)
            file = discord.File(io.BytesIO(data), filename=name)
            sent = await room.send(file=file, silent=silent, **_once(key))
            return int(sent.id)

        try:
            if len(data) <= MOST_BYTES:
                return await self.call(step)
        except ChannelError as error:
            if not (isinstance(error.__cause__, discord.HTTPException) and is_too_large(error.__cause__)):
                raise
        return await self._message(address, markdown.pieces(self._too_big(name))[0], (), key and f"{key}:named")

    async def file(
        self, address: Address, file: FileRef, *, key: str | None = None, silent: bool = False
    ) -> int | None:
        """Give a file that is kept; None when its author had it erased since. Raises ``ChannelError``."""
        try:
            kept = await anyio.to_thread.run_sync(self._attachments.read, file.id)
        except NotFoundError:
            _log.info("file_gone", file=file.id)
            return None
        return await self.document(address, kept.name, kept.data, key=key, silent=silent)

    async def room(self, address: Address) -> discord.DMChannel | discord.PartialMessageable:
        """Return where an address is, without asking whether it exists; private messages are opened."""
        number = places.number(address)
        if places.is_private(address):
            return await self._client.create_dm(discord.Object(number))
        return self._client.get_partial_messageable(number)

    async def _awake(self, address: Address, step: Callable[[], Awaitable[None]]) -> None:
        """Change a message, even in a thread that was put away meanwhile. Raises ``ChannelError``."""
        edit, thread = self._client.http.edit_channel, places.number(address)
        try:
            await self.call(step)
        except ChannelError as error:
            if not is_put_away(error.__cause__):
                raise
            await self.call(lambda: edit(thread, archived=False))
            try:
                await self.call(step)
            finally:
                await self.call(lambda: edit(thread, archived=True))

    async def edit_thread(self, thread: int, **changes: object) -> None:
        """Change a thread, even one that somebody or the time put to sleep. Raises ``ChannelError``."""
        edit = self._client.http.edit_channel
        try:
            await self.call(lambda: edit(thread, **changes))  # type: ignore[arg-type]
        except ChannelError as error:
            if not is_put_away(error.__cause__):
                raise
            # Its name and its tags change only while it is awake.
            await self.call(lambda: edit(thread, archived=False))
            await self.call(lambda: edit(thread, **changes))  # type: ignore[arg-type]

    async def call(self, step: Callable[[], Awaitable[Result]]) -> Result:
        """Do one call. Raises ``ChannelError``."""
        try:
            with anyio.move_on_after(LONGEST_CALL):
                return await step()
        except discord.Forbidden as error:
            if lacks_permission(error):
                _log.warning("discord_permission_missing", reason=str(error))
            raise channel_error(error) from error
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            raise channel_error(error) from error
        # Most likely the library waits for a rate limit; should it have left after all, the nonce makes it the same.
        raise ChannelError(Failure.RETRY, "discord_slow", _AGAIN_SECONDS)

    def _steps(self, address: Address, message: Rendered, key: str) -> list[Step]:
        pieces = markdown.pieces(message.text)
        steps = [self._piece(address, message, pieces, place, key) for place in range(len(pieces))]
        card = self._pressed.get((address.conversation, message.ticket or 0))
        if card is not None and len(pieces) == 1 and message.kind in _IN_PLACE:
            steps = [lambda: self._replace(address, card, message, key)]
        return [*steps, *(self._given(address, file, key) for file in message.files)]

    def _piece(self, address: Address, message: Rendered, pieces: tuple[str, ...], place: int, key: str) -> Step:
        rows = message.buttons if place == len(pieces) - 1 else ()
        return lambda: self._message(address, pieces[place], rows, f"{key}:{place}")

    async def _message(
        self,
        address: Address,
        piece: str,
        rows: Rows,
        key: str | None,
        *,
        reply_to: int | None = None,
        silent: bool = False,
    ) -> int:
        async def step() -> int:
            room = await self.room(address)
            more: dict[str, Any] = _once(key)
            if reply_to is not None:
                more["reference"] = room.get_partial_message(reply_to).to_reference(fail_if_not_exists=False)
            if (view := buttons.view(rows)) is not None:
                more["view"] = view
            sent = await room.send(piece, mention_author=False, suppress_embeds=True, silent=silent, **more)
            return int(sent.id)

        return await self.call(step)

    async def _replace(self, address: Address, card: int, message: Rendered, key: str) -> int:
        changed = await self.rewrite(address, card, message.text, message.buttons)
        self._pressed.pop((address.conversation, message.ticket or 0), None)
        if changed:
            return card
        return await self._message(address, markdown.pieces(message.text)[0], message.buttons, f"{key}:0")

    def _given(self, address: Address, file: FileRef, key: str) -> Step:
        return lambda: self.file(address, file, key=f"{key}:file:{file.id}")


def _once(key: str | None) -> dict[str, Any]:
    """Return what makes a repeat of a call with the same key the same message."""
    return {"nonce": hashlib.sha256(key.encode()).hexdigest()[:_NONCE_LENGTH]} if key else {}


def _remember(kept: dict[Key, Value], key: Key, value: Value) -> None:
    kept.pop(key, None)
    kept[key] = value
    while len(kept) > _REMEMBERED:
        kept.pop(next(iter(kept)))


Key = TypeVar("Key")
Value = TypeVar("Value")
