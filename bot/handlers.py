"""One inbound event, one use case, in a thread. No rule lives here: who may do what and when is the core's business."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import anyio.to_thread

from bot.channel import Command, Pressed, Said
from bot.commands import Order, of_action, of_command, plain_word, question_number
from bot.days import span_of
from helpdesk.database import retried
from helpdesk.errors import InvalidInputError, NotFoundError
from helpdesk.experts import Put
from helpdesk.model import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.channel import Inbound
    from helpdesk.coordinators import CoordinatorDesk
    from helpdesk.desk import Desk
    from helpdesk.experts import ExpertDesk
    from helpdesk.model import AccountRef, Address
    from helpdesk.people import People
    from helpdesk.views import Board, Invitation, PersonLine, TicketLine, TicketView
    from knowledge.entry import Entry

_ON_THE_PAGE = frozenset({"candidate"})  # forms that only the web has
_LONGEST_TITLE = 200  # characters


@dataclass(frozen=True)
class Listing:
    """Questions in a list; ``of`` says which: ``mine``, ``queue`` or ``late``."""

    of: str
    lines: tuple[TicketLine, ...]


@dataclass(frozen=True)
class Absences:
    """Present and coming absences (id, name, first and last day); ``everybody``: of all, for a coordinator."""

    lines: tuple[tuple[int, str, dt.date, dt.date], ...]
    everybody: bool


Seen: TypeAlias = "TicketView | Listing | Board | Entry | Invitation | Absences"


class Handlers:
    """Turns what a channel received into calls to the use cases, and gives back what there is to show."""

    def __init__(self, desk: Desk, experts: ExpertDesk, coordinators: CoordinatorDesk, people: People) -> None:
        self._desk = desk
        self._experts = experts
        self._coordinators = coordinators
        self._people = people
        self._writes: dict[str, Callable[[Inbound, Order], int | None]] = {
            "question": self._question,
            "status": self._status,
            "solved": self._solved,
            "human": self._human,
            "join": self._join,
            "choose": self._choose,
            "rate": self._rate,
            "withdraw": self._withdraw,
            "take": self._take,
            "answer": self._answer,
            "ask": self._ask,
            "note": self._note,
            "pass": self._pass,
            "reassign": self._reassign,
            "excuse": self._excuse,
            "propose": self._propose,
            "absence": self._absence,
            "language": self._language,
        }
        self._reads: dict[str, Callable[[Inbound, Order], Seen]] = {
            "ticket": lambda inbound, order: self._desk.ticket(inbound.account, order.number),
            "entry": lambda _inbound, order: self._desk.entry(order.text.removeprefix("entry:")),
            "mine": lambda inbound, _order: Listing("mine", self._desk.my_questions(inbound.account)),
            "queue": lambda inbound, _order: Listing("queue", self._experts.queue(inbound.account)),
            "absence": lambda inbound, _order: self._absences(inbound),
            "board": lambda inbound, _order: self._coordinators.board(inbound.account),
            # Made to be shown, and to nobody else: its code is kept nowhere.
            "invite": lambda inbound, order: self._coordinators.invite(inbound.key, inbound.account, order.rest),
            "late": lambda inbound, _order: Listing("late", self._coordinators.board(inbound.account).late),
        }

    async def handle(self, inbound: Inbound) -> int | None:
        """Do what was said, pressed or commanded; return the question it concerned, if any.

        Raises ``GuichetError``: what the core refuses, and ``InvalidInputError`` (``unknown_action``,
        ``unknown_command``, ``number_missing``, ``text_missing``…) for what cannot be understood.
        """
        return await anyio.to_thread.run_sync(retried, self._handle, inbound)

    async def look(self, inbound: Inbound) -> Seen | None:
        """Return what a command or a button asks to see; None when it asks to do something. Raises ``GuichetError``."""
        return await anyio.to_thread.run_sync(self._look, inbound)

    async def outcome(self, name: str, account: AccountRef, number: int | None) -> str:
        """Return what was done, as ``console.done.…`` and ``web.done.…`` name it.

        Passed on, a question may be with nobody, or taken over by the speaker.
        """
        if name != "pass" or number is None:
            return name
        if await anyio.to_thread.run_sync(self._experts.has, account, number):
            return "take"
        holder = await anyio.to_thread.run_sync(self._experts.holder, account, number)
        return name if holder else "pass_nobody"

    def _handle(self, inbound: Inbound) -> int | None:
        if isinstance(inbound, Said):
            return self._desk.hear(
                inbound.key, inbound.account, inbound.address, inbound.text, inbound.at, inbound.ticket, inbound.files
            )
        order = _order(inbound)
        write = self._writes.get(order.name)
        if write is None:
            raise InvalidInputError("on_the_page" if order.name in _ON_THE_PAGE else "unknown_action")
        return write(inbound, order)

    def _look(self, inbound: Inbound) -> Seen | None:
        if isinstance(inbound, Said):
            return None
        order = _order(inbound)
        if order.name == "absence" and order.rest:
            return None  # days to declare
        read = self._reads.get(order.name)
        return read(inbound, order) if read else None

    def _question(self, inbound: Inbound, order: Order) -> int | None:
        return self._desk.ask(inbound.key, inbound.account, inbound.address, order.text, inbound.at, inbound.files)

    def _status(self, inbound: Inbound, order: Order) -> None:
        self._desk.status(inbound.key, inbound.account, inbound.address, question_number(order.rest))

    def _solved(self, inbound: Inbound, order: Order) -> int | None:
        return self._desk.solved(inbound.key, inbound.account, order.number, _typed_at(inbound))

    def _join(self, inbound: Inbound, order: Order) -> int | None:
        return self._desk.join(inbound.key, inbound.account, order.number)

    def _human(self, inbound: Inbound, order: Order) -> int | None:
        return self._desk.ask_human(inbound.key, inbound.account, order.number)

    def _choose(self, inbound: Inbound, order: Order) -> int | None:
        return self._desk.choose(inbound.key, inbound.account, order.number, _integer(order.rest, "no_such_rank"))

    def _rate(self, inbound: Inbound, order: Order) -> int | None:
        stars = _integer(order.rest, "bad_rating")
        return self._desk.rate(inbound.key, inbound.account, order.number, stars, _typed_at(inbound))

    def _withdraw(self, inbound: Inbound, order: Order) -> int | None:
        return self._desk.withdraw(inbound.key, inbound.account, order.number, _typed_at(inbound))

    def _take(self, inbound: Inbound, order: Order) -> int | None:
        return self._experts.take(inbound.key, inbound.account, order.number)

    def _answer(self, inbound: Inbound, order: Order) -> int | None:
        return self._experts.answer(inbound.key, inbound.account, order.number, order.text, inbound.at, _put(inbound))

    def _ask(self, inbound: Inbound, order: Order) -> int | None:
        return self._experts.ask_member(inbound.key, inbound.account, order.number, order.text, _put(inbound))

    def _note(self, inbound: Inbound, order: Order) -> int | None:
        return self._experts.note(inbound.key, inbound.account, order.number, order.text, _put(inbound))

    def _pass(self, inbound: Inbound, order: Order) -> int | None:
        to = _person(self._experts.colleagues(inbound.account, order.number), order.rest) if order.rest else None
        return self._experts.pass_on(inbound.key, inbound.account, order.number, to)

    def _reassign(self, inbound: Inbound, order: Order) -> int | None:
        if not order.rest:
            raise InvalidInputError("whom_missing", ticket=order.number)
        to = _person(self._coordinators.people(inbound.account), order.rest)
        return self._coordinators.reassign(inbound.key, inbound.account, order.number, to)

    def _excuse(self, inbound: Inbound, order: Order) -> int | None:
        view = self._desk.ticket(inbound.account, order.number)
        unexplained = [cycle.cycle for cycle in view.cycles if cycle.breached_at and not cycle.excuse]
        cycle = unexplained[-1] if unexplained else view.line.cycle
        return self._coordinators.excuse(inbound.key, inbound.account, order.number, cycle, order.text)

    def _propose(self, inbound: Inbound, order: Order) -> int | None:
        """Propose the answer as an entry, under the title given or else the question's first words."""
        view = self._desk.ticket(inbound.account, order.number)
        title = order.rest or " ".join(view.line.question.split())[:_LONGEST_TITLE]
        return self._experts.propose_entry(inbound.key, inbound.account, order.number, title, view.drafted, ())

    def _absence(self, inbound: Inbound, order: Order) -> None:
        """Declare the days written: the speaker's, or those of the person named before them."""
        span = span_of(order.rest, self._experts.today())
        person = _person(self._coordinators.people(inbound.account), span.before) if span.before else None
        self._experts.declare_absence(inbound.key, inbound.account, span.first, span.last, person)

    def _absences(self, inbound: Inbound) -> Absences:
        lines = self._experts.absences(inbound.account)
        person = self._people.identify(inbound.account)
        return Absences(lines, person is not None and person.has(Role.coordinator))

    def _language(self, inbound: Inbound, order: Order) -> None:
        self._people.set_locale(inbound.account, order.text.lower())


