"""The simulated Telegram: who exists, what was said, what the bot has still to be told."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.telegram.botapi.chat import Chat
from tests.telegram.botapi.model import ChatType, Membership, Message, Press, Standing, StoredFile
from tests.telegram.botapi.refusals import Json, bad_request
from tests.telegram.botapi.updates import UpdateQueue
from tests.telegram.botapi.user import User

if TYPE_CHECKING:
    from helpdesk.clock import Clock

BOT_ID = 7_000_000_001
FIRST_USER = 100_001
FIRST_GROUP = 4_000_001
FIRST_SUPERGROUP = 1_000_000_000_001


class World:
    """State shared by the HTTP server's thread and the test's; every access holds ``lock``."""

    def __init__(self, clock: Clock, *, privacy: bool) -> None:
        self.clock = clock
        self.privacy = privacy
        self.lock = threading.RLock()
        self._changed = threading.Condition(self.lock)
        self.updates = UpdateQueue()
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.presses: dict[str, Press] = {}
        self.turn = 0  # how often people have acted
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.profile: dict[tuple[str, str], str] = {}
        self._user_ids = itertools.count(FIRST_USER)
        self._group_ids = itertools.count(FIRST_GROUP)
        self._supergroup_ids = itertools.count(FIRST_SUPERGROUP)
        self.message_ids = itertools.count(1)
        self._serials = itertools.count(1)
        self.bot = User(self, BOT_ID, "Guichet", username="guichet_bot", is_bot=True)

    def now(self) -> int:
        """The present instant, in Unix seconds."""
        return int(self.clock.now().timestamp())

    def serial(self, prefix: str) -> str:
        """A fresh identifier."""
        return f"{prefix}{next(self._serials):06d}"

    @contextmanager
    def change(self) -> Iterator[None]:
        """Hold the lock, then wake those who wait for something to happen."""
        with self.lock:
            try:
                yield
            finally:
                self._changed.notify_all()

    def wait_until(self, predicate: Callable[[], object], timeout: float) -> bool:
        """Wait for ``predicate`` to hold, looking after each change; ``timeout`` in real seconds.

        A short period bounds each wait, for predicates that look beyond the world.
        """
        deadline = time.monotonic() + timeout
        with self.lock:
            while not predicate():
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                self._changed.wait(min(left, 0.02))
        return True

    def add_user(self, first_name: str, last_name: str, username: str, language: str) -> User:
        """A person appears, with an empty private chat with the bot, not yet started."""
        with self.change():
            user = User(self, next(self._user_ids), first_name, last_name, username, language)
            self.users[user.id] = user
            self.chats[user.id] = user.private
            return user

    def private_chat(self, user: User) -> Chat:
        """A person's chat with the bot."""
        return Chat(self, user.id, ChatType.PRIVATE, user.name)

    def add_group(self, title: str, members: tuple[User, ...], *, supergroup: bool, forum: bool) -> Chat:
        """A group appears, owned by its first member, without the bot."""
        with self.change():
            identifier = -next(self._supergroup_ids) if supergroup else -next(self._group_ids)
            kind = ChatType.SUPERGROUP if supergroup else ChatType.GROUP
            chat = Chat(self, identifier, kind, title, is_forum=forum)
            for rank, member in enumerate(members):
                chat.members[member.id] = Membership(Standing.OWNER if rank == 0 else Standing.MEMBER)
            self.chats[identifier] = chat
            return chat

    def chat(self, reference: int | str) -> Chat:
        """The chat the bot means; what it never met does not exist for it."""
        chat = self.chats.get(reference) if isinstance(reference, int) else self._by_username(reference)
        if chat is None or not chat.known_to_bot:
            raise bad_request("chat not found")
        return chat

    def _by_username(self, username: str) -> Chat | None:
        named = (chat for chat in self.chats.values() if chat.username and f"@{chat.username}" == username)
        return next(named, None)

    def store(self, name: str, content: bytes, mime_type: str, size: int | None = None) -> StoredFile:
        """Keep a file's content."""
        identifier = self.serial("AgACfile")
        file = StoredFile(identifier, identifier[-8:], name, mime_type, content, size or len(content))
        self.files[file.id] = file
        return file

    def everyone(self) -> list[User]:
        """The people and the bot."""
        return [*self.users.values(), self.bot]

    def find_user(self, user_id: int) -> User | None:
        """The user of that id, the bot included."""
        return self.bot if user_id == self.bot.id else self.users.get(user_id)

    def queue_message(self, message: Message, kind: str = "message") -> None:
        """Tell the bot of a message, if it may see it."""
        if message.chat.bot_sees(message):
            self.updates.put(kind, message.to_json())
