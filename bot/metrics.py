"""What a monitor reads: ``/healthz`` (the process lives), ``/readyz`` (it does its work), ``/metrics`` (Prometheus)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio.to_thread
import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from helpdesk.vitals import vitals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from prometheus_client import Metric
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from helpdesk.office import Office
    from helpdesk.vitals import Vitals

OLDEST_SWEEP_SECONDS = 120.0
OLDEST_DELIVERY_SECONDS = 600.0
_SWEEP_BUCKETS = (0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0)
_NO_ROUTE = "none"
_METHODS = frozenset({"GET", "HEAD", "POST"})  # what a client invents must not become a label

_log = structlog.get_logger(__name__)


class Metrics:
    """The counters of this process and, at each reading, the figures of the database; in a registry of its own."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.registry = CollectorRegistry()
        self.inbound = Counter(
            "guichet_inbound",
            "Messages, buttons and commands handled.",
            ("channel", "kind", "outcome"),
            registry=self.registry,
        )
        self.requests = Counter(
            "guichet_http_requests",
            "Pages served, by route.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.sweep_seconds = Histogram(
            "guichet_sweep_seconds",
            "How long a sweep took.",
            registry=self.registry,
            buckets=_SWEEP_BUCKETS,
        )
        self.registry.register(_Figures(self.vitals))

    def vitals(self) -> Vitals:
        """Return the database's figures now. Raises what the database raises."""
        with self._office.reading() as unit:
            return vitals(unit)

    def timed(self, sweep: Callable[[], int]) -> Callable[[], int]:
        """Return ``sweep`` with its duration measured."""

        def run() -> int:
            with self.sweep_seconds.time():
                return sweep()

        return run

    def routes(self) -> tuple[Route, ...]:
        """Return the three pages of a monitor."""
        return (
            Route("/healthz", self._health),
            Route("/readyz", self._ready),
            Route("/metrics", self._metrics),
        )

    async def _health(self, _request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def _ready(self, _request: Request) -> Response:
        try:
            now = await anyio.to_thread.run_sync(self.vitals)
        except Exception:  # noqa: BLE001 - whatever the database's fault, the answer is "not ready"
            _log.warning("database_unreachable", exc_info=True)
            return JSONResponse({"ready": False, "checks": {"database": {"ok": False}}}, status_code=503)
        checks: dict[str, dict[str, float | bool | None]] = {
            "database": {"ok": True},
            "sweep": {
                "ok": now.sweep_age is not None and now.sweep_age < OLDEST_SWEEP_SECONDS,
                "age_seconds": now.sweep_age,
            },
            "deliveries": {
                "ok": (now.oldest_delivery_age or 0.0) < OLDEST_DELIVERY_SECONDS,
                "oldest_age_seconds": now.oldest_delivery_age,
            },
        }
        ready = all(check["ok"] for check in checks.values())
        return JSONResponse({"ready": ready, "checks": checks}, status_code=200 if ready else 503)

    async def _metrics(self, _request: Request) -> Response:
        text = await anyio.to_thread.run_sync(generate_latest, self.registry)
        return Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4)


class CountedRequests:
    """Middleware that counts requests by the template of their route: no id, no token ever becomes a label."""

    def __init__(self, app: ASGIApp, *, requests: Counter) -> None:
        self._app = app
        self._requests = requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and count it when its response starts."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", _NO_ROUTE)
                method = scope["method"] if scope["method"] in _METHODS else "other"
                self._requests.labels(method, route, message["status"]).inc()
            await send(message)

        await self._app(scope, receive, counted)


class _Figures(Collector):
    """The database's figures, read when Prometheus asks."""

    def __init__(self, read: Callable[[], Vitals]) -> None:
        self._read = read

    def collect(self) -> Iterable[Metric]:
        now = self._read()
        yield _by_state("guichet_tickets", "Questions by state.", now.tickets.items())
        yield _by_state("guichet_deliveries", "Deliveries by state.", now.deliveries.items())
        yield GaugeMetricFamily("guichet_breaches", "Promises not kept.", value=now.breaches)
        yield GaugeMetricFamily("guichet_breaches_excused", "Broken promises that were explained.", value=now.excused)
        yield GaugeMetricFamily(
            "guichet_oldest_delivery_age_seconds",
            "Age of the oldest delivery that is due and not made.",
            value=now.oldest_delivery_age or 0.0,
        )
        if now.sweep_age is not None:
            yield GaugeMetricFamily(
                "guichet_last_sweep_age_seconds",
                "Time since a sweep ran to its end.",
                value=now.sweep_age,
            )


def _by_state(name: str, text: str, counts: Iterable[tuple[str, int]]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=("state",))
    for state, count in counts:
        family.add_metric((state,), count)
    return family
