"""Who is on the bot's servers: what their roles there bring, and whether private messages can reach them.

Discord lets a bot write to whoever shares a server with it. No list of members is kept: it is asked when it matters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import anyio.to_thread
import discord

from bot.channels.discord import places

if TYPE_CHECKING:
    from bot.channels.discord.options import DiscordOptions
    from helpdesk.correspondence import Correspondence
    from helpdesk.mapping import Mapping
    from helpdesk.model import Role


class Membership:
    """Keeps what being on a server means; the core decides what a role allows."""

    def __init__(
        self, client: discord.Client, options: DiscordOptions, mapping: Mapping, correspondence: Correspondence
    ) -> None:
        self._client = client
        self._options = options
        self._mapping = mapping
        self._correspondence = correspondence
        self._brought: dict[int, frozenset[Role]] = {}  # what was last brought to each member

    async def fit(self, member: discord.Member) -> None:
        """Give somebody the roles that theirs bring, and take back those that they brought before."""
        if not self._brings_roles(member.guild):
            return
        held = {role.id for role in member.roles}
        roles = frozenset(brought for role, brought in self._options.roles.items() if role in held)
        if self._brought.get(member.id) != roles:
            await self._bring(member.id, roles)

    async def left(self, user_id: int, server_id: int) -> None:
        """Take back what a server brought; note who shares none with the bot any more, and takes no messages."""
        server = self._client.get_guild(server_id)
        if server is not None and self._brings_roles(server):
            await self._bring(user_id, frozenset())
        if not await self._is_met(user_id):
            await self._set_blocked(user_id, blocked=True)

    async def reachable(self, user_id: int) -> None:
        """Know that somebody takes private messages: they came to a server, or have just written one."""
        await self._set_blocked(user_id, blocked=False)

    def _brings_roles(self, server: discord.Guild) -> bool:
        """Tell whether the configuration is about a server: others say nothing of who is what."""
        options = self._options
        rooms = (options.forum, options.experts, options.coordinators)
        return bool(options.roles) and (
            any(server.get_role(role) for role in options.roles) or any(server.get_channel(room) for room in rooms)
        )

    async def _bring(self, user_id: int, roles: frozenset[Role]) -> None:
        account = places.account(user_id)
        await anyio.to_thread.run_sync(self._mapping.fit, account, roles)
        self._brought[user_id] = roles

    async def _is_met(self, user_id: int) -> bool:
        """Tell whether somebody is on one of the bot's servers, the one they left included: they may be back."""
        for server in self._client.guilds:
            try:
                await server.fetch_member(user_id)
            except (discord.NotFound, discord.Forbidden):
                continue
            except (discord.DiscordException, aiohttp.ClientError, OSError):
                return True  # nobody knows: a message that they do not take will tell
            return True
        return False

    async def _set_blocked(self, user_id: int, *, blocked: bool) -> None:
        note, account = self._correspondence.set_blocked, places.account(user_id)
        await anyio.to_thread.run_sync(lambda: note(account, blocked=blocked))
