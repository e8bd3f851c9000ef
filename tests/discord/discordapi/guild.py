"""A Discord server (a guild): its members, roles, channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.discord.discordapi.channel import Channel, Kind, Thread
from tests.discord.discordapi.model import Account, Member, Role, Tag, instant
from tests.discord.discordapi.permissions import EVERYONE
from tests.discord.discordapi.refusals import Json

if TYPE_CHECKING:
    from tests.discord.discordapi.world import World


class Guild:
    """A Discord server; its first member owns it."""

    def __init__(self, world: World, identifier: int, name: str, owner: Account) -> None:
        self.world = world
        self.id = identifier
        self.name = name
        self.owner = owner
        self.locale = "fr"
        self.roles: dict[int, Role] = {identifier: Role(identifier, "@everyone", EVERYONE, position=0)}
        self.members: dict[int, Member] = {}
        self.channels: dict[int, Channel] = {}

    def __repr__(self) -> str:
        return f"<guild {self.name} {self.id}>"

    @property
    def everyone(self) -> Role:
        """The role that everybody has."""
        return self.roles[self.id]

    @property
    def threads(self) -> list[Thread]:
        """Every thread of every channel."""
        return [thread for channel in self.channels.values() for thread in channel.threads.values()]

    def has(self, account: Account) -> bool:
        """Tell whether an account is in the server."""
        return account.id in self.members

    def base_permissions(self, member: Member) -> frozenset[str]:
        """What a member's roles give, before what channels change."""
        held = self.everyone.permissions
        return held.union(*(self.roles[role].permissions for role in member.roles if role in self.roles))

    def text(self, name: str) -> Channel:
        """Somebody creates a text channel."""
        return self._create(Kind.TEXT, name)

    def forum(self, name: str, *tags: str) -> Channel:
        """Somebody creates a forum, with these tags."""
        return self._create(Kind.FORUM, name, tags)

    def _create(self, kind: Kind, name: str, tags: tuple[str, ...] = ()) -> Channel:
        with self.world.change():
            channel = Channel(self.world, self.world.snowflake(), kind, name, self)
            channel.tags = [Tag(self.world.snowflake(), tag) for tag in tags]
            self.channels[channel.id] = self.world.channels[channel.id] = channel
            self.world.tell("CHANNEL_CREATE", channel.to_json(), channel=channel)
            return channel

    def role(self, name: str, *members: Account, permissions: frozenset[str] = frozenset()) -> Role:
        """Somebody creates a role and gives it to these members."""
        with self.world.change():
            role = Role(self.world.snowflake(), name, permissions)
            self.roles[role.id] = role
            self.world.tell("GUILD_ROLE_CREATE", {"guild_id": str(self.id), "role": role.to_json()}, guild=self)
            for account in members:
                self.give(account, role)
            return role

    def give(self, account: Account, role: Role) -> None:
        """Give a member a role."""
        with self.world.change():
            self.members[account.id].roles.add(role.id)
            self._updated(account)

    def take(self, account: Account, role: Role) -> None:
        """Take a role from a member."""
        with self.world.change():
            self.members[account.id].roles.discard(role.id)
            self._updated(account)

    def _updated(self, account: Account) -> None:
        member = self.members[account.id].to_json() | {"guild_id": str(self.id)}
        self.world.tell("GUILD_MEMBER_UPDATE", member, guild=self, about=account)

    def add(self, account: Account) -> Member:
        """An account enters; the bot is told of others, and given the server when it enters itself."""
        with self.world.change():
            member = self.members[account.id] = Member(account, self.world.clock.now())
            if account is self.world.bot:
                self.world.announce_guild(self)
            else:
                body = member.to_json() | {"guild_id": str(self.id)}
                self.world.tell("GUILD_MEMBER_ADD", body, guild=self, about=account)
            return member

    def remove(self, account: Account) -> None:
        """An account leaves, or is thrown out."""
        with self.world.change():
            if account is self.world.bot:
                self.world.tell("GUILD_DELETE", {"id": str(self.id)}, guild=self)
            del self.members[account.id]
            body = {"guild_id": str(self.id), "user": account.to_json()}
            self.world.tell("GUILD_MEMBER_REMOVE", body, guild=self, about=account)

    def to_json(self, *, members: bool) -> Json:
        """The ``Guild`` object of GUILD_CREATE; the other members only for a bot that may know them."""
        bot = self.world.bot
        shown = [m for m in self.members.values() if members or m.account is bot]
        threads = [t for t in self.threads if not t.archived and t.may(bot, "view_channel")]
        return self.brief() | {
            "joined_at": self.members[bot.id].joined_at.isoformat() if self.has(bot) else None,
            "large": False,
            "unavailable": False,
            "member_count": len(self.members),
            "members": [member.to_json() for member in shown],
            "channels": [channel.to_json() for channel in self.channels.values()],
            "threads": [thread.to_json() for thread in threads],
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }

    def brief(self) -> Json:
        """The ``Guild`` object as GET gives it."""
        return {
            "id": str(self.id),
            "name": self.name,
            "icon": None,
            "splash": None,
            "discovery_splash": None,
            "owner_id": str(self.owner.id),
            "afk_channel_id": None,
            "afk_timeout": 300,
            "verification_level": 0,
            "default_message_notifications": 1,
            "explicit_content_filter": 0,
            "roles": [role.to_json() for role in self.roles.values()],
            "emojis": [],
            "features": ["COMMUNITY"],
            "mfa_level": 0,
            "application_id": None,
            "system_channel_id": None,
            "system_channel_flags": 0,
            "rules_channel_id": None,
            "vanity_url_code": None,
            "description": None,
            "banner": None,
            "premium_tier": 0,
            "preferred_locale": self.locale,
            "public_updates_channel_id": None,
            "nsfw_level": 0,
            "stickers": [],
            "premium_progress_bar_enabled": False,
            "safety_alerts_channel_id": None,
        }

    @property
    def created_at(self) -> str:
        """When the server was made."""
        return instant(self.id).isoformat()
