"""Buttons as Telegram has them: a label, and 64 bytes of data or an address that everybody can open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.addresses import is_public

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.channel import Button

MOST_BYTES = 64  # of a button's data
_ONCE = frozenset({"solved", "human", "join", "choose", "rate", "withdraw"})  # verbs that settle the card they are on

_log = structlog.get_logger(__name__)


def keyboard(rows: Iterable[Iterable[Button]]) -> InlineKeyboardMarkup | None:
    """Return the keyboard of a message, without the buttons that Telegram could not carry; None when none is left."""
    kept = [[made for button in row if (made := _button(button)) is not None] for row in rows]
    kept = [row for row in kept if row]
    return InlineKeyboardMarkup(kept) if kept else None


def settled(markup: InlineKeyboardMarkup | None) -> InlineKeyboardMarkup | None:
    """Return a card's keyboard once the member has decided: what is left to read stays, what is done goes."""
    rows = markup.inline_keyboard if markup else ()
    kept = [[button for button in row if _verb(button) not in _ONCE] for row in rows]
    kept = [row for row in kept if row]
    return InlineKeyboardMarkup(kept) if kept else None


def actions_of(markup: InlineKeyboardMarkup | None) -> tuple[str, ...]:
    """Return what the buttons of a message of ours do."""
    rows = markup.inline_keyboard if markup else ()
    return tuple(str(button.callback_data) for row in rows for button in row if button.callback_data)


def _button(button: Button) -> InlineKeyboardButton | None:
    if button.url is not None:
        return InlineKeyboardButton(button.label, url=button.url) if is_public(button.url) else None
    if button.action is None:
        return None
    if len(button.action.encode()) > MOST_BYTES:
        # A fault of ours: ids are bounded so that none is (``knowledge.files``); the rest of the message must pass.
        _log.error("button_too_long", action=button.action)
        return None
    return InlineKeyboardButton(button.label, callback_data=button.action)


def _verb(button: InlineKeyboardButton) -> str:
    return str(button.callback_data or "").partition(":")[0]
