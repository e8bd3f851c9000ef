"""The local Discord's gateway: sessions taken up again, intents, what the bot may know of."""

from __future__ import annotations

import asyncio

import discord as library
import pytest

from tests.discord.discordapi.channel import Channel
from tests.discord.discordapi.guild import Guild
from tests.discord.discordapi.model import WAIT_SECONDS
from tests.discord.discordapi.person import Person
from tests.discord.discordapi.server import DiscordServer
from tests.discord.driving import call, drive, plain_client


class Witness(library.Client):
    """A client that notes what it is told."""

    def __init__(self, intents: library.Intents | None = None) -> None:
        wanted = intents or library.Intents(guilds=True, members=True, messages=True, message_content=True)
        super().__init__(intents=wanted, guild_ready_timeout=0.1)
        self.told: list[str] = []

    async def on_message(self, message: library.Message) -> None:
        self.told.append(message.content)

    async def on_raw_message_edit(self, payload: library.RawMessageUpdateEvent) -> None:
        self.told.append(f"edit {payload.message.content}")

    async def on_raw_message_delete(self, _payload: library.RawMessageDeleteEvent) -> None:
        self.told.append("delete")

    async def on_raw_bulk_message_delete(self, payload: library.RawBulkMessageDeleteEvent) -> None:
        self.told.append(f"{len(payload.message_ids)} deleted at once")

    async def on_thread_create(self, thread: library.Thread) -> None:
        self.told.append(f"thread {thread.name}")

    async def on_raw_thread_update(self, payload: library.RawThreadUpdateEvent) -> None:
        self.told.append(f"thread {'archived' if payload.data['thread_metadata']['archived'] else 'open'}")

    async def on_raw_thread_delete(self, _payload: library.RawThreadDeleteEvent) -> None:
        self.told.append("thread gone")

    async def on_guild_channel_create(self, channel: library.abc.GuildChannel) -> None:
        self.told.append(f"channel {channel.name}")

    async def on_guild_channel_delete(self, _channel: library.abc.GuildChannel) -> None:
        self.told.append("channel gone")

    async def on_member_join(self, member: library.Member) -> None:
        self.told.append(f"join {member.display_name}")

    async def on_member_update(self, _before: library.Member, after: library.Member) -> None:
        self.told.append(f"roles {sorted(role.name for role in after.roles)}")

    async def on_raw_member_remove(self, payload: library.RawMemberRemoveEvent) -> None:
        self.told.append(f"leave {payload.user.id}")

    async def on_guild_join(self, guild: library.Guild) -> None:
        self.told.append(f"guild {guild.name}")

    async def on_guild_remove(self, _guild: library.Guild) -> None:
        self.told.append("guild gone")

    async def on_resumed(self) -> None:
        self.told.append("resumed")

    async def on_ready(self) -> None:
        self.told.append("ready")


@pytest.fixture
def claire(discord: DiscordServer) -> Person:
    """A member of the server."""
    return discord.person("Claire")


@pytest.fixture
def guild(discord: DiscordServer, claire: Person) -> Guild:
    """The network's server."""
    return discord.guild("Réseau", claire)


@pytest.fixture
def general(guild: Guild) -> Channel:
    """A channel everybody reads."""
    return guild.text("général")


def witness(discord: DiscordServer, client: Witness, *acts: object, expected: list[str]) -> None:
    """Let people act once the bot is there; the bot is told exactly this."""

    async def run(_bot: library.Client) -> None:
        await discord.until(lambda: "ready" in client.told)
        for act in acts:
            await asyncio.to_thread(act)  # type: ignore[arg-type]
        await asyncio.to_thread(discord.world.wait_until, lambda: client.told[1:] == expected, WAIT_SECONDS)
        assert client.told[1:] == expected

    drive(discord, run, lambda: client)


def test_the_bot_is_told_of_what_happens_where_it_may_look(
    discord: DiscordServer, guild: Guild, general: Channel, claire: Person
) -> None:
    forum = guild.forum("questions")
    hidden = guild.text("direction")
    hidden.deny(guild.everyone, "view_channel")

    client = Witness()

    def act() -> None:
        said = claire.says("Bonjour", general)
        discord.wait_until(lambda: "Bonjour" in client.told)  # the library changes what it has not handed out yet
        claire.edits(said, "Bonsoir")
        post = claire.posts(forum, "Label", "Peut-on ?")
        claire.closes(post)
        claire.says("Encore", post)
        general.allow(claire, "manage_messages")
        claire.purges(said, claire.says("Trop", general))
        discord.world.delete_channel(post)
        discord.world.say(hidden, claire, "secret")
        forum.deletes_itself()

    told = ["Bonjour", "edit Bonsoir", "thread Label", "Peut-on ?", "thread archived", "thread open", "Encore"]
    told += ["Trop", "2 deleted at once"]
    witness(discord, client, act, expected=[*told, "thread gone", "channel gone"])


