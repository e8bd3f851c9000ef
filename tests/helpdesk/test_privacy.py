"""What a person may see, take away and have forgotten; and what time forgets."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from sqlalchemy import select

from helpdesk.attachments import Upload
from helpdesk.drafts import Drafts
from helpdesk.errors import NotAllowedError, NotFoundError
from helpdesk.model import Address, Resolution, State
from helpdesk.notices import NoticeKind as K
from helpdesk.people import create_person
from helpdesk.retractions import Retractions
from helpdesk.tables import AccountRow, MessageRow, NoticeRow, TicketRow
from tests.helpdesk.network import Network, account, kinds, only, paris
from tests.helpdesk.plain import ANSWERED

SECRET = "Le maire de Bois-Joli est en conflit avec son frère, titulaire du marché"


def _stored_words(network: Network) -> str:
    """Return everything stored that holds words, as one text."""
    with network.office.reading() as unit:
        notices = [json.dumps(row, ensure_ascii=False) for row in unit.session.scalars(select(NoticeRow.data))]
        tickets = unit.session.execute(select(TicketRow.question, TicketRow.judgement)).all()
        questions = [f"{question}\n{json.dumps(judgement, ensure_ascii=False)}" for question, judgement in tickets]
        return "\n".join([*notices, *questions, *unit.session.scalars(select(MessageRow.body))])


def test_a_person_takes_away_all_they_said_and_were_answered(network: Network) -> None:
    ticket = network.assigned(text=SECRET)
    network.experts.note(network.key(), account("marc"), ticket, "Entre nous.")
    network.experts.answer(network.key(), account("marc"), ticket, "Voici la marche à suivre.")
    held = network.privacy.export(account("claire"))
    assert held["person"]["name"] == "Claire"
    assert {item["channel"] for item in held["person"]["accounts"]} == {"console", "letter", "web"}
    assert [(question["number"], question["text"]) for question in held["questions"]] == [(ticket, SECRET)]
    assert [(message["mine"], message["text"]) for message in held["messages"]] == [
        (True, SECRET),
        (False, "Voici la marche à suivre."),
    ]
    json.dumps(held)


def test_a_person_takes_away_the_names_of_their_files_their_absences_and_their_drafts(network: Network) -> None:
    letter = Upload("lettre.pdf", "application/pdf", b"%PDF-1.4")
    ticket = network.asks("marc", SECRET, files=(letter,))
    network.experts.declare_absence(network.key(), account("marc"), dt.date(2026, 6, 8), dt.date(2026, 6, 9))
    Drafts(network.office).keep(account("marc"), Address("console", "marc"), "7", ticket, {"text": "Voyez avec…"})
    held = network.privacy.export(account("marc"))
    assert [message["files"] for message in held["messages"]] == [["lettre.pdf"]]
    assert held["person"]["absences"] == [{"first_day": "2026-06-08", "last_day": "2026-06-09"}]
    assert [(draft["question"], draft["data"]["text"]) for draft in held["drafts"]] == [(ticket, "Voyez avec…")]
    nothing = network.privacy.export(account("nadia"))
    assert (nothing["messages"], nothing["person"]["absences"], nothing["drafts"]) == ([], [], [])


def test_who_is_erased_leaves_no_words_anywhere(network: Network) -> None:
    ticket = network.assigned(text=SECRET)
    network.sweep_until(paris(3, 11))
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    network.deliver()
    network.desk.solved(network.key(), account("claire"), ticket)
    network.deliver()
    assert SECRET in _stored_words(network)
    network.privacy.erase(network.key(), account("claire"), keep_open=False)
    assert SECRET[:30] not in _stored_words(network)
    assert "Voici." in _stored_words(network)
    assert network.people.identify(account("claire")) is None
    assert network.people.identify(account("claire", "letter")) is None
    assert network.person("claire").name == "—"
    seen = network.desk.ticket(account("nadia"), ticket)
    assert (seen.author, seen.line.question) == ("—", "—")
    assert network.is_met(ticket)


def test_erasing_withdraws_the_open_questions_when_asked_to(network: Network) -> None:
    ticket = network.assigned(text=SECRET)
    network.deliver()
    assert network.privacy.open_questions(account("claire")) == 1
    network.privacy.erase(network.key(), account("claire"), keep_open=False)
    assert network.ticket(ticket).resolution is Resolution.withdrawn
    assert SECRET[:30] not in _stored_words(network)
    told = network.deliver()
    assert only(told, K.question_withdrawn, "marc").data == {"question": "—"}
    assert kinds(told, "—") == []


def test_an_open_question_goes_on_without_a_name(network: Network) -> None:
    ticket = network.assigned(text=SECRET)
    network.deliver()
    network.privacy.erase(network.key(), account("claire"), keep_open=True)
    assert (network.person("claire").name, network.state(ticket)) == ("—", State.assigned)
    assert network.desk.ticket(account("marc"), ticket).messages[0].body == SECRET
    network.clock.reach(paris(2, 10))
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    network.sweep.run()
    assert only(network.deliver(), K.answered).where == "console"
    assert network.is_met(ticket)
    network.sweep_until(paris(5, 10))
    assert network.people.identify(account("claire")) is not None
    network.sweep_until(paris(11, 10))
    assert network.people.identify(account("claire")) is None
    assert SECRET[:30] not in _stored_words(network)


def test_an_answer_on_its_way_is_still_owed_to_who_asks_to_be_erased(network: Network) -> None:
    ticket = network.assigned(text=SECRET)
    network.deliver()
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    assert network.privacy.open_questions(account("claire")) == 1
    network.privacy.erase(network.key(), account("claire"), keep_open=True)
    assert only(network.deliver(), K.answered).data["text"] == "Voici."
    assert network.is_met(ticket)


def test_the_last_coordinator_cannot_vanish(network: Network) -> None:
    network.privacy.erase(network.key(), account("omar"), keep_open=False)
    with pytest.raises(NotAllowedError, match="last_coordinator"):
        network.privacy.erase(network.key(), account("nadia"), keep_open=False)


def test_an_erased_expert_hands_everything_on(network: Network) -> None:
    ticket = network.assigned()
    network.privacy.erase(network.key(), account("marc"), keep_open=False)
    assert network.ticket(ticket).assignee_id == network.ids["ines"]
    network.asks("paul", "Et ceci ?")
    assert "marc" not in {notice.name for notice in network.sweep_until(paris(5, 10))}


def test_a_newcomer_with_a_dash_for_a_name_is_not_taken_for_an_erased_one(network: Network) -> None:
    with network.office.unit() as unit:
        create_person(unit, "—", frozenset(), accounts=(account("tiret"),))
    network.sweep_until(paris(2, 10))
    assert network.people.identify(account("tiret")) is not None


def test_old_words_are_forgotten_and_the_figures_stay(network: Network) -> None:
    ticket = network.assigned(text=SECRET)
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    network.deliver()
    network.desk.solved(network.key(), account("claire"), ticket)
    network.deliver()
    june = (dt.date(2026, 6, 1), dt.date(2026, 6, 30))
    before = network.coordinators.figures(account("nadia"), *june)
    network.clock.advance(days=3 * 366)
    fresh = network.asks("paul", ANSWERED)
    network.sweep.run()
    network.clock.advance(days=1)
    network.sweep.run()
    network.clock.advance(minutes=1)
    network.sweep.run()
    words = _stored_words(network)
    assert SECRET[:30] not in words
    assert network.ticket(fresh).question == ANSWERED
    assert network.coordinators.figures(account("nadia"), *june) == before
    shown = network.desk.conversation(account("claire"), Address("console", "claire"))
    assert {line.kind for line in shown if line.kind} >= {"acknowledged", "answered", "confirmed"}
    answered = next(line.data for line in shown if line.kind == "answered")
    assert answered is not None
    assert answered["text"] == "—"


def test_a_sign_in_link_serves_once_and_not_for_ever(network: Network) -> None:
    people, claire = network.people, network.ids["claire"]
    token = people.sign_in_link(claire)
    person, epoch = people.redeem(token)
    assert person.id == claire
    with pytest.raises(NotFoundError, match="link_used"):
        people.redeem(token)
    late = people.sign_in_link(claire)
    network.clock.advance(hours=25)
    for token_, code in ((late, "link_expired"), ("n'importe quoi", "link_unknown")):
        with pytest.raises(NotFoundError, match=code):
            people.redeem(token_)
    assert people.session(claire, epoch) is not None
    people.end_sessions(claire)
    assert people.session(claire, epoch) is None
    with network.office.reading() as unit:
        web = (AccountRow.channel == "web", AccountRow.person_id == claire)
        assert unit.session.scalars(select(AccountRow.last_seen_at).where(*web)).one() is not None


def test_what_platforms_still_show_of_who_is_erased_is_noted_for_them(network: Network) -> None:
    ticket = network.assigned(text=SECRET)
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    while claimed := network.outbox.claim(frozenset({"console", "letter", "web"})):
        for delivery in claimed:
            shown = f"{delivery.delivery_id}0 {delivery.delivery_id}1" if delivery.kind is K.answered else None
            network.outbox.sent(delivery.delivery_id, shown)
    network.desk.solved(network.key(), account("claire"), ticket)
    network.privacy.erase(network.key(), account("claire"), keep_open=False)
    waiting = Retractions(network.office, "console").waiting()
    assert len(waiting) == 2, "one notice in two messages; the others bear no id of their platform"
    assert {item.address for item in waiting} == {Address("console", "claire")}
    for item in waiting:
        Retractions(network.office, "console").done(item.id)
    assert Retractions(network.office, "console").waiting() == ()


def test_old_words_that_were_no_question_are_forgotten_where_no_question_is_old(network: Network) -> None:
    network.says("claire", "merci beaucoup Marc")
    network.deliver()
    network.sweep.run()
    assert "merci beaucoup Marc" in _stored_words(network)
    network.clock.advance(days=3 * 366 + 1)  # a Monday
    network.sweep.run()
    assert "Marc" not in _stored_words(network)
