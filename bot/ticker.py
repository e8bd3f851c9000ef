"""Periodic work: APScheduler gives the beat, each job runs in a thread, and stopping lets the run in hand finish.

The scheduler only rings: state lives in the database, so a missed beat is made up by the next one and nothing is lost
with the process.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Job:
    """Work to do every ``seconds``, first ``delay`` seconds after the start; ``run`` returns how much was done.

    ``ready``: what the first run waits for besides.
    """

    name: str
    seconds: float
    run: Callable[[], int]
    delay: float = 0.0
    ready: Callable[[], Awaitable[None]] | None = None


class Ticker:
    """Runs jobs at their beat until cancelled. A job that fails is logged and runs again at its next beat."""

    def __init__(self, jobs: tuple[Job, ...]) -> None:
        self._jobs = jobs

    async def run(self) -> None:
        """Ring and work until cancelled; the runs in hand are finished."""
        scheduler = AsyncIOScheduler(
            timezone="UTC",
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        try:
            async with anyio.create_task_group() as tasks:
                for job in self._jobs:
                    bell = _Bell()
                    tasks.start_soon(_work, job, bell)
                    scheduler.add_job(bell.ring, "interval", seconds=job.seconds, id=job.name)
                scheduler.start()
        finally:
            if scheduler.running:
                scheduler.shutdown(wait=False)


class _Bell:
    """A beat that waits to be heard: rung twice while nobody listens, it is heard once. Rung when new."""

    def __init__(self) -> None:
        self._event = anyio.Event()
        self._event.set()

    async def ring(self) -> None:
        self._event.set()

    async def heard(self) -> None:
        await self._event.wait()
        self._event = anyio.Event()


async def _work(job: Job, bell: _Bell) -> None:
    await anyio.sleep(job.delay)
    if job.ready is not None:
        await job.ready()
    while True:
        await bell.heard()
        try:
            # A thread is never abandoned: on cancellation this waits for the transaction to end.
            done = await anyio.to_thread.run_sync(job.run)
        except Exception:  # noqa: BLE001 - whatever it is, it is logged and the piece goes on
            _log.exception("job_failed", job=job.name)
        else:
            if done:
                _log.info("job_done", job=job.name, done=done)
