"""The coordinator's side: the board, reassigning, excusing, reviewing entries, closing days, figures."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import select

from helpdesk import closures, intake, reading, reports
from helpdesk.casework import assign
from helpdesk.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError, TransitionError
from helpdesk.experts import expert_lines
from helpdesk.joining import check_inviter, create_invitation, nearest
from helpdesk.model import WITH_EXPERTS, Role
from helpdesk.notices import NoticeKind
from helpdesk.people import organisation as organisation_named
from helpdesk.publishing import publish_candidate
from helpdesk.tables import (
    BreachRow,
    CandidateRow,
    ClockRow,
    OrganisationRow,
    PersonRow,
    TicketRow,
)
from helpdesk.telling import tell
from helpdesk.undelivered import revive
from helpdesk.views import CandidateView, Invitation

if TYPE_CHECKING:
    from helpdesk.model import AccountRef
    from helpdesk.office import Act, Office, Unit
    from helpdesk.views import Board, ClosureView, Figures, PersonLine, TicketLine

_LONGEST_REASON = 500


class CoordinatorDesk:
    """What a coordinator does."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def board(self, account: AccountRef) -> Board:
        """Return what is late, at risk and open now."""
        with self._office.reading() as unit:
            _require(unit, account)
            return reports.board(unit)

    def unexplained(self, account: AccountRef) -> tuple[TicketLine, ...]:
        """Return the questions, settled ones included, whose promise was broken and not explained yet."""
        broken = select(ClockRow.ticket_id).join(BreachRow).where(BreachRow.excuse.is_(None))
        with self._office.reading() as unit:
            _require(unit, account)
            return reading.lines(unit, TicketRow.id.in_(broken))

    def figures(self, account: AccountRef, first_day: dt.date, last_day: dt.date) -> Figures:
        """Return the promise over a period. Raises ``InvalidInputError`` (``dates_reversed``)."""
        if last_day < first_day:
            raise InvalidInputError("dates_reversed")
        with self._office.reading() as unit:
            _require(unit, account)
            return reports.figures(unit, first_day, last_day)

    def first_due_day(self, account: AccountRef) -> dt.date | None:
        """Return the first day of which there are figures, None before the first question."""
        with self._office.reading() as unit:
            _require(unit, account)
            return reports.first_due_day(unit)

    def people(self, account: AccountRef) -> tuple[PersonLine, ...]:
        """Return the experts, their themes and their load: those away come last, no list proposes them first."""
        with self._office.reading() as unit:
            _require(unit, account)
            return tuple(sorted(expert_lines(unit), key=lambda line: line.away))

    def reassign(self, key: str, account: AccountRef, ticket: int, to: int) -> int | None:
        """Give a question to an expert, unless they have it.

        Raises ``InvalidInputError`` (``no_such_person``), ``TransitionError``.
        """
        with self._office.act(key, account) as act:
            if act.repeat:
                return act.ticket_id
            act.require(Role.coordinator)
            row = act.ticket(ticket)
            if row.state not in WITH_EXPERTS:
                raise TransitionError(state=row.state.value, event="assign")
            expert = act.session.get(PersonRow, to)
            if expert is None or expert.erased_at is not None or Role.expert.value not in expert.roles:
                raise InvalidInputError("no_such_person")
            if row.assignee_id != expert.id:
                assign(act, row, expert, "reassigned", act.person)
            return act.about(row)

    def excuse(self, key: str, account: AccountRef, ticket: int, cycle: int, reason: str) -> int | None:
        """Explain a broken promise; the breach stays on record and the figures show both.

        Raises ``InvalidInputError`` (``reason_missing``, ``too_long``), ``NotFoundError`` (``no_breach``),
        ``ConflictError`` (``already_excused``).
        """
        if not reason.strip():
            raise InvalidInputError("reason_missing")
        reason = intake.clean(reason, _LONGEST_REASON, "reason")
        with self._office.act(key, account) as act:
            if act.repeat:
                return act.ticket_id
            act.require(Role.coordinator)
            row = act.ticket(ticket)
            breach = act.session.scalar(
                select(BreachRow).join(ClockRow).where(ClockRow.ticket_id == ticket, ClockRow.cycle == cycle),
            )
            if breach is None:
                raise NotFoundError("no_breach", ticket=ticket)
            if breach.excuse is not None:
                raise ConflictError("already_excused")
            breach.excuse, breach.excused_by, breach.excused_at = reason, act.person.id, act.now
            act.record("excused", row, act.person, cycle=cycle)
            return act.about(row)

    def candidates(self, account: AccountRef) -> tuple[CandidateView, ...]:
        """Return the entries proposed and not yet decided, oldest first."""
        with self._office.reading() as unit:
            _require(unit, account)
            rows = unit.session.execute(
                select(CandidateRow, PersonRow.name)
                .join(PersonRow, PersonRow.id == CandidateRow.author_id)
                .where(CandidateRow.decided_at.is_(None))
                .order_by(CandidateRow.id),
            )
            return tuple(_candidate_view(row, name) for row, name in rows)

    def decide_candidate(
        self,
        key: str,
        account: AccountRef,
        candidate: int,
        *,
        publish: bool,
        title: str | None = None,
        body: str | None = None,
        theme: str | None = None,
        sources: tuple[str, ...] | None = None,
    ) -> str | None:
        """Publish a proposed entry, as it is or as corrected, or refuse it; return the entry's id when published.

        Raises ``NotFoundError``, ``ConflictError`` (``already_decided``), ``InvalidInputError`` as
        ``publishing.publish_candidate`` does; then nothing is decided.
        """
        with self._office.act(key, account) as act:
            act.require(Role.coordinator)
            row = act.session.get(CandidateRow, candidate, with_for_update={"of": CandidateRow})
            if row is None:
                raise NotFoundError("no_such_candidate")
            if act.repeat:
                return row.entry_id
            if row.decided_at is not None:
                raise ConflictError("already_decided")
            given = {
                "title": title,
                "body": body,
                "theme": theme,
                "sources": None if sources is None else list(sources),
            }
            row.data = row.data | {name: value for name, value in given.items() if value is not None}
            row.decided_at, row.decided_by = act.now, act.person.id
            if publish:
                row.entry_id = publish_candidate(act, row)
            _tell_author(act, row)
            return row.entry_id

    def invite(
        self, key: str, account: AccountRef, name: str, *, reusable: bool = False, create: bool = False
    ) -> Invitation:
        """Invite whoever bears ``name``: another account of a person known by it, or newcomers of an organisation.

        ``create``: the organisation is made if it is new. Raises ``NotFoundError`` (``nobody_to_invite``),
        ``InvalidInputError`` (``empty_name``, ``several_named``).
        """
        wanted = " ".join(name.split())
        if not wanted:
            raise InvalidInputError("empty_name")
        with self._office.act(key, account) as act:
            act.require(Role.coordinator)
            person, organisation = _invited(act, wanted, create=create)
            check_inviter(act, person)
            return create_invitation(act, person, organisation, act.person, reusable=reusable)

    def close_days(self, key: str, account: AccountRef, first_day: dt.date, last_day: dt.date, reason: str) -> int:
        """Announce that the network is closed; return how many dates moved. Raises as ``closures.announce``."""
        with self._office.act(key, account, alone=True) as act:
            if act.repeat:
                return 0
            act.require(Role.coordinator)
            return closures.announce(act, first_day, last_day, reason)

    def reopen_days(self, key: str, account: AccountRef, span: str, reason: str) -> int:
        """Take an announced closure back; return how many dates moved. Raises as ``closures.take_back``."""
        with self._office.act(key, account, alone=True) as act:
            if act.repeat:
                return 0
            act.require(Role.coordinator)
            return closures.take_back(act, span, reason)

    def closures(self, account: AccountRef) -> tuple[ClosureView, ...]:
        """Return the closures that are not over, the first to begin first."""
        with self._office.reading() as unit:
            _require(unit, account)
            return closures.ahead(unit)

    def retry_delivery(self, key: str, account: AccountRef, delivery: int) -> None:
        """Put a notice that no channel took back in the queue. Raises ``NotFoundError`` (``no_such_delivery``)."""
        with self._office.act(key, account) as act:
            if act.repeat:
                return
            act.require(Role.coordinator)
            if not revive(act, delivery):
                raise NotFoundError("no_such_delivery")
            act.record("delivery_retried", None, act.person, delivery=delivery)


