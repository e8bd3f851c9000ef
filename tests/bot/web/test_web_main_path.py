"""The main job through the pages, without JavaScript: asked, answered or queued, answered by an expert, confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.bot.web.browser import Browser
    from tests.bot.web.network import Network

pytestmark = pytest.mark.anyio


async def test_a_question_the_library_answers_shows_its_card(network: Network) -> None:
    claire = await network.signed_in(network.ids.claire)
    page = await claire.ask("Le prix peut-il rester le seul critère d'attribution ?")
    assert page.path == "/chat"
    assert "Non : au moins un critère porte sur l'environnement." in page.text
    assert "Code de la commande publique" in page.text
    assert "15 janvier 2026" in page.text
    assert "Cela répond à ma question" in page.html


async def test_the_expert_answers_and_the_member_reads_it(network: Network) -> None:
    claire = await network.signed_in(network.ids.claire)
    marc = await network.signed_in(network.ids.marc)
    page = await claire.ask("Le prix peut-il rester le seul critère d'attribution ?")
    page = await claire.submit(page, "Demander à un expert")
    assert "mercredi 3 juin à 17 h 30" in page.text

    queue = await marc.get("/queue")
    assert "Répondre avant mercredi 3 juin à 17 h 30" in queue.text
    ticket = await marc.get("/tickets/1")
    assert "Mairie de Bois-Joli" in ticket.text
    assert "3" in ticket.text
    done = await marc.submit(ticket, "/tickets/1/answer", text="Non, plus **depuis 2026**.")
    assert "Réponse envoyée au membre." in done.text

    page = await claire.get("/chat")
    assert "<strong>depuis 2026</strong>" in page.html
    page = await claire.submit(page, "Cela répond à ma question")
    page = await claire.get("/questions/1")
    assert "Terminée" in page.text
    assert "Vous avez dit que la réponse convient. Merci !" in page.text
    page = await claire.submit(page, "4 étoiles")
    assert "Vous avez noté cette réponse : 4 étoiles." in page.text


async def test_a_question_whose_member_chooses_asks_no_expert_to_answer_it(network: Network) -> None:
    claire = await network.signed_in(network.ids.claire)
    await claire.ask("menus et producteurs cantine")
    nadia = await network.signed_in(network.ids.nadia)
    ticket = await nadia.get("/tickets/1")
    assert "Fiches proposées au membre Réponse promise avant mercredi 3 juin à 17 h 30" in ticket.text
    assert "Répondre avant" not in ticket.text
    for page in (ticket, await nadia.get("/board")):
        assert page.text.count("Fiches proposées au membre") == 1
        assert "personne ne l'a prise" not in page.text


async def test_a_question_that_awaits_its_member_says_so_and_until_when(network: Network) -> None:
    claire, nadia = await network.signed_in(network.ids.claire), await network.signed_in(network.ids.nadia)
    await claire.ask("menus et producteurs cantine")
    awaiting = "Sans un mot de lui d'ici mardi 2 juin à 9 h, la question va aux experts."
    ticket = await nadia.get("/tickets/1")
    assert awaiting in ticket.text
    assert {form.action for form in ticket.forms} == set(), "the core lets nobody act before the member chose"
    network.clock.advance(days=1, hours=1)
    network.sweep.run()
    ticket = await nadia.get("/tickets/1")
    assert awaiting not in ticket.text
    assert "/tickets/1/reassign" in {form.action for form in ticket.forms}


async def test_a_question_to_be_made_clear_says_that_its_member_is_awaited(network: Network) -> None:
    claire, nadia = await network.signed_in(network.ids.claire), await network.signed_in(network.ids.nadia)
    await claire.ask("bonjour")
    assert "Guichet attend que le membre précise sa demande." in (await nadia.get("/tickets/1")).text


async def test_what_was_suggested_can_be_chosen_on_the_questions_page_too(network: Network) -> None:
    claire = await network.signed_in(network.ids.claire)
    await claire.ask("menus et producteurs cantine")
    page = await claire.get("/questions/1")
    offered = [button for form in page.forms for button in form.buttons if button.startswith(("1. ", "2. "))]
    assert len(offered) == 2
    page = await claire.submit(page, offered[1])
    assert page.path == "/questions/1"
    assert f"La fiche qui y répond : {offered[1][3:]}" in page.text
    assert not [button for form in page.forms for button in form.buttons if button.startswith("1. ")]


async def _taken_back(network: Network, after: int = 0) -> Browser:
    """Take a question back that was with the experts, some days ``after`` it was asked."""
    claire = await network.signed_in(network.ids.claire)
    await claire.submit(
        await claire.ask("Le prix peut-il rester le seul critère d'attribution ?"), "Demander à un expert"
    )
    network.clock.advance(days=after)
    await claire.submit(await claire.get("/questions/1"), "Retirer ma question")
    return claire


async def test_a_question_taken_back_is_told_as_such_wherever_it_is_shown(network: Network) -> None:
    claire = await _taken_back(network)
    marc, nadia = await network.signed_in(network.ids.marc), await network.signed_in(network.ids.nadia)
    for browser, path in (
        (claire, "/questions"),
        (claire, "/questions/1"),
        (marc, "/tickets/1"),
        (nadia, "/tickets/1"),
    ):
        page = await browser.get(path)
        assert "Retirée" in page.text
        assert "Terminée" not in page.text
        assert "Close" not in page.text


async def test_a_late_question_taken_back_is_not_told_as_answered_late(network: Network) -> None:
    await _taken_back(network, after=10)
    for person in (network.ids.marc, network.ids.nadia):
        browser = await network.signed_in(person)
        page = await browser.get("/tickets/1")
        assert '<p class="due done">Retirée</p>' in page.html
        assert "Répondu en retard" not in page.text
        assert "En retard" not in page.text


async def test_a_question_taken_back_asks_nothing_of_an_answer_it_never_had(network: Network) -> None:
    page = await (await _taken_back(network)).get("/questions/1")
    assert "Cette réponse vous a-t-elle aidé ?" not in page.text


async def test_thanks_on_an_answered_question_s_page_are_not_said_to_be_added_to_it(network: Network) -> None:
    claire = await network.signed_in(network.ids.claire)
    await claire.ask("Le prix peut-il rester le seul critère d'attribution ?")
    heard = await claire.submit(await claire.get("/questions/1"), "/questions/1", text="merci")
    assert heard.path == "/chat"
    assert "ajouté à votre question" not in heard.text
    assert "Avec plaisir" in heard.text.rpartition("merci")[2]
    assert "merci" not in (await claire.get("/questions/1")).text


async def test_words_that_take_a_question_back_are_not_said_to_be_added_to_it(network: Network) -> None:
    claire = await network.signed_in(network.ids.claire)
    await claire.submit(
        await claire.ask("Le prix peut-il rester le seul critère d'attribution ?"), "Demander à un expert"
    )
    heard = await claire.submit(await claire.get("/questions/1"), "/questions/1", text="je retire ma question")
    assert heard.path == "/questions/1"
    assert "ajouté à votre question" not in heard.text
    assert "Retirée" in heard.text


ANSWERED_BY_THE_LIBRARY = "Le prix peut-il rester le seul critère d'attribution ?"


@pytest.mark.parametrize(
    ("presses", "told"),
    [
        (["Cela répond à ma question"], "Merci, c'est noté : la réponse convient."),
        (["Demander à un expert"], "Votre question est transmise à nos experts."),
        (["Demander à un expert", "Retirer ma question"], "Votre question est retirée"),
    ],
)
async def test_what_was_pressed_on_a_question_s_page_is_confirmed(
    network: Network, presses: list[str], told: str
) -> None:
    claire = await network.signed_in(network.ids.claire)
    await claire.ask(ANSWERED_BY_THE_LIBRARY)
    page = await claire.get("/questions/1")
    for button in presses:
        assert told not in page.text
        page = await claire.submit(page, button)
    assert told in page.text


async def test_a_choice_and_a_rating_are_confirmed(network: Network) -> None:
    claire, lea = await network.signed_in(network.ids.claire), await network.signed_in(network.ids.lea)
    await claire.ask("menus et producteurs cantine")
    page = await claire.submit(
        await claire.get("/questions/1"), "2. Comment prévoir des repas végétariens à la cantine ?"
    )
    assert "Voici la fiche que vous avez choisie." in page.text
    await claire.submit(page, "Demander à un expert")
    await lea.submit(await lea.get("/tickets/1"), "/tickets/1/answer", text="Un menu par semaine.")
    page = await claire.submit(await claire.get("/questions/1"), "4 étoiles")
    assert "Merci, votre note est enregistrée." in page.text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("je retire ma question", "Votre question est retirée"),
        ("/retirer", "Votre question est retirée"),
        ("un expert", "Votre question est transmise à nos experts."),
        ("/resolu", "Merci, c'est noté : la réponse convient."),
    ],
)
async def test_what_was_typed_on_a_question_s_page_is_confirmed(network: Network, typed: str, told: str) -> None:
    claire = await network.signed_in(network.ids.claire)
    await claire.ask(ANSWERED_BY_THE_LIBRARY)
    done = await claire.submit(await claire.get("/questions/1"), "/questions/1", text=typed)
    assert told in done.text
