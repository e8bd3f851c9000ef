"""Long texts in Telegram's HTML: each piece fits in a message, closes what it opens, and no word is lost."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channel import Button
from bot.channels.telegram.html import LONGEST, pieces, plain
from bot.channels.telegram.keyboard import keyboard
from knowledge.files import LONGEST_ID, LONGEST_THEME

WORDS = st.lists(st.sampled_from(["un", "marché", "**gras", "gras**", "*oui*", "`code`", "é😀", "a<b", "&amp;", "."]))
PARAGRAPHS = st.lists(WORDS.map(" ".join), min_size=1, max_size=12).map("\n\n".join)


class _Balance(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the library's
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _check(found: tuple[str, ...], longest: int) -> None:
    for piece in found:
        reader = _Balance()
        reader.feed(piece)
        reader.close()
        assert reader.open == []
        assert len(plain(piece).encode("utf-16-le")) // 2 <= longest


def _letters(text: str) -> str:
    return re.sub(r"\s", "", text)


@given(PARAGRAPHS, st.integers(min_value=20, max_value=200))
def test_wherever_a_text_is_cut_its_pieces_are_whole(text: str, longest: int) -> None:
    found = pieces(text, longest)
    _check(found, longest)
    whole = "".join(_letters(plain(piece)) for piece in pieces(text, 10**6))
    assert "".join(_letters(plain(piece)) for piece in found) == whole


@pytest.mark.parametrize("mark", ["**", "*", "`"])
def test_a_cut_inside_marks_closes_them_and_opens_them_again(mark: str) -> None:
    found = pieces(mark + "mot " * 3000 + "fin" + mark)
    _check(found, LONGEST)
    assert len(found) == 3
    assert len({piece[:3] for piece in found}) == 1, "every piece opens the same mark"


def test_texts_are_cut_after_a_sentence() -> None:
    found = pieces("Une phrase assez courte. " * 400)
    assert all(plain(piece).endswith("courte.") for piece in found)


@pytest.mark.parametrize(
    "action",
    [*(f"{verb}:{'e' * LONGEST_ID}" for verb in ("entry", "page:9999")), f"theme:999999999:{'t' * LONGEST_THEME}"],
)
def test_a_button_carries_the_longest_id(action: str) -> None:
    found = keyboard([[Button("Lire la fiche", action)]])
    assert found is not None
    assert found.inline_keyboard[0][0].callback_data == action
