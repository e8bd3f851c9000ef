"""The data of notices: what a sentence or a card needs, as JSON values. No prose."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from helpdesk import attachments, timekeeping
from helpdesk.library import published_entry
from helpdesk.model import MessageKind
from helpdesk.tables import EntryRow, FollowerRow, MessageRow, RevisionRow, ThemeRow, TicketRow
from helpdesk.views import Evidence
from knowledge.decision import MOST_SUGGESTED, Reason
from knowledge.entry import Entry
from knowledge.reserved import REASONS

if TYPE_CHECKING:
    from collections.abc import Collection

    from helpdesk.office import Unit

EXCERPT = 160  # characters
_KEPT = REASONS - {Reason.DISPUTE}
_ON_THE_SUBJECT = 0.7  # probability that an entry answers from which it is surely on the question's subject
ERASED = "—"  # what stands for words and names that were forgotten
# In the data of notices:
_WORDS = frozenset({"question", "text", "said", "organisation", "person", "author"})  # what somebody said, and who
_TOLD: dict[str, Any] = {"files": [], "context": {}, "population": None}  # what else tells of a case, and what is left
_NAMES = ("person", "author", "expert", "assignee", "to")  # names
_QUOTED = ("ticket", "id", "twin", "follower")  # the number of a question, beside its words


def instant(at: dt.datetime | None) -> str | None:
    """Return an instant as notices carry it."""
    return at.isoformat() if at else None


def excerpt(text: str) -> str:
    """Return the beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT else line[: EXCERPT - 1].rstrip() + "…"


