"""CommonMark as light plain text for a terminal: wrapped, indented, in colour where the screen has some."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import click
from click.formatting import wrap_text
from markdown_it import MarkdownIt

from bot.render.markup import MENTION_BREAK

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

WIDTH = 88
_PARSER = MarkdownIt("commonmark", {"html": False}).disable("image")


class Style(Protocol):
    """Colours a piece of text, or leaves it as it is."""

    def __call__(self, text: str, *, bold: bool = False, dim: bool = False, italic: bool = False) -> str:
        """Return the text with its colours."""


def coloured(text: str, *, bold: bool = False, dim: bool = False, italic: bool = False) -> str:
    """Return text with a terminal's codes."""
    return click.style(text, bold=bold or None, dim=dim or None, italic=italic or None)


def plain(text: str, *, bold: bool = False, dim: bool = False, italic: bool = False) -> str:  # noqa: ARG001 - a Style
    """Return text as it is."""
    return text


def plain_text(markdown: str, style: Style = plain) -> str:
    """Return CommonMark as text for a terminal, without its marks."""
    blocks = list(_blocks(_Reader(_PARSER.parse(markdown)), style))
    return "\n".join(line.rstrip() for line in "\n".join(blocks).strip("\n").split("\n"))


@dataclass
class _Reader:
    """Walks the tokens once."""

    tokens: Sequence[Token]
    position: int = 0

    def next(self) -> Token | None:
        if self.position >= len(self.tokens):
            return None
        self.position += 1
        return self.tokens[self.position - 1]


def _blocks(reader: _Reader, style: Style, until: str | None = None, *, tight: bool = False) -> Iterator[str]:
    """Give the blocks up to the token that closes the present one, each followed by a blank line unless tight."""
    gap = "" if tight else "\n"
    while (token := reader.next()) is not None and token.type != until:
        match token.type:
            case "inline":
                yield _wrapped(_inline(token, style)) + gap
            case "heading_open":
                content = reader.next()
                assert content is not None
                yield style(_wrapped(_inline(content, style)), bold=True) + "\n"
            case "bullet_list_open" | "ordered_list_open":
                yield _list(reader, token, style) + gap
            case "blockquote_open":
                inner = "\n".join(_blocks(reader, style, "blockquote_close")).strip("\n")
                yield textwrap.indent(inner, style("│ ", dim=True), lambda _line: True) + gap
            case "fence" | "code_block":
                yield textwrap.indent(token.content.rstrip("\n"), "    ") + gap
            case "hr":
                yield "—" * 8 + gap
            case _:
                continue


def _list(reader: _Reader, opened: Token, style: Style) -> str:
    ordered = opened.type == "ordered_list_open"
    number = int(opened.attrGet("start") or 1) if ordered else 0
    items = []
    closing = opened.type.replace("open", "close")
    while (token := reader.next()) is not None and token.type != closing:
        if token.type != "list_item_open":
            continue
        mark = f"{number}. " if ordered else "• "
        number += 1
        body = "\n".join(_blocks(reader, style, "list_item_close", tight=True)).strip("\n")
        items.append(mark + textwrap.indent(body, " " * len(mark)).lstrip(" "))
    return "\n".join(items)


def _inline(token: Token, style: Style) -> str:
    parts: list[str] = []
    marks = {"bold": False, "italic": False}
    target: str | None = None
    for child in token.children or []:
        match child.type:
            case "text":
                parts.append(style(child.content, **marks) if any(marks.values()) else child.content)
            case "softbreak" | "hardbreak":
                parts.append("\n")
            case "code_inline":
                parts.append(child.content)
            case "strong_open" | "strong_close":
                marks["bold"] = child.type.endswith("open")
            case "em_open" | "em_close":
                marks["italic"] = child.type.endswith("open")
            case "link_open":
                target = str(child.attrGet("href") or "")
            case "link_close":
                parts.append(_target(parts, target))
            case _:
                parts.append(child.content)
    return "".join(parts).replace(MENTION_BREAK, "")


def _target(parts: list[str], target: str | None) -> str:
    """Return what shows where a link goes: an address beside its words, and nothing for another entry's."""
    if not target or not target.startswith(("http://", "https://")) or (parts and parts[-1] == target):
        return ""
    return f" ({target})"


def _wrapped(text: str) -> str:
    return "\n".join(wrap_text(line, WIDTH) for line in text.split("\n"))
