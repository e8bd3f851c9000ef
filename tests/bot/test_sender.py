"""The sender on the real outbox: in order, in the reader's language, settled whatever happens, stopped cleanly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import anyio
import anyio.to_thread
import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot import sender as sender_module
from bot.channel import ChannelError, Failure
from bot.render.renderer import Renderer
from bot.sender import Sender
from bot.words import Words
from helpdesk.model import AccountRef, Address, DeliveryState, Role
from helpdesk.notices import NoticeKind as K
from helpdesk.outbox import Claimed, Outbox
from helpdesk.people import create_person
from helpdesk.tables import DeliveryRow, PersonRow
from helpdesk.telling import tell
from tests.bot.fake_channel import NAME, FakeChannel, LostAcknowledgementError
from tests.bot.samples import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from helpdesk.office import Office
    from tests.clock import ManualClock

Result = TypeVar("Result")

PATIENCE = 20.0
THANKS: dict[str, Any] = {}


class Post:
    """An office with two members on the fake channel, and a sender that serves it."""

    def __init__(self, office: Office, outbox: Outbox | None = None) -> None:
        self.office = office
        self.channel = FakeChannel()
        self.sender = Sender(outbox or Outbox(office), {NAME: self.channel}, Renderer(None), Words)
        self._told = 0
        with office.unit() as unit:
            for name in ("claire", "paul"):
                create_person(unit, name, frozenset({Role.member}), accounts=(AccountRef(NAME, name),))

    def tell(self, name: str, kind: K = K.thanks, data: dict[str, Any] | None = None) -> None:
        self._told += 1
        with self.office.unit() as unit:
            person = unit.session.scalars(select(PersonRow).where(PersonRow.name == name)).unique().one()
            tell(unit, person, kind, data or THANKS, key=f"told:{self._told}", address=Address(NAME, name))

    def number(self, name: str, *stars: int) -> None:
        """Tell things that can be told apart."""
        for star in stars:
            self.tell(name, K.rated, {"stars": star})

    def stars(self, name: str | None = None) -> list[int]:
        arrived = [item for item in self.channel.arrived if name in {None, item.address.conversation}]
        return [int(item.message.text.split(" sur 5")[0][-1]) for item in arrived]

    def states(self) -> list[DeliveryState]:
        return [row.state for row in self.deliveries()]

    def deliveries(self) -> list[DeliveryRow]:
        with self.office.reading() as unit:
            rows = list(unit.session.scalars(select(DeliveryRow).order_by(DeliveryRow.id)))
            unit.session.expunge_all()
            return rows

    def drain(self) -> int:
        return _run(self.sender.drain)


@pytest.fixture
def post(office: Office) -> Post:
    return Post(office)


def _run(act: Callable[[], Awaitable[Result]]) -> Result:
    async def bounded() -> Result:
        with anyio.fail_after(PATIENCE):
            return await act()

    return anyio.run(bounded)


async def _until(holds: Callable[[], bool]) -> None:
    while not await anyio.to_thread.run_sync(holds):  # noqa: ASYNC110 - what it waits for is a row, which rings no bell
        await anyio.sleep(0.01)


def test_what_is_due_is_sent_once_and_settled(post: Post) -> None:
    post.number("claire", 1, 2)
    post.number("paul", 3)
    assert post.drain() == 3
    assert post.stars("claire") == [1, 2]
    assert post.stars("paul") == [3]
    assert post.states() == [DeliveryState.sent] * 3
    assert [row.external_id is not None for row in post.deliveries()] == [True] * 3
    assert post.drain() == 0


def test_the_language_is_the_readers_at_the_moment_of_sending(post: Post) -> None:
    post.tell("claire")
    with post.office.unit() as unit:
        unit.session.scalars(select(PersonRow).where(PersonRow.name == "claire")).unique().one().locale = "en"
    post.drain()
    assert post.channel.texts == [Words("en")("notice.thanks.text")]


def test_a_failure_is_tried_again_later_and_what_follows_goes_on(post: Post, clock: ManualClock) -> None:
    post.channel.script.append(ChannelError(Failure.RETRY, "502"))
    post.number("claire", 1, 2, 3)
    post.drain()
    assert post.stars() == [2, 3]
    clock.advance(seconds=10)
    post.drain()
    assert post.stars() == [2, 3, 1]
    assert post.deliveries()[0].attempts == 2


def test_the_platforms_own_delay_is_obeyed(post: Post, clock: ManualClock) -> None:
    post.channel.script.append(ChannelError(Failure.RETRY, "429", retry_after=300))
    post.number("claire", 1)
    post.drain()
    clock.advance(seconds=299)
    assert post.drain() == 0
    clock.advance(seconds=1)
    assert post.drain() == 1


def test_a_conversation_told_to_wait_goes_on_in_order(post: Post, clock: ManualClock) -> None:
    post.channel.script.append(ChannelError(Failure.RETRY, "429", retry_after=3))
    post.number("claire", 1, 2, 3)
    post.number("paul", 4)
    post.drain()
    assert post.stars() == [4]
    clock.advance(seconds=3)
    post.drain()
    assert post.stars("claire") == [1, 2, 3]
    assert [row.attempts for row in post.deliveries()] == [1, 1, 1, 1]


def test_after_a_lost_acknowledgement_an_alert_is_repeated_and_says_so(post: Post, clock: ManualClock) -> None:
    post.channel.script.append(LostAcknowledgementError())
    post.tell("claire", K.breach, SAMPLES[K.breach]["lead"])
    post.drain()
    clock.advance(seconds=10)
    post.drain()
    first, second = post.channel.texts
    assert "peut-être déjà reçu" not in first
    assert "peut-être déjà reçu" in second
    assert post.states() == [DeliveryState.sent]


def test_after_a_lost_acknowledgement_a_summary_is_not_repeated(post: Post, clock: ManualClock) -> None:
    post.channel.script.append(LostAcknowledgementError())
    post.tell("claire", K.summary, SAMPLES[K.summary]["quiet"])
    post.drain()
    clock.advance(hours=1)
    assert post.drain() == 0
    assert len(post.channel.texts) == 1


def test_an_address_that_refuses_for_good_is_left_and_holds_nobody_back(post: Post) -> None:
    post.channel.script.append(ChannelError(Failure.PERMANENT, "403: blocked"))
    post.number("claire", 1)
    post.number("paul", 2)
    post.drain()
    assert post.states() == [DeliveryState.dead, DeliveryState.sent]
    assert post.deliveries()[0].error == "403: blocked"


def test_a_fault_in_the_channel_is_owned_and_the_others_are_sent(post: Post, clock: ManualClock) -> None:
    post.channel.script.append(RuntimeError("a defect, with the member's words in its text"))
    post.number("claire", 1)
    post.number("paul", 2)
    with capture_logs() as logs:
        post.drain()
    assert post.stars() == [2]
    assert post.deliveries()[0].error == "RuntimeError"
    assert post.deliveries()[0].ambiguous
    assert {"delivery_fault", "delivery_failed", "delivery_sent"} == {line["event"] for line in logs}
    clock.advance(seconds=10)
    post.drain()
    assert post.stars() == [2, 1]


def test_a_fault_in_the_wording_is_owned_and_the_others_are_sent(post: Post) -> None:
    post.tell("claire", K.answered, {"text": "the data of another version"})
    post.number("claire", 2)
    post.drain()
    assert post.stars() == [2]
    broken = post.deliveries()[0]
    assert (broken.state, broken.error, broken.ambiguous) == (DeliveryState.queued, "wording: KeyError", False)


def test_a_send_without_reply_may_have_arrived(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender_module, "SEND_SECONDS", 0.05)

    async def main() -> None:
        post.channel.gate = ("claire", anyio.Event())
        await post.sender.drain()

    post.number("claire", 1)
    _run(main)
    silent = post.deliveries()[0]
    assert (silent.state, silent.ambiguous) == (DeliveryState.queued, True)


def test_the_journal_holds_ids_and_no_text(post: Post) -> None:
    post.channel.script.append(ChannelError(Failure.RETRY, "502"))
    post.tell("claire", K.withdrawn, {"question": "une question très privée"})
    post.tell("paul", K.withdrawn, {"question": "une question très privée"})
    with capture_logs() as logs:
        post.drain()
    assert "privée" not in repr(logs)
    assert {line["delivery"] for line in logs} == {1, 2}
    assert {line["kind"] for line in logs} == {"withdrawn"}


def test_a_slow_conversation_holds_no_other_back(post: Post) -> None:
    async def main() -> None:
        gate = anyio.Event()
        post.channel.gate = ("claire", gate)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(post.sender.run)
            await _until(lambda: post.stars() == [2])
            gate.set()
            await _until(lambda: sorted(post.stars()) == [1, 2])
            tasks.cancel_scope.cancel()

    post.number("claire", 1)
    post.number("paul", 2)
    _run(main)


def test_what_comes_while_a_conversation_is_slow_is_sent_meanwhile_and_its_own_stays_in_order(post: Post) -> None:
    async def main() -> None:
        gate = anyio.Event()
        post.channel.gate = ("claire", gate)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(post.sender.run)
            await post.channel.waiting.wait()
            await anyio.to_thread.run_sync(post.number, "claire", 3)
            await anyio.to_thread.run_sync(post.number, "paul", 4)
            post.sender.wake()
            await _until(lambda: post.stars() == [4])
            assert post.states()[2] is DeliveryState.queued, "nothing more is claimed of a conversation in hand"
            gate.set()
            await _until(lambda: post.states() == [DeliveryState.sent] * 4)
            tasks.cancel_scope.cancel()

    post.number("claire", 1, 2)
    _run(main)
    assert post.stars("claire") == [1, 2, 3]


def test_it_wakes_at_once_from_any_thread(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender_module, "POLL_SECONDS", 3600.0)

    def queue_and_wake() -> None:
        post.number("claire", 1)
        post.sender.wake()

    async def main() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(post.sender.run)
            await anyio.wait_all_tasks_blocked()
            await anyio.to_thread.run_sync(queue_and_wake)
            await _until(lambda: post.states() == [DeliveryState.sent])
            tasks.cancel_scope.cancel()

    _run(main)


def test_it_sees_by_itself_what_another_process_queued(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender_module, "POLL_SECONDS", 0.02)

    async def main() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(post.sender.run)
            await anyio.wait_all_tasks_blocked()
            await anyio.to_thread.run_sync(post.number, "claire", 1)
            await _until(lambda: post.states() == [DeliveryState.sent])
            tasks.cancel_scope.cancel()

    _run(main)


def test_waking_a_sender_that_does_not_run_is_harmless(post: Post) -> None:
    post.sender.wake()
    post.number("claire", 1)
    post.sender.wake()
    assert post.states() == [DeliveryState.queued]


def test_stopping_finishes_the_delivery_in_hand_and_gives_the_rest_back(post: Post) -> None:
    async def main() -> None:
        gate = anyio.Event()
        post.channel.gate = ("claire", gate)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(post.sender.run)
            await post.channel.waiting.wait()
            tasks.cancel_scope.cancel()
            with anyio.CancelScope(shield=True):
                await anyio.wait_all_tasks_blocked()
                gate.set()

    post.number("claire", 1, 2, 3)
    _run(main)
    assert post.stars() == [1]
    assert post.states() == [DeliveryState.sent, DeliveryState.queued, DeliveryState.queued]
    assert [row.attempts for row in post.deliveries()] == [1, 0, 0]


def test_it_outlives_a_database_that_goes_away(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender_module, "TROUBLE_SECONDS", 0.01)

    class Unsteady(Outbox):
        """Loses the database on its first claims."""

        failures = 2

        def claim(
            self, channels: frozenset[str], limit: int = 20, in_hand: frozenset[str] = frozenset()
        ) -> tuple[Claimed, ...]:
            if self.failures:
                self.failures -= 1
                raise ConnectionError
            return super().claim(channels, limit, in_hand)

    post = Post(office, Unsteady(office))
    post.number("claire", 1)

    async def main() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(post.sender.run)
            await _until(lambda: post.stars() == [1])
            tasks.cancel_scope.cancel()

    with capture_logs() as logs:
        _run(main)
    assert [line["event"] for line in logs].count("sender_trouble") == 2


def test_a_delivery_that_cannot_be_settled_is_taken_up_again_as_one_that_may_have_arrived(
    office: Office, clock: ManualClock
) -> None:
    class Forgetful(Outbox):
        """Loses the database after the send."""

        failures = 1

        def sent(self, delivery_id: int, external_id: str | None = None) -> None:
            if self.failures:
                self.failures -= 1
                raise ConnectionError
            super().sent(delivery_id, external_id)

    post = Post(office, Forgetful(office))
    post.tell("claire", K.breach, SAMPLES[K.breach]["lead"])
    post.drain()
    assert post.drain() == 0
    clock.advance(seconds=121)
    post.drain()
    assert ["peut-être déjà reçu" in text for text in post.channel.texts] == [False, True]
    assert post.states() == [DeliveryState.sent]
