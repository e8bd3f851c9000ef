"""Coming in by a one-time link, staying in by a signed cookie, going out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.bot.web.browser import Browser

if TYPE_CHECKING:
    from tests.bot.web.network import Network

pytestmark = pytest.mark.anyio


async def test_looking_at_a_link_does_not_use_it_up(network: Network) -> None:
    token, browser = network.people.sign_in_link(network.ids.claire), Browser(network.web())
    for _ in range(3):
        assert (await browser.get(f"/signin/{token}")).status == 200
    assert (await browser.client.head(f"/signin/{token}")).status_code == 200
    assert (await browser.sign_in(token)).path == "/chat"


@pytest.mark.parametrize(("who", "start"), [("claire", "/chat"), ("marc", "/queue"), ("nadia", "/board")])
async def test_each_role_starts_where_its_work_is(network: Network, who: str, start: str) -> None:
    browser = Browser(network.web())
    assert (await browser.sign_in(network.people.sign_in_link(getattr(network.ids, who)))).path == start


async def test_a_link_works_once(network: Network) -> None:
    web, token = network.web(), network.people.sign_in_link(network.ids.claire)
    await Browser(web).sign_in(token)
    page = await Browser(web).sign_in(token)
    assert page.status == 404
    assert "déjà" in page.text
    assert "Pas de lien, ou un lien qui ne marche plus ?" in page.text


async def test_an_old_link_says_so(network: Network) -> None:
    token = network.people.sign_in_link(network.ids.claire)
    network.clock.advance(hours=25)
    page = await Browser(network.web()).sign_in(token)
    assert page.status == 404
    assert "expiré" in page.text


async def test_a_link_nobody_made_says_so(network: Network) -> None:
    page = await Browser(network.web()).sign_in("rien-de-tel")
    assert page.status == 404
    assert "n'est pas valable" in page.text


async def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(network: Network) -> None:
    browser, token = Browser(network.web()), network.people.sign_in_link(network.ids.claire)
    form = (await browser.get(f"/signin/{token}")).form(f"/signin/{token}")
    before = browser.client.cookies["guichet"]
    response = await browser.client.post(form.action, data=form.fields, headers={"Origin": "http://guichet.test"})
    cookie = response.history[0].headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert browser.client.cookies["guichet"] != before


async def test_over_https_the_cookie_is_secure_and_bound_to_the_host(network: Network) -> None:
    web = network.web(base_url="https://guichet.test", secure_cookies=True)
    response = await Browser(web).client.get("/signin/x")
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Host-guichet=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert response.headers["strict-transport-security"] == "max-age=31536000"


async def test_a_forged_cookie_is_nobody(network: Network) -> None:
    browser = await network.signed_in(network.ids.claire)
    value = browser.client.cookies["guichet"]
    browser.client.cookies.clear()
    browser.client.cookies.set("guichet", value[:-2] + ("AA" if value[-2:] != "AA" else "BB"))
    page = await browser.get("/chat")
    assert page.status == 401
    assert "Connectez-vous" in page.text


async def test_a_cookie_signed_with_another_secret_is_nobody(network: Network) -> None:
    browser = await network.signed_in(network.ids.claire, network.web(secret="another"))
    elsewhere = Browser(network.web())
    elsewhere.client.cookies.set("guichet", browser.client.cookies["guichet"])
    assert (await elsewhere.get("/chat")).status == 401


async def test_a_session_ends_after_thirty_days_without_a_visit(network: Network) -> None:
    browser = await network.signed_in(network.ids.claire)
    network.clock.advance(days=29)
    assert (await browser.get("/chat")).status == 200
    network.clock.advance(days=29)
    assert (await browser.get("/chat")).status == 200
    network.clock.advance(days=31)
    assert (await browser.get("/chat")).status == 401


async def test_signing_out_ends_the_session_here(network: Network) -> None:
    browser = await network.signed_in(network.ids.claire)
    page = await browser.submit(await browser.get("/me"), "/signout")
    assert "Vous êtes déconnecté." in page.text
    assert (await browser.get("/chat")).status == 401


async def test_signing_out_everywhere_ends_the_other_sessions(network: Network) -> None:
    web = network.web()
    here = await network.signed_in(network.ids.claire, web)
    there = await network.signed_in(network.ids.claire, web)
    await here.submit(await here.get("/me"), "/me/sessions")
    assert (await there.get("/chat")).status == 401
    assert (await here.get("/chat")).status == 401
