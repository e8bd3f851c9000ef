"""Live pages over a real server: told at once of what this process did, soon of what another did, ended at shutdown."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import httpx
import pytest

from bot.channel import Channel, Rendered
from bot.channels.web import WebChannel, WebLimits
from bot.channels.web.live import Live
from helpdesk.model import Address
from tests.bot.channel_contract import ChannelContract
from tests.bot.web.browser import BASE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.bot.web.network import Network

pytestmark = pytest.mark.anyio

QUESTION = "Combien coûte une analyse du cycle de vie pour notre mairie ?"
PATIENCE = 20.0  # seconds: only a fault reaches it


class TestWeb(ChannelContract):
    """The web obeys what every channel must."""

    @pytest.fixture
    def channel(self, network: Network) -> Channel:
        return WebChannel(network.web(), port=0)

    @pytest.fixture
    def address(self, network: Network) -> Address:
        return Address("web", str(network.ids.claire))


class Served:
    """A running web channel and clients of it."""

    def __init__(self, network: Network, channel: WebChannel, url: str) -> None:
        self.network = network
        self.channel = channel
        self.url = url

    @asynccontextmanager
    async def client(self, person: int) -> AsyncIterator[httpx.AsyncClient]:
        cookie = (await self.network.signed_in(person)).client.cookies["guichet"]
        async with httpx.AsyncClient(base_url=self.url, cookies={"guichet": cookie}, timeout=PATIENCE) as client:
            yield client


@pytest.fixture
async def server(network: Network) -> AsyncIterator[Served]:
    channel = WebChannel(network.web(), port=0)
    url = f"http://127.0.0.1:{channel.bind()}"
    with anyio.fail_after(3 * PATIENCE):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(channel.run)
            yield Served(network, channel, url)
            tasks.cancel_scope.cancel()


def ask(network: Network) -> None:
    claire = network.ids.claire
    network.desk.ask("key:1", network.account(claire), network.address(claire), QUESTION)


async def next_event(lines: AsyncIterator[str]) -> dict[str, str]:
    event: dict[str, str] = {}
    async for line in lines:
        if not line and "event" in event:
            return event
        name, _, value = line.partition(": ")
        event[name] = value
    return {"event": "end"}


async def test_a_page_that_is_up_to_date_waits_and_is_told_of_the_next_change(server: Served) -> None:
    network = server.network
    async with server.client(network.ids.claire) as claire, claire.stream("GET", "/events?view=chat&seen=") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.aiter_lines()
        first = await next_event(lines)
        assert first["event"] == "changed"
        ask(network)
        await server.channel.send(network.address(network.ids.claire), Rendered("…"), "key:n1")
        second = await next_event(lines)
        assert second["event"] == "changed"
        assert second["id"] != first["id"]


async def test_what_another_process_wrote_is_noticed(server: Served) -> None:
    network = server.network
    async with server.client(network.ids.marc) as marc, marc.stream("GET", "/events?view=queue") as stream:
        lines = stream.aiter_lines()
        await next_event(lines)
        ask(network)
        assert (await next_event(lines))["data"] == "queue"


async def test_a_reconnection_tells_what_was_missed_meanwhile(server: Served) -> None:
    network = server.network
    async with server.client(network.ids.claire) as claire:
        async with claire.stream("GET", "/events?view=chat") as stream:
            seen = (await next_event(stream.aiter_lines()))["id"]
        ask(network)
        async with claire.stream("GET", "/events?view=chat&seen=old", headers={"Last-Event-ID": seen}) as stream:
            assert (await next_event(stream.aiter_lines()))["event"] == "changed"


async def test_a_view_that_is_not_the_visitor_s_is_refused(server: Served) -> None:
    async with server.client(server.network.ids.claire) as claire:
        for view, status in (("queue", 403), ("board", 403), ("ticket:99", 404), ("nothing", 422)):
            assert (await claire.get("/events", params={"view": view})).status_code == status
    async with httpx.AsyncClient(base_url=server.url) as nobody:
        assert (await nobody.get("/events?view=chat")).status_code == 401


async def test_live_pages_end_at_once_when_the_service_stops(network: Network) -> None:
    channel = WebChannel(network.web(), port=0)
    served = Served(network, channel, f"http://127.0.0.1:{channel.bind()}")
    ended = anyio.Event()
    with anyio.fail_after(PATIENCE):
        async with anyio.create_task_group() as service, anyio.create_task_group() as page:
            service.start_soon(channel.run)

            async def watch() -> None:
                async with served.client(network.ids.claire) as claire:
                    async with claire.stream("GET", "/events?view=chat") as stream:
                        lines = stream.aiter_lines()
                        await next_event(lines)
                        service.cancel_scope.cancel()
                        with anyio.CancelScope(shield=True):
                            assert (await next_event(lines))["event"] == "end"
                    ended.set()

            page.start_soon(watch)
    assert ended.is_set()


async def test_a_person_keeps_a_bounded_number_of_live_pages() -> None:
    live = Live(pulse=lambda: 0, per_person=WebLimits().streams_per_person)
    held = [live.listening("1") for _ in range(WebLimits().streams_per_person)]
    assert all(page.__enter__() for page in held)
    with live.listening("1") as admitted:
        assert not admitted
    with live.listening("2") as admitted:
        assert admitted
    for page in held:
        page.__exit__(None, None, None)


async def test_what_happens_while_a_page_looks_is_not_missed() -> None:
    live = Live(pulse=lambda: 0, per_person=1)
    with live.listening("1"):
        number = live.number("1")
        live.wake("1")
        with anyio.fail_after(PATIENCE):
            assert await live.wait("1", number, PATIENCE)
        assert not await live.wait("1", live.number("1"), 0.01)


async def test_a_database_that_is_away_does_not_end_the_watch() -> None:
    beats = 0

    def pulse() -> int:
        nonlocal beats
        beats += 1
        if beats == 1:
            raise ConnectionError
        return beats

    live = Live(pulse, per_person=1, poll_seconds=0.001)
    with anyio.fail_after(PATIENCE), live.listening("1"):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(live.watch)
            assert await live.wait("1", live.number("1"), PATIENCE)
            tasks.cancel_scope.cancel()


async def test_a_large_body_is_answered_in_words_by_the_real_server(server: Served) -> None:
    async with server.client(server.network.ids.claire) as claire:
        response = await claire.post("/chat", data={"text": "x" * 3_000_000}, headers={"Origin": BASE})
    assert response.status_code == 413
    assert "dépasse" in response.text
