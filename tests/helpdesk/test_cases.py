"""What an expert needs to know of a case: read in the member's words, shown, and asked for once."""

from __future__ import annotations

import pytest

from helpdesk.model import Address, ClockState, State
from helpdesk.notices import NoticeKind as K
from tests.helpdesk.network import Network, account, kinds, only, paris
from tests.helpdesk.plain import DISPUTE_TOLD

BARE = "Notre cantine nous pose un problème bien à elle, que faire ?"
WHOLE = "On rédige un MAPA de vêtements à 45 k€, que faire de la clause ?"
GENERAL = "Que penser de la doctrine du Conseil d'État ?"


def test_the_experts_card_and_page_tell_the_case(network: Network) -> None:
    ticket = network.assigned(text=WHOLE)
    card = only(network.deliver(), K.assigned, "marc").data
    case = {"family": "textile", "amount": 45_000, "procedure": "mapa", "stage": "redaction"}
    assert card["context"] == case
    assert network.desk.ticket(account("marc"), ticket).context == case
    assert network.desk.ticket(account("claire"), ticket).context == {}


def test_what_would_help_is_asked_for_with_the_acknowledgement(network: Network) -> None:
    network.asks("claire", BARE)
    assert only(network.deliver(), K.acknowledged).data["wanted"] == ["amount", "procedure", "stage"]


def test_nothing_is_asked_when_all_is_said_or_no_purchase_is_told(network: Network) -> None:
    network.asks("claire", WHOLE)
    network.asks("claire", GENERAL)
    assert [told.data["wanted"] for told in network.deliver() if told.kind is K.acknowledged] == [[], []]


def test_the_reply_joins_the_question_completes_its_case_and_pauses_nothing(network: Network) -> None:
    ticket = network.assigned(text=BARE)
    network.deliver()
    network.clock.reach(paris(1, 10))
    reply = "Une dépense d'environ 45 000 euros HT en procédure adaptée, tout compris"
    assert network.says("claire", reply) == ticket
    told = network.deliver()
    assert only(told, K.joined, "claire").ticket == ticket
    assert only(told, K.member_replied, "marc").data["text"] == reply
    assert network.desk.ticket(account("marc"), ticket).context == {
        "family": "alimentation",
        "amount": 45_000,
        "procedure": "mapa",
    }
    promise = network.promise(ticket)
    assert (promise.state, promise.due_at) == (ClockState.running, paris(3, 17, 30))


DETAIL = "Une dépense d'environ 45 000 euros HT en procédure adaptée, tout compris"


def test_what_was_asked_for_may_be_given_in_private_from_another_account(network: Network) -> None:
    ticket = network.assigned(text=BARE)
    network.deliver()
    assert network.says("claire", DETAIL, channel="letter") == ticket
    told = network.deliver()
    assert [(notice.kind, notice.where) for notice in told if notice.name == "claire"] == [(K.joined, "letter")]
    assert only(told, K.member_replied, "marc").data["text"] == DETAIL
    assert network.desk.ticket(account("marc"), ticket).context["amount"] == 45_000
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    answered = [(notice.kind, notice.where) for notice in network.deliver() if notice.name == "claire"]
    assert answered == [(K.answered, "console"), (K.pointer, "letter")]


@pytest.mark.parametrize(
    "text", ["Pour un marché de mobilier à 30 000 euros, comment noter ?", DISPUTE_TOLD, "Bonjour", "Le sport, alors"]
)
def test_words_of_their_own_said_elsewhere_are_a_question_of_their_own(network: Network, text: str) -> None:
    ticket = network.assigned(text=BARE)
    assert network.says("claire", text, channel="letter") not in {ticket, None}


def test_a_detail_said_elsewhere_joins_nothing_when_two_questions_wait_for_it(network: Network) -> None:
    waiting = {network.asks("claire", BARE), network.asks("claire", "Nos gants de ménage posent un souci, que faire ?")}
    assert len({told.ticket for told in network.deliver() if told.data.get("wanted")}) == len(waiting)
    assert network.says("claire", DETAIL, channel="letter") not in {*waiting, None}


@pytest.mark.parametrize("public", ["asked", "given"])
def test_what_is_said_in_public_and_in_private_is_never_brought_together(network: Network, public: str) -> None:
    places = {"asked": Address("console", "claire"), "given": Address("letter", "claire")}
    places[public] = Address(places[public].channel, "#room")
    ticket = network.desk.ask(network.key(), account("claire"), places["asked"], BARE)
    given = network.desk.hear(network.key(), account("claire", "letter"), places["given"], DETAIL)
    assert given not in {ticket, None}


def test_it_is_asked_once_in_the_life_of_the_question(network: Network) -> None:
    ticket = network.assigned(text=BARE)
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    network.deliver()
    network.says("claire", "mais ce n'est pas tout, le problème revient")
    assert network.state(ticket) is State.assigned
    assert only(network.deliver(), K.acknowledged).data["wanted"] == []


def test_another_question_meanwhile_is_another_question(network: Network) -> None:
    ticket = network.asks("claire", BARE)
    assert network.says("claire", "Et pour un marché de mobilier à 30 000 euros, comment noter ?") == ticket
    other = network.says("claire", "Pour un marché de mobilier à 30 000 euros, comment noter ?")
    assert other not in {ticket, None}
    assert kinds(network.deliver(), "claire").count(K.acknowledged) == 2


@pytest.mark.parametrize(
    "text",
    [
        "notre fournisseur de gants attaque le rejet de son offre au tribunal que faire",
        "on peut exiger des denrées locales dans un MAPA ou pas",
        DISPUTE_TOLD,
    ],
)
def test_another_case_is_no_detail_of_the_one_before_though_it_has_no_question_mark(
    network: Network, text: str
) -> None:
    ticket = network.asks("claire", BARE)
    assert network.says("claire", text) not in {ticket, None}
    assert kinds(network.deliver(), "claire").count(K.acknowledged) == 2


def test_a_dispute_goes_on_in_its_own_question(network: Network) -> None:
    ticket = network.asks("claire", DISPUTE_TOLD)
    assert network.says("claire", DISPUTE_TOLD) == ticket


def test_silence_on_what_was_asked_changes_nothing(network: Network) -> None:
    ticket = network.assigned(text=BARE)
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    network.deliver()
    assert network.is_met(ticket)
