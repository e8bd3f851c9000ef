"""Messages that only name a subject, ask what a term means, or tell what is bought: what they are about."""

from __future__ import annotations

import re

from knowledge import lexicon
from knowledge.intents import EMPTY, LONGEST, OF_NOTHING, bare_words, spelt_words

_MOST_NAMED = 2  # words of a subject that is named without any question about it
_ANNOUNCING = frozenset(
    "question questions aide aider aidez renseignement renseignements info infos information informations".split()
)
# What asks for the meaning of the other words: "ça veut dire quoi, REP ?".
_MEANING = re.compile(
    r"\b(?:veu(?:t|lent) dire|signifi\w+|definition|kes(?:ako|ke)|sigle|acronyme|abreviation|meaning of|stands? for)\b"
    r"|\b(?:c|cest|c est) (?:quoi|koi)\b|\bqu est ce (?:que|qu)\b|\bce que c est\b|\bentend\w* par\b"
    r"|\bdesign(?:e|ent) quoi\b|\bque design(?:e|ent)\b|\ba quoi (?:\w+ )?(?:correspond|ser[tv])\w*"
    r"|\b(?:correspond|ser[tv])\w* a quoi\b|\bexpliquez\b|\bexplique moi\b|\b(?:m|nous) explique[rz]?\b"
    r"|\bwhat (?:is|are|does)\b"
)
_DEFINING = frozenset(
    """veut veulent dire signifie signifient signification designe designent definition definir entend entendez entendre
    sigle acronyme abreviation terme mot notion kesako keske quoi on tu m qqn qqun sait qu que qui quel quelle quelles
    correspond correspondent sert servent explique expliquer expliquez connais sais comprends sens exactement exact
    precisement concretement simplement juste vu lu entendu parle parler mean means meaning what does stand
    stands""".split()
)
_LINKING = frozenset("a au aux d de des du en et l la le les of the and".split())
_MOST_DEFINED = 4  # words of a name whose meaning is asked
# What is said of any purchase: "on renouvelle notre marché de cantine, des conseils ?".
_OF_ANY_PURCHASE = frozenset(
    """acheter achetez commander commande commandes renouveler renouvelons renouveller lancer preparer passer marche ao
    bpu rc clause clauses critere criteres label labels obligation obligations regle regles reglementation loi lois
    article articles texte textes exigence exigences exiger idee idees exemple exemples fiche fiches retours
    experience verdir durable durables responsable responsables ecolo ecolos ecologique ecologiques environnement
    environnemental environnementale environnementaux environnementales vert verte verts commencer choisir regarder
    penser existe devis bonne bonnes pratique pratiques piste pistes""".split()
)
# What tells what happened in one.
_OF_A_TENDER = frozenset(
    """recu recue recus recues offre offres candidat candidats candidature candidatures fournisseur fournisseurs
    titulaire prestataire relancer relance livre livree livres livrees retard""".split()
)


def subject_named(message: str) -> tuple[str, ...]:
    """Return the words of a subject that is named and no more: "besoin d'aide pour la cantine"; none otherwise."""
    found = spelt_words(message)
    if len(found) > LONGEST:
        return ()
    named = tuple(word for word in found if word not in EMPTY)
    return named if len(named) <= _MOST_NAMED and OF_NOTHING.isdisjoint(named) else ()


def term_asked(message: str) -> tuple[str, ...]:
    """Return the words of a term whose meaning is asked, and no more: "REP, ça désigne quoi ?"; none otherwise."""
    found = spelt_words(message)
    told = [place for place, word in enumerate(found) if word not in EMPTY | _DEFINING]
    if not 0 < len(told) <= _MOST_DEFINED or len(found) > LONGEST or not _MEANING.search(" ".join(bare_words(message))):
        return ()
    term = found[told[0] : told[-1] + 1]
    linked = all(word in _LINKING for place, word in enumerate(term, told[0]) if place not in told)
    return tuple(term) if linked else ()


def subject_bought(message: str) -> tuple[str, ...]:
    """Return the words of a subject beside which only what is said of any purchase is: "quel label pour la tonte ?"."""
    found = spelt_words(message)
    said = lexicon.small_words() | lexicon.asking_words() | lexicon.case_words() | lexicon.stop_words()
    named = [word for word in found if word not in EMPTY | _DEFINING | _OF_ANY_PURCHASE | said]
    few = len(named) <= _MOST_NAMED and len(found) <= LONGEST
    return tuple(named) if few and (OF_NOTHING | _OF_A_TENDER).isdisjoint(found) else ()


def announces(message: str) -> bool:
    """Tell whether the message announces a question and names its subject: "une question sur la cantine"."""
    return bool(subject_named(message)) and not _ANNOUNCING.isdisjoint(spelt_words(message))
