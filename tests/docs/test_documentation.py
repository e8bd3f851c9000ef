"""The documentation is part of the product: what it leaves out, or tells wrong, fails here."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest

from bot.cli import main
from bot.cli_words import commands
from bot.metrics import Metrics
from bot.settings import Configuration, known_keys
from helpdesk.office import Office

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMANDS = [(path, command) for path, command in commands(main) if not isinstance(command, click.Group)]
_LINK = re.compile(r"\]\(([^)#\s]+)?(?:#([\w-]+))?\)")
_KEY_ROW = re.compile(r"^\| `([a-z_.]+)` \| (.+?) \|", re.MULTILINE)


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def default_of(key: str) -> Any:  # noqa: ANN401 - TOML values
    value: Any = Configuration().model_dump()
    for part in key.split("."):
        value = value[part]
    return value


def test_every_key_of_the_configuration_is_told_and_no_other() -> None:
    assert [key for key, _ in _KEY_ROW.findall(page("configuration.md"))] == list(known_keys())


def test_the_defaults_told_are_the_defaults() -> None:
    for key, told in _KEY_ROW.findall(page("configuration.md")):
        if key == "calendar.hours":
            assert default_of(key)["mon"] == [["09:00", "12:00"], ["14:00", "17:30"]]
            continue
        value = tomllib.loads(f"value = {told.split('`')[1]}")["value"]
        default = default_of(key)
        assert value == ("" if default is None else list(default) if isinstance(default, tuple) else default), key


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=[path for path, _ in COMMANDS])
def test_every_command_is_told_with_its_options(path: str, command: click.Command) -> None:
    rows = [
        line for line in page("operation.md").splitlines() if line.startswith(f"| `guichet {path.replace('.', ' ')}")
    ]
    assert rows, path
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.opts[0] in rows[0], (path, option.opts[0])


def test_no_command_is_told_that_does_not_exist() -> None:
    known = {path.replace(".", " ") for path, _ in commands(main)}
    told = {
        " ".join(words)
        for text in (path.read_text(encoding="utf-8") for path in PAGES)
        for words in re.findall(r"\bguichet (library|person) ([a-z]+)", text)
    } | {
        word
        for text in (path.read_text(encoding="utf-8") for path in PAGES)
        for word in re.findall(r"`(?:uv run )?guichet ([a-z]+)", text)
    }
    assert told <= known


def test_every_metric_is_told(office: Office) -> None:
    metrics = Metrics(office)
    names = {family.name for family in metrics.registry.collect()}
    told = page("operation.md")
    assert {name for name in names if name not in told} == set()


def test_every_variable_of_the_environment_is_told() -> None:
    sources = (ROOT / "bot").rglob("*.py")
    used = {name for file in sources for name in re.findall(r"GUICHET_[A-Z_]+", file.read_text(encoding="utf-8"))}
    assert {name for name in used if f"`{name}`" not in page("configuration.md")} == set()


def test_the_two_commands_are_on_the_first_screen() -> None:
    first = "\n".join((ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:45])
    assert "pip install uv && uv run guichet run" in first
    assert "pip install uv && uv run pytest" in first
    assert "step uv run pytest\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", PAGES, ids=[file.name for file in PAGES])
def test_every_link_leads_somewhere(file: Path) -> None:
    for target, anchor in _LINK.findall(file.read_text(encoding="utf-8")):
        if target.startswith(("http:", "https:", "entry:")):
            continue
        place = file if not target else (file.parent / target).resolve()
        assert place.exists(), target
        if anchor:
            assert anchor in _anchors(place), f"{target}#{anchor}"


def test_no_committed_pin_names_where_it_comes_from() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["uv"]
    pins = [*project["constraint-dependencies"], *project["build-constraint-dependencies"]]
    assert all(re.match(r"[A-Za-z0-9._-]+==[^\s@/]+( ; .+)?$", pin) for pin in pins)
    assert set(project) == {"constraint-dependencies", "build-constraint-dependencies"}


def test_every_dependency_is_pinned() -> None:
    data = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pinned = {re.split(r"[=; ]", pin)[0] for pin in data["tool"]["uv"]["constraint-dependencies"]}
    wanted = [*data["project"]["dependencies"], *data["dependency-groups"]["dev"]]
    assert {re.sub(r"[-_.]+", "-", re.split(r"[\[<>=; ]", name)[0].lower()) for name in wanted} <= pinned


def _anchors(file: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}
