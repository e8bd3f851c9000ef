"""Channels: text, forum, direct messages, and the threads under them; what was said there and what one may do."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from enum import IntEnum
from typing import TYPE_CHECKING

from tests.discord.discordapi.model import WAIT_SECONDS, Account, Member, Message, Tag, instant
from tests.discord.discordapi.permissions import BITS, EVERYTHING, to_bits
from tests.discord.discordapi.refusals import Json
from tests.discord.discordapi.transcript import transcribe

if TYPE_CHECKING:
    from tests.discord.discordapi.guild import Guild
    from tests.discord.discordapi.interaction import Interaction
    from tests.discord.discordapi.model import Role
    from tests.discord.discordapi.world import World

IN_PRIVATE = frozenset(BITS) - {"administrator", "manage_channels", "manage_guild", "manage_roles", "manage_threads"}


class Kind(IntEnum):
    """The types of channel a helpdesk meets."""

    TEXT = 0
    PRIVATE = 1
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15


class Channel:
    """A text channel, a forum, or a person's direct messages with the bot."""

    def __init__(self, world: World, identifier: int, kind: Kind, name: str, guild: Guild | None = None) -> None:
        self.world = world
        self.id = identifier
        self.kind = kind
        self.name = name
        self.guild = guild
        self.person: Account | None = None
        self.topic: str | None = None
        self.tags: list[Tag] = []
        self.allowed: dict[int, set[str]] = {}
        self.denied: dict[int, set[str]] = {}
        self.threads: dict[int, Thread] = {}
        self.history: list[Message | Interaction] = []
        self.flags = 0

    def __repr__(self) -> str:
        return f"<{self.kind.name} {self.name} {self.id}>"

    @property
    def is_thread(self) -> bool:
        """Tell whether this is a thread."""
        return False

    @property
    def messages(self) -> list[Message]:
        """The messages still there that are in everybody's history, in order."""
        kept = (event for event in self.history if isinstance(event, Message))
        return [message for message in kept if not message.deleted and not message.ephemeral]

    def message(self, identifier: int) -> Message | None:
        """The message of that id, unless deleted or ephemeral."""
        return next((message for message in self.messages if message.id == identifier), None)

    def from_bot(self, seen_by: Account | None = None) -> list[Message]:
        """What the bot wrote here, ephemeral messages only for the one who sees them."""
        bot = self.world.bot
        said = (event for event in self.history if isinstance(event, Message))
        return [m for m in said if m.author is bot and not m.deleted and (not m.ephemeral or _sees(seen_by, m))]

    @property
    def last(self) -> Message:
        """The bot's last message."""
        return self.from_bot()[-1]

    @property
    def last_message_id(self) -> str | None:
        """The identifier of the last message, or of a forum's last post."""
        ids = list(self.threads) if self.kind is Kind.FORUM else [message.id for message in self.messages]
        return str(ids[-1]) if ids else None

    def everyone(self) -> list[Member]:
        """Who may read here."""
        if self.guild is None:
            assert self.person is not None
            now = self.world.clock.now()
            return [Member(self.person, now), Member(self.world.bot, now)]
        return [member for member in self.guild.members.values() if "view_channel" in self.permissions(member.account)]

    def permissions(self, account: Account) -> frozenset[str]:
        """What an account may do here, as Discord computes it; nothing for who is not in the server."""
        if self.guild is None:
            return IN_PRIVATE if account in (self.person, self.world.bot) else frozenset()
        member = self.guild.members.get(account.id)
        if member is None:
            return frozenset()
        held = self.guild.base_permissions(member)
        if "administrator" in held or account is self.guild.owner:
            return EVERYTHING
        for level in ({self.guild.id}, member.roles, {account.id}):
            denied = set().union(*(self.denied.get(one, set()) for one in level))
            allowed = set().union(*(self.allowed.get(one, set()) for one in level))
            held = (held - denied) | allowed
        return held if "view_channel" in held else frozenset()

    def may(self, account: Account, *names: str) -> bool:
        """Tell whether an account holds all these permissions here."""
        return set(names) <= self.permissions(account)

    def bits(self, account: Account) -> str:
        """What an account may do here, as Discord writes it."""
        return to_bits(self.permissions(account))

    def deny(self, whom: Account | Role, *names: str) -> None:
        """Refuse permissions here to somebody or a role, and tell the bot."""
        with self.world.change():
            before = self.permissions(self.world.bot)
            self.denied.setdefault(whom.id, set()).update(names)
            self.allowed.setdefault(whom.id, set()).difference_update(names)
            self._overwritten(before)

    def allow(self, whom: Account | Role, *names: str) -> None:
        """Give permissions here to somebody or a role, and tell the bot."""
        with self.world.change():
            before = self.permissions(self.world.bot)
            self.allowed.setdefault(whom.id, set()).update(names)
            self.denied.setdefault(whom.id, set()).difference_update(names)
            self._overwritten(before)

    def _overwritten(self, before: frozenset[str]) -> None:
        self.world.announce_permissions(self, before)

    def deletes_itself(self) -> None:
        """Somebody deletes the channel, with its threads."""
        self.world.delete_channel(self)

    def wait_for(
        self, pattern: str, *, seen_by: Account | None = None, after: Message | Interaction | None = None
    ) -> Message:
        """Wait for a message of the bot whose text (or a label) matches; return the last such.

        With ``seen_by``, a message that only this person sees counts; with ``after``, only what was sent later.
        """
        found: list[Message] = []
        since = after.id if after else 0

        def look() -> bool:
            said = self.from_bot(seen_by)
            found[:] = [m for m in said if not m.loading and m.id > since and re.search(pattern, m.text)]
            return bool(found)

        arrived = self.world.wait_until(look, WAIT_SECONDS)
        assert arrived, f"nothing matches {pattern!r} after {WAIT_SECONDS} s in:\n{self.transcript(seen_by)}"
        return found[-1]

    async def until(self, pattern: str, *, seen_by: Account | None = None) -> Message:
        """Do the same from a coroutine."""
        return await asyncio.to_thread(self.wait_for, pattern, seen_by=seen_by)

    def transcript(self, viewer: Account | None = None) -> str:
        """The channel as a person sees it (as everybody does, by default), threads included."""
        with self.world.lock:
            return transcribe(self, viewer)

    def to_json(self) -> Json:
        """The ``Channel`` object."""
        body: Json = {
            "id": str(self.id),
            "type": int(self.kind),
            "flags": self.flags,
            "last_message_id": self.last_message_id,
        }
        if self.guild is None:
            assert self.person is not None
            return body | {"recipients": [self.person.to_json()]}
        body |= {
            "guild_id": str(self.guild.id),
            "name": self.name,
            "position": 0,
            "parent_id": None,
            "nsfw": False,
            "topic": self.topic,
            "rate_limit_per_user": 0,
            "permission_overwrites": self._overwrites(),
        }
        if self.kind is Kind.FORUM:
            body |= {
                "available_tags": [tag.to_json() for tag in self.tags],
                "default_reaction_emoji": None,
                "default_sort_order": None,
                "default_forum_layout": 0,
            }
        return body

    def _overwrites(self) -> list[Json]:
        assert self.guild is not None
        touched = {*self.allowed, *self.denied}
        return [
            {
                "id": str(one),
                "type": 0 if one in self.guild.roles else 1,
                "allow": to_bits(self.allowed.get(one, ())),
                "deny": to_bits(self.denied.get(one, ())),
            }
            for one in sorted(touched)
        ]


