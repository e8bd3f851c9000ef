"""Files that people send: fetched from Discord when they are to be kept, and what cannot be is said by name."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import discord
import structlog

from helpdesk.attachments import MOST_BYTES, Upload, check, check_type
from helpdesk.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.channels.discord.incoming import SentFile

_log = structlog.get_logger(__name__)


async def fetch(
    client: discord.Client, files: Iterable[SentFile]
) -> tuple[tuple[Upload, ...], tuple[InvalidInputError, ...]]:
    """Return the files that can be kept, and why the others cannot.

    Raises ``discord.HTTPException`` when Discord is away.
    """
    kept: list[Upload] = []
    refused: list[InvalidInputError] = []
    for (channel, number), group in groupby(files, key=lambda file: (file.channel, file.message)):
        present = await _attachments(client, channel, number)
        for file in group:
            try:
                kept.append(await _fetch(file, present))
            except InvalidInputError as error:
                refused.append(error)
    return tuple(kept), tuple(refused)


async def _attachments(client: discord.Client, channel: int, message: int) -> dict[int, discord.Attachment]:
    """Return a message's files with addresses that are good now."""
    try:
        found = await client.get_partial_messageable(channel).fetch_message(message)
    except (discord.NotFound, discord.Forbidden) as error:
        _log.warning("files_lost", reason=str(error))
        return {}
    return {item.id: item for item in found.attachments}


async def _fetch(file: SentFile, present: dict[int, discord.Attachment]) -> Upload:
    """Return one file. Raises ``InvalidInputError``."""
    if file.size > MOST_BYTES:
        raise InvalidInputError("file_too_big", name=file.name, megabytes=MOST_BYTES // 2**20)
    check_type(file.name, file.media_type)
    item = present.get(file.attachment)
    if item is None:
        raise InvalidInputError("file_lost", name=file.name)
    try:
        upload = Upload(file.name, file.media_type, await item.read())
    except (discord.NotFound, discord.Forbidden):
        raise InvalidInputError("file_lost", name=file.name) from None
    check((upload,))
    return upload
