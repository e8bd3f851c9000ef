"""The demonstration network on a test's office, with the parts that a conversation needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channels.console import Chat
from bot.channels.plain import plain
from bot.handlers import Handlers
from bot.parts import Parts, wording
from bot.render.renderer import Renderer
from helpdesk.attachments import Attachments
from helpdesk.coordinators import CoordinatorDesk
from helpdesk.correspondence import Correspondence
from helpdesk.demonstration import create_demonstration
from helpdesk.desk import Desk
from helpdesk.dialogues import Dialogues
from helpdesk.drafts import Drafts
from helpdesk.experts import ExpertDesk
from helpdesk.handing import Handing
from helpdesk.joining import Joining
from helpdesk.lessons import Lessons
from helpdesk.model import DeliveryState
from helpdesk.outbox import LEASE, Outbox
from helpdesk.peers import Peers
from helpdesk.people import People
from helpdesk.privacy import Privacy
from helpdesk.tables import DeliveryRow, NoticeRow

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from helpdesk.notices import NoticeKind
    from helpdesk.office import Office


def demonstration(office: Office) -> Parts:
    """Create the demonstration network and return the parts on it."""
    with office.unit() as unit:
        create_demonstration(unit)
    return parts_of(office)


def parts_of(office: Office) -> Parts:
    """Return the parts on an office, whoever is in its network."""
    desk, experts, coordinators, people = Desk(office), ExpertDesk(office), CoordinatorDesk(office), People(office)
    return Parts(
        office=office,
        desk=desk,
        experts=experts,
        coordinators=coordinators,
        peers=Peers(office),
        handing=Handing(office),
        people=people,
        privacy=Privacy(office),
        outbox=Outbox(office),
        handlers=Handlers(desk, experts, coordinators, people),
        renderer=Renderer(None),
        words_for=wording("Europe/Paris"),
        joining=Joining(office),
        lessons=Lessons(office),
        dialogues=Dialogues(office),
        drafts=Drafts(office),
        attachments=Attachments(office),
        correspondence=Correspondence(office),
    )


def as_if_unrecorded(office: Office, kind: NoticeKind) -> None:
    """Leave the deliveries of a notice as a sender that died right after sending leaves them."""
    with office.unit() as unit:
        for row in unit.session.query(DeliveryRow).join(NoticeRow).where(NoticeRow.kind == kind):
            row.state, row.lease_until = DeliveryState.claimed, unit.now + LEASE
            row.external_id = row.settled_at = None


async def talk(parts: Parts, name: str, lines: Sequence[str]) -> str:
    """Return the transcript of a piped conversation."""
    written: list[str] = []
    await Chat(parts, name, written.append, plain, echo=True).hold(_typed(lines))
    return "\n".join(written).rstrip() + "\n"


async def _typed(lines: Sequence[str]) -> AsyncIterator[str]:
    for line in lines:
        yield line
