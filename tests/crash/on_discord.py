"""Discord, for people who chat while the service is killed: in private and in the forum, pressing until it is done."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.channels.discord import NAME, DiscordChannel, markdown
from helpdesk.clock import SystemClock
from helpdesk.model import MessageKind
from helpdesk.tables import MessageRow
from tests.bot.service import configure
from tests.crash.chatting import PROMPT_SECONDS, ChattingExpert, ChattingMember
from tests.crash.storm import Storm
from tests.crash.told import Shown
from tests.discord.discordapi.guild import Guild
from tests.discord.discordapi.server import DiscordServer
from tests.discord.driving import COMMAND, variables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random
    from threading import Event

    from helpdesk.office import Unit
    from tests.crash.house import House
    from tests.discord.discordapi.channel import Channel
    from tests.discord.discordapi.model import Message
    from tests.discord.discordapi.person import Person

MOST_UNHEARD = 4  # questions that somebody asks before they hear anything
_MOST_PREPARED = 4
_PRESS_AGAIN_SECONDS = 5.0
_LOOK_SECONDS = 0.1


@dataclass(eq=False, kw_only=True)
class DiscordMember(ChattingMember):
    """Asks in private or by a post, of which one is not told when the service is away."""

    user: Person
    forum: Channel

    def greeted(self) -> bool:
        """Begin to talk: a bot learns of a private conversation only once it has begun."""
        if not self.user.private.messages:
            self.ask()
        return bool(self.user.private.from_bot())

    def one_thing(self) -> None:
        """Ask, unless much of what they asked has had no word yet: the service may be away for long."""
        if self._unheard() < MOST_UNHEARD:
            super().one_thing()

    def _unheard(self) -> int:
        with self.user.world.lock:
            heard = max((message.id for message in self.user.private.from_bot()), default=0)
            said = [message for message in self.user.private.messages if message.author is self.user]
            posts = [post for post in self.forum.threads.values() if post.owner is self.user and not post.from_bot()]
            return len(posts) + sum(message.id > heard for message in said)

    def ask_about(self, text: str) -> None:
        """Ask in private, or open a post."""
        if self._random.random() < 0.5:
            self.user.posts(self.forum, text[:100], text)
        else:
            self.user.says(text)


@dataclass(eq=False, kw_only=True)
class DiscordExpert(ChattingExpert):
    """Presses until it is done: Discord tells nobody of a press that nobody was there to receive."""

    def press(self, action: str, message: Message) -> None:
        """Press until the button is no longer offered."""
        until = time.monotonic() + PROMPT_SECONDS * 3
        while self._offers(message, action):
            assert time.monotonic() < until, f"{action} did nothing"
            super().press(action, message)
            again = time.monotonic() + _PRESS_AGAIN_SECONDS
            while self._offers(message, action) and time.monotonic() < again:
                time.sleep(_LOOK_SECONDS)

    def _offers(self, message: Message, action: str) -> bool:
        with self.user.world.lock:
            return any(button.get("custom_id") == f"g:{action}" for button in message.buttons)


class Discord:
    """People on a server with a forum."""

    name = NAME

    def __init__(self) -> None:
        self.server = DiscordServer(SystemClock())
        self.violations = self.server.violations
        self._network: Guild = self.server.guild("Réseau")
        self._forum = self._network.forum("questions")

    def furnish(self, house: House, configuration: str) -> None:
        """Configure the house's service for it."""
        port = configure(house.folder, f"{configuration}\n[discord]\nforum = {self._forum.id}\n")
        house.base_url = f"http://127.0.0.1:{port}"
        house.program = COMMAND
        house.variables |= variables(self.server)

    def member(self, number: int, over: Event) -> ChattingMember:
        """Somebody who asks."""
        return DiscordMember(
            number=number, over=over, prefix="g:", user=self._person(f"Membre {number}"), forum=self._forum
        )

    def expert(self, number: int, over: Event) -> ChattingExpert:
        """Somebody who answers."""
        return DiscordExpert(number=number, over=over, prefix="g:", user=self._person(f"Expert {number}"))

    def _person(self, name: str) -> Person:
        person = self.server.person(name)
        person.joins(self._network)
        return person

    def storm(self, random: Random, over: Event) -> Storm:
        """Prepare what goes wrong: lost acknowledgements, cuts, refusals, sessions that end."""
        server = self.server

        def flood() -> None:
            times, seconds = random.randint(1, 6), random.uniform(0.5, 3)
            server.fail_next("create_message", times=times, status=429, retry_after=seconds)

        def clear() -> None:
            with server.world.lock:
                server.faults.clear()

        kinds = {
            "an acknowledgement lost": lambda: server.cut_after_effect("create_message"),
            "an edit's acknowledgement lost": lambda: server.cut_after_effect("edit_message"),
            "a message cut on its way": lambda: server.cut_before_effect("create_message"),
            "a storm of 429": flood,
            "a 502": lambda: server.fail_next("create_message", status=502),
            "a gateway cut": server.gateway.cut,
            "a session ended": server.gateway.invalidate,
            "a reconnection asked for": server.gateway.ask_to_reconnect,
        }
        return Storm(kinds, lambda: len(server.faults.faults) < _MOST_PREPARED, clear, random, over)

    def waiting(self, unit: Unit, said: list[str]) -> int:
        """Count what was said and is not kept yet."""
        kept = set(unit.session.scalars(select(MessageRow.body).where(MessageRow.kind == MessageKind.question)))
        return len(set(said) - kept)

    def shown(self) -> Shown:
        """Tell what its chats and posts show."""
        with self.server.world.lock:
            times = Counter((place, message.content) for place, message in self._messages())
        return Shown(times, lambda text: markdown.pieces(text)[0], DiscordChannel.capabilities)

    def _messages(self) -> Iterator[tuple[str, Message]]:
        for channel in self.server.world.channels.values():
            place = channel.person.id if channel.person is not None else channel.id
            yield from ((str(place), message) for message in channel.from_bot())
