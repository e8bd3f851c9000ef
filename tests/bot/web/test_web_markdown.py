"""What people and experts write becomes safe HTML, and links to entries lead to their pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.web import markdown

if TYPE_CHECKING:
    from tests.bot.web.network import Network

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^>]*)>")
_ALLOWED = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "code", "pre", "blockquote", "hr", "h2", "h3", "h4"}
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](https://evil.example/pixel.png)",
    '[x](https://example.org "onmouseover=alert(1)")',
    '<a href="https://example.org" style="position:fixed" onclick="alert(1)">x</a>',
    "<svg/onload=alert(1)>",
    "<<b>script>alert(1)</script>",
    "[x](vbscript:msgbox)",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<iframe src=//evil.example></iframe>",
    "[a](entry:../../signout)",
    "[a](entry:x?y=z#w)",
    "<javascript:alert(1)>",
    "```html\n<script>alert(1)</script>\n```",
]


def check_safe(html: str) -> None:
    for _, tag, attributes in _TAG.findall(html):
        assert tag in _ALLOWED, html
        given = dict(re.findall(r'([a-zA-Z-]+)="([^"]*)"', attributes))
        assert set(given) <= {"href", "rel", "start"}, html
        if "href" in given:
            assert not re.match(r"\s*(javascript|vbscript|data|file):", given["href"], re.IGNORECASE), html
            assert given["rel"] == "noopener noreferrer"
    assert "<!--" not in html


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_markdown_is_harmless(text: str) -> None:
    check_safe(markdown.message(text))
    check_safe(markdown.document(text))


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("<>\"'&[]()!`*_#:/\\ \n\tabcdehijlnoprstuvx=;0123&é"), max_size=80))
def test_no_text_makes_anything_but_the_allowed_markup(text: str) -> None:
    check_safe(markdown.message(text))
    check_safe(markdown.document(text))


def test_a_link_to_an_entry_leads_to_its_page() -> None:
    assert 'href="/entries/faq-prix-seul"' in markdown.message("Voir [la fiche](entry:faq-prix-seul).")
    assert 'href="/entries/..%2F..%2Fsignout"' in markdown.message("[x](entry:../../signout)")


def test_a_message_keeps_its_line_breaks_and_makes_no_headings() -> None:
    html = markdown.message("# Bonjour\nune ligne\nune autre")
    assert "<h1" not in html
    assert html.count("<br>") == 2


def test_an_entry_keeps_its_headings() -> None:
    assert "<h2>La règle</h2>" in markdown.document("Oui.\n\n## La règle\n\nTexte.")


@pytest.mark.anyio
async def test_what_a_member_writes_is_shown_as_written(network: Network) -> None:
    claire = await network.signed_in(network.ids.claire)
    text = "<script>alert(1)</script> **gras** [x](javascript:alert(1)) {{ 7 * 7 }} d'un label ?"
    page = await claire.submit(await claire.ask(text), "Demander à un expert")
    marc = await network.signed_in(network.ids.marc)
    shown = "&lt;script&gt;alert(1)&lt;/script&gt; **gras** [x](javascript:alert(1)) {{ 7 * 7 }}"
    for page in (await claire.get("/chat"), await claire.get("/questions/1"), await marc.get("/tickets/1")):
        assert shown in page.html
        assert "<script>alert" not in page.html


@pytest.mark.anyio
async def test_an_expert_s_answer_is_markdown_without_tricks(network: Network) -> None:
    claire, marc = await network.signed_in(network.ids.claire), await network.signed_in(network.ids.marc)
    await claire.ask("Combien coûte une analyse du cycle de vie pour notre mairie ?")
    text = "**Oui** <img src=x onerror=alert(1)> voir [la fiche](entry:definition-acv)"
    await marc.submit(await marc.get("/tickets/1"), "/tickets/1/answer", text=text)
    for path in ("/chat", "/questions/1"):
        page = await claire.get(path)
        assert "<strong>Oui</strong>" in page.html
        assert 'href="/entries/definition-acv"' in page.html
        assert "<img" not in page.html
