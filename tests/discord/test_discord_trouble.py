"""Cuts, storms of 429, double presses, restarts in the middle of dialogues: nothing is lost or said twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from helpdesk.model import AccountRef, Address, DeliveryState, MessageKind, State
from helpdesk.notices import NoticeKind
from helpdesk.tables import DeliveryRow, MessageRow, NoticeRow, TicketRow
from tests.bot.house import as_if_unrecorded
from tests.discord.house import Guichet

if TYPE_CHECKING:
    from helpdesk.office import Office
    from tests.clock import ManualClock
    from tests.discord.discordapi.channel import Channel
    from tests.discord.discordapi.guild import Guild
    from tests.discord.discordapi.person import Person
    from tests.discord.discordapi.server import DiscordServer

DISPUTE = "Un candidat évincé menace d'un recours contre notre marché de nettoyage, que faire ?"
ONLY_PRICE = "Le prix peut-il rester le seul critère d'attribution ?"


@pytest.fixture
def forum(network: Guild) -> Channel:
    return network.forum("questions")


@pytest.fixture
def guichet(office: Office, discord: DiscordServer, forum: Channel) -> Iterator[Guichet]:
    with Guichet(office, discord, forum=forum.id) as service:
        yield service


def _questions(guichet: Guichet) -> list[str]:
    with guichet.office.reading() as unit:
        return [row.question for row in unit.session.query(TicketRow).order_by(TicketRow.id)]


def _followups(guichet: Guichet) -> list[str]:
    with guichet.office.reading() as unit:
        rows = unit.session.query(MessageRow).filter_by(kind=MessageKind.followup).order_by(MessageRow.id)
        return [row.body for row in rows]


def _told(guichet: Guichet) -> Counter[str]:
    """Return what was sent, by kind of notice."""
    with guichet.office.reading() as unit:
        rows = unit.session.query(NoticeRow.kind).join(DeliveryRow).filter(DeliveryRow.state == DeliveryState.sent)
        return Counter(kind for (kind,) in rows)


@pytest.mark.parametrize("forgotten", [False, True], ids=["session taken up", "session lost"])
def test_what_is_said_during_five_minutes_without_a_gateway_is_handled_once_in_order(
    guichet: Guichet, claire: Person, forum: Channel, discord: DiscordServer, clock: ManualClock, *, forgotten: bool
) -> None:
    guichet.asks_experts(claire, DISPUTE, "Marc")
    guichet.settled()
    with discord.gateway.away(forget=forgotten):
        clock.advance(minutes=2)
        for text in ("La lettre date du 3 mai.", "Elle est signée du gérant.", "Nous avons dix jours."):
            claire.says(text, reply_to=claire.private.messages[0])
        clock.advance(minutes=3)
        claire.posts(forum, "Prix", ONLY_PRICE)
        guichet.parts.experts.note("page:1", AccountRef("console", "marc"), 1, "vu")
    discord.wait_until(lambda: guichet.latest() == 2, "the post found")
    guichet.settled()
    assert _followups(guichet) == ["La lettre date du 3 mai.", "Elle est signée du gérant.", "Nous avons dix jours."]
    assert _questions(guichet)[1] == f"Prix.\n{ONLY_PRICE}"
    with guichet.office.reading() as unit:
        second = unit.session.get_one(TicketRow, 2)
        assert (clock.now() - second.asked_at).total_seconds() == 0
        first_words = unit.session.query(MessageRow).filter_by(kind=MessageKind.followup).first()
        assert first_words is not None
        assert (clock.now() - first_words.at).total_seconds() == 180
    assert _told(guichet)["joined"] == 3


def test_a_double_press_is_one(guichet: Guichet, claire: Person) -> None:
    guichet.asks(claire, ONLY_PRICE)
    card = claire.private.wait_for("Le prix peut-il rester")
    presses = [claire.presses("Demander à un expert", card) for _ in range(3)]
    for press in presses:
        press.wait()
    claire.private.wait_for("je confie votre question n° 1 à un expert")
    guichet.settled()
    assert guichet.ticket(1).state in {State.queued, State.assigned}
    assert _told(guichet)["acknowledged"] == 1


def test_yesterdays_buttons_work_after_a_restart(
    guichet: Guichet, claire: Person, clock: ManualClock, discord: DiscordServer
) -> None:
    guichet.asks(claire, ONLY_PRICE)
    card = claire.private.wait_for("Le prix peut-il rester")
    guichet.settled()
    clock.advance(days=1)
    guichet.restart()
    claire.presses("Demander à un expert", card).wait()
    claire.private.wait_for("je confie votre question n° 1 à un expert")
    discord.wait_until(lambda: guichet.ticket(1).state in {State.queued, State.assigned})


def test_a_button_of_a_question_that_moved_on_says_so(guichet: Guichet, claire: Person, clock: ManualClock) -> None:
    guichet.asks(claire, ONLY_PRICE)
    card = claire.private.wait_for("Le prix peut-il rester")
    guichet.settled()
    guichet.parts.desk.withdraw("page:1", AccountRef("discord", str(claire.id)), 1)
    clock.advance(days=1)
    guichet.restart()
    press = claire.presses("Cela répond à ma question", card).wait()
    press.wait_for("n'attend plus de confirmation")


def test_a_form_opened_before_a_restart_is_taken_after_it(guichet: Guichet, claire: Person, marc: Person) -> None:
    guichet.asks_experts(claire, DISPUTE, "Marc")
    marc.private.wait_for("Question n° 1")
    form = marc.presses("Répondre")
    form.wait_form()
    guichet.restart()
    marc.submits(form, text="Répondez sous dix jours.").wait()
    claire.private.wait_for("Réponse de Marc")


def test_a_draft_waits_through_a_restart(guichet: Guichet, claire: Person, marc: Person) -> None:
    guichet.asks_experts(claire, DISPUTE, "Marc")
    card = marc.private.wait_for("Question n° 1")
    marc.says("Répondez sous dix jours.", reply_to=card)
    prompt = marc.private.wait_for("Que faire de ce message")
    guichet.settled()
    guichet.restart()
    marc.presses("Envoyer au membre", prompt).wait()
    claire.private.wait_for("Réponse de Marc")


def test_a_card_whose_sender_died_before_recording_it_takes_a_reply(
    guichet: Guichet, claire: Person, marc: Person
) -> None:
    guichet.asks_experts(claire, DISPUTE, "Marc")
    card = marc.private.wait_for("Question n° 1")
    guichet.settled()
    as_if_unrecorded(guichet.office, NoticeKind.assigned)
    marc.says("Répondez sous dix jours.", reply_to=card)
    marc.private.wait_for("Que faire de ce message")
    assert guichet.latest() == 1


def test_a_newcomer_is_remembered_through_a_restart(guichet: Guichet, discord: DiscordServer, network: Guild) -> None:
    eve = discord.person("Eve")
    eve.joins(network)
    eve.says(ONLY_PRICE)
    asked = eve.private.wait_for("structure|organisation")
    guichet.settled()
    guichet.restart()
    eve.says("Bois-Joli", reply_to=asked)
    choice = eve.private.wait_for("Mairie de Bois-Joli")
    guichet.settled()
    guichet.restart()
    eve.presses("Mairie de Bois-Joli", choice).wait()
    eve.private.wait_for("Le prix peut-il rester le seul critère")
    assert _questions(guichet) == [ONLY_PRICE]


def test_a_storm_of_429_delays_and_loses_nothing(
    guichet: Guichet, discord: DiscordServer, claire: Person, clock: ManualClock
) -> None:
    discord.fail_next("create_message", times=4, status=429)
    discord.limit_rate("create_message", requests=1, seconds=0.15)
    discord.limit_rate("*", requests=12, seconds=0.5)
    account, address = AccountRef("discord", str(claire.id)), Address("discord", str(claire.id))
    for rank in range(6):
        guichet.parts.desk.ask(f"page:{rank}", account, address, f"{DISPUTE} Lot {rank}.")
    guichet.nudge()
    discord.wait_until(guichet._nothing_due, "everything delivered", 30)
    discord.faults.clear()
    clock.advance(minutes=1)  # what the library gave up after five refusals comes back to the queue
    guichet.nudge()
    guichet.settled()
    assert discord.refusals[429] >= 4
    said = [message.content for message in claire.private.from_bot()]
    assert [sum(f"question n° {number} " in text for text in said) for number in range(1, 7)] == [1] * 6


@pytest.mark.parametrize("after_effect", [False, True], ids=["before", "after"])
def test_a_connection_cut_while_sending_neither_loses_nor_doubles_an_answer(
    guichet: Guichet, discord: DiscordServer, claire: Person, clock: ManualClock, *, after_effect: bool
) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Marc")
    guichet.settled()
    (discord.cut_after_effect if after_effect else discord.cut_before_effect)("create_message", channel=claire.private)
    guichet.parts.experts.answer("page:1", AccountRef("console", "marc"), number, "Répondez vite.")
    guichet.nudge()
    discord.wait_until(guichet._nothing_due, "tried once")
    clock.advance(minutes=1)
    guichet.nudge()
    guichet.settled()
    assert [m.content for m in claire.private.from_bot()].count(claire.private.last.content) == 1
    assert _told(guichet)["answered"] == 1
