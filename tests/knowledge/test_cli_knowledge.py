from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli_knowledge import evaluate_command, library_group, match_command
from knowledge.checks import library_warnings
from knowledge.files import Library, format_entry, shipped_library
from tests.library import ENTRIES, THEMES


@pytest.fixture(scope="module")
def run() -> CliRunner:
    return CliRunner()


@pytest.fixture
def small(tmp_path: Path, library: Library) -> str:
    """A folder of twelve entries without links: quick to read and to match."""
    folder = tmp_path / "library"
    folder.mkdir()
    shutil.copy(shipped_library() / "themes.toml", folder)
    chosen = [entry for entry in library.entries if entry.id == "sigle-spaser"] + list(library.entries[:11])
    for entry in chosen:
        alone = replace(entry, see_also=(), body=entry.summary)
        (folder / f"{entry.id}.md").write_text(format_entry(alone), "utf-8")
    return str(folder)


def test_a_batch_gives_one_line_for_each_in_order(run: CliRunner, tmp_path: Path, small: str) -> None:
    lines = [{"text": "c'est quoi un SPASER ?", "n": 1}, {"text": "il fait beau ?"}, {"text": ""}]
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)) + "\n", "utf-8")
    result = run.invoke(match_command, ["--batch", str(file), "--library", small])
    got = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [row["input"] for row in got] == lines
    assert got[0]["entries"][0]["id"] == "sigle-spaser"
    assert len(got[0]["entries"]) == 10
    assert got[1]["entries"], "entries are listed whatever the decision"
    assert got[2]["decision"] == "clarify"


def test_a_bad_batch_line_is_told_and_loses_nothing_before_it(run: CliRunner, tmp_path: Path, small: str) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text('{"text": "bois"}\n{"texte": "bois"}\n', "utf-8")
    result = run.invoke(match_command, ["--batch", str(file), "--library", small])
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 1
    assert "2" in result.stderr


def test_a_file_of_an_office_suite_is_read_with_its_byte_order_mark(run: CliRunner, tmp_path: Path, small: str) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text('{"text": "bois"}\r\n', "utf-8-sig")
    assert run.invoke(match_command, ["--batch", str(file), "--library", small]).exit_code == 0


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('{"text": "café", "relevant": []}'.encode("latin-1"), "Ligne 1"),
        ('{"text": "café", "relevant": []}'.encode("utf-16"), "Ligne 1"),
        (b"\n", "aucune question"),
        (b'{"text": "a", "relevant": ["nulle-part"], "theme": "lune"}', "nulle-part, lune"),
    ],
)
def test_a_file_that_measures_nothing_is_refused(
    run: CliRunner, tmp_path: Path, small: str, written: bytes, told: str
) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_bytes(written)
    result = run.invoke(evaluate_command, [str(file), "--library", small])
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert told in result.stderr


def test_a_question_is_explained_term_by_term(run: CliRunner, small: str) -> None:
    result = run.invoke(match_command, ["clause de progrès dans le marché", "--explain", "--library", small])
    assert result.exit_code == 0
    assert "Thème : " in result.stdout
    assert "Question comprise : clause progrès marché" in result.stdout
    assert not re.search(r"\d\.\d", result.stdout), "decimals as the reader writes them"


def test_an_off_topic_message_is_explained_without_entries(run: CliRunner) -> None:
    result = run.invoke(match_command, ["il fait beau à la plage ce week-end ?"])
    assert result.stdout.splitlines()[0].startswith("Décision : réorientation")
    assert "Thème : aucun" in result.stdout
    assert len(result.stdout.splitlines()) == 2


def test_a_question_or_a_file_is_asked_for(run: CliRunner) -> None:
    assert run.invoke(match_command, []).exit_code == 2


def test_the_shipped_library_is_sound(run: CliRunner) -> None:
    result = run.invoke(library_group, ["check"])
    assert (result.exit_code, "160" in result.stdout) == (0, True)


def test_the_library_is_checked_in_the_language_of_its_phrasings() -> None:
    named = (("Helpdesk", "what are you doing there with them ?"), ("Newsletter", "on me ?"))
    entries = [
        replace(made, title=title, phrasings=(phrasing,) * 8, synonyms=(), body="")
        for made, (title, phrasing) in zip(ENTRIES, named, strict=False)
    ]
    assert library_warnings(Library(THEMES, tuple(entries)), Path(), dt.date(2026, 11, 22)) == []


def test_a_faulty_library_is_refused_with_file_and_line(run: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "themes.toml").write_text('[a]\nlabel = { fr = "A" }\n', "utf-8")
    (tmp_path / "x.md").write_text("---\nid: x\n---\n", "utf-8")
    result = run.invoke(library_group, ["check", str(tmp_path)])
    assert result.exit_code == 1
    assert "x.md:1:" in result.stdout


def test_the_evaluation_prints_every_measure(run: CliRunner, tmp_path: Path, small: str) -> None:
    file = tmp_path / "labelled.jsonl"
    file.write_text('{"text": "SPASER", "relevant": ["sigle-spaser"], "theme": "pilotage"}\n', "utf-8")
    result = run.invoke(evaluate_command, [str(file), "--library", small])
    assert result.exit_code == 0
    assert "1.000" in result.stdout


def test_a_command_about_the_library_loads_no_database_nor_platform() -> None:
    heavy = {"sqlalchemy", "holidays", "httpx", "starlette", "telegram", "discord"}
    told = f"import sys, bot.cli_knowledge; print(*sorted({heavy} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []
