"""The real service in a process of its own, as an operator starts it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from typing import Self

COMMAND = (sys.executable, "-m", "bot.cli")
START_SECONDS = 120.0
STOP_SECONDS = 60.0
_LINK = re.compile(r"(http://\S+)/signin/\S+")
_FIELD = re.compile(r'name="(csrf|key)" value="([^"]+)"')


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def environment(**more: str) -> dict[str, str]:
    """Return what an operator's service has around it: no secret of ours, and Python keeps what it compiles."""
    ours = ("GUICHET_", "PYTHONDONTWRITEBYTECODE")
    own = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**own, "PYTHONUNBUFFERED": "1", **more}


def configure(folder: Path, text: str = "") -> int:
    """Write the configuration of a demonstration on a free port; return the port."""
    port = free_port()
    (folder / "config.toml").write_text(f"demo = true\n{text}\n[web]\nport = {port}\n", encoding="utf-8")
    return port


@dataclass
class Service:
    """A started service; ``output`` is what it printed so far."""

    folder: Path
    process: subprocess.Popen[str]
    output: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    base_url: str = ""
    browsers: list[httpx.Client] = field(default_factory=list)

    @classmethod
    def start(cls, folder: Path, **variables: str) -> Self:
        """Start and wait until the links are printed."""
        with (folder / "journal.txt").open("a", encoding="utf-8") as journal:
            process = subprocess.Popen(
                [*COMMAND, "run"],
                cwd=folder,
                env=environment(**variables),
                stdout=subprocess.PIPE,
                stderr=journal,
                text=True,
                encoding="utf-8",
            )
        service = cls(folder, process)
        reader = Thread(target=service._read, daemon=True)
        reader.start()
        reader.join(START_SECONDS)
        if len(service.links) != 3:
            service.stop(signal.SIGKILL)
        assert len(service.links) == 3, (service.output, service.journal())
        service.base_url = service.links[0].partition("/signin/")[0]
        return service

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output.append(line.rstrip("\n"))
            if found := _LINK.search(line):
                self.links.append(found.group(0))
            if len(self.links) == 3:
                return

    def journal(self) -> str:
        return (self.folder / "journal.txt").read_text(encoding="utf-8")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        for browser in self.browsers:
            browser.close()
        self.process.send_signal(number)
        try:
            return self.process.wait(STOP_SECONDS)
        finally:
            self.process.kill()
            assert self.process.stdout is not None
            self.process.stdout.close()

    def sign_in(self, link: str) -> httpx.Client:
        """Return a browser signed in by a one-time link."""
        browser = httpx.Client(base_url=self.base_url, follow_redirects=True, timeout=30)
        self.browsers.append(browser)
        browser.headers["Origin"] = self.base_url
        browser.post(link, data=fields(browser.get(link).text)).raise_for_status()
        return browser


def fields(page: str) -> dict[str, str]:
    """Return the hidden fields that the first form of a page sends."""
    found: dict[str, str] = {}
    for name, value in _FIELD.findall(page):
        found.setdefault(name, value)
    return found
