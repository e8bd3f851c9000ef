"""One connection per token: two would both answer the same people. Whoever holds the lease connects, the others wait.

A process that waits can still deliver: that needs no connection.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import structlog

if TYPE_CHECKING:
    from helpdesk.leases import Leases

RENEW_SECONDS = 15.0  # well within the lease
ASK_AGAIN_SECONDS = 5.0

_log = structlog.get_logger(__name__)


class Turn:
    """This process's turn to be connected. ``caught_up`` is set while waiting: another reads what waited."""

    def __init__(self, leases: Leases, token: str, caught_up: anyio.Event) -> None:
        self._leases = leases
        self._name = f"discord:{hashlib.sha256(token.encode()).hexdigest()[:16]}"
        self._caught_up = caught_up
        self._held = False

    async def wait(self) -> None:
        """Return once this process may connect."""
        while not await anyio.to_thread.run_sync(self._leases.hold, self._name):
            if not self._caught_up.is_set():
                _log.warning("discord_waits", reason="another process is connected with this token")
            self._caught_up.set()
            await anyio.sleep(ASK_AGAIN_SECONDS)
        self._held = True

    async def keep(self) -> None:
        """Renew the turn; return when another process has taken it, as after a long pause of this one."""
        while self._held:
            await anyio.sleep(RENEW_SECONDS)
            self._held = await anyio.to_thread.run_sync(self._leases.hold, self._name)
        _log.error("discord_turn_lost")

    async def leave(self) -> None:
        """Let another process connect."""
        if self._held:
            await anyio.to_thread.run_sync(self._leases.release, self._name)
