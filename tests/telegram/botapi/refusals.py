"""What the Bot API answers when it refuses a call.

A *violation* is a refusal that a client which respects the documentation never meets; the others belong to normal
life (a blocked bot, a migrated group, a closed topic). Descriptions follow the official Bot API server's.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class Refusal(Exception):  # noqa: N818 - the Bot API refuses; it does not fail
    """A call is refused with an HTTP status, a description, and parameters that help the client go on."""

    def __init__(self, status: int, description: str, parameters: Json | None = None, *, violation: bool) -> None:
        super().__init__(f"{status} {description}")
        self.status = status
        self.description = description
        self.parameters = parameters
        self.violation = violation

    def body(self) -> Json:
        """The JSON body of the answer."""
        body: Json = {"ok": False, "error_code": self.status, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad_request(description: str, parameters: Json | None = None) -> Refusal:
    """Refuse what may happen to a correct client."""
    return Refusal(400, f"Bad Request: {description}", parameters, violation=False)


def broken_contract(description: str) -> Refusal:
    """Refuse what no correct client sends."""
    return Refusal(400, f"Bad Request: {description}", violation=True)


def forbidden(description: str) -> Refusal:
    """Refuse for lack of access."""
    return Refusal(403, f"Forbidden: {description}", violation=False)


def conflict(description: str) -> Refusal:
    """Refuse one of two concurrent ways to receive updates."""
    return Refusal(409, f"Conflict: {description}", violation=False)


def too_many_requests(retry_after: int) -> Refusal:
    """Refuse for flood control; the client must wait ``retry_after`` seconds."""
    return Refusal(429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after}, violation=False)
