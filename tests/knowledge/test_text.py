from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import text
from knowledge.text import Language


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("40 k€", ["40000"]),
        ("40k", ["40000"]),
        ("40 000 €", ["40000", "euro"]),
        ("quarante mille euros", ["40000", "euro"]),
        ("cent vingt mille", ["120000"]),
        ("1,8 M€", ["1800000"]),
        ("55 millions", ["55000000"]),
        ("50 %", ["50%"]),
        ("cinquante pour cent", ["50%"]),
        ("deux-roues", ["2", "roues"]),
        ("un ascenseur neuf", ["un", "ascenseur", "neuf"]),
        ("vingt-neuf lots, neuf cents euros", ["29", "lots", "900", "euro"]),
        ("art. L. 2111-3", ["art", "l2111-3"]),
        ("L2152-7", ["l2152-7"]),
        ("R 2152 - 7", ["r2152-7"]),
        ("L2111.3", ["l2111-3"]),
        ("le C.C.T.P. et un S.P.A.S.E.R", ["le", "cctp", "et", "un", "spaser"]),
        ("L’allotissement", ["allotissement"]),
        ("l'égalité", ["egalite"]),
        ("c koi un SPASER", ["quoi", "un", "spaser"]),
        ("quel label dmder", ["quel", "label", "demander"]),
        ("qu'est-ce que l’œuvre", ["oeuvre"]),
        ("gré à gré", ["greagre", "marche", "sans", "publicite"]),
        ("mp via ao", ["marche", "public", "via", "appel", "offres"]),
        ("svp merci bonjour", []),
        ("ouiiiiii", ["ouii"]),
    ],
)
def test_what_a_chat_does_to_words_is_undone(written: str, meant: list[str]) -> None:
    assert text.words(written) == meant


def test_inflected_words_share_their_stem() -> None:
    for family in (("allotir", "allotis"), ("exigence", "exigences"), ("obligatoire", "obligatoires")):
        assert len({text.stem(word) for word in family}) == 1


def test_a_word_is_no_acronym_that_its_stem_looks_like() -> None:
    for word, acronym in (("repas", "rep"), ("acier", "aci"), ("aciers", "aci"), ("pâtes", "pat")):
        assert text.stem(text.fold(word)) != text.stem(acronym)


def test_no_words_folded_at_once_are_none() -> None:
    assert text.fold_all([]) == []


def test_a_long_message_is_read_at_both_ends() -> None:
    found = text.words("debut " + "x " * 50_000 + "fin")
    assert found[0] == "debut"
    assert len(found) <= text.MOST_WORDS
    assert text.considered("debut" + "x" * 50_000 + "fin").endswith("fin")


def test_the_language_of_a_library_is_told_by_its_function_words() -> None:
    assert text.language_of(["How do I delete my account?", "What is the price of it"]) is Language.ENGLISH
    assert text.language_of(["Comment supprimer le compte ?"]) is Language.FRENCH
    assert text.language_of([""]) is Language.FRENCH


@given(st.text(max_size=500))
def test_any_text_gives_folded_words(message: str) -> None:
    for word in text.words(message):
        assert word
        assert not word.isspace()
        assert len(word) <= text.LONGEST_WORD
