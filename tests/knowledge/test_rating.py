"""A rating said in words, once one was asked for: what only rates is one, and nothing else is."""

from __future__ import annotations

import pytest

from knowledge import replies


@pytest.mark.parametrize(
    ("message", "stars"),
    [
        ("3/5", 3),
        ("3 / 5", 3),
        ("4 étoiles", 4),
        ("4/5 étoiles", 4),
        ("1 etoile", 1),
        ("une étoile", 1),
        ("5", 5),
        ("5 !", 5),
        ("cinq", 5),
        ("un", 1),
        ("Cinq sur cinq", 5),
        ("4 sur 5.", 4),
        ("QUATRE ÉTOILES", 4),
        ("note : 4", 4),
        ("ma note est 4/5", 4),
        ("je mets 5, merci !", 5),
        ("merci, 5/5", 5),
        ("5/5 merci beaucoup", 5),
        ("four stars", 4),
        ("2 out of 5, thanks", 2),
        ("my rating: five", 5),
        ("I'd give 3", 3),
        ("⭐⭐⭐⭐", 4),
        ("★★★☆☆", 3),
    ],
)
def test_what_only_rates_gives_its_stars(message: str, stars: int) -> None:
    assert replies.rating(message) == stars


@pytest.mark.parametrize(
    "message",
    [
        "",
        "0",
        "6",
        "10",
        "15",
        "4,5/5",
        "4.5",
        "-3",
        "3/10",
        "5 sur 10",
        "3 lots",
        "5 jours",
        "un expert",
        "deux questions",
        "le 5",
        "le 3/5",
        "3/5/2027",
        "3/5 ?",
        "5 ?",
        "note",
        "étoiles",
        "trois offres reçues",
        "5/5 mais il manque le modèle de lettre",
        "non",
        "merci",
        "⭐⭐⭐⭐⭐⭐",
        "⭐ mais pas clair",
    ],
)
def test_what_says_anything_else_is_no_rating(message: str) -> None:
    assert replies.rating(message) is None


def test_a_long_message_is_no_rating_whatever_it_begins_with() -> None:
    assert replies.rating("5" + " " * 100_000 + "jours") is None


@pytest.mark.parametrize("message", ["5/5", "note 5", "4 étoiles", "⭐⭐⭐", "je mets 5, merci !", "cinq sur cinq"])
def test_what_plainly_rates_is_a_rating_wherever_it_is_said(message: str) -> None:
    assert replies.rates(message)
    assert replies.picks(message, (4, 5)) == ()


@pytest.mark.parametrize("message", ["5", "cinq !", "la 5", "merci, 5", "5/10", "note"])
def test_a_number_alone_is_none_where_no_rating_was_asked_for(message: str) -> None:
    assert not replies.rates(message)


@pytest.mark.parametrize("message", ["la 5/5", "4/5", "4 / 5"])
def test_a_fraction_picks_no_question_by_its_number(message: str) -> None:
    assert replies.picks(message, (4, 5)) == ()
