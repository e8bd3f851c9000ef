"""How a message ends is known to all that read it: whoever looks for the question, the thanks or a wording to keep."""

from __future__ import annotations

import pytest

from knowledge.anonymous import without_names
from knowledge.circumstances import Circumstances
from knowledge.files import Library
from knowledge.intents import is_thanks
from knowledge.mail import body_of
from knowledge.speech import speech_of
from knowledge.text import Language

_ASKED = "Peut-on garder le prix comme seul critère ?"
_SIGNING = (
    "cordialement", "Bien cordialement", "très cordialement", "cdt", "Cdlt", "Bien à vous", "salutations",
    "Sincères salutations", "Salutations distinguées",
)  # fmt: skip
_AWAITING = (
    "Dans l'attente de votre réponse",
    "Je reste dans l’attente d'un retour",
    "nous restons dans l'attente de vos retours",
)


@pytest.fixture(scope="module")
def circumstances(library: Library) -> Circumstances:
    return Circumstances(speech_of(library.entries, Language.FRENCH))


@pytest.mark.parametrize("closing", _SIGNING)
def test_a_signature_is_no_part_of_what_is_asked_nor_of_thanks(closing: str) -> None:
    assert body_of(f"{_ASKED}\n{closing}\nJean Dupont") == _ASKED
    assert is_thanks(f"Merci pour votre réponse, {closing}, service de la commande publique")


@pytest.mark.parametrize("closing", [*_SIGNING, *_AWAITING])
def test_what_ends_a_message_is_in_no_wording_that_is_kept(circumstances: Circumstances, closing: str) -> None:
    assert circumstances.apart(f"{_ASKED} {closing}, Jean").strip() == _ASKED
    assert without_names(f"{_ASKED} {closing}, Jean", []) == _ASKED


@pytest.mark.parametrize("closing", [*_SIGNING, "bonne journée"])
def test_a_wish_after_thanks_for_the_answer_ends_them(closing: str) -> None:
    assert body_of(f"{_ASKED} Merci pour votre aide, {closing}.") == _ASKED
