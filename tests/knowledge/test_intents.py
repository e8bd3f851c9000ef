from __future__ import annotations

import datetime as dt

import pytest

from knowledge.decision import Decision
from knowledge.files import Library
from knowledge.intents import (
    asks_help,
    asks_status,
    has_found,
    is_thanks,
    presses,
    questions_named,
    says_nothing,
    takes_back,
    wants_human,
    wants_human_too,
)
from knowledge.matcher import Matcher


@pytest.mark.parametrize(
    "message",
    [
        "merci",
        "Merci beaucoup !",
        "ok mrc bonne journée",
        "super merci c'est parfait",
        "thanks a lot",
        "Un grand merci",
        "mille mercis",
        "Merci, c'est exactement ce qu'il me fallait",
        "merci d'avance",
        "Merci par avance pour votre retour",
        "merci pour l'info, bon week-end",
        "merci d'avoir pris le temps",
        "Merci de m'avoir répondu",
        "merci à toute l'équipe, vous êtes au top",
        "merci pour votre réactivité",
        "many thanks in advance",
        "Merci Marc !",
        "Bonjour, merci beaucoup Jean-Pierre Durand",
        "merci d'avance,\nClaire",
        "merci beaucoup Marc Durand, bon week-end",
        "merci, Marc !",
        "Bonjour Marc, merci bien\nClaire Martin",
        "merci Mme Lefebvre",
        "merci quand même",
        "merci qd meme",
        "ok merci quand même, bonne journée",
        "merci malgré tout",
        "Merci Mme Petit",
        "Merci Marie Fontaine",
        "Merci Monsieur Boulanger, bonne journée",
        "Merci M. Durand",
        "merci beaucoup marc, bonne soirée",
        "merci marc",
        "merci chef",
        "ok merci je regarde ça",
        "merci, je transmets à mon élu",
        "Merci ! Cordialement, Jeanne Petit, service achats",
    ],
)
def test_thanks_alone_are_thanks(message: str) -> None:
    assert is_thanks(message)


@pytest.mark.parametrize(
    "message",
    [
        "merci de me dire si le bio est obligatoire",
        "bonjour",
        "",
        "merci, et pour les pneus ?",
        "thanks, what about tyres?",
        "merci de répondre avant lundi",
        "merci. Le fournisseur refuse",
        "merci, Ecocert ?",
        "merci pour le DUME",
        "Bonjour\nPhotocopieurs\nMerci d'avance",
        "Bonjour,\nRestauration Collective\nMerci d'avance",
        "Merci d'avance\nPhotocopieurs",
        "Merci, Annulez",
        "Merci Annulez",
        "merci, Rien Compris",
        "merci, Marchés Publics",
        "Merci Marc\nPhotocopieurs",
        "Merci Marc Photocopieurs",
        "Merci Marc, Ecocert",
        "Bonjour\nEcocert\nMerci d'avance",
        "merci, c'est pour quand ?",
        "merci c'est quand",
        "Merci Mme Petit\nPhotocopieurs",
        "Photocopieurs\nMerci\nCordialement, Jeanne Petit",
        "merci, cordialement, quel seuil pour les travaux ?",
        "merci de transmettre à l'élu le seuil",
    ],
)
def test_thanks_around_a_question_are_not_only_thanks(message: str) -> None:
    assert not is_thanks(message)


@pytest.mark.parametrize(
    "message",
    [
        "un expert", "parler à qqun", "un humain svp", "je veux qu'un expert me réponde", "un vrai humain",
        "est-ce que je peux parler à une vraie personne ?", "mettez-moi en relation avec un expert",
        "passez moi un conseiller ou un expert", "I want to talk to a human",
        "je veux un vrai conseiller", "rappelez-moi svp", "pas un robot svp",
        "bon bah je veux un expert", "j'ai besoin d'un expert", "un expert svp, c'est urgent",
        "je veux parler à un expert, j'ai besoin de la réponse demain matin",
    ],
)  # fmt: skip
def test_the_words_for_a_person_are_understood(message: str) -> None:
    assert wants_human(message)


