"""Closures and a new configuration: dates move, are told once, and nothing that was counted or broken is undone."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from helpdesk.calendars import install
from helpdesk.errors import ConflictError, InvalidInputError, NotFoundError
from helpdesk.notices import NoticeKind as K
from helpdesk.tables import CalendarRow, NoticeRow
from tests.conftest import CALENDAR
from tests.helpdesk.network import Network, account, kinds, only, paris
from tests.helpdesk.plain import ANSWERED, CLOSE, DISPUTE, FOOD_CASE, GREETING

TUESDAY, WEDNESDAY = dt.date(2026, 6, 2), dt.date(2026, 6, 3)


def _close(network: Network, first: dt.date, last: dt.date, reason: str = "Congrès") -> int:
    return network.coordinators.close_days(network.key(), account("nadia"), first, last, reason)


def test_a_closure_moves_the_dates_and_tells_each_member_once(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    assert _close(network, TUESDAY, TUESDAY) == 1
    moved = only(network.deliver(), K.date_moved, "claire")
    assert moved.data == {
        "due_at": paris(4, 17, 30).isoformat(),
        "previous": paris(3, 17, 30).isoformat(),
        "reason": "closure",
        "detail": "Congrès",
        "first_day": "2026-06-02",
        "last_day": "2026-06-02",
    }
    assert network.promise(ticket).due_at == paris(4, 17, 30)


def test_days_already_closed_are_not_closed_again(network: Network) -> None:
    network.assigned()
    _close(network, TUESDAY, WEDNESDAY)
    network.deliver()
    for first, last in ((TUESDAY, WEDNESDAY), (WEDNESDAY, WEDNESDAY)):
        with pytest.raises(ConflictError, match="already_closed"):
            _close(network, first, last, "Encore")
    assert kinds(network.deliver()) == []
    assert len(network.coordinators.closures(account("nadia"))) == 1
    _close(network, dt.date(2026, 6, 1), dt.date(2026, 6, 1))
    network.clock.advance(minutes=1)
    with pytest.raises(ConflictError, match="already_closed"):
        _close(network, dt.date(2026, 6, 1), dt.date(2026, 6, 1))


def test_a_member_is_told_once_of_all_that_they_asked_in_a_conversation(network: Network) -> None:
    first, second = network.asks("claire", DISPUTE), network.asks("claire", CLOSE)
    elsewhere = network.says("claire", FOOD_CASE, channel="letter")
    theirs = network.asks("paul", DISPUTE)
    network.deliver()
    assert _close(network, TUESDAY, TUESDAY) == 4
    due = paris(4, 17, 30).isoformat()
    told = [notice for notice in network.deliver() if notice.kind is K.date_moved]
    assert [(notice.name, notice.where, notice.ticket) for notice in told] == [
        ("claire", "console", None),
        ("claire", "letter", elsewhere),
        ("paul", "console", theirs),
    ]
    assert told[0].data == {
        "questions": [
            {"ticket": first, "question": DISPUTE, "due_at": due},
            {"ticket": second, "question": CLOSE, "due_at": due},
        ],
        "reason": "closure",
        "detail": "Congrès",
        "first_day": "2026-06-02",
        "last_day": "2026-06-02",
    }


def test_a_question_that_is_forgotten_is_forgotten_in_the_list_of_dates_too(network: Network) -> None:
    ticket, other = network.asks("claire", DISPUTE), network.asks("claire", CLOSE)
    _close(network, TUESDAY, TUESDAY)
    network.desk.withdraw(network.key(), account("claire"), ticket)
    network.privacy.erase(network.key(), account("claire"), keep_open=True)
    (row,) = network.pending(K.date_moved)
    with network.office.reading() as unit:
        data = unit.session.get_one(NoticeRow, row.notice_id).data
    assert [(item["ticket"], item["question"]) for item in data["questions"]] == [(ticket, "—"), (other, CLOSE)]


def test_a_closure_that_begins_today_keeps_the_minutes_already_counted(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    network.clock.reach(paris(1, 11))
    _close(network, dt.date(2026, 6, 1), dt.date(2026, 6, 1), "Coupure de courant")
    # Two hours were counted on Monday; four and a half are left of it, spent on Thursday.
    assert network.promise(ticket).due_at == paris(4, 15, 30)


def _reopen(network: Network, span: str = "2026-06-02", reason: str = "Congrès") -> int:
    return network.coordinators.reopen_days(network.key(), account("nadia"), span, reason)


def test_a_closure_taken_back_gives_the_first_dates_again_and_tells_each_member_once(network: Network) -> None:
    ticket = network.assigned()
    _close(network, TUESDAY, TUESDAY)
    network.deliver()
    assert _reopen(network) == 1
    assert network.promise(ticket).due_at == paris(3, 17, 30)
    assert only(network.deliver(), K.date_moved, "claire").data == {
        "due_at": paris(3, 17, 30).isoformat(),
        "previous": paris(4, 17, 30).isoformat(),
        "reason": "reopened",
        "detail": "Congrès",
        "first_day": "2026-06-02",
        "last_day": "2026-06-02",
    }
    assert network.promise(network.asks("paul", DISPUTE)).due_at == paris(3, 17, 30)
    assert network.coordinators.closures(account("nadia")) == ()


def test_a_closure_that_has_begun_ends_now(network: Network) -> None:
    ticket = network.assigned()
    _close(network, TUESDAY, TUESDAY)
    network.clock.reach(paris(2, 11))
    assert _reopen(network) == 1
    # The two hours of Tuesday morning did not count; they are spent on Thursday.
    assert network.promise(ticket).due_at == paris(4, 11)
    assert network.coordinators.closures(account("nadia")) == ()


def test_a_closure_taken_back_as_soon_as_it_begins_leaves_nothing(network: Network) -> None:
    ticket = network.assigned()
    _close(network, dt.date(2026, 6, 1), dt.date(2026, 6, 1), "Panne")
    (view,) = network.coordinators.closures(account("nadia"))
    assert (view.announced, view.begun) == (True, True)
    assert _reopen(network, view.span, "Panne") == 1
    assert network.promise(ticket).due_at == paris(3, 17, 30)


def test_questions_counted_with_another_configuration_are_reopened_too(network: Network) -> None:
    old = network.asks("claire", DISPUTE)
    _close(network, TUESDAY, TUESDAY)
    mornings = CALENDAR | {"hours": {day: [["09:00", "12:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}}
    with network.office.unit() as unit:
        install(unit.session, mornings, unit.now)
    new = network.asks("paul", DISPUTE)
    assert _reopen(network) == 2
    assert network.promise(old).due_at == paris(3, 17, 30)
    assert network.promise(new).due_at == paris(3, 12)


def test_only_what_was_announced_is_taken_back(network: Network) -> None:
    with network.office.unit() as unit:
        install(unit.session, CALENDAR | {"closures": [{"span": "2026-06-02", "reason": "Congrès"}]}, unit.now)
    (view,) = network.coordinators.closures(account("nadia"))
    assert not view.announced
    for span in ("2026-06-02", "2026-06-03"):
        with pytest.raises(NotFoundError, match="no_such_closure"):
            _reopen(network, span)


def test_a_closure_taken_back_never_undoes_a_breach(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    network.clock.reach(paris(4, 9, 30))
    _close(network, dt.date(2026, 6, 5), dt.date(2026, 6, 5))
    network.deliver()
    assert _reopen(network, "2026-06-05") == 0
    assert network.breach(ticket) is not None
    assert kinds(network.deliver(), "claire") == []


def test_a_closure_never_undoes_a_breach(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    network.clock.reach(paris(4, 9, 30))
    assert _close(network, dt.date(2026, 6, 4), dt.date(2026, 6, 5)) == 0
    breach = network.breach(ticket)
    assert breach is not None
    assert breach.at == paris(4, 9)
    told = network.deliver()
    assert kinds(told, "claire") == [K.late]


def test_a_member_who_was_told_no_date_is_told_of_no_move(network: Network) -> None:
    network.says("claire", GREETING)
    network.deliver()
    assert _close(network, TUESDAY, TUESDAY) == 0
    assert kinds(network.deliver(), "claire") == []


def test_reminders_wait_with_the_date(network: Network) -> None:
    network.assigned()
    network.deliver()
    _close(network, TUESDAY, WEDNESDAY)
    told = network.sweep_until(paris(4, 14))
    assert K.reminder not in kinds(told)
    assert {notice.data["day"] for notice in told if notice.kind is K.summary} == {"2026-06-04"}
    assert only(network.sweep_until(paris(4, 15)), K.reminder, "marc").data["percent"] == 50


def test_a_question_handed_over_after_a_closure_is_counted_with_it(network: Network) -> None:
    ticket = network.asks("claire", ANSWERED)
    network.deliver()
    _close(network, TUESDAY, TUESDAY)
    network.desk.ask_human(network.key(), account("claire"), ticket)
    assert only(network.deliver(), K.acknowledged).data["due_at"] == paris(4, 17, 30).isoformat()


def test_calendar_versions_are_added_and_never_changed(network: Network) -> None:
    def versions() -> dict[int, str]:
        with network.office.reading() as unit:
            rows = unit.session.execute(select(CalendarRow.id, CalendarRow.data).order_by(CalendarRow.id))
            return {number: str(data) for number, data in rows}

    before = versions()
    _close(network, TUESDAY, TUESDAY)
    after = versions()
    assert {number: after[number] for number in before} == before
    assert len(after) == len(before) + 1


def test_a_new_configuration_holds_for_new_questions_and_keeps_the_closures(network: Network) -> None:
    old = network.asks("claire", DISPUTE)
    _close(network, TUESDAY, TUESDAY)
    mornings = CALENDAR | {"hours": {day: [["09:00", "12:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}}
    with network.office.unit() as unit:
        install(unit.session, mornings, unit.now)
        install(unit.session, mornings, unit.now)
    new = network.asks("paul", DISPUTE)
    assert network.promise(old).due_at == paris(4, 17, 30)
    assert network.promise(new).due_at == paris(4, 12)
    assert _close(network, WEDNESDAY, WEDNESDAY) == 2
    assert network.promise(old).due_at == paris(5, 17, 30)
    assert network.promise(new).due_at == paris(5, 12)
    assert network.promise(network.asks("claire", "Et encore ?")).due_at == paris(5, 12)


def test_what_cannot_be_a_closure_is_refused(network: Network) -> None:
    day = dt.timedelta(days=1)
    for first, last, reason, code in (
        (TUESDAY, TUESDAY - day, "Congrès", "dates_reversed"),
        (TUESDAY - 5 * day, TUESDAY, "Congrès", "dates_past"),
        (TUESDAY, TUESDAY + 200 * day, "Congrès", "closure_too_long"),
        (TUESDAY, TUESDAY, "  ", "reason_missing"),
        (dt.date(9999, 12, 30), dt.date(9999, 12, 31), "Congrès", "dates_too_far"),
    ):
        with pytest.raises(InvalidInputError, match=code):
            _close(network, first, last, reason)


def test_beyond_the_signed_holidays_a_question_is_taken_and_the_coordinators_warned(network: Network) -> None:
    with network.office.unit() as unit:
        install(unit.session, CALENDAR | {"signed_until": "2026-06-02"}, unit.now)
    ticket = network.asks("claire", DISPUTE)
    network.asks("paul", DISPUTE)
    told = network.deliver()
    assert network.promise(ticket).due_at == paris(3, 17, 30)
    findings = [notice for notice in told if notice.kind is K.audit_finding]
    assert sorted(notice.name for notice in findings) == ["nadia", "omar"]
    assert findings[0].data == {"code": "holidays_not_signed", "detail": {"signed_until": "2026-06-02"}}
