"""The auditor says nothing of a healthy base, and names each fault that is put into one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from bot.words import Words
from helpdesk.audit import HEARTBEAT, MOST_TOLD, Auditor, Code
from helpdesk.calendars import install
from helpdesk.coordinators import CoordinatorDesk
from helpdesk.desk import Desk
from helpdesk.experts import ExpertDesk
from helpdesk.model import AccountRef, Address, ClockState, DeliveryState, Role
from helpdesk.notices import NoticeKind
from helpdesk.office import Office, Unit
from helpdesk.outbox import Outbox
from helpdesk.people import create_person
from helpdesk.policy import Policy
from helpdesk.sweep import Sweep
from helpdesk.tables import BreachRow, ClockRow, DeliveryRow, HeartbeatRow, MessageRow, NoticeRow, PauseRow, TicketRow
from tests.clock import ManualClock
from tests.conftest import CALENDAR, OfficeMaker
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


@pytest.fixture
def house(office: Office, clock: ManualClock) -> House:
    with office.unit() as unit:
        claire = create_person(unit, "Claire", frozenset())
        marc = create_person(unit, "Marc", frozenset({Role.expert}), themes=tuple(theme.id for theme in THEMES))
        nadia = create_person(unit, "Nadia", frozenset({Role.coordinator}))
        member, expert, coordinator = (AccountRef("web", str(person.id)) for person in (claire, marc, nadia))
    house = House(office, clock, member, expert, coordinator)
    house.sweep()
    return house


def test_a_healthy_base_gives_no_finding(house: House) -> None:
    kept, broken, waiting = house.ask(), house.ask("Autre affaire de concession ?"), house.ask("Et la régie ?")
    ExpertDesk(house.office).ask_member(house.key(), house.expert, waiting, "Quelle régie ?")
    house.deliver()
    house.clock.advance(days=1, seconds=17)
    house.answer(kept)
    Desk(house.office).hear(
        house.key(), house.member, Address("web", house.member.external_id), "La régie d'avances.", ticket=waiting
    )
    CoordinatorDesk(house.office).close_days(
        house.key(), house.coordinator, dt.date(2026, 6, 3), dt.date(2026, 6, 3), "Travaux"
    )
    house.deliver()
    for _ in range(6):
        house.clock.advance(days=1)
        house.sweep()
        house.deliver()
        assert house.audit() == []
    house.answer(broken)
    house.deliver()
    assert house.audit() == []
    with house.office.reading() as unit:
        assert unit.session.get_one(HeartbeatRow, HEARTBEAT).at == house.clock.now()


def test_alerts_gathered_in_a_digest_are_alerts(house: House) -> None:
    for number in range(Policy().digest_above + 1):
        house.ask(f"Affaire de concession numéro {number} ?")
    house.deliver()
    house.clock.advance(days=4)
    house.sweep()
    house.deliver()
    assert house.audit() == []


def test_breaches_noticed_while_closing_days_are_gathered_too(house: House) -> None:
    for number in range(Policy().digest_above + 1):
        house.ask(f"Affaire de concession numéro {number} ?")
    house.deliver()
    house.clock.advance(days=4)
    day = house.clock.now().date()
    CoordinatorDesk(house.office).close_days(house.key(), house.coordinator, day, day, "Travaux")
    house.sweep()
    house.deliver()
    assert house.audit() == []
    with house.office.reading() as unit:
        kinds = unit.session.scalars(select(NoticeRow.kind).where(NoticeRow.person_id == 3)).all()
    assert NoticeKind.digest in kinds
    assert NoticeKind.breach not in kinds


def test_a_breach_that_the_sweep_did_not_write_is_found(house: House) -> None:
    ticket = house.ask()
    house.deliver()
    house.clock.advance(days=4)
    with house.office.unit() as unit:
        house.clock_row(unit, ticket).next_due_at = None
    house.sweep()
    house.deliver()
    assert house.codes() == [Code.missing_breach]


def test_a_late_answer_counted_as_met_is_found(house: House) -> None:
    ticket = house.break_promise()
    with house.office.unit() as unit:
        for row in unit.session.scalars(select(NoticeRow).where(NoticeRow.kind == NoticeKind.breach)):
            row.clock_id = None
        unit.session.delete(unit.session.scalars(select(BreachRow)).one())
        clock = house.clock_row(unit, ticket)
        clock.state, clock.stopped_at = ClockState.stopped, house.clock.now()
    house.deliver()
    assert house.codes() == [Code.missing_breach]


def test_a_broken_promise_withdrawn_without_its_breach_is_found(house: House) -> None:
    ticket = house.ask()
    house.deliver()
    house.clock.advance(days=4)
    Desk(house.office).withdraw(house.key(), house.member, ticket)
    with house.office.unit() as unit:
        unit.session.delete(unit.session.scalars(select(BreachRow)).one())
    house.sweep()
    house.deliver()
    assert house.codes() == [Code.missing_breach]


Fault = Callable[[ClockRow], None]


def _move_due(clock: ClockRow) -> None:
    assert clock.due_at is not None
    clock.due_at += dt.timedelta(seconds=1)


def _move_breach_at(clock: ClockRow) -> None:
    assert clock.breach_at is not None
    clock.breach_at += dt.timedelta(minutes=1)


def _move_start(clock: ClockRow) -> None:
    clock.start += dt.timedelta(hours=2)


def _forget_due(clock: ClockRow) -> None:
    clock.due_at = None


@pytest.mark.parametrize(
    ("fault", "codes"),
    [
        (_move_due, [Code.due_mismatch]),
        (_move_breach_at, [Code.due_mismatch]),
        (_forget_due, [Code.due_mismatch]),
        (_move_start, [Code.due_mismatch, Code.start_mismatch]),
    ],
)
def test_a_stored_date_that_does_not_follow_from_its_facts_is_found(
    house: House, fault: Fault, codes: list[Code]
) -> None:
    ticket = house.ask()
    house.deliver()
    with house.office.unit() as unit:
        fault(house.clock_row(unit, ticket))
    assert house.codes() == sorted(codes)


def test_a_date_counted_with_another_calendar_is_found(house: House) -> None:
    ticket = house.ask()
    house.deliver()
    with house.office.unit() as unit:
        other = CALENDAR | {"hours": {"wed": [["09:00", "12:00"]]}}
        house.clock_row(unit, ticket).calendar_id = install(unit.session, other, unit.now).id
    assert house.codes() == [Code.due_mismatch]


def test_a_pause_that_no_message_explains_is_found(house: House) -> None:
    ticket = house.ask()
    house.deliver()
    with house.office.unit() as unit:
        clock = house.clock_row(unit, ticket)
        unit.session.add(PauseRow(clock_id=clock.id, begin=unit.now, end=unit.now + dt.timedelta(hours=1)))
    assert house.codes() == [Code.pauses_mismatch]


def test_a_clock_not_resumed_by_the_member_is_found(house: House) -> None:
    ticket = house.ask()
    ExpertDesk(house.office).ask_member(house.key(), house.expert, ticket, "Laquelle ?")
    house.deliver()
    with house.office.unit() as unit:
        question = unit.session.scalars(select(MessageRow).order_by(MessageRow.id)).first()
        assert question is not None
        values = {"author_id": question.author_id, "channel": "web", "conversation": "1", "body": "La première."}
        unit.session.add(
            MessageRow(ticket_id=ticket, cycle=1, kind="followup", at=unit.now + dt.timedelta(minutes=5), **values),
        )
    assert house.codes() == [Code.due_mismatch, Code.pauses_mismatch]


def test_a_breach_recorded_at_the_wrong_instant_is_found(house: House) -> None:
    house.break_promise()
    with house.office.unit() as unit:
        unit.session.scalars(select(BreachRow)).one().at += dt.timedelta(minutes=3)
    house.deliver()
    assert house.codes() == [Code.breach_mismatch]


def test_closing_in_the_very_minute_of_a_breach_does_not_move_it(house: House) -> None:
    house.clock.advance(seconds=10)
    ticket = house.ask()
    house.deliver()
    with house.office.reading() as unit:
        breach_at = house.clock_row(unit, ticket).breach_at
    assert breach_at is not None
    house.clock.reach(breach_at + dt.timedelta(seconds=30))
    house.sweep()
    day = house.clock.now().date()
    CoordinatorDesk(house.office).close_days(house.key(), house.coordinator, day, day, "Panne de chauffage")
    house.deliver()
    assert house.audit() == []


def test_a_breach_written_before_its_time_is_found(house: House) -> None:
    house.break_promise()
    with house.office.unit() as unit:
        breach = unit.session.scalars(select(BreachRow)).one()
        breach.noticed_at = breach.at
    house.deliver()
    assert house.codes() == [Code.false_breach]


def test_a_breach_of_a_promise_already_kept_is_found(house: House) -> None:
    ticket = house.ask()
    house.answer(ticket)
    house.deliver()
    house.clock.advance(days=4)
    with house.office.unit() as unit:
        clock = house.clock_row(unit, ticket)
        unit.session.add(BreachRow(clock_id=clock.id, at=clock.breach_at, noticed_at=unit.now))
    house.sweep()
    house.deliver()
    assert house.codes() == [Code.false_breach, Code.missing_alert]


def test_an_answer_by_telephone_recorded_after_the_breach_leaves_it_to_be_excused(house: House) -> None:
    ticket = house.break_promise()
    given = house.clock.now() - dt.timedelta(days=3)
    ExpertDesk(house.office).answer_by_hand(house.key(), house.expert, ticket, "Par téléphone : deux mois.", given)
    house.deliver()
    assert house.audit() == []


def test_a_breach_without_its_alert_is_found(house: House) -> None:
    house.break_promise()
    with house.office.unit() as unit:
        for notice in unit.session.scalars(select(NoticeRow).where(NoticeRow.kind == NoticeKind.breach)):
            for delivery in notice.deliveries:
                unit.session.delete(delivery)
            unit.session.delete(notice)
    house.deliver()
    assert house.codes() == [Code.missing_alert]


def test_deliveries_that_wait_too_long_are_found_once_a_channel(house: House) -> None:
    house.ask()
    house.clock.advance(minutes=11)
    house.sweep()
    [told] = house.audit()
    assert told["code"] == Code.outbox_stuck
    assert told["detail"]["channel"] == "web"
    assert told["detail"]["count"] >= 2


def test_a_delivery_being_tried_is_not_stuck(house: House) -> None:
    house.ask()
    house.clock.advance(minutes=11)
    house.sweep()
    assert Outbox(house.office).claim(ALL)
    assert house.codes() == []


def test_a_silent_sweep_is_found(house: House) -> None:
    house.clock.advance(minutes=5)
    assert house.codes() == []
    house.clock.advance(seconds=1)
    assert house.codes() == [Code.sweep_silent]


def test_holidays_not_signed_off_for_the_next_sixty_days_are_found(house: House) -> None:
    house.clock.reach(dt.datetime(2027, 11, 1, 9, 0, tzinfo=dt.UTC))
    house.sweep()
    house.deliver()
    assert house.codes() == []
    house.clock.advance(days=2)
    house.sweep()
    house.deliver()
    assert house.codes() == [Code.holidays_not_signed]


def test_an_open_question_without_a_clock_is_found(house: House) -> None:
    house.ask()
    house.deliver()
    with house.office.unit() as unit:
        unit.session.scalars(select(TicketRow)).one().cycle = 2
    assert house.codes() == [Code.missing_clock]


def test_an_answer_that_nothing_carries_is_found(house: House) -> None:
    ticket = house.ask()
    house.deliver()
    house.answer(ticket)
    with house.office.unit() as unit:
        for delivery in unit.session.scalars(select(DeliveryRow).where(DeliveryRow.state == DeliveryState.queued)):
            delivery.state = DeliveryState.void
    assert house.codes() == [Code.answer_not_on_its_way]


def test_an_answer_tried_for_more_than_a_day_is_found(house: House) -> None:
    ticket = house.ask()
    house.deliver()
    house.answer(ticket)
    for _ in range(25):
        house.clock.advance(hours=1)
        house.sweep()
        for delivery in Outbox(house.office).claim(ALL):
            Outbox(house.office).failed(delivery.delivery_id, "retry", "busy", retry_after=1800)
            with house.office.unit() as unit:
                unit.session.get_one(DeliveryRow, delivery.delivery_id).attempts = 1
    assert Code.answer_not_on_its_way in house.codes()


def test_a_calendar_that_hardly_opens_is_found(house: House) -> None:
    ticket = house.ask()
    house.deliver()
    with house.office.unit() as unit:
        never = CALENDAR | {"closures": ["2026-06-01/2032-06-01"]}
        house.clock_row(unit, ticket).calendar_id = install(unit.session, never, unit.now).id
    assert house.codes() == [Code.beyond_count]


def test_each_finding_is_told_once_a_day(house: House) -> None:
    ticket = house.ask()
    house.deliver()
    with house.office.unit() as unit:
        _move_due(house.clock_row(unit, ticket))
    auditor = Auditor(house.office)
    assert len(house.audit()) == 1
    assert house.audit() == []
    assert auditor.run() == 1
    house.clock.advance(days=1)
    house.sweep()
    house.deliver()
    with house.office.unit() as unit:
        _move_due(house.clock_row(unit, ticket))
    assert len(house.audit()) == 1


def test_many_findings_of_one_kind_do_not_flood_the_coordinator(house: House) -> None:
    for number in range(MOST_TOLD + 3):
        house.ask(f"Affaire de concession numéro {number} ?")
    house.deliver()
    with house.office.unit() as unit:
        for clock in unit.session.scalars(select(ClockRow)):
            _move_due(clock)
    told = house.audit()
    assert len(told) == MOST_TOLD + 1
    assert told[-1]["detail"] == {"others": 3}


def test_old_settled_questions_are_left_alone_and_old_open_ones_are_not(house: House) -> None:
    settled, late = house.ask(), house.ask("Autre affaire de concession ?")
    house.answer(settled)
    house.deliver()
    house.clock.advance(days=30)
    house.sweep()
    house.deliver()
    with house.office.unit() as unit:
        _move_due(house.clock_row(unit, settled))
        _move_due(house.clock_row(unit, late))
    [told] = house.audit()
    assert told["detail"]["ticket"] == late


def test_on_sqlite_nothing_is_judged_while_the_machine_s_clock_is_in_doubt(
    make_office: OfficeMaker, house: House, clock: ManualClock
) -> None:
    auditor = Auditor(make_office())
    assert auditor.run() == 0
    clock.set(clock.now() + dt.timedelta(days=2))
    assert (auditor.run() == 0) is house.office.database.is_sqlite


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_every_finding_has_its_sentence(locale: str) -> None:
    words = Words(locale)
    assert all(words(f"finding.{code}") for code in Code)
