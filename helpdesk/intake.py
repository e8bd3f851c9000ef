"""A question comes in: the ticket exists first, then the library is asked, and what it decides is carried out."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from helpdesk import access, attachments, cards, cases, timekeeping, twins
from helpdesk.casework import add_message, hand_over, move, settle, show_entry
from helpdesk.errors import InvalidInputError
from helpdesk.lifecycle import Event
from helpdesk.model import MessageKind, Resolution, State
from helpdesk.notices import NoticeKind
from helpdesk.tables import TicketRow
from helpdesk.telling import tell_member
from helpdesk.timekeeping import today
from knowledge import replies
from knowledge.decision import Decision, Judgement
from knowledge.decision import Reason as KnowledgeReason

if TYPE_CHECKING:
    from helpdesk.attachments import Upload
    from helpdesk.model import Address
    from helpdesk.office import Act
    from knowledge.explanation import Judged
    from knowledge.matcher import Matcher

_MERE_GREETINGS = frozenset({KnowledgeReason.EMPTY, KnowledgeReason.SMALL_TALK, KnowledgeReason.WHO_ANSWERS})


def clean(text: str, most: int, field: str = "text") -> str:
    """Return what a field holds ready to be kept. Raises ``InvalidInputError``: ``empty_text``, ``too_long``."""
    # A NUL is refused by PostgreSQL and means nothing to anybody.
    kept = text.replace("\x00", "").strip()
    if not kept:
        raise InvalidInputError("empty_text", field=field)
    if len(kept) > most:
        raise InvalidInputError("too_long", field=field, limit=most, length=len(kept))
    return kept


def message_time(act: Act, at: dt.datetime | None) -> dt.datetime:
    """Return when a message was said: the platform's time, never in the future; ours where it gives none.

    Raises ``InvalidInputError`` (``naive_instant``).
    """
    if at is None:
        return act.now
    if at.tzinfo is None:
        raise InvalidInputError("naive_instant", value=at.isoformat())
    return min(at.astimezone(dt.UTC).replace(microsecond=0), act.now)


def open_ticket(
    act: Act,
    text: str,
    at: dt.datetime,
    address: Address,
    *,
    insists: bool = False,
    files: tuple[Upload, ...] = (),
) -> TicketRow:
    """Create the ticket of a new question, its first message and its clock."""
    ticket = TicketRow(
        author_id=act.person.id,
        author=act.person,
        organisation_id=act.person.organisation_id,
        channel=address.channel,
        conversation=address.conversation,
        thread=address.thread,
        question=text,
        asked_at=at,
        state=State.received,
        cycle=1,
        judgement={},
        insists=insists,
        updated_at=act.now,
    )
    act.session.add(ticket)
    act.session.flush()
    act.record("asked", ticket, act.person, asked_at=at.isoformat(), channel=address.channel)
    add_message(act, ticket, act.person, MessageKind.question, text, at, address, files=files)
    timekeeping.start(act, ticket, at)
    return ticket


def decide(
    act: Act, ticket: TicketRow, matcher: Matcher, judged: Judged | None = None, said: str | None = None
) -> None:
    """Ask the library about the ticket's question, or all that was ``said`` of it, and carry out its decision."""
    said = said or ticket.question
    judgement, why = judged or matcher.judge_with_why(said, today=today(act))
    # Whoever joins a document has a question, however short its words.
    files = {"files": True} if attachments.has_files(act, ticket.id) else {}
    told = {"why": why.to_data()} if why else {}
    ticket.judgement = judgement.to_data() | told | files | cases.evidence_of(act, ticket, said)
    undecided = judgement.decision in {Decision.SUGGEST, Decision.EXPERTS} or ticket.insists
    if undecided and (twin := twins.find(act, ticket, matcher)) is not None:
        ticket.judgement = ticket.judgement | {"twin": twin}
    ticket.theme_id = judgement.theme if judgement.theme in {theme.id for theme in matcher.themes} else None
    act.record(
        "judged",
        ticket,
        None,
        decision=str(judgement.decision),
        reason=str(judgement.reason),
        entries=[[item.entry_id, item.score] for item in judgement.scored[:3]],
        version=judgement.version,
    )
    if ticket.insists and judgement.decision is not Decision.CLARIFY:
        hand_over(act, ticket, act.person, "asked")
        return
    if ticket.state is State.suggested and judgement.decision in {Decision.CLARIFY, Decision.REDIRECT}:
        # It was near enough to propose entries: more words do not make it nobody's business.
        hand_over(act, ticket, None, "experts")
        return
    match judgement.decision:
        case Decision.ANSWER:
            show_entry(act, ticket, judgement.scored[0].entry_id, None)
        case Decision.SUGGEST:
            suggest(act, ticket)
        case Decision.CLARIFY:
            clarify(act, ticket, judgement)
        case Decision.REDIRECT:
            redirect(act, ticket)
        case Decision.EXPERTS:
            hand_over(act, ticket, None, "experts")


