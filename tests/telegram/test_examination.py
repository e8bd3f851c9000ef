"""The doctor's questions to Telegram."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import anyio
import pytest

from bot.channels.telegram import TelegramOptions
from bot.channels.telegram.examination import examine
from bot.findings import Level
from bot.words import LOCALES, Words
from tests.telegram.botapi.server import BotApiServer

if TYPE_CHECKING:
    from tests.clock import ManualClock


@pytest.fixture
def options(telegram: BotApiServer) -> TelegramOptions:
    return TelegramOptions(token=telegram.token, api=telegram.base_url.removesuffix("/bot"))


def _codes(options: TelegramOptions) -> list[str]:
    found = anyio.run(examine, options)
    for finding in found:
        for locale in LOCALES:
            assert finding.sentence(Words(locale))
            assert finding.level is Level.ok or finding.advice(Words(locale))
    return [finding.code for finding in found]


def test_a_sound_bot_and_its_privacy_mode(options: TelegramOptions) -> None:
    assert _codes(options) == ["telegram", "telegram_privacy"]


def test_a_bot_that_sees_everything(clock: ManualClock) -> None:
    with BotApiServer(clock, privacy=False) as telegram:
        assert _codes(TelegramOptions(telegram.token, telegram.base_url.removesuffix("/bot")))[1] == "telegram_sees_all"


def test_a_wrong_token(options: TelegramOptions) -> None:
    assert _codes(replace(options, token="1:wrong")) == ["telegram_token"]


def test_telegram_away(options: TelegramOptions) -> None:
    assert _codes(replace(options, api="http://127.0.0.1:9")) == ["telegram_unreachable"]


def test_the_room_and_the_bots_rights_in_it(options: TelegramOptions, telegram: BotApiServer) -> None:
    lea = telegram.user("Léa")
    room = telegram.forum("Salle", lea)
    plain = telegram.supergroup("Groupe", lea)
    bare = telegram.forum("Sans droits", lea, rights=())
    assert _codes(replace(options, room=str(room.id)))[-1] == "telegram_room"
    assert _codes(replace(options, room=str(plain.id)))[-1] == "telegram_room_no_topics"
    assert _codes(replace(options, room=str(bare.id)))[-1] == "telegram_room_rights"
    assert _codes(replace(options, room="-42"))[-1] == "telegram_room_unknown"


def test_a_webhook_needs_https(options: TelegramOptions) -> None:
    assert "telegram_webhook" in _codes(replace(options, webhook="http://guichet.example.org"))
