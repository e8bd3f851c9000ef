"""Forms as they are sent: read within a size limit, then asked field by field for values that can be used."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from bot.channels.web.errors import TooLargeError
from bot.channels.web.uploads import read_uploads
from helpdesk.errors import InvalidInputError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from starlette.requests import Request

    from helpdesk.attachments import Upload

_MAX_FIELDS = 60
_NUMBER = re.compile(r"[0-9]{1,9}")  # whatever both databases hold in an integer
_KEY = re.compile(r"[A-Za-z0-9_-]{8,60}")
# A body over the limit is still read to this many times the limit, so that the browser is there to show our page.
_DRAIN = 40
_HIDDEN = frozenset({"csrf", "key", "back", "answers"})


class Form:
    """The fields of a sent form, and its ``files``; a field that is missing reads as empty."""

    def __init__(self, fields: dict[str, str], files: tuple[Upload, ...] = ()) -> None:
        self._fields = fields
        self.files = files

    def raw(self, name: str) -> str:
        """Return a field as it was typed."""
        return self._fields.get(name, "")

    def typed(self) -> dict[str, str]:
        """Return what the person typed, so that a refused form can be shown again with nothing lost."""
        return {name: value for name, value in self._fields.items() if name not in _HIDDEN}

    def text(self, name: str, limit: int) -> str:
        """Return a field's text. Raises ``InvalidInputError`` (``empty_text``, ``too_long``)."""
        value = self.raw(name).replace("\r\n", "\n").strip()
        if not value:
            raise InvalidInputError("empty_text", field=name)
        if len(value) > limit:
            raise InvalidInputError("too_long", field=name, limit=limit, length=len(value))
        return value

    def lines(self, name: str, limit: int) -> tuple[str, ...]:
        """Return a field's lines without the blank ones. Raises ``InvalidInputError`` (``too_long``)."""
        if len(self.raw(name)) > limit:
            raise InvalidInputError("too_long", field=name, limit=limit, length=len(self.raw(name)))
        return tuple(line.strip() for line in self.raw(name).splitlines() if line.strip())

    def number(self, name: str) -> int:
        """Return a field that names something by its number. Raises ``InvalidInputError`` (``choice_missing``)."""
        value = self.raw(name)
        if not _NUMBER.fullmatch(value):
            raise InvalidInputError("choice_missing", field=name)
        return int(value)

    def optional_number(self, name: str) -> int | None:
        """Return ``number``, or None when the field is empty."""
        return self.number(name) if self.raw(name) else None

    def day(self, name: str) -> dt.date:
        """Return a date. Raises ``InvalidInputError`` (``invalid_date``)."""
        try:
            return dt.date.fromisoformat(self.raw(name))
        except ValueError:
            raise InvalidInputError("invalid_date", field=name) from None

    def moment(self, name: str, zone: ZoneInfo) -> dt.datetime:
        """Return the instant of a wall time read in ``zone``. Raises ``InvalidInputError`` (``invalid_date``)."""
        try:
            wall = dt.datetime.fromisoformat(self.raw(name))
            return (wall if wall.tzinfo else wall.replace(tzinfo=zone)).astimezone(dt.UTC)
        except (ValueError, OverflowError):  # no date, or one that falls out of the calendar on its way to UTC
            raise InvalidInputError("invalid_date", field=name) from None

    def key(self) -> str:
        """Return the form's one-time key. Raises ``InvalidInputError`` (``form_incomplete``)."""
        value = self.raw("key")
        if not _KEY.fullmatch(value):
            raise InvalidInputError("form_incomplete")
        return value


async def read_form(request: Request, limit: int, upload_limit: int) -> Form:
    """Read a form, URL-encoded or with files: ``limit`` or ``upload_limit`` (0: no files) bound the whole body.

    Raises ``TooLargeError`` once the body passes its limit, ``InvalidInputError`` (``form_incomplete``).
    """
    if upload_limit and request.headers.get("content-type", "").startswith("multipart/form-data"):
        fields, files = await read_uploads(request, upload_limit, _MAX_FIELDS)
        return Form(_without_nul(fields), files)
    body = bytearray()
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= limit:
            body += chunk
        elif size > limit * _DRAIN:
            break
    if size > limit:
        raise TooLargeError(kilobytes=limit // 1024)
    try:
        pairs = parse_qsl(bytes(body).decode(errors="replace"), keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise InvalidInputError("form_incomplete") from None
    return Form(_without_nul(dict(pairs)))


def _without_nul(fields: dict[str, str]) -> dict[str, str]:
    # A NUL means nothing to anybody, and PostgreSQL refuses to keep it.
    return {name: value.replace("\x00", "") for name, value in fields.items()}
