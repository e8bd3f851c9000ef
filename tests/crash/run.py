"""One run of the harness: people at work over HTTP, a service killed again and again, then the verdict."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from threading import Event

from tests.crash.house import House
from tests.crash.people import Expert, Member, Reader, until_somebody_answered
from tests.crash.verdict import faults, pending

MEMBERS, EXPERTS = 4, 2
PATIENCE = 240.0  # seconds for the last deliveries: longer than a lease and the first retries
_POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Result:
    """What came of a run; ``restarts`` are seconds, shortest first."""

    faults: tuple[str, ...]
    kills: int
    questions: int
    answers: int
    cut: int  # forms sent again after a cut connection
    refused: int
    restarts: tuple[float, ...]

    def lines(self) -> Iterator[str]:
        """Return the figures to print."""
        yield f"{self.questions} questions and {self.answers} answers acknowledged, {self.refused} forms refused"
        yield f"{self.cut} sent again after a cut connection"


def run(
    folder: Path, kills: int, seed: int = 0, *, hurry: bool = False, told: Callable[[int], None] = lambda _kills: None
) -> Result:
    """Kill the service ``kills`` times while people work. ``hurry``: once more at the end, as if for two minutes."""
    house = House(folder, Random(seed))
    house.settle_in(MEMBERS, EXPERTS)
    over = Event()
    browsers = house.browsers
    members = [Member(number=number, over=over, browser=browsers[f"member {number}"]) for number in range(MEMBERS)]
    experts = [Expert(number=number, over=over, browser=browsers[f"expert {number}"]) for number in range(EXPERTS)]
    people: list[Reader] = [*members, *experts]
    for person in people:
        person.start()
    for number in house.torment(kills):
        told(number)
    house.start()
    house.restarts.append(house.wait_ready())
    until_somebody_answered(experts, PATIENCE)
    over.set()
    for person in people:
        person.join(PATIENCE)
    if hurry:
        house.kill()
        house.two_minutes_pass()
        house.start()
        house.restarts.append(house.wait_ready())
    found = [*_settle(house, members, experts), *(person.trouble for person in people if person.trouble)]
    found += [f"{error}, {times} times" for error, times in Counter(_errors(people)).items()]
    return Result(
        tuple(found),
        house.kills,
        sum(len(member.said) for member in members),
        sum(len(expert.said) for expert in experts),
        sum(len(person.cut) for person in people),
        sum(person.refused for person in people),
        tuple(sorted(house.restarts)),
    )


def _errors(people: list[Reader]) -> Iterator[str]:
    for person in people:
        yield from person.errors


def _settle(house: House, members: list[Member], experts: list[Expert]) -> list[str]:
    """Wait for the last deliveries, read what the members see, end the service in order, and judge."""
    office = house.office()
    try:
        until = time.monotonic() + PATIENCE
        while pending(office) and time.monotonic() < until:
            time.sleep(_POLL_SECONDS)
        pages = [page for member in members for page in member.questions()]
        code = house.stop()
        return [*faults(office, members, experts, pages), *([f"the service ended with {code}"] if code else [])]
    finally:
        office.database.dispose()
        for browser in house.browsers.values():
            browser.close()
