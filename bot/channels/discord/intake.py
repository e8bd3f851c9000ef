"""What is said on Discord, handled once and in order, whatever is cut.

Messages of one conversation are handled one after the other, several conversations side by side. How far each was
handled is kept in the database: after a lost session or a crash, what came since is read in the history before
anything newer is handled. Meanwhile what arrives is held.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio
import anyio.abc
import structlog
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

MOST_LANES = 8  # conversations handled side by side
MOST_TRIES = 5
LONGEST_HANDLING = 60.0  # seconds
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Event:
    """Something of a message: ``place`` is its channel's id, ``number`` its own; ``payload`` what Discord gave."""

    kind: str  # message, edit or deletion
    place: int
    number: int
    payload: object


Handle = Callable[[Event], Awaitable[None]]


class Intake:
    """Handles events, each conversation's in order; ``handle`` commits, ``give_up`` tells of a poison message."""

    def __init__(self, handle: Handle, give_up: Handle) -> None:
        self._handle = handle
        self._give_up = give_up
        self._lanes: dict[int, list[Event]] = {}
        self._at_work = anyio.CapacityLimiter(MOST_LANES)
        self._tasks: anyio.abc.TaskGroup | None = None
        self._held: list[Event] | None = []

    async def __aenter__(self) -> Self:
        self._tasks = anyio.create_task_group()
        await self._tasks.__aenter__()
        return self

    async def __aexit__(self, *failure: object) -> bool | None:
        assert self._tasks is not None
        self._tasks.cancel_scope.cancel()
        return await self._tasks.__aexit__(*failure)  # type: ignore[arg-type]

    def put(self, event: Event) -> None:
        """Take an event in hand, or hold it until what came before is known."""
        if self._held is not None:
            self._held.append(event)
        else:
            self._line_up(event)

    def hold(self) -> None:
        """Handle nothing new: the connection is cut, and there may be older messages to read first."""
        if self._held is None:
            self._held = []

    def release(self, missed: Iterable[Event] = ()) -> None:
        """Handle what was missed, then what arrived meanwhile, each message once."""
        held, self._held = self._held or [], None
        messages = {(event.place, event.number): event for event in (*missed, *held) if event.kind == "message"}
        for _, event in sorted(messages.items()):
            self._line_up(event)
        for event in held:
            if event.kind != "message":
                self._line_up(event)

    def _line_up(self, event: Event) -> None:
        lane = self._lanes.setdefault(event.place, [])
        lane.append(event)
        if len(lane) == 1:
            assert self._tasks is not None
            self._tasks.start_soon(self._work, event.place)

    async def _work(self, place: int) -> None:
        lane = self._lanes[place]
        while lane:
            async with self._at_work:
                await self._finish(lane[0])
            del lane[0]
        del self._lanes[place]

    async def _finish(self, event: Event) -> None:
        tries, wait = 0, FIRST_WAIT
        while True:
            try:
                # Begun is finished, even when we are told to stop: what was said must be known to have been said.
                with anyio.fail_after(LONGEST_HANDLING, shield=True):
                    await self._handle(event)
            except DBAPIError:
                # The database is away: nothing is wrong with the message, and it must not be lost.
                _log.exception("message_waits", message=event.number)
            except Exception:  # noqa: BLE001 - whatever it is, it must not block those that follow
                tries += 1
                _log.exception("message_failed", message=event.number, tries=tries)
                if tries >= MOST_TRIES:
                    await self._give_up(event)
                    return
            else:
                return
            await anyio.sleep(wait)
            wait = min(LONGEST_WAIT, wait * 2)
