"""Checks of what the bot writes: messages, embeds, threads, tags, commands.

https://docs.discord.com/developers/resources/message and its neighbours
"""

from __future__ import annotations

import re
from typing import Any

from tests.discord.discordapi.components import check_message_components
from tests.discord.discordapi.refusals import Json, bad_request, invalid
from tests.discord.discordapi.shape import (
    anything,
    array,
    boolean,
    integer,
    mapping,
    maybe,
    one_of,
    shape,
    snowflake,
    text,
)

EPHEMERAL = 1 << 6
LOADING = 1 << 7
SUPPRESS_EMBEDS = 1 << 2
SUPPRESS_NOTIFICATIONS = 1 << 12
COMPONENTS_V2 = 1 << 15
SETTABLE = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2
MAX_EMBED_CHARACTERS = 6000
LOCALES = (
    "id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja "
    "zh-TW ko"
).split()
ARCHIVE_MINUTES = (60, 1440, 4320, 10080)

_url = text(2048, 1)
_image = shape({"url": _url}, {"proxy_url": anything, "height": anything, "width": anything, "flags": anything})
_embed = shape(
    {},
    {
        "title": maybe(text(256)),
        "type": one_of("rich"),
        "description": maybe(text(4096)),
        "url": maybe(_url),
        "timestamp": maybe(text(40, 10)),
        "color": maybe(integer(0, 0xFFFFFF)),
        "footer": shape({"text": text(2048, 1)}, {"icon_url": _url}),
        "image": _image,
        "thumbnail": _image,
        "author": shape({"name": text(256, 1)}, {"url": _url, "icon_url": _url}),
        "fields": array(shape({"name": text(256, 1), "value": text(1024, 1)}, {"inline": boolean}), 25),
        "flags": integer(),
    },
)
_mentions = shape(
    {},
    {
        "parse": array(one_of("roles", "users", "everyone"), 3),
        "roles": array(snowflake, 100),
        "users": array(snowflake, 100),
        "replied_user": boolean,
    },
)
_attachment = shape(
    {"id": snowflake},
    {
        "filename": text(1024, 1),
        "description": maybe(text(1024)),
        # What the library sends again of an attachment it keeps:
        **dict.fromkeys("size url proxy_url content_type height width spoiler flags title".split(), anything),
    },
)
_WRITTEN = {
    "content": maybe(text(2000)),
    "tts": boolean,
    "embeds": maybe(array(_embed, 10)),
    "allowed_mentions": maybe(_mentions),
    "components": maybe(array(anything, 40)),
    "attachments": maybe(array(_attachment, 10)),
    "flags": maybe(integer()),
}
_reference = shape(
    {"message_id": snowflake},
    {"type": one_of(0), "channel_id": snowflake, "guild_id": snowflake, "fail_if_not_exists": boolean},
)
_created = shape(
    {},
    {
        **_WRITTEN,
        "nonce": text(25, 1),
        "enforce_nonce": boolean,
        "message_reference": _reference,
        "sticker_ids": array(snowflake, 3),
    },
)
_edited = shape({}, _WRITTEN)
_forum_tag = shape(
    {"name": text(20, 1)},
    {"id": maybe(snowflake), "moderated": boolean, "emoji_id": maybe(snowflake), "emoji_name": maybe(text(32))},
)
_name = text(100, 1)
_minutes = one_of(*ARCHIVE_MINUTES)
_slow = maybe(integer(0, 21600))


def check_created(body: Json, files: int, flags: int = SETTABLE) -> None:
    """Check a message to create; ``flags`` are those that may be set."""
    _created(body, "")
    if (body.get("flags") or 0) & ~flags:
        raise invalid("flags", "BITFIELD_INVALID", f"Only {flags:b} can be set.")
    _check_parts(body, (body.get("flags") or 0) & COMPONENTS_V2 != 0)
    full = body.get("content") or body.get("embeds") or body.get("components") or body.get("sticker_ids") or files
    if not full:
        raise bad_request(50006, violation=True)


def check_edited(body: Json, *, v2: bool) -> None:
    """Check what is changed of a message."""
    _edited(body, "")
    _check_parts(body, v2 or (body.get("flags") or 0) & COMPONENTS_V2 != 0)


def _check_parts(body: Json, v2: bool) -> None:  # noqa: FBT001 - which of the two versions
    if v2 and any(body.get(name) for name in ("content", "embeds", "sticker_ids")):
        raise invalid("content", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "Only components may be used.")
    if sum(embed_length(embed) for embed in body.get("embeds") or []) > MAX_EMBED_CHARACTERS:
        raise invalid("embeds", "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {MAX_EMBED_CHARACTERS}")
    for rank, embed in enumerate(body.get("embeds") or []):
        if not any(embed.get(name) for name in "title description image thumbnail author fields footer".split()):
            raise invalid(f"embeds.{rank}", "EMBED_EMPTY", "An embed must not be empty.")
    check_message_components(body.get("components") or [], v2=v2)
    mentions = body.get("allowed_mentions") or {}
    for kind in ("users", "roles"):
        if kind in mentions.get("parse", []) and mentions.get(kind):
            raise invalid(f"allowed_mentions.{kind}", "PARSE_EXCLUSIVE", "Parse or list, not both.")


