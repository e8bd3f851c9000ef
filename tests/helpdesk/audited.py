"""A small network to audit, with the hands that do things in it, right or wrong."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from helpdesk.audit import Auditor
from helpdesk.desk import Desk
from helpdesk.experts import ExpertDesk
from helpdesk.model import AccountRef, Address, Role
from helpdesk.notices import NoticeKind
from helpdesk.office import Office, Unit
from helpdesk.outbox import Outbox
from helpdesk.people import create_person
from helpdesk.sweep import Sweep
from helpdesk.tables import ClockRow, NoticeRow
from tests.clock import ManualClock
from tests.library import THEMES

QUESTION = "Quel délai pour contester une modification d'avenant de notre concession de chauffage ?"
ALL = frozenset({"web"})


@dataclass
class House:
    """A small network: a member, an expert, a coordinator, and the hands that do things in it."""

    office: Office
    clock: ManualClock
    member: AccountRef
    expert: AccountRef
    coordinator: AccountRef
    keys: int = 0

    def key(self) -> str:
        self.keys += 1
        return f"test:{self.keys}"

    def ask(self, text: str = QUESTION) -> int:
        ticket = Desk(self.office).ask(self.key(), self.member, Address("web", self.member.external_id), text)
        assert ticket is not None
        Desk(self.office).ask_human(self.key(), self.member, ticket)
        return ticket

    def answer(self, ticket: int) -> None:
        ExpertDesk(self.office).answer(self.key(), self.expert, ticket, "Deux mois.")

    def deliver(self) -> None:
        outbox = Outbox(self.office)
        while claimed := outbox.claim(ALL):
            for delivery in claimed:
                outbox.sent(delivery.delivery_id)

    def sweep(self) -> None:
        Sweep(self.office).run()

    def break_promise(self) -> int:
        """Leave a question until its promise is broken, and let the sweep see it."""
        ticket = self.ask()
        self.deliver()
        self.clock.advance(days=4)
        self.sweep()
        return ticket

    def clock_row(self, unit: Unit, ticket: int) -> ClockRow:
        return unit.session.scalars(select(ClockRow).where(ClockRow.ticket_id == ticket)).one()

    def audit(self) -> list[dict[str, Any]]:
        """Run the auditor and return what it told the coordinator that nobody had been told before."""
        with self.office.reading() as unit:
            before = set(unit.session.scalars(select(NoticeRow.id)))
        count = Auditor(self.office).run()
        with self.office.reading() as unit:
            notices = unit.session.scalars(select(NoticeRow).order_by(NoticeRow.id))
            told = [n.data for n in notices if n.id not in before and n.kind == NoticeKind.audit_finding]
        assert count >= len(told)
        return told

    def codes(self) -> list[str]:
        return sorted(data["code"] for data in self.audit())


def settle_in(office: Office, clock: ManualClock) -> House:
    """Make the network's people, and sweep once."""
    with office.unit() as unit:
        claire = create_person(unit, "Claire", frozenset())
        marc = create_person(unit, "Marc", frozenset({Role.expert}), themes=tuple(theme.id for theme in THEMES))
        nadia = create_person(unit, "Nadia", frozenset({Role.coordinator}))
        member, expert, coordinator = (AccountRef("web", str(person.id)) for person in (claire, marc, nadia))
    house = House(office, clock, member, expert, coordinator)
    house.sweep()
    return house


def move_due(clock: ClockRow) -> None:
    """Make a stored date wrong by a second."""
    assert clock.due_at is not None
    clock.due_at += dt.timedelta(seconds=1)
