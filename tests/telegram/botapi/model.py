"""What the simulated Telegram holds: chats, topics, messages, files, and their Bot API JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from tests.telegram.botapi.refusals import Json

if TYPE_CHECKING:
    from tests.telegram.botapi.chat import Chat
    from tests.telegram.botapi.user import User

ADMIN_RIGHTS = (
    "can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members can_promote_members "
    "can_change_info can_invite_users can_post_stories can_edit_stories can_delete_stories can_pin_messages "
    "can_manage_topics"
).split()


class ChatType(StrEnum):
    """The types of chat a helpdesk meets."""

    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"


class Standing(StrEnum):
    """A user's status in a chat, as ``ChatMember.status`` says it."""

    OWNER = "creator"
    ADMINISTRATOR = "administrator"
    MEMBER = "member"
    LEFT = "left"
    KICKED = "kicked"


PRESENT = {Standing.OWNER, Standing.ADMINISTRATOR, Standing.MEMBER}


@dataclass
class Membership:
    """How a user stands in a chat, and the rights of an administrator."""

    standing: Standing
    rights: frozenset[str] = frozenset()

    def to_json(self, user: User) -> Json:
        """The ``ChatMember`` object."""
        body: Json = {"status": self.standing.value, "user": user.to_json()}
        if self.standing is Standing.OWNER:
            body["is_anonymous"] = False
        if self.standing is Standing.KICKED:
            body["until_date"] = 0
        if self.standing is Standing.ADMINISTRATOR:
            body |= {"can_be_edited": False, "is_anonymous": False}
            body |= {right: right in self.rights for right in ADMIN_RIGHTS} | {"can_manage_chat": True}
        return body


@dataclass(frozen=True)
class StoredFile:
    """A file held by Telegram; ``size`` may be declared larger than the content, to simulate big files."""

    id: str
    unique_id: str
    name: str
    mime_type: str
    content: bytes
    size: int

    @property
    def path(self) -> str:
        """Where the file is downloaded from, under the bot's file address."""
        suffix = self.name.rpartition(".")[2]
        return f"documents/file_{self.unique_id}.{suffix if suffix.isalnum() and suffix.isascii() else 'bin'}"

    def to_json(self) -> Json:
        """Fields common to every object that is a file."""
        return {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": self.size}


@dataclass
class Media:
    """What a message carries besides text: its kind (``photo``, ``document``, ``voice``…) and its file."""

    kind: str
    file: StoredFile
    group_id: str | None = None

    def to_json(self) -> Json:
        """The message's fields for this media."""
        body = self.file.to_json()
        value: Json | list[Json] = body
        if self.kind == "photo":
            small = body | {"file_id": f"{self.file.id}-s", "file_unique_id": f"{self.file.unique_id}s"}
            value = [small | {"width": 90, "height": 67, "file_size": 1}, body | {"width": 1280, "height": 960}]
        elif self.kind == "voice":
            value = body | {"duration": 3, "mime_type": self.file.mime_type}
        else:
            value = body | {"file_name": self.file.name, "mime_type": self.file.mime_type}
        result: Json = {self.kind: value}
        return result | ({"media_group_id": self.group_id} if self.group_id else {})


@dataclass(eq=False)
class Topic:
    """A forum topic; its id is that of the service message that created it."""

    id: int
    chat: Chat
    name: str
    creator: User
    icon_color: int = 0x6FB9F0
    icon_custom_emoji_id: str = ""
    closed: bool = False
    deleted: bool = False

    def to_json(self) -> Json:
        """The ``ForumTopic`` object."""
        body: Json = {"message_thread_id": self.id, "name": self.name, "icon_color": self.icon_color}
        return body | ({"icon_custom_emoji_id": self.icon_custom_emoji_id} if self.icon_custom_emoji_id else {})


@dataclass(eq=False)
class Message:
    """A message in a chat's history; ``text`` is the caption when there is media."""

    id: int
    chat: Chat
    sender: User
    date: int
    text: str = ""
    entities: list[Json] = field(default_factory=list)
    media: Media | None = None
    topic: Topic | None = None
    reply_to: Message | None = None
    markup: Json | None = None
    service: Json | None = None
    origin: Json | None = None
    edit_date: int | None = None
    deleted: bool = False

    @property
    def labels(self) -> list[list[str]]:
        """The inline buttons' labels, row by row."""
        rows = (self.markup or {}).get("inline_keyboard", [])
        return [[button["text"] for button in row] for row in rows]

    @property
    def buttons(self) -> list[Json]:
        """The inline buttons, flat."""
        return [button for row in (self.markup or {}).get("inline_keyboard", []) for button in row]

    def to_json(self, *, nested: bool = False) -> Json:
        """The ``Message`` object; a nested one (replied to) shows no reply of its own."""
        body: Json = {"message_id": self.id, "date": self.date, "chat": self.chat.to_json()}
        body["from"] = self.sender.to_json()
        if self.service:
            body |= self.service
        if self.media:
            body |= self.media.to_json()
        if self.text:
            body["caption" if self.media else "text"] = self.text
        if self.entities:
            body["caption_entities" if self.media else "entities"] = self.entities
        if self.topic:
            body |= {"message_thread_id": self.topic.id, "is_topic_message": True}
        if self.reply_to and not nested and not self.reply_to.deleted:
            body["reply_to_message"] = self.reply_to.to_json(nested=True)
        if self.markup and "inline_keyboard" in self.markup:
            body["reply_markup"] = self.markup
        if self.origin:
            body["forward_origin"] = self.origin
        if self.edit_date:
            body["edit_date"] = self.edit_date
        return body


@dataclass(eq=False)
class Press:
    """A press on an inline button and, once given, the bot's answer to it."""

    id: str
    user: User
    message: Message
    button: Json
    date: int
    answer: str | None = None
    alert: bool = False

    def to_json(self) -> Json:
        """The ``CallbackQuery`` object."""
        message: Json = self.message.to_json()
        if self.message.deleted:
            message = {"chat": self.message.chat.to_json(), "message_id": self.message.id, "date": 0}
        return {
            "id": self.id,
            "from": self.user.to_json(),
            "message": message,
            "chat_instance": str(self.message.chat.id * 31),
            "data": self.button["callback_data"],
        }
