"""A gateway session: what the bot asked to know, and every event since, to be told again after a cut."""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import IntFlag
from typing import TYPE_CHECKING

from tests.discord.discordapi.refusals import Json

if TYPE_CHECKING:
    from tests.discord.discordapi.model import Message
    from tests.discord.discordapi.world import World


class Intents(IntFlag):
    """The groups of events a bot may ask for, with Discord's bits."""

    GUILDS = 1 << 0
    MEMBERS = 1 << 1
    PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    DIRECT_MESSAGES = 1 << 12
    MESSAGE_CONTENT = 1 << 15


PRIVILEGED = {
    "members": Intents.MEMBERS,
    "presences": Intents.PRESENCES,
    "message_content": Intents.MESSAGE_CONTENT,
}
ALL_BITS = (1 << 26) - 1
DISPATCH = 0


class Session:
    """Everything the bot was told since it identified, in order; each event has the number after its predecessor's."""

    def __init__(self, world: World, identifier: str, intents: int) -> None:
        self.world = world
        self.id = identifier
        self.intents = Intents(intents & ALL_BITS)
        self.events: list[str] = []
        self.alive = True
        self.wake: Callable[[], None] = lambda: None

    def wants(self, event: str, *, private: bool, own: bool) -> bool:
        """Tell whether the bot asked for this kind of event."""
        if event == "INTERACTION_CREATE":
            return True
        if event.startswith("MESSAGE_"):
            return bool(self.intents & (Intents.DIRECT_MESSAGES if private else Intents.GUILD_MESSAGES))
        if event.startswith("GUILD_MEMBER_"):
            return bool(self.intents & Intents.MEMBERS) or (own and event == "GUILD_MEMBER_UPDATE")
        return bool(self.intents & Intents.GUILDS)

    def put(self, event: str, body: Json) -> None:
        """Add an event to what the bot is told."""
        payload = {"op": DISPATCH, "t": event, "s": len(self.events) + 1, "d": body}
        self.events.append(json.dumps(payload, ensure_ascii=False))
        self.wake()

    def put_message(self, event: str, message: Message, about: Json) -> None:
        """Tell of a message, without its content unless the bot may read it."""
        granted = bool(self.intents & Intents.MESSAGE_CONTENT)
        content = self.world.content_is_for_bot(message, granted=granted)
        self.put(event, message.to_json(content=content) | about)
