"""What every part of the conversation works with, and the ways in which it replies."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import aiohttp
import anyio
import anyio.to_thread
import discord
import structlog

from bot.channel import ChannelError
from bot.channels.discord import buttons, places
from bot.channels.discord.asides import Aside, Asides
from bot.channels.discord.failures import is_gone
from bot.channels.discord.incoming import Heard, interaction_key
from bot.channels.discord.membership import Membership
from bot.channels.discord.options import NAME
from bot.channels.discord.outgoing import MOST_BYTES, Outgoing, Rows
from bot.render import render_error
from bot.render.markup import escape, quote
from bot.words import LOCALES
from helpdesk.bookmarks import Bookmarks
from helpdesk.notices import NoticeKind

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from bot.channels.discord.options import DiscordOptions
    from bot.parts import Parts
    from bot.words import Words
    from helpdesk.errors import GuichetError
    from helpdesk.model import AccountRef, Address, Person

Result = TypeVar("Result")

CLOSE_SECONDS = 2.0  # for the buttons that an answer makes useless

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Context:
    """The parts, the options, the client and its mouth; ``wake`` lets the sender look at what was queued."""

    parts: Parts
    options: DiscordOptions
    client: discord.Client
    out: Outgoing
    asides: Asides
    bookmarks: Bookmarks
    membership: Membership
    wake: Callable[[], None]

    @property
    def bot_id(self) -> int:
        """The bot's own id."""
        assert self.client.user is not None
        return self.client.user.id

    async def person(self, user: discord.User | discord.Member) -> Person | None:
        """Return who holds a user's account, with the roles that the server's bring them."""
        if isinstance(user, discord.Member):
            await self.membership.fit(user)
        return await self.known(places.account(user.id))

    async def known(self, account: AccountRef) -> Person | None:
        """Return who holds an account."""
        return await self.in_thread(lambda: self.parts.people.identify(account))

    def words_of(self, person: Person | None, locale: discord.Locale | None = None) -> Words:
        """Return the words of a person; of a stranger, those of their application's language."""
        return self.parts.words_for(person.locale if person is not None else self.locale_of(locale))

    def locale_of(self, locale: discord.Locale | None) -> str:
        """Return the language of somebody unknown."""
        language = str(locale or "")[:2]
        return language if language in LOCALES else self.options.locale

    def account(self, user_id: int) -> AccountRef:
        """Return the account of a user."""
        return places.account(user_id)

    async def tell(self, address: Address, text: str, rows: Rows = (), *, reply_to: int | None = None) -> int | None:
        """Say something at once. A refusal is logged: nothing was promised, and the person may ask again."""
        try:
            return (await self.out.say(address, text, rows, reply_to=reply_to))[-1]
        except ChannelError as error:
            _log.warning("reply_not_said", reason=error.reason, failure=error.failure.name.lower())
            return None

    async def acknowledgements(self, address: Address, ticket: int) -> list[int]:
        """Return our messages somewhere whose button adds to a question, whether it is still there or not."""
        cards_of = self.parts.correspondence.cards_of
        cards = await self.in_thread(lambda: cards_of(address, ticket, {NoticeKind.acknowledged}))
        return [int(card[-1]) for card in cards if card]

    async def close_cards(self, address: Address, cards: Sequence[int]) -> None:
        """Take away the buttons that no longer serve, without keeping anything waiting for it.

        One that stays is refused when it is pressed.
        """
        with anyio.move_on_after(CLOSE_SECONDS):
            for number in cards:
                try:
                    await self.out.unbutton(address, number)
                except ChannelError as error:
                    _log.info("buttons_kept", reason=error.reason)

    async def report_gone(self, code: str, number: int) -> None:
        """Tell the coordinators, once a day, that a channel or a server is gone."""
        report, day = self.parts.correspondence.report, f"{self.parts.office.clock.now():%Y%m%d}"
        await self.in_thread(lambda: report(code, f"discord:{code}:{number}:{day}", number=number))

    async def report_refused(self, code: str, number: int, error: ChannelError) -> None:
        """Tell the coordinators, once for each reason, what Discord refuses in a channel; or that it is gone."""
        if is_gone(error.__cause__):
            await self.report_gone("discord_channel_gone", number)
            return
        report, reason = self.parts.correspondence.report, hashlib.sha256(error.reason.encode()).hexdigest()[:12]
        key = f"{NAME}:{code}:{number}:{reason}"
        await self.in_thread(lambda: report(code, key, channel=NAME, reason=error.reason))

    async def in_thread(self, work: Callable[[], Result]) -> Result:
        """Run a use case in a thread."""
        return await anyio.to_thread.run_sync(work)


