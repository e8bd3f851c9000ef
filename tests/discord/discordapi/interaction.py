"""An interaction: a command, a press, a choice, a form; what the bot answered and within which delays."""

from __future__ import annotations

import time
from enum import IntEnum
from typing import TYPE_CHECKING

from tests.discord.discordapi.model import WAIT_SECONDS
from tests.discord.discordapi.refusals import Json

if TYPE_CHECKING:
    from tests.discord.discordapi.channel import Channel
    from tests.discord.discordapi.model import Account, Message

ANSWER_SECONDS = 3.0
TOKEN_SECONDS = 900.0


class Asked(IntEnum):
    """What a person did."""

    COMMAND = 2
    COMPONENT = 3
    COMPLETION = 4
    FORM = 5


class Interaction:
    """What a person did with the bot, and what came of it."""

    def __init__(
        self, asked: Asked, person: Account, channel: Channel, data: Json, label: str, message: Message | None = None
    ) -> None:
        world = channel.world
        self.world = world
        self.id = world.snowflake()
        self.token = world.serial("interaction-token-")
        self.asked = asked
        self.person = person
        self.channel = channel
        self.data = data
        self.label = label
        self.message = message
        self.begun_by: Interaction | None = None
        self.answered_with: int | None = None
        self.original: Message | None = None
        self.followups: list[Message] = []
        self.choices: list[Json] | None = None
        self.modal: Json | None = None
        self._opened = (world.clock.now(), time.monotonic())

    def __repr__(self) -> str:
        return f"<{self.asked.name} {self.label} by {self.person.name}>"

    @property
    def age(self) -> float:
        """The seconds since it was sent: those that really passed, and those that the test's clock was moved."""
        instant, monotonic = self._opened
        return (self.world.clock.now() - instant).total_seconds() + time.monotonic() - monotonic

    @property
    def acknowledged(self) -> bool:
        """Tell whether the bot answered, be it « wait »."""
        return self.answered_with is not None

    @property
    def messages(self) -> list[Message]:
        """What the bot wrote in answer, in order, and is still there."""
        written = [*([self.original] if self.original else []), *self.followups]
        return [message for message in written if not message.deleted and message is not self.message]

    @property
    def text(self) -> str:
        """Everything to read in what the bot wrote in answer."""
        return "\n".join(message.text for message in self.messages if not message.loading)

    def wait(self) -> Interaction:
        """Wait until the bot has acknowledged it."""
        done = self.world.wait_until(lambda: self.acknowledged, WAIT_SECONDS)
        assert done, f"the application did not respond to {self}"
        return self

    def wait_for(self, pattern: str) -> Message:
        """Wait for an answer that matches, which may be for this person alone."""
        return self.channel.wait_for(pattern, seen_by=self.person, after=self)

    def wait_form(self) -> Json:
        """Wait until the bot has opened a form."""
        done = self.world.wait_until(lambda: self.modal is not None, WAIT_SECONDS)
        assert done, f"no form was opened by {self}, answered with {self.answered_with}: {self.text}"
        assert self.modal is not None
        return self.modal

    def metadata(self) -> Json:
        """The ``Message Interaction Metadata`` object of the messages it caused."""
        body: Json = {
            "id": str(self.id),
            "type": int(self.asked),
            "user": self.person.to_json(),
            "authorizing_integration_owners": self._owners(),
        }
        if self.asked is Asked.COMPONENT and self.message:
            body["interacted_message_id"] = str(self.message.id)
        if self.asked is Asked.FORM and self.begun_by:
            body["triggering_interaction_metadata"] = self.begun_by.metadata()
        return body

    def _owners(self) -> Json:
        guild = self.channel.guild
        return {"0": str(guild.id if guild else 0)}

    def to_json(self) -> Json:
        """The ``Interaction`` object, as the gateway gives it."""
        channel, guild = self.channel, self.channel.guild
        body: Json = {
            "id": str(self.id),
            "application_id": str(self.world.bot.id),
            "type": int(self.asked),
            "data": self.data,
            "channel_id": str(channel.id),
            "channel": channel.to_json() | {"permissions": channel.bits(self.person)},
            "token": self.token,
            "version": 1,
            "app_permissions": channel.bits(self.world.bot),
            "locale": self.person.locale,
            "entitlements": [],
            "authorizing_integration_owners": self._owners(),
            "context": 0 if guild else 1,
            "attachment_size_limit": 10 * 1024 * 1024,
        }
        if guild is None:
            body["user"] = self.person.to_json()
        else:
            member = guild.members[self.person.id].to_json() | {"permissions": channel.bits(self.person)}
            body |= {"guild_id": str(guild.id), "guild_locale": guild.locale, "member": member}
            body["guild"] = {"id": str(guild.id), "locale": guild.locale, "features": ["COMMUNITY"]}
        if self.message:
            body["message"] = self.message.to_json()
        return body
