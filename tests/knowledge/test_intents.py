from __future__ import annotations

import pytest

from knowledge.files import Library
from knowledge.intents import asks_status, is_thanks, wants_human


@pytest.mark.parametrize(
    "message",
    [
        "merci",
        "Merci beaucoup !",
        "ok mrc bonne journée",
        "super merci c'est parfait",
        "thanks a lot",
        "Un grand merci",
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
    ],
)  # fmt: skip
def test_the_words_for_a_person_are_understood(message: str) -> None:
    assert wants_human(message)


@pytest.mark.parametrize(
    "message",
    [
        "Qui est l'expert juridique du réseau ?", "faut-il un expert pour analyser les offres ?",
        "une personne handicapée",
        "personne ne répond à notre appel d'offres", "merci",
    ],
)  # fmt: skip
def test_a_question_about_experts_is_a_question(message: str) -> None:
    assert not wants_human(message)


@pytest.mark.parametrize(
    "message",
    [
        "où en est ma question ?", "des nouvelles ?", "tjrs pas de reponse", "toujours pas de réponse à ma question ?",
        "J'attends toujours une réponse", "quand aurai-je une réponse ?", "status of my question?", "any news?",
    ],
)  # fmt: skip
def test_asking_after_a_question_is_understood(message: str) -> None:
    assert asks_status(message)


@pytest.mark.parametrize(
    "message",
    [
        "où en est ma demande de subvention", "en combien de temps répondez-vous ?",
        "quelles nouvelles obligations en 2026 ?",
        "toujours pas de réponse du titulaire, que faire ?", "où en est la loi AGEC ?",
    ],
)  # fmt: skip
def test_a_question_with_the_same_words_is_a_question(message: str) -> None:
    assert not asks_status(message)


def test_no_phrasing_of_the_library_is_swallowed(library: Library) -> None:
    for entry in library.entries:
        for phrasing in (entry.title, *entry.phrasings):
            assert not is_thanks(phrasing), phrasing
            assert not wants_human(phrasing), phrasing
            assert not asks_status(phrasing), phrasing
