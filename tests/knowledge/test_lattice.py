from __future__ import annotations

import pytest

from knowledge import text
from knowledge.lattice import Candidates, Reading
from knowledge.matcher import Matcher
from knowledge.question import read_question
from knowledge.spelling import MOST_LOOKUPS, Speller


def readings(matcher: Matcher, message: str) -> list[Reading]:
    return matcher.index.speller.read(text.words(message))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("lese ntreprises locales", "entreprises locales"),
        ("le sentreprsies locales", "entreprises locales"),
        ("un dosierd econsultation", "dossier consultation"),
        ("d econslutation", "consultation"),
        ("lspaser", "spaser"),
        ("du spaserxobligatiore", "spaser obligatoire"),
        ("mrachéspublics", "marches publics"),
        ("clausedinsertino", "clause insertion"),
        ("notre envi ronnemnt", "environnement"),
    ],
)
def test_misplaced_spaces_are_put_back_between_misspelt_words(matcher: Matcher, written: str, meant: str) -> None:
    read = read_question(written, matcher.index).read
    assert [word for word in read if word != "notre"] == meant.split()


def test_what_a_misspelt_word_may_be_otherwise_counts_too(matcher: Matcher) -> None:
    misspelt, _ = readings(matcher, "mrachéspublics")
    assert misspelt.likeliest == "marches"
    assert 0.1 < misspelt.candidates["marche"] < misspelt.candidates["marches"] < 1


@pytest.mark.parametrize("message", ["dex marché", "onx marché publc", "xde marché", "lehs marché"])
def test_a_misspelt_small_word_of_two_letters_brings_nothing(matcher: Matcher, message: str) -> None:
    assert set(read_question(message, matcher.index).read) <= {"marche", "public"}


def test_words_far_from_any_error_are_read_as_written(matcher: Matcher) -> None:
    first, *_ = readings(matcher, "manche large pour le travail envirronnement")
    assert first.candidates == {"manche": 1.0}


def test_figures_part_what_is_read_together(matcher: Matcher) -> None:
    assert [reading.likeliest for reading in readings(matcher, "marchse 58 agce")] == ["marches", "58", "agec"]


def test_a_message_of_nothing_but_errors_is_looked_up_within_bounds(
    matcher: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up = list[str]()
    for name in ("near", "near_part", "doubt"):
        found = getattr(Speller, name)

        def counted(speller: Speller, word: str, found: object = found) -> Candidates:
            looked_up.append(word)
            assert callable(found)
            return dict(found(speller, word))

        monkeypatch.setattr(Speller, name, counted)
    words = [f"environn{one}{other}emntpublci" for one in "abcdefghijkl" for other in "abcdefghijkl"]
    assert readings(matcher, " ".join(words))
    assert 0 < len(looked_up) <= MOST_LOOKUPS
