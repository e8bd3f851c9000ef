"""The local Discord holds against the bot what no correct client sends, as the documentation says it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.discord.discordapi.channel import Channel
from tests.discord.discordapi.refusals import Json
from tests.discord.discordapi.server import DiscordServer
from tests.discord.driving import call, violation

BUTTON: Json = {"type": 2, "style": 1, "label": "Oui", "custom_id": "yes"}
OPTION: Json = {"label": "Un", "value": "1"}
V2 = 1 << 15


def row(*components: Json) -> Json:
    return {"type": 1, "components": list(components)}


def select(**fields: Any) -> Json:  # noqa: ANN401 - the component's fields
    return row({"type": 3, "custom_id": "pick", "options": [OPTION]} | fields)


def text(content: str) -> Json:
    return {"type": 10, "content": content}


@pytest.fixture
def general(discord: DiscordServer) -> Channel:
    """A channel everybody reads."""
    return discord.guild("Réseau").text("général")


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ({}, "Cannot send an empty message"),
        ({"content": "a" * 2001}, "content"),
        ({"content": 42}, "BASE_TYPE_STRING"),
        ({"content": "a", "parse_mode": "HTML"}, "UNKNOWN_FIELD"),
        ({"content": "a", "nonce": "n" * 26}, "nonce"),
        ({"content": "a", "flags": 64}, "BITFIELD_INVALID"),
        ({"content": "a", "tts": "no"}, "BOOLEAN_TYPE_CONVERT"),
        ({"content": "a", "allowed_mentions": {"parse": ["people"]}}, "parse"),
        ({"content": "a", "allowed_mentions": {"parse": ["users"], "users": ["1"]}}, "PARSE_EXCLUSIVE"),
        ({"embeds": [{"title": "a"}] * 11}, "embeds"),
        ({"embeds": [{"title": "a" * 257}]}, "title"),
        ({"embeds": [{"description": "a" * 4097}]}, "description"),
        ({"embeds": [{"description": "a" * 3001}] * 2}, "MAX_EMBED_SIZE_EXCEEDED"),
        ({"embeds": [{"fields": [{"name": "a", "value": ""}]}]}, "value"),
        ({"embeds": [{"fields": [{"name": "a", "value": "b"}] * 26}]}, "fields"),
        ({"embeds": [{"color": 3}]}, "EMBED_EMPTY"),
        ({"content": "a", "attachments": [{"id": 0, "filename": "a.pdf"}]}, "ATTACHMENT_NOT_FOUND"),
        ({"content": "a", "components": [row(BUTTON)] * 6}, "components"),
        ({"content": "a", "components": [row(*[BUTTON] * 6)]}, "components"),
        ({"content": "a", "components": [row()]}, "components"),
        ({"content": "a", "components": [BUTTON]}, "UNION_TYPE_CHOICES"),
        ({"content": "a", "components": [row(BUTTON, BUTTON)]}, "CUSTOM_ID_DUPLICATED"),
        ({"content": "a", "components": [row(BUTTON | {"label": "a" * 81})]}, "label"),
        ({"content": "a", "components": [row(BUTTON | {"custom_id": "a" * 101})]}, "custom_id"),
        ({"content": "a", "components": [row(BUTTON | {"label": ""})]}, "LABEL_OR_EMOJI"),
        ({"content": "a", "components": [row(BUTTON | {"url": "https://example.org"})]}, "CUSTOM_ID_OR_URL"),
        ({"content": "a", "components": [row({"type": 2, "style": 5, "label": "a"})]}, "CUSTOM_ID_OR_URL"),
        ({"content": "a", "components": [select(options=[])]}, "options"),
        ({"content": "a", "components": [select(options=[OPTION] * 26)]}, "options"),
        ({"content": "a", "components": [select(options=[OPTION] * 2)]}, "DUPLICATED"),
        ({"content": "a", "components": [select(options=[OPTION | {"label": "a" * 101}])]}, "label"),
        ({"content": "a", "components": [select(max_values=2)]}, "MAX_VALUES"),
        ({"content": "a", "components": [select(placeholder="a" * 151)]}, "placeholder"),
        ({"content": "a", "components": [row(BUTTON, select()["components"][0])]}, "LAYOUT_WIDTH"),
        ({"content": "a", "flags": V2, "components": [text("a")]}, "LEGACY_FIELDS"),
        ({"flags": V2, "components": [text("a" * 2001), text("b" * 2000)]}, "COMPONENT_MAX_LENGTH"),
        ({"flags": V2, "components": [{"type": 17, "components": [text("a")] * 40}]}, "40 or fewer"),
    ],
)
def test_a_message_keeps_to_its_limits(
    discord: DiscordServer, general: Channel, message: dict[str, Any], reason: str
) -> None:
    assert reason in violation(discord, "POST", f"/channels/{general.id}/messages", message)
    assert general.messages == []


def test_a_message_may_reach_its_limits(discord: DiscordServer, general: Channel) -> None:
    keys = [row(*[BUTTON | {"custom_id": f"{line}:{rank}"} for rank in range(5)]) for line in range(5)]
    fields = [{"name": "n" * 256, "value": "v" * 1024}]
    for message in (
        {"content": "é" * 2000, "nonce": "n" * 25, "enforce_nonce": True, "components": keys},
        {"embeds": [{"title": "t" * 256, "description": "d" * 4096, "fields": fields}]},
        {"content": "a", "components": [select(options=[{"label": "a", "value": str(n)} for n in range(25)])]},
        {"flags": V2, "components": [{"type": 17, "components": [text("a" * 4000), row(BUTTON)]}]},
    ):
        status, answer = call(discord, "POST", f"/channels/{general.id}/messages", message)
        assert status == 200, answer


def command(**fields: Any) -> Json:  # noqa: ANN401 - the command's fields
    return {"name": "delai", "description": "Dire le délai"} | fields


def option(**fields: Any) -> Json:  # noqa: ANN401 - the option's fields
    return {"type": 3, "name": "texte", "description": "Le texte"} | fields


@pytest.mark.parametrize(
    ("commands", "reason"),
    [
        ([command(name="Délai")], "APPLICATION_COMMAND_INVALID_NAME"),
        ([command(name="le delai")], "STRING_TYPE_REGEX"),
        ([command(name="d" * 33)], "name"),
        ([command(description="")], "description"),
        ([command(description="d" * 101)], "description"),
        ([command(name_localizations={"fr-FR": "delai"})], "BASE_TYPE_CHOICES"),
        ([command(name_localizations={"fr": "Délai"})], "INVALID_NAME"),
        ([command(), command()], "DUPLICATE_NAME"),
        ([command(options=[option(), option(name="numero", required=True)])], "REQUIRED_INVALID"),
        ([command(options=[option(), option()])], "OPTIONS_NAME_INVALID"),
        ([command(options=[option(choices=[{"name": "a", "value": "a"}] * 26)])], "choices"),
        ([command(options=[option(choices=[{"name": "a", "value": "a"}], autocomplete=True)])], "AUTOCOMPLETE"),
        ([{"type": 3, "name": f"Menu {rank}"} for rank in range(6)], "of type 3"),
        ([{"type": 3, "name": "Menu", "description": "Ce menu"}], "CONTEXT_MENU_DESCRIPTION"),
    ],
)
def test_commands_keep_to_their_limits(discord: DiscordServer, commands: list[Json], reason: str) -> None:
    assert reason in violation(discord, "PUT", f"/applications/{discord.bot.id}/commands", commands)


def test_names_may_hold_letters_of_any_language(discord: DiscordServer) -> None:
    commands = [command(name="délai", name_localizations={"en-GB": "deadline", "fr": "délai"})]
    status, answer = call(discord, "PUT", f"/applications/{discord.bot.id}/commands", commands)
    assert status == 200, answer


@pytest.mark.parametrize(
    ("method", "path", "body", "reason"),
    [
        ("POST", "/channels/{forum}/messages", {"content": "a"}, "Cannot send messages in a non-text channel"),
        ("POST", "/channels/{forum}/threads", {"name": "a", "message": {}}, "Cannot send an empty message"),
        ("POST", "/channels/{forum}/threads", {"name": "a" * 101, "message": {"content": "a"}}, "name"),
        ("PATCH", "/channels/{forum}", {"available_tags": [{"name": "t" * 21}]}, "available_tags"),
        ("PATCH", "/channels/{forum}", {"available_tags": [{"name": str(n)} for n in range(21)]}, "available_tags"),
        ("PATCH", "/channels/{forum}", {"available_tags": [{"name": "a"}] * 2}, "unique"),
        ("PATCH", "/channels/{forum}", {"permission_overwrites": []}, "UNKNOWN_FIELD"),
        ("PATCH", "/channels/{post}", {"applied_tags": [str(n) for n in range(6)]}, "applied_tags"),
        ("PATCH", "/channels/{post}", {"auto_archive_duration": 30}, "auto_archive_duration"),
        ("GET", "/channels/{post}/messages?limit=101", None, "limit"),
        ("GET", "/channels/{post}/messages?before=1&after=1", None, "EXCLUSIVE"),
        ("GET", "/channels/{post}/reactions", None, "404: Not Found"),
    ],
)
def test_threads_and_forums_keep_to_their_limits(
    discord: DiscordServer, method: str, path: str, body: Json | None, reason: str
) -> None:
    claire = discord.person("Claire")
    forum = discord.guild("Réseau", claire).forum("questions")
    post = claire.posts(forum, "Label", "Peut-on ?")
    assert reason in violation(discord, method, path.format(forum=forum.id, post=post.id), body)
