"""The auditor says nothing of promises that are as they should be, and names each fault that is put into one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from helpdesk.audit import HEARTBEAT, Code
from helpdesk.calendars import install
from helpdesk.coordinators import CoordinatorDesk
from helpdesk.desk import Desk
from helpdesk.experts import ExpertDesk
from helpdesk.model import Address, ClockState
from helpdesk.notices import NoticeKind
from helpdesk.policy import Policy
from helpdesk.tables import BreachRow, ClockRow, HeartbeatRow, MessageRow, NoticeRow, PauseRow
from tests.conftest import CALENDAR
from tests.helpdesk.audited import House, move_due

pytestmark = pytest.mark.long


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
        (move_due, [Code.due_mismatch]),
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


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"hours": {"wed": [["09:00", "12:00"]]}}, Code.due_mismatch),
        ({"closures": ["2026-06-01/2032-06-01"]}, Code.beyond_count),
    ],
)
def test_a_date_counted_with_another_calendar_or_one_that_hardly_opens_is_found(
    house: House, change: dict[str, Any], code: Code
) -> None:
    ticket = house.ask()
    house.deliver()
    with house.office.unit() as unit:
        house.clock_row(unit, ticket).calendar_id = install(unit.session, CALENDAR | change, unit.now).id
    assert house.codes() == [code]


def test_a_pause_that_no_message_explains_is_found(house: House) -> None:
    ticket = house.ask()
    house.deliver()
    with house.office.unit() as unit:
        clock = house.clock_row(unit, ticket)
        unit.session.add(PauseRow(clock_id=clock.id, begin=unit.now, end=unit.now + dt.timedelta(hours=1)))
    assert house.codes() == [Code.pauses_mismatch]


def test_two_questions_to_the_member_before_their_reply_are_one_pause(house: House) -> None:
    ticket = house.ask()
    for text in ("Laquelle ?", "Et quel montant ?"):
        ExpertDesk(house.office).ask_member(house.key(), house.expert, ticket, text)
        house.deliver()
        house.clock.advance(minutes=20)
    house.sweep()
    assert house.codes() == []
    Desk(house.office).hear(house.key(), house.member, Address("web", house.member.external_id), "La première.")
    house.deliver()
    assert house.codes() == []


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
