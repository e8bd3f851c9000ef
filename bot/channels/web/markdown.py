"""CommonMark to safe HTML: markdown-it without raw HTML or images, then nh3 with a short list of what may remain."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from bot.channels.web.typography import unbroken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

ENTRY_SCHEME = "entry:"
_MESSAGE_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "code", "pre", "blockquote", "hr"}
_DOCUMENT_TAGS = _MESSAGE_TAGS | {"h2", "h3", "h4"}
_SCHEMES = {"http", "https", "mailto"}


def _cleaner(tags: set[str]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=tags,
        attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
    )


def _parser(*, breaks: bool) -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "breaks": breaks}).disable("image")


_MESSAGE = _parser(breaks=True).disable(["heading", "lheading"])
_DOCUMENT = _parser(breaks=False)
_CLEAN_MESSAGE = _cleaner(_MESSAGE_TAGS)
_CLEAN_DOCUMENT = _cleaner(_DOCUMENT_TAGS)


def message(text: str) -> Markup:
    """Return a chat message as HTML: a line break is a line break, a heading is text."""
    return Markup(_CLEAN_MESSAGE.clean(_render(_MESSAGE, text)))  # noqa: S704 - nh3 has just cleaned it


def document(text: str) -> Markup:
    """Return a library entry's body as HTML, with its headings."""
    return Markup(_CLEAN_DOCUMENT.clean(_render(_DOCUMENT, text)))  # noqa: S704 - nh3 has just cleaned it


def _render(parser: MarkdownIt, text: str) -> str:
    tokens = parser.parse(text)
    for token in _every(tokens):
        href = token.attrGet("href")
        if isinstance(href, str) and href.startswith(ENTRY_SCHEME):
            token.attrSet("href", "/entries/" + quote(href.removeprefix(ENTRY_SCHEME), safe="-"))
        if token.type == "text":
            token.content = unbroken(token.content)
    rendered: str = parser.renderer.render(tokens, parser.options, {})
    return rendered


def _every(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _every(token.children or [])
