"""Guichet with its Telegram channel, running beside the test on the local Bot API server, as the service runs it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from anyio.from_thread import start_blocking_portal

from bot.channels.console import ConsoleChannel
from bot.channels.telegram import NAME, TelegramChannel, TelegramOptions
from bot.channels.telegram.limits import Limiter, Rate
from bot.handlers import Handlers
from bot.sender import Sender
from bot.supervision import resting_on
from helpdesk.casework import assign
from helpdesk.model import AccountRef, DeliveryState
from helpdesk.people import add_account
from helpdesk.sweep import Sweep
from helpdesk.tables import DeliveryRow, PersonRow, TicketRow
from tests.bot.house import demonstration

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from typing import Self

    import anyio
    from anyio.from_thread import BlockingPortal

    from bot.channel import Channel, Inbound
    from bot.parts import Parts
    from helpdesk.office import Office
    from tests.telegram.botapi.chat import Chat
    from tests.telegram.botapi.server import BotApiServer
    from tests.telegram.botapi.user import User

UNHURRIED = Rate(10_000, 1, 10_000)


class WakingHandlers(Handlers):
    """Handlers after which the sender looks at the queue at once, as in the running service."""

    wake: Callable[[], None] = staticmethod(lambda: None)

    async def handle(self, inbound: Inbound) -> int | None:
        try:
            return await super().handle(inbound)
        finally:
            self.wake()


class Guichet:
    """The running service, as fast as it can; ``group_pace`` is that of a group."""

    group_pace = UNHURRIED

    def __init__(self, office: Office, telegram: BotApiServer, **options: object) -> None:
        parts = demonstration(office)
        handlers = WakingHandlers(parts.desk, parts.experts, parts.coordinators, parts.people)
        self.parts: Parts = replace(parts, handlers=handlers)
        self.telegram = telegram
        self.office = office
        self.options = replace(
            TelegramOptions(token=telegram.token, api=telegram.base_url.removesuffix("/bot"), network="le réseau"),
            **options,  # type: ignore[arg-type]
        )
        self._handlers = handlers
        self._stack = ExitStack()
        self._portal: BlockingPortal | None = None
        self._running: Future[None] | None = None
        self.channel: TelegramChannel | None = None
        self.sender: Sender | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_failure: object) -> None:
        self.stop()

    def start(self) -> None:
        self._portal = self._stack.enter_context(start_blocking_portal())
        self._running, scope = self._portal.start_task(self._serve)
        self._scope: anyio.CancelScope = scope

    async def _serve(self, *, task_status: anyio.abc.TaskStatus[anyio.CancelScope]) -> None:
        limiter = Limiter(self.office.clock.monotonic, UNHURRIED, UNHURRIED, self.group_pace)
        self.channel = TelegramChannel(self.parts, self.options, limiter=limiter)
        channels: dict[str, Channel] = {NAME: self.channel, "console": ConsoleChannel()}
        self.sender = Sender(self.parts.outbox, channels, self.parts.renderer, self.parts.words_for)
        self._handlers.wake = self._wake
        async with resting_on((self.channel.run,)) as work:
            work.start_soon(self.sender.run)
            task_status.started(work.cancel_scope)

    def _wake(self) -> None:
        assert self.sender is not None
        assert self.channel is not None
        self.sender.wake()
        self.channel.wake()

    def stop(self) -> None:
        """Stop as on SIGTERM: what is in hand is finished."""
        if self._portal is None:
            return
        self.stop_channel()
        self._portal = None
        self._stack.close()
        self._stack = ExitStack()

    def stop_channel(self) -> None:
        """Stop the channel and the sender, not the loop in which they live."""
        assert self._portal is not None
        assert self._running is not None
        self._portal.call(self._scope.cancel)
        self._running.result(20)

    def restart(self) -> None:
        """Stop and start again: nothing is remembered but the database."""
        self.stop()
        self.start()

    def knows(self, user: User, name: str) -> None:
        """Give somebody of the demonstration network a Telegram account, already in use."""
        with self.office.unit() as unit:
            person = unit.session.query(PersonRow).filter_by(name=name).one()
            row = add_account(unit, person, AccountRef(NAME, str(user.id)))
            row.last_seen_at = unit.now
            person.locale = user.language
        user.private.started = True

    def sweep(self) -> None:
        """Let the sweep judge, and what it says leave."""
        Sweep(self.office).run()
        self.nudge()

    def asks(self, user: User, text: str, chat: Chat | None = None) -> int:
        """Ask something; return the question's number once it is kept."""
        before = self.latest()
        user.says(text, chat)
        self.telegram.wait_until(lambda: self.latest() > before, f"a question from {text!r}")
        return self.latest()

    def asks_experts(self, user: User, text: str, expert: str, chat: Chat | None = None) -> int:
        """Ask what the library leaves to people, and see that ``expert`` has it."""
        number = self.asks(user, text, chat)
        self.give(number, expert)
        return number

    def give(self, number: int, expert: str) -> None:
        """Give a question to an expert, as a coordinator would."""
        with self.office.unit() as unit:
            person = unit.session.query(PersonRow).filter_by(name=expert).one()
            if unit.ticket(number).assignee_id != person.id:
                assign(unit, unit.ticket(number), person, "reassigned")
        self.nudge()

    def nudge(self) -> None:
        """Let the sender and the room look now."""
        assert self._portal is not None
        self._portal.call(self._wake)

    def latest(self) -> int:
        """Return the number of the latest question."""
        with self.office.reading() as unit:
            return unit.session.query(TicketRow).count()

    def ticket(self, number: int) -> TicketRow:
        with self.office.reading() as unit:
            row = unit.session.get_one(TicketRow, number)
            unit.session.expunge_all()
            return row

    def settled(self) -> None:
        """Wait until every update is handled and everything due is delivered."""
        self.telegram.wait_acknowledged()
        self.telegram.wait_until(self._nothing_due, "the queue empty")

    def _nothing_due(self) -> bool:
        with self.office.reading() as unit:
            waiting = unit.session.query(DeliveryRow).filter(
                DeliveryRow.channel == NAME,
                DeliveryRow.state.in_((DeliveryState.queued, DeliveryState.claimed)),
                DeliveryRow.available_at <= unit.now,
            )
            return waiting.count() == 0
