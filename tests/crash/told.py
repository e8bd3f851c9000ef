"""What the chats show of what the service says it told: nothing missing, and doubled only what may be."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.parts import wording
from bot.render.renderer import Renderer
from helpdesk.model import DeliveryState
from helpdesk.notices import BEHAVIOURS, NoticeKind
from helpdesk.tables import DeliveryRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.channel import Capability
    from helpdesk.office import Unit
    from tests.crash.on_chat import Platform


@dataclass(frozen=True)
class Shown:
    """How often each chat, by its number, shows each text, as ``written`` writes the first message of a notice."""

    times: Counter[tuple[str, str]]
    written: Callable[[str], str]
    capabilities: Capability


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

    def __init__(self, platform: Platform, base_url: str, zone: str) -> None:
        self.platform = platform
        self._renderer = Renderer(base_url)
        self._words_for = wording(zone)
        self.doubled: Counter[str] = Counter()
        self.once = 0

    def faults(self, unit: Unit) -> Iterator[str]:
        """Tell of what was accepted and is not shown, and of what was said twice though it may be said once only."""
        shown = self.platform.shown()
        for (chat, text), told in self._by_text(unit, shown).items():
            seen = sum(shown.times[chat, wording] for wording in told.wordings)
            at_most_once = BEHAVIOURS[told.kind].at_most_once
            self.once += told.deliveries if at_most_once else 0
            if seen < told.accepted and not at_most_once:
                yield f"« {text} » ({told.kind}) was accepted {told.accepted} times and is shown {seen} times in {chat}"
            if seen > told.deliveries:
                self.doubled[told.kind] += seen - told.deliveries
                if at_most_once:
                    yield f"« {text} » ({told.kind}) is shown {seen} times in {chat}"

    def _by_text(self, unit: Unit, shown: Shown) -> dict[tuple[str, str], _Told]:
        found: dict[tuple[str, str], _Told] = {}
        for delivery in unit.session.scalars(select(DeliveryRow).where(DeliveryRow.channel == self.platform.name)):
            kind = NoticeKind(delivery.notice.kind)
            text = self._text(delivery, shown, ambiguous=False)
            told = found.setdefault((delivery.thread or delivery.conversation, text), _Told(kind))
            told.wordings |= {text, self._text(delivery, shown, ambiguous=True)}
            told.accepted += delivery.state is DeliveryState.sent
            told.deliveries += 1
        return found

    def _text(self, delivery: DeliveryRow, shown: Shown, *, ambiguous: bool) -> str:
        """Return the first message of a delivery as the channel writes it."""
        notice = delivery.notice
        rendered = self._renderer.render(
            NoticeKind(notice.kind),
            {**notice.data, "maybe_repeat": ambiguous},
            notice.ticket_id,
            self._words_for(notice.person.locale),
            shown.capabilities,
            notice.created_at,
        )
        return shown.written(rendered.text)
