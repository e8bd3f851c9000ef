"""What is done with an expert's draft, the same in every chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.parts import Parts
    from bot.words import Words
    from helpdesk.model import Address

VERBS = {"send": "answer", "query": "ask", "jot": "note"}
"""The orders that a draft's buttons give."""

BUTTONS = frozenset({*VERBS, "drop"})


def key_of(address: Address, held: str, name: str) -> str:
    """Return what makes an order given by a draft happen once; ``held``: the message that holds the draft."""
    return f"{address.channel}:draft:{address.conversation}:{held}:{name}"


def order_of(parts: Parts, address: Address, held: str) -> str | None:
    """Return the verb of what was done with a draft; None when nothing was, or it was none."""
    for verb, name in VERBS.items():
        if parts.correspondence.is_handled(key_of(address, held, name)):
            return verb
    return None


def what_came_of(parts: Parts, address: Address, ticket: int, held: str, words: Words) -> str:
    """Return what says what became of a draft that is no more, for a prompt that was left as it was."""
    verb = order_of(parts, address, held)
    return words(f"chat.draft.{verb}", number=ticket) if verb else words("chat.draft.gone")
