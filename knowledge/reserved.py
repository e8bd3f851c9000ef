"""Questions that always go to a human: a named case, a dispute, a calculation, a price, a supplier, a local fact.

The network never invents a price, a brand, a date or a fee, and a dispute or a named case is an expert's. The patterns
read folded text; their gaps are bounded, so that a search is linear in the text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from knowledge.decision import Reason
from knowledge.text import considered, fold

if TYPE_CHECKING:
    from collections.abc import Iterable

_NEAR, _FAR = r"[^.?!;]{0,30}", r"[^.?!;]{0,60}"
_OWN = r"(?:notre|nos|mon|ma|mes|l'|une?|la|les?|du|d'une?) ?"


def _any(words: str) -> str:
    """Return a pattern for any of the words; a plural mark is optional on each."""
    return r"\b(?:" + "|".join(words.split()) + r")s?\b"


_PARTY = _any(
    "titulaire attributaire prestataire presta fournisseur delegataire entreprise entrepreneur candidat societe "
    "architecte concessionnaire sous-traitant imprimeur traiteur esat",
)
_MISDEED = _any(
    "refuse reclame n'arrive abandonne facture affirme pretend exige nous.demande me.demande vient.d'[a-z]+ vient.de "
    "ne.repond n'a.pas.(?:livre|fourni|respecte|paye)",
)
_SELLER = _any(
    "marque fournisseur prestataire logiciel fabricant entreprise societe cabinet avocat maraicher producteur "
    "agriculteur artisan distributeur imprimeur",
)
_MACHINE = _any(
    "modele machine vehicule camion engin tondeuse balayeuse copieur lave-[a-z]+ lessiveuse logiciel marque",
)
_ADVISE = r"\b(?:conseill|recommand)[a-z]*"
_CHOOSE = _any("choisir prendre acheter contacter livrer fournir prendriez fiable serieux autour pres.d[eu']")
_MEETING = _any("reunion rencontre session seance formation assemblee webinaire journee atelier gt groupe")
_MONTH = r"(?:janv|fev|mars|avr|mai|juin|juil|aou|sept|oct|nov|dec)"
_WHICH = r"\bquel(?:le)?s? (?:(?:est|sont) )?(?:(?:la|le|les) )?(?:(?:meilleur|bon)[a-z]{0,3} )?"

_PATTERNS: tuple[tuple[Reason, tuple[str, ...]], ...] = (
    (
        Reason.DISPUTE,
        (
            _any("tribunal contentieux litige precontractuel faillite assignation"),
            r"\b(?:nous|m)(?: a| ont|'a|'ont)? ?(?:assign|attaqu)(?:e|es|ent)\b",
            r"\bjuge administratif\b|\bcour administrative\b|\bporter plainte\b|\bindemniser\b|\bdepot de bilan\b",
            r"\b(?:en|un|le|quels?|former|deposer?|engager|introduit|faire) (?:un )?recours\b(?! (?:a|aux?) )",
            r"\brecours (?:contre|gracieux|(?:du|d'un) (?:candidat|concurrent))\b",
            r"\bcandidats? (?:evince|non retenu|ecarte)s?\b" + _FAR + _any("indemnise conteste attaque menace reclame"),
            r"\bmemoire en reclamation\b|\bmise en demeure recue\b|\b(?:redressement|liquidation) judiciaire\b",
            _any("conteste attaque menace assigne") + _FAR + _any("marche procedure avocat attribution rejet"),
            r"\bannul(?:e|er|ation|ee)\b" + _NEAR + _any("procedure marche attribution consultation"),
            r"\bresili(?:er|ation)\b" + _FAR + _any("titulaire notre nos mon ce leur lui"),
            r"\b" + _OWN + _PARTY + _FAR + r"\bresili(?:er|ation)\b",
            r"\b" + _OWN + _PARTY + _FAR + _any("conteste attaque menace assigne poursuit"),
        ),
    ),
    (
        Reason.NAMED_CASE,
        (
            r"\bci-? ?joint[es]{0,2}\b|\b(?:en )?piece jointe\b|\ben pj\b|\b(?:dans|pour) (?:notre|mon) cas\b",
            r"\b(?:marche|lot|dossier|contrat|consultation|procedure) (?:n ?°|no|numero|num) ?\w",
            r"\bmarche\b" + _NEAR + r"\b20\d\d ?[-/_] ?\d{1,4}\b",
            (r"\b(?:reli|valid|corrig|relecture)[a-z]*\b" + _NEAR + r"\b(?:notre|nos|mon|mes|ma|l'article)\b" + _FAR
            + _any("ccap cctp dce rc clause article projet cahier contrat convention")),
            r"\b" + _OWN + _PARTY + _FAR + _MISDEED,
        ),
    ),
    (
        Reason.PRICE,
        (
            r"\bcombien\b" + _NEAR + r"\b(?:cout(?:e|ent|er|era|eront)|factur(?:e|er|ent))\b",
            (r"\b(?:quels?|c'est quoi|donn(?:ez|er)|connaitre|avoir|idee) (?:(?:est|sont) )?(?:(?:le|les|du|un|des) )?"
            r"(?:prix|tarifs?)\b(?! peut)"),
            r"\bprix (?:au|moyens?|constates?|indicatifs?|unitaires? d|courants?|d'une?|a la|par|de revient)\b",
            r"\b(?:le|la|les|au) (?:plus|moins) cher[es]{0,2}\b" + _NEAR + r"\b(?:pour|de|du|a)\b",
            r"\b(?:quel|un) budget\b" + _NEAR + _any("prevoir compter faut pour") + r"|\bbudget (?:a prevoir|moyen)\b",
            _any("tarif prix hausse augmentation facture") + _FAR + r"\b(?:justifie|normal|abusi|exagere)[a-z]*",
            r"\bcombien\b" + _NEAR + r"\b(?:rembours|rentabilis|economis)[a-z]*",
        ),
    ),
    (
        Reason.SUPPLIER,
        (
            _SELLER + _NEAR + _ADVISE,
            _ADVISE + _NEAR + r"\b(?:une?|des) " + _SELLER,
            _WHICH + _SELLER + _FAR + _CHOOSE,
            _WHICH + _SELLER + _FAR + _ADVISE,
            _WHICH + _MACHINE + _FAR + r"(?:" + _ADVISE + r"|\bchoisir\b|\bacheter\b|\bpour une?\b|\bla route\b)",
        ),
    ),
    (
        Reason.LOCAL_FACT,
        (
            _any("montant combien tarif prix") + _NEAR + _any("cotisation adhesion"),
            r"\bcotisation\b" + _NEAR + r"(?:\bcombien\b|\bmontant\b|\b20\d\d\b)",
            _any("date quand heure lieu ou") + _NEAR + r"\bprochaine?s?\b" + _NEAR + _MEETING,
            _any("intervenant animateur animatrice participant") + _FAR + r"\b(?:du|de la|au|le) (?:\d|1er|prochain)",
            r"\breste\b.{0,10}\bplaces?\b|\bplaces? (?:restantes?|disponibles?)\b",
            _MEETING + _NEAR + r"\b(?:du|le|de) (?:\d{1,2}|1er) " + _MONTH,
        ),
    ),
    (
        Reason.OWN_FIGURES,
        (
            (r"\bcalcul(?:er?|ez)?\b" + _NEAR
            + _any("revision actualisation indemnite penalite avance acompte retenue decompte")),
            r"\b(?:verifi|refai|control|fai)[a-z]{1,4}\b" + _NEAR + r"\b(?:mon|mes|nos|notre) calculs?\b",
        ),
    ),
)  # fmt: skip
_COMPILED = tuple((reason, tuple(map(re.compile, patterns))) for reason, patterns in _PATTERNS)
_NAMED_COMPANY = re.compile(
    r"\b(?:entreprise|soci[eé]t[eé]|cabinet|SARL|SAS|SA|EURL|SCOP|titulaire|fournisseur|prestataire)"
    r" (?:[A-ZÉÈ][a-zéèêîôûç'-]{2,}|[A-Z]{3,})\b"
)


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
