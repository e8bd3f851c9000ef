"""A chat's history as a person sees it, for golden files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.telegram.botapi.icons import ICONS
from tests.telegram.botapi.model import Message, Press, Topic
from tests.telegram.botapi.refusals import Json

if TYPE_CHECKING:
    from tests.telegram.botapi.chat import Chat

MARKS = {
    "bold": ("*", "*"),
    "italic": ("_", "_"),
    "underline": ("__", "__"),
    "strikethrough": ("~", "~"),
    "spoiler": ("||", "||"),
    "code": ("`", "`"),
    "pre": ("```\n", "\n```"),
    "blockquote": ("« ", " »"),
    "expandable_blockquote": ("« ", " … »"),
}
SERVICE = {
    "forum_topic_created": "opens the topic",
    "forum_topic_edited": "names the topic",
    "forum_topic_closed": "closes the topic",
    "forum_topic_reopened": "reopens the topic",
    "new_chat_members": "joins",
    "left_chat_member": "leaves",
    "migrate_to_chat_id": "moves the group to a supergroup",
    "migrate_from_chat_id": "moved the group here",
}


def transcribe(chat: Chat) -> str:
    """Every message and press; a forum's topics one after the other, under their names."""
    lines = [f"# {chat.kind.value} · {chat.title}"]
    lines += _events(chat, None)
    for topic in chat.topics.values():
        if not topic.deleted:
            state = " (closed)" if topic.closed else ""
            lines += ["", f"## {topic.name}{state}", *_events(chat, topic)]
    return "\n".join(lines) + "\n"


def _events(chat: Chat, topic: Topic | None) -> list[str]:
    lines: list[str] = []
    for event in chat.history:
        message = event.message if isinstance(event, Press) else event
        if message.topic is not topic:
            continue
        if isinstance(event, Press):
            lines += ["", *press_lines(event)]
        elif not event.deleted:
            lines += ["", *message_lines(event, named=False)]
    return lines


def press_lines(press: Press) -> list[str]:
    """A press, with the answer that it got."""
    lines = [f"{press.user.name} presses [{press.button['text']}]"]
    if press.answer:
        lines.append(f"  ({'alert' if press.alert else 'notice'}: {press.answer})")
    return lines


def message_lines(message: Message, *, named: bool = True) -> list[str]:
    """A message as it stands, under the name of who said it; ``named``: a topic's own name is told with its service."""
    if message.service:
        return [_service(message, named=named)]
    head = message.sender.name + (" (edited)" if message.edit_date else "")
    lines = [f"{head}:"]
    quoted = message.reply_to
    if quoted and quoted.service is None and not quoted.deleted:
        lines.append(f"  ↪ {quoted.sender.name}: {first_words(body(quoted))}")
    if message.origin:
        lines.append("  (forwarded)")
    return lines + body(message)


def body(message: Message) -> list[str]:
    """What a message holds: its file, its text, its buttons."""
    lines = [f"  <{message.media.kind}: {message.media.file.name}>"] if message.media else []
    lines += [f"  {line}".rstrip() for line in marked(message.text, message.entities).splitlines()]
    lines += ["  " + " ".join(f"[{label}]" for label in row) for row in message.labels]
    if message.markup and "force_reply" in message.markup:
        lines.append("  (opens the reply field)")
    return lines


def first_words(lines: list[str]) -> str:
    """The beginning of a message, to tell it by: of its text, if it has any."""
    texts = [line for line in lines if not line.startswith("  <")]
    line = next(iter(texts or lines), "").strip(" *_")
    return line if len(line) <= 40 else line[:39] + "…"


def _service(message: Message, *, named: bool) -> str:
    key, told = next(iter((message.service or {}).items()))
    said = f"· {message.sender.name} {SERVICE.get(key, key)}"
    if not named or key not in {"forum_topic_created", "forum_topic_edited"}:
        return said
    icon = ICONS.get(told.get("icon_custom_emoji_id", ""))
    return " ".join(part for part in (said, icon, told.get("name")) if part)


def marked(text: str, entities: list[Json]) -> str:
    """The text with light marks around its entities; offsets count UTF-16 units."""
    units = text.encode("utf-16-le")
    opening: dict[int, str] = {}
    closing: dict[int, str] = {}
    for entity in entities:
        before, after = MARKS.get(entity["type"], ("", ""))
        if entity["type"] == "text_link":
            before, after = "", f" <{entity['url']}>"
        start, end = entity["offset"], entity["offset"] + entity["length"]
        opening[start] = opening.get(start, "") + before
        closing[end] = after + closing.get(end, "")
    pieces: list[str] = []
    last = 0
    for cut in sorted({*opening, *closing}):
        pieces += [units[last * 2 : cut * 2].decode("utf-16-le"), closing.get(cut, ""), opening.get(cut, "")]
        last = cut
    return "".join([*pieces, units[last * 2 :].decode("utf-16-le")])
