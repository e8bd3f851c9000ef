"""Messages written to stall whoever reads them: each reader takes a moment, whatever is written."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from knowledge.mail import body_of
from knowledge.splitting import candidate_questions
from knowledge.text import CONSIDERED

if TYPE_CHECKING:
    from collections.abc import Callable

MOMENT = 0.05  # seconds of processor time


def _taken(read: Callable[[], object]) -> float:
    """Return the lesser time of two: a pause of the memory's keeper is not the reader's."""
    taken = []
    for _ in range(2):
        began = time.process_time()
        read()
        taken.append(time.process_time() - began)
    return min(taken)


@pytest.mark.parametrize("blank", [" ", "\t"])
def test_blanks_after_the_line_of_a_signature_do_not_stall(blank: str) -> None:
    message = f"bonjour la\n--{blank * 1000}x"
    assert _taken(lambda: body_of(message)) < MOMENT


def test_blanks_within_a_question_do_not_stall_its_cutting() -> None:
    message = f"critère prix{' ' * (CONSIDERED - 20)}fini ?"
    assert _taken(lambda: candidate_questions(message)) < MOMENT
