"""The local Bot API server: how updates are polled, acknowledged, and posted to a webhook."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tests.telegram.botapi.server import BotApiServer
from tests.telegram.botapi.user import User
from tests.telegram.driving import call, refusal, violation


@pytest.fixture
def marie(telegram: BotApiServer) -> User:
    """A member."""
    return telegram.user("Marie")


def poll(telegram: BotApiServer, **parameters: object) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = call(telegram, "getUpdates", **parameters).json()["result"]
    return result


def test_an_update_comes_again_until_the_offset_passes_it(telegram: BotApiServer, marie: User) -> None:
    for text in ("un", "deux", "trois"):
        marie.says(text)
    first = poll(telegram, limit=2)
    assert [update["message"]["text"] for update in first] == ["un", "deux"]
    assert poll(telegram, limit=2) == first
    assert telegram.acknowledged == 0
    (left,) = poll(telegram, offset=first[-1]["update_id"] + 1)
    assert left["message"]["text"] == "trois"
    assert telegram.acknowledged == first[-1]["update_id"]
    assert telegram.pending == [left]
    assert poll(telegram, offset=left["update_id"] + 1) == []


def test_a_cut_poll_acknowledges_but_delivers_again(telegram: BotApiServer, marie: User) -> None:
    marie.says("un")
    (update,) = poll(telegram)
    marie.says("deux")
    telegram.cut_after_effect("getUpdates")
    with pytest.raises(Exception, match="disconnected"):
        poll(telegram, offset=update["update_id"] + 1)
    assert telegram.acknowledged == update["update_id"]
    (again,) = poll(telegram, offset=update["update_id"] + 1)
    assert again["message"]["text"] == "deux"


def test_a_long_poll_returns_as_soon_as_something_comes(telegram: BotApiServer, marie: User) -> None:
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(poll, telegram, timeout=30)
        telegram.wait_until(lambda: telegram.polls == 1)
        marie.says("Bonjour")
        (update,) = waiting.result(timeout=5)
    assert update["message"]["text"] == "Bonjour"


def test_the_second_poller_ends_the_first(telegram: BotApiServer, marie: User) -> None:
    with ThreadPoolExecutor() as pool:
        first = pool.submit(call, telegram, "getUpdates", timeout=30)
        telegram.wait_until(lambda: telegram.polls == 1)
        second = pool.submit(call, telegram, "getUpdates", timeout=30)
        assert "Conflict: terminated by other getUpdates" in first.result(timeout=5).json()["description"]
        marie.says("Bonjour")
        assert len(second.result(timeout=5).json()["result"]) == 1


def test_only_the_wanted_kinds_come(telegram: BotApiServer, marie: User) -> None:
    poll(telegram, allowed_updates=["edited_message"])
    message = marie.says("un")
    marie.edits(message, "deux")
    (update,) = poll(telegram)
    assert update["edited_message"]["text"] == "deux"
    assert update["edited_message"]["edit_date"] == message.date


@pytest.mark.parametrize("parameters", [{"limit": 101}, {"timeout": -1}, {"allowed_updates": ["messages"]}])
def test_polls_are_checked(telegram: BotApiServer, parameters: dict[str, object]) -> None:
    assert violation(telegram, "getUpdates", **parameters)


class Receiver:
    """A bot's webhook that refuses the first posts."""

    def __init__(self, refused: int) -> None:
        self.posts: list[tuple[str, bytes]] = []
        self.arrived = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.posts.append((self.headers["X-Telegram-Bot-Api-Secret-Token"], body))
                self.send_response(500 if len(receiver.posts) <= refused else 200)
                self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        self.http = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/hook"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver(refused=2)
    thread = threading.Thread(target=receiver.http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield receiver
    receiver.http.shutdown()
    thread.join()
    receiver.http.server_close()


def test_a_webhook_is_posted_until_it_answers_200(telegram: BotApiServer, marie: User, receiver: Receiver) -> None:
    marie.says("Bonjour")
    assert call(telegram, "setWebhook", url=receiver.url, secret_token="s3cret_-").is_success
    telegram.wait_acknowledged()
    assert [secret for secret, _ in receiver.posts] == ["s3cret_-"] * 3
    assert len({body for _, body in receiver.posts}) == 1
    info = call(telegram, "getWebhookInfo").json()["result"]
    assert info["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"
    assert info["pending_update_count"] == 0
    assert "Conflict: can't use getUpdates" in refusal(telegram, "getUpdates")
    assert call(telegram, "deleteWebhook").is_success
    marie.says("Encore")
    assert len(poll(telegram)) == 1


def test_setting_a_webhook_ends_the_poll(telegram: BotApiServer, receiver: Receiver) -> None:
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(call, telegram, "getUpdates", timeout=30)
        telegram.wait_until(lambda: telegram.polls == 1)
        call(telegram, "setWebhook", url=receiver.url)
        assert "terminated by setWebhook" in waiting.result(timeout=5).json()["description"]


def test_webhooks_are_checked(telegram: BotApiServer) -> None:
    assert "HTTPS" in violation(telegram, "setWebhook", url="http://example.org/hook")
    assert "unallowed" in violation(telegram, "setWebhook", url="https://example.org", secret_token="é")
