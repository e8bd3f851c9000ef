"""How Discord refuses a request, with its codes and bodies."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

Json = dict[str, Any]


class Refusal(Exception):  # noqa: N818 - an answer, not a fault of the server
    """An answer that is not a success; a violation is something no correct client asks."""

    def __init__(self, status: int, code: int, message: str, errors: Json | None = None, *, violation: bool) -> None:
        super().__init__(f"{status} {code} {message} {errors or ''}".rstrip())
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors
        self.violation = violation

    def body(self) -> Json:
        """The JSON body of the answer."""
        body: Json = {"message": self.message, "code": self.code}
        return body | {"errors": self.errors} if self.errors else body


class TooMany(Refusal):
    """429: wait ``retry_after`` seconds, everywhere when ``everywhere``."""

    def __init__(self, retry_after: float, *, everywhere: bool = False) -> None:
        super().__init__(HTTPStatus.TOO_MANY_REQUESTS, 0, "You are being rate limited.", violation=False)
        self.retry_after = retry_after
        self.everywhere = everywhere

    def body(self) -> Json:
        """The body has no error code, but the seconds to wait."""
        return {"message": self.message, "retry_after": self.retry_after, "global": self.everywhere}


MESSAGES = {
    10003: "Unknown Channel",
    10004: "Unknown Guild",
    10007: "Unknown Member",
    10008: "Unknown Message",
    10013: "Unknown User",
    10015: "Unknown Webhook",
    10062: "Unknown interaction",
    10063: "Unknown application command",
    40060: "Interaction has already been acknowledged.",
    50001: "Missing Access",
    50005: "Cannot edit a message authored by another user",
    50006: "Cannot send an empty message",
    50007: "Cannot send messages to this user",
    50008: "Cannot send messages in a non-text channel",
    50013: "Missing Permissions",
    50024: "Cannot execute action on this channel type",
    50027: "Invalid Webhook Token",
    50083: "Thread is archived",
    160002: "Cannot reply without permission to read message history",
    160004: "A thread has already been created for this message",
    160005: "Thread is locked",
}


def unknown(code: int) -> Refusal:
    """Refuse what does not exist, or no longer."""
    return Refusal(HTTPStatus.NOT_FOUND, code, MESSAGES[code], violation=False)


def forbidden(code: int) -> Refusal:
    """Refuse for lack of access."""
    return Refusal(HTTPStatus.FORBIDDEN, code, MESSAGES[code], violation=False)


def bad_request(code: int, *, violation: bool = False) -> Refusal:
    """Refuse what may happen to a correct client, unless said otherwise."""
    return Refusal(HTTPStatus.BAD_REQUEST, code, MESSAGES[code], violation=violation)


def invalid(path: str, code: str, message: str, *, violation: bool = True) -> Refusal:
    """Refuse a form: ``path`` is the field's (``embeds.0.title``), named in the tree of errors as Discord does."""
    tree: Json = {"_errors": [{"code": code, "message": message}]}
    for part in reversed([part for part in path.split(".") if part]):
        tree = {part: tree}
    return Refusal(HTTPStatus.BAD_REQUEST, 50035, "Invalid Form Body", tree, violation=violation)


def unauthorized() -> Refusal:
    """Refuse a wrong token."""
    return Refusal(HTTPStatus.UNAUTHORIZED, 0, "401: Unauthorized", violation=False)


def no_such_route() -> Refusal:
    """Refuse an address that is not in the documentation, or not simulated."""
    return Refusal(HTTPStatus.NOT_FOUND, 0, "404: Not Found", violation=True)
