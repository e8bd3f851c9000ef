"""Who asks what answers them is told, and nothing that is asked of purchasing is taken for that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from knowledge.decision import Decision, Reason
from knowledge.presenting import asks_who_answers, is_small_talk, may_ask_who_answers

if TYPE_CHECKING:
    import datetime as dt

    from knowledge.files import Library
    from knowledge.matcher import Matcher

ASKED = [
    "tu es un robot ?", "Vous êtes un robot ou une vraie personne ?", "t ki toi", "qui êtes-vous ?",
    "bonjour, vous êtes qui ?", "c'est quoi Guichet ?", "c koi ce bot", "a quoi tu sers", "que sais-tu faire ?",
    "tu peux faire quoi", "je parle à qui ?", "est ce une IA ?", "comment fonctionne ce service ?", "who are you?",
    "are you a bot?", "what can you do",
]  # fmt: skip
NOT_ASKED = [
    "c'est quoi un robot tondeuse ?", "vous êtes un ESAT ou une EA ?", "que peut-on exiger ?",
    "qui peut adhérer au réseau ?",
    "c'est quoi le guichet vert ?", "a quoi sert un SPASER ?", "comment fonctionne le service de location de vélos ?",
    "est-ce un marché ?", "que sais-tu des labels ?", "qui répond de la sous-traitance ?", "",
]  # fmt: skip


@pytest.mark.parametrize("message", ASKED)
def test_asking_who_answers_is_told_from_a_question(matcher: Matcher, today: dt.date, message: str) -> None:
    assert asks_who_answers(message)
    judgement = matcher.judge(message, today=today)
    assert (judgement.decision, judgement.reason, judgement.scored) == (Decision.CLARIFY, Reason.WHO_ANSWERS, ())


@pytest.mark.parametrize("message", NOT_ASKED)
def test_a_question_that_looks_like_it_stays_one(message: str) -> None:
    assert not may_ask_who_answers(message)


@pytest.mark.parametrize("message", ["comment ça marche ?", "menu", "/start", "aide svp", "mode d'emploi"])
def test_said_first_a_few_words_ask_it_too(matcher: Matcher, today: dt.date, message: str) -> None:
    assert not asks_who_answers(message)
    assert matcher.judge(message, today=today).reason is Reason.WHO_ANSWERS


@pytest.mark.parametrize(
    "message", ["au revoir", "bonne journée à tous", "à bientôt !", "ok bye", "bonne soirée et à bientôt"]
)
def test_taking_leave_asks_nothing(matcher: Matcher, today: dt.date, message: str) -> None:
    judgement = matcher.judge(message, today=today)
    assert (judgement.decision, judgement.reason) == (Decision.REDIRECT, Reason.SMALL_TALK)


def test_no_phrase_of_the_library_is_small_talk(library: Library) -> None:
    phrases = [phrase for entry in library.entries for phrase in (entry.title, *entry.phrasings, *entry.synonyms)]
    assert [phrase for phrase in phrases if is_small_talk(phrase)] == []


@pytest.mark.parametrize("message", ["vous répondez en combien de temps ?", "quel est votre délai de réponse ?"])
def test_what_the_network_promises_is_its_business(matcher: Matcher, today: dt.date, message: str) -> None:
    judgement = matcher.judge(message, today=today)
    assert judgement.decision in {Decision.ANSWER, Decision.SUGGEST}
    assert judgement.scored[0].entry_id == "faq-delai-reponse"
