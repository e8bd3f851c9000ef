"""What is stored. One class per table; rules live elsewhere (``lifecycle``, ``promise``, ``policy``, ``routing``)."""

from helpdesk.tables.base import Base
from helpdesk.tables.deliveries import BookmarkRow, DeliveryRow, DraftRow, NoticeRow, RetractionRow, TopicRow
from helpdesk.tables.library import CandidateRow, CounterRow, EntryRow, HeartbeatRow, RevisionRow
from helpdesk.tables.people import (
    AbsenceRow,
    AccountRow,
    DialogueRow,
    ExpertiseRow,
    InviteRow,
    OrganisationRow,
    PersonRow,
    SignInLinkRow,
    ThemeRow,
)
from helpdesk.tables.questions import (
    AttachmentRow,
    BlobRow,
    BreachRow,
    CalendarRow,
    ClockRow,
    EventRow,
    FollowerRow,
    InboundRow,
    MessageRow,
    PauseRow,
    TicketRow,
)

__all__ = [
    "AbsenceRow",
    "AccountRow",
    "AttachmentRow",
    "Base",
    "BlobRow",
    "BookmarkRow",
    "BreachRow",
    "CalendarRow",
    "CandidateRow",
    "ClockRow",
    "CounterRow",
    "DeliveryRow",
    "DialogueRow",
    "DraftRow",
    "EntryRow",
    "EventRow",
    "ExpertiseRow",
    "FollowerRow",
    "HeartbeatRow",
    "InboundRow",
    "InviteRow",
    "MessageRow",
    "NoticeRow",
    "OrganisationRow",
    "PauseRow",
    "PersonRow",
    "RetractionRow",
    "RevisionRow",
    "SignInLinkRow",
    "ThemeRow",
    "TicketRow",
    "TopicRow",
]
