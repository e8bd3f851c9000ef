"""The same run on Telegram or Discord: people who chat, a network that fails all the time, a service that is killed."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from random import Random
from threading import Event
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import delete, select

from helpdesk.audit import Auditor
from helpdesk.library import themes
from helpdesk.model import AccountRef, MessageKind, Role
from helpdesk.people import create_person
from helpdesk.tables import AccountRow, ExpertiseRow
from tests.crash.house import House
from tests.crash.people import until_somebody_answered
from tests.crash.told import Told
from tests.crash.verdict import kept_once, left_undone, pending

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from helpdesk.office import Unit
    from tests.crash.chatting import Chatter, ChattingExpert, ChattingMember
    from tests.crash.storm import Storm
    from tests.crash.told import Shown

MEMBERS, EXPERTS = 6, 2
PATIENCE = 300.0  # seconds in which something of what is left must be done: longer than a lease and the first retries
LONGEST_SERVICE = 10.0  # seconds between two kills: time for an expert to read, write and press
_NOON = 12
# An open hour around now, wherever on Earth it is noon, and a promise of one such day: reminders within seconds.
_CONFIGURATION = """
[network]
zone = "{zone}"
[promise]
answer_days = 1
reminders = [1, 2, 4, 8, 16]
[calendar]
hours = {{ {hours} }}
"""


class Platform(Protocol):
    """Where people chat; ``name`` is its channel's, ``violations`` what the bot did wrong there."""

    name: str
    violations: list[str]

    @property
    def server(self) -> AbstractContextManager[object]:
        """What serves it."""

    def furnish(self, house: House, configuration: str) -> None:
        """Configure the house's service for it."""

    def member(self, number: int, over: Event) -> ChattingMember:
        """Somebody who asks."""

    def expert(self, number: int, over: Event) -> ChattingExpert:
        """Somebody who answers."""

    def storm(self, random: Random, over: Event) -> Storm:
        """Prepare what goes wrong."""

    def waiting(self, unit: Unit, said: list[str]) -> int:
        """Count what the service has not taken in yet, of what was ``said``."""

    def shown(self) -> Shown:
        """Tell what its chats show."""


@dataclass(frozen=True)
class Conversations:
    """What came of a run; ``restarts`` are seconds, shortest first."""

    faults: tuple[str, ...]
    kills: int
    questions: int
    answers: int
    silent: int  # replies that an expert wrote again, because nothing came back
    reminders: int
    storm: Counter[str]
    doubled: Counter[str]
    restarts: tuple[float, ...]

    def lines(self) -> Iterator[str]:
        """Return the figures to print."""
        yield f"{self.questions} questions asked, {self.answers} answers sent, {self.silent} replies written again"
        yield f"{self.reminders} reminders sent; said once too often: {_listed(self.doubled)}"
        yield f"network: {_listed(self.storm)}"


def run(
    platform: Platform,
    folder: Path,
    kills: int,
    seed: int = 0,
    *,
    hurry: bool = False,
    told: Callable[[int], None] = lambda _kills: None,
) -> Conversations:
    """Kill the service ``kills`` times while people talk. ``hurry``: once more at the end, as if for two minutes."""
    house = House(folder, Random(seed), longest_service=LONGEST_SERVICE)
    with closing(house), platform.server:
        zone = _configure(house, platform)
        over = Event()
        members, experts = _people(house, platform, over)
        everybody: list[Chatter] = [*members, *experts]
        storm = platform.storm(Random(seed), over)
        for thread in (*everybody, storm):
            thread.start()
        for number in house.torment(kills):
            told(number)
        _start(house)
        until_somebody_answered(experts, PATIENCE)
        over.set()
        for thread in (*everybody, storm):
            thread.join(PATIENCE)
        if hurry:
            house.kill()
            house.two_minutes_pass()
            _start(house)
        chats = Told(platform, house.base_url, zone)
        found = [*_settle_and_judge(house, chats, members, experts), *platform.violations]
        found += [person.trouble for person in everybody if person.trouble]
        return Conversations(
            faults=tuple(found),
            kills=house.kills,
            questions=sum(len(member.said) for member in members),
            answers=sum(len(expert.said) for expert in experts),
            silent=sum(expert.refused for expert in experts),
            reminders=chats.once,
            storm=storm.faults,
            doubled=chats.doubled,
            restarts=tuple(sorted(house.restarts)),
        )


def _configure(house: House, platform: Platform) -> str:
    """Write the configuration; return the zone, where it is about noon."""
    now = dt.datetime.now(dt.UTC)
    ahead = _NOON - now.hour
    zone = f"Etc/GMT{-ahead:+d}"
    first, last = (now + dt.timedelta(hours=ahead, minutes=minutes) for minutes in (-1, 59))
    day = f'[["{first:%H:%M}", "{last:%H:%M}"]]'
    hours = ", ".join(f"{name} = {day}" for name in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
    platform.furnish(house, _CONFIGURATION.format(zone=zone, hours=hours))
    return zone


def _start(house: House) -> None:
    house.start()
    house.restarts.append(house.wait_ready())


def _people(house: House, platform: Platform, over: Event) -> tuple[list[ChattingMember], list[ChattingExpert]]:
    """Start for the first time, let people in and greet, die for the first time."""
    _start(house)
    office = house.office()
    with office.unit() as unit:
        # The demonstration's experts answer in no chat.
        unit.session.execute(delete(ExpertiseRow))
        members = [platform.member(number, over) for number in range(MEMBERS)]
        experts = [platform.expert(number, over) for number in range(EXPERTS)]
        for member in members:
            _let_in(unit, platform.name, member)
        for expert in experts:
            _let_in(unit, platform.name, expert, Role.expert)
    until = time.monotonic() + PATIENCE
    while not all(member.greeted() for member in members) and time.monotonic() < until:
        time.sleep(0.1)
    office.database.dispose()
    house.kill()
    return members, experts


def _let_in(unit: Unit, channel: str, person: Chatter, *roles: Role) -> None:
    answered = tuple(theme.id for theme in themes(unit.session)) if roles else ()
    reference = AccountRef(channel, str(person.user.id))
    row = create_person(unit, person.user.name, frozenset(roles), themes=answered, accounts=(reference,))
    account = unit.session.scalars(select(AccountRow).filter_by(person_id=row.id, channel=channel)).one()
    account.last_seen_at = unit.now


def _settle_and_judge(
    house: House, chats: Told, members: list[ChattingMember], experts: list[ChattingExpert]
) -> Iterator[str]:
    """Wait until everything is taken in and told, end the service in order, and tell what is not as it must be."""
    office, platform = house.office(), chats.platform
    asked = [text for member in members for text in member.said]

    def waiting() -> int:
        with office.reading() as unit:
            return platform.waiting(unit, asked)

    try:
        if code := house.serve_out(lambda: waiting() + pending(office), PATIENCE):
            yield f"the service ended with {code}"
        if left := waiting():
            yield f"{left} updates were never taken in"
        with office.reading() as unit:
            yield from kept_once(unit, MessageKind.question, asked)
            yield from kept_once(unit, MessageKind.answer, [text for expert in experts for text in expert.said])
            yield from left_undone(unit)
            yield from chats.faults(unit)
        yield from (f"audit: {finding}" for finding in Auditor(office).look())
    finally:
        office.database.dispose()


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "nothing"
