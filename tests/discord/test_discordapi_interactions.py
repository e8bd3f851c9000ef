"""The local Discord's commands, buttons, forms: answered once, in time, for whom they are meant."""

from __future__ import annotations

import asyncio

import discord as library
import pytest

from tests.clock import ManualClock
from tests.discord.discordapi.channel import Channel
from tests.discord.discordapi.guild import Guild
from tests.discord.discordapi.interaction import Interaction
from tests.discord.discordapi.person import Person
from tests.discord.discordapi.refusals import Json
from tests.discord.discordapi.server import DiscordServer
from tests.discord.driving import call, drive, violation

KEYS = [{"type": 1, "components": [{"type": 2, "style": 1, "label": "Répondre", "custom_id": "answer"}]}]
TEXT_INPUT = {"type": 4, "custom_id": "text", "style": 2, "max_length": 10}
FORM: Json = {
    "title": "Votre réponse",
    "custom_id": "form",
    "components": [{"type": 18, "label": "Texte", "component": TEXT_INPUT}],
}


@pytest.fixture
def claire(discord: DiscordServer) -> Person:
    """A member."""
    return discord.person("Claire")


@pytest.fixture
def guild(discord: DiscordServer, claire: Person) -> Guild:
    """The network's server."""
    return discord.guild("Réseau", claire)


@pytest.fixture
def general(discord: DiscordServer, guild: Guild) -> Channel:
    """A channel where the bot has posted a button."""
    channel = guild.text("général")
    call(discord, "POST", f"/channels/{channel.id}/messages", {"content": "Une question", "components": KEYS})
    return channel


@pytest.fixture
def pressed(claire: Person, general: Channel) -> Interaction:
    """A press on the button."""
    return claire.presses("Répondre", general)


def callback(interaction: Interaction) -> str:
    return f"/interactions/{interaction.id}/{interaction.token}/callback"


def followup(discord: DiscordServer, interaction: Interaction, answer: str = "") -> str:
    return f"/webhooks/{discord.bot.id}/{interaction.token}{answer}"


def test_an_interaction_is_answered_once(discord: DiscordServer, pressed: Interaction) -> None:
    assert call(discord, "POST", callback(pressed), {"type": 4, "data": {"content": "Merci"}})[0] == 204
    assert call(discord, "POST", callback(pressed), {"type": 6})[1]["code"] == 40060


def test_an_interaction_is_answered_within_three_seconds(
    discord: DiscordServer, pressed: Interaction, discord_clock: ManualClock
) -> None:
    discord_clock.advance(seconds=4)
    status, answer = call(discord, "POST", callback(pressed), {"type": 6})
    assert (status, answer["code"]) == (404, 10062)
    assert call(discord, "POST", followup(discord, pressed), {"content": "a"})[1]["code"] == 10015


def test_follow_ups_come_within_fifteen_minutes(
    discord: DiscordServer, pressed: Interaction, discord_clock: ManualClock
) -> None:
    call(discord, "POST", callback(pressed), {"type": 6})
    discord_clock.advance(minutes=14)
    assert call(discord, "POST", followup(discord, pressed), {"content": "a", "flags": 64})[0] == 200
    discord_clock.advance(minutes=2)
    assert call(discord, "POST", followup(discord, pressed), {"content": "a"})[1]["code"] == 50027


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"type": 8, "data": {"choices": []}}, "INTERACTION_TYPE_INVALID"),
        ({"type": 4, "data": {}}, "Cannot send an empty message"),
        ({"type": 9, "data": FORM | {"title": "t" * 46}}, "title"),
        ({"type": 9, "data": FORM | {"components": []}}, "components"),
        ({"type": 9, "data": FORM | {"components": KEYS}}, "UNION_TYPE_CHOICES"),
        ({"type": 9, "data": FORM | {"components": [TEXT_INPUT]}}, "UNION_TYPE_CHOICES"),
        ({"type": 9, "data": FORM | {"components": FORM["components"] * 2}}, "CUSTOM_ID_DUPLICATED"),
        ({"type": 4, "content": "Merci"}, "UNKNOWN_FIELD"),
    ],
)
def test_answers_keep_to_their_kinds(discord: DiscordServer, pressed: Interaction, answer: Json, reason: str) -> None:
    assert reason in violation(discord, "POST", callback(pressed), answer)
    assert not pressed.acknowledged


