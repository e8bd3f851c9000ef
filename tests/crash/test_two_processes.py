"""Real services on Telegram: two with one token and one database, and one that is told to stop while it sends."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from bot.channels.telegram import NAME
from helpdesk.clock import SystemClock
from helpdesk.database import Database
from helpdesk.leases import LIFE
from helpdesk.library import LibraryCache
from helpdesk.model import AccountRef, DeliveryState
from helpdesk.office import Office
from helpdesk.people import create_person
from helpdesk.policy import Policy
from helpdesk.tables import DeliveryRow, HeartbeatRow, TicketRow
from tests import postgres
from tests.crash.house import House
from tests.telegram.botapi.server import BotApiServer

if TYPE_CHECKING:
    from pathlib import Path

    from tests.telegram.botapi.user import User

LABEL = "Peut-on exiger un label dans un marché ?"
ONLY_PRICE = "Le prix peut-il rester le seul critère d'attribution ?"
WAITS = "telegram_poller_waits"


@pytest.fixture
def telegram() -> Iterator[BotApiServer]:
    """A server whose time is that of the services."""
    with BotApiServer(SystemClock()) as server:
        yield server
    server.check_contract()


@pytest.fixture
def office(worker_id: str) -> Iterator[Office]:
    """The office of an empty database, beside the services, with time as it is."""
    database = Database(postgres.create_database(f"guichet_two_{worker_id}"))
    yield Office(database, SystemClock(), Policy(), LibraryCache(database))
    database.dispose()


@pytest.fixture
def houses(office: Office, telegram: BotApiServer, tmp_path: Path) -> Iterator[tuple[House, House]]:
    url = office.database.url.render_as_string(hide_password=False)
    found = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        house = House(folder, Random(0), variables={"GUICHET_DATABASE_URL": url})
        house.talks_on(telegram)
        found.append(house)
    yield found[0], found[1]
    for house in found:
        house.close()


def _member(office: Office, telegram: BotApiServer, name: str) -> User:
    user = telegram.user(name)
    user.private.started = True
    with office.unit() as unit:
        create_person(unit, name, frozenset(), accounts=(AccountRef(NAME, str(user.id)),))
    return user


def _begin(house: House, office: Office, telegram: BotApiServer) -> tuple[User, User]:
    """Start a service; return two members who may speak to it."""
    house.start()
    telegram.wait_until(lambda: telegram.polls, "the first polls", 60)
    return _member(office, telegram, "Claire T."), _member(office, telegram, "Paul T.")


def _all_told(office: Office) -> bool:
    """Tell whether nothing that is due on Telegram is left to tell."""
    with office.reading() as unit:
        waiting = select(func.count()).where(
            DeliveryRow.channel == NAME, DeliveryRow.state.in_((DeliveryState.queued, DeliveryState.claimed))
        )
        return not unit.session.scalar(waiting)


def _a_minute_passes(office: Office) -> None:
    """Let the lease of the dead poller end."""
    with office.unit() as unit:
        for row in unit.session.scalars(select(HeartbeatRow).where(HeartbeatRow.name.startswith("poller:"))):
            row.at -= LIFE


def test_the_second_waits_says_so_and_takes_over_what_the_dead_one_left(
    houses: tuple[House, House], office: Office, telegram: BotApiServer
) -> None:
    one, two = houses
    claire, paul = _begin(one, office, telegram)
    two.start()
    two.wait_ready()
    telegram.wait_until(lambda: WAITS in two.journal, "the second waits and says so")
    # What the first handles now it can no longer acknowledge: Telegram will give it again.
    telegram.cut_before_effect("getUpdates", times=1000)
    claire.says(LABEL)
    claire.private.wait_for("Demander à un expert", timeout=20)
    telegram.wait_until(lambda: _all_told(office), "the answer settled")
    one.kill()
    assert len(telegram.pending) == 1
    with telegram.world.lock:
        telegram.faults.clear()
    paul.says(ONLY_PRICE)
    _a_minute_passes(office)
    paul.private.wait_for("Demander à un expert", timeout=20)
    telegram.wait_acknowledged(20)
    telegram.wait_until(lambda: _all_told(office), "all told")
    assert two.stop() == 0
    assert WAITS not in one.journal
    assert "telegram_conflict" not in one.journal + two.journal, "they never poll together"
    assert [len(user.private.from_bot()) for user in (claire, paul)] == [1, 1]
    with office.reading() as unit:
        assert unit.session.scalar(select(func.count()).select_from(TicketRow)) == 2


def test_a_service_told_to_stop_ends_what_it_is_sending_while_its_channels_still_serve(
    houses: tuple[House, House], office: Office, telegram: BotApiServer
) -> None:
    house, _ = houses
    claire, paul = _begin(house, office, telegram)
    with telegram.holding("sendMessage"):
        claire.says(LABEL)
        telegram.wait_until(lambda: telegram.called("sendMessage"), "the answer on its way")
        house.tell_to_stop()
        telegram.wait_until(lambda: "stopping" in house.journal, "the service is told")
        paul.says(ONLY_PRICE)
        telegram.wait_acknowledged(20)
    assert house.wait_stopped() == 0
    assert "delivery_failed" not in house.journal
    assert [len(user.private.from_bot()) for user in (claire, paul)] == [1, 0], "the rest is for the next service"
    with office.reading() as unit:
        assert unit.session.scalars(select(TicketRow.id)).all() == [1, 2]
        told = unit.session.scalars(select(DeliveryRow.state).where(DeliveryRow.channel == NAME)).all()
    assert sorted(told) == [DeliveryState.queued, DeliveryState.sent]
