"""A message written to no helpdesk, handed to the experts by its author or by somebody who answers."""

from __future__ import annotations

import pytest

from helpdesk.errors import NotAllowedError, NotFoundError
from helpdesk.handing import Handing
from helpdesk.model import Address, State
from helpdesk.notices import NoticeKind as K
from helpdesk.tables import EventRow
from tests.helpdesk.network import Network, account, kinds, paris
from tests.helpdesk.plain import ANSWERED, DISPUTE

SQUARE = Address("console", "place")


def _hands(network: Network, who: str, text: str = DISPUTE, message: str = "said:1", author: str = "claire") -> int:
    handing = Handing(network.office)
    said = paris(1, 8)
    ticket = handing.hand(network.key(), account(who), account(author), message, SQUARE, text, said)
    assert ticket is not None
    return ticket


def test_a_message_becomes_its_authors_question_whatever_the_library_knows(network: Network) -> None:
    ticket = _hands(network, "marc", ANSWERED)
    row = network.ticket(ticket)
    assert (row.author_id, row.address, row.asked_at) == (network.ids["claire"], SQUARE, paris(1, 8))
    assert row.state in {State.queued, State.assigned}
    assert K.acknowledged in kinds(network.deliver(), "claire")
    with network.office.reading() as unit:
        events = unit.session.query(EventRow).filter_by(ticket_id=ticket, kind="handed_on").all()
        assert [event.actor_id for event in events] == [network.ids["marc"]]


def test_its_author_may_and_another_member_may_not(network: Network) -> None:
    assert _hands(network, "claire") == 1
    with pytest.raises(NotAllowedError) as refused:
        _hands(network, "paul", message="said:2")
    assert refused.value.code == "not_yours_to_forward"


def test_the_same_message_is_one_question_whoever_hands_it(network: Network) -> None:
    assert [_hands(network, who) for who in ("claire", "marc", "nadia")] == [1, 1, 1]


def test_a_message_that_was_asked_already_goes_to_people(network: Network) -> None:
    ticket = network.desk.ask("said:9", account("claire"), SQUARE, ANSWERED)
    assert ticket is not None
    assert network.state(ticket) is State.answered
    assert _hands(network, "marc", ANSWERED, message="said:9") == ticket
    assert network.state(ticket) in {State.queued, State.assigned}


def test_a_repeat_of_the_press_changes_nothing(network: Network) -> None:
    handing = Handing(network.office)
    given = ("press:1", account("marc"), account("claire"), "said:1", SQUARE, DISPUTE, paris(1, 8))
    assert handing.hand(*given) == 1
    before = network.everything()
    assert handing.hand(*given) == 1
    assert network.everything() == before


def test_somebody_unknown_cannot_be_given_a_question(network: Network) -> None:
    with pytest.raises(NotFoundError) as refused:
        _hands(network, "marc", author="eve")
    assert refused.value.code == "author_unknown"
