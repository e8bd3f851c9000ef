"""A small network in the tests' hands: its people, what they do, and everything that reached them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from helpdesk.coordinators import CoordinatorDesk
from helpdesk.desk import Desk
from helpdesk.experts import ExpertDesk
from helpdesk.model import AccountRef, Address, ClockState, Role, State
from helpdesk.notices import NoticeKind
from helpdesk.office import Office
from helpdesk.outbox import Outbox
from helpdesk.peers import Peers, Reply
from helpdesk.people import People, create_person, organisation
from helpdesk.privacy import Privacy
from helpdesk.promise import next_open
from helpdesk.sweep import Sweep
from helpdesk.tables import Base, BreachRow, ClockRow, DeliveryRow, NoticeRow, PersonRow, ThemeRow, TicketRow
from tests.helpdesk.plain import PlainLibrary

if TYPE_CHECKING:
    from helpdesk.outbox import Claimed
    from helpdesk.policy import Policy
    from tests.clock import ManualClock

PARIS = ZoneInfo("Europe/Paris")
CHANNELS = frozenset({"console", "web", "letter"})
PEOPLE: dict[str, tuple[frozenset[Role], tuple[str, ...]]] = {
    "claire": (frozenset(), ()),
    "paul": (frozenset(), ()),
    "marc": (frozenset({Role.expert}), ("juridique",)),
    "ines": (frozenset({Role.expert}), ("juridique", "environnement")),
    "nadia": (frozenset({Role.coordinator}), ()),
    "omar": (frozenset({Role.coordinator}), ()),
}


def paris(day: int, hour: int, minute: int = 0, second: int = 0, month: int = 6) -> dt.datetime:
    """Return an instant of 2026 as Paris reads it; the first of June is a Monday."""
    return dt.datetime(2026, month, day, hour, minute, second, tzinfo=PARIS).astimezone(dt.UTC)


def account(name: str, channel: str = "console") -> AccountRef:
    return AccountRef(channel, name)


@dataclass(frozen=True)
class Told:
    """A notice as it arrived."""

    name: str
    kind: NoticeKind
    ticket: int | None
    data: dict[str, Any]
    where: str
    at: dt.datetime


class Network:
    """One process's view of a network; ``another`` gives a second process on the same database."""

    def __init__(self, office: Office, clock: ManualClock) -> None:
        self.office = office
        self.clock = clock
        self.desk, self.experts, self.coordinators = Desk(office), ExpertDesk(office), CoordinatorDesk(office)
        self.people, self.privacy, self.peers = People(office), Privacy(office), Peers(office)
        self.outbox, self.sweep = Outbox(office), Sweep(office)
        self.told: list[Told] = []
        self.ids: dict[str, int] = {}
        self._keys = 0

    def settle_people(self) -> None:
        """Create the people of the network; Marc leads the law."""
        with self.office.unit() as unit:
            town = organisation(unit, "Bois-Joli", "commune", 3200)
            for name, (roles, themes) in PEOPLE.items():
                accounts = (account(name), account(name, "letter"))
                self.ids[name] = create_person(
                    unit, name.title(), roles, organisation=town, themes=themes, accounts=accounts
                ).id
            unit.session.get_one(ThemeRow, "juridique").lead_id = self.ids["marc"]

    def another(self, policy: Policy | None = None) -> Network:
        """Return the same network as another process sees it."""
        database = self.office.database
        office = Office(database, self.clock, policy or self.office.policy, PlainLibrary(database))
        other = Network(office, self.clock)
        other.ids = self.ids
        other._keys = 1_000_000 + self._keys
        return other

    def key(self, name: str | None = None, channel: str = "console") -> str:
        """Return a key that no update had; that of a message where somebody is written to alone names the place."""
        self._keys += 1
        return f"{channel}:{name}:{self._keys}" if name else f"update:{self._keys}"

    def says(self, name: str, text: str, channel: str = "console", **more: Any) -> int | None:  # noqa: ANN401 - hear's
        return self.desk.hear(self.key(name, channel), account(name, channel), Address(channel, name), text, **more)

    def asks(self, name: str, text: str, **more: Any) -> int:  # noqa: ANN401 - hear's
        ticket = self.desk.ask(self.key(name), account(name), Address("console", name), text, **more)
        assert ticket is not None
        return ticket

    def reply(self, name: str, ticket: int, text: str = "Un avenant a suffi.", **more: Any) -> Reply:  # noqa: ANN401
        """Return what somebody wrote in a question's thread just now."""
        self._keys += 1
        written: dict[str, Any] = {
            "at": self.clock.now(),
            "address": self.ticket(ticket).address,
            "reference": f"said:{self._keys}",
        }
        return Reply(account(name), text, **(written | more))

    def assigned(self, name: str = "claire", text: str = "Un fournisseur nous menace, que faire ?") -> int:
        """Ask a question that goes to Marc."""
        ticket = self.asks(name, text)
        self.coordinators.reassign(self.key(), account("nadia"), ticket, self.ids["marc"])
        return ticket

    def deliver(self, *channels: str) -> list[Told]:
        """Send all that may be sent now, and return it."""
        arrived = []
        while claimed := self.outbox.claim(frozenset(channels) or CHANNELS):
            for delivery in claimed:
                arrived.append(self._arrived(delivery))
                self.outbox.sent(delivery.delivery_id)
        self.told += arrived
        return arrived

    def _arrived(self, delivery: Claimed) -> Told:
        where = delivery.address
        with self.office.reading() as unit:
            notice = unit.session.get_one(NoticeRow, delivery.notice_id)
            name = notice.person.name.lower()
        return Told(name, delivery.kind, delivery.ticket_id, delivery.data, where.channel, self.clock.now())

    def sweep_until(self, instant: dt.datetime) -> list[Told]:
        """Let time go by with sweeps and senders at work, stopping whenever something is due; return what arrived."""
        arrived = []
        while self.clock.now() < instant:
            moment = min([instant, *self._moments()])
            # A minute before, nothing is due, and the sweep leaves the heartbeat that it leaves all day long.
            if moment - dt.timedelta(minutes=1) > self.clock.now():
                self.clock.reach(moment - dt.timedelta(minutes=1))
                self.sweep.run()
            self.clock.reach(moment)
            self.sweep.run()
            arrived += self.deliver()
        return arrived

    def _moments(self) -> list[dt.datetime]:
        """Return the coming instants at which a sweep or a sender has something to do."""
        now = self.clock.now()
        with self.office.reading() as unit:
            columns = (ClockRow.next_due_at, TicketRow.silence_at, DeliveryRow.available_at)
            stored = [unit.session.scalar(select(func.min(column)).where(column > now)) for column in columns]
            _, calendar = self.office.calendars.current(unit.session)
        midnight = dt.datetime.combine(now.astimezone(PARIS).date() + dt.timedelta(1), dt.time(), PARIS)
        return [next_open(calendar, midnight), *(moment for moment in stored if moment is not None)]

    def state(self, ticket: int) -> State:
        return self.ticket(ticket).state

    def ticket(self, ticket: int) -> TicketRow:
        with self.office.reading() as unit:
            row = unit.session.get_one(TicketRow, ticket)
            unit.session.expunge_all()
            return row

    def promise(self, ticket: int, cycle: int = 1) -> ClockRow:
        with self.office.reading() as unit:
            row = unit.session.scalars(
                select(ClockRow).where(ClockRow.ticket_id == ticket, ClockRow.cycle == cycle)
            ).one()
            _ = (row.breach, row.pauses)
            unit.session.expunge_all()
            return row

    def breach(self, ticket: int, cycle: int = 1) -> BreachRow | None:
        return self.promise(ticket, cycle).breach

    def is_met(self, ticket: int, cycle: int = 1) -> bool:
        clock = self.promise(ticket, cycle)
        return clock.state is ClockState.stopped and clock.breach is None

    def pending(self, kind: NoticeKind) -> list[DeliveryRow]:
        with self.office.reading() as unit:
            rows = unit.session.scalars(
                select(DeliveryRow).join(NoticeRow).where(NoticeRow.kind == kind.value).order_by(DeliveryRow.id)
            ).all()
            unit.session.expunge_all()
            return list(rows)

    def person(self, name: str) -> PersonRow:
        with self.office.reading() as unit:
            row = unit.session.get_one(PersonRow, self.ids[name])
            unit.session.expunge_all()
            return row

    def everything(self, *, but: frozenset[str] = frozenset()) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of every table, to compare two states of the whole."""
        with self.office.reading() as unit:
            return {
                table.name: sorted(tuple(map(str, row)) for row in unit.session.execute(select(table)))
                for table in Base.metadata.sorted_tables
                if table.name not in but
            }


def kinds(told: list[Told], name: str | None = None) -> list[NoticeKind]:
    """Return the kinds of what arrived, in order, for one person or for all."""
    return [notice.kind for notice in told if name in {None, notice.name}]


def only(told: list[Told], kind: NoticeKind, name: str | None = None) -> Told:
    """Return the one notice of that kind; fail when there is none or several."""
    found = [notice for notice in told if notice.kind is kind and name in {None, notice.name}]
    assert len(found) == 1, kinds(told)
    return found[0]
