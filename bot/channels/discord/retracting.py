"""Taking away what Discord still shows of what was erased: a bot may always delete its own messages.

What people wrote themselves is theirs to delete, and what was shown to one person alone is gone by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import structlog
from sqlalchemy.exc import DBAPIError

from bot.channel import ChannelError, Failure
from bot.channels.discord.options import NAME
from helpdesk.retractions import Retractions

if TYPE_CHECKING:
    from bot.channels.discord.context import Context
    from helpdesk.retractions import Retraction

WATCH_SECONDS = 60.0

_log = structlog.get_logger(__name__)


class Retracting:
    """Takes messages away until cancelled."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._retractions = Retractions(context.parts.office, NAME)
        self._waker = anyio.Event()

    def wake(self) -> None:
        """Look at what is to be taken away now."""
        self._waker.set()

    async def run(self) -> None:
        """Take away what was erased, again and again."""
        while True:
            self._waker = anyio.Event()
            pause = WATCH_SECONDS
            try:
                for item in await self._context.in_thread(self._retractions.waiting):
                    await self._take_away(item)
            except ChannelError as error:
                pause = error.retry_after or WATCH_SECONDS
                _log.warning("retraction_waits", reason=error.reason, again_in=pause)
            except DBAPIError:
                _log.exception("retraction_waits")
            with anyio.move_on_after(pause):
                await self._waker.wait()

    async def _take_away(self, item: Retraction) -> None:
        """Delete a message. Raises ``ChannelError`` when it is to be tried again."""
        try:
            await self._context.out.delete(item.address, int(item.external_id))
        except ChannelError as error:
            if error.failure is not Failure.PERMANENT:
                raise
            _log.info("message_kept_by_discord", reason=error.reason)
        await self._context.in_thread(lambda: self._retractions.done(item.id))
