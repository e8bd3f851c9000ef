"""A member's words mean nothing but themselves; an expert's Markdown stays within its bounds."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.render import markup

# Raw HTML stays on here: what is escaped must be harmless even to a reader of Markdown that knows it all.
PARSER = MarkdownIt("commonmark").enable(["strikethrough", "table"])
SPECIAL = st.text(alphabet=st.sampled_from("\\`*_{}[]()<>#+-.!|~&@:/=1 \n\tax"), max_size=40)
ANY = st.text(max_size=60) | SPECIAL
TRICKS = (
    "# titre",
    "1. un",
    "12) douze",
    "- a",
    "+ b",
    "* c",
    "---",
    "===",
    "> cite",
    "    code",
    "```\nx",
    "~~~",
    "a\\",
    "[x](http://e)",
    "![x](y)",
    "<b>",
    "<http://e.org>",
    "&amp;",
    "a|b\n-|-",
    "[x]: /y",
    "*x*",
    "__x__",
    "~~x~~",
)


def _kinds(markdown: str) -> set[str]:
    tokens = PARSER.parse(markdown)
    inner = [child for token in tokens for child in token.children or []]
    return {token.type.removesuffix("_open").removesuffix("_close") for token in (*tokens, *inner)}


def _shown(markdown: str) -> str:
    blocks = [token.children or [] for token in PARSER.parse(markdown)]
    return "\n".join(
        "".join("\n" if child.type.endswith("break") else child.content for child in block) for block in blocks
    )


def _words(text: str) -> list[str]:
    return "".join(c for c in text if c.isprintable() or c.isspace()).replace(markup.MENTION_BREAK, "").split()


def _tricky(test: object) -> object:
    for trick in TRICKS:
        test = example(trick)(test)  # type: ignore[type-var]
    return test


@_tricky
@given(ANY)
def test_escaped_text_is_plain_text_that_reads_the_same(text: str) -> None:
    escaped = markup.escape(text)
    assert _kinds(f"x {escaped}") <= {"paragraph", "inline", "text", "text_special"}
    assert _kinds(escaped) <= {"paragraph", "inline", "text", "text_special"}
    assert _words(_shown(escaped)) == _words(markup._printable(text))


@_tricky
@given(ANY)
def test_quoted_text_is_one_quotation_that_reads_the_same(text: str) -> None:
    quoted = markup.quote(text)
    assert _kinds(quoted) <= {"blockquote", "paragraph", "inline", "text", "text_special", "hardbreak", "softbreak"}
    assert _words(_shown(quoted)) == _words(markup._printable(text))


def test_a_quotation_keeps_its_lines() -> None:
    assert markup.quote("Bonjour,\n\nun *label* ?\r\n- un\n- deux\n\n") == (
        "> Bonjour,\n>\n> un \\*label\\* ?\\\n> \\- un\\\n> \\- deux"
    )


def test_nobody_is_mentioned_and_an_address_stays_one() -> None:
    assert markup.escape("@everyone demandez à claire@mairie.fr") == "@\u200beveryone demandez à claire@mairie.fr"
    assert markup.experts("Voyez @marc") == "Voyez @\u200bmarc"


def test_no_invisible_character_reverses_or_clears_the_line() -> None:
    assert markup.escape("a\u202eb\x1b[2Jc") == "a b \\[2Jc"


def test_an_emoji_of_several_stays_one() -> None:
    assert markup.escape("👩🏽‍🚒") == "👩🏽‍🚒"


@_tricky
@given(ANY)
def test_an_expert_writes_markdown_without_html_or_images(text: str) -> None:
    kinds = _kinds(markup.experts(text))
    assert not kinds & {"html_block", "html_inline", "image"}


@_tricky
@given(ANY)
def test_what_follows_an_experts_text_is_never_swallowed(text: str) -> None:
    after = PARSER.parse(f"{markup.experts(text)}\n\nRépondez ici.")
    assert after[-2].content == "Répondez ici."


@pytest.mark.parametrize("fence", ["```", "~~~", "````"])
def test_an_experts_open_code_block_is_closed(fence: str) -> None:
    assert markup.experts(f"Clause :\n{fence}\nArticle 1") == f"Clause :\n{fence}\nArticle 1\n{fence}"
    closed = f"{fence}\nArticle 1\n{fence}"
    assert markup.experts(closed) == closed


def test_an_excerpt_ends_at_a_word() -> None:
    assert markup.excerpt("un deux trois quatre", 12) == "un deux…"
    assert markup.excerpt("un deux", 12) == "un deux"
