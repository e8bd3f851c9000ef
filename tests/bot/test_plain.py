"""CommonMark in a terminal: light, wrapped, nothing lost."""

from __future__ import annotations

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.plain import WIDTH, coloured, plain_text
from bot.render import markup


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("**Titre**\n\nUn *mot*.", "Titre\n\nUn mot."),
        ("## La règle\n\nOui.", "La règle\n\nOui."),
        ("- un\n- deux\n  suite", "• un\n• deux\n  suite"),
        ("2. deux\n3. trois", "2. deux\n3. trois"),
        ("> cité\n> encore", "│ cité\n│ encore"),
        ("> un\n>\n> deux", "│ un\n│\n│ deux"),
        ("```\nArticle 1\n  a\n```", "    Article 1\n      a"),
        (
            "Voir [la fiche](entry:faq-x) et [le Code](https://code.example/a).",
            "Voir la fiche et le Code (https://code.example/a).",
        ),
        ("<https://code.example>", "https://code.example"),
        ("un\\*deux\\_", "un*deux_"),
        ("`code` <b>pas gras</b>", "code <b>pas gras</b>"),
        ("- un\n\n  > cité\n\n- deux", "• un\n  │ cité\n• deux"),
        ("a\n\n---\n\nb", "a\n\n————————\n\nb"),
        ("", ""),
    ],
)
def test_marks_become_plain(markdown: str, text: str) -> None:
    assert plain_text(markdown) == text


def test_long_lines_are_wrapped_and_lists_stay_aligned() -> None:
    lines = plain_text("- " + "mot " * 60).split("\n")
    assert len(lines) > 2
    assert all(len(line) <= WIDTH + 2 for line in lines)
    assert [line[:2] for line in lines] == ["• "] + ["  "] * (len(lines) - 1)


def test_colours_only_add_codes() -> None:
    markdown = "**Titre** et *accent*\n\n> cité"
    assert click.unstyle(plain_text(markdown, coloured)) == plain_text(markdown)
    assert "\x1b[1m" in plain_text(markdown, coloured)
    assert "\x1b" not in plain_text(markdown)


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=200))
def test_a_members_words_are_shown_whole(text: str) -> None:
    shown = plain_text(markup.quote(text)).replace("│", "")
    assert "".join(shown.split()) == "".join(text.replace("│", "").replace("\u200b", "").split())
