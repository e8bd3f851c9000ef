"""The core's parts, built once from the settings: what the service and every command work with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.embedding import embedder_of, name_of
from bot.handlers import Handlers
from bot.render.renderer import Renderer
from bot.words import Words
from helpdesk.attachments import Attachments
from helpdesk.clock import SystemClock
from helpdesk.coordinators import CoordinatorDesk
from helpdesk.correspondence import Correspondence
from helpdesk.database import Database
from helpdesk.desk import Desk
from helpdesk.dialogues import Dialogues
from helpdesk.drafts import Drafts
from helpdesk.experts import ExpertDesk
from helpdesk.handing import Handing
from helpdesk.joining import Joining
from helpdesk.lessons import Lessons
from helpdesk.library import LibraryCache
from helpdesk.office import Office
from helpdesk.outbox import Outbox
from helpdesk.peers import Peers
from helpdesk.people import People
from helpdesk.privacy import Privacy
from helpdesk.vectors import KeptVectors

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.settings import Settings


@dataclass(frozen=True)
class Parts:
    """The use cases on one database, and the wording of what they say."""

    office: Office
    desk: Desk
    experts: ExpertDesk
    coordinators: CoordinatorDesk
    peers: Peers
    handing: Handing
    people: People
    privacy: Privacy
    outbox: Outbox
    handlers: Handlers
    renderer: Renderer
    words_for: Callable[[str], Words]
    joining: Joining
    lessons: Lessons
    dialogues: Dialogues
    drafts: Drafts
    attachments: Attachments
    correspondence: Correspondence

    @property
    def database(self) -> Database:
        """The database they all share."""
        return self.office.database


def build_parts(settings: Settings) -> Parts:
    """Return the parts; the database is not touched yet."""
    database = Database(settings.database_url)
    model = embedder_of(settings)
    vectors = KeptVectors(database, model, name_of(settings)) if model else None
    library = LibraryCache(database, settings.configuration.matching.precision, vectors)
    office = Office(database, SystemClock(), settings.policy(), library)
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
        renderer=Renderer(settings.base_url),
        words_for=wording(settings.configuration.network.zone),
        joining=Joining(office),
        lessons=Lessons(office),
        dialogues=Dialogues(office),
        drafts=Drafts(office),
        attachments=Attachments(office),
        correspondence=Correspondence(office),
    )


def wording(zone: str) -> Callable[[str], Words]:
    """Return what gives the words of a locale, with dates in ``zone``."""

    @lru_cache
    def words_for(locale: str) -> Words:
        return Words(locale, zone)

    return words_for
