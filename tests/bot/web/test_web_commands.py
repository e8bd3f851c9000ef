"""Commands typed on the pages do what they do in a messenger; they are never taken for words about a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpdesk.model import MessageKind, Resolution, State
from helpdesk.tables import MessageRow, TicketRow

if TYPE_CHECKING:
    from tests.bot.web.browser import Browser, Page
    from tests.bot.web.network import Network

pytestmark = pytest.mark.anyio
DISPUTE = "Un candidat évincé menace d'un recours contre notre marché de nettoyage, que faire ?"


async def _asked(network: Network) -> Browser:
    """Sign Claire in, her question n° 1 with the experts."""
    claire = await network.signed_in(network.ids.claire)
    page = await claire.ask(DISPUTE)
    if _ticket(network).state is not State.assigned:
        await claire.submit(page, "Demander à un expert")
    return claire


async def _answered(network: Network) -> Browser:
    """Sign Claire in, her question n° 1 answered by an expert."""
    claire, marc = await _asked(network), await network.signed_in(network.ids.marc)
    await marc.submit(await marc.get("/tickets/1"), "/tickets/1/answer", text="Répondez sous dix jours.")
    network.deliver()
    return claire


async def _types(browser: Browser, text: str, page: str = "/chat") -> Page:
    return await browser.submit(await browser.get(page), page, text=text)


def _ticket(network: Network, number: int = 1) -> TicketRow:
    with network.office.reading() as unit:
        row = unit.session.get_one(TicketRow, number)
        unit.session.expunge_all()
        return row


def _said(network: Network) -> list[str]:
    with network.office.reading() as unit:
        rows = unit.session.query(MessageRow).filter(MessageRow.kind != MessageKind.question)
        return [row.body for row in rows.order_by(MessageRow.id)]


@pytest.mark.parametrize("typed", ["/retirer 1", "/Retirer n° 1", "/annuler 1", "/withdraw 1"])
async def test_a_question_is_taken_back_by_the_command(network: Network, typed: str) -> None:
    claire = await _asked(network)
    page = await _types(claire, typed)
    assert page.path == "/chat"
    assert "est retirée : plus personne n'y travaille" in page.text
    assert _ticket(network).resolution is Resolution.withdrawn
    assert _said(network) == []


async def test_on_a_questions_page_a_command_is_about_it_without_its_number(network: Network) -> None:
    claire = await _asked(network)
    page = await _types(claire, "/retirer", "/questions/1")
    assert page.path == "/questions/1"
    assert "Retirée" in page.text
    assert _ticket(network).resolution is Resolution.withdrawn


@pytest.mark.parametrize(
    ("typed", "page", "stars"),
    [("/noter 3", "/questions/1", 3), ("/noter 1 4", "/questions/1", 4), ("/noter 1 5", "/chat", 5)],
)
async def test_on_a_questions_page_the_number_after_the_rating_command_is_how_many_stars(
    network: Network, typed: str, page: str, stars: int
) -> None:
    claire = await _answered(network)
    assert (await _types(claire, typed, page)).path == page
    assert _ticket(network).rating == stars


@pytest.mark.parametrize(
    ("typed", "page"),
    [("/noter 1", "/chat"), ("/noter 1 9", "/chat"), ("/noter 1 bien", "/chat"), ("/noter 9", "/questions/1")],
)
async def test_a_rating_without_its_stars_is_told_what_to_type(network: Network, typed: str, page: str) -> None:
    refused = await _types(await _answered(network), typed, page)
    assert refused.status == 422
    assert "Donnez le numéro de la question, puis une note de 1 à 5, par exemple : 42 5." in refused.text
    assert _ticket(network).rating is None


async def test_the_dates_are_told_by_the_command(network: Network) -> None:
    claire = await _asked(network)
    page = await _types(claire, "/etat")
    assert "avant mercredi 3 juin à 17 h 30" in page.text.rpartition(DISPUTE)[2]
    assert _said(network) == []


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("/mesquestions", "/questions"),
        ("/mesquestions   ", "/questions"),
        ("/ticket 1", "/questions/1"),
        ("/lexique MAPA", "/library"),
        ("/langue", "/me"),
        ("/mesdonnees", "/me"),
        ("/fiche faq-prix-seul", "/entries/faq-prix-seul"),
    ],
)
async def test_what_a_command_shows_opens_on_its_page(network: Network, typed: str, path: str) -> None:
    page = await _types(await _asked(network), typed)
    assert (page.status, page.path) == (200, path)
    assert _said(network) == []


async def test_a_command_whose_number_is_missing_shows_the_questions_it_may_be_about(network: Network) -> None:
    page = await _types(await _asked(network), "/retirer")
    assert page.path == "/questions"
    assert "Ouvrez la question dont il s'agit" in page.text
    assert _ticket(network).state is State.assigned


@pytest.mark.parametrize(
    ("name", "told", "untold"),
    [
        ("claire", ("/etat", "/retirer", "/lexique"), ("/repondre", "/tableau")),
        ("marc", ("/retirer", "/repondre", "/passer"), ("/tableau",)),
        ("nadia", ("/retirer", "/repondre", "/reaffecter", "/inviter"), ()),
    ],
)
async def test_the_help_names_the_commands_of_the_person_where_they_can_be_typed(
    network: Network, name: str, told: tuple[str, ...], untold: tuple[str, ...]
) -> None:
    person = await network.signed_in(getattr(network.ids, name))
    page = await _types(person, "/aide")
    assert page.path == "/chat"
    helped = page.html.partition('<div id="alert"')[2].partition("</div>")[0]
    assert [word for word in (*told, *untold) if f"{word} " in helped] == list(told)
    assert page.form("/chat").fields["text"].strip() == ""


async def test_the_help_asked_for_on_a_question_s_page_is_where_one_can_type_too(network: Network) -> None:
    page = await _types(await _asked(network), "/aide", "/questions/1")
    assert page.path == "/chat"
    assert "/retirer" in page.text
    assert _said(network) == []


async def test_whom_the_command_invites_is_in_the_form(network: Network) -> None:
    nadia = await network.signed_in(network.ids.nadia)
    page = await _types(nadia, "/inviter Mairie de Bois-Joli")
    assert page.path == "/invitations"
    assert 'name="name" required maxlength="200" value="Mairie de Bois-Joli"' in page.html
    assert "Mairie de Bois-Joli" in (await nadia.submit(page, "/invitations")).text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/retire 1", "Je ne connais pas la commande « retire »"),
        ("/retirer 9", "pas de question n° 9"),
        ("/prendre 1", "Vous n'avez pas accès à cela"),
        ("/retirer la question", "Il manque le numéro"),
    ],
)
async def test_a_command_that_cannot_be_obeyed_stays_in_the_box_with_the_reason(
    network: Network, typed: str, told: str
) -> None:
    page = await _types(await _asked(network), typed)
    assert page.status >= 400
    assert told in page.text
    assert page.form("/chat").fields["text"].strip() == typed
    assert (_said(network), _ticket(network).state) == ([], State.assigned)


@pytest.mark.parametrize("typed", ["/!\\ c'est urgent", "/ 45 000 euros"])
async def test_a_slash_that_begins_no_word_is_no_command(network: Network, typed: str) -> None:
    await _types(await _asked(network), typed, "/questions/1")
    assert _said(network) == [typed]


async def test_an_expert_answers_by_the_command(network: Network) -> None:
    await _asked(network)
    marc = await network.signed_in(network.ids.marc)
    page = await _types(marc, "/repondre 1 Attendez la fin du délai de suspension.")
    assert page.path == "/tickets/1"
    assert "Réponse envoyée au membre." in page.text
    assert _ticket(network).state is State.answered


async def test_an_expert_s_command_without_its_text_opens_the_form(network: Network) -> None:
    await _asked(network)
    marc = await network.signed_in(network.ids.marc)
    page = await _types(marc, "/demander 1")
    assert page.path == "/tickets/1"
    assert '<details class="panel" id="ask_member" open>' in page.html
    assert (await _types(marc, "/prendre")).path == "/queue"
    assert (await _types(marc, "/file")).path == "/queue"


async def test_an_expert_declares_an_absence_by_the_command(network: Network) -> None:
    marc = await network.signed_in(network.ids.marc)
    assert (await _types(marc, "/absence")).path == "/absences"
    page = await _types(marc, "/absence 2026-06-10")
    assert "Absence déclarée." in page.text
