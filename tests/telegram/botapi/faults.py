"""What goes wrong on demand: refusals out of nowhere, and connections cut before or after the effect."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus

from tests.telegram.botapi.call import Call
from tests.telegram.botapi.refusals import Refusal, too_many_requests


class Cut(StrEnum):
    """When a connection is cut without an answer."""

    NEVER = "never"
    BEFORE_EFFECT = "before"
    AFTER_EFFECT = "after"


@dataclass
class Fault:
    """A fault that the next ``times`` calls of a method meet, in one chat when it names one, once ``spared`` passed."""

    method: str
    times: int
    chat_id: int | None = None
    status: int = 0
    description: str = ""
    retry_after: int = 1
    cut: Cut = Cut.NEVER
    spared: int = 0

    def refusal(self) -> Refusal:
        """The refusal to answer with."""
        if self.status == HTTPStatus.TOO_MANY_REQUESTS:
            return too_many_requests(self.retry_after)
        return Refusal(self.status, self.description or HTTPStatus(self.status).phrase, violation=False)


@dataclass
class RateLimit:
    """At most ``messages`` sent or edited per ``seconds``, in all or in each chat, in real time."""

    messages: int
    seconds: float
    per_chat: bool
    _sent: dict[object, deque[float]] = field(default_factory=dict)

    def check(self, call: Call) -> None:
        """Count a call, or refuse it with the seconds to wait."""
        sent = self._sent.setdefault(call.values.get("chat_id") if self.per_chat else None, deque())
        while sent and sent[0] <= call.at - self.seconds:
            sent.popleft()
        if len(sent) >= self.messages:
            raise too_many_requests(max(1, math.ceil(sent[0] + self.seconds - call.at)))
        sent.append(call.at)


class Faults:
    """The faults to come, in the order they were asked for."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._limits: list[RateLimit] = []

    @property
    def prepared(self) -> int:
        """How many faults nobody has met yet."""
        return len(self._faults)

    def add(self, fault: Fault) -> None:
        """Prepare a fault."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Let everything work again."""
        self._faults.clear()
        self._limits.clear()

    def limit(self, limit: RateLimit) -> None:
        """Enforce a limit from now on."""
        self._limits.append(limit)

    def check_rate(self, call: Call) -> None:
        """Refuse a call that goes over a limit."""
        if call.method.startswith(("send", "edit")) and call.method != "sendChatAction":
            for limit in self._limits:
                limit.check(call)

    def take(self, call: Call) -> Fault | None:
        """The fault that this call meets, if any."""
        for fault in self._faults:
            chat_matches = fault.chat_id is None or call.values.get("chat_id") == fault.chat_id
            if fault.method in (call.method, "*") and chat_matches:
                if fault.spared:
                    fault.spared -= 1
                    continue
                fault.times -= 1
                if fault.times <= 0:
                    self._faults.remove(fault)
                return fault
        return None
