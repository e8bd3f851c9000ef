"""Telegram obeys the contract of channels, on a bot whose server checks every call."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from bot.channels.telegram import TelegramChannel, TelegramOptions
from bot.channels.telegram.limits import Limiter
from helpdesk.model import Address
from tests.bot.channel_contract import ChannelContract
from tests.bot.house import demonstration
from tests.telegram.service import UNHURRIED

if TYPE_CHECKING:
    from bot.channel import Channel
    from helpdesk.database import Database
    from helpdesk.office import Office
    from tests.telegram.botapi.server import BotApiServer


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """Both databases in turn: what people see must not depend on it."""
    database: Database = request.getfixturevalue(request.param)
    return database


class TestTelegram(ChannelContract):
    @pytest.fixture
    def channel(self, office: Office, telegram: BotApiServer) -> Channel:
        options = TelegramOptions(token=telegram.token, api=telegram.base_url.removesuffix("/bot"))
        limiter = Limiter(time.monotonic, UNHURRIED, UNHURRIED, UNHURRIED)
        return TelegramChannel(demonstration(office), options, limiter=limiter)

    @pytest.fixture
    def address(self, telegram: BotApiServer) -> Address:
        claire = telegram.user("Claire")
        claire.starts()
        return Address("telegram", str(claire.id))
