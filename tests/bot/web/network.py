"""A small network on the real core: a member, two experts and a coordinator, and the web pages they use."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.channels.web import WebLimits, WebParts, create_web
from bot.handlers import Handlers
from bot.render.renderer import Renderer
from bot.words import Words
from helpdesk.attachments import Attachments
from helpdesk.coordinators import CoordinatorDesk
from helpdesk.desk import Desk
from helpdesk.experts import ExpertDesk
from helpdesk.joining import Joining
from helpdesk.lessons import Lessons
from helpdesk.library import themes
from helpdesk.model import AccountRef, Address, Role
from helpdesk.outbox import Outbox
from helpdesk.people import People, create_person, organisation
from helpdesk.privacy import Privacy
from helpdesk.sweep import Sweep
from helpdesk.vitals import pulse
from tests.bot.web.browser import BASE, Browser

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from starlette.applications import Starlette

    from helpdesk.office import Office
    from knowledge.entry import Theme
    from tests.clock import ManualClock

SECRET = "not a secret: tests only"


@dataclass(frozen=True)
class Ids:
    """Who is in the network."""

    claire: int
    marc: int
    lea: int
    nadia: int


class Network:
    """The people, their pages, and the parts behind."""

    def __init__(self, office: Office, clock: ManualClock, base_url: str = BASE) -> None:
        self.office = office
        self.clock = clock
        self.desk = Desk(office)
        self.experts = ExpertDesk(office)
        self.coordinators = CoordinatorDesk(office)
        self.people = People(office)
        self.outbox = Outbox(office)
        self.sweep = Sweep(office)
        self.ids = _populate(office)
        self.parts = WebParts(
            desk=self.desk,
            experts=self.experts,
            coordinators=self.coordinators,
            people=self.people,
            joining=Joining(office),
            lessons=Lessons(office),
            privacy=Privacy(office),
            attachments=Attachments(office),
            handlers=Handlers(self.desk, self.experts, self.coordinators, self.people),
            renderer=Renderer(base_url),
            words_for=Words,
            themes=self._themes,
            pulse=self._pulse,
            wake_sender=lambda: None,
            clock=clock,
            base_url=base_url,
            secret=SECRET,
            secure_cookies=base_url.startswith("https"),
            limits=WebLimits(posts_per_minute=600),
        )

    def web(self, **changes: object) -> Starlette:
        return create_web(replace(self.parts, **changes))  # type: ignore[arg-type]

    async def signed_in(self, person: int, web: Starlette | None = None, *, raises: bool = True) -> Browser:
        browser = Browser(web or self.web(), raises=raises)
        await browser.sign_in(self.people.sign_in_link(person))
        return browser

    @staticmethod
    def account(person: int) -> AccountRef:
        return AccountRef("web", str(person))

    @staticmethod
    def address(person: int) -> Address:
        return Address("web", str(person))

    def deliver(self) -> None:
        """Accept everything that waits, as the sender does with a mailbox."""
        while claimed := self.outbox.claim(frozenset({"web"})):
            for delivery in claimed:
                self.outbox.sent(delivery.delivery_id)

    def _themes(self) -> Sequence[Theme]:
        with self.office.reading() as unit:
            return themes(unit.session)

    def _pulse(self) -> Hashable:
        with self.office.reading() as unit:
            return pulse(unit)


def _populate(office: Office) -> Ids:
    with office.unit() as unit:
        town = organisation(unit, "Mairie de Bois-Joli", "commune", 3200)
        claire = create_person(unit, "Claire", frozenset(), organisation=town)
        marc = create_person(unit, "Marc", frozenset({Role.expert}), themes=("juridique", "environnement"))
        lea = create_person(unit, "Léa", frozenset({Role.expert}), themes=("alimentation", "reseau"))
        nadia = create_person(unit, "Nadia", frozenset({Role.coordinator}))
        return Ids(claire.id, marc.id, lea.id, nadia.id)


THEIR_QUESTION = "Combien coûte une analyse du cycle de vie pour notre mairie ?"


class Three:
    """Three people, each in their browser, and a question that went to the expert."""

    def __init__(self, claire: Browser, marc: Browser, nadia: Browser) -> None:
        self.claire = claire
        self.marc = marc
        self.nadia = nadia
