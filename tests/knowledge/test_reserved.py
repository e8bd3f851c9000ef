from __future__ import annotations

import pytest

from knowledge.decision import Reason
from knowledge.files import Library
from knowledge.reserved import reasons, reasons_taken_on


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("Le candidat évincé attaque l'attribution de notre marché", Reason.DISPUTE),
        ("Comment répondre au référé précontractuel ?", Reason.DISPUTE),
        ("Peut-on résilier avec notre titulaire ?", Reason.DISPUTE),
        ("notre presta de nettoyage conteste la pénalité", Reason.DISPUTE),
        ("L'entreprise Martin nous facture deux fois la livraison", Reason.NAMED_CASE),
        ("Pouvez-vous relire notre projet de CCAP ?", Reason.NAMED_CASE),
        ("voir le rapport ci-joint", Reason.NAMED_CASE),
        ("Combien coûte un broyeur de végétaux ?", Reason.PRICE),
        ("quel est le prix du papier recyclé", Reason.PRICE),
        ("Cette augmentation de tarif est-elle justifiée ?", Reason.PRICE),
        ("Vous avez une marque de peinture à recommander ?", Reason.SUPPLIER),
        ("Quel fournisseur choisir pour nos vélos ?", Reason.SUPPLIER),
        ("Quelle balayeuse électrique acheter ?", Reason.SUPPLIER),
        ("Quelle est la date de la prochaine réunion ?", Reason.LOCAL_FACT),
        ("montant de la cotisation pour une région", Reason.LOCAL_FACT),
        ("Calculez la révision des prix de mon lot 2", Reason.OWN_FIGURES),
    ],
)
def test_what_belongs_to_a_human_is_recognised(message: str, reason: Reason) -> None:
    assert reason in reasons(message)


@pytest.mark.parametrize(
    "message",
    [
        "Le prix peut-il rester le seul critère ?", "Peut-on avoir recours à une variante ?", "Quel label choisir ?",
        "Comment calculer les heures d'insertion ?", "Quel modèle de clause utiliser ?",
        "coût global ou prix d'achat ?",
    ],
)  # fmt: skip
def test_what_the_library_is_for_is_not_reserved(message: str) -> None:
    assert reasons(message) == ()


def test_few_phrasings_of_the_library_look_reserved(library: Library) -> None:
    phrasings = [phrasing for entry in library.entries for phrasing in entry.phrasings]
    assert sum(bool(reasons(phrasing)) for phrasing in phrasings) <= len(phrasings) * 0.02


def test_an_entry_takes_on_what_its_own_phrasings_raise() -> None:
    assert reasons_taken_on(["Combien coûte l'adhésion ?"]) >= {Reason.PRICE}
    assert reasons_taken_on(["Qui peut adhérer ?"]) == frozenset()
