"""What Telegram's chats show of what the service says it told: nothing missing, and doubled only what may be."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.channels.telegram import NAME, TelegramChannel, html
from bot.parts import wording
from bot.render import Renderer
from helpdesk.model import DeliveryState
from helpdesk.notices import BEHAVIOURS, NoticeKind
from helpdesk.tables import DeliveryRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpdesk.office import Unit
    from tests.crash.storm import RememberingServer


@dataclass
class _Told:
    """One text for one chat: of which kind, under which wordings, and how often it was accepted."""

    kind: NoticeKind
    wordings: set[str] = field(default_factory=set)
    accepted: int = 0
    deliveries: int = 0


class Told:
    """Compares deliveries with chats.

    ``doubled``: how many messages were one too many, by kind of notice; ``once``: how many could be said once only.
    """

    def __init__(self, telegram: RememberingServer, base_url: str, zone: str) -> None:
        self.telegram = telegram
        self._renderer = Renderer(base_url)
        self._words_for = wording(zone)
        self.doubled: Counter[str] = Counter()
        self.once = 0

    def faults(self, unit: Unit) -> Iterator[str]:
        """Tell of what was accepted and is not shown, and of what was said twice though it may be said once only."""
        for (chat, text), told in self._by_text(unit).items():
            seen = sum(self.telegram.shown[chat, wording] for wording in told.wordings)
            at_most_once = BEHAVIOURS[told.kind].at_most_once
            self.once += told.deliveries if at_most_once else 0
            if seen < told.accepted and not at_most_once:
                yield f"« {text} » ({told.kind}) was accepted {told.accepted} times and is shown {seen} times in {chat}"
            if seen > told.deliveries:
                self.doubled[told.kind] += seen - told.deliveries
                if at_most_once:
                    yield f"« {text} » ({told.kind}) is shown {seen} times in {chat}"

    def _by_text(self, unit: Unit) -> dict[tuple[int, str], _Told]:
        found: dict[tuple[int, str], _Told] = {}
        for delivery in unit.session.scalars(select(DeliveryRow).where(DeliveryRow.channel == NAME)):
            kind = NoticeKind(delivery.notice.kind)
            text = self._text(delivery, ambiguous=False)
            told = found.setdefault((int(delivery.conversation), text), _Told(kind))
            told.wordings |= {text, self._text(delivery, ambiguous=True)}
            told.accepted += delivery.state is DeliveryState.sent
            told.deliveries += 1
        return found

    def _text(self, delivery: DeliveryRow, *, ambiguous: bool) -> str:
        """Return the first message of a delivery as the channel writes it."""
        notice = delivery.notice
        rendered = self._renderer.render(
            NoticeKind(notice.kind),
            {**notice.data, "maybe_repeat": ambiguous},
            notice.ticket_id,
            self._words_for(notice.person.locale),
            TelegramChannel.capabilities,
        )
        return html.pieces(rendered.text)[0]
