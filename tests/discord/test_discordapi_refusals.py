"""The local Discord refuses as Discord does: permissions, what is gone, archived threads, rate limits, cuts."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable

import aiohttp
import discord as library
import pytest

from tests.clock import ManualClock
from tests.discord.discordapi.channel import Channel, Thread
from tests.discord.discordapi.guild import Guild
from tests.discord.discordapi.model import File
from tests.discord.discordapi.permissions import EVERYONE
from tests.discord.discordapi.person import Person
from tests.discord.discordapi.server import DiscordServer
from tests.discord.driving import call, drive, plain_client


@pytest.fixture
def claire(discord: DiscordServer) -> Person:
    """A member."""
    return discord.person("Claire")


@pytest.fixture
def guild(discord: DiscordServer, claire: Person) -> Guild:
    """A server where the bot has only what everybody has."""
    return discord.guild("Réseau", claire, permissions=EVERYONE)


@pytest.fixture
def general(guild: Guild) -> Channel:
    """A channel everybody reads."""
    return guild.text("général")


@pytest.fixture
def post(guild: Guild, claire: Person) -> Thread:
    """A member's post."""
    return claire.posts(guild.forum("questions", "nouvelle"), "Label", "Peut-on ?")


def refused(discord: DiscordServer, method: str, path: str, body: object = None) -> int:
    """Make a request that is refused without being held against the bot; return the code."""
    status, answer = call(discord, method, path, body)
    assert status >= 400, answer
    return int(answer["code"])


def test_what_does_not_exist_is_unknown(discord: DiscordServer, general: Channel) -> None:
    assert refused(discord, "GET", "/channels/1") == 10003
    assert refused(discord, "GET", f"/channels/{general.id}/messages/1") == 10008
    assert refused(discord, "GET", "/users/1") == 10013
    assert refused(discord, "GET", "/guilds/1") == 10004
    general.deletes_itself()
    assert refused(discord, "POST", f"/channels/{general.id}/messages", {"content": "a"}) == 10003


def test_permissions_are_those_of_the_channel(discord: DiscordServer, guild: Guild, general: Channel) -> None:
    messages = f"/channels/{general.id}/messages"
    embed = {"embeds": [{"title": "a"}]}
    assert call(discord, "POST", messages, embed)[0] == 200
    general.deny(discord.bot, "embed_links")
    assert refused(discord, "POST", messages, embed) == 50013
    general.deny(guild.everyone, "send_messages")
    assert refused(discord, "POST", messages, {"content": "a"}) == 50013
    general.allow(discord.bot, "send_messages")
    assert call(discord, "POST", messages, {"content": "a"})[0] == 200
    general.deny(discord.bot, "view_channel")
    assert refused(discord, "POST", messages, {"content": "a"}) == 50001


def test_a_reply_needs_the_history_and_its_message(discord: DiscordServer, general: Channel, claire: Person) -> None:
    said = claire.says("Bonjour", general)
    reply = {"content": "a", "message_reference": {"message_id": str(said.id)}}
    claire.deletes(said)
    assert refused(discord, "POST", f"/channels/{general.id}/messages", reply) == 50035
    general.deny(discord.bot, "read_message_history")
    assert refused(discord, "POST", f"/channels/{general.id}/messages", reply) == 160002


def test_some_take_no_messages(discord: DiscordServer, guild: Guild, claire: Person) -> None:
    paul = discord.person("Paul")
    messages = f"/channels/{paul.private.id}/messages"
    assert refused(discord, "POST", messages, {"content": "a"}) == 50007
    paul.joins(guild)
    assert call(discord, "POST", messages, {"content": "a"})[0] == 200
    claire.refuses_messages()
    assert refused(discord, "POST", f"/channels/{claire.private.id}/messages", {"content": "a"}) == 50007


def test_only_moderators_arrange_threads(discord: DiscordServer, post: Thread) -> None:
    tag = {"applied_tags": [str(post.parent.tags[0].id)]}
    assert refused(discord, "PATCH", f"/channels/{post.id}", tag) == 50013
    assert refused(discord, "PATCH", f"/channels/{post.id}", {"archived": True}) == 50013
    assert refused(discord, "PATCH", f"/channels/{post.parent.id}", {"available_tags": []}) == 50013
    post.parent.allow(discord.bot, "manage_threads")
    assert call(discord, "PATCH", f"/channels/{post.id}", tag | {"archived": True, "locked": True})[0] == 200
    assert post.tag_names == ["nouvelle"]
    assert refused(discord, "PATCH", f"/channels/{post.id}", {"name": "Autre"}) == 50083
    assert call(discord, "PATCH", f"/channels/{post.id}", {"name": "Autre", "archived": False})[0] == 200
    post.parent.deny(discord.bot, "manage_threads")
    assert refused(discord, "POST", f"/channels/{post.id}/messages", {"content": "a"}) == 160005


