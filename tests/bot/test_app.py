"""The service as an operator starts, watches and stops it: a real process each time."""

from __future__ import annotations

import contextlib
import signal
import socket
import stat
import subprocess
from typing import TYPE_CHECKING

import httpx
import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.settings import load
from tests.bot.service import COMMAND, Service, configure, environment, fields

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "marché équitable"
    place.mkdir()
    return place


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that the tests of this module only look at."""
    place = tmp_path_factory.mktemp("mon réseau")
    configure(place, '[log]\nformat = "json"')
    started = Service.start(place)
    yield started
    if started.process.poll() is None:
        started.stop()


def run(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        env=environment(**variables),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


def test_the_links_sign_in_a_member_an_expert_and_a_coordinator(service: Service) -> None:
    places = [service.sign_in(link).get("/").url.path for link in service.links]
    assert places == ["/chat", "/queue", "/board"]
    assert service.output[0] == f"Guichet est ouvert : {service.base_url}"


def test_a_question_asked_on_the_page_is_answered_or_dated_there(service: Service) -> None:
    member = service.sign_in(_fresh_link(service, "Claire"))
    page = member.get("/chat").text
    reply = member.post("/chat", data={**fields(page), "text": "un expert"})
    assert reply.status_code == 200
    reply = member.post("/chat", data={**fields(reply.text), "text": "Le prix peut-il rester le seul critère ?"})
    assert reply.status_code == 200
    with httpx.stream("GET", f"{service.base_url}/events?view=chat", cookies=member.cookies, timeout=20) as events:
        next(line for line in events.iter_lines() if line.startswith("event: changed"))
    assert "seul critère" in member.get("/chat").text


def test_readiness_says_what_was_checked(service: Service) -> None:
    answer = httpx.get(f"{service.base_url}/readyz")
    assert answer.status_code == 200
    assert {name: check["ok"] for name, check in answer.json()["checks"].items()} == {
        "database": True,
        "sweep": True,
        "deliveries": True,
    }
    assert httpx.get(f"{service.base_url}/healthz").text == "ok\n"


def test_metrics_count_pages_by_route_and_never_by_address(service: Service) -> None:
    httpx.get(f"{service.base_url}/signin/some-secret-token")
    text = httpx.get(f"{service.base_url}/metrics").text
    assert 'guichet_http_requests_total{method="GET",route="/signin/{token}"' in text
    assert "some-secret-token" not in text
    assert "guichet_sweep_seconds_count" in text
    assert "guichet_last_sweep_age_seconds" in text


def test_the_doctor_finds_a_running_service_well(service: Service) -> None:
    assert "Les pages répondent et le service fait son travail" in beside(service.folder, "doctor")


def test_a_second_service_on_the_same_file_is_refused(service: Service) -> None:
    second = run(service.folder, "run")
    assert second.returncode == 1
    assert "un autre « guichet run » sert déjà data/guichet.sqlite3" in second.stderr


def test_the_journal_holds_no_link_and_no_words(service: Service) -> None:
    member = service.sign_in(_fresh_link(service, "Claire"))
    secret_words = "perlimpinpin des marchés"
    member.post("/chat", data={**fields(member.get("/chat").text), "text": secret_words})
    journal = service.journal()
    assert '"inbound_handled"' in journal
    assert secret_words not in journal
    assert all(link.rpartition("/")[2] not in journal for link in service.links)


def test_a_taken_port_is_said_with_what_to_do(service: Service, folder: Path) -> None:
    port = service.base_url.rpartition(":")[2]
    (folder / "config.toml").write_text(f"[web]\nport = {port}\n", encoding="utf-8")
    refused = run(folder, "run")
    assert refused.returncode == 1
    assert f"le port {port} de 127.0.0.1 est déjà pris" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_whoever_is_only_trying_is_told_how_to_take_another_port(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):  # something else may hold it already, which is as good
            listener.bind(("127.0.0.1", 8000))
            listener.listen()
        refused = run(tmp_path, "run")
    assert refused.returncode == 1
    assert "demo = true\n[web]\nport = 8001" in refused.stderr
    (tmp_path / "config.toml").write_text("demo = true\n[web]\nport = 8001\n", encoding="utf-8")
    assert load(tmp_path / "config.toml").configuration.demo


def test_a_killed_service_starts_again_with_its_data_and_secret(folder: Path) -> None:
    configure(folder)
    first = Service.start(folder, GUICHET_LOCALE="en")
    assert first.output[0] == f"Guichet is open: {first.base_url}"
    member = first.sign_in(first.links[0])
    secret = folder / "data" / "secret"
    kept = secret.read_text(encoding="ascii")
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert first.stop(signal.SIGKILL) == -signal.SIGKILL
    second = Service.start(folder)
    assert secret.read_text(encoding="ascii") == kept
    # The session outlives the process, and the people are the same.
    again = httpx.get(f"{second.base_url}/", cookies=member.cookies, follow_redirects=True)
    assert again.url.path == "/chat"
    assert second.stop(signal.SIGINT) == 0
    assert "stopped" in second.journal()


def beside(folder: Path, *arguments: str) -> str:
    """Run a command beside the service, in this process."""
    with contextlib.chdir(folder):
        result = CliRunner().invoke(main, arguments, env={"GUICHET_LOCALE": "fr"})
    assert result.exit_code == 0, result.output
    return result.output


def _fresh_link(service: Service, name: str) -> str:
    printed = beside(service.folder, "signin", name)
    return printed[printed.index("http") :].strip()