def _put(inbound: Inbound) -> Put:
    return Put(inbound.files, inbound.address)


def _typed_at(inbound: Inbound) -> Address | None:
    """Return where a command was typed, to be answered there; a button is answered where its question was asked."""
    return inbound.address if isinstance(inbound, Command) else None


def _order(inbound: Inbound) -> Order:
    if isinstance(inbound, Pressed):
        return of_action(inbound)
    if isinstance(inbound, Command):
        return of_command(inbound)
    raise InvalidInputError("unknown_action")


def _integer(text: str, code: str) -> int:
    if not text.isdecimal() or len(text) > 1:
        raise InvalidInputError(code)
    return int(text)


def _person(people: Iterable[PersonLine], wanted: str) -> int:
    """Return the id of the person meant: an id, a whole name, or the beginning of one that fits nobody else."""
    name = plain_word(wanted)
    known = {person.id: plain_word(person.name) for person in people}
    if wanted.isdecimal() and int(wanted) in known:
        return int(wanted)
    exact = [person_id for person_id, own in known.items() if own == name]
    near = exact or [
        person_id for person_id, own in known.items() if any(part.startswith(name) for part in (own, *own.split()))
    ]
    if not near:
        raise NotFoundError("no_person_named", name=wanted)
    if len(near) > 1:
        names = [person.name for person in people if person.id in near]
        raise InvalidInputError("several_people", name=wanted, names=names)
    return near[0]
