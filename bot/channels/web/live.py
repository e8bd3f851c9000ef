"""Waking the pages that are kept live: at once for what this process sends, within seconds for other processes."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import structlog

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

POLL_SECONDS = 2.0

log = structlog.get_logger()


class Live:
    """The pages now listening, by person. All of it runs on the event loop that serves them.

    Each person has a number that grows when something may have changed for them. A page remembers the number at which
    it looked, so that what happens while it looks is not missed.
    """

    def __init__(self, pulse: Callable[[], Hashable], per_person: int, poll_seconds: float = POLL_SECONDS) -> None:
        self._pulse = pulse
        self._per_person = per_person
        self._poll_seconds = poll_seconds
        self._listening: Counter[str] = Counter()
        self._numbers: Counter[str] = Counter()
        self._bells: dict[str, anyio.Event] = {}
        self._arrival = anyio.Event()
        self.closed = False

    @contextmanager
    def listening(self, person: str) -> Iterator[bool]:
        """Count one more page of ``person`` as live; yields False when they have too many already."""
        if self.closed or self._listening[person] >= self._per_person:
            yield False
            return
        self._listening[person] += 1
        self._arrival.set()
        try:
            yield True
        finally:
            self._listening[person] -= 1
            if not self._listening[person]:
                del self._listening[person], self._numbers[person]
                self._bells.pop(person, None)

    def number(self, person: str) -> int:
        """Return the person's present number."""
        return self._numbers[person]

    async def wait(self, person: str, seen: int, seconds: float) -> bool:
        """Wait until the person's number is no longer ``seen``; False when ``seconds`` went by in silence."""
        if self.closed or self._numbers[person] != seen:
            return True
        bell = self._bells.setdefault(person, anyio.Event())
        with anyio.move_on_after(seconds):
            await bell.wait()
            return True
        return False

    def wake(self, person: str) -> None:
        """Wake the live pages of one person, if any."""
        if self._listening[person]:
            self._numbers[person] += 1
        bell = self._bells.pop(person, None)
        if bell is not None:
            bell.set()

    def close(self) -> None:
        """Let every live page end now: the process is stopping."""
        self.closed = True
        for person in list(self._listening):
            self.wake(person)

    async def watch(self) -> None:
        """Look for what any process wrote, as long as somebody listens, until cancelled."""
        seen = None
        while True:
            if not self._listening:
                self._arrival = anyio.Event()
                await self._arrival.wait()
            pulse = await self._beat(seen)
            if pulse != seen:
                seen = pulse
                for person in list(self._listening):
                    self.wake(person)
            await anyio.sleep(self._poll_seconds)

    async def _beat(self, seen: Hashable) -> Hashable:
        try:
            return await anyio.to_thread.run_sync(self._pulse)
        except Exception:
            # A database that is away must not end the live pages; readiness reports it.
            log.warning("web.pulse_failed", exc_info=True)
            return seen
