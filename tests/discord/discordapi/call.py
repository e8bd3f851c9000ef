"""One request of the bot, read from whatever form it came in, and the registry of what answers it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import BodyPartReader, web

from tests.discord.discordapi.model import File
from tests.discord.discordapi.refusals import Json, invalid

if TYPE_CHECKING:
    from tests.discord.discordapi.channel import Channel
    from tests.discord.discordapi.world import World


@dataclass(frozen=True)
class Call:
    """A request: its name, the identifiers of its address, its query, its body and files."""

    name: str
    ids: dict[str, str]
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None
    files: dict[int, File] = field(default_factory=dict)
    at: float = 0.0
    """When it arrived, in monotonic seconds."""

    def id(self, name: str) -> int:
        """An identifier of the address."""
        return int(self.ids[name])

    @property
    def channel_id(self) -> int:
        """The channel of the address, or zero."""
        return int(self.ids.get("channel", 0))

    @property
    def form(self) -> Json:
        """The body, which must be an object."""
        if not isinstance(self.body, dict):
            raise invalid("", "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType.")
        return self.body

    def in_channel(self, channel: Channel | None) -> bool:
        """Tell whether the request is about a channel (any, when none is given)."""
        return channel is None or self.channel_id == channel.id


Handler = Callable[["World", Call], object]


@dataclass(frozen=True)
class Route:
    """An address of the API and what answers it; ``open_to_tokens`` when the address itself holds a secret.

    The names in braces are identifiers, save ``token`` and ``answer`` (an identifier or ``@original``).
    """

    method: str
    path: str
    name: str
    handler: Handler
    open_to_tokens: bool


ROUTES: list[Route] = []


def route(method: str, path: str, *, open_to_tokens: bool = False) -> Callable[[Handler], Handler]:
    """Register a function as what answers an address; the function's name is the request's."""

    def register(handler: Handler) -> Handler:
        numbered = re.sub(r"\{(?!token|answer)(\w+)\}", r"{\1:[0-9]+}", path)
        ROUTES.append(Route(method, numbered, handler.__name__, handler, open_to_tokens))
        return handler

    return register


async def read_call(known: Route, request: web.Request, at: float) -> Call:
    """Read a request's body, JSON or multipart as documented; refuse any other."""
    ids = {name: value for name, value in request.match_info.items() if name != "version"}
    query = dict(request.query)
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        body, files = await _multipart(request)
        return Call(known.name, ids, query, body, files, at)
    if not request.can_read_body:
        return Call(known.name, ids, query, at=at)
    if not kind.startswith("application/json"):
        raise invalid("", "CONTENT_TYPE_INVALID", f"Expected application/json or multipart/form-data, not {kind!r}.")
    return Call(known.name, ids, query, json.loads(await request.text()), at=at)


async def _multipart(request: web.Request) -> tuple[Any, dict[int, File]]:
    body: Any = {}
    files: dict[int, File] = {}
    reader = await request.multipart()
    async for part in reader:
        assert isinstance(part, BodyPartReader)
        name = part.name or ""
        numbered = re.fullmatch(r"files\[(\d+)\]", name)
        if name == "payload_json":
            body = json.loads(await part.text())
        elif numbered:
            content = bytes(await part.read(decode=False))
            mime = part.headers.get("content-type", "application/octet-stream")
            files[int(numbered[1])] = File(part.filename or "", content, mime)
        else:
            raise invalid(name, "UNKNOWN_FIELD", "Only payload_json and files[n] are documented.")
    return body, files
