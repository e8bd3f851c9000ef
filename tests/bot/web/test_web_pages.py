"""Every page: protected by its headers, free of inline script, closed to whoever it is not for, and in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.channels.web.app import _PAGES
from tests.bot.web.browser import Browser

if TYPE_CHECKING:
    from starlette.requests import Request

    from tests.bot.web.network import Network

pytestmark = pytest.mark.anyio

MEMBER, STAFF, COORDINATOR = "claire", "marc", "nadia"
PAGES = {
    "/chat": {MEMBER: 200, STAFF: 200, COORDINATOR: 200},
    "/questions": {MEMBER: 200, STAFF: 200, COORDINATOR: 200},
    "/questions/1": {MEMBER: 200, STAFF: 200, COORDINATOR: 200},
    "/queue": {MEMBER: 403, STAFF: 200, COORDINATOR: 200},
    "/tickets/1": {MEMBER: 200, STAFF: 200, COORDINATOR: 200},
    "/absences": {MEMBER: 403, STAFF: 200, COORDINATOR: 200},
    "/board": {MEMBER: 403, STAFF: 403, COORDINATOR: 200},
    "/candidates/1": {MEMBER: 403, STAFF: 403, COORDINATOR: 404},
    "/library": {MEMBER: 200, STAFF: 200, COORDINATOR: 200},
    "/library?q=label": {MEMBER: 200, STAFF: 200, COORDINATOR: 200},
    "/entries/faq-prix-seul": {MEMBER: 200, STAFF: 200, COORDINATOR: 200},
    "/entries/nothing": {MEMBER: 404, STAFF: 404, COORDINATOR: 404},
    "/me": {MEMBER: 200, STAFF: 200, COORDINATOR: 200},
    "/tickets/99": {MEMBER: 404, STAFF: 404, COORDINATOR: 404},
    "/nowhere": {MEMBER: 404, STAFF: 404, COORDINATOR: 404},
}
_INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)


@pytest.mark.parametrize("who", [MEMBER, STAFF, COORDINATOR])
async def test_each_page_opens_for_those_it_is_for(network: Network, who: str) -> None:
    web = network.web()
    claire = await network.signed_in(network.ids.claire, web)
    await claire.submit(await claire.ask("Peut-on exiger un label dans un marché ?"), "Demander à un expert")
    browser = await network.signed_in(getattr(network.ids, who), web)
    seen = {path: (await browser.get(path)).status for path in PAGES}
    assert seen == {path: expected[who] for path, expected in PAGES.items()}


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_every_page_is_protected_and_holds_no_inline_script(network: Network, language: str) -> None:
    web = network.web()
    network.people.set_locale(network.account(network.ids.nadia), language)
    claire = await network.signed_in(network.ids.claire, web)
    await claire.submit(await claire.ask("Peut-on exiger un label dans un marché ?"), "Demander à un expert")
    nadia = await network.signed_in(network.ids.nadia, web)
    for path in ("/signin", "/signin/x", *PAGES):
        page = await nadia.get(path)
        headers = page.response.headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
        assert not _INLINE.search(page.html), path
        assert f'<html lang="{language}">' in page.html


async def test_nobody_reads_anything_without_signing_in(network: Network) -> None:
    browser = Browser(network.web())
    for method, path, _ in _PAGES:
        address = re.sub(r"\{[a-z]+(:int)?\}", "1", path)
        response = await browser.client.request(method, address, headers={"Origin": "http://guichet.test"})
        assert response.status_code == 401, (method, path)


async def test_static_files_may_be_kept_and_are_protected_too(network: Network) -> None:
    browser = Browser(network.web())
    addresses = [link for link in (await browser.get("/signin")).links() if link.startswith("/static/")]
    assert len(addresses) == 2
    for address in addresses:
        page = await browser.get(address)
        assert page.status == 200
        assert page.response.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert page.response.headers["x-content-type-options"] == "nosniff"
    assert (await browser.get("/static/../app.py")).status == 404


@pytest.mark.parametrize(("language", "words"), [("fr-FR,fr;q=0.9", "Introuvable"), ("en-GB", "Not found")])
async def test_a_visitor_is_answered_in_their_browser_s_language(network: Network, language: str, words: str) -> None:
    page = await Browser(network.web(), language=language).get("/nowhere")
    assert page.status == 404
    assert words in page.text


async def test_a_method_a_page_does_not_take_is_refused_in_words(network: Network) -> None:
    claire = await network.signed_in(network.ids.claire)
    response = await claire.client.request("DELETE", "/chat")
    assert response.status_code == 405
    assert "GET" in response.headers["allow"]
    assert "<h1>" in response.text


async def test_a_failure_is_told_without_its_details(network: Network) -> None:
    def broken(_person: int, _epoch: int) -> None:
        raise RuntimeError("the secret detail")

    web = network.web()
    claire = await network.signed_in(network.ids.claire, web, raises=False)
    network.people.session = broken  # type: ignore[method-assign, assignment]
    page = await claire.get("/chat")
    assert page.status == 500
    assert "Guichet a rencontré un problème" in page.text
    assert "secret detail" not in page.html
    assert "default-src 'none'" in page.response.headers["content-security-policy"]


async def test_the_given_routes_are_served_beside_the_pages(network: Network) -> None:
    async def alive(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("ok")

    page = await Browser(network.web(routes=(Route("/healthz", alive),))).get("/healthz")
    assert page.html == "ok"
    assert page.response.headers["x-content-type-options"] == "nosniff"


async def test_members_never_read_the_house_s_jargon(network: Network) -> None:
    claire = await network.signed_in(network.ids.claire)
    await claire.submit(await claire.ask("Peut-on exiger un label dans un marché ?"), "Demander à un expert")
    for path in ("/chat", "/questions", "/questions/1", "/me", "/library?q=label"):
        text = (await claire.get(path)).text.lower()
        assert "ticket" not in text
        assert "sla" not in re.findall(r"\w+", text)
        assert not re.search(r"\b(web|notice|errors)\.[a-z_.]+", text)


HOSTILE_PATHS = [
    "/entries/%00",
    "/entries/..%2F..%2Fetc",
    "/entries/" + "a" * 5000,
    "/tickets/99999999999999999999999",
    "/questions/2147483648",
    "/candidates/99999999999",
    "/library?q=%00",
    "/library?q=" + "%F0%9F%98%80" * 400,
    "/events?view=ticket:" + "9" * 40,
    "/events?view=" + "x" * 3000,
    "/board?moved=" + "9" * 5000,
    "/chat?all=%00",
    "/me?done=%00",
    "/signin/%00",
    "/static/%00",
    "/%ff%fe",
]


@pytest.mark.parametrize("path", HOSTILE_PATHS)
async def test_no_address_breaks_a_page(network: Network, path: str) -> None:
    nadia = await network.signed_in(network.ids.nadia)
    assert (await nadia.get(path)).status in {200, 404, 422}


@pytest.mark.parametrize(
    "action", ["human:" + "9" * 30, "rate:1:x", "", "\x00", "solved", "human:-1", "choose:1:" + "9" * 30]
)
async def test_no_action_breaks_a_press(network: Network, action: str) -> None:
    claire = await network.signed_in(network.ids.claire)
    page = await claire.ask("Peut-on exiger un label dans un marché ?")
    pressed = await claire.submit(page, "Demander à un expert", action=action)
    assert pressed.status in {404, 409, 422}
    assert 'class="alert bad"' in pressed.html


@pytest.mark.parametrize("origin", ["http://[", "//", "http://guichet.test.evil.example", "http://guichet.test:81"])
async def test_an_origin_that_is_not_ours_is_refused(network: Network, origin: str) -> None:
    claire = await network.signed_in(network.ids.claire)
    fields = (await claire.get("/chat")).form("/chat").fields | {"text": "Bonjour"}
    assert (await claire.post("/chat", fields, Origin=origin)).status == 403


@pytest.mark.parametrize(("wanted", "found"), [("qsdfg", False), ("drone", False), ("ramettes", True)])
async def test_a_search_of_the_library_finds_what_says_a_word_of_it_or_nothing(
    network: Network, wanted: str, *, found: bool
) -> None:
    claire = await network.signed_in(network.ids.claire)
    page = await claire.get(f"/library?q={wanted}")
    assert ("Aucune fiche n'approche cette recherche." in page.text) != found
    assert any(link.startswith("/entries/") for link in page.links()) is found
