"""Addresses: a person by their id, for private messages; a channel of a server by its id after ``#``, and its thread.

Discord numbers private conversations apart from people, and a bot only learns the number by opening one; a person's id
is known from the first day, and is what the operator writes.
"""

from __future__ import annotations

from bot.channel import ChannelError, Failure
from bot.channels.discord.options import NAME
from helpdesk.model import AccountRef, Address

_PUBLIC = "#"


def account(user_id: int) -> AccountRef:
    """Return the account of a user."""
    return AccountRef(NAME, str(user_id))


def private(user_id: int) -> Address:
    """Return the address of somebody's private messages."""
    return Address(NAME, str(user_id))


def public(channel_id: int, thread_id: int | None = None) -> Address:
    """Return the address of a server's channel, or of a thread in it."""
    return Address(NAME, room(channel_id), str(thread_id) if thread_id is not None else None)


def room(channel_id: int) -> str:
    """Return the name of a server's channel as a conversation."""
    return f"{_PUBLIC}{channel_id}"


def is_private(address: Address) -> bool:
    """Tell whether only one person reads there."""
    return not address.conversation.startswith(_PUBLIC)


def number(address: Address) -> int:
    """Return the user's, the thread's or the channel's id. Raises ``ChannelError`` for no address of ours."""
    digits = address.thread or address.conversation.removeprefix(_PUBLIC)
    if address.channel != NAME or not digits.isdecimal():
        raise ChannelError(Failure.PERMANENT, "not a Discord address")
    return int(digits)
