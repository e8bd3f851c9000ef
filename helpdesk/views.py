"""What the use cases give to be shown: frozen values, already filtered by what the reader may see."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helpdesk.model import ANSWERS, ClockState, MessageKind, Resolution, State

if TYPE_CHECKING:
    from helpdesk.calendar import Closure
    from knowledge.explanation import InShort


@dataclass(frozen=True)
class TicketLine:
    """A ticket in a list. ``elapsed_percent`` is of the promise; ``assignee`` and ``organisation`` are names."""

    id: int
    question: str
    state: State
    cycle: int
    theme: str | None
    asked_at: dt.datetime
    due_at: dt.datetime | None  # None while paused or when nothing is owed
    past: bool  # that date is past: the promise is broken from the next opening on, or already
    elapsed_percent: int
    late: bool  # the promise of the present cycle is broken
    excused: bool
    paused: bool
    assignee: str | None
    assignee_id: int | None
    organisation: str | None
    resolution: Resolution | None

    @property
    def standing(self) -> str:
        """Where it stands, as people are told: its state, or ``withdrawn`` for one that its author took back."""
        return Resolution.withdrawn.value if self.resolution is Resolution.withdrawn else self.state.value


@dataclass(frozen=True)
class MessageView:
    """A message of a ticket's thread; ``mine`` when the reader wrote it."""

    kind: MessageKind
    body: str
    at: dt.datetime
    author: str
    mine: bool
    from_member: bool
    cycle: int
    given_by_hand: bool
    files: tuple[dict[str, Any], ...] = ()  # id, name, media_type, size (bytes)

    @property
    def is_plain(self) -> bool:
        """Tell whether these are a member's words, which mean nothing but themselves; an expert's may be Markdown."""
        return self.from_member or self.kind is MessageKind.reply


@dataclass(frozen=True)
class Evidence:
    """A library entry that the matching found near the question."""

    entry_id: str
    title: str
    score: float


@dataclass(frozen=True)
class CycleView:
    """The promise of one cycle as it was counted: the clock, its pauses, and its breach if any."""

    cycle: int
    state: ClockState
    start: dt.datetime
    due_at: dt.datetime | None
    stopped_at: dt.datetime | None
    breached_at: dt.datetime | None
    excuse: str | None
    pauses: tuple[tuple[dt.datetime, dt.datetime | None], ...]


@dataclass(frozen=True)
class EventView:
    """One line of the audit trail; ``entries``: ids and titles of the entries given, proposed or made."""

    at: dt.datetime
    kind: str
    actor: str | None
    data: dict[str, Any]
    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class TicketView:
    """A ticket's page. ``actions`` holds what this reader may do now, by verb."""

    line: TicketLine
    asked_on: str  # the channel
    population: int | None
    organisation_kind: str | None
    author: str | None  # shown to coordinators only
    messages: tuple[MessageView, ...]
    evidence: tuple[Evidence, ...]
    offered: tuple[Evidence, ...]  # what the member who reads may choose from, by rank
    answer_entry: Evidence | None  # the library entry shown as the answer, still published
    decision: str | None
    reason: str | None
    why: InShort | None  # why the nearest entry came first when it was decided, whatever was published since
    context: dict[str, Any]  # what the text says of the case, by element (``knowledge.context.Context``)
    followers: tuple[tuple[int, str], ...]  # numbers and words of the questions that joined this one
    lead_id: int | None  # the question that this one joined
    silence_at: dt.datetime | None  # when what is awaited of the member is awaited no more; for experts, coordinators
    cycles: tuple[CycleView, ...]
    events: tuple[EventView, ...]  # experts and coordinators only
    rating: int | None
    candidate_id: int | None  # the entry proposed from the present cycle
    candidate_decided: bool
    actions: frozenset[str]

    @property
    def answers(self) -> int:
        """How many answers its reader has before their eyes."""
        return sum(message.kind in ANSWERS for message in self.messages)

    @property
    def drafted(self) -> str:
        """What to start an entry from: the answer of the present cycle, and all that completed it."""
        return "\n\n".join(
            message.body
            for message in self.messages
            if message.kind is MessageKind.answer and message.cycle == self.line.cycle
        )


@dataclass(frozen=True)
class LessonView:
    """What a member said of an entry; ``kept`` is None until somebody reviewed it."""

    id: int
    entry_id: str
    text: str
    right: bool
    kept: bool | None
    at: dt.datetime


@dataclass(frozen=True)
class Line:
    """One line of a conversation: what the person wrote (``text``) or a notice they were given."""

    at: dt.datetime
    order: tuple[dt.datetime, int, int]
    text: str | None = None
    notice_id: int | None = None
    kind: str | None = None
    data: dict[str, Any] | None = None
    ticket_id: int | None = None
    current: bool = True  # False: the ticket moved on, its buttons no longer act
    files: tuple[dict[str, Any], ...] = ()  # of what the person wrote: id, name, media_type, size (bytes)


@dataclass(frozen=True)
class Board:
    """What the coordinator must see: late first, then at risk (75 % of the promise or more), then the rest."""

    late: tuple[TicketLine, ...]
    at_risk: tuple[TicketLine, ...]
    open: tuple[TicketLine, ...]
    unassigned: int
    waiting: int
    dead_letters: tuple[DeadLetter, ...]
    candidates: int
    last_sweep: dt.datetime | None
    unanswered_topics: tuple[str, ...]  # recent questions that the library knew nothing of


@dataclass(frozen=True)
class DeadLetter:
    """A notice that no channel would take."""

    delivery_id: int
    kind: str
    person: str
    channel: str
    error: str | None
    ticket_id: int | None
    at: dt.datetime
    finding: str | None  # the code of what was found amiss, when the notice told one


@dataclass(frozen=True)
class CandidateView:
    """An answer proposed as a library entry."""

    id: int
    ticket_id: int
    author: str
    proposed_at: dt.datetime
    title: str
    theme: str
    body: str
    sources: tuple[str, ...]
    as_said: bool  # the reply of a member that was taken as the answer: they proposed nothing


@dataclass(frozen=True)
class HandedOn:
    """How many questions of somebody who is away were given to others, and how many are left to nobody."""

    given: int = 0
    left: int = 0


@dataclass(frozen=True)
class PersonLine:
    """An expert in a list of people to hand a question to."""

    id: int
    name: str
    themes: tuple[str, ...]
    open_tickets: int
    away: bool


@dataclass(frozen=True)
class Invitation:
    """A code to give to somebody. ``to``: the person whose account it joins, or the organisation it brings into.

    ``links``: by channel, the address that uses it there; the pages' own is made where their address is known.
    """

    code: str
    to: str
    personal: bool
    reusable: bool
    expires_at: dt.datetime
    links: dict[str, str]


@dataclass(frozen=True)
class Figures:
    """The promise over a period, by cohort of due date: only decided clocks make the rate (the promise, section 5)."""

    first_day: dt.date
    last_day: dt.date
    met: int
    breached: int
    excused: int
    open: int
    paused: int
    joined: int  # answered, or to be, together with another question that is counted
    rate: float | None
    by_resolution: dict[str, int]
    median_first_word_minutes: int | None


@dataclass(frozen=True)
class ClosureView:
    """A closure that is not over. ``announced``: on the board, where it can be taken back; ``begun``: already."""

    closure: Closure
    announced: bool
    begun: bool

    @property
    def span(self) -> str:
        """The closure in the calendar's notation."""
        return self.closure.span
