"""The simulated world: one true time, processes that crash, and a platform that loses things. Everything is seeded.

A process holds what an operating system process would hold in memory: an office with its caches, a sweep with its clock
guard. All of them share one real SQLite file. Before each writing transaction another actor may be let in, so that two
processes interleave wherever the database lets them; at any statement, commit, or just after a commit, a process may
crash: the transaction is undone by the database, the memory is lost, whoever called gets no answer.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import event, func, select

from helpdesk.audit import Auditor
from helpdesk.calendars import install
from helpdesk.coordinators import CoordinatorDesk
from helpdesk.database import Database
from helpdesk.desk import Desk
from helpdesk.errors import GuichetError
from helpdesk.experts import ExpertDesk
from helpdesk.library import LibraryCache, import_library
from helpdesk.model import AccountRef, DeliveryState, Role
from helpdesk.office import Office
from helpdesk.oracle import Oracle
from helpdesk.outbox import Outbox
from helpdesk.peers import Peers
from helpdesk.people import create_person
from helpdesk.policy import Policy
from helpdesk.sweep import HEARTBEAT, Sweep
from helpdesk.tables import Base, CalendarRow, ClockRow, DeliveryRow, HeartbeatRow, TicketRow
from tests.library import LIBRARY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy.orm import Session

T = TypeVar("T")

START = dt.datetime(2026, 6, 1, 7, 0, tzinfo=dt.UTC)  # 9 h in Paris, on a working Monday
WEEK = {day: [["09:00", "12:00"], ["14:00", "17:30"]] for day in ("mon", "tue", "wed", "thu", "fri")}
CALENDAR: dict[str, Any] = {"tz": "Europe/Paris", "hours": WEEK, "holidays": ["2026-06-08"], "closures": []}
CHANNELS = frozenset({"web", "tg"})
_DEEPEST = 2  # actors let in within one another
_LONGEST_LIFE = 40  # statements that a process about to crash may still do


class Crash(BaseException):
    """The process died here."""


class WorldClock:
    """A process's reading of the true time. ``skew``: its wall is wrong; ``slept``: its monotonic clock stood still."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.skew = dt.timedelta(0)
        self.slept = 0.0

    def now(self, session: Session | None = None) -> dt.datetime:  # noqa: ARG002 - the protocol's
        """Return what the wall reads."""
        return self._world.now + self.skew

    def monotonic(self) -> float:
        """Return the seconds that went by while awake."""
        return (self._world.now - START).total_seconds() - self.slept


class SharedDatabase(Database):
    """The shared file, as one process uses it."""

    def __init__(self, process: Process) -> None:
        super().__init__(process.world.url)
        # The world's own engine, with what it has compiled and its connections: only what is listened to differs.
        self.engine = process.world.database.engine.execution_options()
        self._process = process
        event.listen(self.engine, "before_cursor_execute", self._burn)
        event.listen(self.engine, "commit", self._burn)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a transaction; others may come first, and the process may die after it is committed."""
        self._process.let_others_in()
        with super().transaction() as session:
            yield session
        self._burn()

    def _burn(self, *_arguments: object) -> None:
        self._process.burn()


class Process:
    """An operating system process on the shared file."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.name = name
        self.clock = WorldClock(world)
        self.database = SharedDatabase(self)
        self.lives = 0
        self._fuse: int | None = None
        self.start()

    def start(self) -> None:
        """Begin with an empty memory, save for the library: reading it takes a while, and it never changes here."""
        self.lives += 1
        self.world.counts["processes started"] += 1
        self.clock.skew = dt.timedelta(0)
        self.swept = False
        self.gap = dt.timedelta(0)  # since the last sweep, while this process sweeps
        self.office = Office(self.database, self.clock, self.world.policy, self.world.library)
        self.desk, self.experts = Desk(self.office), ExpertDesk(self.office)
        self.coordinators, self.outbox = CoordinatorDesk(self.office), Outbox(self.office)
        self.peers = Peers(self.office)
        self.sweep, self.auditor = Sweep(self.office), Auditor(self.office)

    def call(self, act: Callable[[Process], T]) -> T:
        """Do something in the process, which may die of it. Raises ``Crash`` after it was started again."""
        if self._fuse is None and self.world.faulty and self.world.chance(self.world.crash_rate):
            self._fuse = self.world.random.randrange(_LONGEST_LIFE)
        life = self.lives
        try:
            return act(self)
        except Crash:
            if self.lives == life:
                self.start()
            raise
        finally:
            self._fuse = None

    def let_others_in(self) -> None:
        """Let another actor come first; if that kills this process, everything that it was doing dies too."""
        life = self.lives
        self.world.let_others_in(self)
        if self.lives != life:
            raise Crash

    def burn(self) -> None:
        """Come one statement nearer to the crash, if there is to be one."""
        if self._fuse is not None:
            self._fuse -= 1
            if self._fuse < 0:
                self._fuse = None
                raise Crash


@dataclass
class Sending:
    """One send that the platform accepted; ``clean``: and that was recorded as sent."""

    delivery: int
    kind: str
    key: str
    clean: bool = False


