"""Questions with their writer's circumstances around them: ``uv run python -m tests.evaluation.wrapped``.

``wrappings.jsonl`` holds what people say before or after any question (``place``): who they are, where their case
stands, thanks. It was written by three hands: "known", by whoever told circumstances apart; "read", by somebody who
knew neither library nor matcher, and read after a first measure; "unread", by the same, and read by nobody since. Each
answerable question of the development set and of the odd lines of the fresh one is asked bare, then with one of them.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from knowledge.decision import MOST_SUGGESTED, Decision
from knowledge.files import read_library, shipped_library
from knowledge.matcher import Matcher

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from knowledge.decision import Judgement

FOLDER = Path(__file__).parent
TODAY = dt.date(2026, 11, 30)
HANDS = ("known", "read", "unread")
_COLUMNS = ("first", "among three", "rightly answered", "wrongly answered", "helped", "theme")


class Asked(NamedTuple):
    """A question with the entries that answer it and its theme."""

    text: str
    relevant: frozenset[str]
    theme: str


def main() -> None:
    """Print what becomes of the questions, bare and with what each hand wrote around them."""
    matcher = Matcher(*_shipped())
    asked = list(answerable())
    print(" " * 16 + "".join(f"{column:>18}" for column in _COLUMNS))
    print(f"{'bare':16}" + _row(measured(matcher, asked)))
    for hand, place in itertools.product(HANDS, ("before", "after")):
        print(f"{hand + ', ' + place:16}" + _row(measured(matcher, wrapped(asked, wrappings(hand, place), place))))


def answerable() -> Iterator[Asked]:
    """Yield the answerable questions of the development set and of the odd lines of the fresh one."""
    fresh = _rows("questions_fresh.jsonl")[::2]
    for row in (*_rows("questions_dev.jsonl"), *fresh):
        if row["relevant"]:
            yield Asked(row["text"], frozenset(row["relevant"]), row["theme"])


def wrappings(hand: str, place: str) -> list[str]:
    """Return what one hand wrote to stand before or after any question."""
    return [row["text"] for row in _rows("wrappings.jsonl") if (row["hand"], row["place"]) == (hand, place)]


def wrapped(asked: Iterable[Asked], around: list[str], place: str) -> Iterator[Asked]:
    """Yield each question with one of the wrappings, in turn."""
    for question, said in zip(asked, itertools.cycle(around), strict=False):
        text = said + question.text if place == "before" else question.text + said
        yield question._replace(text=text)


def measured(matcher: Matcher, asked: Iterable[Asked]) -> dict[str, float]:
    """Return the share of the questions of which each column is true."""
    found: Counter[str] = Counter()
    count = 0
    for count, question in enumerate(asked, start=1):  # noqa: B007  # how many there are is needed afterwards
        found.update(_came_true(matcher.judge(question.text, today=TODAY), question))
    return {column: found[column] / count for column in _COLUMNS}


def _came_true(judgement: Judgement, question: Asked) -> Iterator[str]:
    places = [item.entry_id in question.relevant for item in judgement.scored[:MOST_SUGGESTED]]
    first, among = any(places[:1]), any(places)
    answered = judgement.decision is Decision.ANSWER
    true = (
        first,
        among,
        answered and first,
        answered and not first,
        (answered and first) or (judgement.decision is Decision.SUGGEST and among),
        judgement.theme == question.theme,
    )
    yield from itertools.compress(_COLUMNS, true)


def _row(shares: dict[str, float]) -> str:
    return "".join(f"{share:18.3f}" for share in shares.values())


def _shipped() -> tuple[Any, Any]:
    library = read_library(shipped_library())
    return library.entries, library.themes


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text("utf-8").splitlines()]


if __name__ == "__main__":
    main()
