"""A question that carries on the library's answer is the library's when it finds more, else an expert's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpdesk.carrying_on import asks_more, found_after
from helpdesk.model import WITH_EXPERTS, State
from helpdesk.notices import NoticeKind as K
from tests.helpdesk.known import NOW
from tests.helpdesk.network import Network, kinds
from tests.helpdesk.plain import ANSWERED, CARRIED_ON_AGREEING, CARRIED_ON_SHORTLY

if TYPE_CHECKING:
    from knowledge.matcher import Matcher


@pytest.mark.parametrize(
    ("asked", "shown", "message", "entry"),
    [
        (
            "Quels sont les seuils européens ?", "texte-seuils-europeens",
            "et pour les concessions ?", "texte-concessions",
        ),
        (
            "Quel papier recyclé acheter ?", "produit-papier-fournitures",
            "et pour les vêtements de travail ?", "produit-vetements",
        ),
        (
            "Quel seuil pour se passer de publicité en fournitures ?", "faq-seuils-dispense",
            "oui et pour les travaux c combien", "texte-seuils-europeens",
        ),
        ("Le prix peut-il rester le seul critère ?", "faq-prix-seul", "mais pour un MAPA ?", None),
        ("Quel papier recyclé acheter ?", "produit-papier-fournitures", "et si le titulaire refuse ?", None),
        ("C'est quoi un SPASER ?", "sigle-spaser", "et ça coûte combien ?", None),
    ],
)  # fmt: skip
def test_a_question_that_carries_on_the_librarys_answer_is_the_librarys_when_it_finds_more(
    matcher: Matcher, asked: str, shown: str, message: str, entry: str | None
) -> None:
    alone, joined = (matcher.judge(said, today=NOW.date()) for said in (message, f"{asked}\n{message}"))
    assert asks_more(message, alone)
    found = found_after(message, alone, joined, shown, NOW.date())
    assert entry in {item.entry_id for item in found.scored[:3]} if found else entry is None, found
    assert found is None or shown != found.scored[0].entry_id


@pytest.mark.parametrize(
    "message",
    [
        "et c'est n'importe quoi ?",
        "non et pour les travaux ?",
        "mais ça ne répond pas à ma question",
        "et pour une école",
    ],
)
def test_a_complaint_or_a_fragment_is_no_question_that_carries_on(matcher: Matcher, message: str) -> None:
    assert not asks_more(message, matcher.judge(message, today=NOW.date()))


@pytest.mark.parametrize(
    ("said", "told", "state"),
    [
        (CARRIED_ON_SHORTLY, [K.answer_found], State.answered),
        (CARRIED_ON_AGREEING, [K.confirmed, K.suggestions], State.closed),
    ],
)
def test_the_library_answers_what_carries_on_its_answer_and_a_yes_confirms_that_one(
    network: Network, said: str, told: list[K], state: State
) -> None:
    first = network.asks("claire", ANSWERED)
    network.deliver()
    second = network.says("claire", said)
    assert second not in {first, None}
    assert kinds(network.deliver()) == told
    assert network.state(first) is state
    assert network.ticket(second or 0).question == f"{ANSWERED}\n{said}"


def test_what_the_library_makes_nothing_of_goes_to_the_expert_as_before(network: Network) -> None:
    ticket = network.asks("claire", ANSWERED)
    network.deliver()
    assert network.says("claire", "et comment fait-on dans notre cas ?") == ticket
    assert network.state(ticket) in WITH_EXPERTS
