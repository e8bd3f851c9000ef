"""Messages that only name a subject, and those that say more."""

from __future__ import annotations

import pytest

from knowledge.subjects import subject_bought, term_asked


@pytest.mark.parametrize(
    "message",
    [
        "je sais pas quel critère", "le CCTP ne correspond pas", "je connais pas les critères",
        "comment définir le besoin ?", "qui désigne la commission d'appel d'offres ?", "quoi demander aux candidats ?",
        "le produit livré correspond pas", "les chaises livrées correspondent pas", "le candidat explique son prix",
    ],
)  # fmt: skip
def test_what_tells_a_case_asks_the_meaning_of_nothing(message: str) -> None:
    assert term_asked(message) == ()


@pytest.mark.parametrize(
    "message",
    [
        "on a reçu aucune offre pour les repas", "le candidat a une bonne offre de papier",
        "nous avons relancé le fournisseur de papier", "on a reçu l'offre de papier en retard", "une seule offre reçue",
        "les chaises sont livrées en retard",
    ],
)  # fmt: skip
def test_what_tells_a_case_names_no_subject_to_buy(message: str) -> None:
    assert subject_bought(message) == ()
