"""Invitations: for another account of a person, once; into an organisation, for one newcomer or for several."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from helpdesk.coordinators import CoordinatorDesk
from helpdesk.correspondence import Correspondence
from helpdesk.errors import InvalidInputError, NotAllowedError, NotFoundError
from helpdesk.joining import INVITE_LINK, Joining
from helpdesk.model import AccountRef, Address, Role
from helpdesk.people import create_person, organisation
from helpdesk.privacy import Privacy
from helpdesk.tables import OrganisationRow

if TYPE_CHECKING:
    from helpdesk.model import Person
    from helpdesk.office import Office
    from tests.clock import ManualClock

CLAIRE, NADIA = AccountRef("web", "1"), AccountRef("web", "2")
TOWN = "Mairie de Bois-Joli"


@pytest.fixture
def office(office: Office) -> Office:
    with office.unit() as unit:
        create_person(unit, "Claire", frozenset(), organisation=organisation(unit, TOWN))
        create_person(unit, "Nadia", frozenset({Role.coordinator}))
    return office


def _join(office: Office, code: str, who: str) -> Person:
    account, address = AccountRef("telegram", who), Address("telegram", who)
    return Joining(office).join(f"telegram:{who}:{code}", account, address, code, who.title())


def test_an_invitation_joins_an_account_to_its_person_once(office: Office) -> None:
    code = Joining(office).invite("own", CLAIRE, person=1).code
    assert _join(office, code, "phone").id == 1
    with pytest.raises(NotFoundError, match="invite_used"):
        _join(office, code, "stolen")


def test_only_a_coordinator_invites_others(office: Office) -> None:
    with pytest.raises(NotAllowedError):
        Joining(office).invite("other", CLAIRE, person=2)
    with pytest.raises(NotAllowedError):
        CoordinatorDesk(office).invite("town", CLAIRE, TOWN)


def test_nobody_gives_themselves_more_than_they_have(office: Office) -> None:
    with office.unit() as unit:
        create_person(unit, "Ada", frozenset({Role.admin}))
    with pytest.raises(NotAllowedError):
        CoordinatorDesk(office).invite("admin", NADIA, "Ada")
    with pytest.raises(NotAllowedError):
        Joining(office).invite("admin", NADIA, person=3)
    assert CoordinatorDesk(office).invite("own", AccountRef("web", "3"), "Ada").personal


def test_an_organisation_s_invitation_brings_in_one_person_or_several(office: Office) -> None:
    desk = CoordinatorDesk(office)
    once, several = desk.invite("once", NADIA, TOWN), desk.invite("several", NADIA, TOWN, reusable=True)
    assert (once.to, once.personal, once.reusable, several.reusable) == (TOWN, False, False, True)
    assert _join(office, once.code, "paul").organisation == TOWN
    with pytest.raises(NotFoundError, match="invite_used"):
        _join(office, once.code, "eve")
    assert {_join(office, several.code, who).organisation for who in ("ann", "bob")} == {TOWN}


def test_an_invitation_expires(office: Office, clock: ManualClock) -> None:
    made = CoordinatorDesk(office).invite("several", NADIA, TOWN, reusable=True)
    clock.advance(days=30)
    assert clock.now() >= made.expires_at > clock.now() - dt.timedelta(days=1)
    with pytest.raises(NotFoundError, match="invite_expired"):
        _join(office, made.code, "paul")


def test_a_member_without_organisation_gets_the_one_they_are_invited_to(office: Office) -> None:
    account, address = AccountRef("telegram", "paul"), Address("telegram", "paul")
    Joining(office).register("join", account, address, "Paul", None, "fr")
    once = CoordinatorDesk(office).invite("once", NADIA, TOWN)
    assert _join(office, once.code, "paul").organisation == TOWN
    with pytest.raises(NotFoundError, match="invite_used"):
        _join(office, once.code, "eve")


def test_a_member_who_opens_an_invitation_meant_for_newcomers_leaves_it_to_them(office: Office) -> None:
    own = Joining(office).invite("own", CLAIRE, person=1)
    _join(office, own.code, "phone")
    once = CoordinatorDesk(office).invite("once", NADIA, TOWN)
    assert _join(office, once.code, "phone").id == 1
    assert _join(office, once.code, "paul").name == "Paul"


def test_a_coordinator_names_whom_to_invite(office: Office) -> None:
    desk = CoordinatorDesk(office)
    assert desk.invite("a", NADIA, "bois joli").to == TOWN
    assert desk.invite("b", NADIA, "Claire").personal
    with pytest.raises(NotFoundError, match="nobody_to_invite"):
        desk.invite("c", NADIA, "Zzzz")
    with pytest.raises(InvalidInputError, match="empty_name"):
        desk.invite("d", NADIA, "  ")
    made = desk.invite("e", NADIA, "Mairie de Bois-le-Roi", create=True)
    assert made.to == "Mairie de Bois-le-Roi"
    with pytest.raises(InvalidInputError, match="several_named"):
        desk.invite("f", NADIA, "mairie bois")
    with office.reading() as unit:
        assert unit.session.query(OrganisationRow).count() == 2


def test_its_links_are_those_of_the_platforms_that_run(office: Office) -> None:
    assert Joining(office).platforms() == ()
    Correspondence(office).remember("telegram", INVITE_LINK, "https://t.me/old?start={code}")
    Correspondence(office).remember("telegram", INVITE_LINK, "https://t.me/guichet_bot?start={code}")
    made = Joining(office).invite("own", CLAIRE, person=1)
    assert made.links == {"telegram": f"https://t.me/guichet_bot?start={made.code}"}
    assert Joining(office).platforms() == ("telegram",)


def test_entering_on_the_pages_uses_the_invitation(office: Office) -> None:
    once = CoordinatorDesk(office).invite("once", NADIA, TOWN)
    assert Joining(office).invited(once.code).to == TOWN
    person, epoch = Joining(office).enter(once.code, "Paul Petit", "en")
    assert (person.name, person.organisation, person.locale, epoch) == ("Paul Petit", TOWN, "en", 0)
    with pytest.raises(NotFoundError, match="invite_used"):
        Joining(office).enter(once.code, "Eve", "fr")
    with pytest.raises(NotFoundError, match="invite_unknown"):
        Joining(office).invited("guess")


def test_a_conversation_keeps_its_former_names(office: Office) -> None:
    known = Correspondence(office)
    known.move("telegram", "-1", "-2")
    known.move("telegram", "-2", "-3")
    assert known.names_of("telegram", "-3") == {"-1", "-2", "-3"}
    assert known.present_name("telegram", "-1") == "-3"
    assert known.names_of("telegram", "-9") == {"-9"}
    assert known.present_name("discord", "-1") == "-1"


def test_who_was_erased_may_come_back_the_same_day_as_somebody_new(office: Office) -> None:
    account, address = AccountRef("telegram", "55"), Address("telegram", "55")

    def comes() -> Person:
        return Joining(office).register("telegram:joined:55", account, address, "Zoé", None, "fr")

    before = comes()
    Privacy(office).erase("telegram:55:7", account, keep_open=False)
    after = comes()
    assert (after.name, after.id == before.id) == ("Zoé", False)
