"""Invitations on the pages: a coordinator makes them, whoever has the link enters, anybody joins another account."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from helpdesk.correspondence import Correspondence
from helpdesk.joining import INVITE_LINK
from tests.bot.web.browser import BASE, Browser

if TYPE_CHECKING:
    from tests.bot.web.browser import Page
    from tests.bot.web.network import Network

pytestmark = pytest.mark.anyio


def _link(page: Page) -> str:
    found = re.search(rf'href="{BASE}(/join/[\w-]+)"', page.html)
    assert found, page.text
    return found[1]


async def test_a_coordinator_brings_a_newcomer_in(network: Network) -> None:
    Correspondence(network.office).remember("telegram", INVITE_LINK, "https://t.me/guichet_bot?start={code}")
    nadia = await network.signed_in(network.ids.nadia)
    assert "/invitations" in (await nadia.get("/board")).links()
    page = await nadia.submit(await nadia.get("/invitations"), "/invitations", name="mairie bois joli")
    assert "Invitation pour Mairie de Bois-Joli" in page.text
    assert "https://t.me/guichet_bot?start=" in page.html
    paul = Browser(network.web())
    offered = await paul.get(_link(page))
    assert "rejoindre le réseau pour Mairie de Bois-Joli" in offered.text
    refused = await paul.submit(offered, _link(page), name=" ")
    assert refused.status == 422
    entered = await paul.submit(refused, _link(page), name="Paul Petit")
    assert entered.path == "/chat"
    assert "Paul Petit" in (await paul.get("/me")).text
    again = await Browser(network.web()).get(_link(page))
    assert again.status == 404
    assert "déjà servi" in again.text


async def test_a_new_organisation_is_added_only_when_asked(network: Network) -> None:
    nadia = await network.signed_in(network.ids.nadia)
    refused = await nadia.submit(await nadia.get("/invitations"), "/invitations", name="SIVU du Lac")
    assert refused.status == 404
    assert "ni personne ni structure" in refused.text
    assert "cochez « Ajouter la structure si elle est nouvelle »" in refused.text
    page = await nadia.submit(refused, "/invitations", name="SIVU du Lac", new="yes", several="yes")
    assert "Plusieurs personnes peuvent s'en servir" in page.text
    for name in ("Paul", "Eve"):
        someone = Browser(network.web())
        assert (await someone.submit(await someone.get(_link(page)), _link(page), name=name)).path == "/chat"


@pytest.mark.parametrize(("browser_s", "theirs"), [("en-GB,en;q=0.9", "en"), ("de,fr;q=0.5", "fr"), ("de", "en")])
async def test_a_newcomer_reads_their_browser_s_language_else_the_network_s(
    network: Network, browser_s: str, theirs: str
) -> None:
    nadia, web = await network.signed_in(network.ids.nadia), network.web(locale="en")
    link = _link(await nadia.submit(await nadia.get("/invitations"), "/invitations", name="mairie bois joli"))
    paul = Browser(web, language=browser_s)
    entered = await paul.submit(await paul.get(link), link, name="Paul Petit")
    assert f'<html lang="{theirs}">' in entered.html


async def test_members_do_not_invite_others(network: Network) -> None:
    claire = await network.signed_in(network.ids.claire)
    assert (await claire.get("/invitations")).status == 403
    form = (await claire.get("/me")).form("/me/language").fields
    page = await claire.post("/invitations", {"csrf": form["csrf"], "key": "a" * 12, "name": "Marc"})
    assert page.status == 403


async def test_anybody_joins_another_account_of_their_own(network: Network) -> None:
    claire = await network.signed_in(network.ids.claire)
    assert "Vos autres comptes" not in (await claire.get("/me")).text
    Correspondence(network.office).remember("telegram", INVITE_LINK, "https://t.me/guichet_bot?start={code}")
    page = await claire.submit(await claire.get("/me"), "Relier un autre compte")
    found = re.search(r"https://t\.me/guichet_bot\?start=([\w-]+)", page.html)
    assert found
    invited = network.parts.joining.invited(found[1])
    assert (invited.to, invited.personal) == ("Claire", True)
