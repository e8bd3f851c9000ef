"""A scripted person (or the bot itself): what people do in Telegram, each act telling the bot what it may know."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.telegram.botapi.model import Media, Membership, Message, Press, Standing, Topic
from tests.telegram.botapi.refusals import Json
from tests.telegram.botapi.transcript import body

if TYPE_CHECKING:
    from tests.telegram.botapi.chat import Chat
    from tests.telegram.botapi.world import World

PATTERNS = {
    "bot_command": re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,32}(?:@\w+)?"),
    "mention": re.compile(r"(?<!\w)@[A-Za-z]\w{3,31}"),
    "url": re.compile(r"https?://\S+"),
}


@dataclass(frozen=True)
class Attachment:
    """A file a person sends; ``size`` (bytes) may be declared larger than the content."""

    name: str
    content: bytes = b"content"
    mime_type: str = "application/octet-stream"
    size: int | None = None


class User:
    """A Telegram account. Acts default to the private chat with the bot."""

    def __init__(
        self,
        world: World,
        identifier: int,
        first_name: str,
        last_name: str = "",
        username: str = "",
        language: str = "fr",
        *,
        is_bot: bool = False,
    ) -> None:
        self.world = world
        self.id = identifier
        self.first_name = first_name
        self.last_name = last_name
        self.username = username
        self.language = language
        self.is_bot = is_bot
        self.deactivated = False
        self.private = world.private_chat(self)

    @property
    def name(self) -> str:
        """The name people see."""
        return f"{self.first_name} {self.last_name}".strip()

    def says(
        self,
        text: str = "",
        chat: Chat | None = None,
        *,
        topic: Topic | None = None,
        reply_to: Message | None = None,
        photo: Attachment | None = None,
        document: Attachment | None = None,
        voice: Attachment | None = None,
    ) -> Message:
        """Say something, alone or as the caption of one attachment; return the message."""
        media = {"photo": photo, "document": document, "voice": voice}
        with self.world.change():
            carried = [self._media(kind, file) for kind, file in media.items() if file]
            return self._send(text, chat, topic=topic, reply_to=reply_to, media=carried[0] if carried else None)

    def sends_album(
        self, files: Iterable[tuple[str, Attachment]], caption: str = "", chat: Chat | None = None
    ) -> list[Message]:
        """Send several files (``("photo", attachment)``…) as one album, captioned on the first."""
        with self.world.change():
            group = self.world.serial("1330")
            sent: list[Message] = []
            for kind, file in files:
                media = self._media(kind, file)
                media.group_id = group
                sent.append(self._send("" if sent else caption, chat, media=media))
            return sent

    def starts(self, payload: str = "") -> Message:
        """Press Start in the private chat, from a deep link when there is a payload."""
        return self.says(f"/start {payload}".strip())

    def forwards(self, message: Message, chat: Chat | None = None) -> Message:
        """Forward somebody's message."""
        with self.world.change():
            origin = {"type": "user", "date": message.date, "sender_user": message.sender.to_json()}
            return self._send(message.text, chat, media=message.media, origin=origin)

    def presses(self, button: str, message: Message | None = None, *, chat: Chat | None = None) -> Press:
        """Press an inline button by its label or callback data, on the message given or the chat's last that has it."""
        with self.world.change():
            chat = message.chat if message else chat or self.private
            # A deleted message's button may still be on somebody's screen: a message given is taken as it is.
            shown = [message] if message else chat.from_bot()
            found = [(m, b) for m in shown for b in m.buttons if _is_called(b, button)]
            assert found, f"{self.name} sees no button {button!r} in:\n{chat.transcript()}"
            target, chosen = found[-1]
            assert "callback_data" in chosen, f"{button!r} is a link: {chosen}"
            press = Press(self.world.serial("4400"), self, target, chosen, self.world.now())
            self.world.presses[press.id] = press
            target.chat.history.append(press)
            target.chat.chronicle.pressed(press)
            self.world.updates.put("callback_query", press.to_json())
            return press

    def edits(self, message: Message, text: str) -> Message:
        """Edit one's message."""
        assert message.sender is self, "only one's own messages can be edited"
        with self.world.change():
            before = body(message)
            message.text, message.entities = text, entities_of(text)
            message.edit_date = self.world.now()
            message.chat.chronicle.changed(message, before)
            self.world.queue_message(message, "edited_message")
            return message

    def deletes(self, message: Message) -> None:
        """Delete a message; Telegram tells bots nothing."""
        with self.world.change():
            message.deleted = True
            message.chat.chronicle.deleted(message, self)

    def blocks(self) -> None:
        """Block the bot."""
        self._set_blocked(blocked=True)

    def unblocks(self) -> None:
        """Unblock the bot."""
        self._set_blocked(blocked=False)

    def deactivates(self) -> None:
        """Delete one's account."""
        with self.world.change():
            self.deactivated = True

    def joins(self, chat: Chat) -> None:
        """Enter a group."""
        chat.set_membership(self, Membership(Standing.MEMBER), by=self)
        with self.world.change():
            chat.add_service(self, {"new_chat_members": [self.to_json()]})

    def leaves(self, chat: Chat) -> None:
        """Leave a group."""
        chat.set_membership(self, Membership(Standing.LEFT), by=self)
        with self.world.change():
            chat.add_service(self, {"left_chat_member": self.to_json()})

    def adds_bot(self, chat: Chat) -> None:
        """Bring the bot into a group."""
        chat.set_membership(self.world.bot, Membership(Standing.MEMBER), by=self)
        with self.world.change():
            chat.add_service(self, {"new_chat_members": [self.world.bot.to_json()]})

    def removes_bot(self, chat: Chat) -> None:
        """Throw the bot out of a group."""
        chat.set_membership(self.world.bot, Membership(Standing.KICKED), by=self)

    def opens_topic(self, chat: Chat, name: str) -> Topic:
        """Create a forum topic."""
        with self.world.change():
            return chat.make_topic(self, name, 0x6FB9F0, "")

    def closes_topic(self, topic: Topic) -> None:
        """Close a topic."""
        self._toggle(topic, closed=True)

    def reopens_topic(self, topic: Topic) -> None:
        """Reopen a topic."""
        self._toggle(topic, closed=False)

    def deletes_topic(self, topic: Topic) -> None:
        """Delete a topic and what it holds; Telegram tells bots nothing."""
        with self.world.change():
            delete_topic(topic, self)

    def _toggle(self, topic: Topic, *, closed: bool) -> None:
        with self.world.change():
            topic.closed = closed
            topic.chat.add_service(self, {f"forum_topic_{'closed' if closed else 'reopened'}": {}}, topic)

    def _set_blocked(self, *, blocked: bool) -> None:
        standings = (Standing.MEMBER, Standing.KICKED) if blocked else (Standing.KICKED, Standing.MEMBER)
        old, new = (Membership(standing).to_json(self.world.bot) for standing in standings)
        with self.world.change():
            self.private.blocked = blocked
            chat = self.private.to_json()
            update = {"chat": chat, "from": self.to_json(), "date": self.world.now()}
            self.world.updates.put("my_chat_member", update | {"old_chat_member": old, "new_chat_member": new})

    def _media(self, kind: str, file: Attachment) -> Media:
        return Media(kind, self.world.store(file.name, file.content, file.mime_type, file.size))

    def _send(self, text: str, chat: Chat | None, *, topic: Topic | None = None, **fields: object) -> Message:
        chat = chat or (topic.chat if topic else self.private)
        assert chat.present(self), f"{self.name} is not in {chat}"
        assert not chat.migrated_to, f"{chat} moved to a supergroup"
        assert not chat.blocked, f"{self.name} has blocked the bot"
        chat.started = True
        message = chat.add_message(self, text=text, entities=entities_of(text), topic=topic, **fields)
        self.world.queue_message(message)
        return message

    def to_json(self) -> Json:
        """The ``User`` object."""
        body: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.last_name:
            body["last_name"] = self.last_name
        if self.username:
            body["username"] = self.username
        return body if self.is_bot else body | {"language_code": self.language}


def entities_of(text: str) -> list[Json]:
    """The commands, mentions and addresses Telegram's applications mark by themselves; offsets in UTF-16 units."""
    return [
        {"type": kind, "offset": units(text[: match.start()]), "length": units(match[0])}
        for kind, pattern in PATTERNS.items()
        for match in pattern.finditer(text)
    ]


def units(text: str) -> int:
    """The length of a text in UTF-16 units, which the Bot API counts in."""
    return len(text.encode("utf-16-le")) // 2


def delete_topic(topic: Topic, by: User) -> None:
    """Take a topic away with its messages."""
    topic.deleted = True
    opening = topic.chat.message(topic.id)
    if opening is not None:
        topic.chat.chronicle.topic_deleted(opening, by)
    for message in topic.chat.messages:
        if message.topic is topic:
            message.deleted = True


def _is_called(button: Json, name: str) -> bool:
    return name in (button["text"], button.get("callback_data"))
