"""Every labelled question, asked of the running service over HTTP by a signed-in member: none may be lost.

``uv run python -m tests.evaluation.through_service [FILE.jsonl]`` starts the service on a database of its own. For each
question a member of their own signs in and posts it from the chat page, as a browser would; then everything told is
waited for. It prints how each question ended, and fails unless each ended as an answer, suggestions, a clarification, a
redirection, thanks or a question with a date.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from helpdesk.clock import SystemClock
from helpdesk.database import Database
from helpdesk.library import LibraryCache
from helpdesk.model import DeliveryState, State
from helpdesk.office import Office
from helpdesk.people import People, create_person
from helpdesk.policy import Policy
from helpdesk.tables import ClockRow, DeliveryRow, MessageRow, NoticeRow, TicketRow
from tests.bot.service import Service, configure, fields

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

QUESTIONS = Path(__file__).parent / "questions_dev.jsonl"
SETTLE_SECONDS = 60.0
_OUTCOMES = {
    "answer_found": "answered by the library",
    "suggestions": "given suggestions",
    "clarify": "asked for more",
    "redirected": "redirected",
    "acknowledged": "with the experts, with a date",
    "thanks": "thanked back: it was no question",
}


def main(arguments: Sequence[str]) -> int:
    """Ask, wait, judge and print; return the exit code."""
    path = Path(arguments[0]) if arguments else QUESTIONS
    questions = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    texts = [question["text"].strip() for question in questions]
    with tempfile.TemporaryDirectory(prefix="guichet é ") as name:
        folder = Path(name)
        configure(folder, "[limits]\nmessages_per_minute = 1000\n")  # all from one address
        service = Service.start(folder)
        database = Database(f"sqlite:///{folder / 'data' / 'guichet.sqlite3'}")
        try:
            took = ask_all(service, database, texts)
            wait_until_told(database)
        finally:
            code = service.stop()
        with database.reading() as session:
            outcomes = outcomes_of(session)
            lost = missing(session, texts)
        database.dispose()
    report(questions, outcomes, took)
    for text in lost:
        print(f"LOST: {text}")
    return int(bool(lost) or code != 0 or len(outcomes) != len(set(texts)))


def ask_all(service: Service, database: Database, texts: list[str]) -> list[float]:
    """Let a new member ask each question from their chat page; return the seconds each took to be taken in."""
    office = Office(database, SystemClock(), Policy(), LibraryCache(database))
    took = []
    for number, text in enumerate(texts):
        with office.unit() as unit:
            person = create_person(unit, f"Membre {number}", frozenset()).id
        member = service.sign_in(f"{service.base_url}/signin/{People(office).sign_in_link(person)}")
        form = {**fields(member.get("/chat").text), "text": text}
        begun = time.perf_counter()
        taken_in = member.post("/chat", data=form, follow_redirects=False)
        took.append(time.perf_counter() - begun)
        assert taken_in.status_code == HTTPStatus.SEE_OTHER, (text, taken_in.text)
    return took


def wait_until_told(database: Database) -> None:
    """Wait until nothing told to a member is on its way any more. Raises ``TimeoutError``."""
    pending = (
        select(func.count())
        .select_from(DeliveryRow)
        .join(NoticeRow)
        .where(DeliveryRow.state.in_((DeliveryState.queued, DeliveryState.claimed)), NoticeRow.kind.in_(_OUTCOMES))
    )
    until = time.monotonic() + SETTLE_SECONDS
    while True:
        with database.reading() as session:
            if not session.scalar(pending):
                return
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(0.1)


def outcomes_of(session: Session) -> dict[str, tuple[str, str | None]]:
    """Return, for each question's text, what its member was first told and the entry shown, if any."""
    found: dict[str, tuple[str, str | None]] = {}
    for ticket in session.scalars(select(TicketRow).order_by(TicketRow.id)):
        notice = session.scalar(
            select(NoticeRow)
            .where(NoticeRow.ticket_id == ticket.id, NoticeRow.person_id == ticket.author_id)
            .order_by(NoticeRow.id)
            .limit(1),
        )
        if notice is None or notice.kind not in _OUTCOMES or not _is_whole(session, ticket, notice):
            continue
        found[ticket.question] = (notice.kind, ticket.entry_id)
    for notice in session.scalars(select(NoticeRow).where(NoticeRow.kind == "thanks")):
        found[notice.data["said"]] = (notice.kind, None)
    return found


def missing(session: Session, texts: list[str]) -> list[str]:
    """Return the questions that are not kept exactly once as their member wrote them."""
    thanks = session.scalars(select(NoticeRow).where(NoticeRow.kind == "thanks"))
    kept = Counter([*session.scalars(select(MessageRow.body)), *(notice.data["said"] for notice in thanks)])
    return [text for text in texts if kept[text] != texts.count(text)]


def report(
    questions: list[dict[str, Any]],
    outcomes: dict[str, tuple[str, str | None]],
    took: list[float],
) -> None:
    """Print how the questions ended, how right the answers were and how long the service took."""
    ends = Counter(kind for kind, _ in outcomes.values())
    print(f"{len(questions)} questions asked, {sum(ends.values())} ended properly:")
    for kind, label in _OUTCOMES.items():
        print(f"  {ends[kind]:4}  {label}")
    answered = [(question, outcomes.get(question["text"].strip(), ("", None))) for question in questions]
    shown = [(question, entry) for question, (kind, entry) in answered if kind == "answer_found"]
    right = sum(entry in question["relevant"] for question, entry in shown)
    print(f"answers that show a right entry: {right} of {len(shown)}")
    ordered = sorted(took)
    print(f"time to take a question in: median {_ms(ordered, 0.5)} ms, p99 {_ms(ordered, 0.99)} ms")


def _is_whole(session: Session, ticket: TicketRow, notice: NoticeRow) -> bool:
    """Tell whether the question was told to its member, and has a date if it went to the experts."""
    told = session.scalar(
        select(DeliveryRow.id).where(DeliveryRow.notice_id == notice.id, DeliveryRow.state == DeliveryState.sent),
    )
    if notice.kind != "acknowledged":
        return told is not None
    clock = session.scalar(select(ClockRow).where(ClockRow.ticket_id == ticket.id, ClockRow.cycle == ticket.cycle))
    dated = clock is not None and clock.due_at is not None and notice.data["due_at"] == clock.due_at.isoformat()
    return told is not None and dated and ticket.state in {State.queued, State.assigned}


def _ms(ordered: list[float], share: float) -> int:
    return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
