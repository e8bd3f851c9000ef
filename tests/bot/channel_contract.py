"""What every channel must pass. A channel's tests subclass ``ChannelContract`` and give ``channel`` and ``address``.

::

    class TestPigeon(ChannelContract):
        @pytest.fixture
        def channel(self) -> Channel:
            return PigeonChannel(...)

        @pytest.fixture
        def address(self) -> Address:
            return Address("pigeon", "42")
"""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

import anyio
import pytest

from bot.channel import Capability, Channel, ChannelError, Receipt, Rendered
from bot.render.renderer import Renderer
from bot.words import LOCALES, Words
from helpdesk.model import Address
from tests.bot.samples import TOLD, samples

Result = TypeVar("Result")

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

PATIENCE = 20.0  # seconds: only a channel that hangs reaches it
HOSTILE = "\u202e<script>alert(1)</script> \x00\x1b[2J *gras* [lien](javascript:x) @everyone 👩🏽‍🚒 " + "ñ" * 50


class ChannelContract:
    """The behaviour that the sender and the composition root rely on."""

    @pytest.fixture
    def channel(self) -> Channel:
        raise NotImplementedError

    @pytest.fixture
    def address(self) -> Address:
        raise NotImplementedError

    def test_its_name_is_short_and_plain(self, channel: Channel) -> None:
        assert re.fullmatch(r"[a-z][a-z0-9_]{0,19}", channel.name)

    def test_it_says_what_it_can_do(self, channel: Channel) -> None:
        assert isinstance(channel.capabilities, Capability)

    def test_it_gives_a_receipt(self, channel: Channel, address: Address) -> None:
        receipt = _served(channel, lambda: channel.send(address, Rendered("Bonjour **Claire**"), "key:1"))
        assert isinstance(receipt, Receipt)
        assert receipt.external_id is None or receipt.external_id

    def test_a_repeat_with_the_same_key_is_accepted(self, channel: Channel, address: Address) -> None:
        async def twice() -> list[Receipt]:
            return [await channel.send(address, Rendered("Bonjour"), "key:2") for _ in range(2)]

        assert len(_served(channel, twice)) == 2

    def test_it_takes_every_kind_of_notice_in_every_language(self, channel: Channel, address: Address) -> None:
        renderer = Renderer("https://guichet.example")

        async def all_kinds() -> int:
            sent = 0
            for locale in LOCALES:
                for kind, _, data, ticket_id in samples():
                    message = renderer.render(kind, data, ticket_id, Words(locale), channel.capabilities, TOLD)
                    await channel.send(address, message, f"{locale}:{sent}")
                    sent += 1
            return sent

        assert _served(channel, all_kinds) == len(LOCALES) * len(list(samples()))

    def test_it_takes_a_long_text(self, channel: Channel, address: Address) -> None:
        text = "\n\n".join(
            f"Paragraphe {number}, **en gras** et [un lien](https://example.org)." for number in range(500)
        )
        receipt = _served(channel, lambda: channel.send(address, Rendered(text), "key:long"))
        assert isinstance(receipt, Receipt)

    def test_it_takes_hostile_text(self, channel: Channel, address: Address) -> None:
        receipt = _served(channel, lambda: channel.send(address, Rendered(HOSTILE), "key:hostile"))
        assert isinstance(receipt, Receipt)

    def test_a_send_that_fails_raises_nothing_but_a_channel_error(self, channel: Channel) -> None:
        async def elsewhere() -> str:
            try:
                await channel.send(Address("nowhere", "nobody"), Rendered("Bonjour"), "key:nowhere")
            except ChannelError as error:
                return f"{error.failure.name}: {error.reason}"
            return "accepted"

        assert re.fullmatch("accepted|PERMANENT: .+", _served(channel, elsewhere))

    def test_running_ends_cleanly_when_cancelled(self, channel: Channel) -> None:
        async def run_and_cancel() -> bool:
            with anyio.fail_after(PATIENCE):
                async with _running(channel):
                    await anyio.wait_all_tasks_blocked()
            return True

        assert anyio.run(run_and_cancel)


def _served(channel: Channel, act: Callable[[], Awaitable[Result]]) -> Result:
    async def main() -> Result:
        with anyio.fail_after(PATIENCE):
            async with _running(channel):
                return await act()

    return anyio.run(main)


@asynccontextmanager
async def _running(channel: Channel) -> AsyncIterator[None]:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(channel.run)
        yield
        tasks.cancel_scope.cancel()
