"""Files that people send: fetched from Telegram when they are to be kept, and what cannot be is said by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from telegram.error import BadRequest

from helpdesk.attachments import MOST_BYTES, Upload, check, check_type
from helpdesk.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telegram import Bot

    from bot.channels.telegram.incoming import SentFile

_log = structlog.get_logger(__name__)


async def fetch(bot: Bot, files: Iterable[SentFile]) -> tuple[tuple[Upload, ...], tuple[InvalidInputError, ...]]:
    """Return the files that can be kept, and why the others cannot. Raises ``TelegramError`` when Telegram is away."""
    kept: list[Upload] = []
    refused: list[InvalidInputError] = []
    for file in files:
        try:
            _look(file)
            upload = Upload(
                file.name, file.media_type, bytes(await (await bot.get_file(file.file_id)).download_as_bytearray())
            )
            check((upload,))
        except InvalidInputError as error:
            refused.append(error)
        except BadRequest as error:
            _log.warning("file_refused", reason=str(error))
            refused.append(InvalidInputError("file_lost", name=file.name))
        else:
            kept.append(upload)
    return tuple(kept), tuple(refused)


def _look(file: SentFile) -> None:
    """Refuse by its description what need not be fetched. Raises ``InvalidInputError``."""
    if file.size > MOST_BYTES:
        raise InvalidInputError("file_too_big", name=file.name, megabytes=MOST_BYTES // 2**20)
    check_type(file.name, file.media_type)
