"""What docs/discord.md asks of an operator is what the channel needs, no more and no less."""

from __future__ import annotations

import re
from pathlib import Path

import discord as library

from bot.channels.discord.client import intents
from bot.channels.discord.examination import NEEDED
from bot.words import Words

DOCS = Path(__file__).parents[2] / "docs" / "discord.md"
CHANNEL = Path(__file__).parents[2] / "bot" / "channels" / "discord"
TEXT = DOCS.read_text(encoding="utf-8")


def test_the_link_asks_for_the_permissions_that_the_doctor_looks_for() -> None:
    found = re.search(r"permissions=(\d+)", TEXT)
    assert found
    asked = {name for name, held in library.Permissions(int(found[1])) if held}
    needed = {"read_messages" if name == "view_channel" else name for names in NEEDED.values() for name in names}
    assert asked == needed


def test_each_permission_and_intent_is_told_with_its_reason() -> None:
    titles = {name.replace("_", " ").title().replace(" In ", " in ") for names in NEEDED.values() for name in names}
    missing = {title for title in titles if title.replace("View Channel", "View Channels") not in TEXT}
    assert missing == set()
    privileged = {"message_content": "Message Content", "members": "Server Members", "presences": "Presence"}
    asked = {shown for name, shown in privileged.items() if getattr(intents(), name)}
    assert asked == {shown for shown in privileged.values() if f"| **{shown}** |" in TEXT}


def test_every_command_is_told() -> None:
    words = Words("fr")
    source = (CHANNEL.parents[1] / "locale" / "fr" / "discord.po").read_text(encoding="utf-8")
    names = re.findall(r'msgid "(discord\.command\.\w+)"', source)
    assert [words(name) for name in names if f"/{words(name)}" not in TEXT] == []


def test_the_journals_words_are_those_of_the_code() -> None:
    told = set(re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", TEXT, re.MULTILINE))
    named = {name for cell in told for name in re.findall(r"`([a-z]+_[a-z_]+)`", cell)}
    code = "\n".join(path.read_text(encoding="utf-8") for path in CHANNEL.glob("*.py"))
    kept = re.findall(r'^    name = "(\w+)"$', code, re.MULTILINE)  # what is kept up to date waits under its own name
    assert named
    assert {name for name in named if f'"{name}"' not in code} - {f"{name}_waits" for name in kept} == set()
