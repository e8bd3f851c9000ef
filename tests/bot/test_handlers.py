"""Each inbound event reaches its use case, with who speaks, where and when; what makes no sense changes nothing."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import anyio
import pytest
from sqlalchemy import select

from bot.channel import Command, Inbound, Pressed, Said
from bot.handlers import Absences, Listing
from helpdesk.errors import ConflictError, GuichetError, InvalidInputError, NotAllowedError, NotFoundError
from helpdesk.model import AccountRef, Address, MessageKind, State
from helpdesk.tables import AbsenceRow, MessageRow, NoticeRow, TicketRow
from helpdesk.views import Board, TicketView
from knowledge.entry import Entry
from tests.bot.house import demonstration

if TYPE_CHECKING:
    from bot.handlers import Seen
    from bot.parts import Parts
    from helpdesk.office import Office
    from tests.clock import ManualClock

DISPUTE = "Un candidat évincé menace d'un recours contre notre marché de nettoyage, que faire ?"


class Desks:
    """People of the demonstration network at their consoles."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._key = 0

    def _inbound(self, name: str) -> tuple[str, AccountRef, Address]:
        self._key += 1
        return f"update:{self._key}", AccountRef("console", name), Address("console", name)

    def _handle(self, inbound: Inbound) -> int | None:
        return anyio.run(self.parts.handlers.handle, inbound)

    def says(self, name: str, text: str, at: dt.datetime | None = None, ticket: int | None = None) -> int | None:
        return self._handle(Said(*self._inbound(name), text, ticket, at=at))

    def presses(self, name: str, action: str) -> int | None:
        return self._handle(Pressed(*self._inbound(name), action))

    def commands(self, name: str, command: str, argument: str = "", at: dt.datetime | None = None) -> int | None:
        return self._handle(Command(*self._inbound(name), command, argument, at=at))

    def looks(self, name: str, command: str, argument: str = "") -> Seen | None:
        return anyio.run(self.parts.handlers.look, Command(*self._inbound(name), command, argument))

    def refused(self, name: str, command: str, argument: str = "") -> GuichetError:
        with pytest.raises(GuichetError) as refused:
            self.commands(name, command, argument)
        return refused.value

    def state(self, ticket: int | None) -> State:
        with self.parts.office.reading() as unit:
            return unit.session.get_one(TicketRow, ticket).state

    def bodies(self, kind: MessageKind) -> list[str]:
        with self.parts.office.reading() as unit:
            rows = unit.session.scalars(select(MessageRow).where(MessageRow.kind == kind).order_by(MessageRow.id))
            return [row.body for row in rows]

    def told(self) -> list[str]:
        with self.parts.office.reading() as unit:
            return [row.kind for row in unit.session.scalars(select(NoticeRow).order_by(NoticeRow.id))]


@pytest.fixture
def desks(office: Office) -> Desks:
    return Desks(demonstration(office))


@pytest.fixture
def asked(desks: Desks) -> int:
    """A question that is with the experts, assigned to Marc or to nobody."""
    ticket = desks.commands("claire", "question", DISPUTE)
    assert ticket is not None
    if desks.state(ticket) is not State.assigned:
        desks.presses("claire", f"human:{ticket}")
    desks.commands("nadia", "reassign", f"{ticket} marc")
    assert desks.state(ticket) is State.assigned
    return ticket


def test_what_is_said_is_heard_at_its_own_time(desks: Desks, clock: ManualClock) -> None:
    said_at = clock.now() - dt.timedelta(minutes=10)
    ticket = desks.says("claire", DISPUTE, at=said_at)
    with desks.parts.office.reading() as unit:
        assert unit.session.get_one(TicketRow, ticket).asked_at == said_at


def test_a_repeated_update_changes_nothing(desks: Desks) -> None:
    said = Said("update:once", AccountRef("console", "claire"), Address("console", "claire"), DISPUTE)
    first = anyio.run(desks.parts.handlers.handle, said)
    told = desks.told()
    assert anyio.run(desks.parts.handlers.handle, said) == first
    assert desks.told() == told


