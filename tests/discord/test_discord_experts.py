"""The experts' channel: a card for each question, its thread, drafts sent by one press."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from helpdesk.model import AccountRef, MessageKind, State
from helpdesk.tables import MessageRow, NoticeRow, TopicRow
from tests.discord.house import Guichet

if TYPE_CHECKING:
    from helpdesk.office import Office
    from tests.clock import ManualClock
    from tests.discord.discordapi.channel import Channel, Thread
    from tests.discord.discordapi.guild import Guild
    from tests.discord.discordapi.person import Person
    from tests.discord.discordapi.server import DiscordServer

DISPUTE = "Un candidat évincé menace d'un recours contre notre marché de nettoyage, que faire ?"


@pytest.fixture
def lea(discord: DiscordServer) -> Person:
    return discord.person("Léa")


@pytest.fixture
def experts(network: Guild, lea: Person) -> Channel:
    lea.joins(network)
    return network.text("experts")


@pytest.fixture
def guichet(office: Office, discord: DiscordServer, experts: Channel, lea: Person) -> Iterator[Guichet]:
    with Guichet(office, discord, experts=experts.id) as service:
        service.knows(lea, "Léa")
        yield service


def _thread(guichet: Guichet, experts: Channel, start: str) -> Thread:
    found: list[Thread] = []

    def look() -> bool:
        found[:] = [thread for thread in experts.threads.values() if thread.name.startswith(start)]
        return bool(found)

    guichet.discord.wait_until(look, f"a thread {start!r} among {[one.name for one in experts.threads.values()]}")
    return found[-1]


def _bodies(guichet: Guichet, kind: MessageKind) -> list[str]:
    with guichet.office.reading() as unit:
        return [row.body for row in unit.session.query(MessageRow).filter_by(kind=kind).order_by(MessageRow.id)]


def test_a_thread_that_sleeps_shows_what_its_question_becomes_and_holds_no_other_back(
    guichet: Guichet, experts: Channel, claire: Person, lea: Person, clock: ManualClock
) -> None:
    guichet.asks_experts(claire, DISPUTE, "Léa")
    thread = _thread(guichet, experts, "n° 1 · confiée")
    guichet.asks_experts(claire, "Un fournisseur nous menace du tribunal pour ses factures, que répondre ?", "Léa")
    _thread(guichet, experts, "n° 2 · confiée")
    guichet.settled()
    experts.allow(lea, "manage_threads")
    lea.closes(thread)
    clock.advance(days=7, hours=2)
    guichet.sweep()
    assert _thread(guichet, experts, "n° 1 · en retard") is thread
    assert not thread.archived
    _thread(guichet, experts, "n° 2 · en retard")


def test_a_question_gets_its_card_and_is_answered_from_its_thread(
    guichet: Guichet, experts: Channel, claire: Person, lea: Person
) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Léa")
    thread = _thread(guichet, experts, "n° 1 · confiée")
    card = experts.wait_for("Mairie de Bois-Joli")
    assert thread.id == card.id
    lea.says("Répondez sous dix jours.", thread)
    thread.wait_for("Que faire de ce message")
    lea.presses("Envoyer au membre", thread)
    claire.private.wait_for("Réponse de Léa")
    thread.wait_for("Envoyé au membre")
    assert guichet.ticket(number).state is State.answered
    assert _thread(guichet, experts, "n° 1 · répondue") is thread
    claire.presses("Cela répond à ma question")
    guichet.discord.wait_until(lambda: thread.archived, "the thread put away")
    assert thread.name.startswith("n° 1 · terminée")
    assert card.buttons == []


def test_a_prompt_left_as_it_was_when_its_draft_went_says_so_at_the_next_press(
    guichet: Guichet, experts: Channel, claire: Person, lea: Person
) -> None:
    guichet.asks_experts(claire, DISPUTE, "Léa")
    thread = _thread(guichet, experts, "n° 1 · confiée")
    lea.says("Répondez sous dix jours.", thread)
    prompt = thread.wait_for("Que faire de ce message")
    guichet.settled()
    guichet.discord.cut_before_effect("edit_message", times=100, channel=thread)
    lea.presses("Envoyer au membre", thread)
    claire.private.wait_for("Réponse de Léa")
    guichet.settled()
    assert prompt.buttons
    guichet.discord.faults.clear()
    lea.presses("Envoyer au membre", thread)
    guichet.discord.wait_until(lambda: "Envoyé au membre" in prompt.text, "what became of it")
    guichet.settled()
    assert prompt.buttons == []
    assert _bodies(guichet, MessageKind.answer) == ["Répondez sous dix jours."]


def test_the_buttons_for_a_text_that_its_author_deletes_from_the_thread_go_with_it(
    guichet: Guichet, experts: Channel, claire: Person, lea: Person
) -> None:
    guichet.asks_experts(claire, DISPUTE, "Léa")
    thread = _thread(guichet, experts, "n° 1 · confiée")
    said = lea.says("Répondez vite.", thread)
    prompt = thread.wait_for("Que faire de ce message")
    guichet.settled()
    lea.deletes(said)
    guichet.discord.wait_until(lambda: "Rien n'en est parti" in prompt.text, "the prompt closed")
    assert prompt.buttons == []


def test_the_card_opens_a_form_whose_answer_goes_to_the_member(
    guichet: Guichet, experts: Channel, claire: Person, lea: Person
) -> None:
    guichet.asks_experts(claire, DISPUTE, "Léa")
    thread = _thread(guichet, experts, "n° 1 · confiée")
    lea.submits(lea.presses("Répondre", experts), text="Répondez sous dix jours.").wait_for("")
    claire.private.wait_for("Réponse de Léa")
    thread.wait_for("Léa a répondu au membre")


def test_texts_that_a_moderator_deletes_at_once_are_no_drafts_any_more(
    guichet: Guichet, experts: Channel, claire: Person, lea: Person
) -> None:
    guichet.asks_experts(claire, DISPUTE, "Léa")
    thread = _thread(guichet, experts, "n° 1 · confiée")
    said, prompts = [], []
    for text in ("Répondez vite.", "Répondez sous dix jours."):
        said.append(lea.says(text, thread))
        prompts.append(thread.wait_for("Que faire de ce message", after=said[-1]))
        guichet.settled()
    experts.allow(lea, "manage_messages")
    lea.purges(*said)
    guichet.discord.wait_until(lambda: all("Rien n'en est parti" in one.text for one in prompts), "the prompts closed")
    assert [one.buttons for one in prompts] == [[], []]


def test_a_reply_to_the_card_is_a_draft_and_not_a_question(
    guichet: Guichet, experts: Channel, claire: Person, lea: Person
) -> None:
    guichet.asks_experts(claire, DISPUTE, "Léa")
    _thread(guichet, experts, "n° 1 · confiée")
    lea.says("Répondez sous dix jours.", reply_to=experts.wait_for("Mairie de Bois-Joli"))
    experts.wait_for("Que faire de ce message")
    lea.presses("Envoyer au membre", experts)
    claire.private.wait_for("Réponse de Léa")
    assert guichet.latest() == 1


def test_a_pause_its_reply_and_notes_show_in_the_thread(
    guichet: Guichet, experts: Channel, claire: Person, lea: Person
) -> None:
    guichet.asks_experts(claire, DISPUTE, "Léa")
    thread = _thread(guichet, experts, "n° 1")
    lea.says("// vérifier le CCAG", thread)
    thread.wait_for("Note ajoutée")
    lea.says("Quel est le montant ?", thread)
    thread.wait_for("Que faire de ce message")
    lea.presses("Lui demander une précision", thread)
    claire.private.wait_for("Quel est le montant")
    _thread(guichet, experts, "n° 1 · attend le membre")
    claire.says("40 000 euros")
    assert thread.wait_for("40 000 euros").text.startswith("**Le membre")
    assert _bodies(guichet, MessageKind.note) == ["vérifier le CCAG"]
    assert "Claire" not in thread.transcript()


def test_what_is_answered_elsewhere_is_told_in_the_thread(guichet: Guichet, experts: Channel, claire: Person) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Marc")
    thread = _thread(guichet, experts, "n° 1")
    guichet.parts.experts.answer("page:1", AccountRef("console", "marc"), number, "Répondez **vite**.")
    thread.wait_for("Marc a répondu au membre")


def test_buttons_of_yesterday_work_after_a_restart(
    guichet: Guichet, experts: Channel, claire: Person, lea: Person
) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Léa")
    _thread(guichet, experts, "n° 1 · confiée")
    card = experts.wait_for("Mairie de Bois-Joli")
    guichet.restart()
    lea.presses("Changer le thème", card).wait_for("Quel est le thème")
    lea.chooses("alimentation", where=experts)
    guichet.discord.wait_until(lambda: guichet.ticket(number).theme_id == "alimentation", "the theme set")
    lea.presses("Passer à un collègue", card).wait_for("À qui passer")
    lea.chooses("Marc (0 en cours)", where=experts)
    experts.wait_for("est confiée à Marc", seen_by=lea)


def test_a_broken_promise_shows(guichet: Guichet, experts: Channel, claire: Person, clock: ManualClock) -> None:
    guichet.asks_experts(claire, DISPUTE, "Léa")
    thread = _thread(guichet, experts, "n° 1 · confiée")
    clock.advance(days=7, hours=2)
    guichet.sweep()
    assert _thread(guichet, experts, "n° 1 · en retard") is thread
    experts.wait_for("La promesse n'est pas tenue")


def test_a_card_asked_for_before_a_crash_is_found_again(
    guichet: Guichet, experts: Channel, claire: Person, discord: DiscordServer
) -> None:
    guichet.stop()
    discord.cut_after_effect("create_message", channel=experts)
    guichet.start()
    guichet.asks_experts(claire, DISPUTE, "Léa")
    experts.wait_for("Mairie de Bois-Joli")
    guichet.restart()
    _thread(guichet, experts, "n° 1")
    assert len(experts.from_bot()) == 1


def test_a_thread_that_somebody_deleted_is_begun_again(
    guichet: Guichet, experts: Channel, claire: Person, lea: Person
) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Léa")
    thread = _thread(guichet, experts, "n° 1")
    experts.allow(lea, "manage_messages")
    thread.deletes_itself()
    lea.deletes(experts.wait_for("Mairie de Bois-Joli"))
    claire.says("Le marché est signé depuis mars, ajoutez-le.", reply_to=claire.private.wait_for("C'est noté"))
    _thread(guichet, experts, f"n° {number}").wait_for("signé depuis mars")


def test_an_experts_channel_that_is_deleted_is_told_once_and_not_as_a_matter_of_permissions(
    guichet: Guichet, experts: Channel, claire: Person
) -> None:
    experts.deletes_itself()
    guichet.asks_experts(claire, DISPUTE, "Marc")
    guichet.discord.wait_until(lambda: guichet.discord.refusals[404] > 0, "the card refused")
    guichet.restart()
    guichet.asks_experts(claire, f"{DISPUTE} Le marché est signé, et nous avons répondu.", "Marc")
    guichet.settled()
    with guichet.office.reading() as unit:
        told = {row.data["code"] for row in unit.session.query(NoticeRow).filter_by(kind="audit_finding")}
    assert told == {"discord_channel_gone"}


def test_strangers_and_members_cannot_answer_from_the_thread(
    guichet: Guichet, experts: Channel, network: Guild, claire: Person, discord: DiscordServer
) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Léa")
    thread = _thread(guichet, experts, "n° 1")
    eve = discord.person("Eve")
    eve.joins(network)
    eve.says("Attaquez-les.", thread)
    thread.wait_for("Je ne vous connais pas encore")
    claire.says("Et moi ?", thread)
    thread.wait_for("Votre message reste dans ce fil : le membre ne le voit pas")
    eve.says("Sans hésiter.", thread)
    claire.says("Merci.", thread)
    guichet.settled()
    told = [message for message in thread.from_bot() if message.text]
    assert len(told) == 2
    assert not [message for message in told if message.buttons]
    assert guichet.ticket(number).state is State.assigned


def test_experts_of_another_theme_and_colleagues_among_themselves_are_asked_nothing(
    guichet: Guichet, experts: Channel, claire: Person, lea: Person, marc: Person
) -> None:
    guichet.asks_experts(claire, DISPUTE, "Marc")
    thread = _thread(guichet, experts, "n° 1")
    hint = lea.says("Chez nous, la préfecture a répondu.", thread)
    thread.wait_for("Votre message reste dans ce fil")
    marc.says(f"{lea.mention} sous quel délai ?", thread)
    marc.says("Merci, je regarde.", thread, reply_to=hint)
    guichet.settled()
    assert not [message for message in thread.from_bot() if "Que faire" in message.text]
    marc.says(f"Bonjour {claire.mention}, répondez sous dix jours.", thread)
    thread.wait_for("Que faire de ce message")


def test_only_what_can_still_be_done_is_offered_for_a_text(
    guichet: Guichet, experts: Channel, claire: Person, lea: Person
) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Léa")
    thread = _thread(guichet, experts, "n° 1")

    def offered(text: str) -> list[str]:
        said = lea.says(text, thread)
        return [button["label"] for button in thread.wait_for("Que faire de ce message", after=said).buttons]

    everything = ["Envoyer au membre", "Lui demander une précision", "Garder en note interne", "Abandonner"]
    assert offered("Répondez sous dix jours.") == everything
    lea.presses("Envoyer au membre", thread)
    claire.private.wait_for("Réponse de Léa")
    assert offered("Avec les motifs.") == ["Envoyer au membre", "Garder en note interne", "Abandonner"]
    claire.presses("Cela répond à ma question")
    guichet.discord.wait_until(lambda: guichet.ticket(number).state is State.closed, "settled")
    assert offered("À revoir.") == ["Garder en note interne", "Abandonner"]


def test_the_card_of_a_long_question_is_one_message_kept_up_to_date(
    guichet: Guichet, experts: Channel, claire: Person, clock: ManualClock
) -> None:
    number = guichet.asks_experts(claire, f"{DISPUTE} {'Voici tout ce qui a été dit. ' * 60}", "Marc")
    thread = _thread(guichet, experts, "n° 1 · confiée")
    (card,) = experts.from_bot()
    assert card.id == thread.id
    clock.advance(days=7, hours=2)
    guichet.sweep()
    guichet.discord.wait_until(lambda: "La promesse n'est pas tenue" in card.text, "the delay on the card")
    assert card.text.startswith(f"**Question n° {number}")
    assert "Mairie de Bois-Joli" in card.text
    assert experts.from_bot() == [card]


def test_every_step_is_recorded(guichet: Guichet, experts: Channel, claire: Person, discord: DiscordServer) -> None:
    guichet.asks_experts(claire, DISPUTE, "Marc")
    thread = _thread(guichet, experts, "n° 1 · confiée")
    card = experts.wait_for("Mairie de Bois-Joli")
    guichet.settled()

    def kept() -> tuple[str | None, str | None, bool]:
        with guichet.office.reading() as unit:
            row = unit.session.query(TopicRow).one()
            return row.thread, row.card, row.closed

    discord.wait_until(lambda: kept() == (str(thread.id), str(card.id), False), "every step kept")
    before = len(discord.calls)
    guichet.restart()
    guichet.settled()
    again = {call.name for call in discord.calls[before:]}
    assert not {"create_message", "edit_message", "start_thread_from_message", "edit_channel"} & again
