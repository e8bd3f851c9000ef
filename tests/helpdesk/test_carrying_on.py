"""A conversation goes on: follow-ups, the expert's own question and its reply, reopening."""

from __future__ import annotations

import pytest

from helpdesk.errors import ConflictError
from helpdesk.experts import Put
from helpdesk.model import Address, ClockState, MessageKind, Resolution, State
from helpdesk.notices import NoticeKind as K
from tests.helpdesk.network import Network, account, kinds, only, paris
from tests.helpdesk.plain import ANSWERED, CARRIED_ON, CARRIED_ON_SHORTLY, CLOSE, DISPUTE, GREETING


def test_a_follow_up_joins_its_question_and_reaches_the_expert(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    assert network.says("claire", "et c'est un marché de 45 000 euros") == ticket
    told = network.deliver()
    assert only(told, K.joined, "claire").data == {"due_at": paris(3, 17, 30).isoformat(), "state": "assigned"}
    assert only(told, K.member_replied, "marc").data["text"] == "et c'est un marché de 45 000 euros"


@pytest.mark.parametrize(
    "text", ["non c pas ca, je parle de travaux", "Pas vraiment, c'est pour une école", "ce n'est pas ma question"]
)
def test_words_that_turn_down_what_the_library_found_say_more_of_the_question(network: Network, text: str) -> None:
    ticket = network.asks("claire", CLOSE)
    assert network.state(ticket) is State.suggested
    assert network.says("claire", text) == ticket
    assert K.redirected not in kinds(network.deliver(), "claire")


def test_a_second_question_opens_a_second_ticket_while_the_first_is_open(network: Network) -> None:
    first = network.assigned()
    assert network.says("claire", DISPUTE) not in {first, None}


def test_a_whole_question_that_the_library_answers_is_answered_however_it_begins(network: Network) -> None:
    first = network.asks("claire", DISPUTE)
    assert network.says("claire", CARRIED_ON_SHORTLY) == first
    network.deliver()
    second = network.says("claire", CARRIED_ON)
    assert second not in {first, None}
    assert only(network.deliver(), K.answer_found, "claire").ticket == second


def test_the_reply_to_an_expert_resumes_the_clock_on_any_channel(network: Network) -> None:
    ticket = network.assigned()
    network.clock.reach(paris(1, 10))
    network.experts.ask_member(network.key(), account("marc"), ticket, "Quel montant ?")
    asked = network.deliver()
    assert only(asked, K.expert_asks, "claire").where == "console"
    assert network.promise(ticket).state is ClockState.paused
    assert network.promise(ticket).due_at is None
    network.clock.reach(paris(2, 10))
    assert network.says("claire", "Environ 45 000 euros", channel="letter") == ticket
    told = network.deliver()
    moved = only(told, K.date_moved, "claire")
    assert (moved.where, moved.data["due_at"]) == ("letter", paris(4, 17, 30).isoformat())
    assert kinds(told, "claire") == [K.date_moved]
    assert only(told, K.member_replied).data["due_at"] == paris(4, 17, 30).isoformat()
    assert network.state(ticket) is State.assigned
    network.says("claire", "et c'est pour la mairie", channel="letter")
    assert K.date_moved not in kinds(network.deliver(), "claire")


def test_even_a_bare_thank_you_is_the_reply_that_an_expert_waits_for(network: Network) -> None:
    ticket = network.assigned()
    network.experts.ask_member(network.key(), account("marc"), ticket, "Puis-je vous appeler ?")
    network.clock.advance(hours=1)
    assert network.says("claire", "merci beaucoup") == ticket
    assert network.promise(ticket).state is ClockState.running


def test_another_question_while_an_expert_waits_is_another_question(network: Network) -> None:
    ticket = network.assigned()
    network.experts.ask_member(network.key(), account("marc"), ticket, "Quel montant ?")
    assert network.says("claire", ANSWERED) not in {ticket, None}
    assert network.state(ticket) is State.waiting


def test_a_pause_is_counted_from_what_was_said_not_from_when_it_came_in(network: Network) -> None:
    ticket = network.assigned()
    network.clock.reach(paris(1, 10))
    network.experts.ask_member(network.key(), account("marc"), ticket, "Quel montant ?")
    network.clock.reach(paris(2, 16))
    network.says("claire", "45 000 euros", at=paris(2, 10))
    assert [(pause.begin, pause.end) for pause in network.promise(ticket).pauses] == [(paris(1, 10), paris(2, 10))]


def test_a_question_that_waits_still_waits_when_its_expert_goes_away(network: Network) -> None:
    ticket = network.assigned()
    network.experts.ask_member(network.key(), account("marc"), ticket, "Quel montant ?")
    for name in ("ines", "marc"):
        day = network.clock.now().date()
        network.experts.declare_absence(network.key(), account(name), day, day)
    assert network.state(ticket) is State.waiting
    assert network.ticket(ticket).assignee_id is None
    network.deliver()
    network.clock.advance(hours=1)
    assert network.says("claire", "45 000 euros") == ticket
    assert network.promise(ticket).state is ClockState.running
    assert network.state(ticket) is State.queued
    told = network.deliver()
    assert {notice.name for notice in told if notice.kind is K.unassigned} == {"nadia", "omar"}


def test_asking_where_a_question_stands(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    network.says("claire", "où en est ma question ?")
    (line,) = only(network.deliver(), K.status).data["tickets"]
    assert (line["id"], line["state"], line["late"], line["paused"]) == (ticket, "assigned", False, False)
    network.experts.ask_member(network.key(), account("marc"), ticket, "Quel montant ?")
    network.deliver()
    network.says("claire", "où en est ma question ?")
    (line,) = only(network.deliver(), K.status).data["tickets"]
    assert (line["due_at"], line["paused"]) == (None, True)
    assert network.promise(ticket).state is ClockState.paused


def test_an_answer_goes_where_it_was_asked_with_a_pointer_elsewhere(network: Network) -> None:
    ticket = network.assigned()
    network.says("claire", "c'est urgent", channel="letter", ticket=ticket)
    network.deliver()
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    told = [notice for notice in network.deliver() if notice.name == "claire"]
    assert [(notice.kind, notice.where) for notice in told] == [(K.answered, "console"), (K.pointer, "letter")]
    assert told[1].data == {"channel": "console"}


def test_the_pointer_stands_in_the_very_thread_in_which_the_member_went_on(network: Network) -> None:
    ticket = network.assigned()
    topic = Address("letter", "group", "42")
    network.desk.hear(network.key(), account("claire", "letter"), topic, "et le lot 2 aussi", ticket=ticket)
    network.experts.answer(network.key(), account("marc"), ticket, "Oui.")
    (pointer,) = network.pending(K.pointer)
    assert pointer.address == topic


def test_reopening_begins_a_new_promise_and_leaves_the_first_as_it_was(network: Network) -> None:
    ticket = network.assigned()
    network.clock.reach(paris(1, 11))
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    network.deliver()
    first = network.promise(ticket)
    network.clock.reach(paris(3, 10))
    assert network.says("claire", "mais le titulaire refuse encore") == ticket
    told = network.deliver()
    assert only(told, K.acknowledged).data["reason"] == "reopened"
    assert only(told, K.acknowledged).data["due_at"] == paris(8, 10).isoformat()
    assert only(told, K.assigned).name == "marc"
    assert (network.ticket(ticket).cycle, network.promise(ticket, 2).start) == (2, paris(3, 10))
    network.sweep_until(paris(9, 10))
    second = network.breach(ticket, 2)
    assert second is not None
    again = network.promise(ticket)
    for fact in ("state", "due_at", "breach_at", "stopped_at", "generation", "budget_seconds"):
        assert getattr(again, fact) == getattr(first, fact)
    assert again.breach is None


def test_the_same_expert_is_preferred_however_busy(network: Network) -> None:
    ticket = network.assigned()
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    for _ in range(3):
        network.assigned("paul")
    network.says("claire", "mais ce n'est pas ce que je demandais", ticket=ticket)
    assert network.ticket(ticket).assignee_id == network.ids["marc"]


def test_a_reopened_question_goes_to_another_when_its_expert_is_away(network: Network) -> None:
    ticket = network.assigned()
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    day = network.clock.now().date()
    network.experts.declare_absence(network.key(), account("marc"), day, day)
    network.says("claire", "mais encore ?", ticket=ticket)
    assert network.ticket(ticket).assignee_id == network.ids["ines"]


def test_silence_after_an_experts_answer_settles_it_and_any_later_word_reopens(network: Network) -> None:
    ticket = network.assigned()
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    network.deliver()
    network.sweep_until(paris(8, 10))
    assert network.ticket(ticket).resolution is Resolution.expert_unconfirmed
    assert network.says("claire", "le problème est revenu", ticket=ticket) == ticket
    assert network.ticket(ticket).cycle == 2


def test_an_expert_may_add_to_an_answer_without_a_new_promise(network: Network) -> None:
    ticket = network.assigned()
    network.experts.answer(network.key(), account("marc"), ticket, "Voici.")
    network.deliver()
    network.experts.answer(network.key(), account("marc"), ticket, "J'ajoute ceci.")
    assert only(network.deliver(), K.answered).data["again"] is True
    assert network.is_met(ticket)
    assert network.ticket(ticket).cycle == 1


def test_a_member_never_sees_the_notes_of_the_experts(network: Network) -> None:
    ticket = network.assigned()
    network.experts.note(network.key(), account("marc"), ticket, "À vérifier avec le service juridique.")
    seen = network.desk.ticket(account("claire"), ticket)
    assert [message.kind for message in seen.messages] == [MessageKind.question]
    assert (seen.events, seen.evidence, seen.decision) == ((), (), None)
    assert kinds(network.deliver(), "claire") == [K.acknowledged]
    assert MessageKind.note in [message.kind for message in network.desk.ticket(account("marc"), ticket).messages]


def test_the_mailbox_shows_what_was_said_and_told_in_order(network: Network) -> None:
    network.says("claire", GREETING)
    network.clock.advance(minutes=1)
    network.says("claire", ANSWERED)
    network.clock.advance(minutes=1)
    network.says("claire", "merci")
    lines = network.desk.conversation(account("claire"), Address("console", "claire"))
    assert [line.text or line.kind for line in lines] == [
        GREETING,
        "clarify",
        ANSWERED,
        "answer_found",
        "merci",
        "thanks",
    ]
    assert network.desk.conversation(account("paul"), Address("console", "claire")) == ()


def test_the_short_replies_of_a_member_stay_in_the_mailbox(network: Network) -> None:
    for text in (CLOSE, "la 2", "oui", ANSWERED, "un expert svp", "un expert svp"):
        network.says("claire", text)
        network.clock.advance(minutes=1)
    lines = network.desk.conversation(account("claire"), Address("console", "claire"))
    assert [line.text or line.kind for line in lines] == [
        CLOSE,
        "suggestions",
        "la 2",
        "answer_found",
        "oui",
        "confirmed",
        ANSWERED,
        "answer_found",
        "un expert svp",
        "acknowledged",
        "un expert svp",
        "status",
    ]


def test_what_is_pressed_or_replied_from_elsewhere_is_put_in_no_mouth(network: Network) -> None:
    ticket = network.asks("claire", CLOSE)
    network.desk.choose(network.key(), account("claire"), ticket, 1)
    network.says("claire", "un expert svp", channel="letter", ticket=ticket)
    lines = network.desk.conversation(account("claire"), Address("console", "claire"))
    assert [line.text for line in lines if line.text] == [CLOSE]


def test_a_greeting_after_an_answer_begins_something_and_disturbs_no_expert(network: Network) -> None:
    answered = network.asks("claire", ANSWERED)
    network.deliver()
    greeting = network.says("claire", GREETING)
    assert greeting not in {answered, None}
    assert kinds(network.deliver()) == [K.clarify]
    assert network.state(answered) is State.answered
    assert network.says("claire", DISPUTE) == greeting


def test_a_greeting_while_an_expert_works_is_not_brought_to_the_expert(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    assert network.says("claire", GREETING) not in {ticket, None}
    assert kinds(network.deliver()) == [K.clarify]


@pytest.mark.parametrize(
    "said", ["👍", "👍🏽", "ok", "d'accord", "Très bien, c'est noté", "bien recu merci", "🙏", "super !"]
)
def test_words_that_only_say_it_is_heard_disturb_nobody_and_reopen_nothing(network: Network, said: str) -> None:
    ticket = network.assigned()
    network.deliver()
    assert network.says("claire", said) is None
    assert kinds(network.deliver()) == [K.thanks]
    network.experts.answer(network.key(), account("marc"), ticket, "Un avenant a suffi.")
    network.desk.solved(network.key(), account("claire"), ticket)
    network.deliver()
    network.says("claire", said)
    assert kinds(network.deliver()) == [K.thanks]
    assert network.state(ticket) is State.closed


@pytest.mark.parametrize("said", ["👍", "👌", "ok 👍", "oui 😊"])
def test_a_thumb_up_settles_the_answer_it_follows(network: Network, said: str) -> None:
    ticket = network.asks("claire", ANSWERED)
    network.says("claire", said)
    assert network.state(ticket) is State.closed


@pytest.mark.parametrize("said", ["👎", "non"])
def test_a_thumb_down_brings_the_question_to_the_experts(network: Network, said: str) -> None:
    ticket = network.asks("claire", ANSWERED)
    network.says("claire", said)
    assert network.state(ticket) is State.assigned


@pytest.mark.parametrize("said", ["je n'ai pas compris", "pas d'accord", "pas top", "ok et pour les pneus"])
def test_a_doubt_is_not_taken_for_agreement(network: Network, said: str) -> None:
    ticket = network.assigned()
    network.experts.answer(network.key(), account("marc"), ticket, "Un avenant a suffi.")
    network.says("claire", said)
    assert network.state(ticket) is not State.closed
    assert K.thanks not in kinds(network.deliver(), "claire")


def test_what_an_expert_waits_for_may_be_one_word(network: Network) -> None:
    ticket = network.assigned()
    network.experts.ask_member(network.key(), account("marc"), ticket, "Est-ce bien un marché de services ?")
    assert network.says("claire", "👍") == ticket
    assert network.promise(ticket).state is ClockState.running


def test_an_answer_written_without_sight_of_a_colleague_s_is_not_sent(network: Network) -> None:
    ticket = network.assigned()
    network.experts.answer(network.key(), account("ines"), ticket, "Prévenez votre assureur.")
    network.deliver()
    before = network.everything()
    with pytest.raises(ConflictError, match=r"answered_since.*Ines"):
        network.experts.answer(network.key(), account("marc"), ticket, "Répondez par écrit.", put=Put(seen=0))
    with pytest.raises(ConflictError, match=r"answered_since.*Ines"):
        network.experts.answer_by_hand(
            network.key(), account("marc"), ticket, "Dit au téléphone.", network.clock.now(), Put(seen=0)
        )
    assert network.everything() == before
    key = network.key()
    for _ in range(2):  # sent again after its reply was lost
        network.experts.answer(key, account("marc"), ticket, "Répondez par écrit.", put=Put(seen=1))
    assert only(network.deliver(), K.answered, "claire").data["again"]


def test_each_answer_counts_whichever_promise_it_kept(network: Network) -> None:
    ticket = network.assigned()
    network.experts.answer(network.key(), account("marc"), ticket, "Répondez par écrit.", put=Put(seen=0))
    network.says("claire", "et c'est un marché de 45 000 euros")
    assert network.desk.ticket(account("marc"), ticket).answers == 1
    with pytest.raises(ConflictError, match="answered_since"):
        network.experts.answer(network.key(), account("ines"), ticket, "Prévenez votre assureur.", put=Put(seen=0))
