"""CommonMark as the HTML that Telegram reads, in pieces that each fit in one message.

Lengths are in UTF-16 units, as the Bot API counts them, once the tags are taken away.
"""

from __future__ import annotations

import re
from html import escape
from itertools import takewhile
from typing import TYPE_CHECKING

from bot.render.runs import Mark, Run, Style, cut, runs

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST = 4096  # of a message, once its tags are taken away
_NAMES = {
    Style.bold: "b",
    Style.italic: "i",
    Style.code: "code",
    Style.block: "pre",
    Style.quote: "blockquote",
    Style.link: "a",
}


def pieces(markdown: str, longest: int = LONGEST) -> tuple[str, ...]:
    """Return the text as HTML messages of at most ``longest`` units each, in order; never empty."""
    left = runs(markdown)
    found = []
    while left:
        here, left = cut(left, longest)
        found.append(_html(here))
    return tuple(found) or ("…",)


def plain(html: str) -> str:
    """Return what a piece says without its tags."""
    text = re.sub(r"<[^>]*>", "", html)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")


def _html(piece: Sequence[Run]) -> str:
    written: list[str] = []
    open_marks: tuple[Mark, ...] = ()
    for run in (*piece, Run("")):
        shared = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(open_marks, run.marks, strict=False))))
        written += [f"</{_NAMES[mark.style]}>" for mark in reversed(open_marks[shared:])]
        written += [_opening(mark) for mark in run.marks[shared:]]
        written.append(escape(run.text, quote=False))
        open_marks = run.marks
    return "".join(written)


def _opening(mark: Mark) -> str:
    target = f' href="{escape(mark.target)}"' if mark.target else ""
    return f"<{_NAMES[mark.style]}{target}>"
