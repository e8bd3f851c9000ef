"""The channel under load, on the local Bot API server.

::

    uv run python -m tests.telegram.load --updates 2000 --chats 500

People ask from many private chats at once; what is measured is the rate at which updates are acknowledged, and the
time from each question to its first reply. ``--minutes`` keeps asking for as long, and tells the memory in use.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from bot.channels.telegram import NAME
from helpdesk import migrate
from helpdesk.calendars import install
from helpdesk.clock import SystemClock
from helpdesk.database import Database
from helpdesk.library import LibraryCache, import_library
from helpdesk.model import AccountRef
from helpdesk.office import Office
from helpdesk.people import create_person
from helpdesk.policy import Policy
from helpdesk.tables import TicketRow
from knowledge.files import read_library, shipped_library
from tests.conftest import CALENDAR
from tests.telegram.botapi.server import BotApiServer
from tests.telegram.botapi.user import User
from tests.telegram.service import Guichet

QUESTIONS = (
    "Le prix peut-il rester le seul critère d'attribution ?",
    "Peut-on exiger un label dans un marché ?",
    "Un candidat évincé menace d'un recours, que faire ?",
    "C'est quoi un SPASER ?",
    "Comment acheter local pour la cantine ?",
)


def main() -> None:
    """Run and print the figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--updates", type=int, default=2000)
    arguments.add_argument("--chats", type=int, default=500)
    arguments.add_argument("--minutes", type=float, default=0.0)
    given = arguments.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with TemporaryDirectory() as folder, BotApiServer(SystemClock()) as telegram:
        with Guichet(_office(Path(folder)), telegram) as guichet:
            users = [telegram.user(f"Membre {number}") for number in range(given.chats)]
            _register(guichet, users)
            until = time.monotonic() + 60 * given.minutes
            while True:
                _round(guichet, users, given.updates)
                if time.monotonic() >= until:
                    break
        telegram.check_contract()


def _office(folder: Path) -> Office:
    database = Database(f"sqlite:///{folder}/guichet.sqlite3")
    migrate.upgrade(database)
    clock = SystemClock()
    with database.transaction() as session:
        import_library(session, read_library(shipped_library()), clock.now())
        install(session, CALENDAR, clock.now())
    office = Office(database, clock, Policy(), LibraryCache(database))
    office.library.matcher()
    return office


def _register(guichet: Guichet, users: list[User]) -> None:
    with guichet.office.unit() as unit:
        for user in users:
            create_person(unit, user.name, frozenset(), accounts=(AccountRef(NAME, str(user.id)),))
            user.private.started = True


def _round(guichet: Guichet, users: list[User], updates: int) -> None:
    telegram = guichet.telegram
    before = len(telegram.called("sendMessage"))
    began = time.monotonic()
    said: dict[int, list[float]] = {}
    for number in range(updates):
        user = users[number % len(users)]
        user.says(QUESTIONS[number % len(QUESTIONS)])
        said.setdefault(user.id, []).append(time.monotonic())
    assert telegram.world.wait_until(lambda: not telegram.world.updates.pending, 1200)
    handled = time.monotonic() - began
    assert telegram.world.wait_until(guichet._nothing_due, 1200)
    told = time.monotonic() - began
    first: dict[int, float] = {}
    for call in telegram.called("sendMessage")[before:]:
        first.setdefault(int(call.chat()), call.at)
    waits = sorted(first[chat] - times[0] for chat, times in said.items() if chat in first)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with guichet.office.reading() as unit:
        questions = unit.session.query(TicketRow).count()
    print(
        f"{updates} updates from {len(users)} chats: acknowledged in {handled:.1f} s ({updates / handled:.0f}/s), "
        f"all told in {told:.1f} s; first reply p50 {statistics.median(waits):.1f} s, "
        f"p99 {waits[int(len(waits) * 0.99) - 1]:.1f} s; {questions} questions kept; peak memory {memory:.0f} MB",
        flush=True,
    )


if __name__ == "__main__":
    main()
