"""Long polling that acknowledges nothing before it is kept.

Telegram forgets an update once ``getUpdates`` is called with a higher offset. The offset here is that of the lowest
update still in hand: a crash at any moment makes Telegram give again all that was not finished, and what was finished
meanwhile is known by its key. Updates of one conversation are handled in order, several conversations side by side.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import anyio
import anyio.abc
import structlog
from sqlalchemy.exc import DBAPIError
from telegram import Update
from telegram.error import BadRequest, Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.channels.telegram.failures import seconds_of
from bot.channels.telegram.incoming import album_of, lane_of

if TYPE_CHECKING:
    from typing import Self

    from telegram import Bot

KINDS = (Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER)
POLL_SECONDS = 25
READ_SECONDS = POLL_SECONDS + 10.0
MOST_AT_ONCE = 100  # updates of one call, Telegram's own limit
MOST_LANES = 8  # conversations handled side by side
ALBUM_SECONDS = 0.7  # the parts of an album come one by one, at once
MOST_TRIES = 5
LONGEST_HANDLING = 60.0  # seconds
LONGEST_CALL = 25.0  # seconds that Telegram is kept waiting for the answer to its call
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
_IN_HAND_SECONDS = 1.0

Handle = Callable[[tuple[Update, ...]], Awaitable[None]]
GiveUp = Callable[[tuple[Update, ...]], Awaitable[None]]

_log = structlog.get_logger(__name__)


class Lanes:
    """Handles updates, each conversation's in order; ``handle`` commits, ``give_up`` tells of a poison update."""

    def __init__(self, handle: Handle, give_up: GiveUp) -> None:
        self._handle = handle
        self._give_up = give_up
        self._lanes: dict[str, list[Update]] = {}
        self._at_work = anyio.CapacityLimiter(MOST_LANES)
        self._tasks: anyio.abc.TaskGroup | None = None
        self._told: dict[int, anyio.Event] = {}  # by update: what wakes those who wait for it
        self._moved = anyio.Event()
        self.in_hand: set[int] = set()  # the updates that are not finished

    async def __aenter__(self) -> Self:
        self._tasks = anyio.create_task_group()
        await self._tasks.__aenter__()
        return self

    async def __aexit__(self, *failure: object) -> bool | None:
        assert self._tasks is not None
        self._tasks.cancel_scope.cancel()
        try:
            return await self._tasks.__aexit__(*failure)  # type: ignore[arg-type]
        finally:
            self._tell(tuple(self._told))

    def put(self, update: Update) -> None:
        """Take an update in hand."""
        self.in_hand.add(update.update_id)
        name = lane_of(update)
        lane = self._lanes.setdefault(name, [])
        lane.append(update)
        if len(lane) == 1:
            assert self._tasks is not None
            self._tasks.start_soon(self._work, name)

    async def finish(self, update: Update) -> bool:
        """Take an update in hand and wait until it is finished.

        False when it is not yet: a try failed, it takes more than ``LONGEST_CALL``, or we stop. It stays in hand, once
        however often it is given, until it is finished or we stop.
        """
        number = update.update_id
        if number not in self.in_hand:
            self.put(update)
        told = self._told.setdefault(number, anyio.Event())
        with anyio.move_on_after(LONGEST_CALL):
            await told.wait()
        return number not in self.in_hand

    async def fall_to(self, most: int) -> None:
        """Wait until ``most`` updates at most are in hand."""
        while len(self.in_hand) > most:
            await self._moved.wait()

    async def _work(self, name: str) -> None:
        lane = self._lanes[name]
        while lane:
            if album_of(lane[0]) is not None:
                await anyio.sleep(ALBUM_SECONDS)
            together = _together(lane)
            await self._finish(together)
            del lane[: len(together)]
            finished = tuple(update.update_id for update in together)
            self.in_hand.difference_update(finished)
            self._tell(finished)
            self._moved.set()
            self._moved = anyio.Event()
        del self._lanes[name]

    def _tell(self, updates: tuple[int, ...]) -> None:
        """Wake those who wait for these updates: they are finished, or not yet."""
        for update in updates:
            if (told := self._told.pop(update, None)) is not None:
                told.set()

    async def _finish(self, together: tuple[Update, ...]) -> None:
        tries, wait = 0, FIRST_WAIT
        while True:
            try:
                # Begun is finished, even when we are told to stop: what was said must be known to have been said.
                async with self._at_work:
                    with anyio.fail_after(LONGEST_HANDLING, shield=True):
                        await self._handle(together)
            except Exception as error:  # noqa: BLE001 - whatever it is, it must not block those that follow
                if _is_away(error):
                    # Nothing is wrong with the update, and it must not be lost.
                    _log.warning("update_waits", update=together[0].update_id, reason=type(error).__name__)
                else:
                    tries += 1
                    _log.exception("update_failed", update=together[0].update_id, tries=tries)
                if tries >= MOST_TRIES:
                    await self._give_up(together)
                    return
            else:
                return
            self._tell(tuple(update.update_id for update in together))
            await anyio.sleep(wait)
            wait = min(LONGEST_WAIT, wait * 2)


