"""What a start finds of the service before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.parts import build_parts
from bot.setting_up import set_up
from bot.settings import load
from helpdesk.model import AccountRef, Address

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

CONSOLE = frozenset({"console"})


def test_what_a_killed_service_was_sending_is_sent_as_soon_as_the_next_one_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("GUICHET_CONFIG", "GUICHET_SECRET", "GUICHET_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    settings = load()
    parts = build_parts(settings)
    try:
        assert set_up(parts, settings)
        parts.desk.ask("1", AccountRef("console", "claire"), Address("console", "claire"), "Un titulaire nous attaque")
        held = [delivery.notice_id for delivery in parts.outbox.claim(CONSOLE)]
        assert held
        assert parts.outbox.claim(CONSOLE) == ()
        set_up(parts, settings)
        assert [delivery.notice_id for delivery in parts.outbox.claim(CONSOLE)] == held
    finally:
        parts.database.dispose()
