"""The words of the house as values: who speaks, from where, and what a ticket can be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person may do. Roles add up; everybody known to the network is at least a member."""

    member = "member"
    expert = "expert"
    coordinator = "coordinator"
    admin = "admin"


class State(StrEnum):
    """Where a ticket stands in its present cycle."""

    received = "received"  # waits for the member to say more (clarify)
    suggested = "suggested"  # entries were proposed, the member has not chosen
    queued = "queued"  # for the experts, nobody has it
    assigned = "assigned"  # an expert has it
    joined = "joined"  # waits for the answer to another member's question, the same in other words
    waiting = "waiting"  # an expert asked the member something: the promise is paused
    answered = "answered"  # answered by the library or by an expert, not yet settled
    closed = "closed"


OPEN_STATES = frozenset(State) - {State.answered, State.closed}
WITH_EXPERTS = frozenset({State.queued, State.assigned, State.waiting})


class Resolution(StrEnum):
    """How a cycle ended; the board's figures count each apart."""

    library_confirmed = "library_confirmed"
    library_unconfirmed = "library_unconfirmed"
    expert_confirmed = "expert_confirmed"
    expert_unconfirmed = "expert_unconfirmed"
    member_confirmed = "member_confirmed"  # another member's reply, taken as the answer
    member_unconfirmed = "member_unconfirmed"
    earlier_answer = "earlier_answer"  # the answer once given to another member does
    by_hand = "by_hand"  # given by telephone or in person, recorded by an expert or a coordinator
    redirected = "redirected"
    no_question = "no_question"  # a greeting that no question followed
    withdrawn = "withdrawn"


class MessageKind(StrEnum):
    """What a message in a ticket's thread is."""

    question = "question"
    followup = "followup"  # the member again
    asks_member = "asks_member"  # the expert's question to the member
    answer = "answer"
    reply = "reply"  # another member's, taken as the answer
    note = "note"  # internal: never shown to the member


ANSWERS = frozenset({MessageKind.answer, MessageKind.reply})


class ClockState(StrEnum):
    """A clock counts, is paused, has its answer on the way, or has ended."""

    running = "running"
    paused = "paused"
    delivering = "delivering"  # an answer was given; it counts once a channel has accepted it
    stopped = "stopped"  # answered: met, or breached when a breach row exists
    void = "void"  # nothing is owed any more: withdrawn, redirected, no question


class DeliveryState(StrEnum):
    """A delivery's life; ``dead`` is shown to the coordinator, ``void`` was no longer wanted."""

    queued = "queued"
    claimed = "claimed"
    sent = "sent"
    dead = "dead"
    void = "void"


@dataclass(frozen=True)
class AccountRef:
    """A person's identity on one channel, as the platform gives it."""

    channel: str
    external_id: str


@dataclass(frozen=True)
class Address:
    """Where a message goes: a channel, a conversation in it and, where the platform has them, a thread."""

    channel: str
    conversation: str
    thread: str | None = None


@dataclass(frozen=True)
class Person:
    """A known human, as the use cases see them."""

    id: int
    name: str
    locale: str
    organisation: str | None
    organisation_id: int | None
    roles: frozenset[Role]

    def has(self, *roles: Role) -> bool:
        """Tell whether the person holds one of ``roles``; an admin holds them all."""
        return bool(self.roles.intersection(roles)) or Role.admin in self.roles
