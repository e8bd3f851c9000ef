"""What requests look up first: channels and messages that exist, and what the bot may do there."""

from __future__ import annotations

from tests.discord.discordapi.call import Call
from tests.discord.discordapi.channel import Channel, Kind, Thread
from tests.discord.discordapi.guild import Guild
from tests.discord.discordapi.model import Message
from tests.discord.discordapi.refusals import bad_request, forbidden, unknown
from tests.discord.discordapi.world import World


def channel_of(world: World, call: Call, *needed: str) -> Channel:
    """The channel a request is about, where the bot may do what is needed."""
    channel = world.find(call.channel_id)
    if channel is None:
        raise unknown(10003)
    require(world, channel, *needed)
    return channel


def require(world: World, channel: Channel, *needed: str) -> None:
    """Refuse what the bot may not do in a channel."""
    if not channel.may(world.bot, "view_channel"):
        raise forbidden(50001)
    if not channel.may(world.bot, *needed):
        raise forbidden(50013)


def message_of(world: World, call: Call, *needed: str) -> Message:
    """The message a request is about."""
    channel = channel_of(world, call, *needed)
    message = channel.message(call.id("message"))
    if message is None:
        raise unknown(10008)
    return message


def guild_of(world: World, call: Call) -> Guild:
    """The server a request is about."""
    guild = world.guilds.get(call.id("guild"))
    if guild is None:
        raise unknown(10004)
    if not guild.has(world.bot):
        raise forbidden(50001)
    return guild


def require_writable(world: World, channel: Channel) -> None:
    """Refuse writing where messages cannot be written, or not by the bot."""
    if channel.kind is Kind.FORUM:
        raise bad_request(50008, violation=True)
    require(world, channel, "send_messages_in_threads" if channel.is_thread else "send_messages")
    if isinstance(channel, Thread) and channel.locked and not channel.may(world.bot, "manage_threads"):
        raise forbidden(160005)
    if channel.person is not None:
        person = channel.person
        shared = any(guild.has(person) and guild.has(world.bot) for guild in world.guilds.values())
        if not (shared and person.takes_messages):
            raise forbidden(50007)


def require_active(channel: Channel) -> None:
    """Refuse what cannot be done in an archived thread."""
    if isinstance(channel, Thread) and channel.archived:
        raise bad_request(50083)
