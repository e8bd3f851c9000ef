"""One tree of errors. Each has a ``code`` and the ``data`` its sentence needs; the sentence is in ``bot/locale``.

::

    GuichetError
    ├── NotAllowedError       the person's roles do not permit it
    ├── NotFoundError         no such ticket, person, entry…
    ├── InvalidInputError     what was given cannot be used; nothing was changed
    ├── TransitionError       the ticket's state does not allow it
    ├── ConflictError         somebody else was first
    └── ClockError            the machine's clock cannot be trusted now
"""

from __future__ import annotations


class GuichetError(Exception):
    """Something could not be done, and ``code`` with ``data`` says what."""

    code = "error"

    def __init__(self, code: str | None = None, **data: object) -> None:
        self.code = code or type(self).code
        self.data = data
        super().__init__(f"{self.code} {data}" if data else self.code)


class NotAllowedError(GuichetError):
    """The person's roles do not permit it."""

    code = "not_allowed"


class NotFoundError(GuichetError):
    """There is no such thing, or none that this person may see."""

    code = "not_found"


class InvalidInputError(GuichetError):
    """What was given cannot be used; nothing was changed."""

    code = "invalid_input"


class TransitionError(GuichetError):
    """The ticket's state does not allow it."""

    code = "wrong_state"


class ConflictError(GuichetError):
    """Somebody else was first."""

    code = "conflict"


class ClockError(GuichetError):
    """The machine's clock jumped: nothing is judged until two reads agree."""

    code = "clock_untrusted"
