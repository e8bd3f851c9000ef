"""CommonMark as the HTML that Telegram reads, in pieces that each fit in one message.

The text is first a line of runs, each with the tags around it; a piece is a stretch of runs, so that a cut never falls
inside a tag. Lengths are in UTF-16 units, as the Bot API counts them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from html import escape
from itertools import accumulate, takewhile
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from markdown_it.token import Token

LONGEST = 4096  # of a message, once its tags are taken away
_BOLD, _ITALIC, _CODE, _PRE, _QUOTE = ("b", ""), ("i", ""), ("code", ""), ("pre", ""), ("blockquote", "")
_SCHEMES = ("http://", "https://", "mailto:", "tg://")
_PARSER = MarkdownIt("commonmark", {"html": False}).disable("image")
_ENDS = (re.compile(r"\n\n+"), re.compile(r"(?<=[.!?…»])\s+"), re.compile(r"\n"), re.compile(r"\s+"))
_SHORTEST = 0.5  # of the limit: a nearer paragraph's end would waste too much of a message

Tag = tuple[str, str]  # a name and its attributes as written


@dataclass(frozen=True)
class Run:
    """Text inside the same tags, the outermost first."""

    text: str
    tags: tuple[Tag, ...] = ()


def pieces(markdown: str, longest: int = LONGEST) -> tuple[str, ...]:
    """Return the text as HTML messages of at most ``longest`` units each, in order; never empty."""
    runs = list(_trimmed(_spaced(_runs(_PARSER.parse(markdown)))))
    found = []
    while runs:
        here, runs = _cut(runs, longest)
        found.append(_html(here))
    return tuple(found) or ("…",)


def plain(html: str) -> str:
    """Return what a piece says without its tags."""
    text = re.sub(r"<[^>]*>", "", html)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")


def units(text: str) -> int:
    """Return the length of a text in UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


@dataclass
class _Reader:
    """Walks the tokens once. ``tags``: around the present block; ``indent``: before its lines."""

    tokens: Sequence[Token]
    position: int = 0

    def __iter__(self) -> Iterator[Token]:
        while self.position < len(self.tokens):
            self.position += 1
            yield self.tokens[self.position - 1]

    def until(self, closing: str) -> Iterator[Token]:
        return takewhile(lambda token: token.type != closing, iter(self))


def _runs(tokens: Sequence[Token]) -> Iterator[Run]:
    reader = _Reader(tokens)
    yield from _blocks(reader, iter(reader), (), "\n\n")


def _blocks(reader: _Reader, tokens: Iterator[Token], tags: tuple[Tag, ...], gap: str) -> Iterator[Run]:
    """Give the blocks, each followed by ``gap``."""
    for token in tokens:
        match token.type:
            case "inline":
                yield from _inline(token, tags)
            case "heading_open":
                for inner in reader.until("heading_close"):
                    yield from _inline(inner, (*tags, _BOLD))
            case "bullet_list_open" | "ordered_list_open":
                yield from _list(reader, token, tags)
            case "blockquote_open":
                quoted = tags if _QUOTE in tags else (*tags, _QUOTE)
                yield from _trimmed(_blocks(reader, reader.until("blockquote_close"), quoted, "\n\n"))
            case "fence" | "code_block":
                yield Run(token.content.rstrip("\n"), (*_quotes(tags), _PRE))
            case "hr":
                yield Run("———", tags)
            case _:
                continue
        yield Run(gap, tags)


def _list(reader: _Reader, opened: Token, tags: tuple[Tag, ...]) -> Iterator[Run]:
    ordered = opened.type.startswith("ordered")
    number = int(opened.attrGet("start") or 1)
    indent = "  " * (opened.level // 2)
    for token in reader.until(opened.type.replace("open", "close")):
        if token.type == "list_item_open":
            yield Run(f"{indent}{number}. " if ordered else f"{indent}• ", tags)
            number += 1
            yield from _trimmed(_blocks(reader, reader.until("list_item_close"), tags, "\n"))
            yield Run("\n", tags)


def _inline(token: Token, tags: tuple[Tag, ...]) -> Iterator[Run]:
    around = list(tags)
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
                yield Run(child.content, tuple(tag for tag in around if tag[0]))


def _link(target: str) -> Tag:
    """Return the tag of a link, or one that shows nothing for what Telegram does not open, such as another entry."""
    return ("a", f' href="{escape(target)}"') if target.startswith(_SCHEMES) else ("", "")


def _quotes(tags: Iterable[Tag]) -> tuple[Tag, ...]:
    """Return the only tags in which code may stand."""
    return tuple(tag for tag in tags if tag == _QUOTE)


def _trimmed(runs: Iterable[Run]) -> Iterator[Run]:
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


def _cut(runs: list[Run], longest: int) -> tuple[list[Run], list[Run]]:
    """Return what fits in one message and what remains, cut where a reader would pause."""
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
            return list(_trimmed([*before, replace(run, text=run.text[:left])])), list(_trimmed(rest))
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


def _html(runs: Sequence[Run]) -> str:
    written: list[str] = []
    open_tags: tuple[Tag, ...] = ()
    for run in (*runs, Run("")):
        shared = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(open_tags, run.tags, strict=False))))
        written += [f"</{name}>" for name, _ in reversed(open_tags[shared:])]
        written += [f"<{name}{attributes}>" for name, attributes in run.tags[shared:]]
        written.append(escape(run.text, quote=False))
        open_tags = run.tags
    return "".join(written)
