"""The bot's pending updates, as Telegram keeps them until they are acknowledged."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tests.telegram.botapi.refusals import Json

FIRST_UPDATE = 900_001
NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}
KINDS = frozenset(
    "message edited_message channel_post edited_channel_post business_connection business_message "
    "edited_business_message deleted_business_messages message_reaction message_reaction_count inline_query "
    "chosen_inline_result callback_query shipping_query pre_checkout_query purchased_paid_media poll poll_answer "
    "my_chat_member chat_member chat_join_request chat_boost removed_chat_boost managed_bot guest_message".split()
)


class UpdateQueue:
    """Updates in the order of their identifiers. The world's lock guards every call."""

    def __init__(self) -> None:
        self.pending: list[Json] = []
        self.acknowledged = 0
        self.allowed: frozenset[str] = KINDS - NOT_BY_DEFAULT
        self._next = FIRST_UPDATE
        self._wakers: set[Callable[[], None]] = set()

    def allow(self, kinds: Iterable[str]) -> None:
        """Choose the kinds of update to receive from now on; none chosen means all but the chatty ones."""
        self.allowed = frozenset(kinds) or (KINDS - NOT_BY_DEFAULT)

    def put(self, kind: str, payload: Json) -> int | None:
        """Queue an update; return its identifier, or nothing when its kind is not wanted."""
        if kind not in self.allowed:
            return None
        identifier = self._next
        self._next += 1
        self.pending.append({"update_id": identifier, kind: payload})
        self.wake()
        return identifier

    def acknowledge(self, offset: int) -> None:
        """Forget the updates below ``offset``; a negative offset keeps that many from the end."""
        if offset < 0:
            offset = self.pending[offset:][0]["update_id"] if self.pending else 0
        gone = [update["update_id"] for update in self.pending if update["update_id"] < offset]
        if gone:
            self.acknowledged = max(self.acknowledged, *gone)
            self.pending = self.pending[len(gone) :]

    def forget(self, identifier: int) -> None:
        """Acknowledge one update, as a webhook's 200 does."""
        self.pending = [update for update in self.pending if update["update_id"] != identifier]
        self.acknowledged = max(self.acknowledged, identifier)

    def clear(self) -> None:
        """Drop what is pending."""
        self.acknowledge(self._next)

    def listen(self, waker: Callable[[], None]) -> None:
        """Call ``waker`` whenever something is queued."""
        self._wakers.add(waker)

    def unlisten(self, waker: Callable[[], None]) -> None:
        """Stop calling ``waker``."""
        self._wakers.discard(waker)

    def wake(self) -> None:
        """Tell every listener to look again."""
        for waker in list(self._wakers):
            waker()
