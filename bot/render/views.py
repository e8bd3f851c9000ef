"""What a person asked to see, in words: a question's page, lists of questions, the board, a library entry.

For channels that show text; the web has its own pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.addresses import is_public
from bot.render import case, markup
from bot.render.card import bullets, full_day
from helpdesk.model import MessageKind

if TYPE_CHECKING:
    from bot.handlers import Absences
    from bot.words import Words
    from helpdesk.views import Board, Invitation, MessageView, TicketLine, TicketView
    from knowledge.entry import Entry

MOST_LISTED = 30
_MOST_EVIDENCE = 3
_TITLES = {
    "mine": ("view.mine.title", "view.mine.none"),
    "queue": ("view.queue.title", "view.queue.none"),
    "late": ("view.late.title", "view.late.none"),
}


def listing(of: str, lines: tuple[TicketLine, ...], words: Words) -> str:
    """Return a list of questions; ``of``: ``mine``, ``queue`` or ``late``."""
    title, none = _TITLES[of]
    if not lines:
        return words(none)
    return _joined(words(title), _lines(lines, words, mine=of == "mine", late_said=of == "late"))


def board(seen: Board, words: Words, most: int = MOST_LISTED) -> str:
    """Return what a coordinator must see: the counts, then what is late, at risk, and the rest; ``most`` of each."""
    counts = [
        words.plural("view.board.unassigned", seen.unassigned) if seen.unassigned else None,
        words.plural("view.board.waiting", seen.waiting) if seen.waiting else None,
        words.plural("view.board.candidates", seen.candidates) if seen.candidates else None,
        words.plural("view.board.dead", len(seen.dead_letters)) if seen.dead_letters else None,
    ]
    pressing = bool(seen.late or seen.at_risk)
    parts = [
        bullets(counts),  # after the questions, they would read as one of them
        _section(words("view.board.late"), seen.late, words, most, late_said=True),
        _section(words("view.board.at_risk"), seen.at_risk, words, most),
        _section(words("view.board.open" if pressing else "view.board.only_open"), seen.open, words, most),
        None if pressing or seen.open else words("view.board.none"),
        words("view.board.sweep", at=words.moment(seen.last_sweep))
        if seen.last_sweep
        else words("view.board.no_sweep"),
    ]
    return _joined(*parts)


def ticket(seen: TicketView, words: Words) -> str:
    """Return a question's page: where it stands, what was said, and to experts what the library found."""
    line = seen.line
    told = case.in_one_line(seen.context, words)
    mine = any(message.mine and message.from_member for message in seen.messages)
    found = bullets(markup.escape(item.title) for item in seen.evidence[:_MOST_EVIDENCE])
    return _joined(
        f"**{words('view.ticket.title', number=line.id, where=_where(line, words, mine=mine))}**",
        bullets(
            (
                words("view.ticket.organisation", name=markup.escape(line.organisation)) if line.organisation else None,
                words("view.ticket.author", name=markup.escape(seen.author)) if seen.author else None,
                words("view.ticket.assignee", name=markup.escape(line.assignee)) if line.assignee else None,
                words("notice.assigned.context", case=told) if told else None,
            ),
        ),
        *(_message(message, words) for message in seen.messages),
        words("view.ticket.by_library", title=markup.escape(seen.answer_entry.title)) if seen.answer_entry else None,
        _joined(words("view.ticket.evidence"), found) if found else None,
    )


def entry(shown: Entry, words: Words) -> str:
    """Return a whole library entry, with its doubt, sources and dates."""
    sources = ", ".join(
        markup.escape(source.label) + (f" ({markup.escape(source.url)})" if source.url else "")
        for source in shown.sources
    )
    changes = bullets(
        words("view.entry.change", day=full_day(change.date, words), note=markup.escape(change.note))
        for change in shown.changes
    )
    return _joined(
        f"**{markup.escape(shown.title)}**",
        f"**{words('notice.answer_found.doubt')}**" if shown.doubtful else None,
        markup.experts(shown.body),
        _joined(words("view.entry.changes"), changes) if changes else None,
        words("notice.answer_found.source", sources=sources) if sources else None,
        words("notice.answer_found.verified", day=full_day(shown.verified, words)) if shown.verified else None,
    )