def test_a_reply_to_a_question_belongs_to_it(desks: Desks, asked: int) -> None:
    desks.commands("claire", "question", "Peut-on exiger un label dans un marché ?")
    assert desks.says("claire", "Le marché est signé depuis mars.", ticket=asked) == asked
    assert desks.bodies(MessageKind.followup) == ["Le marché est signé depuis mars."]


def test_an_expert_takes_asks_notes_and_answers(desks: Desks, asked: int) -> None:
    desks.commands("marc", "take", str(asked))
    desks.commands("marc", "note", f"{asked} à relire")
    desks.commands("marc", "ask", f"n° {asked} : quel montant ?")
    assert desks.state(asked) is State.waiting
    desks.says("claire", "40 000 euros")
    assert desks.commands("marc", "answer", f"{asked} Répondez sous dix jours.") == asked
    assert desks.state(asked) is State.answered
    assert desks.bodies(MessageKind.note) == ["à relire"]
    assert desks.bodies(MessageKind.asks_member) == ["quel montant ?"]
    assert desks.bodies(MessageKind.answer) == ["Répondez sous dix jours."]
    desks.presses("claire", f"solved:{asked}")
    desks.presses("claire", f"rate:{asked}:4")
    assert desks.told()[-2:] == ["confirmed", "rated"]


def test_a_question_is_passed_to_a_colleague_by_name(desks: Desks, asked: int) -> None:
    desks.commands("marc", "pass", f"{asked} LEA")
    view = desks.looks("nadia", "ticket", str(asked))
    assert isinstance(view, TicketView)
    assert view.line.assignee == "Léa"


def test_a_name_that_fits_nobody_is_refused(desks: Desks, asked: int) -> None:
    error = desks.refused("marc", "pass", f"{asked} Gontran")
    assert (type(error), error.code, error.data) == (NotFoundError, "no_person_named", {"name": "Gontran"})


def test_a_name_that_fits_several_is_refused(desks: Desks, asked: int) -> None:
    with desks.parts.office.unit() as unit:
        lea = unit.session.get_one(TicketRow, asked).assignee
        assert lea is not None
        lea.name = "Léo Marc"
    error = desks.refused("nadia", "reassign", f"{asked} lé")
    assert (error.code, error.data["names"]) == ("several_people", ["Léo Marc", "Léa"])


def test_a_breach_is_excused_in_the_cycle_that_broke(desks: Desks, asked: int) -> None:
    error = desks.refused("nadia", "excuse", f"{asked} pont")
    assert (type(error), error.code) == (NotFoundError, "no_breach")
    assert desks.refused("nadia", "excuse", str(asked)).code == "text_missing"


def test_an_absence_is_declared_in_both_ways_of_writing_days(desks: Desks) -> None:
    desks.commands("marc", "absence", "2026-12-24 2026-12-31")
    desks.commands("lea", "absence", "du 5/8/2026 au 12/08/2026")
    desks.commands("lea", "absence", "2026-09-01")
    with desks.parts.office.reading() as unit:
        rows = unit.session.scalars(select(AbsenceRow).order_by(AbsenceRow.id))
        assert [(row.first_day.isoformat(), row.last_day.isoformat()) for row in rows] == [
            ("2026-12-24", "2026-12-31"),
            ("2026-08-05", "2026-08-12"),
            ("2026-09-01", "2026-09-01"),
        ]


def test_a_coordinator_declares_somebody_else_s_absence(desks: Desks) -> None:
    desks.commands("nadia", "absence", "Léa 2026-12-24 2026-12-31")
    desks.commands("nadia", "absence", "marc du 5/8/2026 au 12/08/2026")
    seen = desks.looks("nadia", "absence")
    assert isinstance(seen, Absences)
    assert seen.everybody
    assert [(name, first.isoformat()) for _, name, first, _ in seen.lines] == [
        ("Marc", "2026-08-05"), ("Léa", "2026-12-24"),
    ]  # fmt: skip
    own = desks.looks("marc", "absence")
    assert isinstance(own, Absences)
    assert ([name for _, name, _, _ in own.lines], own.everybody) == (["Marc"], False)
    with pytest.raises(NotAllowedError):
        desks.commands("marc", "absence", "Léa 2026-12-24")
    assert desks.refused("nadia", "absence", "Zoé 2026-12-24").code == "no_person_named"


