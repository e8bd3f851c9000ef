"""Questions that always go to a human: a named case, a dispute, a calculation, a price, a supplier, a local fact.

The network never invents a price, a brand, a date or a fee, and a dispute or a named case is an expert's
(``docs/matching.md``, "What always goes to a human"). The patterns read folded text and use bounded repetition only.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from knowledge.decision import Reason
from knowledge.text import considered, fold

if TYPE_CHECKING:
    from collections.abc import Iterable

_GAP = r"[^.?!;]{0,60}"
_PARTY = r"(?:titulaire|attributaire|prestataire|presta|fournisseur|delegataire|entreprise|entrepreneur|candidat|societe|architecte|concessionnaire|sous-traitant|imprimeur|traiteur|maitre d'oeuvre|bureau d'etudes?|esat)s?"
_OWN = r"(?:notre|nos|mon|ma|mes|l'|un|une|le|la|les|du|d'un|d'une)"

_PATTERNS: tuple[tuple[Reason, tuple[str, ...]], ...] = (
    (
        Reason.DISPUTE,
        (
            r"\btribunal\b|\bjuge administratif\b|\bcour administrative\b|\bprecontractuel\b|\bcontentieux\b|\blitiges?\b",
            r"\b(?:en|un|le|quels?|former|depose|deposer|engager|introduit|faire) (?:un )?recours\b(?! (?:a|aux?) )",
            r"\brecours (?:contre|gracieux|du candidat|d'un candidat|d'un concurrent)\b",
            r"\bcandidats? (?:evince|non retenu|ecarte)s?\b.{0,40}\b(?:indemnis|conteste|attaque|demande|menace|reclame)",
            r"\bmemoire en reclamation\b|\bmise en demeure\b.{0,30}\brecue?\b|\bporter plainte\b|\bindemniser\b",
            r"\b(?:conteste|attaque|menace|assigne)\b" + _GAP + r"\b(?:marche|procedure|avocat|attribution|rejet|penalites?)\b",
            r"\bannul(?:e|er|ation|ee)\b.{0,20}\b(?:procedure|marche|attribution|consultation)\b",
            r"\b(?:redressement|liquidation) judiciaire\b|\bfaillite\b|\bdepot de bilan\b",
            r"\bresili(?:er|ation)\b" + _GAP + r"\b(?:titulaire|notre|nos|mon|ce|leur|lui)\b",
            r"\b" + _OWN + r" ?" + _PARTY + r"\b" + _GAP + r"\bresili(?:er|ation)\b",
        ),
    ),
    (
        Reason.NAMED_CASE,
        (
            r"\bci-? ?joints?e?s?\b|\ben piece jointe\b|\ben pj\b|\bpiece jointe\b",
            r"\b(?:marche|lot|dossier|contrat|consultation|procedure) (?:n ?°|no|numero|num) ?\w",
            r"\bmarche\b.{0,30}\b20\d\d ?[-/_] ?\d{1,4}\b",
            r"\b(?:relire|relisez|relecture|valider|validez|corriger|corrigez)\b.{0,40}\b(?:notre|nos|mon|mes|ma|l'article)\b.{0,40}\b(?:ccap|cctp|dce|rc|clause|article|projet|cahier|contrat|convention)\b",
            r"\b" + _OWN + r" ?" + _PARTY + r"\b" + _GAP + r"\b(?:refuse|reclame|n'arrive|ne repond|abandonne|nous facture|facture|vient d|m'affirme|affirme|pretend|me demande|exige|n'a pas (?:livre|fourni|respecte|paye))",
            r"\b(?:dans|pour) notre cas\b|\bdans mon cas\b",
        ),
    ),
    (
        Reason.PRICE,
        (
            r"\bcombien\b.{0,25}\b(?:coute|coutent|couter|couteront|coutera|facturer?|facturent)\b",
            r"\b(?:quel|quels|quelle|c'est quoi|donnez|donner|connaitre|avoir|une idee|idee) (?:est |sont )?(?:le |les |du |un |des )?(?:prix|tarifs?)\b(?! peut)",
            r"\bprix (?:au|du|moyens?|constates?|indicatifs?|unitaires?|courants?|du marche|d'un|d'une|a la|par|de revient)\b(?!.{0,20}\bcritere)",
            r"\b(?:le|la|les|au) (?:plus|moins) (?:cheres?|chers?)\b.{0,30}\b(?:pour|de|du|a)\b.{0,60}\?",
            r"\b(?:quel|un) budget\b.{0,20}\b(?:prevoir|compter|faut|pour)\b|\bbudget (?:a prevoir|moyen)\b",
            r"\b(?:tarif|prix|hausse|augmentation|facture)\b" + _GAP + r"\b(?:justifiee?s?|normale?s?|abusi(?:f|ve)s?|exageree?s?)\b",
            r"\bcombien\b.{0,20}\b(?:rembourse|rentabilis|economis)\w*",
        ),
    ),
    (
        Reason.SUPPLIER,
        (
            r"\b(?:marques?|fournisseurs?|prestataires?|logiciels?|fabricants?|cabinets?|avocats?|bureaux? d'etudes?)\b.{0,30}\b(?:conseill|recommand|suggere|propose[rz])\w*",
            r"\b(?:conseill|recommand)\w*\b.{0,30}\b(?:une marque|un fournisseur|un prestataire|un logiciel|un cabinet|un modele de|une entreprise|un avocat|un bureau)\b",
            r"\bquel(?:le)?s? (?:est |sont )?(?:la |le |les )?(?:meilleure?s? |bonne? )?(?:marques?|fournisseurs?|prestataires?|logiciels?|fabricants?|entreprises?|societes?|cabinets?|maraichers?|producteurs?|agriculteurs?|artisans?|distributeurs?|imprimeurs?)\b" + _GAP + r"\b(?:choisir|prendre|acheter|contacter|livrer|fournir|prendriez|conseill\w*|recommand\w*|fiables?|serieuse?s?|autour|pres d|dans le (?:secteur|departement|coin))",
            r"\bquel(?:le)?s? (?:modeles?|machines?|vehicules?|camions?|engins?|tondeuses?|balayeuses?|copieurs?|lave-\w+|lessiveuses?)\b" + _GAP + r"\b(?:choisir|acheter|prendre|pour une?|conseill\w*|recommand\w*|tien\w+ la route|fiables?)\b",
        ),
    ),
    (
        Reason.LOCAL_FACT,
        (
            r"\b(?:montant|combien|tarif|prix)\b.{0,30}\b(?:cotisation|adhesion)\b|\bcotisation\b.{0,30}\b(?:combien|montant|20\d\d)\b",
            r"\b(?:date|quand|heure|lieu|ou)\b.{0,30}\bprochaine?s?\b.{0,20}\b(?:reunion|rencontre|session|seance|formation|assemblee|webinaire|journee|atelier|gt|groupe)\b",
            r"\b(?:intervenant|animateur|animatrice|participants?)\b" + _GAP + r"\b(?:du|de la|au|le) (?:\d{1,2}|1er|prochaine?)\b",
            r"\b(?:reste|encore|disponible).{0,10}\bplaces?\b|\bplaces? (?:restantes?|disponibles?)\b",
            r"\b(?:reunion|rencontre|session|gt|groupe de travail|formation|webinaire)\b.{0,30}\b(?:du|le|de) (?:\d{1,2}|1er) (?:janv|fev|mars|avr|mai|juin|juil|aou|sept|oct|nov|dec)",
        ),
    ),
    (
        Reason.OWN_FIGURES,
        (
            r"\b(?:calculer?|calculez|calcul)\b.{0,30}\b(?:revision|actualisation|indemnites?|penalites?|avance|acompte|retenue|decompte)\b",
            r"\b(?:verifie[rz]?|refaire|controle[rz]?|faire|faites)\b.{0,20}\b(?:mon|mes|nos|notre) calculs?\b",
            r"\bdans notre cas\b.{0,80}\d",
        ),
    ),
)  # fmt: skip
_COMPILED = tuple((reason, tuple(map(re.compile, patterns))) for reason, patterns in _PATTERNS)
_NAMED_COMPANY = re.compile(
    r"\b(?:entreprise|société|societe|soci[eé]t[eé]|cabinet|SARL|SAS|SA|EURL|SCOP|titulaire|fournisseur|prestataire)"
    r" (?:[A-ZÉÈ][a-zéèêîôûç'-]{2,}|[A-Z]{3,})\b"
)


@lru_cache(maxsize=50_000)
def reasons(message: str) -> tuple[Reason, ...]:
    """Return every reason for which a message belongs to a human, in the order of the table."""
    folded = fold(message)
    found = [reason for reason, patterns in _COMPILED if any(pattern.search(folded) for pattern in patterns)]
    if Reason.NAMED_CASE not in found and _NAMED_COMPANY.search(considered(message)):
        found.append(Reason.NAMED_CASE)
    return tuple(found)


def reasons_taken_on(texts: Iterable[str]) -> frozenset[Reason]:
    """Return the reasons that an entry's own title and phrasings raise: the library answers those itself."""
    return frozenset(reason for text in texts for reason in reasons(text))
