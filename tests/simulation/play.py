"""One game of the simulation: faults for a while, then none until everything is quiet, then the verdict."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from helpdesk.outbox import LEASE
from tests.simulation import actors, judge
from tests.simulation.world import CHANNELS, Process, World

STEPS = 90
_ROUND = dt.timedelta(hours=15)
_QUIET_ROUNDS = 4
_TRUST_AGAIN = 40  # seconds after which a clock once in doubt is trusted
_END_OF_TIME = dt.datetime(2027, 6, 1, tzinfo=dt.UTC)
MOST_SENT = 2000


@dataclass(frozen=True)
class Game:
    """What came of one seed."""

    seed: int
    violations: tuple[str, ...]
    counts: Counter[str]


def play(
    seed: int, *, template: Path | None = None, steps: int = STEPS, mutant: AbstractContextManager[None] | None = None
) -> Game:
    """Play one seed; ``template``: an empty base to copy. A mutant is alive during the whole game."""
    with mutant or nullcontext(), tempfile.TemporaryDirectory(prefix="guichet-simulation-") as folder:
        world = World(Path(folder), seed, template)
        try:
            _live(world, steps)
        except Exception as error:  # noqa: BLE001 - the product broke: that is a verdict too
            world.violations.append(f"unexpected {type(error).__name__}: {error}")
        finally:
            world.close()
        return Game(seed, tuple(world.violations), world.counts)


def _live(world: World, steps: int) -> None:
    actors.populate(world)
    for _ in range(steps):
        _let_time_go_by(world)
        world.step()
        if world.violations:
            return
    _drain(world)
    judge.at_the_end(world)
    world.violations += [f"audit: {finding}" for finding in world.workers[0].auditor.look()]


def _let_time_go_by(world: World) -> None:
    """Mostly a few seconds; often to just around the next thing due; sometimes hours or days."""
    roll = world.random.random()
    if world.in_hand and world.chance(0.9):
        world.tick(world.random.randint(1, 5))  # a sender seldom stands still until its lease is over
    elif roll < 0.70:
        world.tick(world.random.randint(1, 40))
    elif roll < 0.88 and (coming := world.next_instants()):
        instant = world.random.choice(coming) + dt.timedelta(seconds=world.random.randint(-20, 20))
        world.sleep(max(dt.timedelta(seconds=1), instant - world.now))
    elif roll < 0.985:
        world.sleep(dt.timedelta(minutes=world.random.randint(5, 100)))
    else:
        world.sleep(dt.timedelta(hours=world.random.randint(10, 50)))


def _drain(world: World) -> None:
    """No more faults, nobody says anything: every date passes, every delivery settles."""
    world.faulty = False
    quiet = 0
    while quiet < _QUIET_ROUNDS:
        world.now = max(world.now + _ROUND, min(world.next_instants(), default=world.now))
        process = world.random.choice(world.workers)
        actors.sweep_once(world, process)
        sent = _send_all(world, process)
        quiet = 0 if sent or world.next_instants() else quiet + 1
        assert world.now < _END_OF_TIME, "something comes back for ever"
    for process in world.workers * 2:
        world.tick(_TRUST_AGAIN)
        actors.sweep_once(world, process)


def _send_all(world: World, process: Process) -> int:
    sent = 0
    while claimed := process.outbox.claim(CHANNELS, 50):
        judge.at_claim(world, claimed)
        for delivery in claimed:
            actors.deliver(world, process, delivery, world.now + LEASE)
        sent += len(claimed)
        assert sent < MOST_SENT, "the queue does not drain"
    return sent
