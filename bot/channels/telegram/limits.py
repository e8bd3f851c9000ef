"""How fast Telegram lets a bot speak: to everybody, to one person, to one group; and silence when it says to wait.

Figures from Telegram's own FAQ for bots: about thirty messages a second in all, one a second in a chat, twenty a
minute in a group; short bursts pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio

from bot.channel import ChannelError, Failure

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_WAIT = 5.0  # seconds that a delivery may wait in our hands; a longer one goes back to the queue
_FORGET_ABOVE = 5_000  # chats remembered


@dataclass(frozen=True)
class Rate:
    """``count`` messages in ``seconds``, at most ``burst`` of them at once."""

    count: float
    seconds: float
    burst: int

    @property
    def interval(self) -> float:
        """Seconds between two messages at a steady pace."""
        return self.seconds / self.count


EVERYBODY = Rate(30, 1, 30)
PERSON = Rate(1, 1, 4)
GROUP = Rate(20, 60, 10)


class Limiter:
    """Paces what is sent; ``monotonic`` gives seconds that never go back."""

    def __init__(
        self,
        monotonic: Callable[[], float],
        everybody: Rate = EVERYBODY,
        person: Rate = PERSON,
        group: Rate = GROUP,
    ) -> None:
        self._monotonic = monotonic
        self._everybody, self._person, self._group = everybody, person, group
        self._next: dict[str, float] = {}  # by chat: when its steady pace is caught up
        self._held: dict[str, float] = {}  # by chat: Telegram said to be silent until then

    async def pause(self, chat: str, longest: float = LONGEST_WAIT) -> float:
        """Wait for a turn in ``chat``; return the seconds it took.

        Raises ``ChannelError`` (retry) when it would be more than ``longest``.
        """
        held = self._held.get(chat, 0.0) - self._monotonic()
        if held > longest:
            raise ChannelError(Failure.RETRY, "flood_control", held)
        wait = max(held, self._wait(chat, self._group if chat.startswith("-") else self._person))
        if wait > longest:
            raise ChannelError(Failure.RETRY, "own_rate", wait)
        self._book(chat, self._group if chat.startswith("-") else self._person)
        wait = max(wait, self._wait("", self._everybody))
        self._book("", self._everybody)
        if wait > 0:
            await anyio.sleep(wait)
        return max(0.0, wait)

    def hold(self, chat: str, seconds: float) -> None:
        """Say nothing in ``chat`` for ``seconds``: Telegram asked."""
        self._held[chat] = max(self._held.get(chat, 0.0), self._monotonic() + seconds)

    def _wait(self, chat: str, rate: Rate) -> float:
        return self._next.get(chat, 0.0) - rate.interval * (rate.burst - 1) - self._monotonic()

    def _book(self, chat: str, rate: Rate) -> None:
        now = self._monotonic()
        if len(self._next) > _FORGET_ABOVE:
            self._next = {name: moment for name, moment in self._next.items() if moment > now}
            self._held = {name: moment for name, moment in self._held.items() if moment > now}
        self._next[chat] = max(self._next.get(chat, 0.0), now) + rate.interval
