"""What Telegram's updates say, in the house's words. Pure: nothing is asked of anybody here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from telegram import MessageEntity
from telegram.constants import ChatType

from bot.channels.telegram.options import NAME
from helpdesk.attachments import media_type
from helpdesk.model import AccountRef, Address

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from telegram import CallbackQuery, Message, Update, User

# Telegram marks none with an accent, but people write them so.
_COMMAND = re.compile(r"/(\w{1,32})(?:@(\w*bot)\b|(?![\w@]))\s*", re.IGNORECASE)  # a bot's name ends so


@dataclass(frozen=True)
class SentFile:
    """A file as a message names it: Telegram keeps it under ``file_id``; ``size`` in bytes, 0 when unknown."""

    file_id: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True)
class Heard:
    """A message that is for the bot: who, where, when and what; an album is one, with all its files."""

    message: Message
    account: AccountRef
    address: Address
    key: str
    at: dt.datetime
    text: str
    command: str | None  # the word typed, without its slash
    files: tuple[SentFile, ...]
    named: bool = False  # whether the command names us: /aide@guichet_bot
    about: int | None = None  # the question in whose topic of the experts' room it was said

    @property
    def private(self) -> bool:
        """Tell whether it was said in private."""
        return self.message.chat.type == ChatType.PRIVATE

    @property
    def user(self) -> User:
        """Who said it."""
        assert self.message.from_user is not None
        return self.message.from_user


def account_of(user: User) -> AccountRef:
    """Return the account of a Telegram user."""
    return AccountRef(NAME, str(user.id))


def address_of(message: Message) -> Address:
    """Return where a message was said. Only a forum's topics are threads: replies elsewhere carry an id too."""
    thread = str(message.message_thread_id) if message.is_topic_message and message.message_thread_id else None
    return Address(NAME, str(message.chat.id), thread)


def key_of(message: Message) -> str:
    """Return the key of a message, the same whatever update brings it."""
    return f"{NAME}:{message.chat.id}:{message.message_id}"


def message_of_key(key: str | None) -> int | None:
    """Return the id of the message that a key, or that of one of its corrections, names."""
    return int(key.split(":")[2]) if key else None


def press_key(press: CallbackQuery) -> str:
    """Return the key of a press."""
    return f"{NAME}:press:{press.id}"


def lane_of(update: Update) -> str:
    """Return the conversation an update belongs to: those of one are handled in order."""
    chat = update.effective_chat
    return str(chat.id) if chat else "elsewhere"


def album_of(update: Update) -> str | None:
    """Return the album a new message is part of."""
    return update.message.media_group_id if update.message else None


def heard(messages: Sequence[Message], username: str) -> Heard | None:
    """Return what was said, whoever it was for; None for what nobody said, and for a command that names another bot."""
    first = messages[0]
    if first.from_user is None or first.from_user.is_bot or first.chat.type == ChatType.CHANNEL:
        return None
    text = next((spoken for message in messages if (spoken := message.text or message.caption)), "").strip()
    files = tuple(file for message in messages if (file := file_of(message)) is not None)
    if not text and not files:
        return None
    command, named, text = _command(text)
    if named and named != username.lower():
        return None
    return Heard(
        message=first,
        account=account_of(first.from_user),
        address=address_of(first),
        key=key_of(first),
        at=first.date,
        text=_without_mention(text, username),
        command=command,
        files=files,
        named=bool(named),
    )


def is_where_it_listens(place: Address, names: frozenset[str], topics: frozenset[str]) -> bool:
    """Tell whether every message said somewhere is for the bot; ``names``: all that the group was ever called."""
    return any(name in topics or f"{name}:{place.thread}" in topics for name in names)


def is_for_bot(said: Heard, username: str, bot_id: int) -> bool:
    """Tell whether a message is for the bot: said in private, or in a group naming, answering or commanding it."""
    if said.private or said.command is not None:
        return True
    replied = said.message.reply_to_message
    if replied is not None and replied.from_user is not None and replied.from_user.id == bot_id:
        # In a topic every message answers the one that opened it.
        return replied.forum_topic_created is None
    return any(_names(said.message, entity, username, bot_id) for entity in _entities(said.message))


def file_of(message: Message) -> SentFile | None:
    """Return the file that a message carries, under a name that says what it is."""
    if message.document:
        found = message.document
        name = found.file_name or "document"
        return SentFile(found.file_id, name, media_type(found.mime_type, name), found.file_size or 0)
    if message.photo:
        largest = message.photo[-1]
        return SentFile(largest.file_id, f"photo-{message.message_id}.jpg", "image/jpeg", largest.file_size or 0)
    if message.voice:
        voice, name = message.voice, f"vocal-{message.message_id}.ogg"
        return SentFile(voice.file_id, name, media_type(voice.mime_type, name), voice.file_size or 0)
    played = message.audio or message.video
    if played is not None:
        name = played.file_name or (
            f"audio-{message.message_id}.mp3" if message.audio else f"video-{message.message_id}.mp4"
        )
        return SentFile(played.file_id, name, media_type(played.mime_type, name), played.file_size or 0)
    return None


def _command(text: str) -> tuple[str | None, str, str]:
    """Return the command that a text begins with, the bot that it names, in lower case, and the rest of the text."""
    found = _COMMAND.match(text)
    if found is None:
        return None, "", text
    return found[1].lower(), (found[2] or "").lower(), text[found.end() :].strip()


def _without_mention(text: str, username: str) -> str:
    return re.sub(rf"(?<!\w)@{re.escape(username)}\b[ ,:]*", "", text, flags=re.IGNORECASE).strip()


def _entities(message: Message) -> tuple[MessageEntity, ...]:
    return (*message.entities, *message.caption_entities)


def _names(message: Message, entity: MessageEntity, username: str, bot_id: int) -> bool:
    if entity.type == MessageEntity.TEXT_MENTION:
        return entity.user is not None and entity.user.id == bot_id
    if entity.type != MessageEntity.MENTION:
        return False
    text = message.parse_entity(entity) if message.text else message.parse_caption_entity(entity)
    return text.lower() == f"@{username}".lower()
