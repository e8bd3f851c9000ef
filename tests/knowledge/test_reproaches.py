"""What names Guichet's answer and says that it does not do, and what uses the same words of something else."""

from __future__ import annotations

import pytest

from knowledge.files import Library
from knowledge.lexicon import background
from knowledge.reproaches import reproaches


@pytest.mark.parametrize(
    "message",
    [
        "c'est n'importe quoi votre réponse",
        "votre réponse ne répond pas du tout à ma question, je voulais savoir si on a le droit",
        "vous ne répondez pas à ce que je demande, c'est pour une école",
        "ça ne répond pas à ma question, je parle d'une extension",
        "vous m'avez pas compris, je cherche un modèle de délibération pas une définition",
        "bah non ca repond pas a ma question jvoulais juste savoir si cest obligatoire",
        "Je pense que vous avez mal lu ma question : il s'agit d'un avenant, pas d'un nouveau marché",
        "Votre fiche est trop générale, nous sommes un hôpital et nos contraintes sont différentes",
        "Ça ne correspond pas à notre situation car nous passons par une centrale d'achat",
        "Je ne suis pas satisfait de cette réponse, pourriez-vous la faire relire par quelqu'un",
        "Rien à voir avec ma question qui portait sur les vêtements et non sur les chaussures",
        "c'est bien beau mais ça ne me dit pas quoi faire concrètement",
        "la réponse est fausse, le seuil a changé en 2025",
        "mauvaise réponse, je parle de mobilier d'occasion pas neuf",
        "That does not answer my question, I was asking about second-hand laptops",
        "vs avez pas repondu a ma kestion",
        "Vous me parlez de travaux alors que j'achète des fournitures scolaires",
        "vous répondez à une autre question que la mienne",
        "Je reste sur ma faim, il manque la partie sur la sous-traitance",
        "c pas la reponse a ma question",
        "Votre réponse concerne les marchés formalisés, or le nôtre est un MAPA.",
        "Je crois qu'il y a une erreur dans ce que vous m'avez envoyé",
        "la question c'était pas combien ça coûte mais qui décide",
        "Merci pour votre réponse mais elle ne correspond pas à notre situation : nous sommes un syndicat mixte",
        "sa repond pa a ma kestion",
        "Hello, thank you but that's not what I asked",
    ],
)
def test_a_complaint_that_names_the_answer_is_known_whatever_else_it_says(message: str) -> None:
    assert reproaches(message)


@pytest.mark.parametrize(
    "message",
    [
        "Cette réponse est incomplète, peut-on la régulariser ?",
        "ces propositions ne sont pas signées, sont-elles recevables ?",
        "cet outil n'est pas conforme au RGPD, peut-on résilier le marché ?",
        "Un fournisseur nous démarche. Cette proposition est trop chère, peut-on négocier en MAPA ?",
        "Je parle d'un marché de travaux, faut-il allotir ?",
        "Notre fournisseur tarde, elle ne répond pas à notre demande de devis, on fait quoi ?",
        "Le titulaire ne répond pas à nos relances, que faire ?",
        "La réponse d'un candidat est incomplète, puis-je lui demander de la compléter ?",
        "La réponse n'est pas signée, est-elle recevable ?",
        "Réponse incomplète, peut-on régulariser ?",
        "La fiche produit du fournisseur est fausse, peut-on le sanctionner ?",
        "La réponse du contrôle de légalité n'est pas claire, doit-on retirer la délibération ?",
        "notre question aux candidats n'était pas claire, doit-on relancer la consultation ?",
        "Le fournisseur nous livre n'importe quoi, quels recours ?",
        "je ne comprends pas la différence entre une clause et un critère social",
        "je voulais savoir si on a le droit d'acheter des vélos reconditionnés",
        "merci pour votre réponse, je n'ai pas trouvé le seuil des travaux",
        "votre réponse vaut-elle aussi pour un EPIC ?",
        "j'ai bien reçu votre réponse et je n'ai plus de question",
        "pas de souci votre réponse est parfaite",
        "votre réponse n'est pas mal du tout",
        "pouvez-vous me dire si le bio est obligatoire ou pas",
        "si vous me dites oui je lance le marché",
        "peux-tu écrire un poème pour le départ de ma collègue ?",
        "vous indiquez quoi dans vos CCTP ?",
        "je ne sais pas ce que vous proposez comme formations",
        "votre fiche est très utile",
        "je cherche votre fiche sur la location de copieurs",
        "ce n'est pas clair pour les candidats",
        "pas clair",
        "",
        "Le titulaire a livré avec trois semaines de retard. " * 5 + "Votre réponse ne me dit pas si je peux résilier.",
    ],
)
def test_what_blames_something_else_or_nothing_is_no_complaint_of_the_answer(message: str) -> None:
    assert not reproaches(message)


def test_neither_the_librarys_phrasings_nor_what_people_ask_to_anybody_complain(library: Library) -> None:
    phrasings = [phrasing for entry in library.entries for phrasing in (entry.title, *entry.phrasings)]
    assert [phrasing for phrasing in (*phrasings, *background()) if reproaches(phrasing)] == []
