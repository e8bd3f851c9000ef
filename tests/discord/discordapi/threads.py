"""Requests about channels and threads: read, change, open, join, list."""

from __future__ import annotations

from tests.discord.discordapi.access import channel_of, guild_of, message_of, require, require_active
from tests.discord.discordapi.call import Call, route
from tests.discord.discordapi.channel import Channel, Kind, Thread
from tests.discord.discordapi.messages import content_of
from tests.discord.discordapi.model import THREAD_CREATED, Message, Tag
from tests.discord.discordapi.payloads import (
    check_channel_edit,
    check_created,
    check_post,
    check_thread,
    check_thread_edit,
    check_thread_from_message,
)
from tests.discord.discordapi.refusals import Json, bad_request, invalid, unknown
from tests.discord.discordapi.shape import check_query
from tests.discord.discordapi.world import World

REQUIRES_TAG = 1 << 4


@route("GET", "/channels/{channel}")
def get_channel(world: World, call: Call) -> object:
    """Get Channel."""
    return channel_of(world, call).to_json()


@route("PATCH", "/channels/{channel}")
def edit_channel(world: World, call: Call) -> object:
    """Modify Channel."""
    channel = channel_of(world, call)
    if isinstance(channel, Thread):
        _edit_thread(world, channel, call.form)
    elif channel.guild is None:
        raise bad_request(50024, violation=True)
    else:
        require(world, channel, "manage_channels")
        check_channel_edit(call.form, "")
        _edit_channel(world, channel, call.form)
    return channel.to_json()


def _edit_channel(world: World, channel: Channel, form: Json) -> None:
    for name in ("name", "topic", "flags"):
        if name in form:
            setattr(channel, name, form[name])
    if "available_tags" in form:
        if channel.kind is not Kind.FORUM:
            raise invalid("available_tags", "UNKNOWN_FIELD", "Only forums have tags.")
        names = [tag["name"] for tag in form["available_tags"]]
        if len(set(names)) < len(names):
            raise invalid("available_tags", "TAG_NAMES_MUST_BE_UNIQUE", "Tag names must be unique.", violation=True)
        channel.tags = [_tag(world, tag) for tag in form["available_tags"]]
        kept = {tag.id for tag in channel.tags}
        for thread in channel.threads.values():
            thread.applied_tags = [tag for tag in thread.applied_tags if tag in kept]
    world.tell("CHANNEL_UPDATE", channel.to_json(), channel=channel)


def _tag(world: World, form: Json) -> Tag:
    identifier = int(form.get("id") or 0) or world.snowflake()
    return Tag(identifier, form["name"], bool(form.get("moderated")), form.get("emoji_name"))


def _edit_thread(world: World, thread: Thread, form: Json) -> None:
    check_thread_edit(form, "")
    moderator = thread.may(world.bot, "manage_threads")
    own = thread.owner is world.bot
    if thread.archived and form.get("archived", True) and set(form) - {"archived", "locked"}:
        raise bad_request(50083)
    opens = form.get("archived") is False and set(form) == {"archived"} and not thread.locked
    if not (moderator or (own and not thread.locked and "locked" not in form) or opens):
        require(world, thread, "manage_threads")
    if "applied_tags" in form:
        _check_tags(thread.parent, form["applied_tags"])
    fields: Json = {name: form[name] for name in ("archived", "locked", "name", "flags") if name in form}
    if "auto_archive_duration" in form:
        fields["auto_archive_minutes"] = form["auto_archive_duration"]
    if "applied_tags" in form:
        fields["applied_tags"] = [int(tag) for tag in form["applied_tags"]]
    world.edit_thread(thread, world.bot, **fields)


def _check_tags(forum: Channel, tags: list[object]) -> None:
    known = {str(tag.id) for tag in forum.tags}
    missing = [tag for tag in tags if str(tag) not in known]
    if missing:
        # Somebody may have just deleted the tag: a correct client can meet this.
        raise invalid("applied_tags", "UNKNOWN_TAG", f"Unknown tags {missing}.", violation=False)
    if forum.flags & REQUIRES_TAG and not tags:
        raise invalid("applied_tags", "TAG_REQUIRED", "A tag is required.", violation=False)


@route("DELETE", "/channels/{channel}")
def delete_channel(world: World, call: Call) -> object:
    """Delete Channel."""
    channel = channel_of(world, call)
    require(world, channel, "manage_threads" if channel.is_thread else "manage_channels")
    body = channel.to_json()
    world.delete_channel(channel)
    return body


