"""Members who ask and experts who answer, over HTTP, each in a thread: as a browser, they send a cut form again."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from random import Random
from threading import Event, Thread
from typing import ClassVar

import httpx

from tests.bot.service import fields

SUBJECTS = (
    "Dans notre marché de voirie, l'entreprise réclame 34 000 € au titre de l'imprévision, devons-nous payer",
    "Notre avenant de chauffage dépasse le montant initial, pouvons-nous encore le signer",
    "La régie d'avances de la cantine peut-elle payer un fournisseur étranger",
    "Un candidat évincé demande les notes de ses concurrents, que devons-nous communiquer",
)
THINKING_SECONDS = 0.4
INSISTING = 0.6  # share of the questions for which a human is asked for
_TIMEOUT = 15.0
_AGAIN_SECONDS = 0.05
_MOST_ERRORS = 20
_HUMAN = re.compile(r'value="(human:\d+)"')
_TICKET = re.compile(r'href="/tickets/(\d+)')
_QUESTION = re.compile(r'href="(/questions/\d+)"')


@dataclass(eq=False, kw_only=True)
class Person(Thread):
    """Somebody who uses the service until it is ``over``. ``said``: each text that must have counted."""

    number: int
    over: Event
    said: list[str] = field(default_factory=list)
    refused: int = 0
    trouble: str = ""
    kind: ClassVar[str]
    thinking: ClassVar[float] = THINKING_SECONDS

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self._random = Random(f"{self.kind} {self.number}")

    def run(self) -> None:
        """Do one thing after another until it is over; a thing begun is brought to its end."""
        try:
            while not self.over.is_set():
                self.one_thing()
                time.sleep(self._random.uniform(0, self.thinking))
        except Exception as error:  # noqa: BLE001 - told to whoever waits for this thread
            self.trouble = f"{self.kind} {self.number}: {error!r}"

    def one_thing(self) -> None:
        """Do what such a person does."""
        raise NotImplementedError

    def text(self) -> str:
        """Return words that nobody else says."""
        subject = self._random.choice(SUBJECTS)
        return f"{subject}, dossier {self.kind}-{self.number}-{len(self.said) + self.refused} ?"


@dataclass(eq=False, kw_only=True)
class Reader(Person):
    """Somebody with a browser: what a success acknowledged counts. ``cut``: the texts sent more than once."""

    browser: httpx.Client
    cut: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)  # answers that were the service's own trouble

    def page(self, path: str) -> str:
        """Read a page, however often that must be tried."""
        return self._insist(lambda: self.browser.get(path))[0].text

    def send(self, path: str, form: dict[str, str]) -> bool:
        """Send a form until an answer comes, always with the same key; tell whether it was taken."""
        response, tries = self._insist(lambda: self.browser.post(path, data=form, follow_redirects=False))
        if response.status_code != HTTPStatus.SEE_OTHER:
            assert response.is_client_error, response.text
            self.refused += 1
            return False
        if "text" in form:
            self.said.append(form["text"])
            if tries > 1:
                self.cut.append(form["text"])
        return True

    def _insist(self, ask: Callable[[], httpx.Response]) -> tuple[httpx.Response, int]:
        """Ask until an answer comes that is not the service's own trouble; return it and how often it was asked."""
        tries, errors = 0, 0
        while True:
            tries += 1
            try:
                response = ask()
            except httpx.TransportError:
                pass  # killed, or not up yet
            else:
                if not response.is_server_error:
                    return response, tries
                errors += 1
                self.errors.append(f"{response.status_code} at {response.url.path}")
                assert errors < _MOST_ERRORS, response.text
            time.sleep(_AGAIN_SECONDS)


def browser_of(signed_in: httpx.Client) -> httpx.Client:
    """Return another browser with the same cookies."""
    browser = httpx.Client(base_url=signed_in.base_url, follow_redirects=True, timeout=_TIMEOUT)
    browser.cookies.update(signed_in.cookies)
    browser.headers["Origin"] = signed_in.headers["Origin"]
    return browser


class Member(Reader):
    """Asks one question after another from the chat page; sometimes asks for a human."""

    kind = "member"

    def one_thing(self) -> None:
        """Ask, and perhaps insist."""
        self.send("/chat", fields(self.page("/chat")) | {"text": self.text()})
        page = self.page("/chat")
        actions = _HUMAN.findall(page)
        if actions and self._random.random() < INSISTING:
            self.send("/press", fields(page) | {"action": actions[-1], "back": "/chat"})

    def questions(self) -> list[str]:
        """Return the page of each of their questions: all that was said of it, however long ago."""
        return [self.page(path) for path in sorted(set(_QUESTION.findall(self.page("/questions"))))]


class Expert(Reader):
    """Answers one question after another from the queue."""

    kind = "expert"

    def one_thing(self) -> None:
        """Answer a question of the queue, if there is one."""
        waiting = sorted(set(_TICKET.findall(self.page("/queue"))))
        if waiting:
            path = f"/tickets/{self._random.choice(waiting)}"
            self.send(f"{path}/answer", fields(self.page(path)) | {"text": self.text()})


def until_somebody_answered(experts: Iterable[Person], patience: float) -> None:
    """Let a short run on a slow machine go on until it has shown what it is for; ``patience`` is in seconds."""
    until = time.monotonic() + patience
    while not any(expert.said for expert in experts) and time.monotonic() < until:
        time.sleep(0.1)