class Here:
    """Who speaks, from where, and how to answer them there; ``address`` is where their questions belong."""

    def __init__(self, context: Context, account: AccountRef, address: Address, key: str, words: Words) -> None:
        self.context = context
        self.account = account
        self.address = address
        self.key = key
        self.words = words
        self.at: dt.datetime | None = None

    async def say(self, text: str, rows: Rows = (), view: discord.ui.View | None = None) -> None:
        """Answer."""
        raise NotImplementedError

    def expect(self) -> None:
        """Know that an order is about to be carried out."""

    async def refuse(self, error: GuichetError) -> None:
        """Say why something could not be done."""
        await self.say(escape(render_error(error, self.words)))

    async def give_back(self, text: str) -> None:
        """Show again what was written in vain, where it would be lost."""


class HereMessage(Here):
    """A message, answered where it was written."""

    def __init__(self, context: Context, said: Heard, words: Words) -> None:
        super().__init__(context, said.account, said.address, said.key, words)
        self.said = said
        self.at = said.at

    async def say(self, text: str, rows: Rows = (), view: discord.ui.View | None = None) -> None:
        """Answer the message."""
        assert view is None
        reply_to = None if self.said.private else self.said.message.id
        await self.context.tell(self.address, text, rows, reply_to=reply_to)


class HereAside(Here):
    """A command, a press or a form, answered beside it; questions asked so are private."""

    def __init__(self, context: Context, aside: Aside, words: Words) -> None:
        interaction = aside.interaction
        user = interaction.user
        super().__init__(
            context, places.account(user.id), places.private(user.id), interaction_key(interaction.id), words
        )
        self.aside = aside

    @property
    def interaction(self) -> discord.Interaction[Any]:
        """What the person did."""
        return self.aside.interaction

    async def say(self, text: str, rows: Rows = (), view: discord.ui.View | None = None) -> None:
        """Answer beside it; in private messages when Discord no longer lets us."""
        try:
            await self.aside.say(text, view or buttons.view(rows))
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            _log.warning("aside_refused", reason=type(error).__name__)
            await self.context.tell(self.address, text, rows)

    async def give_back(self, text: str) -> None:
        """Show again what was written in vain: a form keeps nothing."""
        if text.strip():
            await self.say(f"{self.words('discord.given_back')}\n\n{quote(text)}")

    async def change(self, *, view: discord.ui.View | None, text: str | None = None) -> None:
        """Change the message on which was pressed, be it for its reader's eyes alone; what cannot be changed stays."""
        content = discord.utils.MISSING if text is None else text
        try:
            await self.interaction.edit_original_response(content=content, view=view)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            _log.debug("message_kept", reason=type(error).__name__)

    async def document(self, name: str, data: bytes) -> None:
        """Give a file beside it, for the same eyes; one too large is named. Raises ``ChannelError``."""
        if len(data) > MOST_BYTES:
            await self.say(self.words("discord.file_too_big", name=escape(name)))
            return
        file = discord.File(io.BytesIO(data), filename=name)
        ephemeral = self.interaction.guild_id is not None
        await self.context.out.call(lambda: self.interaction.followup.send(file=file, ephemeral=ephemeral, wait=True))

    def expect(self) -> None:
        """Let what is about to be caused be said beside it."""
        self.context.asides.open(self.aside)

    async def close(self) -> None:
        """See that something is said of it, now or as what it caused is told."""
        try:
            await self.aside.close(self.words("discord.noted"))
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            _log.warning("aside_refused", reason=type(error).__name__)
