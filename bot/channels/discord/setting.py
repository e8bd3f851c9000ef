"""From the configuration to the channel's options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channels.discord.options import DiscordOptions
from helpdesk.model import Role

if TYPE_CHECKING:
    from bot.settings import Settings


def discord_options(settings: Settings) -> DiscordOptions:
    """Return the options."""
    token = settings.secrets.discord_token
    assert token is not None
    section = settings.configuration.discord
    return DiscordOptions(
        token=token.get_secret_value(),
        forum=section.forum,
        experts=section.experts,
        coordinators=section.coordinators,
        roles={int(number): Role(role) for number, role in section.roles.items()},
        locale=settings.configuration.network.locale,
        network=settings.configuration.network.name,
        base_url=settings.base_url,
    )
