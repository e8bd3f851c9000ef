"""A message of the server handed to the experts, by its author or by somebody of the network who answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channels.discord import incoming, places
from bot.channels.discord.downloads import fetch
from helpdesk.errors import InvalidInputError

if TYPE_CHECKING:
    import discord

    from bot.channels.discord.context import Context, HereAside
    from bot.channels.discord.posts import Posts


class Forwarding:
    """Hands messages on."""

    def __init__(self, context: Context, posts: Posts) -> None:
        self._context = context
        self._parts = context.parts
        self._posts = posts

    async def forward(self, here: HereAside, message: discord.Message) -> None:
        """Hand a message to the experts as its author's question. Raises ``GuichetError``: the core says who may.

        A message that is a question already, or a forum's post, goes to them whatever the library said.
        """
        client = self._context.client
        whole = await client.get_partial_messageable(
            message.channel.id, guild_id=here.interaction.guild_id
        ).fetch_message(message.id)
        if here.interaction.channel is not None and whole.guild is not None:
            whole.channel = here.interaction.channel  # type: ignore[assignment]  # it has its parent
        said = incoming.heard(whole, self._context.options, self._context.bot_id)
        if said is None:
            raise InvalidInputError("nothing_to_forward")
        files, refused = await fetch(client, said.files)
        for error in refused:
            await here.refuse(error)
        text = said.text or ", ".join(f"[{file.name}]" for file in files)
        address = here.address if whole.guild is None else said.address
        hand = self._parts.handing.hand
        number = await self._context.in_thread(
            lambda: hand(
                here.key, here.account, places.account(whole.author.id), said.key, address, text, said.at, files
            ),
        )
        self._context.wake()
        await here.say(here.words("discord.forwarded", number=number))