@pytest.mark.parametrize(
    "message",
    [
        "Qui est l'expert juridique du réseau ?", "faut-il un expert pour analyser les offres ?",
        "une personne handicapée", "un expert amiante avant demain ?", "besoin d'un expert lundi pour la commission",
        "personne ne répond à notre appel d'offres", "merci",
    ],
)  # fmt: skip
def test_a_question_about_experts_is_a_question(message: str) -> None:
    assert not wants_human(message)


@pytest.mark.parametrize(
    ("message", "pressing"),
    [
        ("un expert svp", False), ("un expert svp, c'est urgent", True), ("parler à qqun avant lundi", True),
        ("je veux parler à un expert, j'ai besoin de la réponse demain matin", True),
    ],
)  # fmt: skip
def test_a_wish_for_a_person_that_says_by_when_is_known_from_a_bare_one(message: str, *, pressing: bool) -> None:
    assert wants_human(message)
    assert presses(message) is pressing


@pytest.mark.parametrize(
    "message",
    [
        "où en est ma question ?", "des nouvelles ?", "tjrs pas de reponse", "toujours pas de réponse à ma question ?",
        "J'attends toujours une réponse", "quand aurai-je une réponse ?", "status of my question?", "any news?",
        "où en est ma question 12 ?", "du nouveau pour la 30 ?", "où en est la n°12 ?", "des nouvelles de la 12 svp",
        "toujours pas de réponse à la question n° 12", "où en sont les questions 12 et 13 ?", "statut de la n° 4",
        "any news for question 12?", "c'est quand que vous repondez", "c'est quand que j'ai une reponse",
        "quand est-ce que vous répondez ?", "ou ca en est", "alors ça en est où ma question", "où en est-on ?",
        "ou en est ma kestion", "ou en est ma kestion sur le recours svp", "où en est ma question sur les pneus ?",
        "toujours pas de réponse à ma question concernant les vêtements de travail",
        "du nouveau sur ma question sur l'amiante ?",
        "ma question avance ?", "est-ce que ma question avance", "ça avance ?",
    ],
)  # fmt: skip
def test_asking_after_a_question_is_understood(message: str) -> None:
    assert asks_status(message)


@pytest.mark.parametrize(
    "message",
    [
        "où en est ma demande de subvention", "en combien de temps répondez-vous ?",
        "quelles nouvelles obligations en 2026 ?",
        "toujours pas de réponse du titulaire, que faire ?", "où en est la loi AGEC ?", "où en est le lot 3 ?",
        "du nouveau sur l'article 12 ?", "quelles nouvelles obligations pour les 30 000 € ?",
        "des nouvelles des 2 roues",
        "où en est la question sur les pneus posée par un candidat ?", "quand répondre aux candidats ?",
        "où en est ma question sur les pneus, et quel label exiger ?", "quand est-ce que le titulaire répond",
        "ma question sur les pneus", "où on en est des seuils", "le chantier avance ?",
        "c'est quand qu'il faut une avance",
        "ma question concerne une avance", "ma demande d'avance",
        "toujours rien pour le marché n° 12 ?", "j'attends une réponse depuis 12 mois du titulaire",
    ],
)  # fmt: skip
def test_a_question_with_the_same_words_is_a_question(message: str) -> None:
    assert not asks_status(message)


@pytest.mark.parametrize(
    "message",
    [
        "je retire ma question", "annulez ma demande svp", "c'est bon j'ai trouvé, laissez tomber", "Annulez !",
        "bonjour, vous pouvez annuler ma demande ?", "j'ai trouvé la réponse, plus besoin merci",
        "je n'ai plus besoin d'aide", "ma question est sans objet", "laisse tomber", "finalement on laisse tomber",
        "supprimez ma question s'il vous plaît", "oubliez ma demande", "annulation de ma demande",
        "je me suis trompée, annulez cette question", "plus la peine de répondre, c'est réglé",
        "cancel my question please", "never mind, I found the answer",
        "je retire ma question n° 8", "retirez la n° 34", "annulez la question 6", "retirer 13", "retirez la nº34 svp",
        "annulez la 12 et la 13", "je retire les questions 8, 9 et 10", "annuler #8", "annulez la #8",
        "je retire le numéro 8",
        "laissez tomber la 12, j'ai trouvé", "ma question 12 est sans objet", "cancel question 12 please",
        "vous pouvez annuler la n° 3 ?",
        "annulez tout", "annulez tout ça svp", "finalement c'est bon j'ai trouvé, annulez tout", "c'est bon annulez",
        "laissez tomber j'ai eu ma réponse", "oubliez ça", "stop, annulez", "j'annule tout", "annulez les deux",
        "je retire mes questions", "annulez toutes mes demandes", "cancel everything please",
        "retirer", "Retirez svp", "je retire", "annuler", "withdraw",
    ],
)  # fmt: skip
def test_taking_a_question_back_is_understood(message: str) -> None:
    assert takes_back(message)