def test_an_answer_is_proposed_under_the_title_given_or_the_question_itself(desks: Desks) -> None:
    for title in ("Que faire quand un candidat conteste ?", ""):
        number = desks.says("claire", f"Un candidat évincé menace d'un recours, que faire ? {title}")
        assert desks.refused("marc", "propose", f"{number} {title}").code == "wrong_state"
        desks.commands("marc", "answer", f"{number} Répondez sous dix jours.")
        desks.commands("marc", "propose", f"{number} {title}")
        assert desks.refused("marc", "propose", f"{number} {title}").code == "already_proposed"
    proposed = desks.parts.coordinators.candidates(AccountRef("console", "nadia"))
    assert [(item.title, item.body) for item in proposed] == [
        ("Que faire quand un candidat conteste ?", "Répondez sous dix jours."),
        ("Un candidat évincé menace d'un recours, que faire ?", "Répondez sous dix jours."),
    ]
    assert desks.refused("claire", "propose", str(number)).code == "not_allowed"


@pytest.mark.parametrize("days", ["", "demain", "2026-13-01 2026-12-31", "2026-01-01 2026-01-02 2026-01-03"])
def test_days_that_cannot_be_read_are_refused(desks: Desks, days: str) -> None:
    assert desks.refused("marc", "absence", days).code == "dates_missing"


def test_the_language_is_chosen(desks: Desks) -> None:
    desks.commands("claire", "language", "EN")
    person = desks.parts.people.identify(AccountRef("console", "claire"))
    assert person is not None
    assert person.locale == "en"


def test_what_is_only_looked_at_writes_nothing(desks: Desks, asked: int) -> None:
    told = desks.told()
    mine = desks.looks("claire", "mine")
    queue = desks.looks("marc", "queue")
    assert isinstance(mine, Listing)
    assert isinstance(queue, Listing)
    assert [line.id for line in mine.lines] == [line.id for line in queue.lines] == [asked]
    assert isinstance(desks.looks("nadia", "board"), Board)
    assert isinstance(desks.looks("claire", "entry", "faq-prix-seul"), Entry)
    assert isinstance(desks.looks("claire", "ticket", str(asked)), TicketView)
    late = desks.looks("nadia", "late")
    assert isinstance(late, Listing)
    assert late.lines == ()
    assert desks.told() == told


def test_what_is_to_be_done_is_not_looked_at(desks: Desks, asked: int) -> None:
    assert desks.looks("marc", "take", str(asked)) is None


def test_roles_are_the_cores_business(desks: Desks, asked: int) -> None:
    for command, argument in (("take", str(asked)), ("answer", f"{asked} oui"), ("reassign", f"{asked} lea")):
        assert isinstance(desks.refused("claire", command, argument), NotAllowedError)
    with pytest.raises(NotAllowedError):
        desks.looks("claire", "board")
    assert isinstance(desks.refused("lea", "take", "999"), NotFoundError)


def test_a_form_that_only_the_web_has_says_so(desks: Desks) -> None:
    with pytest.raises(InvalidInputError, match="on_the_page"):
        desks.presses("nadia", "candidate:7")


@pytest.mark.parametrize(("action", "code"), [("choose:1:x", "no_such_rank"), ("rate:1:99", "bad_rating")])
def test_a_malformed_choice_is_refused(desks: Desks, action: str, code: str) -> None:
    with pytest.raises(InvalidInputError, match=code):
        desks.presses("claire", action)


def test_somebody_elses_question_is_not_taken_from_them(desks: Desks, asked: int) -> None:
    with desks.parts.office.unit() as unit:
        unit.ticket(asked).theme_id = None
    assert isinstance(desks.refused("lea", "take", str(asked)), ConflictError)
