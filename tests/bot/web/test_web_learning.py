"""On the pages: what members said of an entry is reviewed, and one answer serves several questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.bot.web.network import Network

pytestmark = pytest.mark.anyio

ANSWERED = "Le prix peut-il être le seul critère d'attribution de mon marché ?"
COSTLY = "Combien coûte une analyse du cycle de vie complète pour une cantine ?"


async def test_a_confirmed_wording_is_reviewed_on_the_entrys_page(network: Network) -> None:
    web = network.web()
    claire = await network.signed_in(network.ids.claire, web)
    marc = await network.signed_in(network.ids.marc, web)
    page = await claire.ask(ANSWERED)
    assert "Cela répond à ma question" in page.text
    await claire.submit(page, "Cela répond à ma question")
    nadia = await network.signed_in(network.ids.nadia, web)
    assert "1 avis à relire" in (await nadia.get("/board")).text
    listed = await marc.get("/library")
    assert "Ce que les membres ont appris à la bibliothèque" in listed.text
    entry = next(link for link in listed.links() if link.startswith("/entries/") and "#lessons" in link)
    page = await marc.get(entry.partition("#")[0])
    assert "Elle a répondu à la question" in page.text
    assert "Ce que les membres en ont dit" not in (await claire.get(entry.partition("#")[0])).text
    kept = await marc.submit(page, "/lessons/1", decision="keep", wording="Un seul critère ?")
    assert "gardé" in kept.text
    assert "Un seul critère ?" in kept.text
    assert "Ce que les membres ont appris" not in (await marc.get("/library")).text
    assert "avis à relire" not in (await nadia.get("/board")).text
    aside = await marc.submit(kept, "/lessons/1", decision="aside")
    assert "écarté" in aside.text


async def test_the_ticket_shows_who_else_asks(network: Network) -> None:
    web = network.web()
    claire = await network.signed_in(network.ids.claire, web)
    lea = await network.signed_in(network.ids.lea, web)
    marc = await network.signed_in(network.ids.marc, web)
    await claire.ask(COSTLY)
    page = await lea.ask(COSTLY.lower())
    assert "Elle a été posée en privé" in page.text
    await lea.submit(page, "Moi aussi")
    page = await marc.get("/tickets/1")
    assert "Aussi demandé par" in page.text
    assert "La fiche la plus proche" in page.text
    assert "Jointe à la question n° 1" in (await marc.get("/tickets/2")).text