def test_an_archived_thread_opens_again_when_somebody_writes(discord: DiscordServer, post: Thread) -> None:
    said = call(discord, "POST", f"/channels/{post.id}/messages", {"content": "a"})[1]
    discord.world.edit_thread(post, archived=True)
    assert refused(discord, "PATCH", f"/channels/{post.id}/messages/{said['id']}", {"content": "b"}) == 50083
    assert call(discord, "POST", f"/channels/{post.id}/messages", {"content": "b"})[0] == 200
    assert not post.archived


def test_a_nonce_is_written_once(discord: DiscordServer, general: Channel, discord_clock: ManualClock) -> None:
    message = {"content": "a", "nonce": "answer:7", "enforce_nonce": True}
    path = f"/channels/{general.id}/messages"
    first, second = (call(discord, "POST", path, message)[1]["id"] for _ in range(2))
    assert first == second
    discord_clock.advance(minutes=10)
    assert call(discord, "POST", path, message)[1]["id"] != first


def test_nobody_is_told_who_is_not_to_be(discord: DiscordServer, general: Channel, claire: Person) -> None:
    path = f"/channels/{general.id}/messages"
    call(discord, "POST", path, {"content": claire.mention})
    assert general.last.mentioned() == [claire]
    call(discord, "POST", path, {"content": claire.mention, "allowed_mentions": {"parse": []}})
    assert general.last.mentioned() == []


def drive_sends(
    discord: DiscordServer, general: Channel, act: Callable[[library.TextChannel], Awaitable[None]]
) -> None:
    async def run(bot: library.Client) -> None:
        channel = bot.get_channel(general.id)
        assert isinstance(channel, library.TextChannel)
        await act(channel)

    drive(discord, run, plain_client)


def test_the_library_waits_when_it_is_limited(discord: DiscordServer, general: Channel) -> None:
    discord.limit_rate("create_message", requests=2, seconds=0.2)
    discord.fail_next("create_message", status=429, retry_after=0.01)

    async def send(channel: library.TextChannel) -> None:
        await asyncio.gather(*(channel.send(str(number)) for number in range(5)))

    drive_sends(discord, general, send)
    assert len(general.messages) == 5


def test_a_global_limit_stops_everything(discord: DiscordServer, general: Channel) -> None:
    discord.limit_rate("*", requests=4, seconds=0.2)

    async def send(channel: library.TextChannel) -> None:
        await asyncio.gather(*(channel.send(str(number)) for number in range(5)))

    drive_sends(discord, general, send)
    assert len(general.messages) == 5


def test_connections_are_cut_before_or_after_the_effect(discord: DiscordServer, general: Channel) -> None:
    discord.cut_before_effect("create_message")

    async def send(channel: library.TextChannel) -> None:
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await channel.send("avant")
        discord.cut_after_effect("create_message")
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await channel.send("après")

    drive_sends(discord, general, send)
    assert [message.content for message in general.messages] == ["après"]


def test_refusals_are_prepared_for_a_channel(discord: DiscordServer, general: Channel, guild: Guild) -> None:
    discord.fail_next("create_message", status=403, code=50013, channel=general)
    assert call(discord, "POST", f"/channels/{guild.text('autre').id}/messages", {"content": "a"})[0] == 200
    assert refused(discord, "POST", f"/channels/{general.id}/messages", {"content": "a"}) == 50013


def test_files_go_both_ways(discord: DiscordServer, general: Channel, claire: Person) -> None:
    given = claire.says("Voici", general, files=(File("avis.pdf", b"%PDF-1.7", "application/pdf"),))

    async def send(channel: library.TextChannel) -> None:
        read = await channel.fetch_message(given.id)
        content = await read.attachments[0].read()
        await channel.send("Reçu", file=library.File(io.BytesIO(content), "copie.pdf", description="La copie"))

    drive_sends(discord, general, send)
    (copy,) = general.last.attachments
    assert (copy.file.name, copy.file.content, copy.description) == ("copie.pdf", b"%PDF-1.7", "La copie")


def test_history_is_read_from_either_end(discord: DiscordServer, general: Channel, claire: Person) -> None:
    said = [claire.says(str(number), general) for number in range(5)]

    def read(query: str) -> list[str]:
        return [one["content"] for one in call(discord, "GET", f"/channels/{general.id}/messages?{query}")[1]]

    assert read("limit=2") == ["4", "3"]
    assert read(f"limit=2&before={said[2].id}") == ["1", "0"]
    assert read(f"limit=2&after={said[1].id}") == ["3", "2"]
    assert read(f"limit=3&around={said[2].id}") == ["3", "2", "1"]
