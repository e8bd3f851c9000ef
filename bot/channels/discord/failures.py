"""What Discord's refusals mean for a delivery. Codes are those of Discord's reference of JSON errors."""

from __future__ import annotations

import aiohttp
import discord

from bot.channel import ChannelError, Failure

UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, UNKNOWN_INTERACTION = 10003, 10008, 10062
ALREADY_ACKNOWLEDGED, THREAD_EXISTS = 40060, 160004
_TOO_LARGE = 40005
_THREAD_ARCHIVED, _THREAD_LOCKED = 50083, 160005
_MISSING_ACCESS, _MISSING_PERMISSIONS = 50001, 50013
_NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
_LONGEST_REASON = 150
_SERVER_ERRORS = 500
_TOO_MANY = 429
_UNAUTHORISED = 401


def channel_error(error: Exception) -> ChannelError:
    """Return what a failed call means for the delivery.

    A refusal (private messages closed, no right to write, channel or thread gone, a payload that is wrong) is for good.
    What Discord was too busy to look at, or never received, is for later. A connection cut after sending leaves a
    doubt.
    """
    reason = str(error)[:_LONGEST_REASON] or type(error).__name__
    if isinstance(error, discord.RateLimited):
        return ChannelError(Failure.RETRY, reason, error.retry_after)
    if isinstance(error, discord.HTTPException):
        if error.status >= _SERVER_ERRORS or error.status in {_TOO_MANY, _UNAUTHORISED}:
            return ChannelError(Failure.RETRY, reason)
        return ChannelError(Failure.PERMANENT, reason)
    if isinstance(error, _NEVER_SENT):
        return ChannelError(Failure.RETRY, reason)
    return ChannelError(Failure.UNKNOWN, reason)


def is_gone(error: BaseException | None) -> bool:
    """Tell whether what was to be changed is no longer there."""
    return isinstance(error, discord.NotFound) and error.code in {UNKNOWN_CHANNEL, UNKNOWN_MESSAGE}


def is_put_away(error: BaseException | None) -> bool:
    """Tell whether a thread takes no messages because it was archived or locked."""
    return isinstance(error, discord.HTTPException) and error.code in {_THREAD_ARCHIVED, _THREAD_LOCKED}


def is_too_large(error: discord.HTTPException) -> bool:
    """Tell whether a file was refused for its size."""
    return error.code == _TOO_LARGE or error.status == 413  # noqa: PLR2004 - HTTP


def lacks_permission(error: discord.HTTPException) -> bool:
    """Tell whether the server's settings keep the bot from doing its work."""
    return error.code in {_MISSING_ACCESS, _MISSING_PERMISSIONS}
