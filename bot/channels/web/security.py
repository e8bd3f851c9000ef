"""What protects every page: response headers, the origin of a form, and a rate per person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": browsers would then send "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
STRICT_TRANSPORT_SECURITY = "max-age=31536000"
PRIVATE = "no-store"
_FULL_BUCKETS_KEPT = 1000


def protect(headers: MutableHeaders, *, secure: bool) -> None:
    """Set the headers that every response carries; a page is private unless it said otherwise."""
    for name, value in HEADERS.items():
        headers[name] = value
    headers.setdefault("Cache-Control", PRIVATE)
    if secure:
        headers["Strict-Transport-Security"] = STRICT_TRANSPORT_SECURITY


class ProtectedHeaders:
    """Middleware that puts the protecting headers on every response."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                protect(MutableHeaders(scope=message), secure=self._secure)
            await send(message)

        await self._app(scope, receive, send_protected if scope["type"] == "http" else send)


def same_origin(request: Request, base_url: str) -> bool:
    """Tell whether a form was sent from one of our pages: by its Origin, else its Referer, as browsers always give one.

    Our pages are at ``base_url``, and at the host by which this request came.
    """
    given = request.headers.get("origin") or request.headers.get("referer")
    ours = {_origin(base_url), (request.url.scheme, request.headers.get("host", "").lower())}
    return given is not None and _origin(given) in ours


def _origin(url: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(url)
    except ValueError:  # a host that cannot be one
        return None
    return parts.scheme, parts.netloc.lower()


@dataclass
class _Bucket:
    tokens: float
    at: float


class RateLimiter:
    """A token bucket per person: ``per_minute`` is the rate and the burst. ``monotonic`` gives seconds."""

    def __init__(self, per_minute: int, monotonic: Callable[[], float]) -> None:
        self._capacity = float(per_minute)
        self._rate = per_minute / 60
        self._monotonic = monotonic
        self._buckets: dict[object, _Bucket] = {}

    def take(self, who: object) -> int:
        """Take one token; return 0 when there was one, else the seconds until there is."""
        now = self._monotonic()
        bucket = self._buckets.setdefault(who, _Bucket(self._capacity, now))
        bucket.tokens = min(self._capacity, bucket.tokens + (now - bucket.at) * self._rate)
        bucket.at = now
        if bucket.tokens < 1:
            return max(1, round((1 - bucket.tokens) / self._rate))
        bucket.tokens -= 1
        if len(self._buckets) > _FULL_BUCKETS_KEPT:
            self._forget_full(now)
        return 0

    def _forget_full(self, now: float) -> None:
        full = [
            who
            for who, bucket in self._buckets.items()
            if bucket.tokens + (now - bucket.at) * self._rate >= self._capacity
        ]
        for who in full:
            del self._buckets[who]