def test_the_bot_is_told_of_members_and_servers(discord: DiscordServer, guild: Guild) -> None:
    paul = discord.person("Paul")

    def act() -> None:
        paul.joins(guild)
        guild.role("experts", paul)
        paul.leaves(guild)
        discord.guild("Autre réseau")
        guild.remove(discord.bot)

    roles = "roles ['@everyone', 'experts']"
    expected = ["join Paul", roles, f"leave {paul.id}", "guild Autre réseau", "guild gone"]
    witness(discord, Witness(), act, expected=expected)


def test_without_the_intent_a_message_has_no_content(discord: DiscordServer, general: Channel, claire: Person) -> None:
    def act() -> None:
        claire.says("Bonjour", general)
        claire.says(f"{discord.bot.mention} Bonjour", general)
        claire.says("En privé")

    expected = ["", f"{discord.bot.mention} Bonjour", "En privé"]
    witness(discord, Witness(library.Intents(guilds=True, messages=True)), act, expected=expected)


def test_a_privileged_intent_must_be_enabled(discord: DiscordServer) -> None:
    discord.world.privileged = frozenset({"members"})
    with pytest.raises(library.PrivilegedIntentsRequired):
        drive(discord, lambda _bot: asyncio.sleep(0), plain_client)


def test_a_wrong_token_is_refused(discord: DiscordServer) -> None:
    assert call(discord, "GET", "/users/@me", token="another") == (401, {"message": "401: Unauthorized", "code": 0})


def test_what_was_missed_is_told_again_when_the_session_is_taken_up(
    discord: DiscordServer, general: Channel, claire: Person
) -> None:
    def act() -> None:
        claire.says("avant", general)
        with discord.gateway.away():
            claire.says("pendant", general)
        discord.wait_until(lambda: discord.gateway.connected)
        claire.says("après", general)

    witness(discord, Witness(), act, expected=["avant", "pendant", "resumed", "après"])
    assert (discord.gateway.identified, discord.gateway.resumed) == (1, 1)


def test_what_was_missed_is_never_told_when_the_session_is_lost(
    discord: DiscordServer, general: Channel, claire: Person
) -> None:
    def act() -> None:
        with discord.gateway.away(forget=True):
            claire.says("pendant", general)
        discord.wait_until(lambda: discord.gateway.connected)
        claire.says("après", general)

    witness(discord, Witness(), act, expected=["après", "ready"])
    assert (discord.gateway.identified, discord.gateway.resumed) == (2, 0)


def test_the_bot_reconnects_when_asked(discord: DiscordServer, general: Channel, claire: Person) -> None:
    def act() -> None:
        discord.gateway.ask_to_reconnect()
        discord.wait_until(lambda: discord.gateway.resumed)
        claire.says("après", general)

    witness(discord, Witness(), act, expected=["resumed", "après"])


def test_an_invalid_session_is_begun_anew(discord: DiscordServer) -> None:
    def act() -> None:
        discord.gateway.invalidate()

    witness(discord, Witness(), act, expected=["ready"])
    assert discord.gateway.identified == 2


def test_heartbeats_are_acknowledged(discord: DiscordServer) -> None:
    discord.gateway.heartbeat_seconds = 0.02

    async def beat(bot: library.Client) -> None:
        await discord.until(lambda: discord.gateway.heartbeats > 3)
        assert bot.latency < 1

    drive(discord, beat, plain_client)


def test_the_threads_of_a_channel_that_opens_to_the_bot_are_told(
    discord: DiscordServer, guild: Guild, general: Channel, claire: Person
) -> None:
    general.deny(discord.bot, "view_channel")
    thread = claire.opens_thread(claire.says("Un sujet", general), "Fil")

    async def look(bot: library.Client) -> None:
        here = bot.get_guild(guild.id)
        assert here
        channel = here.get_channel(general.id)
        assert channel
        assert not channel.permissions_for(here.me).view_channel
        assert here.get_thread(thread.id) is None
        general.allow(discord.bot, "view_channel")
        await discord.until(lambda: here.get_thread(thread.id))
        assert channel.permissions_for(here.me).view_channel

    drive(discord, look, plain_client)


def test_everybody_is_known_with_the_members_intent(discord: DiscordServer, guild: Guild, claire: Person) -> None:
    async def look(bot: library.Client) -> None:
        here = bot.get_guild(guild.id)
        assert here
        assert {member.id for member in here.members} == {guild.owner.id, claire.id, discord.bot.id}
        (found,) = await here.query_members(user_ids=[claire.id])
        assert found.display_name == "Claire"

    drive(discord, look, plain_client)
