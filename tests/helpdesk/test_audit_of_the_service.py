"""What the auditor finds amiss around the promises: deliveries, the sweep, the calendar; and how it tells it."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from bot.words import Words
from helpdesk.audit import MOST_TOLD, Auditor, Code
from helpdesk.model import DeliveryState
from helpdesk.outbox import Outbox
from helpdesk.tables import ClockRow, DeliveryRow, TicketRow
from tests.clock import ManualClock
from tests.conftest import OfficeMaker
from tests.helpdesk.audited import ALL, House, move_due


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


def test_each_finding_is_told_once_a_day(house: House) -> None:
    ticket = house.ask()
    house.deliver()
    with house.office.unit() as unit:
        move_due(house.clock_row(unit, ticket))
    auditor = Auditor(house.office)
    assert len(house.audit()) == 1
    assert house.audit() == []
    assert auditor.run() == 1
    house.clock.advance(days=1)
    house.sweep()
    house.deliver()
    with house.office.unit() as unit:
        move_due(house.clock_row(unit, ticket))
    assert len(house.audit()) == 1


def test_many_findings_of_one_kind_do_not_flood_the_coordinator(house: House) -> None:
    for number in range(MOST_TOLD + 3):
        house.ask(f"Affaire de concession numéro {number} ?")
    house.deliver()
    with house.office.unit() as unit:
        for clock in unit.session.scalars(select(ClockRow)):
            move_due(clock)
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
        move_due(house.clock_row(unit, settled))
        move_due(house.clock_row(unit, late))
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
