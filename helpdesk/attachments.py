"""Files joined to messages: stored once by content, under a safe name, given to those who may read the message."""

from __future__ import annotations

import hashlib
import mimetypes
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from helpdesk import access
from helpdesk.database import insert_once
from helpdesk.errors import InvalidInputError, NotFoundError
from helpdesk.model import MessageKind
from helpdesk.tables import AttachmentRow, BlobRow, MessageRow, TicketRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from helpdesk.model import AccountRef
    from helpdesk.office import Office, Unit

MOST_BYTES = 20 * 1024 * 1024
MOST_FILES = 10  # of one message
_LONGEST_NAME = 100
_SAFE_TYPES = (
    re.compile(r"image/(?:png|jpeg|gif|webp|heic)"),
    re.compile(r"audio/(?:ogg|mpeg|mp4|x-m4a|wav|webm)"),
    re.compile(r"video/mp4"),
    re.compile(r"text/(?:plain|csv)"),
    re.compile(r"application/(?:pdf|rtf|zip|msword|vnd\.ms-excel|vnd\.ms-powerpoint)"),
    re.compile(r"application/vnd\.(?:openxmlformats-officedocument|oasis\.opendocument)\.[\w.-]+"),
)
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]')


@dataclass(frozen=True)
class Upload:
    """A file as it comes in."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True)
class Download:
    """A file as it goes out."""

    name: str
    media_type: str
    data: bytes


class Attachments:
    """Reading files back."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def read(self, attachment_id: int) -> Download:
        """Return a file, for a channel that delivers it to whom a notice is addressed. Raises ``NotFoundError``."""
        with self._office.reading() as unit:
            row = unit.session.get(AttachmentRow, attachment_id)
            if row is None:
                raise NotFoundError("no_such_file")
            return Download(row.name, row.media_type, unit.session.get_one(BlobRow, row.sha256).data)

    def read_as(self, account: AccountRef, attachment_id: int) -> Download:
        """Return a file to somebody who may read its message. Raises ``NotFoundError``."""
        with self._office.reading() as unit:
            person, _ = unit.speaker(account)
            row = unit.session.get(AttachmentRow, attachment_id)
            ticket = unit.session.get(TicketRow, row.message.ticket_id) if row else None
            if row is None or ticket is None or not access.may_see(unit, person, ticket):
                raise NotFoundError("no_such_file")
            if row.message.kind is MessageKind.note and not access.is_staff(person):
                raise NotFoundError("no_such_file")
            return Download(row.name, row.media_type, unit.session.get_one(BlobRow, row.sha256).data)


def media_type(declared: str | None, name: str) -> str:
    """Return what a file is, without parameters: as its sender declared it, or as its name says if that is no use."""
    bare = (declared or "").partition(";")[0].strip().lower()
    if _is_carried(bare):
        return bare
    return mimetypes.guess_type(name)[0] or bare or "application/octet-stream"


def check(uploads: Iterable[Upload]) -> None:
    """Refuse what cannot be carried.

    Raises ``InvalidInputError``: ``too_many_files``, ``file_too_big``, ``file_type``, ``file_empty`` (no platform takes
    one, so it would hold back the words that came with it).
    """
    uploads = tuple(uploads)
    if len(uploads) > MOST_FILES:
        raise InvalidInputError("too_many_files", limit=MOST_FILES)
    for upload in uploads:
        if len(upload.data) > MOST_BYTES:
            raise InvalidInputError("file_too_big", name=safe_name(upload.name), megabytes=MOST_BYTES // 2**20)
        check_type(upload.name, upload.media_type)
        if not upload.data:
            raise InvalidInputError("file_empty", name=safe_name(upload.name))


def check_type(name: str, kind: str) -> None:
    """Refuse a file by what it says it is, before it is fetched. Raises ``InvalidInputError`` (``file_type``)."""
    if not _is_carried(kind):
        raise InvalidInputError("file_type", name=safe_name(name), type=kind)


def _is_carried(kind: str) -> bool:
    return any(safe.fullmatch(kind) for safe in _SAFE_TYPES)


def attach(unit: Unit, message: MessageRow, uploads: Iterable[Upload]) -> None:
    """Store files and join them to a message."""
    for upload in uploads:
        digest = hashlib.sha256(upload.data).hexdigest()
        insert_once(unit.session, BlobRow, sha256=digest, size=len(upload.data), data=upload.data)
        unit.session.add(
            AttachmentRow(
                message_id=message.id,
                sha256=digest,
                name=safe_name(upload.name),
                media_type=upload.media_type,
            ),
        )
    unit.session.flush()


def has_files(unit: Unit, ticket_id: int) -> bool:
    """Tell whether anybody joined a file to a question."""
    found = select(AttachmentRow.id).join(MessageRow).where(MessageRow.ticket_id == ticket_id).limit(1)
    return unit.session.scalar(found) is not None


def files_of(unit: Unit, message_ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """Return what notices and pages say of the files of messages, by message."""
    rows = unit.session.execute(
        select(AttachmentRow, BlobRow.size)
        .join(BlobRow, BlobRow.sha256 == AttachmentRow.sha256)
        .where(AttachmentRow.message_id.in_(list(message_ids)))
        .order_by(AttachmentRow.id),
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for row, size in rows:
        card = {"id": row.id, "name": row.name, "media_type": row.media_type, "size": size}
        found.setdefault(row.message_id, []).append(card)
    return found


def of_message(unit: Unit, message: MessageRow) -> list[dict[str, Any]]:
    """Return what a notice says of the files of one message."""
    return files_of(unit, [message.id]).get(message.id, [])


def safe_name(name: str) -> str:
    """Return a file name that no system and no reader can be fooled by: no path, no control, no hidden direction."""
    plain = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", name)).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if dot and len(ending) <= 8 and len(plain) > _LONGEST_NAME:  # noqa: PLR2004 - an extension, not a sentence
        plain = f"{stem[: _LONGEST_NAME - len(ending) - 1]}.{ending}"
    return plain[:_LONGEST_NAME] or "fichier"
