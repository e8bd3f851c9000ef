"""Words, names and addresses taken out of everything stored: what is left can still be shown, and still counts.

A notice may quote any question and name anybody, whoever it went to: the database looks through the text of them all.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Text, and_, cast, delete, or_, select, update

from helpdesk import cards
from helpdesk.cards import ERASED
from helpdesk.tables import (
    AttachmentRow,
    BlobRow,
    CandidateRow,
    DeliveryRow,
    DialogueRow,
    DraftRow,
    InboundRow,
    LessonRow,
    MessageRow,
    NoticeRow,
    TicketRow,
    TopicRow,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from helpdesk.office import Unit
    from helpdesk.tables import AccountRow, PersonRow

_BATCH = 1000  # notices read at a time
_QUOTING = ("ticket", "tickets", "twin", "follower")  # what a notice has that quotes a question not its own
_UNPUBLISHED = CandidateRow.entry_id.is_(None)


def questions(unit: Unit, numbers: Collection[int]) -> None:
    """Strip questions, and what anybody was told of them, of their words; the messages of their threads stay."""
    session = unit.session
    _candidates(unit, numbers)
    _lessons(unit, numbers)
    session.execute(update(TicketRow).where(TicketRow.id.in_(numbers)).values(question=ERASED, judgement={}))
    session.execute(update(TopicRow).where(TopicRow.ticket_id.in_(numbers)).values(name=ERASED, read_at=None))
    session.execute(delete(DraftRow).where(DraftRow.ticket_id.in_(numbers)))
    notices(unit, NoticeRow.ticket_id.in_(numbers))
    forgotten = set(numbers)
    quoting = or_(*(_holds(name) for name in _QUOTING))
    _rewrite(unit, lambda data: cards.without_questions(data, forgotten), quoting)


def messages(unit: Unit, *where: ColumnElement[bool]) -> None:
    """Strip messages of their words and of their files."""
    files = AttachmentRow.message_id.in_(select(MessageRow.id).where(*where))
    unit.session.execute(delete(AttachmentRow).where(files))
    unit.session.execute(delete(BlobRow).where(BlobRow.sha256.not_in(select(AttachmentRow.sha256))))
    unit.session.execute(update(MessageRow).where(*where).values(body=ERASED))


def notices(unit: Unit, *where: ColumnElement[bool]) -> None:
    """Strip notices of all that somebody said and of who they are."""
    _rewrite(unit, cards.without_words, *where)


def name(unit: Unit, person: PersonRow) -> None:
    """Forget somebody's name, in what others were told as well."""
    known = person.name
    person.name = ERASED
    _rewrite(unit, lambda data: cards.without_name(data, known), _holds(known))


def accounts(unit: Unit, person: PersonRow) -> None:
    """Forget somebody's accounts, and where they were written to alone: nothing goes there any more."""
    for account in person.accounts:
        for table in (TicketRow, MessageRow, DeliveryRow):
            alone = (table.channel == account.channel, table.conversation == account.conversation)
            unit.session.execute(update(table).where(*alone).values(conversation=ERASED))
        asked = (DialogueRow.channel == account.channel, DialogueRow.external_id == account.external_id)
        unit.session.execute(delete(DialogueRow).where(*asked))
        heard = delete(InboundRow).where(_names(account))
        unit.session.execute(heard, execution_options={"synchronize_session": False})
        unit.session.delete(account)


def _names(account: AccountRow) -> ColumnElement[bool]:
    """Return the condition that an update's key holds where an account is written to alone, or who holds it."""
    of_channel = InboundRow.key.startswith(f"{account.channel}:", autoescape=True)
    said_there = InboundRow.key.startswith(f"{account.channel}:{account.conversation}:", autoescape=True)
    return or_(said_there, and_(of_channel, InboundRow.key.endswith(f":{account.external_id}", autoescape=True)))


def replies(unit: Unit, person: PersonRow) -> None:
    """Drop what somebody said to another member and nobody has published; the answer stays with who got it."""
    _drop_as_said(unit, CandidateRow.author_id == person.id)


def _candidates(unit: Unit, numbers: Collection[int]) -> None:
    """Drop what was offered to the library in the thread's own words; what an expert wrote keeps but its own title."""
    _drop_as_said(unit, CandidateRow.ticket_id.in_(numbers))
    written = select(CandidateRow, TicketRow.question).join(TicketRow, TicketRow.id == CandidateRow.ticket_id)
    for candidate, question in unit.session.execute(written.where(TicketRow.id.in_(numbers), _UNPUBLISHED)):
        if _is_made_of(question, candidate.data["title"]):
            candidate.data = candidate.data | {"title": ERASED}


def _is_made_of(question: str, title: str) -> bool:
    """Tell whether a title is a question as it was asked, or its beginning: experts are offered it."""
    asked, named = (" ".join(text.split()) for text in (question, title))
    return asked.startswith(named.removesuffix("…"))


def _drop_as_said(unit: Unit, *where: ColumnElement[bool]) -> None:
    for candidate in unit.session.scalars(select(CandidateRow).where(_UNPUBLISHED, *where)):
        if candidate.data.get("as_said"):
            unit.session.delete(candidate)


def _lessons(unit: Unit, numbers: Collection[int]) -> None:
    """Forget the wordings that nobody reviewed; those that were kept name nobody, and are tied to nobody any more."""
    own = LessonRow.ticket_id.in_(numbers)
    unit.session.execute(delete(LessonRow).where(own, LessonRow.kept.is_not(True)))
    unit.session.execute(update(LessonRow).where(own).values(ticket_id=None))


def _holds(text: str) -> ColumnElement[bool]:
    """Return the condition that a notice's data has a key or a value that reads so, as JSON is stored."""
    return cast(NoticeRow.data, Text).contains(json.dumps(text), autoescape=True)


def _rewrite(unit: Unit, rewritten: Callable[[dict[str, Any]], dict[str, Any]], *where: ColumnElement[bool]) -> None:
    # Locked as they are read: whoever rewrites them at the same time would put back what is taken out here.
    read = select(NoticeRow.id, NoticeRow.data).where(*where).order_by(NoticeRow.id).with_for_update(key_share=True)
    rows = unit.session.execute(read.execution_options(yield_per=_BATCH))
    told = ((number, data, rewritten(data)) for number, data in rows)
    changed = [{"id": number, "data": after} for number, before, after in told if after != before]
    if changed:
        unit.session.execute(update(NoticeRow), changed)