def _invited(act: Act, name: str, *, create: bool) -> tuple[PersonRow | None, OrganisationRow | None]:
    """Return the person or the organisation that a coordinator named."""
    known = act.session.scalars(select(PersonRow).where(PersonRow.erased_at.is_(None), PersonRow.name == name)).unique()
    people = known.all()
    if len(people) > 1:
        raise InvalidInputError("several_named", name=name, names=[f"{row.name} ({row.id})" for row in people])
    if people:
        return people[0], None
    near = nearest(act, name)
    exact = [row for row in near if row.name.casefold() == name.casefold()]
    found = exact or ([] if create else near)
    if len(found) > 1:
        raise InvalidInputError("several_named", name=name, names=[row.name for row in found])
    if found:
        return None, found[0]
    if not create:
        raise NotFoundError("nobody_to_invite", name=name)
    return None, organisation_named(act, name)


def _require(unit: Unit, account: AccountRef) -> None:
    person, _ = unit.speaker(account)
    if not {Role.coordinator.value, Role.admin.value}.intersection(person.roles):
        raise NotAllowedError(needs=[Role.coordinator.value])


def _candidate_view(row: CandidateRow, author: str) -> CandidateView:
    return CandidateView(
        id=row.id,
        ticket_id=row.ticket_id,
        author=author,
        proposed_at=row.proposed_at,
        title=row.data["title"],
        theme=row.data["theme"] or "",
        body=row.data["body"],
        sources=tuple(row.data["sources"]),
        as_said=_is_as_said(row),
    )


def _is_as_said(row: CandidateRow) -> bool:
    return bool(row.data.get("as_said"))


def _tell_author(act: Act, row: CandidateRow) -> None:
    ticket = act.session.get_one(TicketRow, row.ticket_id)
    data = {
        "published": row.entry_id is not None,
        "title": row.data["title"],
        "entry_id": row.entry_id,
        "as_said": _is_as_said(row),
    }
    author = act.session.get_one(PersonRow, row.author_id)
    tell(act, author, NoticeKind.entry_decided, data, key=f"candidate:{row.id}:decided", ticket=ticket)
    act.record("entry_decided", ticket, act.person, candidate=row.id, published=row.entry_id is not None)
