"""A French line never ends before its punctuation, and a date or a time is never cut."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING

import pytest

from bot.channels.web.typography import unbroken

if TYPE_CHECKING:
    from tests.bot.web.network import Network


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Que faire ?", "Que faire~?"),
        ("Source : le code ; à 50 % !", "Source~: le code~; à 50~%~!"),
        ("« merci » suffit", "«~merci~» suffit"),
        ("n° 12, à 17 h 30 ou 9 h", "n°~12, à 17~h~30 ou 9~h"),
        ("12 habitants, 2 heures", "12 habitants, 2 heures"),
        ("https://exemple.fr/?q=a :b", "https://exemple.fr/?q=a~:b"),
    ],
)
def test_words_that_belong_together_stay_together(written: str, shown: str) -> None:
    assert unbroken(written) == shown.replace("~", "\N{NO-BREAK SPACE}")


@pytest.mark.anyio
async def test_a_promised_date_is_read_on_one_line(network: Network) -> None:
    claire = await network.signed_in(network.ids.claire)
    page = await claire.ask("Combien coûte une analyse du cycle de vie pour notre mairie ?")
    assert "mercredi 3~juin à 17~h~30".replace("~", "\N{NO-BREAK SPACE}") in unescape(page.html)


@pytest.mark.anyio
async def test_what_a_member_typed_is_not_touched(network: Network) -> None:
    claire = await network.signed_in(network.ids.claire)
    page = await claire.ask("Peut-on exiger un label : oui ou non ?")
    assert '<div class="typed">Peut-on exiger un label : oui ou non ?</div>' in page.html
