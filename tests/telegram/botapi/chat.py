"""A chat: its members, its topics, its history, and what the bot may see of it."""

from __future__ import annotations

import asyncio
import itertools
import re
from typing import TYPE_CHECKING

from tests.telegram.botapi.chronicle import Chronicle
from tests.telegram.botapi.model import PRESENT, ChatType, Membership, Message, Press, Standing, Topic
from tests.telegram.botapi.refusals import Json
from tests.telegram.botapi.transcript import transcribe

if TYPE_CHECKING:
    from tests.telegram.botapi.user import User
    from tests.telegram.botapi.world import World

WAIT_SECONDS = 20.0  # only a fault reaches it, however busy the machine


class Chat:
    """A private chat, a group, or a supergroup with or without forum topics."""

    def __init__(self, world: World, identifier: int, kind: ChatType, title: str, *, is_forum: bool = False) -> None:
        self.world = world
        self.id = identifier
        self.kind = kind
        self.title = title
        self.username = ""
        self.is_forum = is_forum
        self.members: dict[int, Membership] = {}
        self.topics: dict[int, Topic] = {}
        self.history: list[Message | Press] = []
        self.chronicle = Chronicle()
        self.migrated_to: Chat | None = None
        self.started = False
        self.blocked = False
        self._message_ids = itertools.count(2) if kind is ChatType.SUPERGROUP else world.message_ids

    def __repr__(self) -> str:
        return f"<{self.kind} {self.title} {self.id}>"

    @property
    def known_to_bot(self) -> bool:
        """Tell whether the bot ever met this chat."""
        return self.started if self.kind is ChatType.PRIVATE else self.world.bot.id in self.members

    @property
    def messages(self) -> list[Message]:
        """The messages still there, in order."""
        return [event for event in self.history if isinstance(event, Message) and not event.deleted]

    def message(self, identifier: int) -> Message | None:
        """The message of that id, unless deleted."""
        return next((message for message in self.messages if message.id == identifier), None)

    def from_bot(self) -> list[Message]:
        """What the bot said here, service messages aside."""
        return [m for m in self.messages if m.sender is self.world.bot and m.service is None]

    @property
    def last(self) -> Message:
        """The bot's last message."""
        return self.from_bot()[-1]

    def standing(self, user: User) -> Membership:
        """How a user stands here."""
        if self.kind is ChatType.PRIVATE:
            return Membership(Standing.MEMBER)
        return self.members.get(user.id, Membership(Standing.LEFT))

    def present(self, user: User) -> bool:
        """Tell whether a user is in the chat."""
        return self.standing(user).standing in PRESENT

    def may(self, user: User, right: str) -> bool:
        """Tell whether a user holds an administrator's right."""
        membership = self.standing(user)
        return membership.standing is Standing.OWNER or right in membership.rights

    def add_message(self, sender: User, **fields: object) -> Message:
        """Append a message to the history."""
        message = Message(next(self._message_ids), self, sender, self.world.now(), **fields)  # type: ignore[arg-type]
        if message.topic and message.reply_to is None and message.service is None:
            # Telegram threads a topic by replying to the message that created it.
            message.reply_to = self.message(message.topic.id)
        self.history.append(message)
        self.chronicle.said(message)
        return message

    def add_service(self, sender: User, service: Json, topic: Topic | None = None) -> Message:
        """Append a service message and tell the bot, unless it is its own doing."""
        message = self.add_message(sender, service=service, topic=topic)
        self.world.queue_message(message)
        return message

    def bot_sees(self, message: Message) -> bool:
        """Tell whether the bot receives a message: its privacy mode, unless it is an administrator."""
        bot = self.world.bot
        if message.sender is bot or not self.present(bot) or self.blocked:
            return False
        everything = self.kind is ChatType.PRIVATE or not self.world.privacy
        if everything or message.service or self.standing(bot).standing is Standing.ADMINISTRATOR:
            return True
        if message.reply_to and message.reply_to.sender is bot:
            return True
        command = re.match(r"/\w+(?:@(\w+))?", message.text)
        if command:
            return command[1] is None or command[1].lower() == bot.username.lower()
        return f"@{bot.username}".lower() in message.text.lower()

    def make_topic(self, creator: User, name: str, icon_color: int, icon_emoji: str) -> Topic:
        """Create a topic, with the service message that bears its id."""
        created: Json = {"name": name, "icon_color": icon_color}
        if icon_emoji:
            created["icon_custom_emoji_id"] = icon_emoji
        message = self.add_message(creator, service={"forum_topic_created": created})
        topic = Topic(message.id, self, name, creator, icon_color, icon_emoji)
        message.topic = self.topics[topic.id] = topic
        self.world.queue_message(message)
        return topic

    def topic(self, name: str) -> Topic:
        """The topic of that name, unless deleted."""
        found = [topic for topic in self.topics.values() if topic.name == name and not topic.deleted]
        assert found, f"no topic {name!r}, only {[topic.name for topic in self.topics.values()]}"
        return found[-1]

    def promote_bot(self, *rights: str) -> None:
        """Make the bot an administrator with these rights (``can_manage_topics``…); none makes it a member again."""
        standing = Standing.ADMINISTRATOR if rights else Standing.MEMBER
        self.set_membership(self.world.bot, Membership(standing, frozenset(rights)))

    def set_membership(self, user: User, new: Membership, by: User | None = None) -> None:
        """Change how a user stands, and tell the bot."""
        with self.world.change():
            old = self.standing(user)
            self.members[user.id] = new
            update = {
                "chat": self.to_json(),
                "from": (by or self.owner).to_json(),
                "date": self.world.now(),
                "old_chat_member": old.to_json(user),
                "new_chat_member": new.to_json(user),
            }
            if user is self.world.bot:
                self.world.updates.put("my_chat_member", update)
            elif self.standing(self.world.bot).standing is Standing.ADMINISTRATOR:
                self.world.updates.put("chat_member", update)

    @property
    def owner(self) -> User:
        """Who owns the chat: its creator, or the person of a private chat."""
        if self.kind is ChatType.PRIVATE:
            return self.world.users[self.id]
        owners = (uid for uid, member in self.members.items() if member.standing is Standing.OWNER)
        return self.world.users[next(owners)]

    def migrate(self) -> Chat:
        """Turn this group into a supergroup; return the new chat."""
        world = self.world
        with world.change():
            new = world.add_group(self.title, (), supergroup=True, forum=False)
            new.members = dict(self.members)
            self.add_service(self.owner, {"migrate_to_chat_id": new.id})
            new.add_service(self.owner, {"migrate_from_chat_id": self.id})
            self.migrated_to = new
            return new

    def wait_for(self, pattern: str, *, after: Message | None = None, timeout: float = WAIT_SECONDS) -> Message:
        """Wait for a message of the bot whose text (or a button's label) matches; return it.

        With ``after``, only messages sent later count.
        """
        found: list[Message] = []

        def look() -> bool:
            found[:] = [m for m in self.from_bot() if _says(m, pattern) and (after is None or m.id > after.id)]
            return bool(found)

        arrived = self.world.wait_until(look, timeout)
        assert arrived, f"nothing matches {pattern!r} after {timeout} s in:\n{self.transcript()}"
        return found[-1]

    async def until(self, pattern: str, *, after: Message | None = None, seconds: float = WAIT_SECONDS) -> Message:
        """Do the same from a coroutine."""
        return await asyncio.to_thread(self.wait_for, pattern, after=after, timeout=seconds)

    def transcript(self) -> str:
        """The chat as a person sees it now, with the buttons as ``[label]`` and the presses in their place."""
        with self.world.lock:
            return transcribe(self)

    def story(self) -> str:
        """What happened in the chat, in order: each message as it was sent, each change when it was made."""
        with self.world.lock:
            return self.chronicle.told(self)

    def to_json(self) -> Json:
        """The ``Chat`` object."""
        body: Json = {"id": self.id, "type": self.kind.value}
        if self.kind is ChatType.PRIVATE:
            person = self.owner.to_json()
            return body | {key: person[key] for key in ("first_name", "last_name", "username") if key in person}
        body["title"] = self.title
        if self.username:
            body["username"] = self.username
        return body | ({"is_forum": True} if self.is_forum else {})


def _says(message: Message, pattern: str) -> bool:
    labels = " ".join(button["text"] for button in message.buttons)
    return re.search(pattern, f"{message.text}\n{labels}") is not None
