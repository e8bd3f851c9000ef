"""The console as a channel, and the conversation that ``guichet chat`` holds with it.

A mailbox channel: what is told to a console account is kept in the database, and read when the person comes. Several
consoles and the running service share that database and nothing else.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Protocol

import anyio
import anyio.to_thread

from bot.channel import Capability, ChannelError, Command, Failure, Pressed, Receipt, Said
from bot.channels.plain import plain_text
from bot.commands import FOR_STAFF, command_words, help_lines, of_command, plain_word, typed_action, typed_command
from bot.render import render_error
from bot.render.markup import escape
from bot.sender import Sender
from bot.standing import Standing
from bot.words import DEFAULT_LOCALE, Words
from helpdesk.errors import GuichetError
from helpdesk.model import AccountRef, Address, Role
from helpdesk.notices import NoticeKind

if TYPE_CHECKING:
    from bot.channel import Button, Inbound, Rendered
    from bot.channels.plain import Style
    from bot.handlers import Handlers
    from bot.render.renderer import Renderer
    from helpdesk.desk import Desk
    from helpdesk.model import Person
    from helpdesk.outbox import Outbox
    from helpdesk.people import People
    from helpdesk.views import Line

NAME = "console"
OWN_COMMANDS = ("help", "quit")
POLL_SECONDS = 1.0
_SHOWN_AT_FIRST = 12  # lines of the conversation so far
_TO_WRITE = frozenset({"answer", "ask", "note", "propose"})  # buttons that want a text: the next line is that text
_AWAITED = frozenset({"answer", "ask", "note", "excuse"})  # commands that want one, when it is not on their line


class ConsoleChannel:
    """Accepts what is told to console accounts by keeping it."""

    name = NAME
    capabilities = Capability.MARKUP | Capability.MAILBOX | Capability.LONG_TEXT

    async def run(self) -> None:
        """Wait to be cancelled: what is typed comes from ``guichet chat``, each in its own process."""
        await anyio.sleep_forever()

    async def send(self, address: Address, message: Rendered, key: str) -> Receipt:  # noqa: ARG002 - the protocol's
        """Accept: the delivery row is the mailbox. Raises ``ChannelError`` for another channel's address."""
        if address.channel != NAME:
            raise ChannelError(Failure.PERMANENT, "not a console address")
        return Receipt()


class ChatParts(Protocol):
    """What a conversation works with; ``bot.parts.Parts`` is one."""

    @property
    def desk(self) -> Desk:
        """What the person was told, and what they wrote."""

    @property
    def people(self) -> People:
        """Who holds the account."""

    @property
    def handlers(self) -> Handlers:
        """Where what is typed goes."""

    @property
    def renderer(self) -> Renderer:
        """How it is worded."""

    @property
    def outbox(self) -> Outbox:
        """What waits to be told to console accounts."""

    @property
    def words_for(self) -> Callable[[str], Words]:
        """The words of a locale."""


