"""A proposed entry becomes one of the library: published only if its file would be taken by any other network."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from sqlalchemy import select

from helpdesk.cards import ERASED
from helpdesk.errors import InvalidInputError
from helpdesk.library import publish
from helpdesk.tables import EntryRow, ThemeRow, TicketRow
from helpdesk.timekeeping import today
from knowledge.entry import Confidence, Entry, Kind, Source, Verification
from knowledge.errors import LibraryError
from knowledge.files import LONGEST_ID, as_filed
from knowledge.text import fold

if TYPE_CHECKING:
    from helpdesk.office import Act
    from helpdesk.tables import CandidateRow

_REVIEW_AFTER = dt.timedelta(days=365)


def publish_candidate(act: Act, row: CandidateRow) -> str:
    """Publish what a coordinator accepted; return its id.

    Raises ``InvalidInputError``: ``title_missing`` (it was that of a question forgotten since), ``source_missing``,
    ``no_such_theme``, ``entry_refused`` (with the ``faults`` for which a file of this entry would be refused).
    """
    if row.data["title"] == ERASED:
        raise InvalidInputError("title_missing")
    if not row.data["sources"]:
        raise InvalidInputError("source_missing")
    theme = row.data["theme"] or ""
    if act.session.get(ThemeRow, theme) is None:
        raise InvalidInputError("no_such_theme", theme=theme)
    published = set(act.session.scalars(select(EntryRow.id).where(EntryRow.published)))
    try:
        entry = as_filed(_entry(act, row, theme), {theme}, published)
    except LibraryError as error:
        raise InvalidInputError("entry_refused", faults=error.faults) from None
    publish(act.session, entry, act.person.id, act.now)
    act.record("entry_published", act.session.get(TicketRow, row.ticket_id), act.person, entry=entry.id)
    return entry.id


def _entry(act: Act, row: CandidateRow, theme: str) -> Entry:
    day, title = today(act), row.data["title"]
    return Entry(
        id=_free_id(act, title),
        kind=Kind.FAQ,
        theme=theme,
        title=title,
        phrasings=(title,),  # the question as the coordinator left it: the member's own words may name somebody
        sources=tuple(Source(label) for label in row.data["sources"]),
        confidence=Confidence.SURE,
        verification=Verification.PUBLIC_SOURCE,
        verified=day,
        review=day + _REVIEW_AFTER,
        body=row.data["body"],
    )


def _free_id(act: Act, title: str) -> str:
    slug = "-".join(re.findall(r"[a-z0-9]+", fold(title)))[: LONGEST_ID - len("faq--99")].strip("-") or "fiche"
    number = 1
    name = f"faq-{slug}"
    while act.session.get(EntryRow, name) is not None:
        number += 1
        name = f"faq-{slug}-{number}"
    return name
