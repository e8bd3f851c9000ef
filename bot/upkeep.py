"""What a channel keeps up to date on its platform, beside the deliveries: looked at again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import anyio
import structlog
from sqlalchemy.exc import DBAPIError

from bot.channel import ChannelError, Failure

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

_log = structlog.get_logger(__name__)


class Upkeep:
    """Something kept up to date until cancelled: whenever woken, and by itself every ``poll_seconds``."""

    name: ClassVar[str]  # in the journal
    poll_seconds: ClassVar[float]
    trouble_seconds: ClassVar[float] = 30.0  # before trying again when the platform names no delay

    def __init__(self) -> None:
        self._waker = anyio.Event()

    def wake(self) -> None:
        """Look now."""
        self._waker.set()

    async def run(self) -> None:
        """Bring everything up to date, again and again."""
        while True:
            self._waker = anyio.Event()
            pause = self.poll_seconds
            try:
                await self.look()
            except ChannelError as error:
                pause = error.retry_after or self.trouble_seconds
                _log.warning(
                    f"{self.name}_waits", reason=error.reason, failure=error.failure.name.lower(), again_in=pause
                )
                if error.failure is Failure.PERMANENT:
                    await self.refused(error)
            except DBAPIError:
                # The database is away: what is to be shown is still there when it comes back.
                pause = self.trouble_seconds
                _log.exception(f"{self.name}_waits", again_in=pause)
            with anyio.move_on_after(pause):
                await self._waker.wait()

    async def look(self) -> None:
        """Bring everything up to date. Raises ``ChannelError`` for what must wait."""
        raise NotImplementedError

    async def refused(self, error: ChannelError) -> None:
        """Tell of what the platform refuses for good."""


async def each(tickets: Iterable[int], show: Callable[[int], Awaitable[None]]) -> None:
    """Show each question; one that is refused for good holds no other back. Raises ``ChannelError`` after them all."""
    refused: ChannelError | None = None
    for ticket in tickets:
        try:
            await show(ticket)
        except ChannelError as error:
            if error.failure is not Failure.PERMANENT:
                raise
            refused = refused or error
    if refused is not None:
        raise refused