class Chat:
    """One person's conversation: ``lines`` is what they type, ``write`` puts a block of text before them.

    ``echo``: what was typed is written too, for a transcript; a terminal already shows it.
    """

    def __init__(
        self,
        parts: ChatParts,
        name: str,
        write: Callable[[str], None],
        style: Style,
        *,
        echo: bool,
    ) -> None:
        self._parts = parts
        self._name = name
        self._account = AccountRef(NAME, name)
        self._address = Address(NAME, name)
        self._write = write
        self._style = style
        self._echo = echo
        self._sender = Sender(parts.outbox, {NAME: ConsoleChannel()}, parts.renderer, parts.words_for)
        self._words = parts.words_for(DEFAULT_LOCALE)
        self._seen: set[int] = set()  # the notices shown: one that waited for the morning may be older than the latest
        self._buttons: tuple[tuple[Button, ...], ...] = ()  # of the latest notice that had some
        self._writing: str | None = None  # what waits for its text: a verb and a question, as in a button
        self._standing = Standing(parts.desk)
        self._staff = False
        self._help: tuple[str, ...] = ()
        self._turn = anyio.Lock()  # a line is handled, or news are shown: one at a time

    async def hold(self, lines: AsyncIterator[str]) -> bool:
        """Talk until the lines end or the person leaves; False when nobody holds the account."""
        person = await self._identify()
        if person is None:
            self._show(escape(self._words("console.unknown", name=self._name)))
            return False
        self._write(self._style(self._words("console.greeting", name=person.name), bold=True))
        await self._show_so_far()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._watch)
            async for line in lines:
                async with self._turn:
                    if not await self._take(line.strip()):
                        break
            tasks.cancel_scope.cancel()
        return True

    async def _watch(self) -> None:
        while True:
            await anyio.sleep(POLL_SECONDS)
            async with self._turn:
                await self._show_news()

    async def _take(self, line: str) -> bool:
        """Handle one typed line; tell whether the person stays."""
        if self._echo and line:
            self._write(self._style(f"{self._name} › ", bold=True) + line)
        name = _command_name(line, self._staff)
        if name == "quit":
            return False
        try:
            await self._obey(line, name)
        except GuichetError as error:
            self._show(escape(render_error(error, self._words)))
        await self._show_news()
        return True

    async def _obey(self, line: str, name: str | None) -> None:
        if not line or line.startswith("/"):
            self._stop_writing()  # a line after a command is no longer the text that was awaited
        if not line:
            return
        if name == "help":
            self._show_help()
        elif (typed := typed_command(line, OWN_COMMANDS)) is not None:
            await self._order(*typed)
        elif self._writing is not None:
            verb, ticket = self._writing.split(":")[:2]
            self._writing = None
            await self._do(self._command(verb, f"{ticket} {line}"))
        elif (action := typed_action(self._buttons, line)) is not None:
            await self._press(action)
        elif name is not None:
            await self._order(name, _after_word(line))
        else:
            await self._do(Said(_key(), self._account, self._address, line))

    async def _press(self, action: str) -> None:
        verb, _, about = action.partition(":")
        if verb in _TO_WRITE:
            self._await_text(verb, about)
        else:
            await self._do(Pressed(_key(), self._account, self._address, action))

    async def _order(self, name: str, argument: str) -> None:
        """Do what a command asks; one that wants a text and comes with its number alone has it on the next line."""
        command = self._command(name, argument)
        order = of_command(command)
        if name in _AWAITED and order.ticket is not None and not order.rest:
            await self._standing.check(self._account, order.ticket, name)
            self._await_text(name, str(order.ticket))
        else:
            await self._do(command)

    def _await_text(self, verb: str, about: str) -> None:
        self._writing = f"{verb}:{about}"
        self._write(self._words(f"console.write.{verb}", number=about))

    def _command(self, name: str, argument: str) -> Command:
        return Command(_key(), self._account, self._address, name, argument)

    async def _do(self, inbound: Inbound) -> None:
        seen = await self._parts.handlers.look(inbound)
        if seen is not None:
            self._show(self._parts.renderer.view(seen, self._words))
            return
        number = await self._parts.handlers.handle(inbound)
        await self._identify()
        outcome = await self._parts.handlers.outcome(_verb(inbound), self._account, number)
        done = f"console.done.{outcome}"
        if self._words.has(done):
            self._write(self._style(self._words(done, number=number), dim=True))

    def _stop_writing(self) -> None:
        if self._writing is not None:
            self._writing = None
            self._write(self._words("console.write.stopped"))

    async def _identify(self) -> Person | None:
        """Find out who holds the account now, and speak their language."""
        person = await anyio.to_thread.run_sync(self._parts.people.identify, self._account)
        if person is not None:
            self._words = self._parts.words_for(person.locale)
            self._help = help_lines(person, self._words, OWN_COMMANDS)
            self._staff = person.has(Role.expert, Role.coordinator)
        return person

    def _show_help(self) -> None:
        self._write(self._words("console.help"))
        for line in self._help:
            self._write(f"  {line}")

    async def _show_so_far(self) -> None:
        """Show what arrived since the person last wrote, their own last words first."""
        lines = await self._conversation()
        own = [index for index, line in enumerate(lines) if line.text is not None]
        recent = lines[own[-1] :] if own else lines
        hidden = len(recent) - _SHOWN_AT_FIRST
        if hidden > 0:
            self._write(self._style(self._words.plural("console.hidden", hidden), dim=True))
        for line in recent[-_SHOWN_AT_FIRST:]:
            self._show_line(line, own=True)
        self._seen.update(line.notice_id for line in lines if line.notice_id is not None)

    async def _show_news(self) -> None:
        await self._sender.drain()
        for line in await self._conversation():
            if line.notice_id is not None and line.notice_id not in self._seen:
                self._seen.add(line.notice_id)
                self._show_line(line, own=False)

    async def _conversation(self) -> tuple[Line, ...]:
        return await anyio.to_thread.run_sync(self._parts.desk.conversation, self._account, self._address)

    def _show_line(self, line: Line, *, own: bool) -> None:
        if line.text is not None and own:
            self._write(self._style(f"{self._name} › ", bold=True) + line.text)
        if line.kind is None or line.data is None:
            return
        rendered = self._parts.renderer.render(
            NoticeKind(line.kind), line.data, line.ticket_id, self._words, ConsoleChannel.capabilities, line.at
        )
        if rendered.buttons and line.current:
            self._buttons = rendered.buttons
        self._write(self._style(self._words("console.at", at=self._words.moment(line.at)), dim=True))
        self._show(rendered.text)

    def _show(self, markdown: str) -> None:
        self._write(plain_text(markdown, self._style) + "\n")


def _key() -> str:
    return f"{NAME}:{uuid.uuid4()}"


def _command_name(line: str, staff: bool) -> str | None:  # noqa: FBT001 - read at its one call
    """Return the canonical name of the command that a line begins with, if it is one.

    Experts and coordinators may leave the slash out: a bare "répondre" must not be taken for a question of theirs.
    """
    first, _, rest = line.partition(" ")
    name = command_words(OWN_COMMANDS).get(plain_word(first.removeprefix("/")))
    if line.startswith("/"):
        return name
    on_its_own = not rest.strip() or rest.strip()[0].isdecimal()
    return name if staff and on_its_own and name in FOR_STAFF else None


def _after_word(line: str) -> str:
    return "".join(line.split(maxsplit=1)[1:])


def _verb(inbound: Inbound) -> str:
    if isinstance(inbound, Command):
        return inbound.name
    return inbound.action.partition(":")[0] if isinstance(inbound, Pressed) else ""