def suggest(act: Act, ticket: TicketRow) -> None:
    """Propose the nearest entries; hand over when none of them is published any more."""
    found = cards.evidence(act, ticket)
    if not found:
        hand_over(act, ticket, None, "experts")
        return
    move(act, ticket, Event.suggest, proposed=[item.entry_id for item in found])
    ticket.silence_at = timekeeping.due_in_days(act, act.now, act.office.policy.silence_days)
    clock = timekeeping.current(act, ticket)
    entries = [
        {"rank": rank, "id": item.entry_id, "title": item.title, "doubtful": cards.is_doubtful(act, item.entry_id)}
        for rank, item in enumerate(found, start=1)
    ]
    data = {"entries": entries, "due_at": cards.instant(clock.due_at), "reason": ticket.judgement.get("reason")}
    tell_member(act, ticket, NoticeKind.suggestions, data, step=f"suggestions:{act.mark}")


def clarify(act: Act, ticket: TicketRow, judgement: Judgement) -> None:
    """Ask for one more sentence."""
    move(act, ticket, Event.clarify)
    ticket.silence_at = timekeeping.due_in_days(act, act.now, act.office.policy.silence_days)
    greeted = is_mere_greeting(ticket) and judgement.reason is not KnowledgeReason.WHO_ANSWERS
    reason = "greeting" if greeted else str(judgement.reason)
    tell_member(act, ticket, NoticeKind.clarify, {"reason": reason}, step=f"clarify:{act.mark}")


def redirect(act: Act, ticket: TicketRow) -> None:
    """Say kindly that it is not the network's business; nothing is owed unless the member insists."""
    settle(act, ticket, Event.redirect, Resolution.redirected)
    ticket.theme_id = None
    tell_member(act, ticket, NoticeKind.redirected, {}, step="redirected")


def complete(
    act: Act,
    ticket: TicketRow,
    matcher: Matcher,
    text: str,
    at: dt.datetime,
    address: Address,
    files: tuple[Upload, ...] = (),
) -> None:
    """Add words to a question that lacked some, and ask the library again with all of them.

    Where others read the question, words said elsewhere do not become part of it; a mere greeting is asked where the
    question came.
    """
    add_message(act, ticket, act.person, MessageKind.followup, text, at, address, files=files)
    mere_greeting = is_mere_greeting(ticket)
    said = text if mere_greeting else f"{ticket.question}\n{text}"
    if mere_greeting:
        ticket.channel, ticket.conversation, ticket.thread = address.channel, address.conversation, address.thread
    if ticket.address == address or access.is_private(act.person, ticket.address):
        ticket.question = said
    decide(act, ticket, matcher, said=said)


def is_mere_greeting(ticket: TicketRow) -> bool:
    """Tell whether the ticket holds no question yet: a greeting, or a wish to be heard."""
    if ticket.judgement.get("files"):
        return False
    return ticket.judgement.get("reason") in _MERE_GREETINGS or replies.greets(ticket.question)
