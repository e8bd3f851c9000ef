"""The Discord channel is killed at the worst moments: what was said is in the history, and is handled once in order."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import contextmanager
from queue import Empty, Queue
from random import Random
from typing import TYPE_CHECKING

import pytest

from helpdesk.model import MessageKind
from helpdesk.tables import MessageRow, TicketRow
from tests.bot.service import environment
from tests.discord.discordapi.model import File
from tests.discord.house import Guichet
from tests.discord.serve import HEARD, READY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpdesk.office import Office
    from tests.clock import ManualClock
    from tests.discord.discordapi.channel import Channel
    from tests.discord.discordapi.guild import Guild
    from tests.discord.discordapi.person import Person
    from tests.discord.discordapi.server import DiscordServer

START_SECONDS = 120.0
DISPUTE = "Un candidat évincé menace d'un recours contre notre marché de nettoyage, que faire ?"
LETTER = File("lettre.pdf", b"%PDF-1.4 lettre", "application/pdf")
WORDS = ("La lettre date du 3 mai.", "Elle est signée du gérant.", "Nous avons dix jours.")


class Killed:
    """The channel in a process of its own."""

    def __init__(self, guichet: Guichet, forum: Channel) -> None:
        discord, office = guichet.discord, guichet.office
        place = (discord.base_url, discord.gateway.address, discord.token, str(forum.id))
        command = [sys.executable, "-m", "tests.discord.serve", office.database.url.render_as_string(), *place]
        self._process = subprocess.Popen(
            [*command, office.clock.now().isoformat()],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._said: Queue[str] = Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._said.put(line.strip())

    def wait(self, word: str, times: int = 1) -> None:
        """Wait until the process has said a word so many times."""
        try:
            while times:
                times -= self._said.get(timeout=START_SECONDS) == word
        except Empty:
            self.kill()
            pytest.fail(f"the process did not say {word!r}")

    def kill(self) -> None:
        """Kill it without warning."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


@pytest.fixture
def forum(network: Guild) -> Channel:
    return network.forum("questions")


@pytest.fixture
def guichet(office: Office, discord: DiscordServer, forum: Channel) -> Iterator[Guichet]:
    with Guichet(office, discord, forum=forum.id) as service:
        yield service


@contextmanager
def _written_by_somebody_else(office: Office) -> Iterator[None]:
    """Hold the database's only pen: nobody commits meanwhile."""
    path = office.database.url.database
    assert path
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")
    finally:
        connection.close()


def _followups(guichet: Guichet) -> list[str]:
    with guichet.office.reading() as unit:
        rows = unit.session.query(MessageRow).filter_by(kind=MessageKind.followup).order_by(MessageRow.id)
        return [row.body for row in rows]


def _questions(guichet: Guichet) -> list[str]:
    with guichet.office.reading() as unit:
        return [row.question for row in unit.session.query(TicketRow).order_by(TicketRow.id)]


def test_what_was_received_and_not_committed_at_a_crash_is_handled_once_in_order(
    guichet: Guichet, claire: Person, forum: Channel, discord: DiscordServer, clock: ManualClock
) -> None:
    guichet.asks_experts(claire, DISPUTE, "Marc")
    guichet.settled()
    guichet.stop()
    service = Killed(guichet, forum)
    service.wait(READY)
    with _written_by_somebody_else(guichet.office):
        for text in WORDS:
            claire.says(text, reply_to=claire.private.messages[0])
        claire.posts(forum, "Recours", DISPUTE)
        service.wait(HEARD, len(WORDS) + 1)
        service.kill()
    assert _followups(guichet) == []
    clock.advance(minutes=2)  # the turn to be connected, and what the dead were sending, are free again
    discord.wait_until(lambda: not discord.gateway.connected, "the process gone")
    guichet.start()
    discord.wait_until(lambda: guichet.latest() == 2, "the post found")
    guichet.settled()
    assert _followups(guichet) == list(WORDS)
    assert _questions(guichet) == [DISPUTE, f"Recours.\n{DISPUTE}"]


def test_a_post_that_waits_for_its_file_is_not_passed_over_by_a_later_one(
    guichet: Guichet, claire: Person, forum: Channel, discord: DiscordServer, clock: ManualClock
) -> None:
    guichet.asks_experts(claire, DISPUTE, "Marc")
    guichet.settled()
    guichet.stop()
    service = Killed(guichet, forum)
    service.wait(READY)
    discord.fail_next("get_message", times=10_000)
    claire.posts(forum, "Recours", DISPUTE, files=(LETTER,))
    claire.posts(forum, "Encore", DISPUTE)
    try:
        discord.wait_until(lambda: guichet.latest() == 2, "the later post kept")
    finally:
        service.kill()
    assert _questions(guichet) == [DISPUTE, f"Encore.\n{DISPUTE}"]
    discord.faults.clear()
    clock.advance(minutes=2)
    discord.wait_until(lambda: not discord.gateway.connected, "the process gone")
    guichet.start()
    discord.wait_until(lambda: guichet.latest() == 3, "the post with the file found")
    guichet.settled()
    assert _questions(guichet) == [DISPUTE, f"Encore.\n{DISPUTE}", f"Recours.\n{DISPUTE}"]


def test_a_connection_cut_before_the_history_is_read_passes_over_nothing(
    guichet: Guichet, claire: Person, forum: Channel, discord: DiscordServer
) -> None:
    guichet.asks_experts(claire, DISPUTE, "Marc")
    guichet.settled()
    guichet.stop()
    question = claire.private.messages[0]
    claire.says(WORDS[0], reply_to=question)
    discord.cut_before_effect("get_messages", times=10_000)
    service = Killed(guichet, forum)
    try:
        discord.wait_until(lambda: discord.called("get_messages"), "the history asked for")
        discord.gateway.cut()
        discord.wait_until(lambda: discord.gateway.resumed, "the session taken up again")
        claire.says(WORDS[1], reply_to=question)
        service.wait(HEARD)
        discord.faults.clear()
        service.wait(READY)
        discord.wait_until(lambda: len(_followups(guichet)) == 2, "both kept")
    finally:
        service.kill()
    assert _followups(guichet) == list(WORDS[:2])


def test_killed_again_and_again_it_loses_no_word_and_keeps_none_twice(
    guichet: Guichet, claire: Person, forum: Channel, discord: DiscordServer, clock: ManualClock
) -> None:
    guichet.asks_experts(claire, DISPUTE, "Marc")
    guichet.settled()
    guichet.stop()
    random, said = Random(4), []
    for life in range(2):
        service = Killed(guichet, forum)
        service.wait(READY)
        for rank in range(5):
            said.append(f"Pièce {life}-{rank} : la lettre du candidat.")
            claire.says(said[-1], reply_to=claire.private.messages[0])
        claire.posts(forum, f"Recours {life}", DISPUTE)
        service.wait(HEARD, random.randint(1, 6))
        service.kill()
        clock.advance(minutes=2)
    discord.wait_until(lambda: not discord.gateway.connected, "the process gone")
    guichet.start()
    discord.wait_until(lambda: guichet.latest() == 3, "every post found")
    guichet.nudge()
    guichet.settled()
    assert _followups(guichet) == said
    # Each conversation keeps its order; several are read side by side.
    assert sorted(_questions(guichet)[1:]) == [f"Recours {life}.\n{DISPUTE}" for life in range(2)]
    told = [message.text for message in claire.private.from_bot() if "J'ai ajouté" in message.text]
    assert len(told) == len(said)