def test_the_first_follow_up_takes_the_place_of_the_wait(
    discord: DiscordServer, pressed: Interaction, claire: Person, general: Channel
) -> None:
    paul = discord.person("Paul")
    call(discord, "POST", callback(pressed), {"type": 5, "data": {"flags": 64}})
    assert "…" in general.transcript(claire)
    call(discord, "POST", followup(discord, pressed), {"content": "Pour vous"})
    call(discord, "POST", followup(discord, pressed), {"content": "Pour tous"})
    assert [message.content for message in pressed.messages] == ["Pour vous", "Pour tous"]
    assert "Pour vous" in general.transcript(claire)
    assert "Pour vous" not in general.transcript(paul)
    assert "Pour tous" in general.transcript(paul)
    hidden = pressed.messages[0].id
    assert call(discord, "PATCH", f"/channels/{general.id}/messages/{hidden}", {"content": "b"})[1]["code"] == 10008
    changed = call(discord, "PATCH", followup(discord, pressed, "/messages/@original"), {"content": "Changé"})
    assert changed[1]["content"] == "Changé"
    assert call(discord, "DELETE", followup(discord, pressed, f"/messages/{hidden}"))[0] == 204
    assert "Changé" not in general.transcript(claire)


def test_a_form_is_filled_in_and_sent(
    discord: DiscordServer, pressed: Interaction, claire: Person, general: Channel
) -> None:
    call(discord, "POST", callback(pressed), {"type": 9, "data": FORM})
    with pytest.raises(AssertionError, match="must be filled in"):
        claire.submits(pressed)
    with pytest.raises(AssertionError, match="11 characters"):
        claire.submits(pressed, Texte="a" * 11)
    sent = claire.submits(pressed, Texte="Oui")
    field = sent.data["components"][0]["component"]
    assert (field["custom_id"], field["value"]) == ("text", "Oui")
    assert call(discord, "POST", callback(sent), {"type": 7, "data": {"content": "Répondu"}})[0] == 204
    assert general.last.content == "Répondu"


class Commands(library.Client):
    """A bot with commands of every kind that the helpdesk uses."""

    def __init__(self) -> None:
        super().__init__(intents=library.Intents(guilds=True, messages=True), guild_ready_timeout=0.1)
        self.tree = library.app_commands.CommandTree(self)

    async def setup_hook(self) -> None:
        await self.tree.set_translator(Translator())

        @self.tree.command(name="question", description="Ask")
        @library.app_commands.autocomplete(theme=self.suggest)
        async def ask(interaction: library.Interaction, theme: str) -> None:
            await interaction.response.send_message(f"{theme} ({interaction.locale})", ephemeral=True)

        @self.tree.context_menu(name="Forward")
        async def forward(interaction: library.Interaction, message: library.Message) -> None:
            await interaction.response.send_message(f"Reçu : {message.content}")

        await self.tree.sync()

    async def suggest(self, _interaction: library.Interaction, current: str) -> list[library.app_commands.Choice[str]]:
        themes = [theme for theme in ("label", "seuil", "lavage") if theme.startswith(current)]
        return [library.app_commands.Choice(name=theme, value=theme) for theme in themes]


class Translator(library.app_commands.Translator):
    """The words of a few locales."""

    async def translate(
        self,
        string: library.app_commands.locale_str,
        locale: library.Locale,
        _context: library.app_commands.TranslationContextTypes,
    ) -> str | None:
        french = {"question": "demander", "Forward": "Transmettre", "theme": "thème"}
        return french.get(string.message) if locale is library.Locale.french else None


def test_commands_have_the_names_of_ones_own_language(discord: DiscordServer, claire: Person, general: Channel) -> None:
    said = claire.says("Peut-on ?", general)
    john = discord.person("John", locale="en-GB")
    assert general.guild
    john.joins(general.guild)

    async def ask(_bot: library.Client) -> None:
        await discord.until(lambda: discord.world.commands.get(0))
        claire.runs("/demander", general, thème="label")
        await claire.sees(r"label \(fr\)", general)
        john.runs("/question", general, theme="seuil")
        await john.sees(r"seuil \(en-GB\)", general)
        claire.uses("Transmettre", said)
        await general.until("Reçu : Peut-on")
        with pytest.raises(AssertionError, match="is offered no"):
            claire.runs("/question", general)
        with pytest.raises(AssertionError, match="needs"):
            claire.runs("/demander", general)
        claire.runs("/demander", thème="seuil")
        await claire.private.until("seuil", seen_by=claire)

    drive(discord, ask, Commands)


def test_values_are_suggested_while_one_types(discord: DiscordServer, claire: Person, general: Channel) -> None:
    async def ask(_bot: library.Client) -> None:
        await discord.until(lambda: discord.world.commands.get(0))
        assert await asyncio.to_thread(claire.completes, "/demander", "thème", "la", general) == ["label", "lavage"]

    drive(discord, ask, Commands)
