"""The clock of a question is watched: reminders, the breach, escalations, and what is told to whom and when."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from helpdesk.model import ClockState, State
from helpdesk.notices import NoticeKind as K
from helpdesk.promise import is_open
from helpdesk.tables import ClockRow, EventRow, NoticeRow, TicketRow
from tests.helpdesk.network import Network, Told, account, kinds, only, paris
from tests.helpdesk.plain import ANSWERED

if TYPE_CHECKING:
    from tests.clock import ManualClock

ALERTS = {K.reminder, K.breach, K.escalation, K.digest}
DUE = paris(3, 17, 30)
BREACH = paris(4, 9)


def _alerts(told: list[Told]) -> list[tuple[str, str, int | None]]:
    return [(notice.name, notice.kind.value, notice.data.get("percent")) for notice in told if notice.kind in ALERTS]


def test_a_whole_life_without_an_answer(network: Network) -> None:
    ticket = network.assigned()
    told = network.sweep_until(paris(8, 9))
    when = {
        (notice.kind.value, notice.data.get("percent"), notice.name): notice.at
        for notice in told
        if notice.kind in ALERTS
    }
    everybody = ("marc", "nadia", "omar")
    expected: dict[tuple[str, int | None, str], dt.datetime] = {
        ("reminder", 50, "marc"): paris(2, 14, 15),
        ("reminder", 75, "marc"): paris(3, 10, 38),
        **{("reminder", 90, name): paris(3, 15, 33) for name in everybody},
        **{("breach", None, name): paris(4, 9, 0, 1) for name in everybody},
        **{("escalation", 125, name): paris(4, 15, 53) for name in ("nadia", "omar")},
        **{("escalation", 150, name): paris(5, 14, 15) for name in ("nadia", "omar")},
    }
    assert when == expected
    late = only(told, K.late, "claire")
    assert (late.at, late.data["due_at"], late.data["next"]) == (paris(4, 9, 0, 1), DUE.isoformat(), "expert")
    breach = network.breach(ticket)
    assert breach is not None
    assert (breach.at, breach.noticed_at) == (BREACH, paris(4, 9, 0, 1))


def test_nothing_rings_for_experts_outside_opening_hours(network: Network) -> None:
    network.clock.reach(paris(1, 20))
    network.assigned()
    network.asks("paul", "Que faire si le titulaire disparaît ?")
    told = network.deliver() + network.sweep_until(paris(8, 9))
    calendar = network.office.calendars
    with network.office.reading() as unit:
        _, calendar_now = calendar.current(unit.session)
    staff = [notice for notice in told if notice.name not in {"claire", "paul"}]
    assert staff
    assert all(is_open(calendar_now, notice.at) for notice in staff)


def test_a_late_sender_rings_nobody_at_night(network: Network) -> None:
    network.assigned()
    network.clock.reach(paris(1, 20))
    assert kinds(network.deliver()) == [K.acknowledged]
    network.clock.reach(paris(2, 9))
    assert K.assigned in kinds(network.deliver(), "marc")


@pytest.mark.parametrize("seconds_late", [0, 1])
def test_exactly_on_time_is_on_time(network: Network, seconds_late: int) -> None:
    ticket = network.assigned()
    network.clock.reach(BREACH + dt.timedelta(seconds=seconds_late))
    network.sweep.run()
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    network.deliver()
    assert network.is_met(ticket) is (seconds_late == 0)


def test_answering_in_the_evening_after_the_date_is_on_time(network: Network) -> None:
    ticket = network.assigned()
    network.clock.reach(paris(3, 20))
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    network.deliver()
    assert network.is_met(ticket)


def test_an_answer_too_late_is_a_breach_even_if_no_sweep_saw_it(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    network.clock.reach(BREACH + dt.timedelta(minutes=10))
    network.experts.answer(network.key(), account("marc"), ticket, "Voici, avec retard.")
    told = network.deliver()
    breach = network.breach(ticket)
    assert breach is not None
    assert (breach.at, breach.noticed_at) == (BREACH, BREACH + dt.timedelta(minutes=10))
    assert kinds(told, "claire") == [K.late, K.answered]
    assert only(told, K.late).data["next"] == "answer"
    assert sorted(_alerts(told)) == [("nadia", "breach", None), ("omar", "breach", None)]
    assert _alerts(network.sweep_until(paris(9, 10))) == []


def test_a_question_to_the_member_too_late_is_a_breach_that_is_told(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    network.clock.reach(BREACH + dt.timedelta(minutes=10))
    network.experts.ask_member(network.key(), account("marc"), ticket, "Quel montant ?")
    told = network.deliver()
    assert kinds(told, "claire") == [K.late, K.expert_asks]
    assert {name for name, kind, _ in _alerts(told) if kind == "breach"} == {"marc", "nadia", "omar"}
    network.clock.advance(hours=1)
    network.says("claire", "45 000 euros")
    assert kinds(network.deliver(), "claire") == [K.joined]
    assert {kind for _, kind, _ in _alerts(network.sweep_until(paris(9, 10)))} == {"escalation"}


def test_a_withdrawal_too_late_leaves_the_breach_and_tells_it(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    network.clock.reach(BREACH + dt.timedelta(minutes=10))
    network.desk.withdraw(network.key(), account("claire"), ticket)
    told = network.deliver()
    assert network.breach(ticket) is not None
    assert network.promise(ticket).state is ClockState.void
    assert kinds(told, "claire") == [K.withdrawn]
    assert ("nadia", "breach", None) in _alerts(told)


def test_a_paused_clock_says_nothing(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    network.clock.reach(paris(2, 14))
    network.experts.ask_member(network.key(), account("marc"), ticket, "Quel montant ?")
    assert _alerts(network.sweep_until(paris(12, 10))) == []
    assert network.breach(ticket) is None
    network.says("claire", "45 000 euros")
    told = network.sweep_until(paris(12, 10, 30))
    assert _alerts(told) == [("marc", "reminder", 50)]


def test_what_an_expert_forgot_to_ask_is_asked_while_the_member_is_waited_for(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    network.clock.reach(paris(2, 14))
    network.experts.ask_member(network.key(), account("marc"), ticket, "Le marché est-il notifié ?")
    network.clock.advance(minutes=20)
    network.experts.ask_member(network.key(), account("marc"), ticket, "Et quel montant ?")
    asked = [notice.data["text"] for notice in network.deliver() if notice.kind is K.expert_asks]
    assert asked == ["Le marché est-il notifié ?", "Et quel montant ?"]
    assert network.promise(ticket).state is ClockState.paused
    network.clock.advance(minutes=40)
    network.says("claire", "Oui, pour 45 000 euros")
    assert network.promise(ticket).due_at == paris(4, 10)  # an hour after 17:30


def test_the_steps_passed_together_are_one_message_that_lists_the_others(network: Network) -> None:
    network.assigned()
    network.deliver()
    network.clock.reach(paris(3, 16))
    network.sweep.run()
    told = [notice for notice in network.deliver() if notice.kind in ALERTS]
    assert {(notice.name, notice.data["percent"], tuple(notice.data["skipped"])) for notice in told} == {
        (name, 90, (50, 75)) for name in ("marc", "nadia", "omar")
    }


def test_a_breach_found_late_keeps_its_true_instant(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    network.clock.reach(paris(8, 16))
    network.sweep.run()
    breach = network.breach(ticket)
    assert breach is not None
    assert (breach.at, breach.noticed_at) == (BREACH, paris(8, 16))
    assert {kind for _, kind, _ in _alerts(network.deliver())} == {"breach"}


def test_a_reminder_is_not_said_once_the_answer_is_given(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    network.clock.reach(paris(2, 14, 30))
    network.sweep.run()
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    assert _alerts(network.deliver()) == []


def test_a_reminder_is_not_said_to_who_no_longer_has_the_question(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    network.clock.reach(paris(2, 14, 30))
    network.sweep.run()
    network.coordinators.reassign(network.key(), account("nadia"), ticket, network.ids["ines"])
    assert _alerts(network.deliver()) == []


def test_reassigning_does_not_touch_the_promise(network: Network) -> None:
    ticket = network.assigned()
    before = network.promise(ticket)
    network.coordinators.reassign(network.key(), account("nadia"), ticket, network.ids["ines"])
    after = network.promise(ticket)
    assert (after.start, after.due_at, after.generation) == (before.start, before.due_at, before.generation)


def test_more_than_five_alerts_to_one_person_are_one_digest(network: Network) -> None:
    tickets = [network.assigned(text=f"Litige numéro {n}, que faire ?") for n in range(6)]
    network.deliver()
    network.clock.reach(paris(2, 14, 10))
    network.sweep.run()
    network.deliver()
    network.clock.reach(paris(2, 14, 20))
    network.sweep.run()
    digest = only(network.deliver(), K.digest, "marc")
    assert [item["ticket"] for item in digest.data["items"]] == tickets
    assert {item["percent"] for item in digest.data["items"]} == {50}


def test_after_a_time_without_sweeps_alerts_are_gathered(network: Network) -> None:
    for n in range(2):
        network.assigned(text=f"Litige numéro {n}, que faire ?")
    network.sweep.run()
    network.deliver()
    network.clock.reach(BREACH + dt.timedelta(minutes=5))
    network.sweep.run()
    told = network.deliver()
    assert {name for name, kind, _ in _alerts(told) if kind == "digest"} == {"marc", "nadia", "omar"}
    assert {kind for _, kind, _ in _alerts(told)} == {"digest"}
    assert kinds(told, "claire") == [K.late, K.late]


def test_somebody_away_is_not_rung_unless_nobody_else_is_there(network: Network) -> None:
    network.assigned()
    first, last = dt.date(2026, 6, 2), dt.date(2026, 6, 5)
    for name in ("marc", "ines"):
        network.experts.declare_absence(network.key(), account("nadia"), first, last, person=network.ids[name])
    told = network.sweep_until(paris(2, 15))
    assert {name for name, kind, _ in _alerts(told)} == {"nadia", "omar"}
    for name in ("nadia", "omar"):
        network.experts.declare_absence(network.key(), account(name), first, last)
    told = network.sweep_until(paris(4, 10))
    assert {name for name, kind, _ in _alerts(told) if kind == "breach"} == {"nadia", "omar"}


def test_a_poisoned_clock_is_put_off_told_and_stops_no_other(network: Network) -> None:
    sick, well = network.assigned(), network.assigned("paul")
    network.deliver()
    with network.office.unit() as unit:
        unit.session.execute(update(ClockRow).where(ClockRow.ticket_id == sick).values(budget_seconds=0))
    network.clock.reach(paris(2, 14, 30))
    network.sweep.run()
    told = network.deliver()
    assert [(notice.ticket, notice.data["percent"]) for notice in told if notice.kind is K.reminder] == [(well, 50)]
    findings = [notice for notice in told if notice.kind is K.audit_finding]
    assert {notice.name for notice in findings} == {"nadia", "omar"}
    assert findings[0].data["detail"]["ticket"] == sick
    clock = network.promise(sick)
    assert clock.failures == 1
    assert clock.next_due_at is not None
    assert clock.next_due_at > network.clock.now()
    network.clock.reach(clock.next_due_at)
    network.sweep.run()
    assert network.promise(sick).failures == 2
    assert K.audit_finding not in kinds(network.deliver())


def test_a_silence_that_cannot_be_settled_is_told_once_and_stops_no_other(network: Network) -> None:
    sick, well = (network.asks(name, ANSWERED) for name in ("claire", "paul"))
    network.deliver()
    with network.office.unit() as unit:
        unit.session.execute(update(TicketRow).where(TicketRow.id == sick).values(cycle=2))  # which has no clock
    told = network.sweep_until(paris(2, 10, 30))
    assert network.state(well) is State.closed
    assert network.state(sick) is State.answered
    findings = [notice for notice in told if notice.kind is K.audit_finding]
    assert {(notice.name, notice.data["code"], notice.data["detail"]["ticket"]) for notice in findings} == {
        (name, "silence_failed", sick) for name in ("nadia", "omar")
    }
    assert len(findings) == 2


def test_a_silence_that_cannot_be_settled_is_tried_again_less_and_less_often(network: Network) -> None:
    sick = network.asks("claire", ANSWERED)
    network.deliver()
    with network.office.unit() as unit:
        unit.session.execute(update(TicketRow).where(TicketRow.id == sick).values(cycle=2))  # which has no clock
    waits = []
    for _ in range(10):
        silence_at = network.ticket(sick).silence_at
        assert silence_at is not None
        network.clock.reach(silence_at)
        network.sweep.run()
        next_try = network.ticket(sick).silence_at
        assert next_try is not None
        waits.append((next_try - network.clock.now()) // dt.timedelta(minutes=1))
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 360, 360]
    with network.office.unit() as unit:
        unit.session.execute(update(TicketRow).where(TicketRow.id == sick).values(cycle=1))
    network.clock.advance(hours=6)
    network.sweep.run()
    assert network.state(sick) is State.closed
    assert network.ticket(sick).failures == 0


def test_a_question_that_cannot_be_given_to_anybody_is_told_once_and_stops_no_other(network: Network) -> None:
    sick, well = (network.asks(name, "Un fournisseur nous menace, que faire ?") for name in ("claire", "paul"))
    with network.office.unit() as unit:
        unit.session.execute(update(TicketRow).values(assignee_id=None))
        assigned = (EventRow.ticket_id == sick, EventRow.kind == "assign")
        unit.session.execute(update(EventRow).where(*assigned).values(data={}))
    told = network.sweep_until(paris(1, 11))
    assert network.ticket(well).assignee_id is not None
    findings = [notice for notice in told if notice.kind is K.audit_finding]
    assert {(notice.name, notice.data["code"], notice.data["detail"]["ticket"]) for notice in findings} == {
        (name, "routing_failed", sick) for name in ("nadia", "omar")
    }


def test_the_morning_summary_once_each_open_day(network: Network) -> None:
    network.assigned()
    network.sweep.run()
    network.deliver()
    told = network.sweep_until(paris(9, 12))
    days = [(notice.data["day"], notice.at) for notice in told if (notice.kind, notice.name) == (K.summary, "nadia")]
    assert days == [(f"2026-06-0{day}", paris(day, 9)) for day in (2, 3, 4, 5, 8, 9)]
    assert kinds(told, "omar").count(K.summary) == 6


def test_the_summary_of_a_quiet_day_is_there_and_empty(network: Network) -> None:
    network.sweep.run()
    summary = only(network.deliver(), K.summary, "nadia")
    figures = {name: value for name, value in summary.data.items() if name != "day"}
    assert set(map(str, figures.values())) == {"0", "[]"}


def test_a_clock_in_doubt_judges_nothing(network: Network, clock: ManualClock) -> None:
    if not network.office.database.is_sqlite:
        pytest.skip("PostgreSQL's own clock rules there")
    ticket = network.assigned()
    network.sweep.run()
    clock.set(paris(4, 10))
    assert network.sweep.run() == 0
    assert network.breach(ticket) is None
    clock.set(paris(1, 9, 1))
    network.sweep.run()
    clock.advance(seconds=40)
    network.sweep.run()
    assert network.breach(ticket) is None
    assert network.state(ticket) is State.assigned


def test_every_breach_has_its_alert_and_every_alert_its_name(network: Network) -> None:
    for n in range(3):
        network.assigned(text=f"Litige numéro {n} ?")
    network.sweep_until(paris(5, 10))
    with network.office.reading() as unit:
        keys = unit.session.query(NoticeRow.key).filter(NoticeRow.kind == "breach").all()
    assert len(keys) == 9
    assert all(":step:100:person:" in key for (key,) in keys)
