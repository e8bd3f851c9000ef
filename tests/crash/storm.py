"""A network on which things go wrong all the time."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from random import Random
from threading import Event, Thread

LONGEST_LULL = 1.5  # seconds between two faults


class Storm(Thread):
    """Lets one thing of ``kinds`` after another go wrong until it is over, then ``clear``; ``faults`` counts them.

    ``room`` tells whether more may go wrong: while the service is down, nobody meets what is prepared.
    """

    def __init__(
        self,
        kinds: Mapping[str, Callable[[], object]],
        room: Callable[[], bool],
        clear: Callable[[], None],
        random: Random,
        over: Event,
    ) -> None:
        super().__init__(daemon=True)
        self._kinds, self._room, self._clear = kinds, room, clear
        self._random, self._over = random, over
        self.faults: Counter[str] = Counter()

    def run(self) -> None:
        """Let things go wrong, then let everything work again."""
        while not self._over.is_set():
            time.sleep(self._random.uniform(0, LONGEST_LULL))
            if self._room():
                kind = self._random.choice(sorted(self._kinds))
                self._kinds[kind]()
                self.faults[kind] += 1
        self._clear()
