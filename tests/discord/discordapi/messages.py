"""Requests about messages: write, read, change, delete."""

from __future__ import annotations

from http import HTTPStatus

from tests.discord.discordapi.access import channel_of, message_of, require, require_active, require_writable
from tests.discord.discordapi.call import Call, route
from tests.discord.discordapi.channel import Channel
from tests.discord.discordapi.components import number
from tests.discord.discordapi.model import Attachment, Message, instant
from tests.discord.discordapi.payloads import COMPONENTS_V2, check_created, check_edited
from tests.discord.discordapi.refusals import Json, forbidden, invalid
from tests.discord.discordapi.refusals import Refusal as _Refusal
from tests.discord.discordapi.shape import check_query
from tests.discord.discordapi.world import NONCE_SECONDS, World

MAX_FILE_BYTES = 10 * 1024 * 1024


@route("POST", "/channels/{channel}/messages")
def create_message(world: World, call: Call) -> object:
    """Create Message."""
    channel = channel_of(world, call)
    require_writable(world, channel)
    check_created(call.form, len(call.files))
    return written(world, channel, call).to_json()


def written(world: World, channel: Channel, call: Call, form: Json | None = None) -> Message:
    """Write the message that a checked form describes, or find the one already written with its nonce."""
    form = call.form if form is None else form
    needed = ["embed_links"] if form.get("embeds") else []
    require(world, channel, *needed, *(["attach_files"] if call.files else []))
    nonce = form.get("nonce")
    known = world.nonces.get(nonce) if nonce and form.get("enforce_nonce") else None
    if known and (world.clock.now() - known.created_at).total_seconds() < NONCE_SECONDS:
        return known
    fields = content_of(world, channel, call, form) | {"reply_to": _reference(world, channel, form)}
    message = world.say(channel, world.bot, flags=form.get("flags") or 0, nonce=nonce, **fields)
    if nonce:
        world.nonces[nonce] = message
    return message


def content_of(world: World, channel: Channel, call: Call, form: Json, keep: tuple[Attachment, ...] = ()) -> Json:
    """What a form says of a message's content, for those fields it has."""
    fields: Json = {}
    if "content" in form:
        fields["content"] = form["content"] or ""
    for name in ("embeds", "components"):
        if name in form:
            fields[name] = form[name] or []
    number(fields.get("components", []))
    if form.get("allowed_mentions") is not None:
        fields["allowed_mentions"] = form["allowed_mentions"]
    if call.files or "attachments" in form:
        fields["attachments"] = _attached(world, channel, call, form, keep)
    return fields


def _attached(world: World, channel: Channel, call: Call, form: Json, keep: tuple[Attachment, ...]) -> list[Attachment]:
    named = {int(one["id"]): one for one in form.get("attachments") or []}
    kept = [one for one in keep if one.id in named]
    new = set(named) - {one.id for one in keep}
    if "attachments" in form and new - set(call.files):
        raise invalid("attachments", "ATTACHMENT_NOT_FOUND", f"No file for {new - set(call.files)}.")
    for file in call.files.values():
        if len(file.content) > MAX_FILE_BYTES:
            raise _Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, 40005, "Request entity too large", violation=True)
    sent = call.files.items()
    return kept + [world.store(file, channel, named.get(rank, {}).get("description")) for rank, file in sent]


def _reference(world: World, channel: Channel, form: Json) -> Message | None:
    reference = form.get("message_reference")
    if not reference:
        return None
    if not channel.may(world.bot, "read_message_history"):
        raise forbidden(160002)
    quoted = channel.message(int(reference["message_id"]))
    if quoted is None and reference.get("fail_if_not_exists", True):
        raise invalid("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message", violation=False)
    return quoted


@route("GET", "/channels/{channel}/messages")
def get_messages(world: World, call: Call) -> object:
    """Get Channel Messages: the latest first, or those around a message."""
    channel = channel_of(world, call)
    if channel.guild is not None and not channel.may(world.bot, "read_message_history"):
        return []
    anywhere = (0, 2**64)
    query = check_query(call.query, limit=(1, 100), before=anywhere, after=anywhere, around=anywhere)
    limit = query.pop("limit", 50)
    if len(query) > 1:
        raise invalid("before", "EXCLUSIVE", "Only one of before, after and around may be given.")
    newest = sorted(channel.messages, key=lambda message: message.id, reverse=True)
    if "before" in query:
        newest = [message for message in newest if message.id < query["before"]]
    if "after" in query:
        newest = [message for message in newest if message.id > query["after"]][-limit:]
    if "around" in query:
        nearest = sorted(newest, key=lambda message: abs(message.id - query["around"]))[:limit]
        newest = [message for message in newest if message in nearest]
    return [_read(world, message) for message in newest[:limit]]


@route("GET", "/channels/{channel}/messages/{message}")
def get_message(world: World, call: Call) -> object:
    """Get Channel Message."""
    return _read(world, message_of(world, call, "read_message_history"))


def _read(world: World, message: Message) -> Json:
    granted = "message_content" in world.privileged
    return message.to_json(content=world.content_is_for_bot(message, granted=granted))


@route("PATCH", "/channels/{channel}/messages/{message}")
def edit_message(world: World, call: Call) -> object:
    """Edit Message: one's own."""
    message = message_of(world, call)
    require_active(message.channel)
    if message.author is not world.bot:
        raise forbidden(50005)
    return edited(world, message, call, call.form).to_json()


def edited(world: World, message: Message, call: Call, form: Json) -> Message:
    """Change a message as a form says."""
    check_edited(form, v2=message.v2)
    if form.get("embeds"):
        require(world, message.channel, "embed_links")
    fields = content_of(world, message.channel, call, form, tuple(message.attachments))
    if form.get("flags") is not None:
        fields["flags"] = (message.flags & ~COMPONENTS_V2) | form["flags"] | (message.flags & COMPONENTS_V2)
    world.change_message(message, **fields)
    return message


@route("DELETE", "/channels/{channel}/messages/{message}")
def delete_message(world: World, call: Call) -> object:
    """Delete Message."""
    message = message_of(world, call)
    if message.author is not world.bot:
        require(world, message.channel, "manage_messages")
    world.delete_message(message)
    return None


@route("POST", "/channels/{channel}/typing")
def trigger_typing(world: World, call: Call) -> object:
    """Trigger Typing Indicator."""
    channel = channel_of(world, call)
    require_writable(world, channel)
    return None


@route("PUT", "/channels/{channel}/messages/pins/{message}")
def pin_message(world: World, call: Call) -> object:
    """Pin Message."""
    _pin(world, call, pinned=True)
    return None


@route("DELETE", "/channels/{channel}/messages/pins/{message}")
def unpin_message(world: World, call: Call) -> object:
    """Unpin Message."""
    _pin(world, call, pinned=False)
    return None


def _pin(world: World, call: Call, *, pinned: bool) -> None:
    message = message_of(world, call, "pin_messages")
    message.pinned = pinned
    world.announce_message(message, "MESSAGE_UPDATE")


@route("GET", "/channels/{channel}/messages/pins")
def get_pins(world: World, call: Call) -> object:
    """Get Channel Pins."""
    channel = channel_of(world, call, "read_message_history")
    pinned = [message for message in channel.messages if message.pinned]
    items = [{"pinned_at": instant(one.id).isoformat(), "message": _read(world, one)} for one in pinned]
    return {"items": items, "has_more": False}
