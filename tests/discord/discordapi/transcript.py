"""A channel's history as a person sees it, for golden files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.discord.discordapi.interaction import Asked, Interaction
from tests.discord.discordapi.model import RENAMED, STARTER, THREAD_CREATED, Account, Message
from tests.discord.discordapi.refusals import Json

if TYPE_CHECKING:
    from tests.discord.discordapi.channel import Channel, Thread

LINK = 5


def transcribe(channel: Channel, viewer: Account | None) -> str:
    """Every message, command and press; threads one after the other, under their names."""
    lines = [f"# {'direct messages' if channel.guild is None else channel.kind.name.lower()} · {channel.name}"]
    if channel.is_thread:
        lines = [_title(channel)]  # type: ignore[arg-type] # it is a Thread
    lines += _events(channel, viewer)
    for thread in channel.threads.values():
        lines += ["", _title(thread), *_events(thread, viewer)]
    return "\n".join(lines) + "\n"


def _title(thread: Thread) -> str:
    states = [f"[{name}]" for name in thread.tag_names]
    states += [word for word, holds in (("locked", thread.locked), ("archived", thread.archived)) if holds]
    return " ".join([f"## {thread.name}", *states])


def _events(channel: Channel, viewer: Account | None) -> list[str]:
    lines: list[str] = []
    for event in channel.history:
        if isinstance(event, Interaction):
            lines += ["", *_act(event)]
        elif event.seen_by(viewer) if viewer else not event.deleted:
            lines += ["", *_message(event)]
    return lines


def _act(interaction: Interaction) -> list[str]:
    name, label = interaction.person.name, interaction.label
    if interaction.asked is Asked.FORM:
        return [f"{name} sends the form « {label} »:", *_answers(interaction.data["components"])]
    if interaction.asked is Asked.COMMAND:
        lines = [f"{name} uses {label}"]
    else:
        verb = "chooses" if "values" in interaction.data else "presses"
        lines = [f"{name} {verb} [{label}]"]
    if interaction.modal:
        lines += ["  (a form opens)", *_form(interaction.modal)]
    return lines


def _form(form: Json) -> list[str]:
    lines = [f"  « {form['title']} »"]
    for component in form["components"]:
        if "content" in component:
            lines.append(f"  {component['content']}")
            continue
        field = component.get("component") or component["components"][0]
        mark = "" if field.get("required", True) else " (optional)"
        lines.append(f"  {component.get('label') or field['label']}{mark}: {field.get('value') or '…'}")
    return lines


def _answers(components: list[Json]) -> list[str]:
    lines = []
    for component in components:
        field = component.get("component") or (component.get("components") or [{}])[0]
        value = field.get("value", ", ".join(field.get("values", [])))
        lines += [f"  {line}" for line in (value or "—").splitlines()] if field else []
    return lines


def _message(message: Message) -> list[str]:
    if message.kind == RENAMED:
        return [f"· {message.author.name} renames to {message.content}"]
    if message.kind == THREAD_CREATED:
        return [f"· {message.author.name} starts the thread {message.content}"]
    quoted = message.reply_to
    if message.kind == STARTER and quoted:
        return [f"· from the message of {quoted.author.name}: {_first_words(quoted.text)}"]
    lines = [_head(message)]
    if quoted and not quoted.deleted:
        lines.append(f"  ↪ {quoted.author.name}: {_first_words(quoted.text)}")
    if message.loading:
        lines.append("  …")
    lines += _indented(message.content)
    for embed in message.embeds:
        lines += _embed(embed)
    lines += [f"  <file: {one.file.name}>" for one in message.attachments]
    for component in message.components:
        lines += _component(component, "  ")
    return lines


def _head(message: Message) -> str:
    marks = ["(edited)"] if message.edited_at else []
    if message.ephemeral and message.interaction:
        marks.append(f"(only {message.interaction.person.name} sees this)")
    return " ".join([message.author.name, *marks]) + ":"


def _embed(embed: Json) -> list[str]:
    parts = [embed.get("author", {}).get("name"), embed.get("title") and f"**{embed['title']}**"]
    parts += [embed.get("description")]
    parts += [f"{one['name']}: {one['value']}" for one in embed.get("fields", [])]
    parts += [embed.get("footer", {}).get("text")]
    return [f"  │ {line}".rstrip() for part in parts if part for line in part.splitlines()]


def _component(component: Json, indent: str) -> list[str]:
    inside = component.get("components", [])
    if component["type"] == 1:
        return [indent + " ".join(_control(one) for one in inside)]
    if "content" in component:
        return [f"{indent}{line}".rstrip() for line in component["content"].splitlines()]
    lines = [line for one in inside for line in _component(one, f"{indent}│ ".replace("│ │", "│"))]
    if "accessory" in component:
        lines.append(f"{indent}{_control(component['accessory'])}")
    return lines


def _control(part: Json) -> str:
    if "options" in part:
        return f"[{part.get('placeholder') or '…'} ▾ {' | '.join(option['label'] for option in part['options'])}]"
    label = part.get("label") or (part.get("emoji") or {}).get("name") or part.get("placeholder") or ""
    if part.get("style") == LINK:
        return f"[{label}](link)"
    return f"[{label}]" + (" (disabled)" if part.get("disabled") else "")


def _indented(text: str) -> list[str]:
    return [f"  {line}".rstrip() for line in text.splitlines()]


def _first_words(text: str) -> str:
    line = text.split("\n", 1)[0]
    return line if len(line) <= 40 else line[:39] + "…"
