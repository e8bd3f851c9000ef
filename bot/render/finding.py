"""What coordinators read of the promise's independent check, and of a service that needs somebody's eyes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from bot.render import markup
from bot.render.card import Card, bullets, full_day, paragraphs
from bot.render.member import channel_name
from helpdesk.audit import Code

if TYPE_CHECKING:
    from bot.channel import Rendered

_OF_THE_SERVICE = frozenset({Code.outbox_stuck, Code.sweep_silent, Code.holidays_not_signed})
_OF_THE_PROMISE = frozenset(Code) - _OF_THE_SERVICE
_INSTANTS = frozenset(
    "stored recomputed recorded asked_at answered_at breach_at noticed_at last oldest".split(),
)


def audit_finding(card: Card) -> Rendered:
    """Report what was found, and each detail that has words; the service's journal holds them all."""
    words, code, detail = card.words, card.data["code"], card.data["detail"]
    title = "notice.audit_finding.title" if code in _OF_THE_PROMISE else "notice.audit_finding.service"
    return paragraphs(
        f"**{words(title)}**",
        card.known(f"finding.{code}") or words("notice.audit_finding.other", code=markup.escape(code)),
        bullets(_detail(card, name, value) for name, value in detail.items()),
        buttons=((card.ticket_page(detail["ticket"]),),) if "ticket" in detail else (),
    )


def _detail(card: Card, name: str, value: object) -> str | None:
    key = f"finding.detail.{name}"
    return card.words(key, value=_value(card, name, value)) if card.words.has(key) else None


def _value(card: Card, name: str, value: object) -> str:
    if value is None:
        return card.words("finding.none")
    if name in _INSTANTS:
        return card.words.moment(dt.datetime.fromisoformat(str(value)))
    if name == "signed_until":
        return full_day(dt.date.fromisoformat(str(value)), card.words)
    return channel_name(card, str(value)) if name == "channel" else markup.escape(str(value))
