"""What is written just after the library answered: a complaint, more of the question, or something else altogether."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from helpdesk.conversation import Move, read
from helpdesk.known import Known
from helpdesk.model import WITH_EXPERTS, State
from helpdesk.notices import NoticeKind as K
from tests.helpdesk.known import KNOWN, NOW
from tests.helpdesk.network import Network, account, kinds, only
from tests.helpdesk.plain import (
    ANSWERED,
    CLOSE,
    CLOSE_SHORTLY,
    NOT_UNDERSTOOD,
    OFF_TOPIC,
    OFF_TOPIC_SHORTLY,
    UNCLEAR,
)

if TYPE_CHECKING:
    from knowledge.matcher import Matcher

ANSWERED_BY_LIBRARY = replace(KNOWN, state=State.answered, by_library=True, entries=frozenset({"faq-prix-seul"}))
AFTER_THE_LIBRARY = (
    ANSWERED_BY_LIBRARY,
    replace(ANSWERED_BY_LIBRARY, state=State.closed),
    replace(ANSWERED_BY_LIBRARY, state=State.suggested, by_library=False, suggestions=3),
)
SUGGESTED = AFTER_THE_LIBRARY[-1]
BY_AN_EXPERT = replace(ANSWERED_BY_LIBRARY, by_library=False)
WITH_AN_EXPERT = replace(BY_AN_EXPERT, state=State.assigned)
TURNED_AWAY = replace(KNOWN, nothing=True)
NAMING_THE_ANSWER = (
    "c'est n'importe quoi votre réponse",
    "votre réponse ne répond pas du tout à ma question, je voulais savoir si on a le droit",
    "vous ne répondez pas à ce que je demande, c'est pour une école",
    "ça ne répond pas à ma question, je parle d'une extension",
    "vous m'avez pas compris, je cherche un modèle de délibération pas une définition",
)


def _move(matcher: Matcher, message: str, known: Known) -> Move:
    return read(message, matcher.judge(message, today=NOW.date()), [known], NOW).move


@pytest.mark.parametrize("known", AFTER_THE_LIBRARY)
@pytest.mark.parametrize(
    "message",
    [
        "comment faire un passeport", "horaires de la piscine", "météo demain", "acte de naissance svp",
        "capitale de l'Australie", "tarif de la garderie", "un bon restaurant à Lyon",
        "papier recyclé exigences", "barquettes plastique cantine", "acheter du mobilier d'occasion",
        "marché réservé esat", "produits d'entretien école",
    ],
)  # fmt: skip
def test_something_else_is_heard_for_itself(matcher: Matcher, message: str, known: Known) -> None:
    assert _move(matcher, message, known) is Move.ask


@pytest.mark.parametrize("known", AFTER_THE_LIBRARY)
@pytest.mark.parametrize(
    "message",
    [
        "ce n'est pas ça", "non ça ne répond pas", "pas clair", "trop vague", "c'est faux", "je n'ai pas compris",
        "ce n'est pas ce que je demandais", "je ne suis pas d'accord", "à côté de la plaque", "rien à voir",
        "votre réponse est trop générale", "merci mais pas clair", "merci, pas utile", "expliquez mieux",
        "mon cas est différent", "je reste sur ma faim", "ce n'est plus à jour", "hein ??", "bof",
        "et pour les moins de 40 000 ?", "pour une école", "moins de 40 000", "mais pour un MAPA ?",
        "pour 45 000 euros", "sauf pour les travaux", "c'est pour une crèche",
    ],
)  # fmt: skip
def test_a_complaint_and_what_leans_on_the_question_are_of_the_question(
    matcher: Matcher, message: str, known: Known
) -> None:
    assert _move(matcher, message, known) in {Move.complete, Move.reopen, Move.human}


@pytest.mark.parametrize(
    "message",
    [
        "hors sujet", "c'est de la merde",
        "pas clair", "vous répondez à côté", "c pas sa", "non en fait c'est pas ça", "nan c pas ça", "trop vague",
        "je n'ai pas compris", "aucune de ces fiches ne correspond à mon cas", "rien à voir avec ma question", "bof",
    ],
)  # fmt: skip
@pytest.mark.parametrize("replied", [None, SUGGESTED.ticket_id])
def test_a_complaint_of_suggestions_goes_to_the_expert(matcher: Matcher, message: str, replied: int | None) -> None:
    judgement = matcher.judge(message, today=NOW.date())
    assert read(message, judgement, [SUGGESTED], NOW, replied).move in {Move.reopen, Move.human}


@pytest.mark.parametrize("known", [*AFTER_THE_LIBRARY, BY_AN_EXPERT, TURNED_AWAY])
@pytest.mark.parametrize("message", NAMING_THE_ANSWER)
def test_a_complaint_that_names_the_answer_goes_to_the_expert_whatever_the_library_finds_in_it(
    matcher: Matcher, message: str, known: Known
) -> None:
    assert _move(matcher, message, known) is Move.reopen


@pytest.mark.parametrize("known", [WITH_AN_EXPERT, replace(WITH_AN_EXPERT, state=State.joined)])
@pytest.mark.parametrize("message", NAMING_THE_ANSWER)
def test_a_complaint_joins_the_question_that_is_already_with_an_expert(
    matcher: Matcher, message: str, known: Known
) -> None:
    assert _move(matcher, message, known) is Move.follow


@pytest.mark.parametrize(
    "message",
    [
        "Le titulaire ne répond pas à nos relances, que faire ?",
        "La réponse d'un candidat est incomplète, puis-je lui demander de la compléter ?",
        "Le fournisseur nous livre n'importe quoi, quels recours ?",
        "je voulais savoir si on a le droit d'acheter des vélos reconditionnés",
        "mon fils n'a pas eu de place en crèche",
    ],
)  # fmt: skip
@pytest.mark.parametrize("known", [*AFTER_THE_LIBRARY, BY_AN_EXPERT, WITH_AN_EXPERT])
def test_a_question_that_blames_somebody_else_is_its_own(matcher: Matcher, message: str, known: Known) -> None:
    assert _move(matcher, message, known) is Move.ask


@pytest.mark.parametrize("message", ["non, en travaux", "mais pour un MAPA ?", "c'est pour une crèche"])
def test_more_words_after_suggestions_are_read_with_the_question(matcher: Matcher, message: str) -> None:
    assert _move(matcher, message, SUGGESTED) is Move.complete


@pytest.mark.parametrize("message", ["le problème est revenu", "toujours bloqué", "le lot 2 aussi", "délai trop court"])
def test_a_few_words_after_an_experts_answer_reach_the_expert_however_strange(matcher: Matcher, message: str) -> None:
    assert _move(matcher, message, BY_AN_EXPERT) is Move.reopen


@pytest.mark.parametrize(
    "message",
    [
        "je ne comprends pas, c'est quoi le registre ?", "pas clair, quel seuil pour un MAPA ?",
        "pas sûr que ça s'applique aux vêtements de travail",
        "vous ne répondez pas à ma question sur le papier recyclé",
    ],
)  # fmt: skip
def test_a_complaint_of_an_experts_answer_is_never_the_librarys(matcher: Matcher, message: str) -> None:
    assert _move(matcher, message, BY_AN_EXPERT) is Move.reopen


@pytest.mark.parametrize(
    "message",
    [
        "c'est quoi le registre des dépôts ?", "Quel papier recyclé acheter ?", "faut-il un devis ou pas ?",
        "on peu demandé un label precis", "un score ecovadis comme critère, bonne idée ou pas",
        "c'est quoi un MAPA ?", "Les entreprises ne savent pas ce qu'est un SPASER, c'est quoi ?",
    ],
)  # fmt: skip
def test_another_question_after_an_experts_answer_is_its_own(matcher: Matcher, message: str) -> None:
    assert _move(matcher, message, BY_AN_EXPERT) is Move.ask


def test_the_expert_hears_that_their_answer_is_not_understood(network: Network) -> None:
    ticket = network.assigned()
    network.experts.answer(network.key(), account("marc"), ticket, "Un avenant a suffi.")
    network.deliver()
    assert network.says("claire", NOT_UNDERSTOOD) == ticket
    told = network.deliver()
    assert K.answer_found not in kinds(told)
    assert only(told, K.acknowledged, "claire").data["reason"] == "reopened"
    assert only(told, K.assigned, "marc").data["messages"][-1]["text"] == NOT_UNDERSTOOD


def test_an_off_topic_message_after_an_answer_is_turned_away_and_the_answer_stands(network: Network) -> None:
    answered = network.asks("claire", ANSWERED)
    network.deliver()
    strange = network.says("claire", OFF_TOPIC_SHORTLY)
    assert strange not in {answered, None}
    assert kinds(network.deliver()) == [K.redirected]
    assert network.state(answered) is State.answered
    assert network.says("claire", "un expert svp") == strange
    assert only(network.deliver(), K.acknowledged).data["reason"] == "insisted"


def test_an_off_topic_message_after_suggestions_leaves_them_to_be_chosen(network: Network) -> None:
    suggested = network.asks("claire", CLOSE)
    network.deliver()
    assert network.says("claire", OFF_TOPIC_SHORTLY) not in {suggested, None}
    assert kinds(network.deliver()) == [K.redirected]
    assert network.state(suggested) is State.suggested
    assert network.ticket(suggested).question == CLOSE


def test_a_few_words_that_come_near_other_entries_are_another_question(network: Network) -> None:
    answered = network.asks("claire", ANSWERED)
    network.deliver()
    other = network.says("claire", CLOSE_SHORTLY)
    assert other not in {answered, None}
    assert kinds(network.deliver()) == [K.suggestions]
    assert network.state(answered) is State.answered


@pytest.mark.parametrize("question", [ANSWERED, CLOSE])
def test_an_answer_that_is_not_clear_goes_to_an_expert_however_strange_the_words(
    network: Network, question: str
) -> None:
    ticket = network.asks("claire", question)
    network.deliver()
    assert network.says("claire", UNCLEAR) == ticket
    told = network.deliver()
    assert K.redirected not in kinds(told)
    assert only(told, K.acknowledged, "claire").ticket == ticket


def test_the_words_of_a_complaint_of_suggestions_are_read_by_the_expert_and_change_no_question(
    network: Network,
) -> None:
    ticket = network.asks("claire", CLOSE)
    network.deliver()
    assert network.says("claire", UNCLEAR) == ticket
    told = network.deliver()
    assert K.suggestions not in kinds(told)
    assert [message["text"] for message in only(told, K.assigned).data["messages"]][-1] == UNCLEAR
    assert network.ticket(ticket).question == CLOSE


@pytest.mark.parametrize("said", ["c pas sa", "non en fait c'est pas ça"])
def test_a_plain_denial_of_suggestions_brings_the_question_to_the_expert(network: Network, said: str) -> None:
    ticket = network.asks("claire", CLOSE)
    network.deliver()
    assert network.says("claire", said) == ticket
    assert K.acknowledged in kinds(network.deliver(), "claire")
    assert (network.state(ticket), network.ticket(ticket).question) == (State.assigned, CLOSE)


@pytest.mark.parametrize("asked", [ANSWERED, CLOSE, OFF_TOPIC])
def test_the_words_of_a_complaint_that_names_the_answer_are_read_by_the_expert(network: Network, asked: str) -> None:
    ticket = network.asks("claire", asked)
    network.deliver()
    assert network.says("claire", NAMING_THE_ANSWER[1]) == ticket
    assert kinds(network.deliver(), "claire") == [K.acknowledged]
    assert network.state(ticket) in WITH_EXPERTS
    assert network.desk.ticket(account("nadia"), ticket).messages[-1].body == NAMING_THE_ANSWER[1]


@pytest.mark.parametrize("asked", [ANSWERED, CLOSE, OFF_TOPIC])
def test_by_when_an_expert_is_wished_for_is_read_by_who_gets_the_question(network: Network, asked: str) -> None:
    ticket = network.asks("claire", asked)
    network.deliver()
    said = "je veux parler à un expert, j'ai besoin de la réponse demain matin"
    assert network.says("claire", said) == ticket
    assert kinds(network.deliver(), "claire") == [K.acknowledged]
    assert network.desk.ticket(account("nadia"), ticket).messages[-1].body == said


def test_a_wish_for_an_expert_that_says_by_when_is_heard_by_who_has_the_question(network: Network) -> None:
    ticket = network.assigned()
    network.deliver()
    said = "bon bah je veux un expert, j'ai besoin de la réponse demain matin"
    assert network.says("claire", said) == ticket
    assert only(network.deliver(), K.member_replied, "marc").data["text"] == said
    assert network.says("claire", "bon bah je veux un expert") is None
    assert kinds(network.deliver()) == [K.status]


@pytest.mark.parametrize("said", ["ok", "ok parfait", "d'accord", "bien reçu", "👍"])
def test_suggestions_that_are_only_acknowledged_stay_as_they_are(network: Network, said: str) -> None:
    ticket = network.asks("claire", CLOSE)
    network.deliver()
    assert network.says("claire", said) is None
    assert kinds(network.deliver()) == [K.thanks]
    assert (network.state(ticket), network.ticket(ticket).question) == (State.suggested, CLOSE)
    assert network.says("claire", "la 2") == ticket
    assert kinds(network.deliver()) == [K.answer_found]


@pytest.mark.parametrize("said", ["bonne journée", "bravo", "mdr", "bon week-end", "c'est gentil", "😂"])
def test_small_talk_after_an_answer_disturbs_nobody(network: Network, said: str) -> None:
    ticket = network.asks("claire", ANSWERED)
    network.deliver()
    assert network.says("claire", said) is None
    assert kinds(network.deliver()) == [K.thanks]
    assert network.state(ticket) is State.answered
