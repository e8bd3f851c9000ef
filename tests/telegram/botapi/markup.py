"""What may hang below a message: inline keyboards, checked against the documented fields and limits."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from tests.telegram.botapi.refusals import Json, broken_contract

MAX_BUTTONS = 100  # undocumented; the figures that python-telegram-bot's constants give
MAX_BUTTONS_IN_ROW = 8
MAX_CALLBACK_BYTES = 64

MARKUPS = {
    "inline_keyboard": set[str](),
    "keyboard": {"is_persistent", "resize_keyboard", "one_time_keyboard", "input_field_placeholder", "selective"},
    "remove_keyboard": {"selective"},
    "force_reply": {"input_field_placeholder", "selective"},
}
ACTIONS = {
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
}
BUTTON_FIELDS = ACTIONS | {"text", "icon_custom_emoji_id", "style"}


def check_markup(markup: Json | None, *, inline_only: bool = False) -> Json | None:
    """Return the markup to keep with the message; an empty inline keyboard is none."""
    if not markup:
        return None
    kinds = [kind for kind in MARKUPS if kind in markup]
    if len(kinds) != 1 or set(markup) - {kinds[0]} - MARKUPS[kinds[0]]:
        raise broken_contract(f"object expected as reply markup, with documented fields only: {sorted(markup)}")
    if kinds[0] != "inline_keyboard":
        if inline_only:
            raise broken_contract("inline keyboard expected")
        return markup
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise broken_contract('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    for row in rows:
        if len(row) > MAX_BUTTONS_IN_ROW:
            raise broken_contract(f"{len(row)} buttons in a row of the inline keyboard")
        for button in row:
            _check_button(button)
    if sum(map(len, rows)) > MAX_BUTTONS:
        raise broken_contract("reply markup is too long")
    return {"inline_keyboard": [row for row in rows if row]} if any(rows) else None


def _check_button(button: object) -> None:
    if not isinstance(button, dict):
        raise broken_contract("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    unknown = set(button) - BUTTON_FIELDS
    if unknown:
        raise broken_contract(f"can't parse inline keyboard button: unknown fields {sorted(unknown)}")
    text = button.get("text")
    if not isinstance(text, str) or not text.strip():
        raise broken_contract("inline keyboard button text must be non-empty")
    actions = ACTIONS & set(button)
    if not actions:
        raise broken_contract("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise broken_contract(f"inline keyboard button {text!r} does several things: {sorted(actions)}")
    if "callback_data" in button:
        data = button["callback_data"]
        if not isinstance(data, str) or not 1 <= len(data.encode()) <= MAX_CALLBACK_BYTES:
            raise broken_contract("BUTTON_DATA_INVALID")
    if "url" in button:
        _check_url(str(button["url"]))


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "tg" or (parts.scheme in ("http", "https") and ("." in host or _is_address(host))):
        return
    raise broken_contract(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
