"""Sending files and reading those people sent."""

from __future__ import annotations

from tests.telegram.botapi.access import caption_text, replied_to, topic_of, writable
from tests.telegram.botapi.call import Call, Upload
from tests.telegram.botapi.handlers import method
from tests.telegram.botapi.markup import check_markup
from tests.telegram.botapi.model import Media, StoredFile
from tests.telegram.botapi.refusals import Json, Refusal, bad_request, broken_contract
from tests.telegram.botapi.world import World

MAX_DOWNLOAD = 20 << 20  # bytes that getFile serves
MAX_UPLOAD = 50 << 20
MAX_PHOTO = 10 << 20
ALBUM_KINDS = {"photo", "document", "audio", "video"}
ALONE_IN_ALBUM = {"document", "audio"}  # only grouped with their like
MEDIA_FIELDS = set(
    "type media caption parse_mode caption_entities show_caption_above_media has_spoiler thumbnail "
    "disable_content_type_detection".split()
)
IMAGE_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"RIFF", b"BM")


@method("sendDocument", "sendPhoto", "sendVoice")
def send_file(world: World, call: Call) -> object:
    """Send one file, uploaded or known to Telegram by its file_id."""
    kind = call.method.removeprefix("send").lower()
    text, entities = caption_text(call)
    markup = check_markup(call.object("reply_markup"))
    chat = writable(world, call)
    topic, reply_to = topic_of(chat, call), replied_to(chat, call)
    media = Media(kind, _file(world, kind, call.values[kind]))
    message = chat.add_message(
        world.bot, text=text, entities=entities, media=media, markup=markup, topic=topic, reply_to=reply_to
    )
    return message.to_json()


@method("sendMediaGroup")
def send_album(world: World, call: Call) -> object:
    """Send two to ten files as an album."""
    items = call.items("media")
    kinds = {str(item.get("type")) for item in items}
    if not 2 <= len(items) <= 10:
        raise broken_contract("an album holds 2 to 10 items")
    if not kinds <= ALBUM_KINDS or (kinds & ALONE_IN_ALBUM and len(kinds) > 1):
        raise broken_contract("can't use the media of the specified type in the album")
    chat = writable(world, call)
    topic, reply_to = topic_of(chat, call), replied_to(chat, call)
    group = world.serial("1340")
    prepared = [(_album_media(world, call, item, group), *_item_caption(call, item)) for item in items]
    sent = [
        chat.add_message(world.bot, text=text, entities=entities, media=media, topic=topic, reply_to=reply_to)
        for media, text, entities in prepared
    ]
    return [message.to_json() for message in sent]


def _album_media(world: World, call: Call, item: Json, group: str) -> Media:
    unknown = set(item) - MEDIA_FIELDS
    if unknown:
        raise broken_contract(f"can't parse InputMedia: unknown fields {sorted(unknown)}")
    source: object = item.get("media", "")
    if isinstance(source, str) and source.startswith("attach://"):
        source = call.uploads.get(source.removeprefix("attach://"))
    if not source:
        raise broken_contract("can't parse InputMedia: media not found")
    return Media(item["type"], _file(world, item["type"], source), group)


def _item_caption(call: Call, item: Json) -> tuple[str, list[Json]]:
    values: Json = {key: item[key] for key in ("caption", "parse_mode", "caption_entities") if key in item}
    return caption_text(Call(call.method, values))


def _file(world: World, kind: str, source: object) -> StoredFile:
    if isinstance(source, Upload):
        return _uploaded(world, kind, source)
    known = world.files.get(str(source).removesuffix("-s"))
    if known is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    return known


def _uploaded(world: World, kind: str, upload: Upload) -> StoredFile:
    size = len(upload.content)
    if not size:
        raise broken_contract("file must be non-empty")
    if size > MAX_UPLOAD:
        raise Refusal(413, "Request Entity Too Large", violation=True)
    if kind == "photo" and size > MAX_PHOTO:
        raise broken_contract(
            f"file of size {size} bytes is too big for a photo; the maximum size is {MAX_PHOTO} bytes"
        )
    if kind == "photo" and not upload.content.startswith(IMAGE_STARTS):
        raise bad_request("IMAGE_PROCESS_FAILED")
    return world.store(upload.name, upload.content, upload.mime_type)


@method("getFile")
def get_file(world: World, call: Call) -> object:
    """Say where to download a file, up to 20 MB."""
    file = world.files.get(call.string("file_id").removesuffix("-s"))
    if file is None:
        raise bad_request("invalid file_id")
    if file.size > MAX_DOWNLOAD:
        raise bad_request("file is too big")
    return file.to_json() | {"file_path": file.path}
