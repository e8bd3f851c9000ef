"""Keeping the pieces of the service alive: one that crashes is logged and started again, the others go on.

They are stopped in order: what the sender has in hand goes out by channels that still serve.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import structlog

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
    from typing import Any

    from anyio.abc import TaskGroup

FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0
STEADY_SECONDS = 120.0

_log = structlog.get_logger(__name__)


async def supervised(
    name: str,
    run: Callable[[], Awaitable[None]],
    monotonic: Callable[[], float],
    first_wait: float = FIRST_WAIT,
) -> None:
    """Run a piece until cancelled, starting it again after each crash.

    The wait doubles from ``first_wait`` to ``LONGEST_WAIT`` seconds, and starts over once the piece has held for
    ``STEADY_SECONDS``.
    """
    wait = first_wait
    while True:
        began = monotonic()
        try:
            await run()
            _log.error("piece_ended", piece=name, again_in=wait)
        except Exception:  # noqa: BLE001 - whatever it is, it is logged and the piece goes on
            _log.exception("piece_crashed", piece=name, again_in=wait)
        if monotonic() - began >= STEADY_SECONDS:
            wait = first_wait
        await anyio.sleep(wait)
        wait = min(LONGEST_WAIT, wait * 2)


@asynccontextmanager
async def resting_on(pieces: Iterable[Callable[[], Coroutine[Any, Any, None]]]) -> AsyncIterator[TaskGroup]:
    """Run ``pieces`` for the tasks of the group that is given; they are cancelled once all of these have ended."""
    async with anyio.create_task_group() as below:
        for run in pieces:
            below.start_soon(run)
        async with anyio.create_task_group() as above:
            yield above
        below.cancel_scope.cancel()