@dataclass
class World:
    """What is true, and what happened."""

    folder: Path
    seed: int
    template: Path | None = None
    crash_rate: float = 0.12
    policy: Policy = field(default_factory=Policy)
    now: dt.datetime = START
    faulty: bool = True
    counts: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    sendings: list[Sending] = field(default_factory=list)
    refused: set[tuple[str, str]] = field(default_factory=set)  # addresses that take nothing any more
    in_hand: set[str] = field(default_factory=set)  # processes whose sender is in the middle of a round
    stalled: set[int] = field(default_factory=set)  # deliveries once in the hands of a sender whose lease was over
    gaps: dict[dt.datetime, dt.timedelta] = field(default_factory=dict)  # of the sweep that wrote at that instant
    questions: dict[str, int] = field(default_factory=dict)  # texts acknowledged, with their question's number
    answers: dict[str, int] = field(default_factory=dict)
    actors: list[Actor] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self._depth = 0
        self._keys = 0
        self._oracles: dict[int, Oracle] = {}
        path = self.folder / "guichet.sqlite3"
        self.url = f"sqlite:///{path}"
        if self.template is not None:
            shutil.copyfile(self.template, path)
        # The world's own eyes: they take no part in the interleaving and never crash.
        self.database = Database(self.url)
        event.listen(self.database.engine, "connect", _forget_the_disk)
        if self.template is None:
            Base.metadata.create_all(self.database.engine)
        self.library = LibraryCache(self.database)
        self.front = [Process(self, "front-1"), Process(self, "front-2")]
        self.workers = [Process(self, "worker-1"), Process(self, "worker-2")]
        self._settle_in()

    def _settle_in(self) -> None:
        eyes = Office(self.database, WorldClock(self), self.policy, self.library)
        themes = tuple(theme.id for theme in LIBRARY.themes)
        with eyes.unit() as unit:
            import_library(unit.session, LIBRARY, unit.now)
            install(unit.session, CALENDAR, unit.now)
            member, expert, coordinator = frozenset[Role](), frozenset({Role.expert}), frozenset({Role.coordinator})
            people = [
                create_person(unit, name, roles, themes=themes if roles == expert else (), accounts=(_tg(name),))
                for name, roles in (
                    ("Claire", member),
                    ("Ali", member),
                    ("Rose", member),
                    ("Marc", expert),
                    ("Léa", expert),
                    ("Nadia", coordinator),
                )
            ]
            for person in people:
                for account in person.accounts:
                    account.last_seen_at = unit.now
            self.people = {person.name: person.id for person in people}

    def close(self) -> None:
        """Let go of the file."""
        for process in (*self.front, *self.workers):
            process.database.dispose()
        self.database.dispose()

    def key(self) -> str:
        """Return a new key for an update."""
        self._keys += 1
        return f"sim:{self._keys}"

    def account(self, name: str) -> AccountRef:
        """Return one of a person's two accounts."""
        return self.random.choice((_tg(name), AccountRef("web", str(self.people[name]))))

    def chance(self, share: float) -> bool:
        """Tell whether something that happens in ``share`` of the cases happens now."""
        return self.random.random() < share

    def tick(self, seconds: float = 1) -> None:
        """Let a little time go by."""
        self.now += dt.timedelta(seconds=int(seconds))

    def let_others_in(self, process: Process) -> None:
        """Let time go by, and perhaps another actor, before a process opens a transaction."""
        self.tick(self.random.randint(1, 3))
        if self._depth < _DEEPEST and self.faulty and self.random.random() < 0.2:
            self.step()
            self.tick()
        self.gaps[self.now] = process.gap

    def step(self) -> None:
        """Let one actor that is not in the middle of something do its next thing."""
        free = [actor for actor in self.actors if not actor.busy]
        actor = self.random.choices(free, [actor.weight for actor in free])[0]
        self._depth += 1
        try:
            actor.step()
        finally:
            self._depth -= 1

    def attempt(self, process: Process, act: Callable[[Process], T]) -> T | None:
        """Do something once; a refusal is an answer like another."""
        try:
            return process.call(act)
        except GuichetError as error:
            self.counts[f"refused {error.code}"] += 1
            return None

    def sleep(self, span: dt.timedelta) -> None:
        """Jump ahead; sometimes as a machine that was asleep, whose monotonic clock did not move."""
        self.now += dt.timedelta(seconds=int(span.total_seconds()))
        if span > dt.timedelta(hours=1):
            self.counts["jumps"] += 1
            if self.random.random() < 0.3:
                for process in self.workers:
                    process.clock.slept += span.total_seconds()

    def next_instants(self) -> list[dt.datetime]:
        """Return the coming instants at which something is due."""
        queries = (
            select(func.min(ClockRow.next_due_at)).where(ClockRow.next_due_at > self.now),
            select(func.min(ClockRow.breach_at)).where(ClockRow.breach_at > self.now),
            select(func.min(TicketRow.silence_at)).where(TicketRow.silence_at > self.now),
            select(func.min(DeliveryRow.available_at)).where(
                DeliveryRow.available_at > self.now, DeliveryRow.state == DeliveryState.queued
            ),
        )
        with self.database.reading() as session:
            return [instant for query in queries if (instant := session.scalar(query)) is not None]

    def oracle(self, session: Session, version: int) -> Oracle:
        """Return the oracle of a calendar version, which never changes."""
        if version not in self._oracles:
            self._oracles[version] = Oracle(session.get_one(CalendarRow, version).data)
        return self._oracles[version]

    def last_sweep(self) -> dt.datetime | None:
        """Return the heartbeat of the sweep."""
        with self.database.reading() as session:
            row = session.get(HeartbeatRow, HEARTBEAT)
            return row.at if row else None


class Actor:
    """Somebody or something that acts, one thing at a time: a generator, each yield a point where others may come."""

    def __init__(self, weight: float, life: Iterator[None]) -> None:
        self.weight = weight
        self.busy = False
        self._life = life

    def step(self) -> None:
        """Do the next thing."""
        self.busy = True
        try:
            next(self._life)
        finally:
            self.busy = False


def _tg(name: str) -> AccountRef:
    return AccountRef("tg", name)


def _forget_the_disk(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own connection
    # The crashes are of processes, not of the machine: waiting for the disk would only slow the simulation down.
    connection.execute("PRAGMA synchronous = OFF")
