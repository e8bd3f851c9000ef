"""Two questions in one message: each has its ticket, its decision and its promise, from the same instant."""

from __future__ import annotations

import pytest

from helpdesk.attachments import Upload
from helpdesk.model import State
from helpdesk.notices import NoticeKind as K
from tests.helpdesk.network import Network, account, kinds, only, paris
from tests.helpdesk.plain import ANSWERED, CLOSE, DISPUTE, FOOD_CASE, FRAGMENT, GREETING, OFF_TOPIC


def _questions(network: Network) -> list[int]:
    return [line.id for line in network.desk.my_questions(account("claire"))][::-1]


def test_each_question_is_answered_on_its_own(network: Network) -> None:
    first = network.says("claire", f"{ANSWERED} // {DISPUTE}")
    tickets = _questions(network)
    assert first == tickets[0]
    assert [network.ticket(ticket).question for ticket in tickets] == [ANSWERED, DISPUTE]
    told = network.deliver()
    assert kinds(told, "claire") == [K.several_questions, K.answer_found, K.acknowledged]
    assert only(told, K.several_questions).data["questions"] == [
        {"ticket": tickets[0], "question": ANSWERED},
        {"ticket": tickets[1], "question": DISPUTE},
    ]
    assert [network.state(ticket) for ticket in tickets] == [State.answered, State.assigned]
    assert {network.ticket(ticket).asked_at for ticket in tickets} == {paris(1, 9)}
    assert network.promise(tickets[1]).due_at == paris(3, 17, 30)


def test_several_questions_after_a_greeting_are_several_too(network: Network) -> None:
    greeted = network.says("claire", GREETING)
    network.deliver()
    said = f"{ANSWERED} // {DISPUTE}"
    assert network.says("claire", said) == greeted
    tickets = _questions(network)
    assert [network.ticket(ticket).question for ticket in tickets] == [ANSWERED, DISPUTE]
    assert tickets[0] == greeted
    told = network.deliver()
    assert kinds(told, "claire") == [K.several_questions, K.answer_found, K.acknowledged]
    assert [network.state(ticket) for ticket in tickets] == [State.answered, State.assigned]


def test_the_same_update_twice_asks_once(network: Network) -> None:
    said = f"{ANSWERED} // {CLOSE}"
    first = network.says("claire", said)
    key = f"console:claire:{network._keys}"
    again = network.desk.hear(key, account("claire"), network.ticket(first or 0).address, said)
    assert again == first
    assert len(_questions(network)) == 2
    assert kinds(network.deliver(), "claire") == [K.several_questions, K.answer_found, K.suggestions]


@pytest.mark.parametrize("beside", [FRAGMENT, GREETING, OFF_TOPIC])
def test_a_message_is_not_torn_apart_for_a_part_that_is_no_question_of_the_network(
    network: Network, beside: str
) -> None:
    network.says("claire", f"{ANSWERED} // {beside}")
    assert len(_questions(network)) == 1


def test_a_message_with_documents_stays_whole(network: Network) -> None:
    files = (Upload("offre.pdf", "application/pdf", b"%PDF-1.7"),)
    network.says("claire", f"{ANSWERED} // {FOOD_CASE}", files=files)
    assert len(_questions(network)) == 1


def test_the_case_told_once_is_known_of_each_question(network: Network) -> None:
    network.says("claire", f"MAPA de 45 000 euros, {FOOD_CASE} // Et que dire du contrôle ?")
    tickets = _questions(network)
    cases = [network.desk.ticket(account("nadia"), ticket).context for ticket in tickets]
    assert len(cases) == 2
    assert all(case["amount"] == 45_000 and case["procedure"] == "mapa" for case in cases)
