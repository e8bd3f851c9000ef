"""What happened in a chat, in the order in which people saw it, for golden files.

What the bot does of one act of somebody's, here or in another chat, happens side by side: to read the same every time,
the changes of what was there come first, from the oldest message on, and then what is new.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import groupby
from typing import TYPE_CHECKING

from tests.telegram.botapi.model import Message, Press, Topic
from tests.telegram.botapi.transcript import body, first_words, message_lines, press_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.telegram.botapi.chat import Chat
    from tests.telegram.botapi.user import User


class _What(Enum):
    said = auto()
    pressed = auto()
    changed = auto()
    gone = auto()


@dataclass(frozen=True)
class _Happening:
    what: _What
    by: User
    subject: Message | Press
    turn: int  # how often people had acted
    lines: tuple[str, ...] = ()

    @property
    def message(self) -> Message:
        return self.subject.message if isinstance(self.subject, Press) else self.subject

    @property
    def written(self) -> list[str]:
        """The lines as they were then; a press with the answer that it got."""
        return press_lines(self.subject) if isinstance(self.subject, Press) else list(self.lines)


@dataclass
class Chronicle:
    """Notes what happens in one chat, when it happens."""

    _happened: list[_Happening] = field(default_factory=list)

    def said(self, message: Message) -> None:
        """Note a new message, as it is now."""
        self._note(_What.said, message.sender, message, message_lines(message))

    def pressed(self, press: Press) -> None:
        """Note a press."""
        self._note(_What.pressed, press.user, press, [])

    def changed(self, message: Message, before: list[str]) -> None:
        """Note that a message whose lines were ``before`` has others now, which its sender gave it."""
        head = f"{message.sender.name} changes « {first_words(before)} »:"
        self._note(_What.changed, message.sender, message, [head, *_difference(before, body(message))])

    def deleted(self, message: Message, by: User) -> None:
        """Note that a message is gone."""
        self._note(_What.gone, by, message, [f"{by.name} deletes « {first_words(body(message))} »"])

    def topic_deleted(self, opening: Message, by: User) -> None:
        """Note that a topic is gone with all that it held; ``opening``: the message that created it."""
        self._note(_What.gone, by, opening, [f"· {by.name} deletes the topic"])

    def _note(self, what: _What, by: User, subject: Message | Press, lines: list[str]) -> None:
        if not by.is_bot:
            by.world.turn += 1
        self._happened.append(_Happening(what, by, subject, by.world.turn, tuple(lines)))

    def told(self, chat: Chat) -> str:
        """The chat's story; a forum's topics one after the other, under the names that they were opened with."""
        lines = [f"# {chat.kind.value} · {chat.title}", *self._of(None)]
        for number, topic in enumerate(chat.topics.values(), start=1):
            lines += ["", f"## topic {number}", *self._of(topic)]
        return "\n".join(lines) + "\n"

    def _of(self, topic: Topic | None) -> Iterator[str]:
        here = [happening for happening in self._happened if happening.message.topic is topic]
        for happening in _in_order(here):
            yield ""
            yield from happening.written


def _in_order(happened: Iterable[_Happening]) -> Iterator[_Happening]:
    known: set[int] = set()
    for _, in_turn in groupby(happened, key=lambda happening: happening.turn):
        acts: list[_Happening] = []
        changes: list[_Happening] = []
        news: list[_Happening] = []
        for happening in in_turn:
            changed = happening.what is not _What.said and happening.message.id in known
            (acts if not happening.by.is_bot else changes if changed else news).append(happening)
        yield from (*acts, *sorted(changes, key=lambda change: change.message.id), *news)
        known |= {new.message.id for new in (*acts, *news)}


def _difference(before: list[str], after: list[str]) -> list[str]:
    """Return what changed, line by line; the whole of what it is now when nothing is left of what it was."""
    if not {line for line in before if line.strip()} & set(after):
        return after
    lines: list[str] = []
    for what, *old, begin, end in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what != "equal":
            lines += [f"  - {line.strip()}" for line in before[slice(*old)] if line.strip()]
            lines += [f"  + {line.strip()}" for line in after[begin:end] if line.strip()]
    return lines
