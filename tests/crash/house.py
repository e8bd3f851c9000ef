"""The service under test: started as an operator starts it, killed without warning, started again."""

from __future__ import annotations

import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import httpx
from sqlalchemy import update

from helpdesk.clock import SystemClock
from helpdesk.database import Database
from helpdesk.library import LibraryCache, themes
from helpdesk.model import Role
from helpdesk.office import Office
from helpdesk.people import People, create_person
from helpdesk.policy import Policy
from helpdesk.tables import DeliveryRow
from tests.bot.service import COMMAND, STOP_SECONDS, Service, configure, environment
from tests.crash.people import browser_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.telegram.botapi.server import BotApiServer

PATIENCE = 300.0  # seconds for a start, on a machine that may have much else to do
KILLED_WHILE_STARTING = 0.15  # share of the kills
LONGEST_START = 3.0  # seconds after which such a kill comes
LONGEST_SERVICE = 2.5  # seconds of service between two kills
_POLL_SECONDS, _LOOK_SECONDS = 0.02, 0.2


@dataclass
class House:
    """A folder with its configuration and its database, and the service that lives there."""

    folder: Path
    random: Random
    base_url: str = ""
    program: tuple[str, ...] = COMMAND
    longest_service: float = LONGEST_SERVICE
    variables: dict[str, str] = field(default_factory=dict)  # of the service's environment
    browsers: dict[str, httpx.Client] = field(default_factory=dict)  # signed in, by the name of their owner
    restarts: list[float] = field(default_factory=list)  # seconds from the start to the first 200 of /readyz
    kills: int = 0
    _process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> int:
        """The number of the service's process."""
        assert self._process is not None
        return self._process.pid

    @property
    def journal(self) -> str:
        """What the service said of itself."""
        return (self.folder / "journal.txt").read_text(encoding="utf-8", errors="replace")

    def office(self) -> Office:
        """Return an office on the service's database, beside the service."""
        database = Database(f"sqlite:///{self.folder / 'data' / 'guichet.sqlite3'}")
        return Office(database, SystemClock(), Policy(), LibraryCache(database))

    def talks_on(self, telegram: BotApiServer, configuration: str = "") -> None:
        """Configure the service for this Telegram."""
        api = f'[telegram]\napi = "{telegram.base_url.removesuffix("/bot")}"\n'
        port = configure(self.folder, configuration + api)
        self.base_url = f"http://127.0.0.1:{port}"
        self.variables["GUICHET_TELEGRAM_TOKEN"] = telegram.token

    def settle_in(self, members: int, experts: int) -> None:
        """Start for the first time; let members and experts sign in; die for the first time."""
        configure(self.folder, "[limits]\nmessages_per_minute = 1000\n")
        service = Service.start(self.folder)
        self.base_url = service.base_url
        office = self.office()
        names = [*(f"member {number}" for number in range(members)), *(f"expert {number}" for number in range(experts))]
        for name in names:
            with office.unit() as unit:
                every_theme = tuple(theme.id for theme in themes(unit.session))
                is_expert = name.startswith("expert")
                roles = frozenset({Role.expert} if is_expert else set[Role]())
                person = create_person(unit, name, roles, themes=every_theme if is_expert else ()).id
            link = f"{self.base_url}/signin/{People(office).sign_in_link(person)}"
            self.browsers[name] = browser_of(service.sign_in(link))
        office.database.dispose()
        assert service.stop(signal.SIGKILL) == -signal.SIGKILL
        self.kills = 1

    def start(self) -> None:
        """Start the service; it is not ready yet."""
        with (self.folder / "journal.txt").open("ab") as journal:
            self._process = subprocess.Popen(
                [*self.program, "run"],
                cwd=self.folder,
                env=environment(**self.variables),
                stdout=subprocess.DEVNULL,
                stderr=journal,
            )

    def wait_ready(self) -> float:
        """Wait for the first 200 of ``/readyz``; return the seconds it took. Raises ``TimeoutError``."""
        began = time.monotonic()
        with httpx.Client(base_url=self.base_url, timeout=5) as monitor:
            while time.monotonic() - began < PATIENCE:
                if _is_ready(monitor):
                    return time.monotonic() - began
                assert self._process is not None
                assert self._process.poll() is None, self.journal
                time.sleep(_POLL_SECONDS)
        raise TimeoutError

    def kill(self) -> None:
        """End the service as a power cut would."""
        assert self._process is not None
        self._process.kill()
        assert self._process.wait() == -signal.SIGKILL, self.journal
        self.kills += 1

    def close(self) -> None:
        """Leave no service behind, however the run ends."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def serve_out(self, left: Callable[[], int], patience: float) -> int:
        """Serve until nothing is left to do, then end the service in order; return its exit code.

        What comes due while it ends is another's, as in life. ``patience``: seconds in which something must be done.
        """
        while True:
            least, until = left(), time.monotonic() + patience
            while least and time.monotonic() < until:
                time.sleep(_LOOK_SECONDS)
                if (now := left()) < least:
                    least, until = now, time.monotonic() + patience
            code = self.stop()
            if least or code or not left():
                return code
            self.start()
            self.wait_ready()

    def stop(self) -> int:
        """End the service as an operator does; return its exit code."""
        self.tell_to_stop()
        return self.wait_stopped()

    def tell_to_stop(self) -> None:
        """Ask the service to end, as an operator does."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)

    def wait_stopped(self) -> int:
        """Wait until the service has ended; return its exit code."""
        assert self._process is not None
        return self._process.wait(STOP_SECONDS)

    def torment(self, kills: int) -> Iterator[int]:
        """Start and kill at moments drawn at random until there were ``kills``; yield how many after each."""
        while self.kills < kills:
            self.start()
            if self.random.random() < KILLED_WHILE_STARTING:
                time.sleep(self.random.uniform(0, LONGEST_START))
            else:
                self.restarts.append(self.wait_ready())
                time.sleep(self.random.uniform(0, self.longest_service))
            self.kill()
            yield self.kills

    def two_minutes_pass(self) -> None:
        """Let the leases of dead senders end, while nobody serves."""
        office = self.office()
        with office.unit() as unit:
            unit.session.execute(
                update(DeliveryRow).where(DeliveryRow.lease_until.is_not(None)).values(lease_until=unit.now),
            )
        office.database.dispose()


def _is_ready(monitor: httpx.Client) -> bool:
    try:
        return monitor.get("/readyz").is_success
    except httpx.TransportError:
        return False
