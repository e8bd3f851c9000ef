"""CommonMark as a line of runs, each with the marks around it, for platforms whose markup is not CommonMark.

A piece is a stretch of runs, so that a cut never falls inside a mark. Each platform writes its own marks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import accumulate, takewhile
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from markdown_it.token import Token

# Escaped characters stay apart from the others: an address that a person typed was escaped so as to be no link.
_PARSER = MarkdownIt("commonmark", {"html": False}).disable(["image", "text_join"])
_ENDS = (re.compile(r"\n\n+"), re.compile(r"(?<=[.!?…»])\s+"), re.compile(r"\n"), re.compile(r"\s+"))
_SHORTEST = 0.5  # of the limit: a nearer paragraph's end would waste too much of a message


class Style(StrEnum):
    """What a mark says of the text in it."""

    bold = "bold"
    italic = "italic"
    code = "code"
    block = "block"  # of code
    quote = "quote"
    link = "link"


@dataclass(frozen=True)
class Mark:
    """A style, with the address of a link."""

    style: Style
    target: str = ""


@dataclass(frozen=True)
class Run:
    """Text inside the same marks, the outermost first; ``escaped``: one character that must mean nothing else."""

    text: str
    marks: tuple[Mark, ...] = ()
    escaped: bool = False


_BOLD, _ITALIC, _CODE, _BLOCK, _QUOTE = (
    Mark(style) for style in (Style.bold, Style.italic, Style.code, Style.block, Style.quote)
)


_NO_LINK = Mark(Style.link)
_SCHEMES = ("http://", "https://", "mailto:", "tg://")


def runs(markdown: str) -> list[Run]:
    """Return the text as runs, at most one blank line between two blocks, none around."""
    reader = _Reader(_PARSER.parse(markdown))
    return list(trimmed(_spaced(_blocks(reader, iter(reader), (), "\n\n"))))


@dataclass
class _Reader:
    """Walks the tokens once."""

    tokens: Sequence[Token]
    position: int = 0

    def __iter__(self) -> Iterator[Token]:
        while self.position < len(self.tokens):
            self.position += 1
            yield self.tokens[self.position - 1]

    def until(self, closing: str) -> Iterator[Token]:
        return takewhile(lambda token: token.type != closing, iter(self))


def _blocks(reader: _Reader, tokens: Iterator[Token], marks: tuple[Mark, ...], gap: str) -> Iterator[Run]:
    """Give the blocks, each followed by ``gap``."""
    for token in tokens:
        match token.type:
            case "inline":
                yield from _inline(token, marks)
            case "heading_open":
                for inner in reader.until("heading_close"):
                    yield from _inline(inner, (*marks, _BOLD))
            case "bullet_list_open" | "ordered_list_open":
                yield from _list(reader, token, marks)
            case "blockquote_open":
                quoted = marks if _QUOTE in marks else (*marks, _QUOTE)
                yield from trimmed(_blocks(reader, reader.until("blockquote_close"), quoted, "\n\n"))
            case "fence" | "code_block":
                yield Run(token.content.rstrip("\n"), (*_quotes(marks), _BLOCK))
            case "hr":
                yield Run("———", marks)
            case _:
                continue
        yield Run(gap, marks)


def _list(reader: _Reader, opened: Token, marks: tuple[Mark, ...]) -> Iterator[Run]:
    ordered = opened.type.startswith("ordered")
    number = int(opened.attrGet("start") or 1)
    indent = "  " * (opened.level // 2)
    for token in reader.until(opened.type.replace("open", "close")):
        if token.type == "list_item_open":
            yield Run(f"{indent}{number}. " if ordered else f"{indent}• ", marks)
            number += 1
            yield from trimmed(_blocks(reader, reader.until("list_item_close"), marks, "\n"))
            yield Run("\n", marks)


def _inline(token: Token, marks: tuple[Mark, ...]) -> Iterator[Run]:
    around = list(marks)
    for child in token.children or ():
        match child.type:
            case "softbreak" | "hardbreak":
                yield Run("\n", tuple(around))
            case "code_inline":
                yield Run(child.content, (*_quotes(around), _CODE))
            case "strong_open":
                around.append(_BOLD)
            case "em_open":
                around.append(_ITALIC)
            case "link_open":
                around.append(_link(str(child.attrGet("href") or "")))
            case "strong_close" | "em_close" | "link_close":
                around.pop()
            case _:
                marks_now = tuple(mark for mark in around if mark != _NO_LINK)
                yield Run(child.content, marks_now, escaped=child.type == "text_special")


def _link(target: str) -> Mark:
    """Return the mark of a link, or one that shows nothing for what nobody opens from a chat, such as another entry."""
    return Mark(Style.link, target) if target.startswith(_SCHEMES) else _NO_LINK


def _quotes(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Return the only marks in which code may stand."""
    return tuple(mark for mark in marks if mark == _QUOTE)


def trimmed(runs: Iterable[Run]) -> Iterator[Run]:
    """Take away the blank around a stretch of runs."""
    kept = [run for run in runs if run.text]
    while kept and not kept[-1].text.strip():
        kept.pop()
    while kept and not kept[0].text.strip():
        kept.pop(0)
    for place, run in enumerate(kept):
        text = run.text.lstrip("\n") if place == 0 else run.text
        yield replace(run, text=text.rstrip() if place == len(kept) - 1 else text)


def _spaced(runs: Iterable[Run]) -> Iterator[Run]:
    """Leave one blank line at most between two blocks, however many of them end together."""
    blank = 0
    for run in runs:
        if run.text.strip("\n"):
            blank = 0
            yield run
        else:
            text = run.text[: 2 - blank]
            blank += len(text)
            yield replace(run, text=text)


def units(text: str) -> int:
    """Return the length of a text in UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def cut(runs: list[Run], longest: int) -> tuple[list[Run], list[Run]]:
    """Return what fits in ``longest`` UTF-16 units and what remains, cut where a reader would pause."""
    text = "".join(run.text for run in runs)
    if units(text) <= longest:
        return runs, []
    fitting = sum(1 for total in accumulate(1 + (character > "\uffff") for character in text) if total <= longest)
    at = _pause(text, fitting)
    before: list[Run] = []
    left = at
    for place, run in enumerate(runs):
        if left < len(run.text):
            rest = [replace(run, text=run.text[left:]), *runs[place + 1 :]]
            return list(trimmed([*before, replace(run, text=run.text[:left])])), list(trimmed(rest))
        before.append(run)
        left -= len(run.text)
    return before, []


def _pause(text: str, fitting: int) -> int:
    """Return where to cut within ``fitting`` characters: after a paragraph, a sentence, a line, a word, or anywhere."""
    least = int(fitting * _SHORTEST)
    for end in _ENDS:
        found = [match.start() for match in end.finditer(text, least, fitting + 1)]
        if found:
            return found[-1]
    return fitting