class Thread(Channel):
    """A thread under a text channel, or a forum's post."""

    def __init__(self, parent: Channel, identifier: int, kind: Kind, name: str, owner: Account) -> None:
        super().__init__(parent.world, identifier, kind, name, parent.guild)
        self.parent = parent
        self.owner = owner
        self.archived = False
        self.locked = False
        self.auto_archive_minutes = 4320
        self.archived_at: dt.datetime = instant(identifier)
        self.applied_tags: list[int] = []
        self.joined: dict[int, dt.datetime] = {owner.id: instant(identifier)}

    @property
    def is_thread(self) -> bool:
        """It is one."""
        return True

    @property
    def tag_names(self) -> list[str]:
        """The names of the tags on a post, in the forum's order."""
        return [tag.name for tag in self.parent.tags if tag.id in self.applied_tags]

    def permissions(self, account: Account) -> frozenset[str]:
        """The parent's permissions; a private thread is for those in it and for moderators."""
        held = self.parent.permissions(account)
        if self.kind is Kind.PRIVATE_THREAD and account.id not in self.joined and "manage_threads" not in held:
            return frozenset()
        return held

    def to_json(self) -> Json:
        """The ``Channel`` object of a thread."""
        assert self.guild is not None
        said = [event for event in self.history if isinstance(event, Message) and not event.ephemeral]
        body: Json = {
            "id": str(self.id),
            "type": int(self.kind),
            "guild_id": str(self.guild.id),
            "parent_id": str(self.parent.id),
            "owner_id": str(self.owner.id),
            "name": self.name,
            "flags": self.flags,
            "last_message_id": self.last_message_id,
            "message_count": len(self.messages),
            "total_message_sent": len(said),
            "member_count": min(len(self.joined), 50),
            "rate_limit_per_user": 0,
            "thread_metadata": self._metadata(),
        }
        if self.parent.kind is Kind.FORUM:
            body["applied_tags"] = [str(tag) for tag in self.applied_tags]
        if self.world.bot.id in self.joined:
            body["member"] = self.member_json(self.world.bot)
        return body

    def _metadata(self) -> Json:
        body: Json = {
            "archived": self.archived,
            "archive_timestamp": self.archived_at.isoformat(),
            "auto_archive_duration": self.auto_archive_minutes,
            "locked": self.locked,
            "create_timestamp": instant(self.id).isoformat(),
        }
        return body | {"invitable": True} if self.kind is Kind.PRIVATE_THREAD else body

    def member_json(self, account: Account) -> Json:
        """The ``Thread Member`` object."""
        joined = self.joined[account.id].isoformat()
        return {"id": str(self.id), "user_id": str(account.id), "join_timestamp": joined, "flags": 0}


def _sees(account: Account | None, message: Message) -> bool:
    return account is not None and message.seen_by(account)
