"""The table of every notice kind and the function that words it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.channel import Capability, FileRef, Rendered
from bot.handlers import Absences
from bot.render import coordinator, expert, files, finding, member, views
from bot.render.card import Card
from helpdesk.notices import NoticeKind as K
from helpdesk.views import Board, Invitation, TicketView
from knowledge.entry import Entry

if TYPE_CHECKING:
    from bot.handlers import Seen
    from bot.words import Words

TABLE: dict[K, Callable[[Card], Rendered]] = {
    K.answer_found: member.answer_found,
    K.suggestions: member.suggestions,
    K.clarify: member.clarify,
    K.redirected: member.redirected,
    K.acknowledged: member.acknowledged,
    K.joined: member.joined,
    K.several_questions: member.several_questions,
    K.me_too: member.me_too,
    K.earlier_answer: member.earlier_answer,
    K.following: member.following,
    K.date_moved: member.date_moved,
    K.expert_asks: member.expert_asks,
    K.answered: member.answered,
    K.reply_accepted: member.reply_accepted,
    K.late: member.late,
    K.pointer: member.pointer,
    K.thanks: member.thanks,
    K.status: member.status,
    K.confirmed: member.confirmed,
    K.rated: member.rated,
    K.withdraw_which: member.withdraw_which,
    K.withdrawn: member.withdrawn,
    K.thanked: member.thanked,
    K.assigned: expert.assigned,
    K.reassigned: expert.reassigned,
    K.member_replied: expert.member_replied,
    K.followed: expert.followed,
    K.reminder: expert.reminder,
    K.undeliverable: expert.undeliverable,
    K.question_withdrawn: expert.question_withdrawn,
    K.answered_by_member: expert.answered_by_member,
    K.offer_entry: expert.offer_entry,
    K.entry_decided: expert.entry_decided,
    K.breach: coordinator.breach,
    K.escalation: coordinator.escalation,
    K.digest: coordinator.digest,
    K.unassigned: coordinator.unassigned,
    K.summary: coordinator.summary,
    K.dead_letter: coordinator.dead_letter,
    K.entry_proposed: coordinator.entry_proposed,
    K.audit_finding: finding.audit_finding,
}


class Renderer:
    """Words notices. ``base_url`` is where the web pages are reached, None when there are none to link to."""

    def __init__(self, base_url: str | None) -> None:
        self._base_url = base_url

    def render(
        self,
        kind: K,
        data: Mapping[str, Any],
        ticket_id: int | None,
        words: Words,
        capabilities: Capability,
        at: dt.datetime,
    ) -> Rendered:
        """Return a notice in a reader's words, as CommonMark and buttons; ``at``: when it was told.

        Buttons are given whatever the channel; without ``Capability.BUTTONS`` the text also says what to type.
        Raises ``KeyError`` when ``data`` lacks what its kind needs (``docs/notices.md``).
        """
        rendered = TABLE[kind](Card(data, ticket_id, words, capabilities, self._base_url, at))
        given = tuple(FileRef(**file) for file in data.get("files") or ())
        if given and Capability.FILES not in capabilities:
            rendered = replace(rendered, text=f"{rendered.text}\n\n{files.listed(given, words)}")
        return replace(rendered, files=given, kind=kind, ticket=ticket_id)

    def invitation_links(self, invitation: Invitation) -> dict[str, str]:
        """Return the addresses that use an invitation, by channel: the platforms' own, and the pages'."""
        if self._base_url is None:
            return invitation.links
        return invitation.links | {"web": f"{self._base_url.rstrip('/')}/join/{invitation.code}"}

    def invitation(self, seen: Invitation, words: Words, here: str) -> str:
        """Return an invitation to pass on, as CommonMark; ``here``: how it is used where this is read."""
        return views.invitation(seen, self.invitation_links(seen), words, here)

    def absences(self, seen: Absences, words: Words, how: str) -> str:
        """Return who is away and when, as CommonMark; ``how`` one declares it where this is read."""
        return views.absences(seen, words, how)

    def board(self, seen: Board, words: Words, most: int) -> str:
        """Return the board as CommonMark, with at most so many questions of each kind."""
        return views.board(seen, words, most)

    def view(self, seen: Seen, words: Words) -> str:
        """Return what a person asked to see, as CommonMark."""
        if isinstance(seen, TicketView):
            return views.ticket(seen, words)
        if isinstance(seen, Board):
            return views.board(seen, words)
        if isinstance(seen, Entry):
            return views.entry(seen, words)
        if isinstance(seen, Invitation):
            return views.invitation(seen, self.invitation_links(seen), words)
        if isinstance(seen, Absences):
            return views.absences(seen, words)
        return views.listing(seen.of, seen.lines, words)
