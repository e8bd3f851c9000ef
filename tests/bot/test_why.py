"""Why the library decided so, in words that anybody reads."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from bot.render.why import sentences
from bot.words import Words
from knowledge.explanation import in_short

if TYPE_CHECKING:
    from knowledge.matcher import Matcher

TODAY = dt.date(2026, 11, 24)


def _told(matcher: Matcher, question: str) -> list[str]:
    why = in_short(matcher.explain(question, today=TODAY))
    return [] if why is None else sentences(why, Words())


def test_an_answer_is_told_by_its_words_and_its_chances(matcher: Matcher) -> None:
    first, last = _told(matcher, "c koi un SPASER")
    assert first == "La fiche la plus proche, « SPASER », parle de « SPASER »."
    assert last.startswith("Chances qu'elle réponde : 9")
    assert "C'est assez pour répondre" in last


def test_what_was_read_otherwise_and_what_the_entry_lacks_are_told(matcher: Matcher) -> None:
    told = " ".join(_told(matcher, "Une fusée peut-elle livrer la cantinne en barquettes ?"))
    assert "« cantinne » comme « cantine »" in told
    assert "Elle ne dit rien de" in told


def test_what_was_set_apart_from_the_question_is_told(matcher: Matcher) -> None:
    asked = "Quelle différence entre insertion et handicap ?"
    told = _told(matcher, f"Bonjour, je suis acheteuse dans une commune de 8 000 habitants, je débute. {asked}")
    assert told[0].startswith("Ce que le message dit de la personne ou de son dossier a été mis à part.")
    assert told[0].endswith(f"{asked} »."), told[0]
    assert not any("mis à part" in sentence for sentence in _told(matcher, asked))


def test_what_is_kept_for_a_human_is_not_told_by_chances(matcher: Matcher) -> None:
    told = _told(matcher, "Notre fournisseur attaque le rejet de son offre au tribunal, que faire ?")
    assert told
    assert not any("Chances" in sentence for sentence in told)


def test_a_greeting_has_nothing_to_explain(matcher: Matcher) -> None:
    assert _told(matcher, "bonjour j'ai une question") == []


def test_an_off_topic_message_is_told_by_what_it_is_not_by_an_entry(matcher: Matcher) -> None:
    told = " ".join(_told(matcher, "qui va gagner la coupe du monde de rugby ?"))
    assert "fiche" not in told
    assert "Chances qu'elle ne concerne pas le réseau : 99 %." in told
    assert "Si le membre insiste, un expert la reçoit." in told


def test_words_are_quoted_as_people_write_them_and_small_ones_left_out(matcher: Matcher) -> None:
    told = " ".join(_told(matcher, "vous êtes plus exigeants pr un achat gré à gré de 40 k€ d'ordinateurs"))
    assert "« achat », « marché », « publicité » et « 40 000 »" in told
    assert "« schéma »" in " ".join(_told(matcher, "faut il un schema de promotion des achats"))
    for small in ("etes", "êtes", "plus", "sans", "greagre"):
        assert f"« {small} »" not in told


def test_a_year_is_quoted_whole_and_a_large_number_in_groups(matcher: Matcher) -> None:
    told = " ".join(_told(matcher, "le palier 2030 pour les véhicules d'une commune de 40 000 habitants"))
    assert "« 2030 »" in told
    assert re.search(r"« 40\s000 »", told)


def test_what_the_entry_says_in_other_words_is_not_missing(matcher: Matcher) -> None:
    told = " ".join(_told(matcher, "can we require a label for school furniture?"))
    assert "« school »" in told
    assert "ne dit rien de « require »." in told
