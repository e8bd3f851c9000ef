"""The journal: one event a line, with ids and never a message's words, in colour on a terminal or as JSON."""

from __future__ import annotations

import logging
import re
import sys
from typing import TYPE_CHECKING, TextIO

import structlog

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor

# What they say below a warning is of no use, or holds the bot's token and people's words.
_CHATTY = ("alembic", "apscheduler", "asyncio", "httpcore", "httpx", "telegram", "uvicorn")
# PostgreSQL quotes the row that it refuses, up to where the trace goes on.
_DETAIL = re.compile(r"\nDETAIL: .*?(?=\n\[SQL: |\n\nThe above exception |\n\nDuring handling |\Z)", re.DOTALL)


def configure(level: str, form: str, stream: TextIO | None = None) -> None:
    """Send our events and those of libraries to ``stream`` (stderr), as ``form`` says: "console" or "json"."""
    out = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Processor
    if form == "json":
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    else:
        renderer = structlog.dev.ConsoleRenderer(
            colors=out.isatty(),
            exception_formatter=structlog.dev.plain_traceback,
        )
    # Traces hold no local variables: they could hold what a person wrote.
    last: list[Processor] = [structlog.processors.format_exc_info, _quote_nobody, renderer]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        ),
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def _quote_nobody(_logger: object, _method: str, event: EventDict) -> EventDict:
    if isinstance(event.get("exception"), str):
        event["exception"] = _DETAIL.sub("", event["exception"])
    return event
