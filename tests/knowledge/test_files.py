from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.entry import Change, Confidence, Entry, Kind, Source, Verification
from knowledge.errors import LibraryError
from knowledge.files import (
    LONGEST_ID,
    REQUIRED,
    Library,
    check_library,
    format_entry,
    parse_entry,
    read_library,
    read_themes,
)

ENTRY = """---
id: faq-essai
kind: faq
theme: juridique
title: "Un essai ?"
phrasings: ["on essaie ?"]
sources:
  - label: "Code de la commande publique"
confidence: sure
verification: public_source
verified: 2026-11-22
review: 2027-11-22
---
Oui. Voyez [la suite](entry:faq-suite).
"""
THEMES = '[juridique]\nlabel = { fr = "Juridique", en = "Legal" }\ncovers = []\n'
ONE_LINE = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40).filter(
    lambda text: text == " ".join(text.split()) and text.strip() != ""
)


def folder(tmp_path: Path, **files: str) -> Path:
    (tmp_path / "themes.toml").write_text(THEMES, "utf-8")
    for name, text in files.items():
        (tmp_path / f"{name.replace('_', '-')}.md").write_text(text, "utf-8")
    return tmp_path


@pytest.mark.parametrize("line", ["about = 'pain'", "about = [3]", "covers = [['a']]", "label = {}"])
def test_a_theme_that_is_not_written_as_it_should_be_is_named_with_its_line(tmp_path: Path, line: str) -> None:
    key = line.split(" ", maxsplit=1)[0]
    kept = "".join(f"{old}\n" for old in THEMES.splitlines() if not old.startswith(key))
    (tmp_path / "themes.toml").write_text(f"# Des thèmes\n{kept}{line}\n", "utf-8")
    assert found(tmp_path) == [("themes.toml", 2, "theme_keys")]


def test_the_words_of_a_theme_are_read(tmp_path: Path) -> None:
    (tmp_path / "themes.toml").write_text(f'{THEMES}about = ["avenant", "mise en demeure"]\n', "utf-8")
    assert [theme.about for theme in read_themes(tmp_path / "themes.toml")[0]] == [("avenant", "mise en demeure")]


def sound(text: str = ENTRY) -> str:
    return text.replace(" Voyez [la suite](entry:faq-suite).", "")


def found(place: Path) -> list[tuple[str, int, str]]:
    return [(fault.path.name, fault.line, fault.code) for fault in check_library(place)]


def test_every_shipped_entry_survives_being_written_and_read_back(library: Library) -> None:
    for entry in library.entries:
        assert parse_entry(format_entry(entry), Path(f"{entry.id}.md")) == entry
        assert Entry.from_data(json.loads(json.dumps(entry.to_data()))) == entry


@given(title=ONE_LINE, note=ONE_LINE, label=ONE_LINE)
def test_any_text_in_the_front_matter_survives_the_round_trip(title: str, note: str, label: str) -> None:
    day = dt.date(2026, 2, 28)
    entry = Entry(
        id="e-1", kind=Kind.LAW, theme="juridique", title=title, phrasings=(note, title), synonyms=(label,),
        acronyms={label: title}, sources=(Source(label, "https://example.org/a"), Source(note)),
        confidence=Confidence.TO_CHECK, verification=Verification.GENERAL_KNOWLEDGE, to_check=note, review=day,
        valid_from=day, valid_until=day, changes=(Change(day, note),), see_also=("e-2",), body="Oui.",
    )  # fmt: skip
    assert parse_entry(format_entry(entry), Path("e-1.md")) == entry


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ("kind: faq", "kind: foire", 3, "unknown_kind"),
        ("theme: juridique", "theme: cuisine", 4, "unknown_theme"),
        ('title: "Un essai ?"', 'titre: "Un essai ?"', 5, "unknown_key"),
        ("review: 2027-11-22", "review: 2027-13-45", 12, "bad_date"),
        ("verified: 2026-11-22\n", "", 1, "missing_key"),
        ("verification: public_source", "verification: general_knowledge", 11, "doubtful_verified"),
        ("confidence: sure", "confidence: to_check", 11, "doubtful_verified"),
        ('  - label: "Code de la commande publique"', "  []", 7, "no_sources"),
        ("review: 2027-11-22", "review: 2025-11-22", 12, "dates_reversed"),
        ("id: faq-essai", "id: faq-autre", 2, "id_not_file_name"),
        ("id: faq-essai", f"id: {'e' * (LONGEST_ID + 1)}", 2, "bad_id"),
        ("Oui.", "<b>Oui.</b>", 14, "html_in_body"),
        ("kind: faq", "kind: faq\nkind: faq", 4, "duplicate_key"),
        ("---\nid", "id", 1, "no_front_matter"),
        ('phrasings: ["on essaie ?"]', 'phrasings: ["on essaie ?"', 7, "unreadable_yaml"),
    ],
)
def test_a_fault_is_told_with_its_file_and_line(tmp_path: Path, old: str, new: str, line: int, code: str) -> None:
    place = folder(tmp_path, faq_essai=sound().replace(old, new, 1))
    assert ("faq-essai.md", line, code) in found(place)
    with pytest.raises(LibraryError):
        read_library(place)


def test_a_file_whose_front_matter_says_nothing_lacks_every_key(tmp_path: Path) -> None:
    place = folder(tmp_path, faq_essai="---\n{}\n---\nOui.\n")
    assert found(place) == [("faq-essai.md", 1, "missing_key")] * len(REQUIRED)


@pytest.mark.parametrize("nested", ["[" * 100_000, "\n  " + "- " * 100_000, "\n  " + "? " * 100_000])
def test_a_front_matter_nested_without_end_is_not_readable(tmp_path: Path, nested: str) -> None:
    place = folder(tmp_path, faq_essai=sound().replace('["on essaie ?"]', nested, 1))
    assert found(place) == [("faq-essai.md", 2, "unreadable_yaml")]


def test_a_dead_link_in_the_body_is_told_with_its_line(tmp_path: Path) -> None:
    assert found(folder(tmp_path, faq_essai=ENTRY)) == [("faq-essai.md", 14, "dead_link")]


def test_a_dead_see_also_is_told_with_its_line(tmp_path: Path) -> None:
    text = sound().replace("review:", "see_also: [faq-nulle-part]\nreview:")
    assert found(folder(tmp_path, faq_essai=text)) == [("faq-essai.md", 12, "dead_link")]


def test_an_id_taken_twice_is_refused(tmp_path: Path) -> None:
    place = folder(tmp_path, faq_essai=sound(), faq_suite=sound())
    assert ("faq-suite.md", 2, "duplicate_id") in found(place)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    place = folder(tmp_path, faq_essai=sound().replace("kind: faq", "kind: x"), faq_suite="rien")
    with pytest.raises(LibraryError) as caught:
        read_library(place)
    assert {fault.path.name for fault in caught.value.faults} == {"faq-essai.md", "faq-suite.md"}


def test_an_entry_holds_on_both_days_of_its_validity_and_not_outside(library: Library) -> None:
    first, last = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
    entry = replace(library.entries[0], valid_from=first, valid_until=last)
    assert entry.holds_on(first)
    assert entry.holds_on(last)
    assert not entry.holds_on(dt.date(2025, 12, 31))
    assert not entry.holds_on(dt.date(2027, 1, 1))


def test_the_summary_is_the_first_paragraph_without_marks(library: Library) -> None:
    entry = replace(library.entries[0], body="**Oui**, voyez [la loi](entry:x).\n\n## La règle\nSuite.")
    assert entry.summary == "Oui, voyez la loi."
