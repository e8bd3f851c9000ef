"""Who may read what: the one place that says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from helpdesk.errors import NotFoundError
from helpdesk.lifecycle import Event
from helpdesk.model import Role
from helpdesk.office import to_person
from helpdesk.tables import EventRow, ExpertiseRow, PersonRow, ThemeRow, TicketRow

if TYPE_CHECKING:
    from helpdesk.model import Address
    from helpdesk.office import Unit


def is_staff(reader: PersonRow) -> bool:
    """Tell whether somebody works on questions, rather than only asking."""
    return to_person(reader).has(Role.expert, Role.coordinator)


def is_private(person: PersonRow, address: Address) -> bool:
    """Tell whether nobody but them is written to in a conversation."""
    return any((own.channel, own.conversation) == (address.channel, address.conversation) for own in person.accounts)


def may_see(unit: Unit, reader: PersonRow, ticket: TicketRow) -> bool:
    """Tell whether somebody may read a ticket.

    The member who asked, the coordinators, its assignee, and the experts of its theme or of a theme that covers for it.
    """
    person = to_person(reader)
    if reader.id in {ticket.author_id, ticket.assignee_id} or person.has(Role.coordinator):
        return True
    if not person.has(Role.expert):
        return False
    return ticket.theme_id is None or answers_for(unit, reader, ticket.theme_id)


def unseen(unit: Unit, reader: PersonRow, ticket_id: int) -> NotFoundError:
    """Return why somebody may not read a question: an expert who had it is told where it went, others nothing of it."""
    events = select(EventRow.data).where(EventRow.ticket_id == ticket_id, EventRow.kind == Event.assign.value)
    had = is_staff(reader) and any(data["assignee"] == reader.id for data in unit.session.scalars(events))
    return NotFoundError("with_other_experts" if had else "no_such_question", ticket=ticket_id)


def answers_for(unit: Unit, person: PersonRow, theme_id: str) -> bool:
    """Tell whether somebody is an expert of a theme, or of one that covers for it."""
    theme = unit.session.get(ThemeRow, theme_id)
    return bool({theme_id, *(theme.covers if theme else ())} & own_themes(unit, person))


def own_themes(unit: Unit, person: PersonRow) -> set[str]:
    """Return the themes an expert answers."""
    return set(unit.session.scalars(select(ExpertiseRow.theme_id).where(ExpertiseRow.person_id == person.id)))
