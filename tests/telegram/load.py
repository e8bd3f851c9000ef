"""The real service under load on Telegram: a process of its own, on the local Bot API server.

::

    uv run python -m tests.telegram.load --updates 2000 --chats 500
    uv run python -m tests.telegram.load --rate 20 --chats 500 --minutes 10

People ask from many private chats, all at once or so many a second. Told: the rate at which updates are acknowledged,
the time from a question to the next words of the bot in its chat, and what the service's process took of processor
and memory. The channel keeps to what Telegram permits, thirty messages a second in all: ``--unpaced`` lifts that, to
see what the service itself could do.
"""

from __future__ import annotations

import argparse
import bisect
import os
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from sqlalchemy import func, select

from bot.channels.telegram import NAME
from helpdesk import migrate
from helpdesk.clock import SystemClock
from helpdesk.model import AccountRef, DeliveryState
from helpdesk.office import Office
from helpdesk.people import create_person
from helpdesk.tables import DeliveryRow, TicketRow
from tests.crash.house import House
from tests.telegram.botapi.server import BotApiServer
from tests.telegram.botapi.user import User

QUESTIONS = (
    "Le prix peut-il rester le seul critère d'attribution ?",
    "Peut-on exiger un label dans un marché ?",
    "Un candidat évincé menace d'un recours, que faire ?",
    "C'est quoi un SPASER ?",
    "Comment acheter local pour la cantine ?",
)
UNPACED = (sys.executable, "-m", "tests.telegram.unpaced")
_PATIENCE = 1200.0
_TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Run and print the figures."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--updates", type=int, default=2000, help="of a round")
    arguments.add_argument("--chats", type=int, default=500)
    arguments.add_argument("--rate", type=float, default=0.0, help="questions a second; all at once without it")
    arguments.add_argument("--minutes", type=float, default=0.0, help="keep asking, round after round")
    arguments.add_argument("--unpaced", action="store_true", help="beyond what Telegram permits")
    given = arguments.parse_args()
    with TemporaryDirectory() as folder, BotApiServer(SystemClock()) as telegram:
        house = House(Path(folder), Random(0))
        if given.unpaced:
            house.program = UNPACED
        house.talks_on(telegram)
        office = house.office()
        load = Load(house, telegram, office, _people(office, telegram, given.chats))
        house.start()
        house.wait_ready()
        print(load.at_rest(), flush=True)
        until = time.monotonic() + 60 * given.minutes
        while True:
            print(load.round(given.updates, given.rate), flush=True)
            if time.monotonic() >= until:
                break
        house.stop()
        office.database.dispose()
        telegram.check_contract()


def _people(office: Office, telegram: BotApiServer, count: int) -> list[User]:
    migrate.upgrade(office.database)
    users = [telegram.user(f"Membre {number}") for number in range(count)]
    with office.unit() as unit:
        for user in users:
            create_person(unit, user.name, frozenset(), accounts=(AccountRef(NAME, str(user.id)),))
            user.private.started = True
    return users


@dataclass
class Load:
    """The people at their telephones, and what is seen of the service from outside."""

    house: House
    telegram: BotApiServer
    office: Office
    users: list[User]
    _asked: int = 0
    _began: float = field(default_factory=time.monotonic)

    def round(self, updates: int, rate: float) -> str:
        """Let people ask ``updates`` questions, wait until all is told, and return a line of figures."""
        calls, processor, began = len(self.telegram.calls), self._processor(), time.monotonic()
        said: list[tuple[int, float]] = []
        for number in range(updates):
            if rate:
                time.sleep(max(0.0, began + number / rate - time.monotonic()))
            user = self.users[self._asked % len(self.users)]
            user.says(QUESTIONS[self._asked % len(QUESTIONS)])
            said.append((user.id, time.monotonic()))
            self._asked += 1
        self.telegram.wait_until(lambda: not self.telegram.world.updates.pending, "all taken in", _PATIENCE)
        handled = time.monotonic() - began
        while not self._all_told():
            time.sleep(0.1)
        told = time.monotonic() - began
        waits = self._waits(said, calls)
        return (
            f"{time.monotonic() - self._began:6.0f} s: {updates} updates from {len(self.users)} chats: taken in at "
            f"{updates / handled:.0f}/s, all told in {told:.1f} s ({updates / told:.0f}/s); first reply p50 "
            f"{statistics.median(waits):.2f} s, p99 {waits[int(len(waits) * 0.99) - 1]:.2f} s; service: "
            f"{1000 * (self._processor() - processor) / updates:.1f} ms of processor an update, "
            f"{self._memory('VmRSS'):.0f} MB (peak {self._memory('VmHWM'):.0f} MB); {self._kept()} questions kept"
        )

    def at_rest(self) -> str:
        """Return the memory of the service before anybody speaks: each round's line says what became of it."""
        return f"before anybody speaks: {self._memory('VmRSS'):.0f} MB"

    def _waits(self, said: list[tuple[int, float]], calls: int) -> list[float]:
        """Return, for each question, the seconds until the bot's next words in its chat."""
        spoken: dict[int, list[float]] = {}
        for call in self.telegram.calls[calls:]:
            if call.method == "sendMessage":
                spoken.setdefault(int(call.chat()), []).append(call.at)
        waits = []
        for chat, at in said:
            times = spoken.get(chat, [])
            place = bisect.bisect_left(times, at)
            assert place < len(times), f"nothing was said in the chat {chat} any more"
            waits.append(times[place] - at)
        return sorted(waits)

    def _all_told(self) -> bool:
        with self.office.reading() as unit:
            waiting = select(func.count()).where(
                DeliveryRow.channel == NAME,
                DeliveryRow.state.in_((DeliveryState.queued, DeliveryState.claimed)),
                DeliveryRow.available_at <= unit.now,
            )
            return not unit.session.scalar(waiting)

    def _kept(self) -> int:
        with self.office.reading() as unit:
            return unit.session.scalar(select(func.count()).select_from(TicketRow)) or 0

    def _processor(self) -> float:
        """Return the seconds of processor that the service has used."""
        words = Path(f"/proc/{self.house.process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / _TICKS

    def _memory(self, name: str) -> float:
        """Return a figure of the service's memory, in megabytes."""
        status = Path(f"/proc/{self.house.process}/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith(f"{name}:"))
        return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
