"""What goes wrong: cuts, crashes, refusals, people and places that go; nothing is lost, nothing is handled twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from helpdesk.model import AccountRef, DeliveryState, State
from helpdesk.tables import (
    AccountRow,
    DeliveryRow,
    DraftRow,
    InboundRow,
    MessageRow,
    NoticeRow,
    TicketRow,
)
from tests.discord.house import Guichet

if TYPE_CHECKING:
    from helpdesk.office import Office
    from tests.discord.discordapi.channel import Channel
    from tests.discord.discordapi.guild import Guild
    from tests.discord.discordapi.person import Person
    from tests.discord.discordapi.server import DiscordServer

DISPUTE = "Un candidat évincé menace d'un recours contre notre marché de nettoyage, que faire ?"
ONLY_PRICE = "Le prix peut-il rester le seul critère d'attribution ?"
LABEL = "Peut-on exiger un label dans un marché ?"


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


def _reported(guichet: Guichet) -> set[str]:
    with guichet.office.reading() as unit:
        return {row.data["code"] for row in unit.session.query(NoticeRow) if row.kind == "audit_finding"}


def test_what_was_posted_while_the_connection_was_lost_is_handled_once_and_in_order(
    guichet: Guichet, claire: Person, forum: Channel, discord: DiscordServer
) -> None:
    guichet.asks(claire, ONLY_PRICE)
    with discord.gateway.away(forget=True):
        claire.says("/question")
        claire.says(LABEL)
        claire.posts(forum, "Recours", DISPUTE)
    discord.wait_until(lambda: guichet.latest() >= 3, "the questions asked meanwhile")
    guichet.settled()
    assert {LABEL, f"Recours.\n{DISPUTE}"} <= set(_questions(guichet))
    guichet.restart()
    guichet.settled()
    assert _questions(guichet).count(LABEL) == 1


def test_who_only_received_messages_is_heard_after_a_stop(
    guichet: Guichet, claire: Person, marc: Person, discord: DiscordServer
) -> None:
    guichet.asks_experts(claire, DISPUTE, "Marc")
    marc.private.wait_for("Question n° 1")
    guichet.settled()
    guichet.stop()
    marc.says(LABEL)
    guichet.start()
    discord.wait_until(lambda: LABEL in _questions(guichet), "his first words found")


def test_what_discord_gives_again_on_resuming_counts_once(
    guichet: Guichet, claire: Person, discord: DiscordServer
) -> None:
    guichet.asks(claire, ONLY_PRICE)
    with discord.gateway.away():
        claire.says(LABEL)
    discord.wait_until(lambda: LABEL in _questions(guichet), "the question asked meanwhile")
    assert _questions(guichet).count(LABEL) == 1


def test_what_was_said_while_the_service_was_down_is_read_at_the_start(
    guichet: Guichet, claire: Person, marc: Person, forum: Channel
) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Marc")
    card = marc.private.wait_for("Question n° 1")
    guichet.settled()
    marc.says("// vu", reply_to=card)
    marc.private.wait_for("Note ajoutée")
    guichet.stop()
    claire.says("Le marché est signé depuis mars.", reply_to=claire.private.from_bot()[-1])
    marc.says("Répondez sous dix jours.", reply_to=card)
    post = claire.posts(forum, "Label", LABEL)
    guichet.start()
    marc.private.wait_for("Que faire de ce message")
    post.wait_for("si tous ses critères")
    with guichet.office.reading() as unit:
        said = [row.body for row in unit.session.query(MessageRow).filter_by(ticket_id=number)]
    assert "Le marché est signé depuis mars." in said


def test_what_the_library_tells_once_the_service_has_stopped_is_dropped(guichet: Guichet) -> None:
    assert guichet.channel is not None
    assert guichet.channel._service is not None
    client = guichet.channel._service.client
    guichet.stop()
    # As the library's timer that waits for the last server, when the service stops within half a second.
    client.dispatch("ready")


def test_a_message_received_but_not_committed_is_found_again(
    guichet: Guichet, claire: Person, discord: DiscordServer
) -> None:
    guichet.asks(claire, ONLY_PRICE)
    guichet.settled()
    # As a crash between Discord's giving the message and the commit: nothing of it is kept.
    guichet.stop()
    message = claire.says(DISPUTE)
    guichet.start()
    discord.wait_until(lambda: DISPUTE in _questions(guichet), "the question found")
    with guichet.office.reading() as unit:
        keys = {row.key for row in unit.session.query(InboundRow)}
    assert f"discord:message:{message.id}" in keys


def test_pressing_twice_changes_nothing_more(guichet: Guichet, claire: Person) -> None:
    guichet.asks(claire, ONLY_PRICE)
    card = claire.private.wait_for("Le prix peut-il rester")
    claire.presses("Cela répond à ma question", card)
    claire.presses("Demander à un expert", card)
    guichet.settled()
    guichet.discord.wait_until(lambda: guichet.ticket(1).state in {State.closed, State.assigned}, "one of both")
    assert guichet.latest() == 1


def test_a_member_who_refuses_messages_is_answered_elsewhere_or_the_expert_is_told(
    guichet: Guichet, claire: Person, marc: Person
) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Marc")
    marc.private.wait_for("Question n° 1")
    claire.private.wait_for("vous répond")
    claire.refuses_messages()
    with guichet.office.unit() as unit:
        for row in unit.session.query(AccountRow).filter(AccountRow.channel != "discord"):
            row.last_seen_at = None
    marc.submits(marc.presses("Répondre"), text="Répondez sous dix jours.")
    marc.private.wait_for("n'a pas pu|n'est arrivée|personne")
    assert guichet.ticket(number).state is State.assigned


def _blocked(guichet: Guichet, person: Person) -> bool:
    with guichet.office.reading() as unit:
        row = unit.session.query(AccountRow).filter_by(channel="discord", external_id=str(person.id)).one()
        return row.blocked_at is not None


def test_whoever_leaves_the_server_is_written_to_no_more(
    guichet: Guichet, claire: Person, network: Guild, discord: DiscordServer
) -> None:
    guichet.asks(claire, ONLY_PRICE)
    claire.leaves(network)
    discord.wait_until(lambda: _blocked(guichet, claire), "known to be gone")
    claire.joins(network)
    discord.wait_until(lambda: not _blocked(guichet, claire), "known to be back")


def test_whoever_leaves_one_of_two_servers_is_written_to_as_before(
    guichet: Guichet, claire: Person, marc: Person, network: Guild, discord: DiscordServer
) -> None:
    other = discord.guild("Union des réseaux", claire, marc)
    claire.leaves(network)
    marc.leaves(network)
    marc.leaves(other)
    discord.wait_until(lambda: _blocked(guichet, marc), "known to share no server any more")
    guichet.settled()
    assert not _blocked(guichet, claire)
    claire.leaves(other)
    discord.wait_until(lambda: _blocked(guichet, claire), "known to share no server any more")


def test_nobody_is_taken_for_gone_while_discord_cannot_say(
    guichet: Guichet, claire: Person, marc: Person, network: Guild, discord: DiscordServer
) -> None:
    discord.fail_next("get_guild_member", status=503)
    claire.leaves(network)
    discord.wait_until(lambda: discord.called("get_guild_member"), "Discord asked")
    marc.leaves(network)
    discord.wait_until(lambda: _blocked(guichet, marc), "known to be gone")
    assert not _blocked(guichet, claire)


def test_whoever_refused_messages_is_written_to_again_once_they_write(guichet: Guichet, marc: Person) -> None:
    guichet.parts.correspondence.set_blocked(AccountRef("discord", str(marc.id)), blocked=True)
    marc.says("bonjour")
    marc.private.wait_for("Quelle est votre question")
    assert not _blocked(guichet, marc)


def test_the_coordinators_are_told_of_a_channel_deleted_and_of_a_server_lost(
    guichet: Guichet, forum: Channel, network: Guild, discord: DiscordServer
) -> None:
    forum.deletes_itself()
    discord.wait_until(lambda: "discord_channel_gone" in _reported(guichet), "told of the channel")
    network.remove(discord.bot)
    discord.wait_until(lambda: "discord_server_gone" in _reported(guichet), "told of the server")


def test_a_coordinator_whom_the_bot_can_write_to_no_more_is_told_of_it_on_another_account(
    guichet: Guichet, nadia: Person, network: Guild, discord: DiscordServer
) -> None:
    with guichet.office.unit() as unit:
        row = unit.session.query(AccountRow).filter_by(channel="console", external_id="nadia").one()
        row.last_seen_at = unit.now - dt.timedelta(days=1)
    network.remove(discord.bot)
    discord.wait_until(lambda: _sent_elsewhere(guichet) == ["discord_server_gone"], "told on the console")
    assert nadia.private.from_bot() == []


def test_a_coordinator_who_has_no_other_account_reads_on_the_board_what_they_were_not_told(
    guichet: Guichet, nadia: Person, network: Guild, discord: DiscordServer
) -> None:
    network.remove(discord.bot)
    board, account = guichet.parts.coordinators.board, AccountRef("discord", str(nadia.id))
    discord.wait_until(lambda: bool(board(account).dead_letters), "known not to be told")
    assert [(letter.person, letter.finding) for letter in board(account).dead_letters] == [
        ("Nadia", "discord_server_gone")
    ]


def test_new_words_join_the_question_while_it_is_open(guichet: Guichet, claire: Person, marc: Person) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Marc")
    message = claire.private.messages[0]
    claire.edits(message, f"{DISPUTE} Le marché est signé.")
    marc.private.wait_for("Le marché est signé")
    marc.submits(marc.presses("Répondre"), text="Répondez sous dix jours.")
    claire.private.wait_for("Réponse de Marc")
    claire.edits(message, "Autre chose.")
    claire.private.wait_for("J'ai vu que vous avez modifié")
    assert guichet.ticket(number).state is State.answered


def test_a_draft_goes_with_the_message_that_held_it(
    guichet: Guichet, claire: Person, marc: Person, discord: DiscordServer
) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Marc")
    card = marc.private.wait_for("Question n° 1")
    draft = marc.says("Répondez vite.", reply_to=card)
    marc.private.wait_for("Que faire de ce message")
    marc.edits(draft, "Répondez sous dix jours.")
    discord.wait_until(lambda: _drafts(guichet) == ["Répondez sous dix jours."], "the new words kept")
    prompt = marc.private.wait_for("Que faire de ce message")
    marc.deletes(draft)
    discord.wait_until(lambda: _drafts(guichet) == [], "dropped")
    marc.private.wait_for("Rien n'en est parti : ce message a été supprimé ou abandonné")
    assert prompt.buttons == []
    assert guichet.ticket(number).state is State.assigned


def test_new_words_of_an_answer_that_left_are_said_to_change_nothing(
    guichet: Guichet, claire: Person, marc: Person
) -> None:
    guichet.asks_experts(claire, DISPUTE, "Marc")
    answer = marc.says("Répondez sous dix jours.", reply_to=marc.private.wait_for("Question n° 1"))
    marc.private.wait_for("Que faire de ce message")
    marc.presses("Envoyer au membre")
    claire.private.wait_for("Réponse de Marc")
    marc.edits(answer, "Répondez sous quinze jours.")
    marc.private.wait_for("Votre message est parti, ou a été gardé en note, tel qu'il était")
    assert "quinze" not in claire.private.transcript()


def test_a_question_deleted_stays_asked(guichet: Guichet, claire: Person) -> None:
    guichet.asks(claire, ONLY_PRICE)
    claire.deletes(claire.private.messages[0])
    guichet.settled()
    assert _questions(guichet) == [ONLY_PRICE]


def test_discord_being_too_busy_loses_nothing(guichet: Guichet, claire: Person, discord: DiscordServer) -> None:
    discord.fail_next("create_message", times=3, status=429, retry_after=0.2)
    guichet.asks(claire, ONLY_PRICE)
    claire.private.wait_for("Le prix peut-il rester")
    assert len(claire.private.from_bot()) == 1


def test_a_lost_reply_of_discord_does_not_repeat_the_message(
    guichet: Guichet, claire: Person, discord: DiscordServer
) -> None:
    discord.fail_next("create_message", times=2, status=502)
    guichet.asks(claire, ONLY_PRICE)
    claire.private.wait_for("Le prix peut-il rester")
    guichet.settled()
    assert len(claire.private.from_bot()) == 1


def _sent_elsewhere(guichet: Guichet) -> list[str]:
    with guichet.office.reading() as unit:
        sent = unit.session.query(DeliveryRow).filter_by(channel="console", state=DeliveryState.sent)
        return [row.notice.data["code"] for row in sent]


def _drafts(guichet: Guichet) -> list[str]:
    with guichet.office.reading() as unit:
        return [row.data["text"] for row in unit.session.query(DraftRow)]


def test_only_one_process_answers_and_the_other_takes_over(
    guichet: Guichet, office: Office, claire: Person, discord: DiscordServer
) -> None:
    with Guichet(office, discord, forum=guichet.options.forum) as other:
        guichet.asks(claire, ONLY_PRICE)
        guichet.settled()
        assert len(claire.private.from_bot()) == 1
        guichet.stop()
        discord.wait_until(lambda: discord.gateway.connected, "the other connected")
        other.asks(claire, LABEL)
        claire.private.wait_for("si tous ses critères")


def test_what_is_erased_disappears_from_private_messages(
    guichet: Guichet, claire: Person, discord: DiscordServer
) -> None:
    guichet.asks(claire, ONLY_PRICE)
    claire.private.wait_for("Le prix peut-il rester")
    claire.runs("mes-donnees").wait_for("tout ce que le réseau garde")
    claire.presses("Effacer mes données").wait_for("ne peut pas être défait")
    claire.presses("Oui, tout effacer").wait_for("effacées")
    guichet.nudge()
    discord.wait_until(
        lambda: not any("Le prix peut-il rester" in message.text for message in claire.private.from_bot()), "taken away"
    )


def test_a_closed_network_refuses_strangers_politely_and_an_invitation_brings_them_in(
    office: Office, discord: DiscordServer, network: Guild
) -> None:
    office.policy = replace(office.policy, open_network=False)
    with Guichet(office, discord) as guichet:
        eve = discord.person("Eve")
        eve.joins(network)
        eve.says(ONLY_PRICE)
        eve.private.wait_for("réservé à ses membres")
        eve.runs("question", texte=ONLY_PRICE).wait_for("réservé à ses membres")
        assert guichet.latest() == 0
        nadia = AccountRef("console", "nadia")
        code = guichet.parts.coordinators.invite("page:1", nadia, "Mairie de Bois-Joli", create=True)
        eve.runs("rejoindre", code=code.code).wait_for("Bienvenue Eve")
        guichet.asks(eve, ONLY_PRICE)
