"""The local Bot API server: its reading of the HTML mode."""

from __future__ import annotations

import html
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.telegram.botapi.formatting import parse_html, trimmed
from tests.telegram.botapi.refusals import Refusal
from tests.telegram.botapi.transcript import marked


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("<b>gras</b>, <i>italique</i>", "*gras*, _italique_"),
        ("<strong>a<em>b</em></strong>", "*a_b_*"),
        ('<a href="https://example.org/?a=1&amp;b=2">lien</a>', "lien <https://example.org/?a=1&b=2>"),
        ('<pre><code class="language-py">x &lt; 1</code></pre>', "```\nx < 1\n```"),
        ("😀 <u>après</u>", "😀 __après__"),
        ("<blockquote expandable>long</blockquote>", "« long … »"),
        ('<span class="tg-spoiler">caché</span> <tg-spoiler>là</tg-spoiler>', "||caché|| ||là||"),
        ("&#39;&#x27;&quot;", "''\""),
        ("<B>casse</b>", "*casse*"),
        ("<b></b>vide", "vide"),
    ],
)
def test_supported_tags_become_entities(source: str, shown: str) -> None:
    assert marked(*parse_html(source)) == shown


@pytest.mark.parametrize(
    "source",
    [
        "<b>ouvert",
        "<b>croisé <i>mal</b></i>",
        "fermé</b>",
        "<br>",
        "<p>a</p>",
        "a < b",
        "Marchés & achats",
        "&nbsp;",
        "&eacute;",
        "<span>a</span>",
        '<a href="/fiche">a</a>',
        '<b class="',
    ],
)
def test_what_does_not_parse_is_refused(source: str) -> None:
    with pytest.raises(Refusal, match="can't parse entities") as refusal:
        parse_html(source)
    assert refusal.value.violation


@given(st.text(st.characters(codec="utf-8")))
def test_an_escaped_text_comes_back_whole(text: str) -> None:
    assert parse_html(html.escape(text)) == (text, [])


@given(st.text(st.characters(codec="utf-8"), min_size=1), st.text(st.characters(codec="utf-8")))
def test_an_entity_covers_its_text_in_utf16_units(bold: str, rest: str) -> None:
    text, (entity,) = parse_html(f"{html.escape(rest)}<b>{html.escape(bold)}</b>")
    covered: dict[str, Any] = entity
    units = text.encode("utf-16-le")[covered["offset"] * 2 : (covered["offset"] + covered["length"]) * 2]
    assert units.decode("utf-16-le") == bold


def test_blank_around_a_text_goes_and_entities_follow() -> None:
    assert marked(*trimmed(*parse_html("\n <b> gras </b> \n"))) == "*gras*"
