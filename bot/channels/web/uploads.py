"""Forms that carry files: measured as they are read, whatever length they announce."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.formparsers import MultiPartException, MultiPartParser

from bot.channels.web.errors import TooLargeError
from helpdesk.attachments import MOST_FILES, Upload, media_type
from helpdesk.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from starlette.requests import Request

# A body over the limit is still read to this many times the limit, so that the browser is there to show our page.
_DRAIN = 2


async def read_uploads(request: Request, limit: int, most_fields: int) -> tuple[dict[str, str], tuple[Upload, ...]]:
    """Return the fields and the files of a multipart form, of ``limit`` bytes at most as a whole.

    Raises ``TooLargeError`` (``files_too_large``), ``InvalidInputError`` (``form_incomplete``).
    """
    parser = MultiPartParser(
        request.headers,
        _measured(request, limit),
        max_files=2 * MOST_FILES,  # the core says so in words, from one too many
        max_fields=most_fields,
        max_part_size=limit,  # a text that is too long is refused in words, and given back
    )
    try:
        form = await parser.parse()
    except (MultiPartException, ValueError):
        raise InvalidInputError("form_incomplete") from None
    fields: dict[str, str] = {}
    files: list[Upload] = []
    try:
        for name, value in form.multi_items():
            if isinstance(value, str):
                fields[name] = value
            elif value.filename:  # an input left empty sends a file without a name
                kind = media_type(value.content_type, value.filename)
                files.append(Upload(value.filename, kind, await value.read()))
    finally:
        await form.close()
    return fields, tuple(files)


async def _measured(request: Request, limit: int) -> AsyncGenerator[bytes, None]:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= limit:
            yield chunk
        elif size > limit * _DRAIN:
            break
    if size > limit:
        raise TooLargeError("files_too_large", megabytes=limit // 2**20)
