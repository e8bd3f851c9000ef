"""Members who ask and experts who answer in a chat, each in a thread."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.crash.people import INSISTING, Person

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

LEFT_ALONE = 0.25  # share of the questions that an expert leaves, to be reminded of
PROMPT_SECONDS = 40.0  # after which what the bot should have asked is taken for lost, and the expert writes again
_LOOK_SECONDS = 0.1
_MOST_TRIES = 3


@dataclass(eq=False, kw_only=True)
class Chatter(Person):
    """Somebody in a chat: whatever they said counts, for the platform keeps it until it was taken in.

    ``user``: who they are on the platform; ``prefix``: what the platform's buttons begin with.
    """

    user: Any
    prefix: str = ""
    thinking = 4.0

    def shown(self) -> Iterator[tuple[Any, str]]:
        """Return the buttons on the bot's messages, oldest first, as what they do."""
        with self.user.world.lock:
            found = [
                (message, str(button.get("callback_data") or button.get("custom_id") or "").removeprefix(self.prefix))
                for message in self.user.private.from_bot()
                for button in message.buttons
            ]
        yield from found

    def press(self, action: str, message: Any) -> None:  # noqa: ANN401 - the platform's own
        """Press a button."""
        self.user.presses(f"{self.prefix}{action}", message)


@dataclass(eq=False, kw_only=True)
class ChattingMember(Chatter):
    """Asks one question after another; sometimes asks for a human."""

    kind = "member"
    thinking = 10.0  # more would only wait for the platform's pace: a message a second in each chat

    def greeted(self) -> bool:
        """Tell whether the service knows of the conversation."""
        return True

    def one_thing(self) -> None:
        """Ask, and perhaps insist on what was told before."""
        self.ask()
        offered = [(message, action) for message, action in self.shown() if action.startswith("human:")]
        if offered and self._random.random() < INSISTING:
            message, action = offered[-1]
            self.press(action, message)

    def ask(self) -> None:
        """Ask something that nobody else asks."""
        text = self.text()
        self.ask_about(text)
        self.said.append(text)

    def ask_about(self, text: str) -> None:
        """Ask in private."""
        self.user.says(text)


@dataclass(eq=False, kw_only=True)
class ChattingExpert(Chatter):
    """Answers one card after another: a reply, then the press that sends it. ``refused``: replies that met silence."""

    kind = "expert"
    _seen: set[str] = field(default_factory=set)

    def one_thing(self) -> None:
        """Answer a card, if there is one."""
        cards = [(card, action) for card, action in self.shown() if action.startswith("answer:")]
        waiting = [(card, action) for card, action in cards if action not in self._seen]
        if not waiting:
            return
        card, action = self._random.choice(waiting)
        self._seen.add(action)
        if self._random.random() >= LEFT_ALONE:
            self._answer(card, int(action.partition(":")[2]))

    def _answer(self, card: Any, ticket: int) -> None:  # noqa: ANN401 - the platform's own
        for _ in range(_MOST_TRIES):
            text = self.text()
            reply = self.user.says(text, reply_to=card)
            prompt = self._prompt(f"send:{ticket}:{reply.id}")
            if prompt is not None:
                self.press(f"send:{ticket}:{reply.id}", prompt)
                self.said.append(text)
                return
            # What was written stays an unsent draft.
            self.refused += 1

    def _prompt(self, action: str) -> Any:  # noqa: ANN401 - the platform's own
        until = time.monotonic() + PROMPT_SECONDS
        while time.monotonic() < until:
            for message, offered in self.shown():
                if offered == action:
                    return message
            time.sleep(_LOOK_SECONDS)
        return None
