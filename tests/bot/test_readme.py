"""The conversation that opens the README is what Guichet says today, word for word."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from bot.channel import Capability
from bot.parts import wording
from bot.render.renderer import Renderer
from bot.settings import Configuration, Secrets, Settings
from helpdesk.calendars import install
from helpdesk.demonstration import create_demonstration
from helpdesk.desk import Desk
from helpdesk.library import LibraryCache, import_library
from helpdesk.model import AccountRef, Address
from helpdesk.office import Office
from helpdesk.outbox import Outbox
from helpdesk.policy import Policy
from knowledge.files import read_library, shipped_library
from tests.clock import ManualClock

if TYPE_CHECKING:
    from helpdesk.database import Database

README = Path(__file__).parents[2] / "README.md"
SUNDAY = dt.datetime(2026, 11, 22, 10, 0, tzinfo=dt.UTC)
CLAIRE = AccountRef("console", "claire")
CAPABILITIES = Capability.BUTTONS | Capability.MARKUP


def _told() -> list[tuple[str, str]]:
    """Return who speaks and what they say in the README's transcript, on one line each."""
    quoted = [
        line.removeprefix(">").strip() for line in README.read_text(encoding="utf-8").splitlines() if line[:1] == ">"
    ]
    turns = " ".join(quoted).split("**Claire**")[1:]
    found = []
    for turn in turns:
        asked, _, said = turn.partition("**Guichet** :")
        found.append((asked.partition(" : ")[2].strip(), " ".join(said.split())))
    return found


def _said(desk: Desk, outbox: Outbox, question: str) -> str:
    desk.hear(f"readme:{question}", CLAIRE, Address("console", "claire"), question)
    (told,) = outbox.claim(frozenset({"console"}))
    outbox.sent(told.delivery_id)
    words = wording("Europe/Paris")("fr")
    shown = Renderer(None).render(told.kind, told.data, told.ticket_id, words, CAPABILITIES, told.told_at)
    buttons = [f"[{button.label}]" for row in shown.buttons for button in row]
    return " ".join(" ".join([shown.text, *buttons]).split())


def test_the_readme_s_conversation_is_what_guichet_says(sqlite: Database) -> None:
    clock = ManualClock(SUNDAY)
    with sqlite.transaction() as session:
        import_library(session, read_library(shipped_library()), clock.now())
        install(session, Settings(Configuration(), None, Secrets()).calendar_data(SUNDAY.year), clock.now())
    office = Office(sqlite, clock, Policy(), LibraryCache(sqlite))
    with office.unit() as unit:
        create_demonstration(unit)
    desk, outbox = Desk(office), Outbox(office)
    told = _told()
    assert len(told) == 2
    assert [(question, _said(desk, outbox, question)) for question, _ in told] == told
