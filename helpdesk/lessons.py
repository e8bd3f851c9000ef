"""What members' verdicts teach the library, reviewed on its pages, and taken back at will.

« Cela répond à ma question » proposes the member's wording as a phrasing of the entry: it counts as one only once an
expert or a coordinator has read it, and the entry's own text stays as it is. Asking for a human after an answer counts
against that entry for that question, at once: it is suggested rather than answered, until a reviewer sets the verdict
aside. Both move the calibration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from helpdesk import intake
from helpdesk.database import insert_once
from helpdesk.errors import NotFoundError
from helpdesk.library import bump, published_entry
from helpdesk.model import Role
from helpdesk.office import to_person
from helpdesk.tables import EntryRow, LessonRow
from helpdesk.views import LessonView
from knowledge.anonymous import without_names

if TYPE_CHECKING:
    from helpdesk.model import AccountRef
    from helpdesk.office import Act, Office
    from helpdesk.tables import TicketRow

_LISTED = 50
_LONGEST = 300  # characters of a phrasing


class Lessons:
    """What experts and coordinators make of what members taught."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def of_entry(self, account: AccountRef, entry_id: str) -> tuple[LessonView, ...]:
        """Return the latest verdicts on an entry, those not reviewed first; nothing for a member."""
        with self._office.reading() as unit:
            person, _ = unit.speaker(account)
            if not to_person(person).has(Role.expert, Role.coordinator):
                return ()
            rows = unit.session.scalars(
                select(LessonRow)
                .where(LessonRow.entry_id == entry_id)
                .order_by(LessonRow.kept.is_not(None), LessonRow.id.desc())
                .limit(_LISTED)
            )
            return tuple(LessonView(row.id, row.entry_id, row.text, row.right, row.kept, row.at) for row in rows)

    def waiting(self, account: AccountRef) -> tuple[tuple[str, int], ...]:
        """Return the entries with verdicts to review, and how many each has; nothing for a member."""
        with self._office.reading() as unit:
            person, _ = unit.speaker(account)
            if not to_person(person).has(Role.expert, Role.coordinator):
                return ()
            rows = unit.session.execute(
                select(LessonRow.entry_id, func.count())
                .join(EntryRow, EntryRow.id == LessonRow.entry_id)
                .where(LessonRow.kept.is_(None), EntryRow.published)
                .group_by(LessonRow.entry_id)
                .order_by(func.count().desc(), LessonRow.entry_id)
                .limit(_LISTED)
            )
            return tuple((entry_id, count) for entry_id, count in rows)

    def decide(self, key: str, account: AccountRef, lesson: int, *, keep: bool, text: str | None = None) -> str:
        """Keep a verdict, its wording as corrected, or set it aside; both can be decided again. Return its entry.

        Raises ``NotFoundError`` (``no_such_lesson``, ``no_such_entry``), ``InvalidInputError`` (``too_long``).
        """
        with self._office.act(key, account) as act:
            act.require(Role.expert, Role.coordinator)
            row = act.session.get(LessonRow, lesson, with_for_update=True)
            if row is None:
                raise NotFoundError("no_such_lesson")
            if not act.repeat:
                _decide(act, row, keep=keep, text=intake.clean(text, _LONGEST, "wording") if text else row.text)
            return row.entry_id


def record(act: Act, ticket: TicketRow, *, right: bool) -> None:
    """Keep what the member said of the entry that answered them, once for each cycle of their question."""
    if ticket.entry_id is None:
        return
    names = [ticket.author.name, *([ticket.organisation.name] if ticket.organisation else [])]
    text = without_names(ticket.question, names)
    entry = published_entry(act.session, ticket.entry_id)
    if entry is None or (right and text in (entry.title, *entry.phrasings)):
        return
    fresh = insert_once(
        act.session,
        LessonRow,
        ticket_id=ticket.id,
        cycle=ticket.cycle,
        entry_id=ticket.entry_id,
        right=right,
        text=text,
        at=act.now,
    )
    if fresh and not right:
        bump(act.session)  # it holds at once; a wording waits for its review


def _decide(act: Act, row: LessonRow, *, keep: bool, text: str) -> None:
    if published_entry(act.session, row.entry_id) is None:
        raise NotFoundError("no_such_entry", entry=row.entry_id)
    row.text, row.kept, row.decided_at, row.decided_by = text, keep, act.now, act.person.id
    act.record("lesson", None, act.person, lesson=row.id, entry=row.entry_id, right=row.right, kept=keep)
    bump(act.session)