def embed_length(embed: Json) -> int:
    """The characters of an embed that count against the 6,000 of a message."""
    counted = [embed.get("title"), embed.get("description")]
    counted += [embed.get("footer", {}).get("text"), embed.get("author", {}).get("name")]
    counted += [part for field in embed.get("fields", []) for part in (field["name"], field["value"])]
    return sum(len(part) for part in counted if part)


check_thread_from_message = shape({"name": _name}, {"auto_archive_duration": _minutes, "rate_limit_per_user": _slow})
check_thread = shape(
    {"name": _name, "type": one_of(11, 12)},
    {"auto_archive_duration": _minutes, "rate_limit_per_user": _slow, "invitable": boolean},
)
check_post = shape(
    {"name": _name, "message": anything},
    {"auto_archive_duration": _minutes, "rate_limit_per_user": _slow, "applied_tags": array(snowflake, 5)},
)
check_thread_edit = shape(
    {},
    {
        "name": _name,
        "archived": boolean,
        "locked": boolean,
        "auto_archive_duration": _minutes,
        "rate_limit_per_user": _slow,
        "invitable": boolean,
        "flags": integer(),
        "applied_tags": array(snowflake, 5),
    },
)
check_channel_edit = shape(
    {},
    {
        "name": _name,
        "topic": maybe(text(4096)),
        "position": maybe(integer()),
        "nsfw": maybe(boolean),
        "rate_limit_per_user": _slow,
        "parent_id": maybe(snowflake),
        "default_auto_archive_duration": maybe(_minutes),
        "flags": integer(),
        "available_tags": array(_forum_tag, 20),
        "default_reaction_emoji": anything,
        "default_thread_rate_limit_per_user": _slow,
        "default_sort_order": maybe(one_of(0, 1)),
        "default_forum_layout": one_of(0, 1, 2),
    },
)

_LOCALISED_NAME = r"[-_'\w]{1,32}"
_locale = one_of(*LOCALES)
_command_name = text(32, 1, _LOCALISED_NAME)
_menu_name = text(32, 1, r".*\S.*")
_localised = {"description": text(100), "description_localizations": maybe(mapping(_locale, text(100, 1)))}
_choice = shape(
    {"name": text(100, 1), "value": anything}, {"name_localizations": maybe(mapping(_locale, text(100, 1)))}
)


def _check_option(option: Any, path: str) -> None:  # noqa: ANN401 - whatever was received
    shape(
        {"type": integer(1, 11), "name": _command_name, "description": text(100, 1)},
        {
            "name_localizations": maybe(mapping(_locale, _command_name)),
            "description_localizations": maybe(mapping(_locale, text(100, 1))),
            "required": boolean,
            "choices": array(_choice, 25),
            "options": array(_check_option, 25),
            "channel_types": array(integer(0, 16), 20),
            "min_value": anything,
            "max_value": anything,
            "min_length": integer(0, 6000),
            "max_length": integer(1, 6000),
            "autocomplete": boolean,
        },
    )(option, path)
    _check_lower(option, path)
    if option.get("autocomplete") and option.get("choices"):
        raise invalid(f"{path}.autocomplete", "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE", "Choices are given already.")


def _check_lower(named: Json, path: str) -> None:
    for name in (named["name"], *(named.get("name_localizations") or {}).values()):
        if name != name.lower() or re.search(r"\s", name):
            raise invalid(f"{path}.name", "APPLICATION_COMMAND_INVALID_NAME", f"{name!r} must be in lower case.")


def check_command(command: Json, path: str) -> None:
    """Check one application command: a slash command or a context menu."""
    menu = command.get("type", 1) != 1
    name = _menu_name if menu else _command_name
    shape(
        {"name": name},
        {
            **_localised,
            "type": one_of(1, 2, 3),
            "name_localizations": maybe(mapping(_locale, name)),
            "options": maybe(array(_check_option, 25)),
            "default_member_permissions": maybe(text(20)),
            "dm_permission": maybe(boolean),
            "contexts": maybe(array(one_of(0, 1, 2), 3)),
            "integration_types": maybe(array(one_of(0, 1), 2)),
            "nsfw": boolean,
            "id": snowflake,
        },
    )(command, path)
    if menu and (command.get("description") or command.get("options")):
        raise invalid(f"{path}.description", "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION", "A menu has only a name.")
    if not menu:
        _check_slash(command, path)


def _check_slash(command: Json, path: str) -> None:
    _check_lower(command, path)
    if not command.get("description"):
        raise invalid(f"{path}.description", "BASE_TYPE_REQUIRED", "This field is required.")
    options = command.get("options") or []
    needed = [bool(option.get("required")) for option in options]
    if needed != sorted(needed, reverse=True):
        raise invalid(f"{path}.options", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options come first.")
    names = [option["name"] for option in options]
    if len(set(names)) < len(names):
        raise invalid(f"{path}.options", "APPLICATION_COMMAND_OPTIONS_NAME_INVALID", "Option names must be unique.")
    if _command_characters(command) > 8000:
        raise invalid(path, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)")


def _command_characters(part: Json) -> int:
    own = len(part["name"]) + len(part.get("description") or "")
    localised = [part.get("name_localizations") or {}, part.get("description_localizations") or {}]
    totals = [sum(len(texts.get(locale, "")) for texts in localised) for locale in LOCALES]
    longest = max([own, *totals])
    values = sum(len(choice["name"]) + len(str(choice["value"])) for choice in part.get("choices", []))
    return longest + values + sum(_command_characters(option) for option in part.get("options") or [])


check_choices = shape({"choices": array(_choice, 25)})
