"""Who is visiting: a signed cookie bound to a person and their session epoch, and the CSRF token bound to it."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from itsdangerous import BadSignature, URLSafeSerializer

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from helpdesk.clock import Clock

RENEW_AFTER = dt.timedelta(days=1)


@dataclass(frozen=True)
class Session:
    """What the cookie says. ``person_id`` is None for a visitor not signed in yet; ``issued`` is a POSIX time."""

    nonce: str
    issued: int
    person_id: int | None = None
    epoch: int = 0


class Sessions:
    """Reads and writes the cookie. It is HttpOnly and SameSite=Lax; over HTTPS also Secure and bound to this host."""

    def __init__(self, secret: str, clock: Clock, *, secure: bool, days: int) -> None:
        self._secret = secret.encode()
        self._signer = URLSafeSerializer(
            secret,
            salt="guichet.session",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )
        self._clock = clock
        self._secure = secure
        self._lifetime = dt.timedelta(days=days)
        self.cookie = "__Host-guichet" if secure else "guichet"

    def start(self, person_id: int | None = None, epoch: int = 0) -> Session:
        """Return a new session; signing in starts one, so that a cookie known before it is worth nothing after."""
        return Session(secrets.token_urlsafe(18), self._now(), person_id, epoch)

    def read(self, request: Request) -> Session | None:
        """Return the session of a request, or None when its cookie is missing, forged or too old."""
        raw = request.cookies.get(self.cookie)
        if raw is None:
            return None
        try:
            nonce, issued, person_id, epoch = self._signer.loads(raw)
        except (BadSignature, ValueError, TypeError):
            return None
        session = Session(nonce, issued, person_id, epoch)
        return session if self._age(session) <= self._lifetime else None

    def renewed(self, session: Session) -> Session | None:
        """Return the same session dated today when it is old enough to be written again, else None."""
        return replace(session, issued=self._now()) if self._age(session) > RENEW_AFTER else None

    def write(self, response: Response, session: Session) -> None:
        """Put the session's cookie on a response."""
        value = self._signer.dumps([session.nonce, session.issued, session.person_id, session.epoch])
        response.set_cookie(
            self.cookie,
            str(value),
            max_age=int(self._lifetime.total_seconds()),
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    def clear(self, response: Response) -> None:
        """Take the cookie back."""
        response.delete_cookie(self.cookie, secure=self._secure, httponly=True, samesite="lax")

    def csrf(self, session: Session) -> str:
        """Return the token that every form of this session carries."""
        return hmac.new(self._secret, b"guichet.csrf:" + session.nonce.encode(), hashlib.sha256).hexdigest()

    def csrf_matches(self, session: Session, given: str) -> bool:
        """Tell whether a form carries this session's token, in constant time."""
        return hmac.compare_digest(self.csrf(session).encode(), given.encode())

    def _now(self) -> int:
        return int(self._clock.now().timestamp())

    def _age(self, session: Session) -> dt.timedelta:
        return dt.timedelta(seconds=self._now() - session.issued)
