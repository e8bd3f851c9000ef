"""The console and the tests' own channel obey the contract of channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.channels.console import ConsoleChannel
from helpdesk.model import Address
from tests.bot.channel_contract import ChannelContract
from tests.bot.fake_channel import FakeChannel

if TYPE_CHECKING:
    from bot.channel import Channel


class TestConsole(ChannelContract):
    @pytest.fixture
    def channel(self) -> Channel:
        return ConsoleChannel()

    @pytest.fixture
    def address(self) -> Address:
        return Address("console", "claire")


class TestFakeChannel(ChannelContract):
    @pytest.fixture
    def channel(self) -> Channel:
        return FakeChannel()

    @pytest.fixture
    def address(self) -> Address:
        return Address("fake", "claire")
