"""The same run on Telegram: people at their telephones, a network that fails all the time, a service that is killed."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from random import Random
from threading import Event
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from bot.channels.telegram import NAME
from helpdesk.audit import Auditor
from helpdesk.clock import SystemClock
from helpdesk.library import themes
from helpdesk.model import AccountRef, MessageKind, Role
from helpdesk.people import create_person
from helpdesk.tables import AccountRow, ExpertiseRow
from tests.crash.chatting import Chatter, ChattingExpert, ChattingMember
from tests.crash.house import House
from tests.crash.storm import RememberingServer, Storm
from tests.crash.told import Told
from tests.crash.verdict import kept_once, left_undone, pending

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from helpdesk.office import Unit
    from tests.telegram.botapi.user import User

MEMBERS, EXPERTS = 6, 2
PATIENCE = 300.0  # seconds for the last deliveries: longer than a lease and the first retries
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
    folder: Path, kills: int, seed: int = 0, *, hurry: bool = False, told: Callable[[int], None] = lambda _kills: None
) -> Conversations:
    """Kill the service ``kills`` times while people talk. ``hurry``: once more at the end, as if for two minutes."""
    house = House(folder, Random(seed), longest_service=LONGEST_SERVICE)
    with closing(house), RememberingServer(SystemClock()) as telegram:
        zone = _configure(house, telegram)
        over = Event()
        members, experts = _people(house, telegram, over)
        everybody: list[Chatter] = [*members, *experts]
        storm = Storm(telegram, Random(seed), over)
        for thread in (*everybody, storm):
            thread.start()
        for number in house.torment(kills):
            told(number)
        _start(house)
        _until_somebody_answered(experts)
        over.set()
        for thread in (*everybody, storm):
            thread.join(PATIENCE)
        if hurry:
            house.kill()
            house.two_minutes_pass()
            _start(house)
        chats = Told(telegram, house.base_url, zone)
        found = [*_settle_and_judge(house, chats, members, experts), *telegram.violations]
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


def _configure(house: House, telegram: RememberingServer) -> str:
    """Write the configuration; return the zone, where it is about noon."""
    now = dt.datetime.now(dt.UTC)
    ahead = _NOON - now.hour
    zone = f"Etc/GMT{-ahead:+d}"
    first, last = (now + dt.timedelta(hours=ahead, minutes=minutes) for minutes in (-1, 59))
    day = f'[["{first:%H:%M}", "{last:%H:%M}"]]'
    hours = ", ".join(f"{name} = {day}" for name in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
    house.talks_on(telegram, _CONFIGURATION.format(zone=zone, hours=hours))
    return zone


def _start(house: House) -> None:
    house.start()
    house.restarts.append(house.wait_ready())


def _until_somebody_answered(experts: list[ChattingExpert]) -> None:
    """Let a short run go on until it has shown what it is for."""
    until = time.monotonic() + PATIENCE
    while not any(expert.said for expert in experts) and time.monotonic() < until:
        time.sleep(0.1)


def _people(
    house: House, telegram: RememberingServer, over: Event
) -> tuple[list[ChattingMember], list[ChattingExpert]]:
    """Start for the first time, let people in, die for the first time."""
    _start(house)
    office = house.office()
    with office.unit() as unit:
        # The demonstration's experts answer on no telephone.
        unit.session.execute(delete(ExpertiseRow))
        members = [
            ChattingMember(number=number, over=over, user=_known(unit, telegram, f"Membre {number}"))
            for number in range(MEMBERS)
        ]
        experts = [
            ChattingExpert(number=number, over=over, user=_known(unit, telegram, f"Expert {number}", Role.expert))
            for number in range(EXPERTS)
        ]
    office.database.dispose()
    house.kill()
    return members, experts


def _known(unit: Unit, telegram: RememberingServer, name: str, *roles: Role) -> User:
    user = telegram.user(name)
    user.private.started = True
    answered = tuple(theme.id for theme in themes(unit.session)) if roles else ()
    person = create_person(unit, name, frozenset(roles), themes=answered, accounts=(AccountRef(NAME, str(user.id)),))
    account = unit.session.scalars(select(AccountRow).filter_by(person_id=person.id, channel=NAME)).one()
    account.last_seen_at = unit.now
    return user


def _settle_and_judge(
    house: House, chats: Told, members: list[ChattingMember], experts: list[ChattingExpert]
) -> Iterator[str]:
    """Wait until everything is taken in and told, end the service in order, and tell what is not as it must be."""
    office, telegram = house.office(), chats.telegram
    try:
        until = time.monotonic() + PATIENCE
        while (telegram.pending or pending(office)) and time.monotonic() < until:
            time.sleep(0.2)
        if telegram.pending:
            yield f"{len(telegram.pending)} updates were never taken in"
        if code := house.stop():
            yield f"the service ended with {code}"
        with office.reading() as unit:
            yield from kept_once(unit, MessageKind.question, [text for member in members for text in member.said])
            yield from kept_once(unit, MessageKind.answer, [text for expert in experts for text in expert.said])
            yield from left_undone(unit)
            yield from chats.faults(unit)
        yield from (f"audit: {finding}" for finding in Auditor(office).look())
    finally:
        office.database.dispose()


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "nothing"
