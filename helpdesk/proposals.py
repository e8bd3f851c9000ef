"""Answers that become library entries: offered to whom can write one, or put before the coordinators at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Exists, exists, select

from helpdesk import cards
from helpdesk.model import Role
from helpdesk.notices import NoticeKind
from helpdesk.people import with_role
from helpdesk.tables import CandidateRow, TicketRow
from helpdesk.telling import tell

if TYPE_CHECKING:
    from helpdesk.office import Unit
    from helpdesk.tables import PersonRow


def offer(unit: Unit, ticket: TicketRow, person: PersonRow) -> None:
    """Offer an expert who answered to make an entry of it."""
    key = f"ticket:{ticket.id}:cycle:{ticket.cycle}:offer_entry"
    data = {"question": cards.excerpt(ticket.question)}
    tell(unit, person, NoticeKind.offer_entry, data, key=key, ticket=ticket)


def is_proposed(unit: Unit, ticket: TicketRow) -> bool:
    """Tell whether an entry was proposed from the ticket's present cycle: there is one at most."""
    known = select(CandidateRow.id).where(CandidateRow.ticket_id == ticket.id, CandidateRow.cycle == ticket.cycle)
    return unit.session.scalar(known) is not None


def proposed() -> Exists:
    """Return the condition that an entry was proposed from a ticket's present cycle."""
    return exists().where(CandidateRow.ticket_id == TicketRow.id, CandidateRow.cycle == TicketRow.cycle)


def propose(
    unit: Unit,
    ticket: TicketRow,
    author: PersonRow,
    title: str,
    body: str,
    sources: tuple[str, ...],
    *,
    as_said: bool = False,
) -> None:
    """Put an entry before the coordinators.

    ``as_said``: in the words of a reply that was taken as the answer; its author proposed nothing.
    """
    candidate = CandidateRow(
        ticket_id=ticket.id,
        cycle=ticket.cycle,
        author_id=author.id,
        data={
            "title": title,
            "theme": ticket.theme_id,
            "body": body,
            "sources": [source.strip() for source in sources if source.strip()],
            "as_said": as_said,
        },
        proposed_at=unit.now,
    )
    unit.session.add(candidate)
    unit.session.flush()
    unit.record("entry_proposed", ticket, None if as_said else author, candidate=candidate.id)
    data = {"candidate": candidate.id, "title": title, "author": author.name, "as_said": as_said}
    for person in with_role(unit, Role.coordinator):
        key = f"candidate:{candidate.id}:proposed:person:{person.id}"
        tell(unit, person, NoticeKind.entry_proposed, data, key=key, ticket=ticket)
