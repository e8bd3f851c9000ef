"""The Bot API's HTML mode: text with tags in, text and entities out.

Supported tags and refusals follow https://core.telegram.org/bots/api#html-style. Stricter than Telegram on purpose in
two points, which betray a missing escape: an ``&`` that begins no supported entity, and a link to what is no address;
Telegram shows the first as it is and drops the second in silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.telegram.botapi.refusals import Json, broken_contract
from tests.telegram.botapi.user import units

TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
ENTITY = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([A-Za-z]+));?")
ATTRIBUTE = re.compile(r"""\s+([^\s=>/"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9.-]+)))?""")
TAG_NAME = re.compile(r"[^\s>]+")


@dataclass(frozen=True)
class _Open:
    tag: str
    attributes: dict[str, str]
    offset: int


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.position = 0
        self.offset = 0
        self.pieces: list[str] = []
        self.open: list[_Open] = []
        self.entities: list[Json] = []

    def run(self) -> tuple[str, list[Json]]:
        while self.position < len(self.source):
            character = self.source[self.position]
            if character == "<":
                self._tag()
            elif character == "&":
                self._reference()
            else:
                self._emit(character, 1)
        if self.open:
            raise _unparsed(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        order = sorted(self.entities, key=lambda entity: (entity["offset"], -entity["length"]))
        return "".join(self.pieces), order

    def _emit(self, text: str, consumed: int) -> None:
        self.pieces.append(text)
        self.offset += units(text)
        self.position += consumed

    def _reference(self) -> None:
        match = ENTITY.match(self.source, self.position)
        if match is None:
            raise _unparsed(f"Bare ampersand at byte offset {self._byte()}")
        decoded = _decode(match)
        if decoded is None:
            raise _unparsed(f"Unsupported entity {match[0]!r} at byte offset {self._byte()}")
        self._emit(decoded, len(match[0]))

    def _tag(self) -> None:
        end = self.source.find(">", self.position)
        if end < 0:
            raise _unparsed(f"Unclosed start tag at byte offset {self._byte()}")
        inner = self.source[self.position + 1 : end]
        if inner.startswith("/"):
            self._close(inner[1:].strip().lower())
        else:
            self._start(inner)
        self.position = end + 1

    def _start(self, inner: str) -> None:
        match = TAG_NAME.match(inner)
        tag = match[0].lower() if match else ""
        if tag not in TYPES:
            raise _unparsed(f'Unsupported start tag "{tag}" at byte offset {self._byte()}')
        attributes: dict[str, str] = {}
        place = len(tag)
        for found in ATTRIBUTE.finditer(inner, place):
            if found.start() != place:
                break
            value = found[2] or found[3] or (found[4] or "").lower()
            attributes[found[1]] = ENTITY.sub(lambda m: _decode(m) or m[0], value)
            place = found.end()
        if inner[place:].strip():
            raise _unparsed(f'Empty attribute name in the tag "{tag}" at byte offset {self._byte()}')
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise _unparsed(f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte()}')
        self.open.append(_Open(tag, attributes, self.offset))

    def _close(self, tag: str) -> None:
        if not self.open:
            raise _unparsed(f"Unexpected end tag at byte offset {self._byte()}")
        start = self.open.pop()
        if tag and tag != start.tag:
            raise _unparsed(
                f'Unmatched end tag at byte offset {self._byte()}, expected "</{start.tag}>", found "</{tag}>"'
            )
        if self.offset > start.offset:
            self._add(start)

    def _add(self, start: _Open) -> None:
        entity: Json = {"type": TYPES[start.tag], "offset": start.offset, "length": self.offset - start.offset}
        if start.tag == "a":
            url = start.attributes.get("href", "")
            if not re.match(r"(https?|tg|mailto|tel|ton|tonsite):", url):
                raise _unparsed(f"Link to {url!r}, which Telegram does not show")
            entity["url"] = url
        elif start.tag == "blockquote" and "expandable" in start.attributes:
            entity["type"] = "expandable_blockquote"
        elif start.tag == "code" and start.attributes.get("class", "").startswith("language-"):
            language = start.attributes["class"].removeprefix("language-")
            if self.open and self.open[-1].tag == "pre":
                self.entities.append(entity | {"type": "pre", "language": language})
                return
        elif start.tag == "pre" and self._already_pre(entity):
            return
        elif start.tag == "tg-emoji":
            entity["custom_emoji_id"] = start.attributes.get("emoji-id", "")
        self.entities.append(entity)

    def _already_pre(self, entity: Json) -> bool:
        span = (entity["offset"], entity["length"])
        return any(e["type"] == "pre" and (e["offset"], e["length"]) == span for e in self.entities)

    def _byte(self) -> int:
        return len(self.source[: self.position].encode())


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Return the text without tags and its entities, offsets in UTF-16 units."""
    return _Parser(source).run()


def _decode(match: re.Match[str]) -> str | None:
    hexadecimal, decimal, name = match.groups()
    if name:
        return NAMED.get(name)
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return chr(code) if 0 < code < 0x10FFFF else None


def trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Take away the blank around a text, as Telegram does, and move its entities accordingly."""
    stripped = text.strip()
    shift = units(text[: len(text) - len(text.lstrip())])
    end = units(stripped)
    kept: list[Json] = []
    for entity in entities:
        start = max(entity["offset"] - shift, 0)
        stop = min(entity["offset"] - shift + entity["length"], end)
        if stop > start:
            kept.append(entity | {"offset": start, "length": stop - start})
    return stripped, kept


def _unparsed(reason: str) -> Exception:
    return broken_contract(f"can't parse entities: {reason}")
