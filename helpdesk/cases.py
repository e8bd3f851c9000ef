"""The context of a question's case: read off the member's words, kept with the decision's evidence, asked for once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helpdesk.timekeeping import today
from knowledge.context import Context, recognise

if TYPE_CHECKING:
    from helpdesk.office import Unit
    from helpdesk.tables import TicketRow


def context_of(ticket: TicketRow) -> Context:
    """Return what the member said of their case so far."""
    return Context.from_data(ticket.judgement.get("context", {}))


def evidence_of(unit: Unit, ticket: TicketRow, text: str) -> dict[str, Any]:
    """Return the context to keep with a decision, completed by the member's latest words."""
    kept = {"context": context_of(ticket).completed(recognise(text, today(unit))).to_data()}
    return kept | ({"wanted": ticket.judgement["wanted"]} if "wanted" in ticket.judgement else {})


def complete(unit: Unit, ticket: TicketRow, text: str) -> None:
    """Add what a follow-up says of the case."""
    ticket.judgement = ticket.judgement | evidence_of(unit, ticket, text)


def ask_for(ticket: TicketRow) -> tuple[str, ...]:
    """Return what to ask the member of their case, once in the life of the question: nothing waits for it."""
    if "wanted" in ticket.judgement:
        return ()
    wanted = context_of(ticket).missing()
    ticket.judgement = ticket.judgement | {"wanted": list(wanted)}
    return wanted


def awaited(ticket: TicketRow) -> frozenset[str]:
    """Return what was asked of the case, as long as some of it is still to be said."""
    said, wanted = context_of(ticket), ticket.judgement.get("wanted", [])
    return frozenset(wanted if any(getattr(said, name) is None for name in wanted) else ())
