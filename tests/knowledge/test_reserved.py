from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from knowledge.decision import Decision, Reason
from knowledge.files import Library
from knowledge.matcher import Matcher
from knowledge.reserved import reasons, taken_on

_ROWS = [json.loads(line) for line in (Path(__file__).parent / "reserved.jsonl").read_text("utf-8").splitlines()]
RESERVED = [(row["text"], Reason(row["reason"])) for row in _ROWS if row["reason"]]
FREE = [row["text"] for row in _ROWS if not row["reason"]]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("Le candidat évincé attaque l'attribution de notre marché", Reason.DISPUTE),
        ("Comment répondre au référé précontractuel ?", Reason.DISPUTE),
        ("Peut-on résilier avec notre titulaire ?", Reason.DISPUTE),
        ("notre presta de nettoyage conteste la pénalité", Reason.DISPUTE),
        ("je veux faire une réclamation sur une réponse reçue", Reason.DISPUTE),
        ("le titulaire nous a adressé une réclamation de 12 pages", Reason.DISPUTE),
        ("L'entreprise Martin nous facture deux fois la livraison", Reason.NAMED_CASE),
        ("Pouvez-vous relire notre projet de CCAP ?", Reason.NAMED_CASE),
        ("voir le rapport ci-joint", Reason.NAMED_CASE),
        ("Combien coûte un broyeur de végétaux ?", Reason.PRICE),
        ("quel est le prix du papier recyclé", Reason.PRICE),
        ("Cette augmentation de tarif est-elle justifiée ?", Reason.PRICE),
        ("Vous avez une marque de peinture à recommander ?", Reason.SUPPLIER),
        ("Quel fournisseur choisir pour nos vélos ?", Reason.SUPPLIER),
        ("Quelle balayeuse électrique acheter ?", Reason.SUPPLIER),
        ("quelle marque de papier recyclé ?", Reason.SUPPLIER),
        ("kelles marques d'eponges svp", Reason.SUPPLIER),
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
        "coût global ou prix d'achat ?", "quelles marques de certification demander ?",
        "Quelle marque de peinture peut-on citer dans le CCTP ?", "Comment éviter les réclamations des candidats ?",
        "faire une réclamation à la SNCF pour un train en retard",
        "Le titulaire doit-il tenir un registre des réclamations ?",

    ],
)  # fmt: skip
def test_what_the_library_is_for_is_not_reserved(message: str) -> None:
    assert reasons(message) == ()


def test_few_phrasings_of_the_library_look_reserved(library: Library) -> None:
    phrasings = [phrasing for entry in library.entries for phrasing in entry.phrasings]
    assert sum(bool(reasons(phrasing)) for phrasing in phrasings) <= len(phrasings) * 0.02


def test_an_entry_takes_on_what_its_own_phrasings_raise() -> None:
    raised = taken_on(("Combien coûte l'adhésion ?", "Qui peut adhérer ?"))
    assert raised[Reason.PRICE] == ("Combien coûte l'adhésion ?",)
    assert Reason.SUPPLIER not in raised


# The set was written in four rounds, the patterns being widened after each: on a round that they had not seen they
# recognised 42 to 48 % of what is reserved, with four false alarms in 110. What follows holds what was won.
@pytest.mark.parametrize("reason", sorted({reason for _, reason in RESERVED}))
def test_most_ways_to_say_what_is_reserved_are_recognised(reason: Reason) -> None:
    own = [text for text, told in RESERVED if told is reason]
    assert len(own) > 30
    missed = [text for text in own if not reasons(text)]
    assert len(missed) <= len(own) * 0.1, missed


def test_questions_that_only_look_reserved_are_left_to_the_library() -> None:
    taken = [text for text in FREE if reasons(text)]
    assert len(taken) <= len(FREE) * 0.01, taken


def test_misspelt_words_hide_no_reason() -> None:
    assert reasons("notre titulère ne livre plus") == ()
    assert reasons("notre titulère ne livre plus", {"titulere": "titulaire"}) == (Reason.NAMED_CASE,)


def test_what_is_reserved_is_hardly_ever_answered_or_turned_away(matcher: Matcher, today: dt.date) -> None:
    decided = [matcher.judge(text, today=today).decision for text, _ in RESERVED]
    assert decided.count(Decision.ANSWER) <= len(decided) * 0.02
    assert decided.count(Decision.REDIRECT) <= len(decided) * 0.03
    assert decided.count(Decision.EXPERTS) >= len(decided) * 0.85
