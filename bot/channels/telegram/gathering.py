"""One write for many: those who ask for it while another is under way share the next."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import anyio

Write = Callable[[tuple[str, ...]], Awaitable[None]]


@dataclass
class _Batch:
    keys: list[str] = field(default_factory=list)
    written: bool = False
    trouble: Exception | None = None


class Gathering:
    """Hands keys to ``write``, as many together as there are."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._turn = anyio.Lock()
        self._batch = _Batch()

    async def put(self, *keys: str) -> None:
        """Return once the keys are written. Raises what ``write`` raises, to everybody who had a key in it."""
        batch = self._batch
        batch.keys.extend(keys)
        async with self._turn:
            if not batch.written:
                self._batch = _Batch()
                await self._write_all(batch)
        if batch.trouble is not None:
            raise batch.trouble

    async def _write_all(self, batch: _Batch) -> None:
        batch.written = True
        try:
            await self._write(tuple(batch.keys))
        except Exception as trouble:  # noqa: BLE001 - raised to each of those who wait
            batch.trouble = trouble
