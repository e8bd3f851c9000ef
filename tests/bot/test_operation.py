"""The parts of operation one by one: supervision, ticker, lock, secret, journal, and what a monitor reads."""

from __future__ import annotations

import datetime as dt
import io
import json
import logging
import stat
import threading
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import httpx
import pytest
import structlog
from sqlalchemy import text, update
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.middleware import Middleware

from bot import logs
from bot.lock import AlreadyRunningError, only_service
from bot.metrics import CountedRequests, Metrics
from bot.secret import secret_of
from bot.settings import Configuration, Secrets, Settings
from bot.supervision import supervised
from bot.ticker import Job, Ticker
from helpdesk.clock import SystemClock
from helpdesk.database import Database
from helpdesk.library import LibraryCache
from helpdesk.model import DeliveryState
from helpdesk.notices import NoticeKind
from helpdesk.office import Office
from helpdesk.people import create_person
from helpdesk.policy import Policy
from helpdesk.sweep import Sweep
from helpdesk.tables import DeliveryRow, NoticeRow, PersonRow
from helpdesk.vitals import pulse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from helpdesk.office import Unit
    from tests.clock import ManualClock

SECONDS = 10.0


@pytest.fixture
def journal() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    kept = logging.getLogger().handlers[:], logging.getLogger().level, structlog.get_config()
    logs.configure("info", "json", stream)
    yield stream
    logging.getLogger().handlers[:] = kept[0]
    logging.getLogger().setLevel(kept[1])
    structlog.configure(**kept[2])


def lines(journal: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in journal.getvalue().splitlines()]


def test_a_crashed_piece_starts_again_and_the_others_go_on(journal: io.StringIO) -> None:
    starts: list[int] = []
    steady = anyio.Event()

    async def fragile() -> None:
        starts.append(len(starts))
        if len(starts) < 3:
            raise RuntimeError("down")
        steady.set()
        await anyio.sleep_forever()

    other = anyio.Event()

    async def robust() -> None:
        await steady.wait()
        other.set()
        await anyio.sleep_forever()

    async def watch() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(supervised, "fragile", fragile, lambda: 0.0, 0.001)
            tasks.start_soon(supervised, "robust", robust, lambda: 0.0, 0.001)
            with anyio.fail_after(SECONDS):
                await other.wait()
            tasks.cancel_scope.cancel()

    anyio.run(watch)
    assert starts == [0, 1, 2]
    assert [(line["event"], line["piece"], line["again_in"]) for line in lines(journal)] == [
        ("piece_crashed", "fragile", 0.001),
        ("piece_crashed", "fragile", 0.002),
    ]


def test_a_job_that_fails_runs_again_at_its_beat(journal: io.StringIO) -> None:
    done = threading.Event()
    runs: list[int] = []

    def work() -> int:
        runs.append(1)
        if len(runs) == 1:
            raise RuntimeError("locked")
        done.set()
        return 0

    async def watch() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(Ticker((Job("work", 0.02, work),)).run)
            with anyio.fail_after(SECONDS):
                await anyio.to_thread.run_sync(done.wait)
            tasks.cancel_scope.cancel()

    anyio.run(watch)
    assert [line["event"] for line in lines(journal)] == ["job_failed"]


def test_stopping_waits_for_the_job_in_hand() -> None:
    began, finish, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> int:
        began.set()
        finish.wait(SECONDS)
        ended.set()
        return 1

    async def watch() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(Ticker((Job("work", 3600, work),)).run)
            await anyio.to_thread.run_sync(began.wait)
            tasks.cancel_scope.cancel()
            finish.set()

    anyio.run(watch)
    assert ended.is_set()


def test_nothing_is_judged_before_what_people_wrote_meanwhile_is_read() -> None:
    order: list[str] = []
    done = threading.Event()

    def judge() -> int:
        order.append("judged")
        done.set()
        return 0

    async def watch() -> None:
        history = anyio.Event()

        async def read() -> None:
            await history.wait()
            order.append("read")

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(Ticker((Job("sweep", 3600, judge, ready=read),)).run)
            await anyio.wait_all_tasks_blocked()
            assert order == []
            history.set()
            with anyio.fail_after(SECONDS):
                await anyio.to_thread.run_sync(done.wait)
            tasks.cancel_scope.cancel()

    anyio.run(watch)
    assert order == ["read", "judged"]


def test_a_beat_while_the_job_runs_is_heard_once() -> None:
    runs: list[int] = []
    busy, third = threading.Event(), threading.Event()

    def work() -> int:
        runs.append(1)
        if len(runs) == 1:
            busy.wait(0.3)  # fifteen beats long
        elif len(runs) == 3:
            third.set()
        return 0

    async def watch() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(Ticker((Job("work", 0.02, work),)).run)
            with anyio.fail_after(SECONDS):
                await anyio.to_thread.run_sync(third.wait)
            tasks.cancel_scope.cancel()

    anyio.run(watch)
    assert len(runs) < 15


def test_one_service_serves_one_file(tmp_path: Path) -> None:
    database = tmp_path / "données" / "guichet.sqlite3"
    with only_service(database), pytest.raises(AlreadyRunningError) as refused, only_service(database):
        pass
    assert refused.value.file == database
    with only_service(database):
        pass


def test_the_secret_is_made_once_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings(Configuration(), None, Secrets(secret=None, database_url=None))
    first = secret_of(settings)
    assert len(first) >= 32
    assert secret_of(settings) == first
    assert stat.S_IMODE(settings.secret_file.stat().st_mode) == 0o600


