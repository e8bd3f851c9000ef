"""The first word after a command or a press: said beside it, for the eyes of whoever used it.

An aside is a convenience, not a state: when it is gone (used up, too old, the process died), the word goes to the
person's private messages as any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import anyio
import discord
import structlog

from bot.channels.discord import buttons, markdown, places
from helpdesk.notices import NoticeKind as K

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from bot.channel import Rendered
    from helpdesk.model import Address

LIFE = 20.0  # seconds; Discord keeps an interaction open for fifteen minutes
PATIENCE = 8.0  # seconds that "is thinking" may be shown
_WORDS_OF_IT = frozenset(
    {
        K.answer_found, K.suggestions, K.clarify, K.redirected, K.acknowledged, K.joined, K.thanks, K.status,
        K.confirmed, K.rated, K.withdraw_which, K.withdrawn,
    }
)  # fmt: skip

_log = structlog.get_logger(__name__)


class Aside:
    """One interaction, open to what it causes to be said."""

    def __init__(self, interaction: discord.Interaction[Any], until: float) -> None:
        self.interaction = interaction
        self.until = until
        self.used = anyio.Event()

    async def close(self, otherwise: str) -> None:
        """Wait for the word that the interaction causes; say ``otherwise`` when none comes."""
        with anyio.move_on_after(PATIENCE):
            await self.used.wait()
        if not self.used.is_set():
            await self.say(otherwise)

    async def say(self, text: str, view: discord.ui.View | None = None) -> int:
        """Say something beside the interaction; return the last message's id."""
        pieces = markdown.pieces(text)
        for place, piece in enumerate(pieces):
            last = place == len(pieces) - 1
            sent = await self.interaction.followup.send(
                piece,
                view=view if view is not None and last else discord.utils.MISSING,
                ephemeral=self.interaction.guild_id is not None,
                suppress_embeds=True,
                wait=True,
            )
        self.used.set()
        return int(sent.id)


class Asides:
    """The asides open now, by person; ``monotonic`` gives seconds that never go back."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._open: dict[str, Aside] = {}

    def beside(self, interaction: discord.Interaction[Any]) -> Aside:
        """Return where to answer an interaction."""
        return Aside(interaction, self._monotonic() + LIFE)

    def open(self, aside: Aside) -> None:
        """Let what an interaction is about to cause be said beside it; a press in private needs no such thing."""
        now = self._monotonic()
        self._open = {name: other for name, other in self._open.items() if other.until > now}
        interaction = aside.interaction
        if interaction.guild_id is not None or interaction.type is not discord.InteractionType.component:
            self._open[str(interaction.user.id)] = aside

    async def take(self, address: Address, message: Rendered) -> int | None:
        """Say a notice aside if its reader has just used something; return its id, None when it must go elsewhere."""
        if not places.is_private(address) or message.kind not in _WORDS_OF_IT:
            return None
        aside = self._open.get(address.conversation)
        if aside is None or aside.until <= self._monotonic():
            return None
        try:
            return await aside.say(message.text, buttons.view(message.buttons))
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            _log.info("aside_refused", reason=type(error).__name__)
            return None
