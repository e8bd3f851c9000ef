"""What Telegram's refusals mean for a delivery."""

from __future__ import annotations

import httpx
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.channel import ChannelError, Failure

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_UNCHANGED = "message is not modified"
_GONE = ("message to edit not found", "message can't be edited", "message to delete not found", "message_id_invalid")
_LONGEST_REASON = 150


def channel_error(error: TelegramError) -> ChannelError:
    """Return what a failed call means for the delivery.

    A refusal by the chat (blocked, deactivated, not found, no right to write, topic gone) is for good. What Telegram
    refused to look at (429, 5xx) or never received is for later. A connection cut after sending leaves a doubt.
    """
    reason = str(error)[:_LONGEST_REASON]
    if isinstance(error, RetryAfter):
        return ChannelError(Failure.RETRY, reason, seconds_of(error))
    if isinstance(error, ChatMigrated):
        return ChannelError(Failure.RETRY, reason)
    if isinstance(error, InvalidToken):
        return ChannelError(Failure.RETRY, reason)
    if isinstance(error, Forbidden | BadRequest):
        return ChannelError(Failure.PERMANENT, reason)
    if isinstance(error, NetworkError):
        doubtful = isinstance(error.__cause__, httpx.HTTPError) and not isinstance(error.__cause__, _NEVER_SENT)
        return ChannelError(Failure.UNKNOWN if doubtful else Failure.RETRY, reason)
    return ChannelError(Failure.UNKNOWN, reason)


def seconds_of(error: RetryAfter) -> float:
    """Return how long Telegram asks to wait."""
    wait = error.retry_after
    return float(wait) if isinstance(wait, int) else wait.total_seconds()


def is_unchanged(error: BadRequest) -> bool:
    """Tell whether an edit was refused because the message already reads so."""
    return _UNCHANGED in str(error).lower()


def is_gone(error: BadRequest) -> bool:
    """Tell whether the message to change is no longer there, or is too old."""
    return any(words in str(error).lower() for words in _GONE)


def is_topic_gone(error: BadRequest) -> bool:
    """Tell whether a topic was deleted."""
    text = str(error).lower().replace("_", " ")
    return "thread not found" in text or "topic id invalid" in text or "topic deleted" in text


def is_unreadable(error: BadRequest) -> bool:
    """Tell whether Telegram could not read our HTML: a fault of ours, and the words must pass all the same."""
    return "can't parse entities" in str(error).lower()
