"""Discord obeys the contract of channels, on a bot whose server checks every call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.channels.discord import DiscordChannel, DiscordOptions
from helpdesk.model import Address
from tests.bot.channel_contract import ChannelContract
from tests.bot.house import demonstration

if TYPE_CHECKING:
    from bot.channel import Channel
    from helpdesk.office import Office
    from tests.discord.discordapi.guild import Guild
    from tests.discord.discordapi.server import DiscordServer


class TestDiscord(ChannelContract):
    @pytest.fixture
    def channel(self, office: Office, discord: DiscordServer) -> Channel:
        return DiscordChannel(demonstration(office), DiscordOptions(token=discord.token))

    @pytest.fixture
    def address(self, discord: DiscordServer, network: Guild) -> Address:
        claire = discord.person("Claire")
        claire.joins(network)
        return Address("discord", str(claire.id))