class Poller:
    """Asks Telegram for updates until cancelled; ``turn`` waits until this process is the one to ask."""

    def __init__(self, bot: Bot, lanes: Lanes, turn: Callable[[], Awaitable[None]], caught_up: anyio.Event) -> None:
        self._bot = bot
        self._lanes = lanes
        self._turn = turn
        self._caught_up = caught_up
        self._in_hand: set[int] = set()
        self._finished: set[int] = set()
        self._offset: int | None = None

    async def run(self) -> None:
        """Poll until cancelled; ``caught_up`` is set once nothing that waited is left."""
        wait = FIRST_WAIT
        while True:
            await self._turn()
            try:
                await self._round()
            except TelegramError as error:
                await anyio.sleep(_wait_after(error, wait))
                wait = min(LONGEST_WAIT, wait * 2)
            else:
                wait = FIRST_WAIT

    async def _round(self) -> None:
        self._settle()
        updates = await self._bot.get_updates(
            offset=self._offset,
            limit=MOST_AT_ONCE,
            timeout=0 if self._in_hand or not self._caught_up.is_set() else POLL_SECONDS,
            allowed_updates=list(KINDS),
            read_timeout=READ_SECONDS,
        )
        fresh = [item for item in updates if item.update_id not in self._in_hand | self._finished]
        for update in fresh:
            self._in_hand.add(update.update_id)
            self._lanes.put(update)
        if self._in_hand:
            # Those in hand come back with every call: ask again once half are finished, or when more may have come.
            with anyio.move_on_after(_IN_HAND_SECONDS):
                await self._lanes.fall_to(len(self._in_hand) // 2)
        elif not updates:
            self._caught_up.set()

    def _settle(self) -> None:
        """Move the offset up to the lowest update still in hand."""
        finished = self._in_hand - self._lanes.in_hand
        self._in_hand -= finished
        self._finished |= finished
        if self._in_hand:
            self._offset = min(self._in_hand)
        elif self._finished:
            self._offset = max(self._finished) + 1
        self._finished = {update for update in self._finished if self._offset is None or update >= self._offset}


def _together(lane: list[Update]) -> tuple[Update, ...]:
    """Return the first update of a lane, with the rest of its album."""
    album = album_of(lane[0])
    if album is None:
        return (lane[0],)
    count = next((place for place, update in enumerate(lane) if album_of(update) != album), len(lane))
    return tuple(lane[:count])


def _is_away(error: Exception) -> bool:
    """Tell whether the database is away, or Telegram with a file, which is waited for a while."""
    away = isinstance(error, DBAPIError | NetworkError | RetryAfter)
    return away and not isinstance(error, BadRequest)


def _wait_after(error: TelegramError, wait: float) -> float:
    if isinstance(error, RetryAfter):
        return seconds_of(error)
    if isinstance(error, Conflict):
        # Another program polls with this token, or a webhook is set: it, or we, should not.
        _log.warning("telegram_conflict", reason=str(error), again_in=wait)
    elif isinstance(error, InvalidToken):
        _log.error("telegram_token_refused", again_in=LONGEST_WAIT)
        return LONGEST_WAIT
    else:
        _log.warning("telegram_unreachable", reason=type(error).__name__, again_in=wait)
    return wait
