"""Another member's reply in a question's thread: taken as the answer, its author thanked, offered to the library."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from helpdesk.conversation import Beside
from helpdesk.errors import GuichetError, InvalidInputError, NotAllowedError, NotFoundError, TransitionError
from helpdesk.model import Address, MessageKind, Resolution, State
from helpdesk.notices import NoticeKind as K
from helpdesk.tables import CandidateRow, EventRow
from tests.helpdesk.network import Network, account, kinds, only, paris
from tests.helpdesk.plain import ANSWERED, CLOSE, DISPUTE, FRAGMENT

TEXT = "Chez nous, un avenant a suffi."
SAME = "Peut-on acheter des jouets d'occasion pour la crèche ?"


def _accepts(network: Network, who: str, ticket: int, author: str = "paul") -> None:
    network.peers.accept(network.key(), account(who), ticket, network.reply(author, ticket, TEXT))


def test_who_asked_takes_a_reply_and_the_question_is_settled(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    network.clock.advance(hours=2)
    _accepts(network, "claire", ticket)
    told = network.deliver()
    assert only(told, K.confirmed, "claire").data == {"by": "member"}
    assert only(told, K.thanked, "paul").data == {"question": network.ticket(ticket).question, "by": "member"}
    assert only(told, K.answered_by_member, "marc").ticket == ticket
    assert network.is_met(ticket)
    assert (network.state(ticket), network.ticket(ticket).resolution) == (State.closed, Resolution.member_confirmed)
    said = network.desk.ticket(account("claire"), ticket).messages[-1]
    assert (said.kind, said.author, said.body, said.is_plain) == (MessageKind.reply, "Paul", TEXT, True)


def test_a_reply_is_an_answer_from_the_moment_it_is_taken(network: Network) -> None:
    """It was given in time, but nobody had said so: the network vouches for nothing that nobody has read."""
    ticket = network.assigned()
    reply = network.reply("paul", ticket)
    network.clock.reach(paris(4, 10))
    network.peers.accept(network.key(), account("claire"), ticket, reply)
    assert network.promise(ticket).stopped_at == paris(4, 10)
    breach = network.breach(ticket)
    assert breach is not None
    assert breach.at == paris(4, 9)
    assert kinds(network.deliver(), "claire") == [K.acknowledged, K.late, K.confirmed]


def test_the_platforms_time_of_the_press_is_the_answers(network: Network) -> None:
    ticket = network.assigned()
    reply = network.reply("paul", ticket)
    network.clock.reach(paris(4, 9, 5))
    network.peers.accept(network.key(), account("claire"), ticket, reply, at=paris(3, 17))
    assert network.promise(ticket).stopped_at == paris(3, 17)
    assert network.is_met(ticket)


def test_an_experts_own_reply_counts_from_when_they_gave_it(network: Network) -> None:
    ticket = network.assigned()
    given = network.reply("ines", ticket)
    network.clock.reach(paris(4, 8))
    network.peers.accept(network.key(), account("claire"), ticket, given)
    told = network.deliver()
    assert network.promise(ticket).stopped_at == given.at
    assert network.is_met(ticket)
    row = network.ticket(ticket)
    assert (row.resolution, row.assignee_id) == (Resolution.expert_confirmed, network.ids["ines"])
    assert only(told, K.confirmed, "claire").data == {"by": "expert"}
    assert K.offer_entry in kinds(told, "ines")
    assert _candidates(network) == []


def test_an_expert_vouches_for_a_reply_and_it_goes_to_who_asked(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    _accepts(network, "ines", ticket)
    assert not network.is_met(ticket)
    told = network.deliver()
    given = only(told, K.reply_accepted, "claire")
    assert given.data == {
        "text": TEXT,
        "person": "Paul",
        "expert": "Ines",
        "question": network.ticket(ticket).question,
        "files": [],
    }
    assert K.reassigned in kinds(told, "marc")
    assert only(told, K.thanked, "paul").data["by"] == "expert"
    assert network.is_met(ticket)
    row = network.ticket(ticket)
    assert (row.state, row.assignee_id) == (State.answered, network.ids["ines"])
    network.sweep_until(paris(15, 10))
    assert network.ticket(ticket).resolution is Resolution.member_unconfirmed


def test_who_asked_may_still_say_later_that_it_did(network: Network) -> None:
    ticket = network.assigned()
    _accepts(network, "marc", ticket)
    network.deliver()
    network.sweep_until(paris(15, 10))
    network.desk.solved(network.key(), account("claire"), ticket)
    assert network.ticket(ticket).resolution is Resolution.member_confirmed


@pytest.mark.parametrize("question", [CLOSE, FRAGMENT, ANSWERED, DISPUTE])
def test_a_reply_may_come_before_the_library_or_the_experts_have_done(network: Network, question: str) -> None:
    ticket = network.asks("claire", question)
    network.deliver()
    _accepts(network, "claire", ticket)
    row = network.ticket(ticket)
    assert (row.state, row.resolution, row.entry_id) == (State.closed, Resolution.member_confirmed, None)
    assert network.is_met(ticket)


def test_whoever_joined_another_question_may_take_a_reply_to_their_own(network: Network) -> None:
    lead = network.asks("omar", SAME)
    network.coordinators.reassign(network.key(), account("nadia"), lead, network.ids["marc"])
    ticket = network.asks("claire", SAME.lower())
    network.desk.join(network.key(), account("claire"), ticket)
    _accepts(network, "claire", ticket)
    assert network.is_met(ticket)
    assert network.state(lead) is State.assigned
    network.experts.answer(network.key(), account("marc"), lead, "Voici.")
    assert K.answered not in kinds(network.deliver(), "claire")


def test_whoever_joined_a_question_goes_back_to_the_experts_when_a_members_reply_does_for_it(network: Network) -> None:
    lead = network.asks("claire", SAME)
    network.coordinators.reassign(network.key(), account("nadia"), lead, network.ids["marc"])
    ticket = network.asks("omar", SAME.lower())
    network.desk.join(network.key(), account("omar"), ticket)
    _accepts(network, "claire", lead)
    assert (network.state(lead), network.state(ticket)) == (State.closed, State.assigned)


def test_a_question_that_waits_for_its_author_is_answered_all_the_same(network: Network) -> None:
    ticket = network.assigned()
    network.experts.ask_member(network.key(), account("marc"), ticket, "Quel montant ?")
    network.clock.advance(days=1)
    _accepts(network, "claire", ticket)
    (pause,) = network.promise(ticket).pauses
    assert pause.end == network.clock.now()
    assert network.is_met(ticket)


def test_a_reply_adds_to_an_experts_answer_without_moving_its_date(network: Network) -> None:
    ticket = network.assigned()
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    network.deliver()
    answered_at = network.promise(ticket).stopped_at
    network.clock.advance(days=1)
    _accepts(network, "claire", ticket)
    assert network.promise(ticket).stopped_at == answered_at
    assert network.ticket(ticket).resolution is Resolution.expert_confirmed
    assert only(network.deliver(), K.thanked).name == "paul"


def test_the_reply_is_offered_to_the_library_in_its_own_words(network: Network) -> None:
    ticket = network.assigned()
    _accepts(network, "claire", ticket)
    told = network.deliver()
    offered = only(told, K.entry_proposed, "nadia")
    (candidate,) = network.coordinators.candidates(account("nadia"))
    assert (offered.data["candidate"], candidate.author, candidate.body) == (candidate.id, "Paul", TEXT)
    assert offered.data["as_said"] is candidate.as_said is True
    events = network.desk.ticket(account("nadia"), ticket).events
    assert [event.actor for event in events if event.kind == "entry_proposed"] == [None]
    entry = network.coordinators.decide_candidate(
        network.key(), account("nadia"), candidate.id, publish=True, title="Un avenant ?", sources=("CCP",)
    )
    assert entry is not None
    network.clock.reach(paris(2, 9))
    decided = only(network.deliver(), K.entry_decided, "paul").data
    assert (decided["published"], decided["as_said"]) == (True, True)


def test_what_was_offered_and_never_published_is_forgotten_with_its_question(network: Network) -> None:
    ticket = network.assigned()
    _accepts(network, "claire", ticket)
    network.privacy.erase(network.key(), account("claire"), keep_open=False)
    assert _candidates(network) == []


@pytest.mark.parametrize("presses", ["same key", "another key", "another process"])
def test_taking_the_same_reply_twice_changes_nothing(network: Network, presses: str) -> None:
    ticket = network.assigned()
    reply, key = network.reply("paul", ticket), network.key()
    network.peers.accept(key, account("claire"), ticket, reply)
    other = network.another() if presses == "another process" else network
    again = key if presses == "same key" else other.key()
    assert other.peers.accept(again, account("claire"), ticket, reply) == ticket
    assert kinds(network.deliver()).count(K.thanked) == 1
    assert len(_events(network, ticket)) == 1


def test_nobody_takes_their_own_reply(network: Network) -> None:
    ticket = network.assigned()
    for who, author in (("claire", "claire"), ("marc", "marc"), ("marc", "claire")):
        with pytest.raises(NotAllowedError, match="own_reply"):
            _accepts(network, who, ticket, author)


@pytest.mark.parametrize(
    ("code", "error", "who", "author", "more"),
    [
        ("not_yours_to_accept", NotAllowedError, "paul", "omar", {}),
        ("reply_author_unknown", NotFoundError, "claire", "inconnu", {}),
        ("reply_elsewhere", InvalidInputError, "claire", "paul", {"address": Address("console", "paul")}),
        ("empty_text", InvalidInputError, "claire", "paul", {"text": " "}),
    ],
)
def test_what_cannot_be_taken_is_refused_and_changes_nothing(
    network: Network, code: str, error: type[GuichetError], who: str, author: str, more: dict[str, Any]
) -> None:
    ticket = network.assigned()
    before = network.everything()
    with pytest.raises(error, match=code):
        network.peers.accept(network.key(), account(who), ticket, network.reply(author, ticket, **more))
    assert network.everything() == before


def test_a_settled_question_takes_no_reply_any_more(network: Network) -> None:
    ticket = network.assigned()
    network.desk.withdraw(network.key(), account("claire"), ticket)
    with pytest.raises(TransitionError):
        _accepts(network, "claire", ticket)


def test_a_reply_that_reaches_nobody_is_not_an_answer(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    _accepts(network, "marc", ticket)
    while lost := [one for one in network.outbox.claim(frozenset({"console", "web", "letter"})) if one.ticket_id]:
        for delivery in lost:
            failing = delivery.kind is K.reply_accepted
            if failing:
                network.outbox.failed(delivery.delivery_id, "permanent", "blocked")
            else:
                network.outbox.sent(delivery.delivery_id)
    assert network.state(ticket) is State.assigned
    dead = [row.id for row in network.pending(K.reply_accepted) if row.state.value == "dead"]
    network.coordinators.retry_delivery(network.key(), account("nadia"), dead[-1])
    assert network.state(ticket) is State.answered
    network.deliver()
    assert network.is_met(ticket)


def test_figures_count_what_members_answered_apart(network: Network) -> None:
    ticket = network.assigned()
    _accepts(network, "claire", ticket)
    network.deliver()
    figures = network.coordinators.figures(account("nadia"), dt.date(2026, 6, 1), dt.date(2026, 6, 30))
    assert figures.by_resolution == {"member_confirmed": 1}
    assert (figures.met, figures.breached) == (1, 0)


PUBLIC = Address("letter", "square")


def _asked_in_public(network: Network, text: str = DISPUTE) -> int:
    ticket = network.desk.ask(network.key(), account("claire"), PUBLIC, text)
    assert ticket is not None
    network.coordinators.reassign(network.key(), account("nadia"), ticket, network.ids["marc"])
    return ticket


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Chez nous, un avenant a suffi.", Beside.reply),
        ("Avez-vous pensé à un avenant dans ce cas ?", Beside.reply),
        ("Et pourquoi pas un avenant ?", Beside.reply),
        ("Article R2194-1", Beside.reply),
        ("", Beside.reply),  # a document alone
        ("Moi aussi", Beside.me_too),
        ("Nous avons la même question", Beside.me_too),
        (ANSWERED, Beside.question),
        ("un expert svp", Beside.question),
        ("Merci beaucoup", Beside.talk),
        ("Bon courage !", Beside.talk),
        ("👍", Beside.talk),
    ],
)
def test_words_in_reply_to_anothers_question_are_told_apart(network: Network, text: str, meant: Beside) -> None:
    ticket = _asked_in_public(network)
    assert network.peers.meaning(account("paul"), PUBLIC, ticket, text) is meant
    assert network.peers.meaning(account("stranger"), PUBLIC, ticket, text) is meant
    assert network.peers.meaning(account("claire"), PUBLIC, ticket, text) is None
    assert network.peers.meaning(account("paul"), Address("console", "paul"), ticket, text) is None


def test_nothing_is_to_be_taken_once_the_question_is_settled_or_went_elsewhere(network: Network) -> None:
    ticket = _asked_in_public(network)
    assert network.peers.meaning(account("paul"), Address("letter", "fair"), ticket, TEXT) is Beside.talk
    network.desk.withdraw(network.key(), account("claire"), ticket)
    assert network.peers.meaning(account("paul"), PUBLIC, ticket, TEXT) is Beside.talk


def test_me_too_joins_once_and_gets_the_same_answer(network: Network) -> None:
    ticket = _asked_in_public(network)
    own = network.peers.me_too(network.key(), account("paul"), PUBLIC, ticket)
    assert own is not None
    assert own != ticket
    assert network.peers.me_too(network.key(), account("paul"), PUBLIC, ticket) == own
    third = network.peers.me_too(network.key(), account("omar"), PUBLIC, own)
    told = network.deliver()
    assert kinds(told, "paul") == [K.following]
    assert kinds(told, "marc").count(K.followed) == 2
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    answered = [notice for notice in network.deliver() if notice.kind is K.answered]
    assert sorted(notice.name for notice in answered) == ["claire", "omar", "paul"]
    assert third is not None
    assert all(network.is_met(number) for number in (ticket, own, third))


def test_me_too_is_asked_of_the_library_while_no_expert_has_the_question(network: Network) -> None:
    ticket = network.desk.ask(network.key(), account("claire"), PUBLIC, ANSWERED)
    assert ticket is not None
    network.deliver()
    own = network.peers.me_too(network.key(), account("paul"), PUBLIC, ticket)
    assert own is not None
    assert kinds(network.deliver(), "paul") == [K.answer_found]
    assert network.ticket(own).question == ANSWERED


def test_me_too_is_said_where_somebody_else_asked(network: Network) -> None:
    ticket = _asked_in_public(network)
    for who, where in (("claire", PUBLIC), ("paul", Address("letter", "fair"))):
        with pytest.raises(NotFoundError):
            network.peers.me_too(network.key(), account(who), where, ticket)


def test_me_too_is_not_said_of_a_question_whose_words_are_forgotten(network: Network) -> None:
    ticket = _asked_in_public(network)
    network.desk.withdraw(network.key(), account("claire"), ticket)
    network.privacy.erase(network.key(), account("claire"), keep_open=False)
    with pytest.raises(NotFoundError):
        network.peers.me_too(network.key(), account("paul"), PUBLIC, ticket)


def _candidates(network: Network) -> list[int]:
    with network.office.reading() as unit:
        return [row.id for row in unit.session.query(CandidateRow)]


def _events(network: Network, ticket: int) -> list[EventRow]:
    with network.office.reading() as unit:
        return unit.session.query(EventRow).filter_by(ticket_id=ticket, kind="accept_reply").all()
