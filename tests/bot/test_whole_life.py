"""One question through its whole life, by the clock alone: asked, paused, resumed, late, excused, answered, confirmed.

What each person received, and when, is compared with ``golden/whole_life.<locale>.txt``.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from bot.channels.console import ConsoleChannel
from bot.channels.plain import plain, plain_text
from bot.words import LOCALES
from helpdesk.model import AccountRef, Address
from helpdesk.sweep import Sweep
from helpdesk.tables import PersonRow
from tests.bot.house import demonstration
from tests.golden import assert_golden

if TYPE_CHECKING:
    from bot.parts import Parts
    from helpdesk.office import Office
    from tests.clock import ManualClock
    from tests.conftest import OfficeMaker

pytestmark = pytest.mark.long

GOLDEN = Path(__file__).parent / "golden"
PARIS = ZoneInfo("Europe/Paris")
NAMES = {"claire": "CLAIRE", "marc": "MARC", "lea": "LÉA", "nadia": "NADIA"}
BY_DAY, BY_NIGHT = dt.timedelta(minutes=10), dt.timedelta(hours=1)  # between two sweeps
DAY = range(7, 20)  # hours
QUESTION = "un concurrent attaque au tribunal notre marché jugé sur le prix seul, on doit tout annuler ?"


class Life:
    """Plays a story and writes down what each person did and was told."""

    def __init__(self, office: Office, clock: ManualClock, locale: str) -> None:
        self.parts: Parts = demonstration(office)
        self._office = office
        self._clock = clock
        self._sweep = Sweep(office)
        self._acts = 0
        self.transcript: list[str] = []
        with office.unit() as unit:
            unit.session.execute(update(PersonRow).values(locale=locale))
        for name in NAMES:
            self._visit(name)

    def until(self, day: int, hour: int, minute: int = 0) -> None:
        """Let time go by, the sweep running every ten minutes, by night every hour, and the sender after it."""
        end = dt.datetime(2026, 6, day, hour, minute, tzinfo=PARIS).astimezone(dt.UTC)
        while self._clock.now() < end:
            now = self._clock.now()
            self._clock.reach(min(end, now + (BY_DAY if now.astimezone(PARIS).hour in DAY else BY_NIGHT)))
            self._sweep.run()
            self._deliver()

    def key(self) -> str:
        self._acts += 1
        return f"act:{self._acts}"

    def does(self, name: str, what: str) -> None:
        """Write down what somebody did, then what it caused."""
        self.transcript.append(f"{self._at()}  {NAMES[name]} > {what}")
        self._deliver()

    def says(self, text: str) -> None:
        account, address = AccountRef("console", "claire"), Address("console", "claire")
        self.parts.desk.hear(self.key(), account, address, text)
        self.does("claire", text)

    def _visit(self, name: str) -> None:
        # Everybody came once, so that each is told in their own conversation.
        with self._office.act(f"visit:{name}", AccountRef("console", name)):
            pass

    def _at(self) -> str:
        return f"{self._clock.now().astimezone(PARIS):%a %d %H:%M}"

    def _deliver(self) -> None:
        while claimed := self.parts.outbox.claim(frozenset({"console"})):
            for delivery in claimed:
                words = self.parts.words_for(delivery.locale)
                rendered = self.parts.renderer.render(
                    delivery.kind,
                    delivery.data,
                    delivery.ticket_id,
                    words,
                    ConsoleChannel.capabilities,
                    delivery.told_at,
                )
                text = plain_text(rendered.text, plain).strip().replace("\n", "\n    ")
                self.transcript.append(f"{self._at()}  to {NAMES[delivery.address.conversation]}\n    {text}")
                self.parts.outbox.sent(delivery.delivery_id)


def _play(life: Life) -> None:
    parts = life.parts
    claire, marc, nadia = (AccountRef("console", name) for name in ("claire", "marc", "nadia"))
    life.until(1, 16)
    life.says(QUESTION)
    ticket = parts.desk.my_questions(claire)[0].id
    life.until(2, 9, 30)
    parts.experts.ask_member(life.key(), marc, ticket, "Le contrat est-il déjà signé ?")
    life.does("marc", "asks: Le contrat est-il déjà signé ?")
    life.until(2, 11)
    life.says("ou en est ma question ?")
    life.until(3, 9, 30)
    life.says("pas encore signé, on est en période de standstill")
    life.until(10, 10)
    parts.coordinators.excuse(life.key(), nadia, ticket, 1, "Marc en arrêt, remplacé le 10 juin.")
    life.does("nadia", "excuses the breach")
    parts.experts.answer(
        life.key(), marc, ticket, "Non : suspendez la signature et saisissez votre **service juridique**."
    )
    life.does("marc", "answers")
    life.until(10, 11)
    life.says("merci beaucoup !")
    parts.desk.solved(life.key(), claire, ticket)
    life.does("claire", "presses « Cela répond à ma question »")


@pytest.mark.parametrize("locale", LOCALES)
def test_a_question_through_its_whole_life(make_office: OfficeMaker, clock: ManualClock, locale: str) -> None:
    life = Life(make_office(), clock, locale)
    _play(life)
    text = "\n\n".join(life.transcript) + "\n"
    assert_golden(text, GOLDEN / f"whole_life.{locale}.txt")
    figures = life.parts.coordinators.figures(AccountRef("console", "nadia"), dt.date(2026, 6, 1), dt.date(2026, 6, 30))
    assert (figures.met, figures.breached, figures.excused) == (0, 1, 1)
