"""What a channel is: it turns a platform's updates into ``Inbound`` and puts ``Rendered`` in front of people.

A channel knows its platform and nothing else: no rule, no table, no other channel.
``tests/bot/channel_contract.py`` holds what every channel must pass.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import Enum, Flag, auto
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from helpdesk.attachments import Upload
    from helpdesk.model import AccountRef, Address
    from helpdesk.notices import NoticeKind


class Capability(Flag):
    """What a channel can do; the renderer and the sender ask nothing else about a platform."""

    NONE = 0
    BUTTONS = auto()  # actions can be pressed; otherwise their words are typed
    MARKUP = auto()  # shows emphasis, lists and links; otherwise plain text is sent
    EDIT = auto()  # a message already sent can be changed
    THREADS = auto()  # a conversation has threads or topics
    MAILBOX = auto()  # accepts by keeping: the person reads when they come
    LONG_TEXT = auto()  # no length limit worth splitting for
    FILES = auto()  # carries the files of a message; otherwise they are named, and read on the pages
    FORMS = auto()  # opens windows with several fields
    VIEWS = auto()  # shows questions and the board itself; otherwise a button links to their page


@dataclass(frozen=True)
class Button:
    """Something to press: ``action`` (verb, ticket and argument, at most 64 bytes), or a ``url`` to open."""

    label: str
    action: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class FileRef:
    """A file to give: ``id`` is what ``Attachments.read`` takes, ``size`` is in bytes."""

    id: int
    name: str
    media_type: str
    size: int


@dataclass(frozen=True)
class Rendered:
    """A notice in a reader's words: CommonMark ``text`` with user text escaped, rows of buttons, and its files.

    ``kind`` and ``ticket``: which notice it is and of what, for a channel that changes an earlier message instead.
    ``among_others``: a paragraph to add where several people talk, and only replies may be heard.
    """

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    files: tuple[FileRef, ...] = ()
    kind: NoticeKind | None = None
    ticket: int | None = None
    among_others: str | None = None


@dataclass(frozen=True)
class Inbound:
    """Something a person did on a platform, once: ``key`` is unique, so that a repeat is harmless."""

    key: str
    account: AccountRef
    address: Address
    at: dt.datetime | None = field(default=None, kw_only=True)  # the platform's message time, if it gives one
    files: tuple[Upload, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True)
class Said(Inbound):
    """Free text; ``ticket`` when it replies to that ticket."""

    text: str
    ticket: int | None = None


@dataclass(frozen=True)
class Pressed(Inbound):
    """A button: ``action`` as the renderer made it, such as ``human:42`` or ``choose:42:2``."""

    action: str


@dataclass(frozen=True)
class Command(Inbound):
    """A command by its canonical ``name`` with the rest of the line."""

    name: str
    argument: str = ""


class Failure(Enum):
    """What a failed send means for the delivery."""

    RETRY = auto()  # passing: try again with backoff
    PERMANENT = auto()  # this address will never take it: try another account
    UNKNOWN = auto()  # it may have arrived: repeated only where a duplicate beats silence


class ChannelError(Exception):
    """A send failed; ``failure`` says how, ``retry_after`` (seconds) when the platform names a delay."""

    def __init__(self, failure: Failure, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.failure = failure
        self.reason = reason
        self.retry_after = retry_after


@dataclass(frozen=True)
class Receipt:
    """The channel's acceptance: the platform's own id of the message, if it gives one."""

    external_id: str | None = None


class Channel(Protocol):
    """One way in and out. ``run`` serves until cancelled; ``send`` returns once the platform has accepted."""

    name: str
    capabilities: Capability

    async def run(self) -> None:
        """Receive updates and hand each to the handlers until cancelled."""

    async def send(self, address: Address, message: Rendered, key: str) -> Receipt:
        """Put ``message`` at ``address``; ``key`` lets the platform drop a repeat. Raises ``ChannelError``."""
