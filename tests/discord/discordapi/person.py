"""A scripted person: what people do in Discord, each act telling the bot what it may know."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from tests.discord.discordapi.channel import Channel, Kind, Thread
from tests.discord.discordapi.interaction import Asked, Interaction
from tests.discord.discordapi.menus import choices_of, form_answer, option_values, registered
from tests.discord.discordapi.model import WAIT_SECONDS, Account, File, Message
from tests.discord.discordapi.refusals import Json

if TYPE_CHECKING:
    from tests.discord.discordapi.guild import Guild
    from tests.discord.discordapi.world import World


class Person(Account):
    """A Discord account. Acts default to the direct messages with the bot."""

    def __init__(self, world: World, identifier: int, name: str, locale: str) -> None:
        super().__init__(identifier, name, locale=locale)
        self.world = world

    @property
    def private(self) -> Channel:
        """The direct messages with the bot."""
        return self.world.private_channel(self)

    def says(
        self,
        text: str = "",
        channel: Channel | None = None,
        *,
        reply_to: Message | None = None,
        files: tuple[File, ...] = (),
    ) -> Message:
        """Write in a channel, a thread, or to the bot; return the message."""
        channel = channel or (reply_to.channel if reply_to else self.private)
        with self.world.change():
            self._must("send_messages_in_threads" if channel.is_thread else "send_messages", channel)
            if isinstance(channel, Thread) and channel.locked:
                self._must("manage_threads", channel)
            kept = [self.world.store(file, channel) for file in files]
            return self.world.say(channel, self, text, reply_to=reply_to, attachments=kept)

    def posts(
        self, forum: Channel, title: str, text: str, *, tags: tuple[str, ...] = (), files: tuple[File, ...] = ()
    ) -> Thread:
        """Open a post in a forum; return it."""
        with self.world.change():
            assert forum.kind is Kind.FORUM, f"{forum} is not a forum"
            self._must("send_messages", forum)
            thread = self.world.open_thread(forum, self.world.snowflake(), Kind.PUBLIC_THREAD, title, self)
            thread.applied_tags = [tag.id for tag in forum.tags if tag.name in tags]
            self.world.announce_thread(thread)
            kept = [self.world.store(file, thread) for file in files]
            # A post and its first message have the same identifier.
            first = Message(thread.id, thread, self, text, attachments=kept)
            thread.history.append(first)
            self.world.announce_message(first, "MESSAGE_CREATE")
            return thread

    def opens_thread(self, message: Message, name: str) -> Thread:
        """Start a thread from a message."""
        with self.world.change():
            self._must("create_public_threads", message.channel)
            return self.world.start_from(message, name, self)

    def edits(self, message: Message, text: str) -> Message:
        """Edit one's message."""
        assert message.author is self, "only one's own messages can be edited"
        self.world.change_message(message, content=text)
        return message

    def deletes(self, message: Message) -> None:
        """Delete a message."""
        assert message.author is self or message.channel.may(self, "manage_messages")
        self.world.delete_message(message)

    def purges(self, *messages: Message) -> None:
        """Delete several messages at once, as those who moderate do."""
        assert all(message.channel.may(self, "manage_messages") for message in messages)
        self.world.delete_messages(messages)

    def renames(self, thread: Thread, name: str) -> None:
        """Rename a thread."""
        self.world.edit_thread(thread, self, name=name)

    def closes(self, thread: Thread, *, lock: bool = False) -> None:
        """Archive a thread, and lock it for those who moderate."""
        with self.world.change():
            if thread.owner is not self or lock:
                self._must("manage_threads", thread)
            self.world.edit_thread(thread, self, archived=True, locked=lock or thread.locked)

    def joins(self, guild: Guild) -> None:
        """Enter a server."""
        guild.add(self)

    def leaves(self, guild: Guild) -> None:
        """Leave a server."""
        guild.remove(self)

    def refuses_messages(self) -> None:
        """Refuse direct messages from applications from now on."""
        with self.world.change():
            self.takes_messages = False

    def runs(self, command: str, channel: Channel | None = None, **options: Any) -> Interaction:  # noqa: ANN401 - text, number…
        """Run a slash command, called as one's own Discord shows it; options are named so too."""
        return self._command(Asked.COMMAND, command, channel, options)

    def completes(
        self,
        command: str,
        option: str,
        typed: str,
        channel: Channel | None = None,
        **options: Any,  # noqa: ANN401 - text, number…
    ) -> list[str]:
        """Type the beginning of an option's value; return the names that the bot suggests."""
        interaction = self._command(Asked.COMPLETION, command, channel, {**options, option: typed}, focused=option)
        done = self.world.wait_until(lambda: interaction.choices is not None, WAIT_SECONDS)
        assert done, f"nothing was suggested for {typed!r}"
        return choices_of(interaction, self.locale)

    def _command(
        self, asked: Asked, command: str, channel: Channel | None, options: Json, focused: str = ""
    ) -> Interaction:
        channel = channel or self.private
        with self.world.change():
            self._must("use_application_commands", channel)
            found = registered(self.world, command.removeprefix("/"), 1, channel, self)
            values = option_values(found, options, self.locale, focused)
            data: Json = {"id": found["id"], "name": found["name"], "type": 1, "options": values}
            shown = " ".join(f"{name}: {value}" for name, value in options.items())
            label = f"/{command.removeprefix('/')} {shown}".strip()
            return self._interact(Interaction(asked, self, channel, data, label))

    def uses(self, menu: str, message: Message) -> Interaction:
        """Choose in a message's menu, under « Applications »."""
        with self.world.change():
            self._must("use_application_commands", message.channel)
            found = registered(self.world, menu, 3, message.channel, self)
            resolved = {"messages": {str(message.id): message.to_json()}}
            data: Json = {"id": found["id"], "name": found["name"], "type": 3, "resolved": resolved}
            data["target_id"] = str(message.id)
            return self._interact(Interaction(Asked.COMMAND, self, message.channel, data, menu, message=None))

    def presses(self, button: str, where: Message | Channel | None = None) -> Interaction:
        """Press a button by its label or identifier: a message's, or the last shown that has it in a channel."""
        with self.world.change():
            target, part = self._find(button, where, "buttons")
            assert part.get("custom_id"), f"{button!r} is a link: {part}"
            assert not part.get("disabled"), f"{button!r} is disabled"
            data = {"component_type": part["type"], "custom_id": part["custom_id"], "id": part.get("id")}
            return self._interact(Interaction(Asked.COMPONENT, self, target.channel, data, button, message=target))

    def chooses(self, *labels: str, where: Message | Channel | None = None) -> Interaction:
        """Choose these in the select menu that offers them."""
        with self.world.change():
            target, part = self._find(labels[0], where, "selects")
            values = [option["value"] for option in part["options"] if _called(option, labels)]
            assert len(values) == len(labels), f"{labels} are not all among {part['options']}"
            low, high = part.get("min_values", 1), part.get("max_values", 1)
            assert low <= len(values) <= high, f"{len(values)} chosen of {part}"
            data = {"component_type": part["type"], "custom_id": part["custom_id"], "id": part.get("id")}
            label = ", ".join(labels)
            asked = Interaction(Asked.COMPONENT, self, target.channel, data | {"values": values}, label, message=target)
            return self._interact(asked)

    def submits(self, opened: Interaction, **answers: str) -> Interaction:
        """Fill in the form that an interaction opened, its fields named by label or identifier, and send it."""
        form = opened.wait_form()
        with self.world.change():
            data = {"custom_id": form["custom_id"], "components": form_answer(form, answers)}
            sent = Interaction(Asked.FORM, self, opened.channel, data, form["title"], message=opened.message)
            sent.begun_by = opened
            return self._interact(sent)

    def _interact(self, interaction: Interaction) -> Interaction:
        self.world.interactions[interaction.token] = interaction
        if interaction.asked is not Asked.COMPLETION:
            interaction.channel.history.append(interaction)
        self.world.gateway.dispatch("INTERACTION_CREATE", interaction.to_json(), private=False)
        return interaction

    def _find(self, label: str, where: Message | Channel | None, kind: str) -> tuple[Message, Json]:
        # A deleted message's button may still be on somebody's screen: a message given is taken as it is.
        channel = where.channel if isinstance(where, Message) else where or self.private
        shown = [where] if isinstance(where, Message) else channel.from_bot(seen_by=self)
        found = [(message, part) for message in shown for part in getattr(message, kind) if _offers(part, label)]
        assert found, f"{self.name} sees no {label!r} in:\n{channel.transcript(self)}"
        return found[-1]

    def _must(self, permission: str, channel: Channel) -> None:
        assert channel.may(self, "view_channel", permission), f"{self.name} may not {permission} in {channel}"

    async def sees(self, pattern: str, channel: Channel | None = None) -> Message:
        """Wait, from a coroutine, for something that matches to be shown."""
        place = channel or self.private
        return await asyncio.to_thread(place.wait_for, pattern, seen_by=self)


def _called(option: Json, labels: tuple[str, ...]) -> bool:
    return option["label"] in labels or option["value"] in labels


def _offers(part: Json, label: str) -> bool:
    options = [name for option in part.get("options", []) for name in (option["label"], option["value"])]
    return label in (part.get("label"), part.get("custom_id"), *options)
