"""Whoever is not known yet: one question about their organisation, an invitation, or a polite no."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from helpdesk.model import AccountRef, Address
from helpdesk.office import find_account
from helpdesk.people import organisation
from helpdesk.tables import TicketRow

if TYPE_CHECKING:
    from tests.clock import ManualClock
    from tests.telegram.botapi.server import BotApiServer
    from tests.telegram.botapi.user import User
    from tests.telegram.service import Guichet

LABEL = "Peut-on exiger un label dans un marché ?"


def _person(guichet: Guichet, user: User) -> tuple[str, str | None, str]:
    person = guichet.parts.people.identify(AccountRef("telegram", str(user.id)))
    assert person is not None
    return person.name, person.organisation, person.locale


def test_a_newcomer_names_their_organisation_once_and_their_question_is_not_lost(
    guichet: Guichet, telegram: BotApiServer
) -> None:
    with guichet.office.unit() as unit:
        organisation(unit, "Mairie de Bois-le-Roi", "commune")
    paul = telegram.user("Paul", "Petit")
    asked = paul.says(LABEL)
    paul.private.wait_for("J'ai gardé votre question")
    paul.says("mairie bois joli")
    paul.private.wait_for("Est-ce l'une de celles-ci")
    paul.presses("Mairie de Bois-Joli")
    paul.private.wait_for("Peut-on exiger un label")
    assert _person(guichet, paul) == ("Paul Petit", "Mairie de Bois-Joli", "fr")
    with guichet.office.reading() as unit:
        (ticket,) = unit.session.query(TicketRow).all()
        assert ticket.question == LABEL
        assert int(ticket.asked_at.timestamp()) == asked.date
    paul.says("Comment adhérer au réseau ?")
    paul.private.wait_for("Votre assemblée délibère")


def test_a_restart_in_the_middle_of_joining_changes_nothing(guichet: Guichet, telegram: BotApiServer) -> None:
    paul = telegram.user("Paul")
    paul.says(LABEL)
    paul.private.wait_for("J'ai gardé votre question")
    guichet.restart()
    paul.says("bois joli")
    paul.private.wait_for("Est-ce l'une")
    guichet.restart()
    paul.presses("Continuer sans structure")
    paul.private.wait_for("Bienvenue Paul")
    paul.private.wait_for("Oui, si tous ses critères")
    assert guichet.latest() == 1


@pytest.mark.usefixtures("guichet")
def test_a_name_that_fits_nothing_can_be_written_again(telegram: BotApiServer) -> None:
    paul = telegram.user("Paul")
    paul.starts()
    paul.private.wait_for("Pour quelle structure")
    paul.says("zzzz")
    paul.private.wait_for("Je ne trouve pas de structure")
    paul.says("BOIS JOLI")
    paul.private.wait_for("Est-ce l.une")
    paul.presses("Mairie de Bois-Joli")
    paul.private.wait_for("Bienvenue Paul")


def test_an_english_telephone_is_spoken_to_in_english(guichet: Guichet, telegram: BotApiServer) -> None:
    ann = telegram.user("Ann", language="en")
    ann.starts()
    ann.private.wait_for("Which organisation do you buy for")
    ann.presses("Go on without one")
    ann.private.wait_for("Welcome Ann")
    assert _person(guichet, ann)[2] == "en"


def test_a_closed_network_says_so(guichet: Guichet, telegram: BotApiServer) -> None:
    guichet.office.policy = replace(guichet.office.policy, open_network=False)
    paul = telegram.user("Paul")
    paul.says(LABEL)
    paul.private.wait_for("réservé à ses membres")
    assert guichet.latest() == 0


def test_an_invitation_brings_a_newcomer_into_their_organisation(guichet: Guichet, telegram: BotApiServer) -> None:
    guichet.office.policy = replace(guichet.office.policy, open_network=False)
    nadia = AccountRef("console", "nadia")
    code = guichet.parts.coordinators.invite("invite", nadia, "Mairie de Bois-Joli").code
    paul = telegram.user("Paul")
    paul.starts(code)
    paul.private.wait_for("Bienvenue Paul")
    assert _person(guichet, paul)[1] == "Mairie de Bois-Joli"
    eve = telegram.user("Eve")
    eve.starts(code)
    eve.private.wait_for("déjà servi")


def test_a_deep_link_joins_an_account_to_a_known_person(guichet: Guichet, telegram: BotApiServer) -> None:
    claire = guichet.parts.people.identify(AccountRef("console", "claire"))
    assert claire is not None
    code = guichet.parts.joining.invite("own", AccountRef("console", "claire"), person=claire.id).code
    phone = telegram.user("Claire")
    phone.starts(code)
    phone.private.wait_for("Bienvenue Claire")
    with guichet.office.reading() as unit:
        row = find_account(unit.session, AccountRef("telegram", str(phone.id)))
        assert row is not None
        assert row.person_id == claire.id
        assert row.address == Address("telegram", str(phone.id))


def _tickets(guichet: Guichet) -> list[tuple[str, int]]:
    with guichet.office.reading() as unit:
        rows = unit.session.query(TicketRow).order_by(TicketRow.id)
        return [(row.question, int(row.asked_at.timestamp())) for row in rows]


def test_what_is_said_before_the_organisation_is_asked_however_late_it_comes(
    guichet: Guichet, telegram: BotApiServer, clock: ManualClock
) -> None:
    guichet.stop()
    paul = telegram.user("Paul")
    asked = paul.says(LABEL)
    clock.advance(days=3)
    guichet.start()
    paul.private.wait_for("J'ai gardé votre question")
    clock.advance(hours=20)
    paul.says("Peut-on aussi exiger une certification de nos fournisseurs de papier ?")
    paul.private.wait_for("J'ai gardé ce message avec votre question")
    clock.advance(hours=20)
    paul.says("bois joli")
    paul.private.wait_for("Est-ce l'une")
    paul.presses("Mairie de Bois-Joli")
    paul.private.wait_for("Oui, si tous ses critères")
    telegram.wait_until(lambda: len(_tickets(guichet)) == 2, "both asked")
    assert _tickets(guichet)[0] == (LABEL, asked.date)


def test_a_newcomer_who_never_says_their_organisation_is_taken_in_after_a_day(
    guichet: Guichet, telegram: BotApiServer, clock: ManualClock
) -> None:
    paul = telegram.user("Paul")
    asked = paul.says(LABEL)
    paul.private.wait_for("J'ai gardé votre question")
    eve = telegram.user("Eve")
    eve.starts()
    eve.private.wait_for("Pour quelle structure")
    guichet.settled()
    clock.advance(hours=23)
    guichet.restart()
    assert guichet.latest() == 0
    clock.advance(hours=2)
    guichet.restart()
    paul.private.wait_for("sans attendre le nom de votre structure")
    paul.private.wait_for("Oui, si tous ses critères")
    assert _tickets(guichet) == [(LABEL, asked.date)]
    assert _person(guichet, paul) == ("Paul", None, "fr")
    assert guichet.parts.people.identify(AccountRef("telegram", str(eve.id))) is None
    assert "sans attendre" not in eve.private.transcript()


def test_a_network_closed_meanwhile_says_so_rather_than_forget(
    guichet: Guichet, telegram: BotApiServer, clock: ManualClock
) -> None:
    paul = telegram.user("Paul")
    paul.says(LABEL)
    paul.private.wait_for("J'ai gardé votre question")
    guichet.settled()
    guichet.office.policy = replace(guichet.office.policy, open_network=False)
    clock.advance(hours=25)
    guichet.restart()
    paul.private.wait_for("réservé à ses membres")
    assert guichet.latest() == 0


def test_a_press_cut_by_a_crash_asks_all_the_same(guichet: Guichet, telegram: BotApiServer) -> None:
    paul = telegram.user("Paul")
    paul.says(LABEL)
    paul.private.wait_for("J'ai gardé votre question")
    # The crash came once they were known, before their question was asked.
    account, address = AccountRef("telegram", str(paul.id)), Address("telegram", str(paul.id))
    guichet.parts.joining.register(f"telegram:joined:{paul.id}", account, address, "Paul", None, "fr")
    paul.presses("Continuer sans structure")
    paul.private.wait_for("Oui, si tous ses critères")
    assert guichet.latest() == 1


def test_a_wrong_code_is_refused(guichet: Guichet, telegram: BotApiServer) -> None:
    assert guichet.latest() == 0
    paul = telegram.user("Paul")
    paul.starts("nimportequoi")
    paul.private.wait_for("n'est pas valable")


def test_who_went_on_without_an_organisation_may_still_press_one(guichet: Guichet, telegram: BotApiServer) -> None:
    paul = telegram.user("Paul")
    paul.says("Peut-on exiger un label dans un marché ?")
    first = paul.private.wait_for("Pour quelle structure")
    paul.says("boisjoli")
    paul.private.wait_for("Est-ce l'une de celles-ci")
    paul.presses("org:0", first)
    paul.private.wait_for("sans structure déclarée")
    telegram.wait_acknowledged()
    press = paul.presses("Mairie de Bois-Joli")
    telegram.wait_acknowledged()
    assert press.answer is not None
    assert "Mairie de Bois-Joli" in press.answer
    assert _person(guichet, paul) == ("Paul", "Mairie de Bois-Joli", "fr")


def test_who_comes_by_an_invitation_is_spoken_to_in_their_own_language(telegram: BotApiServer, nadia: User) -> None:
    nadia.says("/inviter mairie de bois joli")
    (code,) = re.findall(r"start=([\w-]+)", nadia.private.wait_for("https://t.me/guichet_bot").text)
    john = telegram.user("John", language="en")
    john.starts(code)
    john.private.wait_for("Welcome John")
