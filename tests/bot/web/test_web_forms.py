"""Forms: sent by their own page only, counted once, bounded in size and rate, and never losing what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.channels.web import WebLimits
from tests.bot.web.browser import BASE, Browser

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.bot.web.network import Network

pytestmark = pytest.mark.anyio

QUESTION = "Peut-on exiger un label dans un marché ?"


async def questions(browser: Browser) -> int:
    return (await browser.get("/questions")).html.count('<li class="ticket">')


async def test_a_double_press_asks_once(network: Network) -> None:
    claire = await network.signed_in(network.ids.claire)
    page = await claire.get("/chat")
    for _ in range(3):
        assert (await claire.submit(page, "/chat", text=QUESTION)).status == 200
    assert await questions(claire) == 1


async def test_two_people_may_hold_the_same_key(network: Network) -> None:
    web = network.web()
    for person in (network.ids.claire, network.ids.marc):
        browser = await network.signed_in(person, web)
        page = await browser.submit(await browser.get("/chat"), "/chat", text=QUESTION, key="the-same-key")
        assert page.status == 200
        assert await questions(browser) == 1


@pytest.mark.parametrize("change", [{"csrf": "0" * 64}, {"csrf": ""}, {"csrf": "é"}])
async def test_a_form_without_the_session_s_token_is_refused(network: Network, change: dict[str, str]) -> None:
    claire = await network.signed_in(network.ids.claire)
    page = await claire.submit(await claire.get("/chat"), "/chat", text=QUESTION, **change)
    assert page.status == 403
    assert QUESTION in page.html, "what was typed is given back"
    assert await questions(claire) == 0


async def test_the_token_of_another_session_is_refused(network: Network) -> None:
    web = network.web()
    claire, marc = (
        await network.signed_in(network.ids.claire, web),
        await network.signed_in(
            network.ids.marc,
            web,
        ),
    )
    stolen = (await marc.get("/chat")).form("/chat").fields["csrf"]
    page = await claire.submit(await claire.get("/chat"), "/chat", text=QUESTION, csrf=stolen)
    assert page.status == 403


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}])
async def test_a_form_from_another_site_is_refused(network: Network, headers: dict[str, str]) -> None:
    claire = await network.signed_in(network.ids.claire)
    fields = (await claire.get("/chat")).form("/chat").fields | {"text": QUESTION}
    assert (await claire.post("/chat", fields, **headers)).status == 403
    assert await questions(claire) == 0


async def test_the_referer_stands_in_for_a_missing_origin(network: Network) -> None:
    claire = await network.signed_in(network.ids.claire)
    fields = (await claire.get("/chat")).form("/chat").fields | {"text": QUESTION}
    refused = await claire.client.post("/chat", data=fields)
    assert refused.status_code == 403
    taken = await claire.client.post("/chat", data=fields, headers={"Referer": f"{BASE}/chat"})
    assert taken.status_code == 200


async def test_a_form_sent_after_the_session_ended_gives_the_text_back(network: Network) -> None:
    claire = await network.signed_in(network.ids.claire)
    page = await claire.get("/chat")
    claire.client.cookies.clear()
    refused = await claire.submit(page, "/chat", text=QUESTION)
    assert refused.status == 401
    assert QUESTION in refused.html


async def test_a_message_that_is_too_long_stays_in_the_form(network: Network) -> None:
    claire = await network.signed_in(network.ids.claire)
    text = "Bonjour, " + "et encore " * 600
    page = await claire.submit(await claire.get("/chat"), "/chat", text=text)
    assert page.status == 422
    assert page.form("/chat").fields["text"].strip() == text.strip()
    assert "5000" in page.text.replace("\u202f", "").replace("\xa0", "").replace(" ", "")
    assert await questions(claire) == 0


@pytest.mark.parametrize(
    ("form", "page"), [("/tickets/1/answer", "/tickets/1"), ("/board/closures", "/board"), ("/me/erase", "/me")]
)
async def test_the_address_of_a_refused_form_leads_back_to_its_page(network: Network, form: str, page: str) -> None:
    account = network.account(network.ids.claire)
    network.desk.ask("k", account, network.address(network.ids.claire), "Combien coûte une analyse du cycle de vie ?")
    nadia = await network.signed_in(network.ids.nadia)
    refused = await nadia.submit(await nadia.get(page), form, reason="", confirm="", text=" ")
    assert (refused.status, refused.path) == (422, form)
    again = await nadia.get(form)
    assert (again.status, again.path) == (200, page)


async def test_an_empty_message_is_refused_in_words(network: Network) -> None:
    claire = await network.signed_in(network.ids.claire)
    page = await claire.submit(await claire.get("/chat"), "/chat", text="  \n ")
    assert page.status == 422
    assert 'class="alert bad"' in page.html


async def test_a_body_over_the_limit_is_refused_in_words(network: Network) -> None:
    claire = await network.signed_in(network.ids.claire)
    page = await claire.submit(await claire.get("/chat"), "/chat", text="x" * 300_000)
    assert page.status == 413
    assert "dépasse 256 Ko" in page.text


async def test_a_body_without_length_is_measured_as_it_is_read(network: Network) -> None:
    claire = await network.signed_in(network.ids.claire)
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 65536
            yield b"text=" + b"x" * 65531

    response = await claire.client.post("/chat", content=endless(), headers={"Origin": BASE})
    assert response.status_code == 413
    assert read < 64 * 1024 * 1024


async def test_a_form_with_too_many_fields_is_refused(network: Network) -> None:
    claire = await network.signed_in(network.ids.claire)
    page = await claire.post("/chat", {f"f{number}": "x" for number in range(100)})
    assert page.status == 422


async def test_whoever_sends_too_fast_is_asked_to_wait_and_loses_nothing(network: Network) -> None:
    web = network.web(limits=WebLimits(posts_per_minute=3))
    claire, marc = (
        await network.signed_in(network.ids.claire, web),
        await network.signed_in(
            network.ids.marc,
            web,
        ),
    )
    for number in range(3):
        assert (await claire.ask(f"{QUESTION} ({number})")).status == 200
    page = await claire.ask("Et la suivante ?")
    assert page.status == 429
    assert page.response.headers["retry-after"] == "20"
    assert "Et la suivante ?" in page.html
    assert (await marc.ask(QUESTION)).status == 200, "another person is not held up"
    network.clock.advance(seconds=20)
    assert (await claire.ask("Et la suivante ?")).status == 200


async def test_a_refused_form_of_the_ticket_s_page_keeps_its_text(network: Network) -> None:
    claire, marc = await network.signed_in(network.ids.claire), await network.signed_in(network.ids.marc)
    await claire.submit(await claire.ask(QUESTION), "Demander à un expert")
    ticket = await marc.get("/tickets/1")
    answered = await marc.submit(ticket, "/tickets/1/answer_by_hand", text="Oui, dit au téléphone.", at="demain")
    assert answered.status == 422
    assert answered.form("/tickets/1/answer_by_hand").fields["text"] == "Oui, dit au téléphone."
    assert answered.form("/tickets/1/answer").fields["text"] == ""


async def test_a_form_overtaken_by_events_shows_the_present_state(network: Network) -> None:
    claire, marc = await network.signed_in(network.ids.claire), await network.signed_in(network.ids.marc)
    await claire.submit(await claire.ask(QUESTION), "Demander à un expert")
    ticket = await marc.get("/tickets/1?do=ask_member")
    await claire.submit(await claire.get("/questions/1"), "Retirer ma question")
    late = await marc.submit(ticket, "/tickets/1/ask_member", text="Quel produit ?")
    assert late.status == 409
    assert "Retirée" in late.text
    assert "Quel produit ?" in late.text, "to be copied"
