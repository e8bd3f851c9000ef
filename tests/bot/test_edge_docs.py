"""The pages on notices and channels tell everything that there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.channel import Capability, Failure
from bot.commands import COMMANDS
from bot.words import LOCALES, Words
from helpdesk.notices import BEHAVIOURS, NoticeKind
from tests.bot.samples import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCS = Path(__file__).parents[2] / "docs"
NOTICES = (DOCS / "notices.md").read_text(encoding="utf-8")
CHANNELS = (DOCS / "channels.md").read_text(encoding="utf-8")
ROWS = {found[1]: found[0] for found in re.finditer(r"^\| `(\w+)` \|.*$", NOTICES, re.MULTILINE)}


def _names(value: Any) -> Iterator[str]:  # noqa: ANN401 - a sample's JSON
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner)


def test_every_kind_is_documented_and_nothing_else() -> None:
    assert set(ROWS) == {kind.value for kind in NoticeKind}


@pytest.mark.parametrize("kind", NoticeKind)
def test_all_its_data_is_documented(kind: NoticeKind) -> None:
    by_locale = {"fr", "en"}  # a label's languages
    found = set(_names(list(SAMPLES[kind].values()))) - by_locale
    if kind is NoticeKind.audit_finding:
        found -= set(_names([sample["detail"] for sample in SAMPLES[kind].values()]))  # the finding's own
    assert {name for name in found if f"`{name}`" not in ROWS[kind.value]} == set()


def test_what_rings_is_said() -> None:
    section = NOTICES.split("## The member")[1].split("## The expert")[0]
    member = set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE))
    assert {kind.value for kind, behaviour in BEHAVIOURS.items() if behaviour.rings} & member == set()
    assert {kind.value for kind, behaviour in BEHAVIOURS.items() if not behaviour.rings} - member == {"offer_entry"}


def test_every_capability_and_failure_is_documented() -> None:
    for flag in Capability:
        assert f"`{flag.name}`" in CHANNELS
    for failure in Failure:
        assert f"Failure.{failure.name}" in CHANNELS


@pytest.mark.parametrize("locale", LOCALES)
def test_every_word_of_every_command_is_documented(locale: str) -> None:
    words = Words(locale)
    typed = {word for name in (*COMMANDS, "help", "quit") for word in words(f"command.{name}").split()}
    assert {word for word in typed if not re.search(rf"`/{word}\b", CHANNELS)} == set()
