"""A channel in memory, with failures by script: what the sender's tests talk to. It passes the channels' contract."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio

from bot.channel import Capability, ChannelError, Failure, Receipt

if TYPE_CHECKING:
    from bot.channel import Rendered
    from helpdesk.model import Address

NAME = "fake"


@dataclass(frozen=True)
class Arrived:
    """A message as its reader sees it."""

    address: Address
    message: Rendered
    key: str


class LostAcknowledgementError(ChannelError):
    """The message arrived and the platform's word for it did not."""

    def __init__(self) -> None:
        super().__init__(Failure.UNKNOWN, "connection cut")


class FakeChannel:
    """Takes messages in order; each send uses up one item of ``script``: None succeeds, an exception is raised.

    ``gate``: a send to that conversation waits until it opens.
    """

    name = NAME

    def __init__(self, capabilities: Capability = Capability.BUTTONS | Capability.MARKUP) -> None:
        self.capabilities = capabilities
        self.arrived: list[Arrived] = []
        self.script: deque[Exception | None] = deque()
        self.gate: tuple[str, anyio.Event] | None = None
        self.waiting = anyio.Event()

    async def run(self) -> None:
        await anyio.sleep_forever()

    async def send(self, address: Address, message: Rendered, key: str) -> Receipt:
        if address.channel != NAME:
            raise ChannelError(Failure.PERMANENT, "not one of our addresses")
        if self.gate is not None and self.gate[0] == address.conversation:
            self.waiting.set()
            await self.gate[1].wait()
        failure = self.script.popleft() if self.script else None
        if failure is None or isinstance(failure, LostAcknowledgementError):
            self.arrived.append(Arrived(address, message, key))
        if failure is not None:
            raise failure
        return Receipt(f"fake-{len(self.arrived)}")

    @property
    def texts(self) -> list[str]:
        return [item.message.text for item in self.arrived]
