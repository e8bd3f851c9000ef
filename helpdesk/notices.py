"""What Guichet must tell somebody: kinds, their data and how each behaves on its way. No prose here.

The data of a notice is what its sentence needs, as JSON values; instants are ISO 8601 strings in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MOST_SHOWN = 5  # questions of a member that a notice shows to choose from; the others go by their numbers


class NoticeKind(StrEnum):
    """Every kind of notice, by who reads it."""

    # the member
    answer_found = "answer_found"
    suggestions = "suggestions"
    clarify = "clarify"
    redirected = "redirected"
    acknowledged = "acknowledged"
    joined = "joined"
    several_questions = "several_questions"
    me_too = "me_too"
    earlier_answer = "earlier_answer"
    following = "following"
    date_moved = "date_moved"
    expert_asks = "expert_asks"
    answered = "answered"
    late = "late"
    pointer = "pointer"
    thanks = "thanks"
    status = "status"
    confirmed = "confirmed"
    reply_accepted = "reply_accepted"
    rated = "rated"
    withdraw_which = "withdraw_which"
    withdrawn = "withdrawn"
    thanked = "thanked"
    # the expert
    assigned = "assigned"
    reassigned = "reassigned"
    member_replied = "member_replied"
    followed = "followed"
    reminder = "reminder"
    undeliverable = "undeliverable"
    question_withdrawn = "question_withdrawn"
    answered_by_member = "answered_by_member"
    offer_entry = "offer_entry"
    entry_decided = "entry_decided"
    # experts and coordinators
    breach = "breach"
    escalation = "escalation"
    digest = "digest"
    # the coordinator
    unassigned = "unassigned"
    summary = "summary"
    dead_letter = "dead_letter"
    entry_proposed = "entry_proposed"
    audit_finding = "audit_finding"


class Guard(StrEnum):
    """What is checked again at the moment of sending; a notice whose guard fails is voided, not sent."""

    none = "none"
    clock = "clock"  # the clock still runs, in the generation that caused the notice
    open_ticket = "open_ticket"  # the ticket is still with the experts, and with this person
    own_ticket = "own_ticket"  # the ticket is still this person's, and not taken back
    heard_of = "heard_of"  # the person was told that the ticket was theirs: at night it may be over before they are


@dataclass(frozen=True)
class Behaviour:
    """How a kind travels.

    ``rings``: waits for the promise calendar's opening (experts and coordinators are never rung outside it).
    ``at_most_once``: an ambiguous send is not repeated (reminders); the others are, a duplicate beats silence.
    ``answers``: its acceptance by a channel is what meets the promise.
    """

    rings: bool = False
    at_most_once: bool = False
    answers: bool = False
    guard: Guard = Guard.none


K = NoticeKind

BEHAVIOURS: dict[NoticeKind, Behaviour] = {
    **{kind: Behaviour() for kind in NoticeKind},
    K.answer_found: Behaviour(answers=True),
    K.answered: Behaviour(answers=True),
    K.reply_accepted: Behaviour(answers=True),
    K.assigned: Behaviour(rings=True, guard=Guard.open_ticket),
    K.reassigned: Behaviour(rings=True, guard=Guard.heard_of),
    K.member_replied: Behaviour(rings=True, guard=Guard.own_ticket),
    K.followed: Behaviour(rings=True, guard=Guard.own_ticket),
    K.undeliverable: Behaviour(rings=True),
    K.question_withdrawn: Behaviour(rings=True, guard=Guard.heard_of),
    K.answered_by_member: Behaviour(rings=True, guard=Guard.heard_of),
    K.entry_decided: Behaviour(rings=True),
    K.reminder: Behaviour(rings=True, at_most_once=True, guard=Guard.clock),
    K.breach: Behaviour(rings=True),
    K.escalation: Behaviour(rings=True, guard=Guard.clock),
    K.digest: Behaviour(rings=True),
    K.unassigned: Behaviour(rings=True, guard=Guard.open_ticket),
    K.summary: Behaviour(rings=True, at_most_once=True),
    K.dead_letter: Behaviour(rings=True),
    K.entry_proposed: Behaviour(rings=True),
    K.audit_finding: Behaviour(rings=True),
}
