"""The doctor's questions to Discord, and what the journal says of a permission that is missing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import pytest
from click.testing import CliRunner
from discord import PrivilegedIntentsRequired
from structlog.testing import capture_logs

from bot.channels.discord import DiscordOptions
from bot.channels.discord.examination import NEEDED, examine
from bot.cli import main
from bot.findings import Level
from bot.words import LOCALES, Words
from tests.discord.discordapi.server import DiscordServer
from tests.discord.driving import pointed
from tests.discord.house import Guichet

if TYPE_CHECKING:
    from bot.findings import Finding
    from helpdesk.office import Office
    from tests.clock import ManualClock
    from tests.discord.discordapi.guild import Guild

DISPUTE = "Un candidat évincé menace d'un recours contre notre marché de nettoyage, que faire ?"


def _found(discord: DiscordServer, **options: int) -> list[Finding]:
    found = anyio.run(examine, DiscordOptions(token=discord.token, **options))  # type: ignore[arg-type]
    for finding in found:
        for locale in LOCALES:
            assert finding.sentence(Words(locale))
            assert finding.level is Level.ok or finding.advice(Words(locale))
    return found


def _codes(discord: DiscordServer, **options: int) -> list[str]:
    return [finding.code for finding in _found(discord, **options)]


def test_a_sound_bot_and_its_channels(discord: DiscordServer, network: Guild) -> None:
    forum, experts = network.forum("questions"), network.text("experts")
    codes = _codes(discord, forum=forum.id, experts=experts.id, coordinators=network.text("coordination").id)
    assert codes == ["discord", *["discord_channel"] * 3]


def test_a_wrong_token(discord: DiscordServer) -> None:
    assert [finding.code for finding in anyio.run(examine, DiscordOptions(token="a.b.c"))] == ["discord_token"]
    assert discord.called("get_current_user") == []


def test_discord_away(clock: ManualClock) -> None:
    with DiscordServer(clock) as gone, pointed(gone):
        gone.cut_before_effect("*", times=5)
        assert _codes(gone) == ["discord_unreachable"]


def test_a_bot_in_no_server(discord: DiscordServer) -> None:
    assert _codes(discord) == ["discord", "discord_no_server"]


@pytest.mark.parametrize(
    ("enabled", "missing"),
    [
        (("members",), "discord_intent_content"),
        (("message_content",), "discord_intent_members"),
    ],
)
def test_an_intent_that_is_off_on_the_portal(
    discord: DiscordServer, network: Guild, enabled: tuple[str, ...], missing: str
) -> None:
    assert network.has(discord.bot)
    discord.world.privileged = frozenset(enabled)
    assert _codes(discord) == ["discord", missing]


@pytest.mark.parametrize(("key", "name"), [(key, name) for key, names in NEEDED.items() for name in names])
def test_a_permission_that_is_missing_is_named(discord: DiscordServer, network: Guild, key: str, name: str) -> None:
    channel = network.forum("questions") if key == "forum" else network.text(key)
    channel.deny(discord.bot, name)
    found = _found(discord, **{key: channel.id})[-1]
    if name == "view_channel":
        assert found.code == "discord_channel_unknown"
    else:
        assert found.code == "discord_permissions"
        assert f"cli.doctor.permission.{name}" in found.worded["missing"]


def test_the_command_says_which_permission_is_missing_in_which_channel(
    discord: DiscordServer, network: Guild, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forum, experts = network.forum("questions"), network.text("experts")
    experts.deny(discord.bot, "manage_threads", "create_public_threads")
    configuration = f"demo = true\n[discord]\nforum = {forum.id}\nexperts = {experts.id}\n"
    (tmp_path / "config.toml").write_text(configuration, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GUICHET_LOCALE", "fr")
    monkeypatch.setenv("GUICHET_DISCORD_TOKEN", discord.token)
    result = CliRunner().invoke(main, ["doctor"])
    assert isinstance(result.exception, SystemExit), result.exception
    assert "discord.forum : le salon « questions » est prêt." in result.output
    assert "dans le salon « experts » : Gérer les fils, Créer des fils publics." in result.output


def test_channels_of_the_wrong_kind_or_gone(discord: DiscordServer, network: Guild) -> None:
    forum, text = network.forum("questions"), network.text("général")
    assert _codes(discord, forum=text.id)[-1] == "discord_channel_kind_forum"
    assert _codes(discord, experts=forum.id)[-1] == "discord_channel_kind"
    text.deletes_itself()
    assert _codes(discord, experts=text.id)[-1] == "discord_channel_unknown"


def test_the_journal_names_a_permission_that_is_missing(office: Office, discord: DiscordServer, network: Guild) -> None:
    claire = discord.person("Claire")
    claire.joins(network)
    forum = network.forum("questions")
    forum.deny(discord.bot, "send_messages_in_threads")
    with capture_logs() as said, Guichet(office, discord, forum=forum.id) as guichet:
        guichet.knows(claire, "Claire")
        claire.posts(forum, "Recours", DISPUTE)
        discord.wait_until(lambda: any(line["event"] == "discord_permission_missing" for line in said), "said")
        discord.wait_until(lambda: guichet.latest() == 1, "the question kept all the same")


def test_a_start_without_an_intent_is_refused_in_so_many_words(office: Office, discord: DiscordServer) -> None:
    discord.world.privileged = frozenset()
    with capture_logs() as said, pytest.raises(ExceptionGroup) as refused, Guichet(office, discord):
        pytest.fail("it started")
    assert refused.group_contains(PrivilegedIntentsRequired)
    assert "discord_intents_refused" in {line["event"] for line in said}
