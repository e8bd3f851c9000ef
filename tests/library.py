"""A library of a few short entries, built in code, so that the core's tests depend on no shipped text."""

from __future__ import annotations

import datetime as dt

from knowledge.entry import Confidence, Entry, Kind, Source, Theme, Verification
from knowledge.files import Library
from knowledge.matcher import Matcher

_REVIEW = dt.date(2030, 1, 1)
_VERIFIED = dt.date(2026, 1, 15)

THEMES = (
    Theme("juridique", {"fr": "Juridique", "en": "Legal"}),
    Theme("environnement", {"fr": "Environnement", "en": "Environment"}),
    Theme("alimentation", {"fr": "Alimentation", "en": "Food"}, covers=("environnement",)),
    Theme("reseau", {"fr": "Vie du réseau", "en": "Network life"}),
)


def _entry(  # the handful of fields in which the entries differ
    entry_id: str,
    theme: str,
    title: str,
    phrasings: tuple[str, ...],
    body: str,
    *,
    synonyms: tuple[str, ...] = (),
    doubtful: bool = False,
) -> Entry:
    return Entry(
        id=entry_id,
        kind=Kind.FAQ,
        theme=theme,
        title=title,
        phrasings=phrasings,
        synonyms=synonyms,
        sources=(Source("Code de la commande publique"),),
        confidence=Confidence.TO_CHECK if doubtful else Confidence.SURE,
        verification=Verification.PUBLIC_SOURCE,
        to_check="Le seuil à jour." if doubtful else None,
        verified=None if doubtful else _VERIFIED,
        review=_REVIEW,
        body=body,
    )


ENTRIES = (
    _entry(
        "faq-prix-seul",
        "juridique",
        "Le prix peut-il rester le seul critère d'attribution ?",
        ("Puis-je juger les offres uniquement sur le prix ?", "critere prix unique encore possible"),
        "Non : au moins un critère porte sur l'environnement.\n\n## La règle\n\nDepuis le 21 août 2026.",
        synonyms=("moins-disant", "prix unique"),
    ),
    _entry(
        "faq-exiger-label",
        "juridique",
        "Peut-on exiger un label dans un marché ?",
        ("Ai-je le droit d'imposer un écolabel ?", "demander un label au fournisseur"),
        "Oui, si tous ses critères sont liés à l'objet du marché et si un label équivalent est accepté.",
        synonyms=("écolabel", "certification"),
    ),
    _entry(
        "faq-achat-local",
        "alimentation",
        "Peut-on réserver un marché aux producteurs locaux ?",
        ("Comment acheter local pour la cantine ?", "favoriser les producteurs du coin"),
        "Non, mais l'allotissement et la saisonnalité aident les producteurs voisins à répondre.",
        synonyms=("circuit court", "proximité"),
    ),
    _entry(
        "metho-repas-vegetariens",
        "alimentation",
        "Comment prévoir des repas végétariens à la cantine ?",
        ("Combien de menus végétariens par semaine à l'école ?", "menu sans viande obligation"),
        "Au moins un menu végétarien par semaine dans les cantines scolaires.",
        synonyms=("végétarien", "sans viande"),
        doubtful=True,
    ),
    _entry(
        "definition-acv",
        "environnement",
        "Qu'est-ce que l'analyse du cycle de vie ?",
        ("C'est quoi une ACV ?", "mesurer les impacts d'un produit de la fabrication à la fin de vie"),
        "C'est une mesure des impacts d'un produit, de ses matières premières à sa fin de vie.",
        synonyms=("ACV", "cycle de vie"),
    ),
    _entry(
        "guide-papier-recycle",
        "environnement",
        "Quel papier recyclé acheter ?",
        ("Je cherche du papier recyclé pour nos imprimantes", "ramettes papier recyclé exigences"),
        "Un papier composé entièrement de fibres recyclées, certifié par un écolabel ou son équivalent.",
        synonyms=("ramettes", "papier bureau"),
    ),
    _entry(
        "guide-produits-entretien",
        "environnement",
        "Quels produits d'entretien choisir pour une école ?",
        ("Produits ménagers sans danger pour les enfants", "nettoyage école produits écologiques"),
        "Des produits écolabellisés, dosés, et moins nombreux.",
        synonyms=("ménage", "nettoyage"),
    ),
    _entry(
        "faq-adherer",
        "reseau",
        "Comment adhérer au réseau ?",
        ("Notre commune veut rejoindre le réseau", "devenir membre adhésion comment faire"),
        "Votre assemblée délibère, puis désigne un élu et un technicien référents.",
        synonyms=("adhésion", "rejoindre"),
    ),
)

LIBRARY = Library(THEMES, ENTRIES)


def with_entry(matcher: Matcher, entry: Entry) -> Matcher:
    """Return a matcher that holds an entry too, in place of any entry with its id."""
    return matcher.over([*(other for other in matcher.entries if other.id != entry.id), entry], matcher.themes)
