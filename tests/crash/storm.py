"""A Telegram on which things go wrong all the time, and that remembers what it really put in each chat."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from random import Random
from threading import Event, Thread
from typing import TYPE_CHECKING

from tests.telegram.botapi.call import Call
from tests.telegram.botapi.server import BotApiServer

if TYPE_CHECKING:
    from helpdesk.clock import Clock

LONGEST_LULL = 1.5  # seconds between two faults
_MOST_PREPARED = 4  # while the service is down, nobody meets what is prepared
_SHOWN = ("sendMessage", "editMessageText")


class RememberingServer(BotApiServer):
    """``shown``: how often each text, as the bot wrote it, was put in each chat; what was cut before is not there."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.shown: Counter[tuple[int, str]] = Counter()

    async def _effect(self, call: Call) -> object:
        result = await super()._effect(call)
        if call.method in _SHOWN:
            with self.world.lock:
                self.shown[int(call.chat()), call.string("text")] += 1
        return result


class Storm(Thread):
    """Prepares one fault after another until it is over; ``faults`` counts them by kind."""

    def __init__(self, telegram: BotApiServer, random: Random, over: Event) -> None:
        super().__init__(daemon=True)
        self._telegram, self._random, self._over = telegram, random, over
        self.faults: Counter[str] = Counter()
        self._kinds: dict[str, Callable[[], None]] = {
            "an update given again": self._repeat_updates,
            "an acknowledgement lost": lambda: telegram.cut_after_effect("sendMessage"),
            "an edit's acknowledgement lost": lambda: telegram.cut_after_effect("editMessageText"),
            "a reply cut on its way": lambda: telegram.cut_before_effect("sendMessage"),
            "a storm of 429": self._flood,
            "a 502": lambda: telegram.fail_next("sendMessage", status=502),
        }

    def run(self) -> None:
        """Let things go wrong, then let everything work again."""
        while not self._over.is_set():
            time.sleep(self._random.uniform(0, LONGEST_LULL))
            if self._telegram.faults.prepared < _MOST_PREPARED:
                kind = self._random.choice(sorted(self._kinds))
                self._kinds[kind]()
                self.faults[kind] += 1
        with self._telegram.world.lock:
            self._telegram.faults.clear()

    def _repeat_updates(self) -> None:
        # Whether the answer or the question is lost, the same updates come with the next poll.
        cut = self._random.choice((self._telegram.cut_after_effect, self._telegram.cut_before_effect))
        cut("getUpdates")

    def _flood(self) -> None:
        times, seconds = self._random.randint(1, 6), self._random.randint(1, 3)
        self._telegram.fail_next("sendMessage", times=times, status=429, retry_after=seconds)
