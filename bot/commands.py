"""What people type or press, turned into one order: a name, the question it is about and the rest of the line.

A command's canonical name is fixed here; the words that people type for it, in every language, are in the catalogs.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from bot.words import LOCALES, Words
from helpdesk.errors import InvalidInputError
from helpdesk.model import Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.channel import Button, Command, Pressed
    from helpdesk.model import Person

MOST_DIGITS = 9  # of a question's number: what both databases keep as an integer

ABOUT_A_QUESTION = (
    "ticket", "take", "answer", "ask", "note", "pass", "human", "solved", "withdraw", "choose", "rate",
    "reassign", "excuse", "propose",
)  # fmt: skip
OTHERS = ("question", "status", "mine", "entry", "queue", "absence", "board", "late", "invite", "language")
COMMANDS = (*ABOUT_A_QUESTION, *OTHERS)
# What the help tells of.
_FOR_EVERYBODY = ("question", "status", "mine", "ticket", "entry", "human", "withdraw", "rate", "language")
_FOR_EXPERTS = ("queue", "take", "answer", "ask", "note", "pass", "propose", "absence")
_FOR_COORDINATORS = ("board", "late", "reassign", "excuse", "invite")
FOR_STAFF = (*_FOR_EXPERTS, *_FOR_COORDINATORS)

_ACTION = re.compile(rf"([a-z]+):(\d{{1,{MOST_DIGITS}}})(?::([\w-]{{1,40}}))?")
_TYPED = re.compile(r"/([^\W\d_][\w-]*)(?:\s+(.*))?", re.DOTALL)
_NUMBER = re.compile(rf"(?:n ?[o°] ?|#)?(\d{{1,{MOST_DIGITS}}})(?!\d)[ :,]*", re.IGNORECASE)


@dataclass(frozen=True)
class Order:
    """What is wanted: ``name`` is a canonical command or a button's verb; ``rest`` is what follows the number."""

    name: str
    ticket: int | None
    rest: str

    @property
    def number(self) -> int:
        """The question it is about. Raises ``InvalidInputError`` (``number_missing``)."""
        if self.ticket is None:
            raise InvalidInputError("number_missing")
        return self.ticket

    @property
    def text(self) -> str:
        """What was written after the number. Raises ``InvalidInputError`` (``text_missing``)."""
        if not self.rest:
            raise InvalidInputError("text_missing")
        return self.rest


def of_action(pressed: Pressed) -> Order:
    """Return the order of a button. Raises ``InvalidInputError`` (``unknown_action``) for one we never made."""
    if pressed.action == "board":
        return Order("board", None, "")
    verb, _, entry_id = pressed.action.partition(":")
    if verb == "entry" and entry_id:
        return Order("entry", None, entry_id)
    found = _ACTION.fullmatch(pressed.action)
    if found is None:
        raise InvalidInputError("unknown_action")
    return Order(found[1], int(found[2]), found[3] or "")


def question_number(text: str) -> int | None:
    """Return the question that a text names and nothing else, as people write it: 42, n° 42, #42."""
    found = _NUMBER.fullmatch(text.strip())
    return int(found[1]) if found else None


def question_of(actions: Iterable[str]) -> int | None:
    """Return the question that a message's buttons are about, None unless they all name the same one."""
    found = {int(match[2]) for match in map(_ACTION.fullmatch, actions) if match and match[1] in ABOUT_A_QUESTION}
    return found.pop() if len(found) == 1 else None


def of_command(command: Command) -> Order:
    """Return the order of a typed command. Raises ``InvalidInputError`` (``unknown_command``)."""
    argument = command.argument.strip()
    if command.name not in COMMANDS:
        raise InvalidInputError("unknown_command", name=command.name)
    if command.name in OTHERS:
        return Order(command.name, None, argument)
    found = _NUMBER.match(argument)
    if found is None:
        return Order(command.name, None, argument)
    return Order(command.name, int(found[1]), argument[found.end() :].strip())


def help_lines(person: Person, words: Words, own: Iterable[str]) -> tuple[str, ...]:
    """Return the commands of somebody's roles and a channel's ``own``, each with what follows it and what it does."""
    names = (
        *_FOR_EVERYBODY,
        *(_FOR_EXPERTS if person.has(Role.expert, Role.coordinator) else ()),
        *(_FOR_COORDINATORS if person.has(Role.coordinator) else ()),
        *own,
    )
    return tuple(f"/{words(f'command.{name}').split()[0]} {words(f'console.help.{name}')}" for name in names)


def typed_command(text: str, extra: tuple[str, ...] = ()) -> tuple[str, str] | None:
    """Return the command that a text begins with, by a slash, and what follows it; the word typed when it is none.

    ``extra``: the canonical names of commands that a channel has of its own.
    """
    found = _TYPED.fullmatch(text)
    if found is None:
        return None
    return command_words(extra).get(plain_word(found[1]), found[1]), (found[2] or "").strip()


def typed_action(buttons: Iterable[Iterable[Button]], text: str) -> str | None:
    """Return the action that ``text`` presses where nothing can be pressed: a choice's number or a button's label."""
    wanted = plain_word(text)
    for row in buttons:
        for button in row:
            action = button.action
            if action is not None and (wanted == plain_word(button.label) or wanted == _choice_of(action)):
                return action
    return None


@cache
def command_words(extra: tuple[str, ...] = ()) -> dict[str, str]:
    """Return every word that people type for a command, in every language, with the command's canonical name.

    ``extra``: the canonical names of commands that a channel has of its own.
    """
    found: dict[str, str] = {}
    for locale in LOCALES:
        words = Words(locale)
        for name in (*COMMANDS, *extra):
            for word in words(f"command.{name}").split():
                found.setdefault(plain_word(word), name)
    return found


def plain_word(text: str) -> str:
    """Return a word as it is compared: lower case, without accents, hyphens and doubled spaces."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(kept.replace("-", "").replace("_", "").split())


def _choice_of(action: str) -> str | None:
    verb, _, rest = action.partition(":")
    return rest.rpartition(":")[2] if verb in {"choose", "rate"} else None