def without_words(data: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a notice's data with what somebody wrote, and who they are, replaced by a dash: it can still be shown."""
    if isinstance(data, list):
        return [without_words(item) for item in data]
    if not isinstance(data, dict):
        return data
    # A title is the library's where its entry is named beside it; else it was made of somebody's question.
    words = _WORDS if data.get("id") or data.get("entry_id") else _WORDS | {"title"}
    return {
        name: ERASED if name in words and value else _TOLD[name] if name in _TOLD else without_words(value)
        for name, value in data.items()
    }


def without_questions(data: Any, numbers: Collection[int]) -> Any:  # noqa: ANN401 - JSON
    """Return a notice's data without the words of some of the questions that it quotes."""
    if isinstance(data, list):
        return [without_questions(item, numbers) for item in data]
    if not isinstance(data, dict):
        return data
    if "question" in data and any(data.get(name) in numbers for name in _QUOTED):
        return without_words(data)
    return {name: without_questions(value, numbers) for name, value in data.items()}


def without_name(data: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a notice's data with a name replaced by a dash: a namesake's too, since notices hold nothing else."""
    return data | {place: ERASED for place in _NAMES if data.get(place) == name}


def entry_card(entry: Entry) -> dict[str, Any]:
    """Return what is shown of an entry in an answer."""
    return {
        "id": entry.id,
        "title": entry.title,
        "summary": entry.summary,
        "doubtful": entry.doubtful,
        "sources": [source.label for source in entry.sources],
        "verified": entry.verified.isoformat() if entry.verified else None,
    }


def theme_label(unit: Unit, theme_id: str | None) -> dict[str, str] | None:
    """Return a theme's name by locale."""
    theme = unit.session.get(ThemeRow, theme_id) if theme_id else None
    return dict(theme.labels) if theme else None


def evidence(unit: Unit, ticket: TicketRow, most: int = MOST_SUGGESTED) -> list[Evidence]:
    """Return the published entries that the matching found nearest to the question, best first."""
    scored = ticket.judgement.get("scored", [])[:most]
    names = titles(unit, [entry_id for entry_id, _ in scored])
    return [Evidence(entry_id, names[entry_id], score) for entry_id, score in scored if entry_id in names]


def meanwhile(unit: Unit, ticket: TicketRow) -> dict[str, Any] | None:
    """Return the published entry on the subject of a question that only a human may answer, if one surely is.

    A dispute is none of an entry's.
    """
    told = ticket.judgement
    if told.get("reason") not in _KEPT or told.get("confidence", 0.0) < _ON_THE_SUBJECT:
        return None
    found = evidence(unit, ticket, most=1)
    if not found:
        return None
    nearest = found[0]
    return {"id": nearest.entry_id, "title": nearest.title, "doubtful": is_doubtful(unit, nearest.entry_id)}


def is_doubtful(unit: Unit, entry_id: str) -> bool:
    """Tell whether a published entry shows its doubt."""
    entry = published_entry(unit.session, entry_id)
    return entry is not None and entry.doubtful


def titles(unit: Unit, entry_ids: list[str], *, retired: bool = False) -> dict[str, str]:
    """Return the titles of the published ones among ``entry_ids``, and of those that are no more if wanted."""
    rows = unit.session.execute(
        select(EntryRow.id, RevisionRow.data)
        .join(RevisionRow, (EntryRow.id == RevisionRow.entry_id) & (EntryRow.revision == RevisionRow.number))
        .where(EntryRow.id.in_(entry_ids), EntryRow.published | retired),
    )
    return {entry_id: data["title"] for entry_id, data in rows}


def other_entries(unit: Unit, ticket: TicketRow, entry_id: str) -> list[dict[str, Any]]:
    """Return the other suggestions made, with the ranks that choose them."""
    if ticket.judgement.get("decision") != "suggest":
        return []
    return [
        {"rank": rank, "id": item.entry_id, "title": item.title}
        for rank, item in enumerate(evidence(unit, ticket), start=1)
        if item.entry_id != entry_id
    ]


def due_card(unit: Unit, ticket: TicketRow) -> dict[str, Any]:
    """Return the question in brief and its date."""
    clock = timekeeping.current(unit, ticket)
    return {
        "question": excerpt(ticket.question),
        "due_at": instant(clock.due_at),
        "assignee": ticket.assignee.name if ticket.assignee else None,
    }


def expert_card(unit: Unit, ticket: TicketRow, why: str) -> dict[str, Any]:
    """Return all that an expert needs to answer in one reply."""
    organisation = ticket.organisation
    return {
        **due_card(unit, ticket),
        "question": ticket.question,
        "organisation": organisation.name if organisation else None,
        "organisation_kind": organisation.kind if organisation else None,
        "population": organisation.population if organisation else None,
        "theme_label": theme_label(unit, ticket.theme_id),
        "asked_at": instant(ticket.asked_at),
        "evidence": [{"id": e.entry_id, "title": e.title, "score": e.score} for e in evidence(unit, ticket)],
        "reason": ticket.judgement.get("reason"),
        "context": ticket.judgement.get("context", {}),
        "why": why,
        "followers": followers(unit, ticket),
        "messages": _thread(unit, ticket),
        "files": _files(unit, ticket),
    }


def followers(unit: Unit, ticket: TicketRow) -> list[dict[str, Any]]:
    """Return the questions that joined this one in its present cycle, and what was said of each: one answer does."""
    rows = unit.session.scalars(
        select(TicketRow)
        .join(FollowerRow, (FollowerRow.ticket_id == TicketRow.id) & (FollowerRow.cycle == TicketRow.cycle))
        .where(FollowerRow.lead_id == ticket.id, FollowerRow.lead_cycle == ticket.cycle)
        .order_by(TicketRow.id)
    )
    return [{"ticket": row.id, "question": row.question, "messages": _thread(unit, row)} for row in rows]


def _files(unit: Unit, ticket: TicketRow) -> list[dict[str, Any]]:
    """Return the files that the member joined, whenever they did."""
    own = select(MessageRow.id).where(MessageRow.ticket_id == ticket.id, MessageRow.author_id == ticket.author_id)
    found = attachments.files_of(unit, unit.session.scalars(own.order_by(MessageRow.id)))
    return [file for files in found.values() for file in files]


def _thread(unit: Unit, ticket: TicketRow) -> list[dict[str, str]]:
    """Return what was said since the question, notes included: the card is for experts."""
    rows = unit.session.scalars(
        select(MessageRow)
        .where(MessageRow.ticket_id == ticket.id, MessageRow.kind != MessageKind.question)
        .order_by(MessageRow.id),
    )
    return [
        {
            "from": "member" if row.author_id == ticket.author_id else "expert",
            "kind": row.kind.value,
            "text": row.body,
        }
        for row in rows
    ]
