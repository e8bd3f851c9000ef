"""What goes wrong on demand: refusals out of nowhere, rate limits, connections cut before or after the effect."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

from tests.discord.discordapi.call import Call
from tests.discord.discordapi.channel import Channel
from tests.discord.discordapi.refusals import Refusal, TooMany


class Cut(StrEnum):
    """When a connection is cut without an answer."""

    NEVER = "never"
    BEFORE_EFFECT = "before"
    AFTER_EFFECT = "after"


@dataclass
class Fault:
    """A fault that the next ``times`` requests of a name meet, in one channel when it names one."""

    name: str
    times: int
    channel: Channel | None = None
    refusal: Refusal | None = None
    cut: Cut = Cut.NEVER


@dataclass
class Bucket:
    """At most ``requests`` of a name per ``seconds`` and channel, in real time; ``*`` counts all of them together."""

    name: str
    requests: int
    seconds: float
    _made: dict[int, deque[float]] = field(default_factory=dict)

    def concerns(self, call: Call) -> bool:
        """Tell whether a request counts."""
        return self.name in (call.name, "*")

    def take(self, call: Call) -> dict[str, str]:
        """Count a request and return the headers that say so, or refuse it with the seconds to wait."""
        made = self._made.setdefault(0 if self.name == "*" else call.channel_id, deque())
        while made and made[0] <= call.at - self.seconds:
            made.popleft()
        if len(made) >= self.requests:
            raise TooMany(round(made[0] + self.seconds - call.at + 0.001, 3), everywhere=self.name == "*")
        made.append(call.at)
        return headers(self.name, self.requests, self.requests - len(made), made[0] + self.seconds - call.at)


def headers(bucket: str, limit: int, remaining: int, reset_after: float) -> dict[str, str]:
    """The rate limit's headers."""
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset-After": f"{reset_after:.3f}",
        "X-RateLimit-Bucket": f"bucket-{bucket}",
    }


class Faults:
    """The faults to come, in the order they were asked for, and the rate limits."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.buckets: list[Bucket] = []

    def clear(self) -> None:
        """Let everything work again."""
        self.faults.clear()
        self.buckets.clear()

    def limit(self, call: Call) -> dict[str, str]:
        """Count a request against the limits; refuse what goes over."""
        found = headers(call.name, 50, 49, 1.0)
        for bucket in self.buckets:
            if bucket.concerns(call):
                found = bucket.take(call)
        return found

    def take(self, call: Call) -> Fault | None:
        """The fault that this request meets, if any."""
        for fault in self.faults:
            if fault.name in (call.name, "*") and call.in_channel(fault.channel):
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                return fault
        return None
