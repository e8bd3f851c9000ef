"""What Discord's messages say, in the house's words. Pure: nothing is asked of anybody here."""

from __future__ import annotations

import mimetypes
import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

import discord

from bot.channels.discord import places
from bot.channels.discord.options import NAME

if TYPE_CHECKING:
    import datetime as dt

    from bot.channels.discord.options import DiscordOptions
    from helpdesk.model import AccountRef, Address

_MENTION = re.compile(r"<@!?(\d+)>")
_UNKNOWN_TYPE = "application/octet-stream"
_SPOKEN = frozenset({discord.MessageType.default, discord.MessageType.reply})


class Place(Enum):
    """Where something was said."""

    private = auto()
    post = auto()  # the first message of a forum's thread: a question
    thread = auto()  # what follows in it
    case = auto()  # a question's thread in the experts' channel
    experts = auto()  # the experts' channel itself
    elsewhere = auto()  # any other channel of the server


@dataclass(frozen=True)
class SentFile:
    """A file as a message carries it; its address ends with time, so that it is asked of the message again."""

    channel: int
    message: int
    attachment: int
    name: str
    media_type: str
    size: int  # bytes


@dataclass(frozen=True)
class Heard:
    """A message that somebody wrote: who, where, when and what."""

    message: discord.Message
    place: Place
    account: AccountRef
    address: Address
    key: str
    at: dt.datetime
    text: str
    files: tuple[SentFile, ...]

    @property
    def private(self) -> bool:
        """Tell whether it was said in private."""
        return self.place is Place.private

    @property
    def user(self) -> discord.User | discord.Member:
        """Who said it."""
        return self.message.author

    @property
    def replies_to(self) -> int | None:
        """The message that it replies to."""
        return self.message.reference.message_id if self.message.reference else None


def key_of(message_id: int) -> str:
    """Return the key of a message, the same however it is learnt of."""
    return f"{NAME}:message:{message_id}"


def interaction_key(interaction_id: int) -> str:
    """Return the key of a press, a command or a form."""
    return f"{NAME}:interaction:{interaction_id}"


def heard(message: discord.Message, options: DiscordOptions, bot_id: int) -> Heard | None:
    """Return what was said, whoever it was for; None for what nobody said (other bots, the platform itself)."""
    if message.author.bot or message.webhook_id is not None or message.type not in _SPOKEN:
        return None
    place = place_of(message, options)
    text = _text(message, bot_id)
    if place is Place.post:
        text = _question(message.channel, text)
    files = tuple(file_of(message, item) for item in message.attachments)
    if not text and not files:
        return None
    return Heard(
        message=message,
        place=place,
        account=places.account(message.author.id),
        address=address_of(message),
        key=key_of(message.id),
        at=message.created_at,
        text=text,
        files=files,
    )


def place_of(message: discord.Message, options: DiscordOptions) -> Place:
    """Return where a message was said."""
    if message.guild is None:
        return Place.private
    if message.channel.id == options.experts:
        return Place.experts
    if isinstance(message.channel, discord.Thread):
        if message.channel.parent_id == options.forum:
            return Place.post if message.id == message.channel.id else Place.thread
        if message.channel.parent_id == options.experts:
            return Place.case
    return Place.elsewhere


def address_of(message: discord.Message) -> Address:
    """Return where a message was said."""
    if message.guild is None:
        return places.private(message.author.id)
    if isinstance(message.channel, discord.Thread):
        return places.public(message.channel.parent_id, message.channel.id)
    return places.public(message.channel.id)


def answered(message: discord.Message, bot_id: int) -> discord.Message | None:
    """Return the message of the bot's that this one replies to."""
    replied = message.reference.resolved if message.reference else None
    return replied if isinstance(replied, discord.Message) and replied.author.id == bot_id else None


def names_bot(message: discord.Message, bot_id: int) -> bool:
    """Tell whether a message names the bot in its words."""
    return any(int(number) == bot_id for number in _MENTION.findall(message.content))


def _question(channel: object, text: str) -> str:
    """Return a post's question: its title, then its words unless they begin with it."""
    title = channel.name.strip() if isinstance(channel, discord.Thread) else ""
    if text.casefold().startswith(title.rstrip(" …?").casefold()):
        return text or title
    # On one line, as lists show it, the title must end somewhere.
    return f"{title}{'.' if title[-1:].isalnum() else ''}\n{text}".strip()


def _text(message: discord.Message, bot_id: int) -> str:
    names = {user.id: user.display_name for user in message.mentions}

    def named(found: re.Match[str]) -> str:
        number = int(found[1])
        return "" if number == bot_id else f"@{names.get(number, '…')}"

    return _MENTION.sub(named, message.content).strip(" ,:\n\t")


def file_of(message: discord.Message, item: discord.Attachment) -> SentFile:
    """Return a file that a message carries."""
    declared = (item.content_type or "").partition(";")[0].strip().lower()
    known = declared if declared and declared != _UNKNOWN_TYPE else mimetypes.guess_type(item.filename)[0]
    return SentFile(message.channel.id, message.id, item.id, item.filename, known or _UNKNOWN_TYPE, item.size)
