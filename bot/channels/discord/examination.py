"""What the doctor asks Discord: the token, the intents, and what the bot may do where it is to work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import discord

from bot.findings import Finding, Level

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.channels.discord.options import DiscordOptions

_READ = ("view_channel", "read_message_history")
_THREADS = ("send_messages_in_threads", "manage_threads", "attach_files")
# What the bot does in each, by its key of the configuration; the forum's tags are made by managing the channel.
NEEDED = {
    "forum": (*_READ, *_THREADS, "manage_channels"),
    "experts": (*_READ, *_THREADS, "send_messages", "create_public_threads"),
    "coordinators": (*_READ, "send_messages"),
}


async def examine(options: DiscordOptions) -> list[Finding]:
    """Return what was found, the worst not first; nothing is changed at Discord."""
    client = discord.Client(intents=discord.Intents.none())
    try:
        async with client:
            await client.login(options.token)
            return [finding async for finding in _findings(client, options)]
    except discord.LoginFailure:
        return [Finding(Level.fault, "discord_token")]
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        return [Finding(Level.fault, "discord_unreachable", {"reason": str(error) or type(error).__name__})]


async def _findings(client: discord.Client, options: DiscordOptions) -> AsyncIterator[Finding]:
    assert client.user is not None
    yield Finding(Level.ok, "discord", {"bot": client.user.name})
    flags = (await client.application_info()).flags
    if not (flags.gateway_message_content or flags.gateway_message_content_limited):
        yield Finding(Level.fault, "discord_intent_content")
    if not (flags.gateway_guild_members or flags.gateway_guild_members_limited):
        yield Finding(Level.fault, "discord_intent_members")
    if not [guild async for guild in client.fetch_guilds(limit=1)]:
        yield Finding(Level.warning, "discord_no_server")
    for key, number in (
        ("forum", options.forum),
        ("experts", options.experts),
        ("coordinators", options.coordinators),
    ):
        if number:
            yield await _channel(client, key, number)


async def _channel(client: discord.Client, key: str, number: int) -> Finding:
    about: dict[str, object] = {"key": f"discord.{key}", "channel": number}
    try:
        known = await client.fetch_channel(number)
        guild = await client.fetch_guild(known.guild.id) if isinstance(known, discord.abc.GuildChannel) else None
        channels = {channel.id: channel for channel in await guild.fetch_channels()} if guild else {}
        me = await guild.fetch_member(client.user.id) if guild and client.user else None
    except (discord.NotFound, discord.Forbidden) as error:
        return Finding(Level.fault, "discord_channel_unknown", {**about, "reason": str(error)})
    channel = channels.get(number)
    wanted = discord.ForumChannel if key == "forum" else discord.TextChannel
    if me is None or not isinstance(channel, wanted):
        return Finding(Level.fault, "discord_channel_kind_forum" if key == "forum" else "discord_channel_kind", about)
    may = channel.permissions_for(me)
    missing = tuple(f"cli.doctor.permission.{name}" for name in NEEDED[key] if not getattr(may, name))
    if missing:
        return Finding(Level.fault, "discord_permissions", {**about, "name": channel.name}, {"missing": missing})
    return Finding(Level.ok, "discord_channel", {**about, "name": channel.name})
