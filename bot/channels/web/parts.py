"""What the web channel is given: the use cases, the wording, and its own settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.words import DEFAULT_LOCALE

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from starlette.routing import BaseRoute

    from bot.handlers import Handlers
    from bot.render.renderer import Renderer
    from bot.words import Words
    from helpdesk.attachments import Attachments
    from helpdesk.clock import Clock
    from helpdesk.coordinators import CoordinatorDesk
    from helpdesk.desk import Desk
    from helpdesk.experts import ExpertDesk
    from helpdesk.joining import Joining
    from helpdesk.lessons import Lessons
    from helpdesk.people import People
    from helpdesk.privacy import Privacy
    from knowledge.entry import Theme


@dataclass(frozen=True)
class WebLimits:
    """What one person may send.

    ``body_bytes`` bounds a whole form as it is read, ``upload_bytes`` one with its files; ``posts_per_minute`` is both
    the rate and the burst of a person's forms and searches; a session ends after ``session_days`` without a visit;
    ``streams_per_person`` bounds the pages that are kept live at once.
    """

    message_chars: int = 5000
    body_bytes: int = 256 * 1024
    upload_bytes: int = 25 * 1024 * 1024
    posts_per_minute: int = 30
    session_days: int = 30
    streams_per_person: int = 8


@dataclass(frozen=True)
class WebParts:
    """Everything the pages need.

    ``themes`` gives the library's themes in order. ``pulse`` gives a value that differs once anything was written or
    delivered by any process: it is asked every few seconds while somebody looks at a live page, so it must be cheap.
    ``wake_sender`` is called after each form, so that what it caused leaves at once. ``secret`` signs sessions;
    ``base_url`` is where people reach the pages, scheme included. ``locale`` is the language of visitors whose browser
    asks for none that the pages speak. ``routes`` are served as they are, beside the pages (health, metrics).
    """

    desk: Desk
    experts: ExpertDesk
    coordinators: CoordinatorDesk
    people: People
    joining: Joining
    lessons: Lessons
    privacy: Privacy
    attachments: Attachments
    handlers: Handlers
    renderer: Renderer
    words_for: Callable[[str], Words]
    themes: Callable[[], Sequence[Theme]]
    pulse: Callable[[], Hashable]
    wake_sender: Callable[[], None]
    clock: Clock
    base_url: str
    secret: str
    secure_cookies: bool
    locale: str = DEFAULT_LOCALE
    limits: WebLimits = WebLimits()
    routes: tuple[BaseRoute, ...] = ()
