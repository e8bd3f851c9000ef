"""The simulated Discord: who exists, what was said, and what the bot is told of it."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.discord.discordapi.channel import Channel, Kind, Thread
from tests.discord.discordapi.gateway import Gateway
from tests.discord.discordapi.guild import Guild
from tests.discord.discordapi.model import (
    EPOCH,
    PLAIN,
    RENAMED,
    REPLY,
    STARTER,
    Account,
    Attachment,
    File,
    Message,
    Role,
)
from tests.discord.discordapi.permissions import BOT
from tests.discord.discordapi.refusals import Json

if TYPE_CHECKING:
    from helpdesk.clock import Clock
    from tests.discord.discordapi.interaction import Interaction

BOT_ID = 1_200_000_000_000_000_001
NONCE_SECONDS = 300.0


class World:
    """State shared by the server's thread and the test's; every access holds ``lock``."""

    def __init__(self, clock: Clock, privileged: frozenset[str]) -> None:
        self.clock = clock
        self.privileged = privileged
        self.lock = threading.RLock()
        self._changed = threading.Condition(self.lock)
        self.cdn = ""
        self._last = 0
        self._serials = itertools.count(1)
        self.bot = Account(BOT_ID, "Guichet", bot=True)
        self.accounts: dict[int, Account] = {BOT_ID: self.bot}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.files: dict[int, Attachment] = {}
        self.commands: dict[int, list[Json]] = {}
        self.interactions: dict[str, Interaction] = {}
        self.nonces: dict[str, Message] = {}
        self.gateway = Gateway(self)

    @property
    def application_flags(self) -> int:
        """The application's flags: the privileged intents enabled for a bot in few servers."""
        flags = {"members": 1 << 15, "presences": 1 << 13, "message_content": 1 << 19}
        return sum(flags[name] for name in self.privileged)

    def snowflake(self) -> int:
        """A fresh identifier, later than all others."""
        now = int((self.clock.now() - EPOCH).total_seconds() * 1000) << 22
        self._last = max(now, self._last + 1)
        return self._last

    def serial(self, prefix: str) -> str:
        """A fresh token."""
        return f"{prefix}{next(self._serials):06d}"

    @contextmanager
    def change(self) -> Iterator[None]:
        """Hold the lock, then wake those who wait for something to happen."""
        with self.lock:
            try:
                yield
            finally:
                self._changed.notify_all()

    def wait_until(self, predicate: Callable[[], object], timeout: float) -> bool:
        """Wait for ``predicate`` to hold, looking after each change; ``timeout`` in real seconds.

        A short period bounds each wait, for predicates that look beyond the world.
        """
        deadline = time.monotonic() + timeout
        with self.lock:
            while not predicate():
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                self._changed.wait(min(left, 0.02))
        return True

    def add_guild(self, name: str, members: tuple[Account, ...]) -> Guild:
        """A server appears, owned by its first member, without the bot."""
        with self.change():
            guild = Guild(self, self.snowflake(), name, members[0])
            self.guilds[guild.id] = guild
            for account in members:
                guild.add(account)
            return guild

    def invite_bot(self, guild: Guild, permissions: frozenset[str] = BOT) -> None:
        """The bot is added to a server, with a role of its own."""
        with self.change():
            role = Role(self.snowflake(), self.bot.name, permissions, managed_by=self.bot.id)
            guild.roles[role.id] = role
            guild.members.pop(self.bot.id, None)
            guild.add(self.bot).roles.add(role.id)
            self.announce_guild(guild)

    def announce_guild(self, guild: Guild) -> None:
        """Give the bot the whole of a server that it has entered."""
        if guild.members[self.bot.id].roles:
            self.gateway.send_guild(guild)

    def private_channel(self, person: Account) -> Channel:
        """A person's direct messages with the bot, opened if they were not."""
        for channel in self.channels.values():
            if channel.person is person:
                return channel
        channel = Channel(self, self.snowflake(), Kind.PRIVATE, person.name)
        channel.person = person
        self.channels[channel.id] = channel
        return channel

    def find(self, identifier: int) -> Channel | None:
        """The channel or thread of that id, unless deleted or in a server the bot is not in."""
        channel = self.channels.get(identifier)
        if channel is None or (channel.guild and not channel.guild.has(self.bot)):
            return None
        return channel

    def store(self, file: File, channel: Channel, description: str | None = None) -> Attachment:
        """Keep a file's content, at an address of its own."""
        identifier = self.snowflake()
        address = f"{self.cdn}/{channel.id}/{identifier}/{file.name}"
        self.files[identifier] = attachment = Attachment(identifier, file, address, description)
        return attachment

    def tell(
        self,
        event: str,
        body: Json,
        *,
        channel: Channel | None = None,
        guild: Guild | None = None,
        about: Account | None = None,
    ) -> None:
        """Send the bot an event, if it may know of the channel and asked for that kind of thing."""
        guild = guild or (channel.guild if channel else None)
        if guild and not guild.has(self.bot):
            return
        hidden = channel and not channel.may(self.bot, "view_channel")
        # Channels are told of even to those who may not look into them; threads and what is said are not.
        if hidden and not event.startswith("CHANNEL_"):
            return
        self.gateway.dispatch(event, body, private=guild is None, own=about is self.bot)

    def say(self, channel: Channel, author: Account, content: str = "", **fields: object) -> Message:
        """Add a message to a channel and tell the bot; an archived thread opens again."""
        with self.change():
            if isinstance(channel, Thread) and channel.archived:
                self.edit_thread(channel, archived=False)
            message = Message(self.snowflake(), channel, author, content, **fields)  # type: ignore[arg-type]
            if message.reply_to and message.kind == PLAIN:
                message.kind = REPLY
            channel.history.append(message)
            if isinstance(channel, Thread):
                channel.joined.setdefault(author.id, message.created_at)
            self.announce_message(message, "MESSAGE_CREATE")
            return message

    def announce_message(self, message: Message, event: str) -> None:
        """Tell the bot that a message appeared or changed; nobody is told of ephemeral ones."""
        channel = message.channel
        if message.ephemeral or not channel.may(self.bot, "view_channel"):
            return
        about: Json = {}
        if channel.guild:
            member = channel.guild.members.get(message.author.id)
            about = {"guild_id": str(channel.guild.id)}
            about |= {"member": member.to_json(with_user=False)} if member else {}
        self.gateway.dispatch_message(event, message, about)

    def content_is_for_bot(self, message: Message, *, granted: bool) -> bool:
        """Tell whether the bot may read a message's content without being granted all contents."""
        own = message.author is self.bot or message.channel.guild is None
        return granted or own or self.bot in message.mentioned()

    def change_message(self, message: Message, **fields: object) -> None:
        """Edit a message and tell the bot."""
        with self.change():
            for name, value in fields.items():
                setattr(message, name, value)
            message.edited_at = self.clock.now()
            self.announce_message(message, "MESSAGE_UPDATE")

    def delete_message(self, message: Message) -> None:
        """Delete a message and tell the bot."""
        with self.change():
            message.deleted = True
            channel = message.channel
            body: Json = {"id": str(message.id), "channel_id": str(channel.id)}
            if channel.guild:
                body["guild_id"] = str(channel.guild.id)
            if not message.ephemeral:
                self.tell("MESSAGE_DELETE", body, channel=channel)

    def delete_messages(self, messages: Sequence[Message]) -> None:
        """Delete several messages of a server's channel at once, and tell the bot once."""
        with self.change():
            for message in messages:
                message.deleted = True
            channel = messages[0].channel
            assert channel.guild is not None
            ids = [str(message.id) for message in messages]
            body = {"ids": ids, "channel_id": str(channel.id), "guild_id": str(channel.guild.id)}
            self.tell("MESSAGE_DELETE_BULK", body, channel=channel)

    def open_thread(self, parent: Channel, identifier: int, kind: Kind, name: str, owner: Account) -> Thread:
        """A thread appears; its first message is the caller's to add."""
        thread = Thread(parent, identifier, kind, name, owner)
        parent.threads[identifier] = self.channels[identifier] = thread
        return thread

    def announce_thread(self, thread: Thread) -> None:
        """Tell the bot of a new thread."""
        self.tell("THREAD_CREATE", thread.to_json() | {"newly_created": True}, channel=thread)

    def start_from(self, message: Message, name: str, owner: Account) -> Thread:
        """Start a thread from a message: it has the message's identifier."""
        with self.change():
            thread = self.open_thread(message.channel, message.id, Kind.PUBLIC_THREAD, name, owner)
            message.thread = thread
            starter = Message(self.snowflake(), thread, message.author, kind=STARTER, reply_to=message)
            thread.history.append(starter)
            self.announce_thread(thread)
            self.announce_message(message, "MESSAGE_UPDATE")
            return thread

    def edit_thread(self, thread: Thread, by: Account | None = None, **fields: object) -> None:
        """Change a thread (``archived``, ``locked``, ``name``, ``applied_tags``…) and tell the bot."""
        with self.change():
            renamed = "name" in fields and fields["name"] != thread.name
            if fields.get("archived", thread.archived) != thread.archived:
                thread.archived_at = self.clock.now()
            for name, value in fields.items():
                setattr(thread, name, value)
            if renamed and by:
                notice = Message(self.snowflake(), thread, by, thread.name, kind=RENAMED)
                thread.history.append(notice)
                self.announce_message(notice, "MESSAGE_CREATE")
            self.tell("THREAD_UPDATE", thread.to_json(), channel=thread)

    def delete_channel(self, channel: Channel) -> None:
        """Delete a channel with its threads, or one thread, and tell the bot."""
        with self.change():
            assert channel.guild is not None, "direct messages cannot be deleted"
            if isinstance(channel, Thread):
                body = channel.to_json()
                kept = {name: body[name] for name in ("id", "guild_id", "parent_id", "type")}
                self.tell("THREAD_DELETE", kept, channel=channel)
                del channel.parent.threads[channel.id]
            else:
                self.tell("CHANNEL_DELETE", channel.to_json(), channel=channel)
                del channel.guild.channels[channel.id]
            for gone in (channel, *channel.threads.values()):
                del self.channels[gone.id]

    def announce_permissions(self, channel: Channel, before: frozenset[str]) -> None:
        """Tell the bot that permissions changed in a channel, and of the threads it may look into from now on."""
        self.tell("CHANNEL_UPDATE", channel.to_json(), channel=channel)
        if "view_channel" not in before and channel.may(self.bot, "view_channel"):
            self._sync_threads(channel)

    def _sync_threads(self, channel: Channel) -> None:
        assert channel.guild is not None
        active = [thread for thread in channel.threads.values() if not thread.archived]
        body = {
            "guild_id": str(channel.guild.id),
            "channel_ids": [str(channel.id)],
            "threads": [thread.to_json() for thread in active],
            "members": [thread.member_json(self.bot) for thread in active if self.bot.id in thread.joined],
        }
        self.tell("THREAD_LIST_SYNC", body, channel=channel)
