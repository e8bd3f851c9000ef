"""One poller per token: Telegram refuses two, so whoever holds the lease polls and the others wait, and say so."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import structlog

if TYPE_CHECKING:
    from helpdesk.leases import Leases

RENEW_SECONDS = 15.0  # well within the lease, a long poll included
ASK_AGAIN_SECONDS = 5.0

_log = structlog.get_logger(__name__)


class Turn:
    """This process's turn to poll. ``caught_up`` is set while waiting: another process reads what waited."""

    def __init__(self, leases: Leases, token: str, caught_up: anyio.Event) -> None:
        self._leases = leases
        self._name = f"poller:{hashlib.sha256(token.encode()).hexdigest()[:16]}"
        self._caught_up = caught_up
        self._renewed: float | None = None

    async def wait(self) -> None:
        """Return once this process may poll, its lease renewed in time."""
        if self._renewed is not None and anyio.current_time() - self._renewed < RENEW_SECONDS:
            return
        while not await anyio.to_thread.run_sync(self._leases.hold, self._name):
            if self._renewed is not None or not self._caught_up.is_set():
                _log.warning("telegram_poller_waits", reason="another process polls with this token")
            self._renewed = None
            self._caught_up.set()
            await anyio.sleep(ASK_AGAIN_SECONDS)
        self._renewed = anyio.current_time()

    async def leave(self) -> None:
        """Let another process poll."""
        if self._renewed is not None:
            await anyio.to_thread.run_sync(self._leases.release, self._name)