@pytest.mark.parametrize(
    "message",
    [
        "comment annuler un marché ?", "le candidat retire son offre", "peut-on annuler la consultation ?",
        "je retire ma question sur les pneus, mais quid des vélos ?", "n'annulez pas ma demande", "ne retirez rien",
        "vous oubliez ma question", "vous avez oublié ma question", "vous me laissez tomber",
        "ma question est-elle annulée ?", "comment retirer ma question ?", "j'ai pas besoin de retirer ma question",
        "je ne veux plus annuler ma demande", "c'est bon j'ai trouvé", "pas besoin", "la demande de subvention", "",
        "fermer un marché", "merci", "supprimer", "fermer", "retirer ?", "retirer une offre", "ne pas retirer",
        "annulez le lot 3", "retirer 40 000 € du marché", "retirer 40 000 €", "retirer 12 %", "retirer 3 candidats",
        "annuler la procédure n° 2026-034", "je retire 12,5", "annulez le marché n° 3", "ne retirez pas la n° 3",
        "retirer la clause 4", "annuler la 2ème consultation", "fermer 3 lots", "comment retirer la question 3 ?",
        "annulez tout le marché", "annulez tout sauf la 3", "faut-il tout annuler ?", "n'annulez pas tout",
        "la consultation est annulée", "vous annulez ma demande",
        "annulez l'article 12", "supprimer la 2 roues", "je retire ma question 8 sur les pneus, et les vélos ?",
    ],
)  # fmt: skip
def test_words_that_keep_a_question_or_ask_another_take_nothing_back(message: str) -> None:
    assert not takes_back(message)


@pytest.mark.parametrize(
    "message",
    [
        "c'est bon j'ai trouvé", "j'ai trouvé merci", "c'est réglé", "problème résolu, merci", "j'ai eu ma réponse",
        "on a trouvé la solution entre temps", "j'ai eu la réponse par un collègue", "I found the answer",
    ],
)  # fmt: skip
def test_that_no_answer_is_needed_any_more_is_understood(message: str) -> None:
    assert has_found(message)


@pytest.mark.parametrize(
    "message",
    [
        "j'ai trouvé un fournisseur", "j'ai pas trouvé", "je n'ai rien trouvé", "j'ai trouvé une autre question",
        "c'est réglé comment ?", "le litige est réglé", "le fournisseur a trouvé", "merci", "",
        "on a trouvé une erreur dans l'offre", "on a trouvé une erreur", "j'ai trouvé votre réponse",
        "j'ai trouvé un doublon", "nous avons trouvé un problème",
    ],
)  # fmt: skip
def test_what_was_found_beside_an_answer_is_heard_as_said(message: str) -> None:
    assert not has_found(message)


def test_no_phrasing_of_the_library_is_swallowed(library: Library) -> None:
    for entry in library.entries:
        for phrasing in (entry.title, *entry.phrasings):
            assert not is_thanks(phrasing), phrasing
            assert not wants_human(phrasing), phrasing
            assert not asks_status(phrasing), phrasing
            assert not takes_back(phrasing), phrasing
            assert not has_found(phrasing), phrasing
            assert not says_nothing(phrasing), phrasing


@pytest.mark.parametrize(
    "message",
    [
        "bonjour", "Bonjour, j'ai une question", "slt", "j'aurais besoin d'aide", "une question svp", "?", "...", "👋",
        "🙂🙂", "Bonsoir, vous êtes là ?", "help", "I have a question", "can you help me?", "good morning", "hi there",
        "coucou tout le monde", "allo ?", "je peux poser une question ?", "info svp", "ok", "test",
        "Madame, Monsieur,",
        "urgent !!!", "rebonjour", "une petite question rapide", "j'ai un souci",
        "Bonjour à tous, je suis nouvelle ici",
    ],
)  # fmt: skip
def test_what_asks_nothing_yet_is_asked_to_be_said(matcher: Matcher, today: dt.date, message: str) -> None:
    assert matcher.judge(message, today=today).decision is Decision.CLARIFY


