"""What the web channel itself refuses, and the HTTP status of every refusal."""

from __future__ import annotations

from helpdesk.errors import (
    ClockError,
    ConflictError,
    GuichetError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    TransitionError,
)


class NotSignedInError(GuichetError):
    """The page needs a person and the request has no valid session."""

    code = "not_signed_in"


class ForgedFormError(GuichetError):
    """The form does not come from one of this session's pages."""

    code = "form_refused"


class TooManyError(GuichetError):
    """The person sends faster than the limit; ``seconds`` until they may go on."""

    code = "rate_limited"


class TooLargeError(GuichetError):
    """The request's body is over the limit; ``kilobytes`` is the limit."""

    code = "too_large"


_STATUSES: tuple[tuple[type[GuichetError], int], ...] = (
    (NotSignedInError, 401),
    (ForgedFormError, 403),
    (NotAllowedError, 403),
    (NotFoundError, 404),
    (ConflictError, 409),
    (TransitionError, 409),
    (TooLargeError, 413),
    (InvalidInputError, 422),
    (TooManyError, 429),
    (ClockError, 503),
)


def status_of(error: GuichetError) -> int:
    """Return the HTTP status that tells a program what the page tells a person."""
    return next((status for kind, status in _STATUSES if isinstance(error, kind)), 400)
