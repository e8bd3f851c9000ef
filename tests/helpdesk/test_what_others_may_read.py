"""What a member is told, and where, when some of their questions were asked in front of others and some were not."""

from __future__ import annotations

import pytest

from helpdesk.errors import NotAllowedError
from helpdesk.handing import Handing
from helpdesk.model import Address, State
from helpdesk.notices import NoticeKind as K
from tests.helpdesk.network import Network, account, kinds, only
from tests.helpdesk.plain import CLOSE, DISPUTE

GROUP = Address("console", "group")
PRIVATE_WORDS = "Notre DGS M. Durand est mis en cause"


def _in_group(network: Network, text: str, name: str = "claire") -> int:
    ticket = network.desk.hear(network.key(), account(name), GROUP, text)
    assert ticket is not None
    return ticket


@pytest.mark.parametrize("words", ["du nouveau ?", "où en est ma question {0} ?", "retirez la {0} et la {1}"])
def test_news_of_what_was_asked_in_private_are_told_in_private(network: Network, words: str) -> None:
    first, second = network.assigned(), network.asks("claire", CLOSE)
    network.deliver()
    network.desk.hear(network.key(), account("claire"), GROUP, words.format(first, second))
    told = only(network.deliver(), K.status, "claire")
    assert network.pending(K.status)[0].conversation == "claire"
    assert first in {ticket["id"] for ticket in told.data["tickets"]}
    assert "said" not in told.data


def test_news_of_what_was_asked_in_a_group_are_told_there(network: Network) -> None:
    asked = _in_group(network, DISPUTE)
    network.deliver()
    network.desk.hear(network.key(), account("claire"), GROUP, "du nouveau ?")
    assert [ticket["id"] for ticket in only(network.deliver(), K.status).data["tickets"]] == [asked]
    assert network.pending(K.status)[0].conversation == "group"


def test_words_added_in_private_stay_out_of_a_question_that_others_read(network: Network) -> None:
    asked = _in_group(network, CLOSE)
    network.deliver()
    network.desk.hear(network.key(), account("claire"), Address("console", "claire"), PRIVATE_WORDS, ticket=asked)
    assert network.ticket(asked).question == CLOSE
    same = network.peers.me_too(network.key(), account("paul"), GROUP, asked)
    assert same is not None
    assert PRIVATE_WORDS not in network.ticket(same).question


def test_what_an_expert_wrote_of_a_question_is_not_handed_on_as_theirs(network: Network) -> None:
    ticket = network.assigned()
    key = network.key()
    network.experts.note(key, account("marc"), ticket, "À vérifier avec la trésorerie.")
    with pytest.raises(NotAllowedError, match="not_yours_to_forward"):
        Handing(network.office).hand(
            network.key(), account("nadia"), account("marc"), key, GROUP, "À vérifier.", network.clock.now()
        )
    assert network.state(ticket) is State.assigned
    assert K.status not in kinds(network.deliver())
