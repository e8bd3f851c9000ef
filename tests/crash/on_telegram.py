"""Telegram, for people who chat while the service is killed: it remembers what it really put in each chat."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.channels.telegram import NAME, TelegramChannel, html
from helpdesk.clock import SystemClock
from tests.crash.chatting import ChattingExpert, ChattingMember
from tests.crash.storm import Storm
from tests.crash.told import Shown
from tests.telegram.botapi.call import Call
from tests.telegram.botapi.server import BotApiServer

if TYPE_CHECKING:
    from random import Random
    from threading import Event

    from helpdesk.clock import Clock
    from helpdesk.office import Unit
    from tests.crash.house import House
    from tests.telegram.botapi.user import User

_MOST_PREPARED = 4
_SHOWN = ("sendMessage", "editMessageText")


class RememberingServer(BotApiServer):
    """``shown``: how often each text, as the bot wrote it, was put in each chat; what was cut before is not there."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.shown: Counter[tuple[str, str]] = Counter()

    async def _effect(self, call: Call) -> object:
        result = await super()._effect(call)
        if call.method in _SHOWN:
            with self.world.lock:
                self.shown[str(call.chat()), call.string("text")] += 1
        return result


class Telegram:
    """People at their telephones."""

    name = NAME

    def __init__(self) -> None:
        self.server = RememberingServer(SystemClock())
        self.violations = self.server.violations

    def furnish(self, house: House, configuration: str) -> None:
        """Configure the house's service for it."""
        house.talks_on(self.server, configuration)

    def member(self, number: int, over: Event) -> ChattingMember:
        """Somebody who asks."""
        return ChattingMember(number=number, over=over, user=self._user(f"Membre {number}"))

    def expert(self, number: int, over: Event) -> ChattingExpert:
        """Somebody who answers."""
        return ChattingExpert(number=number, over=over, user=self._user(f"Expert {number}"))

    def _user(self, name: str) -> User:
        user = self.server.user(name)
        user.private.started = True
        return user

    def storm(self, random: Random, over: Event) -> Storm:
        """Prepare what goes wrong: lost acknowledgements, cuts, refusals."""
        server = self.server

        def repeat_updates() -> None:
            # Whether the answer or the question is lost, the same updates come with the next poll.
            random.choice((server.cut_after_effect, server.cut_before_effect))("getUpdates")

        def flood() -> None:
            times, seconds = random.randint(1, 6), random.randint(1, 3)
            server.fail_next("sendMessage", times=times, status=429, retry_after=seconds)

        def clear() -> None:
            with server.world.lock:
                server.faults.clear()

        kinds = {
            "an update given again": repeat_updates,
            "an acknowledgement lost": lambda: server.cut_after_effect("sendMessage"),
            "an edit's acknowledgement lost": lambda: server.cut_after_effect("editMessageText"),
            "a reply cut on its way": lambda: server.cut_before_effect("sendMessage"),
            "a storm of 429": flood,
            "a 502": lambda: server.fail_next("sendMessage", status=502),
        }
        return Storm(kinds, lambda: server.faults.prepared < _MOST_PREPARED, clear, random, over)

    def waiting(self, _unit: Unit, _said: list[str]) -> int:
        """Count what the service has not taken in yet."""
        return len(self.server.pending)

    def shown(self) -> Shown:
        """Tell what its chats show."""
        return Shown(self.server.shown, lambda text: html.pieces(text)[0], TelegramChannel.capabilities)
