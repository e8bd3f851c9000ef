"""Files that people send: fetched from Telegram when they are to be kept, and what cannot be is said by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import structlog
from telegram.error import BadRequest, NetworkError, RetryAfter

from helpdesk.attachments import MOST_BYTES, Upload, check, check_type
from helpdesk.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telegram import Bot

    from bot.channels.telegram.incoming import SentFile

PATIENCE = 60.0  # seconds

_log = structlog.get_logger(__name__)


class Downloads:
    """Fetches files; one that Telegram cannot give for now is tried again with its message, up to ``PATIENCE``."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._missing: dict[str, float] = {}  # by file: since when

    async def fetch(self, files: Iterable[SentFile]) -> tuple[tuple[Upload, ...], tuple[InvalidInputError, ...]]:
        """Return the files that can be kept, and why others cannot. Raises ``TelegramError`` for a passing fault."""
        kept: list[Upload] = []
        refused: list[InvalidInputError] = []
        for file in files:
            try:
                _look(file)
                kept.append(await self._upload(file))
            except InvalidInputError as error:
                refused.append(error)
            self._missing.pop(file.file_id, None)
        return tuple(kept), tuple(refused)

    async def _upload(self, file: SentFile) -> Upload:
        try:
            content = bytes(await (await self._bot.get_file(file.file_id)).download_as_bytearray())
        except (NetworkError, RetryAfter) as error:
            since = self._missing.setdefault(file.file_id, anyio.current_time())
            # Those who write after it in the conversation wait too.
            if not isinstance(error, BadRequest) and anyio.current_time() - since < PATIENCE:
                raise
            _log.warning("file_refused", reason=str(error))
            raise InvalidInputError("file_lost", name=file.name) from None
        upload = Upload(file.name, file.media_type, content)
        check((upload,))
        return upload


def _look(file: SentFile) -> None:
    """Refuse by its description what need not be fetched. Raises ``InvalidInputError``."""
    if file.size > MOST_BYTES:
        raise InvalidInputError("file_too_big", name=file.name, megabytes=MOST_BYTES // 2**20)
    check_type(file.name, file.media_type)