@pytest.mark.parametrize(
    ("message", "entry"),
    [
        ("Salut l'équipe ! c koi un SPASER svp, merci d'avance", "sigle-spaser"),
        ("Bonjour, le prix peut-il être le seul critère ?", "faq-prix-seul"),
        ("Hello, can price be the only criterion?", "faq-prix-seul"),
        (
            (
                "De : Claire <claire@mairie.test>\nObjet : critère prix\n\nBonjour,\n\nLe prix peut-il rester le seul "
                "critère ?\n\nCordialement,\n\nClaire Martin\nResponsable des achats, restauration\n12 rue du Bois"
            ),
            "faq-prix-seul",
        ),
        ("Notre commune prépare ses marchés. " * 90 + "Le prix peut-il rester le seul critère ?", "faq-prix-seul"),
    ],
)
def test_a_question_is_found_behind_greetings_signatures_and_stories(
    matcher: Matcher, today: dt.date, message: str, entry: str
) -> None:
    judgement = matcher.judge(message, today=today)
    assert judgement.decision in (Decision.ANSWER, Decision.SUGGEST)
    assert entry in [scored.entry_id for scored in judgement.scored[:3]]


@pytest.mark.parametrize("message", ["t'es nul", "bot de merde", "ta gueule", "c'est n'importe quoi votre truc"])
def test_insults_disturb_no_expert(matcher: Matcher, today: dt.date, message: str) -> None:
    assert matcher.judge(message, today=today).decision is Decision.REDIRECT


def test_a_message_longer_than_what_is_read_says_something() -> None:
    assert not says_nothing("Le titulaire refuse les pénalités prévues au contrat. " * 100)


@pytest.mark.parametrize(
    ("message", "numbers"),
    [
        ("je retire ma question n° 8", (8,)), ("retirez la n°34", (34,)), ("retirer 13", (13,)),
        ("annulez la 12 et la n° 13", (12, 13)), ("je retire les questions 8, 9 et 10", (8, 9, 10)),
        ("du nouveau pour la 30 ?", (30,)), ("statut 12", (12,)), ("je retire ma question", ()),
        ("annulez le lot 3", ()), ("la question 12 du règlement est-elle légale ?", ()),
    ],
)  # fmt: skip
def test_a_question_is_named_by_its_number(message: str, numbers: tuple[int, ...]) -> None:
    assert questions_named(message) == numbers


@pytest.mark.parametrize(
    ("message", "wished"),
    [
        ("nettoyage à 30 000 €, je veux un expert", True),
        ("c possible d'avoir un expert pr le marché de la cantine ?", True),
        ("je veux parler à un expert sur les clauses sociales", True),
        ("je veux un expert, quelle procédure ?", True),
        ("je voudrais un conseiller ou un expert", True),
        ("je souhaite un expert judiciaire pour le chantier", False),
        ("Je voudrais un expert-comptable pour la régie, quelle procédure ?", False),
        ("Je voudrais un expert-conseil pour la halle, quelle procédure ?", False),
        ("je veux un expert forestier pour nos bois, quelle procédure ?", False),
        ("je souhaite un conseiller numérique pour la mairie, quel contrat ?", False),
        ("je voudrais un conseiller municipal dans le jury, est-ce permis ?", False),
        ("peut-on imposer un expert dans le jury ?", False),
    ],
)
def test_a_wish_for_a_human_beside_a_question_is_understood(message: str, *, wished: bool) -> None:
    assert wants_human_too(message) is wished


@pytest.mark.parametrize(
    ("message", "called"),
    [
        ("aide", True), ("Aide svp !", True), ("à l'aide", True), ("aidez-moi", True), ("help", True),
        ("besoin daide cantine", False), ("aide à la rédaction", False), ("les aides", False), ("", False),
    ],
)  # fmt: skip
def test_a_call_for_help_is_known_from_a_subject(message: str, *, called: bool) -> None:
    assert asks_help(message) is called
