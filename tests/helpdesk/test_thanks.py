"""Thanks alone leave every question, its promise and its expert as they were, whatever state it is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpdesk.model import ClockState, State
from helpdesk.notices import NoticeKind as K
from tests.helpdesk.network import Network, account, kinds
from tests.helpdesk.plain import ANSWERED, CLOSE, DISPUTE, FRAGMENT

if TYPE_CHECKING:
    from collections.abc import Callable

_TOLD = frozenset({"notice", "delivery", "inbound", "account"})  # a thank-you is told and remembered, nothing else


def _queued(network: Network) -> int:
    day = network.clock.now().date()
    for name in ("marc", "ines"):
        network.experts.declare_absence(network.key(), account(name), day, day)
    return network.asks("claire", DISPUTE)


def _joined(network: Network) -> int:
    network.assigned("paul", DISPUTE)
    ticket = network.asks("claire", DISPUTE)
    network.desk.join(network.key(), account("claire"), ticket)
    return ticket


def _answered(network: Network) -> int:
    ticket = network.assigned()
    network.experts.answer(network.key(), account("marc"), ticket, "Un avenant a suffi.")
    return ticket


def _reopened(network: Network) -> int:
    ticket = _answered(network)
    network.deliver()
    network.says("claire", "mais le fournisseur refuse toujours")
    return ticket


def _taken_back(network: Network) -> int:
    ticket = network.assigned()
    network.desk.withdraw(network.key(), account("claire"), ticket)
    return ticket


def _settled(network: Network) -> int:
    ticket = _answered(network)
    network.desk.solved(network.key(), account("claire"), ticket)
    return ticket


BROUGHT: dict[str, tuple[Callable[[Network], int], State]] = {
    "vague": (lambda network: network.asks("claire", FRAGMENT), State.received),
    "suggested": (lambda network: network.asks("claire", CLOSE), State.suggested),
    "queued": (_queued, State.queued),
    "assigned": (lambda network: network.assigned(), State.assigned),
    "reopened": (_reopened, State.assigned),
    "joined": (_joined, State.joined),
    "answered": (_answered, State.answered),
    "by the library": (lambda network: network.asks("claire", ANSWERED), State.answered),
    "settled": (_settled, State.closed),
    "taken back": (_taken_back, State.closed),
}


@pytest.mark.parametrize("brought", BROUGHT)
@pytest.mark.parametrize("thanks", ["merci", "Merci d'avance", "merci Marc, bon week-end !"])
def test_thanks_alone_change_nothing(network: Network, brought: str, thanks: str) -> None:
    bring, state = BROUGHT[brought]
    ticket = bring(network)
    assert network.state(ticket) is state
    network.deliver()
    before = network.everything(but=_TOLD)
    network.clock.advance(hours=1)
    assert network.says("claire", thanks) is None
    assert network.everything(but=_TOLD) == before
    assert kinds(network.deliver()) == [K.thanks]


@pytest.mark.parametrize("brought", BROUGHT)
def test_thanks_in_reply_to_what_was_told_change_nothing_either(network: Network, brought: str) -> None:
    ticket = BROUGHT[brought][0](network)
    network.deliver()
    before = network.everything(but=_TOLD)
    network.clock.advance(hours=1)
    assert network.says("claire", "merci", ticket=ticket) is None
    assert network.everything(but=_TOLD) == before


def test_thanks_for_an_answer_are_no_reply_to_an_expert_who_waits_about_something_else(network: Network) -> None:
    waiting = network.assigned()
    network.experts.ask_member(network.key(), account("marc"), waiting, "Quel montant ?")
    network.clock.advance(hours=1)
    network.says("claire", ANSWERED)
    network.deliver()
    assert network.says("claire", "merci beaucoup") is None
    assert network.promise(waiting).state is ClockState.paused
    assert kinds(network.deliver()) == [K.thanks]


@pytest.mark.parametrize("text", ["Bonjour\nPhotocopieurs\nMerci d'avance", "Merci d'avance\nRestauration Collective"])
def test_a_subject_in_capitals_beside_thanks_is_a_question_that_is_promised_an_answer(
    network: Network, text: str
) -> None:
    ticket = network.says("claire", text)
    assert ticket is not None
    assert kinds(network.deliver(), "claire") == [K.acknowledged]
    assert network.promise(ticket).state is ClockState.running
