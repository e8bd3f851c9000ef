"""CommonMark made of other people's words: a member's can mean nothing but themselves, an expert's may be Markdown.

Every Guichet message is CommonMark. Text that a person typed is escaped (``escape``) or quoted (``quote``): no
emphasis, link, image, list, HTML or mention can come of it on any platform. An expert's answer keeps its Markdown
(``experts``), but carries neither HTML nor images and cannot run over what follows it.
"""

from __future__ import annotations

import re
import unicodedata

MENTION_BREAK = (
    "\u200b"  # keeps "@" away from the name after it: no platform sees a mention, the eye sees no difference
)

_SPECIAL = re.compile(r"([\\`*_\[\]<>&|~])")
_LINE_START = re.compile(r"^(#{1,6}(?=\s|$)|[-+=](?=\s|$|[-=]))")
_NUMBER_START = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
_MENTION = re.compile(r"(?<![\w.+-])@(?=\w)")
_ADDRESS = re.compile(r"(\w):(?=//)")
_HTML = re.compile(r"<(?!https?://[^\s<>]+>)")
_IMAGE = re.compile(r"!(?=\[)")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")


def escape(text: str) -> str:
    """Return one line of CommonMark that reads exactly as ``text``: no markup, link or mention can come of it."""
    line = " ".join(_printable(text).split())
    return _escape_line(line)


def quote(text: str) -> str:
    """Return ``text`` as a quotation, its line breaks kept, everything in it escaped."""
    lines = [" ".join(line.split()) for line in _printable(text).strip().split("\n")]
    kept = [line for line, before in zip(lines, [" ", *lines], strict=False) if line or before]
    # A backslash at the end of a line is CommonMark's hard line break; the next line must not be blank.
    quoted = [
        f"> {_escape_line(line)}\\" if line and following else f"> {_escape_line(line)}".rstrip()
        for line, following in zip(kept, [*kept[1:], ""], strict=True)
    ]
    return "\n".join(quoted)


def experts(text: str) -> str:
    """Return an expert's Markdown without HTML, images and mentions, its last code block closed."""
    safe = _IMAGE.sub(r"\\!", _HTML.sub(r"\\<", _printable(text).strip()))
    return _close_fence(_MENTION.sub(f"@{MENTION_BREAK}", safe))


def quoted_markdown(text: str) -> str:
    """Return an expert's Markdown as a quotation."""
    return "\n".join(f"> {line}".rstrip() for line in experts(text).split("\n"))


def excerpt(text: str, length: int = 90) -> str:
    """Return the beginning of a text on one line, cut at a word, escaped."""
    line = " ".join(_printable(text).split())
    if len(line) <= length:
        return escape(line)
    cut = line[:length].rsplit(" ", 1)[0] if " " in line[:length] else line[: length - 1]
    return escape(cut.rstrip(" ,;:.")) + "…"


def plain_excerpt(text: str, length: int) -> str:
    """Return the beginning of a text on one line, cut at a word where it can be, for a button's label."""
    line = " ".join(_printable(text).split())
    if len(line) <= length:
        return line
    cut = line[:length].rsplit(" ", 1)[0]
    return (cut if len(cut) > length // 2 else line[: length - 1]).rstrip() + "…"


def _printable(text: str) -> str:
    """Return the text without control and direction characters, its line breaks all alike."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return "".join(" " if _is_control(character) else character for character in lines)


def _is_control(character: str) -> bool:
    if character == "\n":
        return False
    # Cf holds the direction marks that can reverse a line; the joiners inside emoji are harmless and kept.
    return unicodedata.category(character) in {"Cc", "Cf", "Cs"} and character != "\u200d"


def _escape_line(line: str) -> str:
    escaped = _SPECIAL.sub(r"\\\1", line)
    escaped = _LINE_START.sub(r"\\\1", escaped)
    escaped = _NUMBER_START.sub(r"\1\\\2", escaped)
    escaped = _ADDRESS.sub(r"\1\\:", escaped)
    return _MENTION.sub(f"@{MENTION_BREAK}", escaped)


def _close_fence(text: str) -> str:
    opened: str | None = None
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if found is None:
            continue
        if opened is None:
            opened = found[1]
        elif found[1][0] == opened[0] and len(found[1]) >= len(opened) and line.strip() == found[1]:
            opened = None
    return text if opened is None else f"{text}\n{opened}"
