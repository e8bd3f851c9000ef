"""CommonMark as the Markdown that Discord reads, in pieces that each fit in one message.

Discord has no lists inside quotations, no numbered escape and its own mentions: text is therefore escaped whole, and
marks are written again around it.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from bot.render.runs import Mark, Run, Style, cut, runs

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST = 2000  # characters of a message, marks included
_FIRST_TRY = 1800
_STEP = 200
_AROUND = {Style.bold: "**", Style.italic: "*", Style.code: "`", Style.block: "```"}
_SPECIAL = re.compile(r"([\\*_`\[<]|~(?=~)|\|(?=\|))")
_LINE_START = re.compile(r"(?m)^([ \t]*)(?:(\d+)(?=\.[ \t])|([-+>#](?=[ \t#>])))")
_ADDRESS = re.compile(r"https?://[^\s<>()\\]+")


def pieces(markdown: str) -> tuple[str, ...]:
    """Return the text as messages of at most ``LONGEST`` characters each, in order; never empty."""
    left = runs(markdown)
    found = []
    while left:
        longest = _FIRST_TRY
        here, rest = cut(left, longest)
        while len(written := _written(here)) > LONGEST:
            longest -= _STEP
            here, rest = cut(left, longest)
        found.append(written)
        left = rest
    return tuple(found) or ("…",)


def escape(text: str) -> str:
    """Return a text in which nothing means anything to Discord."""
    return _LINE_START.sub(_harmless, _SPECIAL.sub(r"\\\1", text))


def _harmless(start: re.Match[str]) -> str:
    """Return the beginning of a line so that it begins no list, heading or quotation."""
    return f"{start[1]}{start[2]}\\" if start[2] else f"{start[1]}\\{start[3]}"


def _written(piece: Sequence[Run]) -> str:
    text = ""
    open_marks: tuple[Mark, ...] = ()
    for run in (*piece, Run("")):
        marks = tuple(mark for mark in run.marks if mark.style is not Style.quote)
        if _is_quoted(run) and run.text:
            marks = (*(mark for mark in run.marks if mark.style is Style.quote), *marks)
        shared = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(open_marks, marks, strict=False))))
        text += "".join(_closing(mark) for mark in reversed(open_marks[shared:]))
        text += "".join(_opening(mark) for mark in marks[shared:])
        text += _text(run, marks)
        open_marks = marks
    return text


def _is_quoted(run: Run) -> bool:
    return any(mark.style is Style.quote for mark in run.marks)


def _opening(mark: Mark) -> str:
    if mark.style is Style.link:
        return "["
    if mark.style is Style.quote:
        return "> "
    return _AROUND[mark.style] + ("\n" if mark.style is Style.block else "")


def _closing(mark: Mark) -> str:
    if mark.style is Style.link:
        return f"](<{mark.target}>)"
    if mark.style is Style.quote:
        return ""
    return ("\n" if mark.style is Style.block else "") + _AROUND[mark.style]


def _text(run: Run, marks: tuple[Mark, ...]) -> str:
    styles = {mark.style for mark in marks}
    if styles & {Style.code, Style.block}:
        # Nothing can be escaped in code: a lookalike closes nothing.
        text = run.text.replace("`", "ˋ")
    elif run.escaped:
        text = "\\" + run.text
    else:
        text = _plain(run.text)
    return text.replace("\n", "\n> ") if Style.quote in styles else text


def _plain(text: str) -> str:
    """Escape a text, save the addresses that an expert wrote: those are links."""
    kept = []
    end = 0
    for found in _ADDRESS.finditer(text):
        kept += [escape(text[end : found.start()]), found[0]]
        end = found.end()
    return "".join([*kept, escape(text[end:])])
