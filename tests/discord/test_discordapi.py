"""The local Discord itself: the library's real client connects, reads, writes, and is answered as by Discord."""

from __future__ import annotations

import discord as library

from tests.clock import ManualClock
from tests.discord.discordapi.server import DiscordServer
from tests.discord.driving import drive, plain_client


class Echo(library.Client):
    """A bot that answers what it reads."""

    def __init__(self) -> None:
        intents = library.Intents(guilds=True, members=True, messages=True, message_content=True)
        super().__init__(intents=intents, guild_ready_timeout=0.1)
        self.tree = library.app_commands.CommandTree(self)
        self.seen: list[str] = []

    async def setup_hook(self) -> None:
        @self.tree.command(name="delai", description="Dire le délai")
        async def deadline(interaction: library.Interaction, numero: int) -> None:
            await interaction.response.defer(ephemeral=True, thinking=True)
            await interaction.followup.send(f"Question {numero} : trois jours")

        await self.tree.sync()

    async def on_message(self, message: library.Message) -> None:
        if message.author != self.user:
            self.seen.append(message.content)
            await message.reply(f"Lu : {message.content}", view=keys())

    async def on_interaction(self, interaction: library.Interaction) -> None:
        if interaction.type is library.InteractionType.component:
            await interaction.response.edit_message(content="Merci", view=None)


def keys() -> library.ui.View:
    view = library.ui.View(timeout=None)
    view.add_item(library.ui.Button(label="Merci", custom_id="thanks"))
    view.add_item(library.ui.Button(label="La fiche", url="https://example.org/fiche"))
    return view


def test_a_post_is_answered_and_its_button_pressed(discord: DiscordServer) -> None:
    claire = discord.person("Claire")
    guild = discord.guild("Réseau", claire)
    forum = guild.forum("questions", "nouvelle")

    async def talk(_bot: library.Client) -> None:
        post = claire.posts(forum, "Label", "Peut-on exiger un label ?", tags=("nouvelle",))
        answer = await post.until("Lu : Peut-on")
        claire.presses("Merci", answer)
        await post.until("^Merci$")

    drive(discord, talk, Echo)
    assert forum.transcript(claire) == (
        "# forum · questions\n\n## Label [nouvelle]\n\nClaire:\n  Peut-on exiger un label ?\n\n"
        "Guichet (edited):\n  ↪ Claire: Peut-on exiger un label ?\n  Merci\n\nClaire presses [Merci]\n"
    )


def test_a_command_is_answered_for_one_person_alone(discord: DiscordServer) -> None:
    claire, paul = discord.person("Claire"), discord.person("Paul")
    channel = discord.guild("Réseau", claire, paul).text("général")

    async def ask(_bot: library.Client) -> None:
        asked = claire.runs("/delai", channel, numero=7)
        await claire.sees("trois jours", channel)
        assert asked.text == "Question 7 : trois jours"

    drive(discord, ask, Echo)
    assert "trois jours" in channel.transcript(claire)
    assert "(only Claire sees this)" in channel.transcript(claire)
    assert "trois jours" not in channel.transcript(paul)


def test_messages_are_dated_by_the_injected_clock(discord: DiscordServer, discord_clock: ManualClock) -> None:
    discord_clock.advance(days=2)
    claire = discord.person("Claire")
    discord.guild("Réseau", claire)

    async def write(bot: library.Client) -> None:
        user = await bot.fetch_user(claire.id)
        sent = await user.send("Bonjour")
        assert sent.created_at == discord_clock.now()

    drive(discord, write, plain_client)
