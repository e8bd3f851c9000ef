"""The sender: claims what is due, words it in its reader's language, hands it to its channel, settles it.

One task per channel, so that a slow platform holds back no other. Deliveries are claimed a few at a time; those of one
conversation go one after the other, conversations side by side: a slow one, such as a group that may say little in a
minute, holds no other back, and nothing more of it is claimed until it is done. When one fails, the rest of its
conversation is given back and claimed again in order: a failed delivery holds the later ones back only until its own
retry is scheduled, because a message read out of order (each names its question) is better than one that never comes;
where the platform named the delay, the whole conversation waits for it and goes on in order. A sender that dies loses
nothing: its leases end by themselves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import anyio.to_thread
import structlog

from bot.channel import ChannelError, Failure
from helpdesk.database import retried

if TYPE_CHECKING:
    from bot.channel import Channel
    from bot.render.renderer import Renderer
    from bot.words import Words
    from helpdesk.outbox import Claimed, Outbox

SEND_SECONDS = 20.0  # a send that takes longer may have arrived or not
HOLD_SECONDS = 80.0  # after that the rest of a claim is given back: its lease of 120 s must not end in our hands
POLL_SECONDS = 1.0
GATHER_SECONDS = 0.02  # after a first sign of work: more of it comes at once, and one look serves all
TROUBLE_SECONDS = 5.0
_CLAIM = 20  # deliveries claimed together
MOST_CONVERSATIONS = 40  # of one channel, in hand at once

log = structlog.get_logger(__name__)


class Sender:
    """Serves ``channels`` (by name) from the outbox until cancelled."""

    def __init__(
        self,
        outbox: Outbox,
        channels: Mapping[str, Channel],
        renderer: Renderer,
        words_for: Callable[[str], Words],
    ) -> None:
        self._outbox = outbox
        self._channels = dict(channels)
        self._renderer = renderer
        self._words_for = words_for
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wakers: list[asyncio.Event] = []

    def wake(self) -> None:
        """Look at the outbox now: something was queued. May be called from any thread; harmless when not running."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._ring)

    async def run(self) -> None:
        """Serve until cancelled: the deliveries being sent are finished and settled, the others are given back."""
        self._loop = asyncio.get_running_loop()
        try:
            async with anyio.create_task_group() as tasks:
                for name in self._channels:
                    waker = asyncio.Event()
                    self._wakers.append(waker)
                    tasks.start_soon(self._serve, name, waker)
        finally:
            self._loop = None
            self._wakers.clear()

    async def drain(self) -> int:
        """Send everything that can be claimed now, and return how many deliveries were tried."""
        tried = 0
        for name in self._channels:
            while claimed := await self._claim(name):
                async with anyio.create_task_group() as tasks:
                    for deliveries in _by_conversation(claimed).values():
                        tasks.start_soon(self._send_in_order, deliveries)
                tried += len(claimed)
        return tried

    def _ring(self) -> None:
        for waker in self._wakers:
            waker.set()

    async def _serve(self, name: str, waker: asyncio.Event) -> None:
        in_hand: set[str] = set()
        async with anyio.create_task_group() as tasks:

            async def send(conversation: str, deliveries: list[Claimed]) -> None:
                try:
                    await self._send_in_order(deliveries)
                finally:
                    in_hand.discard(conversation)
                    waker.set()

            while True:
                waker.clear()
                try:
                    claimed, pause = await self._look(name, frozenset(in_hand))
                except Exception:
                    # The database is away, most likely; nothing is lost and the sender must outlive it.
                    log.exception("sender_trouble", channel=name)
                    claimed, pause = (), TROUBLE_SECONDS
                for conversation, deliveries in _by_conversation(claimed).items():
                    in_hand.add(conversation)
                    tasks.start_soon(send, conversation, deliveries)
                with anyio.move_on_after(pause):
                    await waker.wait()
                    await anyio.sleep(GATHER_SECONDS)

    async def _look(self, name: str, in_hand: frozenset[str]) -> tuple[tuple[Claimed, ...], float]:
        """Claim what can be sent now beside the conversations in hand; also return the seconds until the next look."""
        if len(in_hand) >= MOST_CONVERSATIONS:
            return (), POLL_SECONDS
        # Other processes queue deliveries without waking this one, and the lease of a dead sender ends without a word:
        # so it looks again every POLL_SECONDS.
        wait = await anyio.to_thread.run_sync(self._outbox.next_due, frozenset({name}), in_hand)
        if wait is None or wait > 0:
            return (), min(wait or POLL_SECONDS, POLL_SECONDS)
        claimed = await self._claim(name, in_hand)
        # What is due and cannot be claimed is in another process's hands: it must not spin this one.
        return claimed, 0.0 if claimed else POLL_SECONDS

    async def _claim(self, name: str, in_hand: frozenset[str] = frozenset()) -> tuple[Claimed, ...]:
        # A call in a thread is finished even when we are cancelled meanwhile: what was claimed is known and given back.
        return await anyio.to_thread.run_sync(self._outbox.claim, frozenset({name}), _CLAIM, in_hand)

    async def _send_in_order(self, deliveries: list[Claimed]) -> None:
        waiting = list(deliveries)
        until = anyio.current_time() + HOLD_SECONDS
        try:
            while waiting and anyio.current_time() < until:
                await anyio.lowlevel.checkpoint_if_cancelled()
                delivery = waiting.pop(0)
                with anyio.CancelScope(shield=True):
                    accepted = await self._deliver(delivery)
                if not accepted:
                    break
        finally:
            with anyio.CancelScope(shield=True):
                for delivery in waiting:
                    await self._settle(delivery, self._outbox.release, delivery.delivery_id)

    async def _deliver(self, delivery: Claimed) -> bool:
        """Send one delivery and settle it, whatever happens; tell whether the channel accepted it."""
        try:
            receipt = await self._send(delivery)
        except ChannelError as error:
            await self._failed(delivery, error.failure, error.reason, error.retry_after)
        except TimeoutError:
            await self._failed(delivery, Failure.UNKNOWN, f"no reply in {SEND_SECONDS:.0f} s")
        except Exception as error:
            # A fault of ours or of the channel's: who can tell whether it left? The trace says where to look.
            log.exception("delivery_fault", **_about(delivery))
            await self._failed(delivery, Failure.UNKNOWN, type(error).__name__)
        else:
            log.info("delivery_sent", **_about(delivery))
            await self._settle(delivery, self._outbox.sent, delivery.delivery_id, receipt)
            return True
        return False

    async def _send(self, delivery: Claimed) -> str | None:
        channel = self._channels[delivery.address.channel]
        data = {**delivery.data, "maybe_repeat": delivery.ambiguous}
        try:
            message = self._renderer.render(
                delivery.kind,
                data,
                delivery.ticket_id,
                self._words_for(delivery.locale),
                channel.capabilities,
                delivery.told_at,
            )
        except Exception as error:
            log.exception("wording_fault", **_about(delivery))
            raise ChannelError(Failure.RETRY, f"wording: {type(error).__name__}") from error
        with anyio.fail_after(SEND_SECONDS):
            receipt = await channel.send(delivery.address, message, delivery.key)
        return receipt.external_id

    async def _failed(self, delivery: Claimed, failure: Failure, reason: str, retry_after: float | None = None) -> None:
        log.warning("delivery_failed", failure=failure.name.lower(), **_about(delivery))
        await self._settle(
            delivery, self._outbox.failed, delivery.delivery_id, failure.name.lower(), reason, retry_after
        )

    async def _settle(self, delivery: Claimed, settle: Callable[..., None], *arguments: object) -> None:
        try:
            await anyio.to_thread.run_sync(retried, settle, *arguments)
        except Exception:
            # Its lease ends by itself and it is taken up again, as one that may have arrived.
            log.exception("settling_fault", **_about(delivery))


def _by_conversation(claimed: Iterable[Claimed]) -> dict[str, list[Claimed]]:
    found: dict[str, list[Claimed]] = {}
    for delivery in claimed:
        found.setdefault(delivery.address.conversation, []).append(delivery)
    return found


def _about(delivery: Claimed) -> dict[str, object]:
    """Return what a log line says of a delivery: never its text."""
    return {
        "delivery": delivery.delivery_id,
        "kind": delivery.kind.value,
        "ticket": delivery.ticket_id,
        "channel": delivery.address.channel,
        "attempt": delivery.attempts,
    }
