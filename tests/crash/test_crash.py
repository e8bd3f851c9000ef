"""The service is killed while people use it: nothing acknowledged is lost, nothing that matters is doubled."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash import on_chat
from tests.crash.on_discord import Discord
from tests.crash.on_telegram import Telegram
from tests.crash.run import run

pytestmark = pytest.mark.long


def test_a_few_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    result = run(tmp_path, kills=4, seed=1, hurry=True)
    assert result.faults == ()
    assert result.kills == 5
    assert result.questions > 0
    assert result.answers > 0


@pytest.mark.parametrize("platform", [Telegram, Discord])
def test_a_few_kills_in_a_storm_lose_nothing_of_a_chat_and_double_no_reminder(
    platform: type[Telegram | Discord], tmp_path: Path
) -> None:
    result = on_chat.run(platform(), tmp_path, kills=2, seed=1, hurry=True)
    assert result.faults == ()
    assert result.kills == 3
    assert result.questions > 0
    assert result.answers > 0
    assert sum(result.storm.values()) > 0