def absences(seen: Absences, words: Words, how: str | None = None) -> str:
    """Return who is away and when, and ``how`` to declare it: in a line typed, unless it is said."""
    lines = bullets(
        words("view.absences.line", name=markup.escape(name), first=words.day(first), last=words.day(last))
        if first != last
        else words("view.absences.one_day", name=markup.escape(name), day=words.day(first))
        for _, name, first, last in seen.lines
    )
    return _joined(
        words("view.absences.title") if lines else words("view.absences.none"),
        lines,
        how or words("view.absences.how_all" if seen.everybody else "view.absences.how"),
    )


def invitation(made: Invitation, links: dict[str, str], words: Words, here: str | None = None) -> str:
    """Return an invitation to pass on: whom it is for, until when, its addresses, and how it is used ``here``."""
    name, until = markup.escape(made.to), words.day(made.expires_at.astimezone(words.zone).date())
    newcomers = "view.invitation.several" if made.reusable else "view.invitation.organisation"
    ways = bullets(
        words("view.invitation.way", channel=words(f"channel.{channel}"), link=f"<{link}>")
        for channel, link in sorted(links.items())
        if is_public(link)
    )
    return _joined(
        words("view.invitation.personal" if made.personal else newcomers, name=name, until=until),
        ways,
        here or (None if ways else words("view.invitation.no_way", code=made.code)),
    )


def _section(
    title: str, lines: tuple[TicketLine, ...], words: Words, most: int, *, late_said: bool = False
) -> str | None:
    return _joined(f"**{title}**", _lines(lines, words, most, mine=False, late_said=late_said)) if lines else None


def _lines(
    lines: tuple[TicketLine, ...], words: Words, most: int = MOST_LISTED, *, mine: bool, late_said: bool = False
) -> str | None:
    more = len(lines) - most
    return bullets(
        (
            *(_line(line, words, mine=mine, late_said=late_said) for line in lines[:most]),
            words.plural("view.more", more) if more > 0 else None,
        ),
    )


def _line(line: TicketLine, words: Words, *, mine: bool, late_said: bool) -> str:
    where = _where(line, words, mine=mine)
    if late_said and line.due_at and not line.excused:
        where = words("view.where.promised", due=words.moment(line.due_at))
    question = markup.excerpt(line.question)
    if mine:
        return words("view.line.mine", number=line.id, where=where, question=question)
    who = [markup.escape(name) for name in (line.organisation, line.assignee) if name]
    if line.assignee is None and line.due_at is not None:
        who.append(words("view.line.nobody"))
    return words("view.line.staff", number=line.id, where=where, question=question, who=", ".join(who) or "–")


def _where(line: TicketLine, words: Words, *, mine: bool) -> str:
    if line.late and line.due_at:
        return words("view.where.excused" if line.excused else "view.where.late", due=words.moment(line.due_at))
    if line.state.value in {"queued", "assigned", "joined"} and line.due_at:
        return words("view.where.promised" if line.past else "view.where.due", due=words.moment(line.due_at))
    return words(f"state.{line.standing}" if mine else f"view.where.{line.standing}")


def _message(message: MessageView, words: Words) -> str:
    who = words("view.message.you") if message.mine else markup.escape(message.author)
    if message.from_member and not message.mine:
        who = words("view.message.member")
    at = words.moment(message.at)
    if message.kind is MessageKind.note:
        head = words("view.message.note", who=who, at=at)
    elif message.given_by_hand:
        head = words("view.message.by_hand", who=who, at=at)
    else:
        head = words("view.message.said", who=who, at=at)
    body = markup.quote(message.body) if message.is_plain else markup.quoted_markdown(message.body)
    return _joined(head, body)


def _joined(*parts: str | None) -> str:
    return "\n\n".join(part for part in parts if part)