@route("POST", "/channels/{channel}/messages/{message}/threads")
def start_thread_from_message(world: World, call: Call) -> object:
    """Start Thread from Message."""
    message = message_of(world, call, "create_public_threads")
    check_thread_from_message(call.form, "")
    if message.channel.kind is not Kind.TEXT:
        raise bad_request(50024, violation=True)
    if message.thread or message.id in message.channel.threads:
        raise bad_request(160004)
    return world.start_from(message, call.form["name"], world.bot).to_json()


@route("POST", "/channels/{channel}/threads")
def start_thread(world: World, call: Call) -> object:
    """Start Thread without Message, or in a forum with its first message."""
    channel = channel_of(world, call)
    if channel.kind is Kind.FORUM:
        return _post(world, channel, call)
    if channel.kind is not Kind.TEXT:
        raise bad_request(50024, violation=True)
    check_thread(call.form, "")
    kind = Kind(call.form["type"])
    require(world, channel, f"create_{kind.name.lower()}s")
    thread = world.open_thread(channel, world.snowflake(), kind, call.form["name"], world.bot)
    world.announce_thread(thread)
    if kind is Kind.PUBLIC_THREAD:
        world.say(channel, world.bot, thread.name, kind=THREAD_CREATED)
    return thread.to_json()


def _post(world: World, forum: Channel, call: Call) -> Json:
    require(world, forum, "send_messages")
    check_post(call.form, "")
    check_created(call.form["message"], len(call.files))
    tags = call.form.get("applied_tags") or []
    _check_tags(forum, tags)
    thread = world.open_thread(forum, world.snowflake(), Kind.PUBLIC_THREAD, call.form["name"], world.bot)
    thread.applied_tags = [int(tag) for tag in tags]
    world.announce_thread(thread)
    form = call.form["message"]
    fields = content_of(world, thread, call, form)
    first = Message(thread.id, thread, world.bot, flags=form.get("flags") or 0, **fields)
    thread.history.append(first)
    world.announce_message(first, "MESSAGE_CREATE")
    return thread.to_json() | {"message": first.to_json()}


@route("PUT", "/channels/{channel}/thread-members/@me")
def join_thread(world: World, call: Call) -> object:
    """Join Thread."""
    thread = _thread(world, call)
    require_active(thread)
    thread.joined.setdefault(world.bot.id, world.clock.now())
    return None


@route("DELETE", "/channels/{channel}/thread-members/@me")
def leave_thread(world: World, call: Call) -> object:
    """Leave Thread."""
    thread = _thread(world, call)
    require_active(thread)
    thread.joined.pop(world.bot.id, None)
    return None


@route("PUT", "/channels/{channel}/thread-members/{user}")
def add_thread_member(world: World, call: Call) -> object:
    """Add Thread Member: the person sees the thread in their list."""
    thread = _thread(world, call)
    require_active(thread)
    assert thread.guild is not None
    if call.id("user") not in thread.guild.members:
        raise unknown(10007)
    thread.joined.setdefault(call.id("user"), world.clock.now())
    return None


def _thread(world: World, call: Call) -> Thread:
    channel = channel_of(world, call)
    if not isinstance(channel, Thread):
        raise bad_request(50024, violation=True)
    return channel


@route("GET", "/guilds/{guild}/threads/active")
def list_active_threads(world: World, call: Call) -> object:
    """List Active Guild Threads."""
    guild = guild_of(world, call)
    active = [one for one in guild.threads if not one.archived and one.may(world.bot, "view_channel")]
    return _listed(world, sorted(active, key=lambda thread: thread.id, reverse=True), 2**10)


@route("GET", "/channels/{channel}/threads/archived/public")
def list_archived_threads(world: World, call: Call) -> object:
    """List Public Archived Threads: the latest archived first."""
    channel = channel_of(world, call, "read_message_history")
    before = call.query.get("before", "9")
    limit = check_query({"limit": call.query.get("limit", "50")}, limit=(2, 100))["limit"]
    archived = [thread for thread in channel.threads.values() if thread.archived and thread.kind is Kind.PUBLIC_THREAD]
    archived.sort(key=lambda thread: thread.archived_at, reverse=True)
    return _listed(world, [thread for thread in archived if thread.archived_at.isoformat() < before], limit)


def _listed(world: World, threads: list[Thread], limit: int) -> Json:
    shown = threads[:limit]
    return {
        "threads": [thread.to_json() for thread in shown],
        "members": [thread.member_json(world.bot) for thread in shown if world.bot.id in thread.joined],
        "has_more": len(threads) > limit,
    }
