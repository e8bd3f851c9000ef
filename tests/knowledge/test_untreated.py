"""What is asked of a subject that its entry does not treat: the entry is suggested, never answered."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from knowledge.decision import Decision, Reason
from knowledge.entry import Entry, Theme
from knowledge.files import Library
from knowledge.index import Index
from knowledge.matcher import Matcher
from knowledge.question import read_question
from knowledge.text import Language
from knowledge.untreated import asks_for_it

BUSES = "Le quota vaut pour les achats et les locations.\n\n## Limites\n"


def bus_entry(library: Library, limits: str) -> Entry:
    """Return an entry about the quotas of buses with those limits."""
    return replace(library.entries[0], id="bus", title="Quota d'autobus propres", phrasings=(), body=BUSES + limits)


def asks(library: Library, limits: str, question: str, language: Language = Language.FRENCH) -> bool:
    """Tell whether a question asks for what an entry with these limits does not treat."""
    entry = bus_entry(library, limits)
    index = Index((entry, *library.entries[1:]), language)
    return asks_for_it(read_question(question, index), entry, index)


@pytest.mark.parametrize(
    "limits",
    [
        "Cette fiche ne donne ni le palier de 2035, ni la liste des carburants.",
        "Le palier de 2035 n'est pas donné ici : demandez à un expert.",
        "Les carburants ne sont pas détaillés ici. Le palier de 2035 ne figure pas ici.",
        "Aucun palier de 2035 n'est fixé ici.",
        "Pour le palier de 2035, interrogez un expert mobilité.",
        "Cette fiche n'indique pas le palier de 2035.",
        "La fiche n'aborde pas le palier de 2035.",
        "Elle ne parle pas du palier de 2035.",
    ],
)
def test_an_entry_tells_what_it_does_not_treat_in_its_authors_ways(library: Library, limits: str) -> None:
    assert asks(library, limits, "c'est quoi le palier 2035 pour les bus propres")
    assert not asks(library, limits, "quel est le quota d'autobus propres pour nos achats ?")


@pytest.mark.parametrize(
    "limits",
    [
        "Le palier de 2035 s'applique aussi aux régies.",
        "Pour le palier de 2035, appliquez le décret.",
        "Ne confondez pas le palier de 2035 avec l'objectif national.",
        "La fiche ne donne pas la liste des carburants. Le palier de 2035 sera de moitié.",
        "Le palier de 2035 n'est donné que par le décret : un bus sur deux.",
        "Elle ne donne que le palier de 2035.",
        "Si l'exploitant n'a pas indiqué le palier de 2035, demandez-le lui.",
        "",
    ],
)
def test_what_an_entry_says_in_any_other_way_it_treats(library: Library, limits: str) -> None:
    assert not asks(library, limits, "c'est quoi le palier 2035 pour les bus propres")


def test_what_an_entry_says_elsewhere_too_is_treated(library: Library) -> None:
    limits = "La fiche ne détaille pas les locations."
    assert not asks(library, limits, "le quota vaut-il pour les locations de bus ?")
    assert not asks(library, "La fiche ne détaille pas le quota d'autobus.", "quel est le quota d'autobus ?")


def test_words_that_an_entry_only_says_apart_may_be_what_it_does_not_treat(library: Library) -> None:
    limits = "La fiche ne fixe pas le quota des locations."
    assert asks(library, limits, "quel quota pour des locations d'autobus ?")
    assert not asks(library, limits, "quel quota pour des achats d'autobus ?")


def test_only_the_limits_tell_what_is_not_treated(library: Library) -> None:
    limits = "À vérifier chaque année.\n\n## Comment faire\nLe palier de 2035 n'est pas donné ici."
    assert not asks(library, limits, "c'est quoi le palier 2035 pour les bus propres")


def test_a_word_in_passing_is_not_what_is_asked(library: Library) -> None:
    limits = "Cette fiche ne donne pas les pénalités encourues par un exploitant défaillant."
    assert not asks(library, limits, "notre exploitant doit-il acheter des autobus propres ?")


@pytest.mark.parametrize(
    "limits", ["The page does not give the 2035 milestone.", "The 2035 milestone is not covered here."]
)
def test_an_english_entry_tells_it_too(library: Library, limits: str) -> None:
    assert asks(library, limits, "what is the 2035 milestone for clean buses?", Language.ENGLISH)


@pytest.mark.parametrize(
    "question",
    [
        "Quelle durée prévoir dans le plan de formation des acheteurs ?",  # the entry: « ne fixe ni durée… »
        "Quel produit d'entretien pour le ménage en régie dans un marché de nettoyage ?",
        "Quel délai de paiement pour un marché de nettoyage des locaux ?",  # the lawyers', and it says nothing of it
        "Faut-il prévoir une retenue de garantie pour des luminaires LED d'éclairage public ?",
    ],
)
def test_a_question_that_its_entry_does_not_treat_is_suggested_it(
    matcher: Matcher, today: dt.date, question: str
) -> None:
    judgement = matcher.judge(question, today=today)
    assert (judgement.decision, judgement.reason) == (Decision.SUGGEST, Reason.NOT_TREATED)


@pytest.mark.parametrize(
    "question",
    ["Quels luminaires LED choisir pour l'éclairage public ?", "quelle clause pour un marché de nettoyage ?"],
)
def test_the_same_subjects_are_answered_on_what_their_entries_treat(
    matcher: Matcher, today: dt.date, question: str
) -> None:
    assert matcher.judge(question, today=today).decision is Decision.ANSWER


def test_no_entry_is_kept_from_answering_its_own_phrasings(matcher: Matcher, today: dt.date) -> None:
    phrases = [phrase for entry in matcher.entries[::4] for phrase in (entry.title, *entry.phrasings)]
    assert [said for said in phrases if matcher.judge(said, today=today).reason is Reason.NOT_TREATED] == []


def test_what_the_entrys_own_theme_claims_keeps_nobody_from_it(library: Library, today: dt.date) -> None:
    lawyers = next(theme for theme in library.themes if theme.id == "juridique")
    question = "Quel délai de paiement pour un marché de nettoyage des locaux ?"

    def reason(*themes: Theme) -> Reason:
        return Matcher(library.entries, themes).judge(question, today=today).reason

    cleaners = Theme("entretien", {"fr": "Entretien"}, about=("délai de paiement",))
    assert reason(lawyers) is Reason.NOT_TREATED
    assert reason(lawyers, cleaners) is Reason.CONFIDENT
