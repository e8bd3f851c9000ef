"""What the simulated Discord holds besides channels: accounts, roles, tags, files, messages, and their JSON."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.discord.discordapi.components import walk
from tests.discord.discordapi.payloads import COMPONENTS_V2, EPHEMERAL, LOADING
from tests.discord.discordapi.permissions import to_bits
from tests.discord.discordapi.refusals import Json

if TYPE_CHECKING:
    from tests.discord.discordapi.channel import Channel, Thread
    from tests.discord.discordapi.interaction import Interaction

WAIT_SECONDS = 30.0
"""How long a test waits for what should come, in real seconds: a busy machine takes its time."""
EPOCH = dt.datetime(2015, 1, 1, tzinfo=dt.UTC)
PLAIN, RENAMED, THREAD_CREATED, REPLY, SLASH, STARTER, MENU = 0, 4, 18, 19, 20, 21, 23
BUTTON_TYPE = 2
SELECT_TYPES = (3, 5, 6, 7, 8)
HAS_THREAD = 1 << 5


def instant(snowflake: int) -> dt.datetime:
    """When an identifier was made."""
    return EPOCH + dt.timedelta(milliseconds=snowflake >> 22)


class Account:
    """A Discord account: a person's or the bot's."""

    def __init__(self, identifier: int, name: str, *, bot: bool = False, locale: str = "fr") -> None:
        self.id = identifier
        self.name = name
        self.bot = bot
        self.locale = locale
        self.takes_messages = True

    def __repr__(self) -> str:
        return f"<{self.name} {self.id}>"

    @property
    def mention(self) -> str:
        """How a text mentions the account."""
        return f"<@{self.id}>"

    def to_json(self) -> Json:
        """The ``User`` object."""
        return {
            "id": str(self.id),
            "username": self.name.lower().replace(" ", "."),
            "discriminator": "0000" if self.bot else "0",
            "global_name": None if self.bot else self.name,
            "avatar": None,
            "bot": self.bot,
            "public_flags": 0,
        }


@dataclass
class Role:
    """A role of a server."""

    id: int
    name: str
    permissions: frozenset[str] = frozenset()
    position: int = 1
    managed_by: int = 0

    def to_json(self) -> Json:
        """The ``Role`` object."""
        body: Json = {
            "id": str(self.id),
            "name": self.name,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "icon": None,
            "unicode_emoji": None,
            "position": self.position,
            "permissions": to_bits(self.permissions),
            "managed": bool(self.managed_by),
            "mentionable": False,
            "flags": 0,
        }
        return body | {"tags": {"bot_id": str(self.managed_by)}} if self.managed_by else body


@dataclass
class Member:
    """An account in a server."""

    account: Account
    joined_at: dt.datetime
    roles: set[int] = field(default_factory=set)
    nick: str | None = None

    def to_json(self, *, with_user: bool = True) -> Json:
        """The ``Guild Member`` object."""
        body: Json = {
            "nick": self.nick,
            "avatar": None,
            "banner": None,
            "roles": [str(role) for role in sorted(self.roles)],
            "joined_at": self.joined_at.isoformat(),
            "premium_since": None,
            "deaf": False,
            "mute": False,
            "flags": 0,
            "pending": False,
            "communication_disabled_until": None,
        }
        return body | {"user": self.account.to_json()} if with_user else body


@dataclass
class Tag:
    """A forum's tag."""

    id: int
    name: str
    moderated: bool = False
    emoji_name: str | None = None

    def to_json(self) -> Json:
        """The ``Forum Tag`` object."""
        return {
            "id": str(self.id),
            "name": self.name,
            "moderated": self.moderated,
            "emoji_id": None,
            "emoji_name": self.emoji_name,
        }


@dataclass(frozen=True)
class File:
    """A file somebody sends; ``size`` (bytes) may be declared larger than the content."""

    name: str
    content: bytes = b"content"
    content_type: str = "application/octet-stream"
    size: int | None = None


@dataclass(frozen=True)
class Attachment:
    """A file held by Discord, at an address of its own."""

    id: int
    file: File
    url: str
    description: str | None = None

    def to_json(self) -> Json:
        """The ``Attachment`` object."""
        body: Json = {
            "id": str(self.id),
            "filename": self.file.name,
            "size": len(self.file.content) if self.file.size is None else self.file.size,
            "url": self.url,
            "proxy_url": self.url,
            "content_type": self.file.content_type,
            "flags": 0,
        }
        return body | {"description": self.description} if self.description else body


