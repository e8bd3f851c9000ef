"""Telegram calls: 200 only once the update is kept, and only with the secret."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

import anyio.to_thread
import httpx
import pytest
import uvicorn
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.channels.telegram import poller
from bot.channels.telegram.webhook import LONGEST_BODY, PATH, SECRET_HEADER
from tests.bot.service import free_port
from tests.telegram.service import Guichet

if TYPE_CHECKING:
    from bot.channel import Inbound
    from helpdesk.office import Office
    from tests.telegram.botapi.server import BotApiServer

SECRET = "a-secret-of-the-test"
LABEL = "Peut-on exiger un label dans un marché ?"


class Called(Guichet):
    """The service, called by Telegram on a port of its own, in the loop where the channel lives."""

    def serve(self, port: int) -> None:
        assert self.channel is not None
        assert self._portal is not None
        config = uvicorn.Config(
            Starlette(routes=list(self.channel.routes())),
            port=port,
            http=H11Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
        )
        self.server = uvicorn.Server(config)
        self.server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        self._portal.start_task_soon(self.server._serve)

    def stop(self) -> None:
        self.server.should_exit = True
        super().stop()


@pytest.fixture
def called(office: Office, telegram: BotApiServer) -> Iterator[Called]:
    port = free_port()
    service = Called(office, telegram, webhook=f"http://127.0.0.1:{port}", webhook_secret=SECRET)
    service.start()
    service.serve(port)
    yield service
    service.stop()


def test_a_question_that_telegram_brings_is_answered(called: Called, telegram: BotApiServer) -> None:
    claire = telegram.user("Claire")
    called.knows(claire, "Claire")
    claire.says(LABEL)
    claire.private.wait_for("si tous ses critères")
    telegram.wait_acknowledged()
    assert called.latest() == 1


def test_without_the_secret_nothing_is_taken(called: Called) -> None:
    url = f"{called.options.webhook}{PATH}"
    assert called.telegram.world.wait_until(lambda: called.server.started, 5)
    for headers in ({}, {SECRET_HEADER: "guess"}):
        assert httpx.post(url, content=json.dumps({"update_id": 1}), headers=headers).status_code == 403
    assert called.latest() == 0


def test_a_body_of_unknown_length_is_measured_as_it_is_read(called: Called) -> None:
    url = f"{called.options.webhook}{PATH}"
    assert called.telegram.world.wait_until(lambda: called.server.started, 5)

    def endless() -> Iterator[bytes]:
        for _ in range(LONGEST_BODY // 65_536 + 2):
            yield b" " * 65_536

    answer = httpx.post(url, content=endless(), headers={SECRET_HEADER: SECRET})
    assert "content-length" not in answer.request.headers
    assert answer.status_code == 413
    assert called.latest() == 0


def test_an_update_that_reaches_two_processes_counts_once(
    called: Called, office: Office, telegram: BotApiServer
) -> None:
    claire = telegram.user("Claire")
    called.knows(claire, "Claire")
    said = claire.says(LABEL)
    claire.private.wait_for("si tous ses critères")
    telegram.wait_acknowledged()
    port = free_port()
    other = Called(office, telegram, webhook=f"http://127.0.0.1:{port}", webhook_secret=SECRET)
    other.start()
    try:
        other.serve(port)
        assert telegram.world.wait_until(lambda: other.server.started and other.channel is not None, 5)
        assert telegram.world.wait_until(lambda: len(telegram.called("setWebhook")) == 2, 5)
        for service in (called, other):
            url = f"{service.options.webhook}{PATH}"
            for update in (7_000_001, 7_000_002):
                body = {"update_id": update, "message": said.to_json()}
                assert httpx.post(url, json=body, headers={SECRET_HEADER: SECRET}).status_code == 200
        called.settled()
    finally:
        other.stop()
    assert called.latest() == 1
    assert len(claire.private.from_bot()) == 1


@dataclass
class Keeping:
    """The keeping of what is said: away, or slow, until it is ``well``; ``tries`` counts how often it was begun."""

    slow: bool = False
    tries: int = 0
    well: Event = field(default_factory=Event)

    async def wait(self) -> None:
        self.tries += 1
        if self.slow:
            await anyio.to_thread.run_sync(self.well.wait)
        elif not self.well.is_set():
            raise OperationalError("INSERT", {}, Exception("database is away"))


@pytest.fixture
def keeping(called: Called, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keeping]:
    keeping, handle = Keeping(), type(called.parts.handlers).handle

    async def wait_and_handle(self: object, inbound: Inbound) -> int | None:
        await keeping.wait()
        return await handle(self, inbound)  # type: ignore[arg-type]

    monkeypatch.setattr(type(called.parts.handlers), "handle", wait_and_handle)
    yield keeping
    keeping.well.set()


def _refused(telegram: BotApiServer, times: int) -> None:
    """Wait until Telegram was told that often that an update is not kept."""
    assert telegram.world.wait_until(lambda: telegram.webhook_answers.count(503) >= times, 5)


def test_what_is_not_kept_is_refused_at_once_and_kept_once_when_the_database_is_back(
    called: Called, telegram: BotApiServer, keeping: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller, "FIRST_WAIT", 0.01)
    claire = telegram.user("Claire")
    called.knows(claire, "Claire")
    claire.says(LABEL)
    _refused(telegram, times=3)
    assert len(telegram.pending) == 1
    keeping.well.set()
    claire.private.wait_for("si tous ses critères")
    telegram.wait_acknowledged()
    called.settled()
    assert called.latest() == 1
    assert len(claire.private.from_bot()) == 1


def test_a_slow_keeping_is_refused_in_time_and_each_new_try_waits_for_the_same_one(
    called: Called, telegram: BotApiServer, keeping: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller, "LONGEST_CALL", 0.05)
    keeping.slow = True
    claire = telegram.user("Claire")
    called.knows(claire, "Claire")
    claire.says(LABEL)
    _refused(telegram, times=3)
    assert telegram.webhook_answers.count(200) == 0
    keeping.well.set()
    claire.private.wait_for("si tous ses critères")
    telegram.wait_acknowledged()
    called.settled()
    assert keeping.tries == 1
    assert len(claire.private.from_bot()) == 1


@pytest.mark.usefixtures("keeping")
def test_calls_in_hand_end_when_the_channel_stops(
    called: Called, telegram: BotApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller, "FIRST_WAIT", 300.0)
    monkeypatch.setattr(poller, "LONGEST_CALL", 300.0)
    claire = telegram.user("Claire")
    called.knows(claire, "Claire")
    claire.says(LABEL)
    _refused(telegram, times=1)
    assert telegram.world.wait_until(lambda: bool(called.server.server_state.tasks), 5), "the next try waits"
    called.stop_channel()
    _refused(telegram, times=2)
    assert len(telegram.pending) == 1
