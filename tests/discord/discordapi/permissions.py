"""Discord's permissions: the bits the helpdesk has to do with, and what somebody may do in a channel."""

from __future__ import annotations

from collections.abc import Iterable

BITS = {
    "administrator": 3,
    "manage_channels": 4,
    "manage_guild": 5,
    "add_reactions": 6,
    "view_channel": 10,
    "send_messages": 11,
    "manage_messages": 13,
    "embed_links": 14,
    "attach_files": 15,
    "read_message_history": 16,
    "mention_everyone": 17,
    "manage_roles": 28,
    "manage_webhooks": 29,
    "use_application_commands": 31,
    "manage_threads": 34,
    "create_public_threads": 35,
    "create_private_threads": 36,
    "send_messages_in_threads": 38,
    "pin_messages": 51,
}
EVERYTHING = frozenset(BITS)
EVERYONE = frozenset(
    "add_reactions view_channel send_messages embed_links attach_files read_message_history use_application_commands "
    "create_public_threads send_messages_in_threads".split()
)
"""What a new server gives everyone."""
BOT = EVERYONE | frozenset("manage_channels manage_messages manage_threads create_private_threads pin_messages".split())
"""What a bot installed with the right link has."""


def to_bits(names: Iterable[str]) -> str:
    """Permissions as Discord writes them: a number in a string."""
    return str(sum(1 << BITS[name] for name in names))


def from_bits(bits: str | int) -> frozenset[str]:
    """The permissions the simulation knows, of a number."""
    return frozenset(name for name, rank in BITS.items() if int(bits) >> rank & 1)
