"""The registry of methods: each is a plain function of the world and the checked call, run under the world's lock."""

from __future__ import annotations

from collections.abc import Callable

from tests.telegram.botapi.call import Call
from tests.telegram.botapi.world import World

Handler = Callable[[World, Call], object]
HANDLERS: dict[str, Handler] = {}


def method(*names: str) -> Callable[[Handler], Handler]:
    """Register a function as the implementation of Bot API methods."""

    def register(handler: Handler) -> Handler:
        for name in names:
            HANDLERS[name] = handler
        return handler

    return register
