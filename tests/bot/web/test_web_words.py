"""The words of the pages: every code that the pages word has its words, in each language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.channels.web.acts import ACTS
from bot.words import LOCALES, Words
from helpdesk.lifecycle import Event
from helpdesk.model import MessageKind, Resolution, State
from helpdesk.receipt import NotCounted
from knowledge.decision import Reason

HELPDESK = Path(__file__).parents[3] / "helpdesk"
# Each kind of the audit trail as it is written, and ``None`` when it is of no question: no page shows it.
RECORDED = {
    kind: of_none == ""
    for path in HELPDESK.glob("*.py")
    for kind, of_none in re.findall(r"""\.record\(\s*"(\w+)",\s*(None\b)?""", path.read_text(encoding="utf-8"))
}
CODES = {
    "web.state.": [state.value for state in State],
    "web.mine.": [state.value for state in State],
    "web.thread.": [kind.value for kind in MessageKind],
    "web.resolution.": [resolution.value for resolution in Resolution],
    "web.reason.": [reason.value for reason in Reason],
    "web.event.": [event.value for event in Event],
    "web.act.": list(ACTS),
    "web.send.": [verb for verb in ACTS if verb != "take"],
    "web.done.": [*ACTS, "solved", "human", "choose", "rate", "withdraw"],
    "web.ticket.awaits.": ["received", "suggested"],
    "web.press.": ["solved", "human", "withdraw"],
    "web.language.": list(LOCALES),
    "deadline.why.": [why.value for why in NotCounted],
}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("prefix", CODES)
def test_every_code_has_its_words(locale: str, prefix: str) -> None:
    words = Words(locale)
    assert [code for code in CODES[prefix] if not words.has(prefix + code)] == []


@pytest.mark.parametrize(("kind", "of_a_question"), RECORDED.items())
def test_what_happens_to_a_question_is_told_in_its_own_words_and_nothing_else_is(
    kind: str,
    of_a_question: bool,  # noqa: FBT001 - a case
) -> None:
    assert Words().has(f"web.event.{kind}") is of_a_question
