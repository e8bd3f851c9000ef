"""Guichet with its Discord channel, running beside the test on the local Discord, as the service runs it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
from anyio.from_thread import start_blocking_portal

from bot.channels.console import ConsoleChannel
from bot.channels.discord import NAME, DiscordChannel, DiscordOptions
from bot.sender import Sender
from bot.supervision import resting_on
from helpdesk.casework import assign
from helpdesk.model import AccountRef, DeliveryState
from helpdesk.people import add_account
from helpdesk.sweep import Sweep
from helpdesk.tables import DeliveryRow, PersonRow, TicketRow
from tests.bot.house import demonstration
from tests.discord.discordapi.model import WAIT_SECONDS
from tests.telegram.service import WakingHandlers

if TYPE_CHECKING:
    from concurrent.futures import Future
    from typing import Self

    from anyio.from_thread import BlockingPortal

    from bot.channel import Channel
    from bot.parts import Parts
    from helpdesk.office import Office
    from tests.discord.discordapi.channel import Channel as Room
    from tests.discord.discordapi.person import Person
    from tests.discord.discordapi.server import DiscordServer


class Guichet:
    """The running service; ``served`` are the channels whose queues it empties."""

    served: tuple[str, ...] = (NAME,)

    def __init__(self, office: Office, discord: DiscordServer, **options: object) -> None:
        parts = demonstration(office)
        handlers = WakingHandlers(parts.desk, parts.experts, parts.coordinators, parts.people)
        self.parts: Parts = replace(parts, handlers=handlers)
        self.discord = discord
        self.office = office
        self.options = replace(DiscordOptions(token=discord.token, network="le réseau"), **options)  # type: ignore[arg-type]
        self._handlers = handlers
        self._stack = ExitStack()
        self._portal: BlockingPortal | None = None
        self._running: Future[None] | None = None
        self.channel: DiscordChannel | None = None
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
        self.channel = DiscordChannel(self.parts, self.options, self._wake_sender)
        channels: dict[str, Channel] = {NAME: self.channel, "console": ConsoleChannel()}
        self.sender = Sender(self.parts.outbox, channels, self.parts.renderer, self.parts.words_for)
        self._handlers.wake = self._wake
        async with resting_on((self.channel.run,)) as work:
            work.start_soon(self.sender.run)
            await self._tell_started(task_status, work)

    async def _tell_started(self, status: anyio.abc.TaskStatus[anyio.CancelScope], work: anyio.abc.TaskGroup) -> None:
        assert self.channel is not None
        with anyio.fail_after(WAIT_SECONDS):
            await self.channel.caught_up.wait()
        status.started(work.cancel_scope)

    def _wake_sender(self) -> None:
        assert self.sender is not None
        self.sender.wake()

    def _wake(self) -> None:
        assert self.channel is not None
        self._wake_sender()
        self.channel.wake()

    def stop(self) -> None:
        """Stop as on SIGTERM: what is in hand is finished."""
        if self._portal is None or self._running is None:
            return
        self._portal.call(self._scope.cancel)
        self._running.result(20)
        self._portal = None
        self._stack.close()
        self._stack = ExitStack()

    def restart(self) -> None:
        """Stop and start again: nothing is remembered but the database."""
        self.stop()
        self.start()

    def knows(self, person: Person, name: str) -> None:
        """Give somebody of the demonstration network a Discord account, already in use."""
        with self.office.unit() as unit:
            row = unit.session.query(PersonRow).filter_by(name=name).one()
            account = add_account(unit, row, AccountRef(NAME, str(person.id)))
            account.last_seen_at = unit.now
            row.locale = person.locale[:2]

    def sweep(self) -> None:
        """Let the sweep judge, and what it says leave."""
        Sweep(self.office).run()
        self.nudge()

    def asks(self, person: Person, text: str, channel: Room | None = None) -> int:
        """Ask something; return the question's number once it is kept."""
        before = self.latest()
        person.says(text, channel)
        self.discord.wait_until(lambda: self.latest() > before, f"a question from {text!r}")
        return self.latest()

    def asks_experts(self, person: Person, text: str, expert: str, channel: Room | None = None) -> int:
        """Ask what the library leaves to people, and see that ``expert`` has it."""
        number = self.asks(person, text, channel)
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
        """Let the sender and the rooms look now."""
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
        """Wait until everything that Discord told is handled and everything due is delivered."""
        self.discord.wait_until(lambda: self._at_rest() and self._nothing_due(), "everything handled, the queue empty")

    def _at_rest(self) -> bool:
        """Tell whether the channel has received everything that Discord told, and has nothing in hand."""

        async def look() -> bool:
            for _ in range(3):
                await anyio.lowlevel.checkpoint()  # what was just received is taken in hand
            service = self.channel._service if self.channel else None
            if service is None:
                return False
            intake, gateway = service._intake, service.client.ws
            idle = not service.client._in_hand and not intake._lanes and intake._held is None
            return idle and gateway.sequence == self.discord.gateway.told

        assert self._portal is not None
        return self._portal.call(look)

    def _nothing_due(self) -> bool:
        with self.office.reading() as unit:
            waiting = unit.session.query(DeliveryRow).filter(
                DeliveryRow.channel.in_(self.served),
                DeliveryRow.state.in_((DeliveryState.queued, DeliveryState.claimed)),
                DeliveryRow.available_at <= unit.now,
            )
            return waiting.count() == 0
