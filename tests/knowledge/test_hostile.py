"""Messages written to stall whoever reads them: each reader takes a moment, whatever is written."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from knowledge.anonymous import without_names
from knowledge.index import Index
from knowledge.mail import body_of
from knowledge.question import read_question
from knowledge.reproaches import reproaches
from knowledge.splitting import candidate_questions
from knowledge.text import CONSIDERED, Language
from knowledge.untreated import asks_for_it
from tests.library import ENTRIES

if TYPE_CHECKING:
    from collections.abc import Callable

MOMENT = 0.05  # seconds of processor time


def _taken(read: Callable[[], object]) -> float:
    """Return the lesser time of two: a pause of the memory's keeper is not the reader's."""
    taken = []
    for _ in range(2):
        began = time.thread_time()
        read()
        taken.append(time.thread_time() - began)
    return min(taken)


@pytest.mark.parametrize("blank", [" ", "\t"])
def test_blanks_after_the_line_of_a_signature_do_not_stall(blank: str) -> None:
    message = f"bonjour la\n--{blank * 1000}x"
    assert _taken(lambda: body_of(message)) < MOMENT


def test_blanks_within_a_question_do_not_stall_its_cutting() -> None:
    message = f"critère prix{' ' * (CONSIDERED - 20)}fini ?"
    assert _taken(lambda: candidate_questions(message)) < MOMENT


@pytest.mark.parametrize("mark", [".", " ,", "! "])
def test_marks_within_a_wording_do_not_stall_whoever_takes_its_names_off(mark: str) -> None:
    message = f"critère prix{mark * 3000}x"
    assert _taken(lambda: without_names(message, [])) < MOMENT


def test_words_without_spaces_do_not_stall_whoever_looks_for_a_complaint() -> None:
    message = "pas/" * (CONSIDERED // 4)
    assert _taken(lambda: reproaches(message)) < MOMENT


@pytest.mark.parametrize("said", ["1) ", "(", "ne sont pas "])
def test_what_an_entry_does_not_treat_is_read_at_once(said: str) -> None:
    index = Index(ENTRIES, Language.FRENCH)
    question = read_question("critère prix unique", index)
    entries = (replace(ENTRIES[0], id=name, body=f"## Limites\n\n{said * CONSIDERED}") for name in ("one", "other"))
    assert _taken(lambda: asks_for_it(question, next(entries), index)) < 4 * MOMENT
