"""Every error that the core can raise to a person has its sentence, in every language."""

from __future__ import annotations

import ast
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.render import render_error
from bot.words import LOCALES, Words
from helpdesk.errors import (
    ConflictError,
    GuichetError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    TransitionError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
# These judge a calendar's own file: only its operator reads their errors, worded by the configuration and `deadline`.
CALENDAR_MODULES = {"calendar", "hours", "holidays", "promise", "receipt", "wallclock"}
EDGE = ("bot/handlers.py", "bot/commands.py")


def _codes() -> Iterator[tuple[str, str]]:
    paths = [path for path in (ROOT / "helpdesk").glob("*.py") if path.stem not in CALENDAR_MODULES]
    for path in (*paths, *(ROOT / name for name in EDGE)):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "").endswith("Error") and node.args:
                for code in ast.walk(node.args[0]):
                    if isinstance(code, ast.Constant) and isinstance(code.value, str):
                        yield path.name, code.value


def _default_codes() -> set[str]:
    found, waiting = set(), [GuichetError]
    while waiting:
        kind = waiting.pop()
        found.add(kind.code)
        waiting += [sub for sub in kind.__subclasses__() if sub.__module__ == "helpdesk.errors"]
    return found


def test_codes_are_found() -> None:
    assert {"unknown_account", "already_taken", "link_used", "text_missing"} <= {code for _, code in _codes()}
    assert {"not_allowed", "wrong_state", "clock_untrusted"} <= _default_codes()


@pytest.mark.parametrize("locale", LOCALES)
def test_every_code_has_its_sentence(locale: str) -> None:
    words = Words(locale)
    wanted = {code for _, code in _codes()} | _default_codes()
    assert {code for code in wanted if not words.has(f"errors.{code}")} == set()


def test_a_sentence_is_filled_with_what_happened() -> None:
    words = Words("fr")
    assert render_error(InvalidInputError("too_long", limit=4000, length=5120), words).startswith(
        "Votre message est trop long : il fait 5120 caractères, et la limite est de 4000."
    )
    assert render_error(ConflictError("already_taken", by="Marc"), words) == "Marc a déjà pris cette question."
    assert "12 s" in render_error(GuichetError("rate_limited", seconds=11.7), words)
    several = InvalidInputError("several_people", name="cl", names=["Claire", "Clara"])
    assert "Claire, Clara" in render_error(several, words)


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ("rate", "Une note juge une réponse, et cette question n'en a pas encore."),
        ("withdraw", "Cette question est terminée : il n'y a plus rien à retirer."),
        ("expire", "Ce n'est pas possible pour cette question, là où elle en est. Regardez où elle en est."),
    ],
)
def test_what_cannot_be_done_to_a_question_is_said_by_what_was_tried(event: str, told: str) -> None:
    assert render_error(TransitionError(state="suggested", event=event), Words("fr")) == told


def test_dates_are_said_in_words() -> None:
    words = Words("fr")
    day = GuichetError("no_person_named", name=dt.date(2026, 4, 30))
    assert "« jeudi 30 avril »" in render_error(day, words)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    "error",
    [
        GuichetError("a_code_not_yet_worded"),
        InvalidInputError("too_long"),  # the data its sentence needs is missing
        NotFoundError("no_such_question"),
    ],
)
def test_an_unforeseen_error_still_says_what_to_do(error: GuichetError, locale: str) -> None:
    sentence = render_error(error, Words(locale))
    assert sentence == Words(locale)("errors.error")
    assert error.code not in sentence


def test_default_codes_say_what_to_do() -> None:
    words = Words("fr")
    assert "demandez" in render_error(NotAllowedError(needs=["expert"]), words)
    assert "Vérifiez" in render_error(NotFoundError(), words)
