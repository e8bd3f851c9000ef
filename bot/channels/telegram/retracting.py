"""Taking away what Telegram still shows of what was erased.

A bot may delete its own messages for 48 hours; after that it may still change their words, and so leaves none. A file
older than that, and what people wrote themselves, are out of its reach.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from bot.channel import ChannelError, Failure
from bot.channels.telegram.options import NAME
from bot.render.markup import escape
from bot.upkeep import Upkeep
from helpdesk.retractions import Retractions

if TYPE_CHECKING:
    from bot.channels.telegram.context import Context
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
        self._words = context.parts.words_for(context.options.locale)

    async def look(self) -> None:
        """Take away what was erased."""
        for item in await self._context.in_thread(self._retractions.waiting):
            await self._take_away(item)

    async def _take_away(self, item: Retraction) -> None:
        """Delete a message, or else its words. Raises ``ChannelError`` when it is to be tried again."""
        out, number = self._context.out, int(item.external_id)
        try:
            await out.delete(item.address, number)
        except ChannelError as error:
            if error.failure is not Failure.PERMANENT:
                raise
            try:
                await out.rewrite(item.address, number, escape(self._words("telegram.erased")))
            except ChannelError as kept:
                if kept.failure is not Failure.PERMANENT:
                    raise
                _log.info("message_kept_by_telegram", reason=kept.reason)
        await self._context.in_thread(lambda: self._retractions.done(item.id))
