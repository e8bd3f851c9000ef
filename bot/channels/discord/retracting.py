"""Taking away what Discord still shows of what was erased: a bot may always delete its own messages.

What people wrote themselves is theirs to delete, and what was shown to one person alone is gone by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from bot.channel import ChannelError, Failure
from bot.channels.discord.options import NAME
from bot.upkeep import Upkeep
from helpdesk.retractions import Retractions

if TYPE_CHECKING:
    from bot.channels.discord.context import Context
    from helpdesk.retractions import Retraction

_log = structlog.get_logger(__name__)


class Retracting(Upkeep):
    """Takes messages away until cancelled."""

    name = "retraction"
    poll_seconds = trouble_seconds = 60.0

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._retractions = Retractions(context.parts.office, NAME)

    async def look(self) -> None:
        """Take away what was erased."""
        for item in await self._context.in_thread(self._retractions.waiting):
            await self._take_away(item)

    async def _take_away(self, item: Retraction) -> None:
        """Delete a message. Raises ``ChannelError`` when it is to be tried again."""
        try:
            await self._context.out.delete(item.address, int(item.external_id))
        except ChannelError as error:
            if error.failure is not Failure.PERMANENT:
                raise
            _log.info("message_kept_by_discord", reason=error.reason)
        await self._context.in_thread(lambda: self._retractions.done(item.id))