@dataclass(eq=False)
class Message:
    """A message in a channel."""

    id: int
    channel: Channel
    author: Account
    content: str = ""
    kind: int = PLAIN
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    reply_to: Message | None = None
    flags: int = 0
    nonce: str | None = None
    interaction: Interaction | None = None
    edited_at: dt.datetime | None = None
    deleted: bool = False
    pinned: bool = False
    thread: Thread | None = None
    allowed_mentions: Json | None = None

    @property
    def created_at(self) -> dt.datetime:
        """When it was sent."""
        return instant(self.id)

    @property
    def ephemeral(self) -> bool:
        """Tell whether one person alone sees it."""
        return bool(self.flags & EPHEMERAL)

    @property
    def loading(self) -> bool:
        """Tell whether it still shows « is thinking… »."""
        return bool(self.flags & LOADING)

    @property
    def parts(self) -> list[Json]:
        """Every component, those inside others included."""
        return list(walk(self.components))

    @property
    def buttons(self) -> list[Json]:
        """The buttons, in order."""
        return [part for part in self.parts if part["type"] == BUTTON_TYPE]

    @property
    def selects(self) -> list[Json]:
        """The select menus, in order."""
        return [part for part in self.parts if part["type"] in SELECT_TYPES]

    @property
    def text(self) -> str:
        """Everything to read: the content, the embeds, the displayed texts, the labels."""
        lines = [self.content]
        for embed in self.embeds:
            lines += [embed.get("author", {}).get("name", ""), embed.get("title") or "", embed.get("description") or ""]
            lines += [f"{one['name']}\n{one['value']}" for one in embed.get("fields", [])]
            lines.append(embed.get("footer", {}).get("text", ""))
        for part in self.parts:
            lines += [str(part[name]) for name in ("content", "label", "placeholder") if part.get(name)]
        return "\n".join(line for line in lines if line)

    def seen_by(self, account: Account) -> bool:
        """Tell whether somebody who is in the channel sees it."""
        if self.deleted:
            return False
        return not self.ephemeral or (self.interaction is not None and self.interaction.person is account)

    def mentioned(self) -> list[Account]:
        """The members whose account the content mentions and who are told so."""
        allowed = self.allowed_mentions
        people = [member.account for member in self.channel.everyone() if member.account.mention in self.content]
        if allowed is None or "users" in allowed.get("parse", []):
            return people
        listed = {int(one) for one in allowed.get("users", [])}
        return [account for account in people if account.id in listed]

    def to_json(self, *, content: bool = True) -> Json:
        """The ``Message`` object; without its content for a bot that has no right to read it."""
        body: Json = {
            "id": str(self.id),
            "channel_id": str(self.channel.id),
            "author": self.author.to_json(),
            "content": self.content if content else "",
            "timestamp": self.created_at.isoformat(),
            "edited_timestamp": self.edited_at.isoformat() if self.edited_at else None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [account.to_json() for account in self.mentioned()],
            "mention_roles": [],
            "attachments": [one.to_json() for one in self.attachments] if content else [],
            "embeds": self.embeds if content else [],
            "components": self.components if content else [],
            "pinned": self.pinned,
            "type": self.kind,
            "flags": self.flags | (HAS_THREAD if self.thread else 0),
        }
        if self.nonce is not None:
            body["nonce"] = self.nonce
        if self.thread:
            body["thread"] = self.thread.to_json()
        if self.channel.is_thread:
            body["position"] = self.channel.messages.index(self) if self in self.channel.messages else 0
        return body | self._reference(content=content) | self._origin()

    def _reference(self, *, content: bool) -> Json:
        quoted = self.reply_to
        if quoted is None:
            return {}
        reference: Json = {"type": 0, "channel_id": str(quoted.channel.id), "message_id": str(quoted.id)}
        if self.channel.guild:
            reference["guild_id"] = str(self.channel.guild.id)
        if quoted.deleted or quoted.kind == STARTER:
            return {"message_reference": reference, "referenced_message": None}
        shown = quoted.to_json(content=content)
        shown.pop("referenced_message", None)
        return {"message_reference": reference, "referenced_message": shown}

    def _origin(self) -> Json:
        if self.interaction is None:
            return {}
        application = str(self.author.id)
        return {
            "application_id": application,
            "webhook_id": application,
            "interaction_metadata": self.interaction.metadata(),
        }

    @property
    def v2(self) -> bool:
        """Tell whether it is made of the second version of components."""
        return bool(self.flags & COMPONENTS_V2)