def test_the_journal_holds_a_trace_without_the_values_at_hand(journal: io.StringIO) -> None:
    words_of_a_member = "ma question privée"

    def fail(_text: str) -> None:
        raise ValueError(3)

    try:
        fail(words_of_a_member)
    except ValueError:
        structlog.get_logger("test").exception("fault", ticket=7)
    (line,) = lines(journal)
    assert line["ticket"] == 7
    assert "ValueError" in str(line["exception"])
    assert words_of_a_member not in journal.getvalue()


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_database_error_in_the_journal_quotes_nobody(database: Database, journal: io.StringIO, form: str) -> None:
    logs.configure("info", form, journal)
    words_of_a_member = "ma question\n\nprivée"
    try:
        with database.transaction() as session:
            session.execute(text("INSERT INTO person (name) VALUES (:name)"), {"name": words_of_a_member})
    except SQLAlchemyError:
        structlog.get_logger("test").exception("fault")
    assert "IntegrityError" in journal.getvalue()
    assert "INSERT INTO person" in journal.getvalue()
    assert "ma question" not in journal.getvalue()
    assert "privée" not in journal.getvalue()


@pytest.mark.parametrize("level", ["info", "debug"])
def test_the_bot_s_token_stays_out_of_the_journal(journal: io.StringIO, level: str) -> None:
    """Telegram's addresses hold it, and the library of requests tells the address of each."""
    logs.configure(level, "json", journal)
    with httpx.Client(transport=httpx.MockTransport(lambda _request: httpx.Response(200))) as client:
        client.post("https://api.telegram.org/bot123:secret/sendMessage")
    assert "secret" not in journal.getvalue()


def test_libraries_below_a_warning_are_silent(journal: io.StringIO) -> None:
    logging.getLogger("alembic.runtime").info("chatter")
    logging.getLogger("apscheduler.executors").warning("trouble")
    assert [line["event"] for line in lines(journal)] == ["trouble"]


class Browser:
    """Asks the monitor's pages as a real client would, without a network between."""

    def __init__(self, office: Office) -> None:
        metrics = Metrics(office)
        counted = Middleware(CountedRequests, requests=metrics.requests)
        self._web = Starlette(routes=metrics.routes(), middleware=[counted])

    def ask(self, path: str, method: str = "GET") -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self._web)
            async with httpx.AsyncClient(transport=transport, base_url="http://guichet") as client:
                return await client.request(method, path)

        return anyio.run(send)


def test_a_service_is_ready_once_it_swept_and_until_it_stops_sweeping(office: Office, clock: ManualClock) -> None:
    browser = Browser(office)
    assert browser.ask("/readyz").status_code == 503
    Sweep(office).run()
    clock.advance(seconds=119)
    assert browser.ask("/readyz").json() == {
        "ready": True,
        "checks": {
            "database": {"ok": True},
            "sweep": {"ok": True, "age_seconds": 119.0},
            "deliveries": {"ok": True, "oldest_age_seconds": None},
        },
    }
    clock.advance(seconds=1)
    assert browser.ask("/readyz").status_code == 503
    assert browser.ask("/healthz").status_code == 200


def test_a_delivery_that_waits_ten_minutes_is_not_readiness(office: Office, clock: ManualClock) -> None:
    with office.unit() as unit:
        person = create_person(unit, "Claire", frozenset())
        _queue(unit, person, clock.now() + dt.timedelta(hours=1))
    browser = Browser(office)
    clock.advance(hours=1, minutes=9)
    Sweep(office).run()
    assert browser.ask("/readyz").json()["checks"]["deliveries"] == {"ok": True, "oldest_age_seconds": 540.0}
    clock.advance(minutes=1)
    Sweep(office).run()
    assert browser.ask("/readyz").status_code == 503


def test_a_database_that_went_away_is_not_readiness() -> None:
    nowhere = Database("postgresql://user@127.0.0.1:1/none?connect_timeout=2")
    office = Office(nowhere, SystemClock(), Policy(), LibraryCache(nowhere))
    browser = Browser(office)
    answer = browser.ask("/readyz")
    assert (answer.status_code, answer.json()["checks"]) == (503, {"database": {"ok": False}})
    assert browser.ask("/healthz").status_code == 200


def test_metrics_tell_questions_deliveries_and_pages(office: Office, clock: ManualClock) -> None:
    with office.unit() as unit:
        person = create_person(unit, "Claire", frozenset())
        _queue(unit, person, clock.now())
    clock.advance(seconds=30)
    browser = Browser(office)
    browser.ask("/healthz")
    browser.ask("/coffee", "BREW")
    said = browser.ask("/metrics").text
    assert 'guichet_deliveries{state="queued"} 1.0' in said
    assert "guichet_oldest_delivery_age_seconds 30.0" in said
    assert "guichet_breaches 0.0" in said
    assert 'guichet_http_requests_total{method="GET",route="/healthz",status="200"} 1.0' in said
    assert 'guichet_http_requests_total{method="other",route="none",status="404"} 1.0' in said


def test_the_pulse_differs_once_something_was_queued_and_once_it_was_sent(office: Office, clock: ManualClock) -> None:
    def beat() -> object:
        with office.reading() as unit:
            return pulse(unit)

    before = beat()
    assert beat() == before
    with office.unit() as unit:
        person = create_person(unit, "Claire", frozenset())
        _queue(unit, person, clock.now())
    queued = beat()
    with office.unit() as unit:
        unit.session.execute(update(DeliveryRow).values(state=DeliveryState.sent))
    assert len({before, queued, beat()}) == 3


def _queue(unit: Unit, person: PersonRow, at: dt.datetime) -> None:
    notice = NoticeRow(key="a", kind=NoticeKind.thanks.value, person_id=person.id, data={}, created_at=unit.now)
    unit.session.add(notice)
    unit.session.flush()
    unit.session.add(
        DeliveryRow(notice_id=notice.id, channel="web", conversation="1", state=DeliveryState.queued, available_at=at),
    )
