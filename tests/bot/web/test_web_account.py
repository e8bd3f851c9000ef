"""A person's own page: language, the data held about them, and erasure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.bot.web.browser import data_of

if TYPE_CHECKING:
    from tests.bot.web.network import Network

pytestmark = pytest.mark.anyio

QUESTION = "Combien coûte une analyse du cycle de vie pour notre mairie ?"


async def test_the_language_changes_everything_the_person_reads(network: Network) -> None:
    claire = await network.signed_in(network.ids.claire)
    await claire.ask(QUESTION)
    page = await claire.submit(await claire.get("/me"), "/me/language", locale="en")
    assert "Language saved." in page.text
    assert "Wednesday 3 June" in (await claire.get("/chat")).text


async def test_the_export_holds_the_person_s_words(network: Network) -> None:
    claire = await network.signed_in(network.ids.claire)
    await claire.ask(QUESTION)
    page = await claire.get("/me/export")
    assert page.response.headers["content-disposition"] == 'attachment; filename="guichet.json"'
    assert page.response.headers["cache-control"] == "no-store"
    assert data_of(page)["questions"][0]["text"] == QUESTION


async def test_erasure_needs_a_confirmation_and_a_choice(network: Network) -> None:
    claire = await network.signed_in(network.ids.claire)
    await claire.ask(QUESTION)
    page = await claire.get("/me")
    assert "Votre question encore ouverte (1)" in page.text
    for fields in ({"confirm": "yes"}, {"open_questions": "keep"}, {}):
        refused = await claire.submit(page, "/me/erase", **fields)
        assert refused.status == 422
    assert (await claire.get("/me")).status == 200


async def test_erasure_asks_nothing_of_open_questions_where_there_are_none(network: Network) -> None:
    claire = await network.signed_in(network.ids.claire)
    page = await claire.get("/me")
    assert "open_questions" not in page.html
    refused = await claire.submit(page, "/me/erase")
    assert refused.status == 422
    assert "cochez la case" in refused.text
    assert "Votre compte est effacé." in (await claire.submit(page, "/me/erase", confirm="yes")).text


async def test_a_question_asked_since_the_page_was_shown_is_not_forgotten(network: Network) -> None:
    claire = await network.signed_in(network.ids.claire)
    page = await claire.get("/me")
    await claire.ask(QUESTION)
    refused = await claire.submit(page, "/me/erase", confirm="yes")
    assert refused.status == 422
    assert "dites d'abord ce que deviennent vos questions encore ouvertes" in refused.text
    assert "open_questions" in refused.html


async def test_an_erased_person_is_gone_and_their_question_goes_on_without_a_name(network: Network) -> None:
    web = network.web()
    claire, nadia = await network.signed_in(network.ids.claire, web), await network.signed_in(network.ids.nadia, web)
    await claire.ask(QUESTION)
    page = await claire.submit(await claire.get("/me"), "/me/erase", confirm="yes", open_questions="keep")
    assert "Votre compte est effacé." in page.text
    assert (await claire.get("/chat")).status == 401
    ticket = await nadia.get("/tickets/1")
    assert ticket.status == 200
    assert "Claire" not in ticket.text


async def test_the_last_coordinator_is_told_why_they_cannot_leave(network: Network) -> None:
    nadia = await network.signed_in(network.ids.nadia)
    page = await nadia.submit(await nadia.get("/me"), "/me/erase", confirm="yes", open_questions="keep")
    assert page.status == 403
    assert (await nadia.get("/me")).status == 200
