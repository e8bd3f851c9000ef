"""What every sending call goes through: may the bot write there, in which topic, replying to what, with which text."""

from __future__ import annotations

from tests.telegram.botapi.call import Call
from tests.telegram.botapi.chat import Chat
from tests.telegram.botapi.formatting import parse_html, trimmed
from tests.telegram.botapi.model import ChatType, Message, Standing, Topic
from tests.telegram.botapi.refusals import Json, bad_request, broken_contract, forbidden
from tests.telegram.botapi.user import entities_of
from tests.telegram.botapi.world import World

GENERAL_TOPIC = 1
MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_SOURCE_BYTES = 1 << 15
REPLY_FIELDS = set(
    "message_id chat_id allow_sending_without_reply quote quote_parse_mode quote_entities quote_position "
    "checklist_task_id poll_option_id".split()
)
PREVIEW_FIELDS = set("is_disabled url prefer_small_media prefer_large_media show_above_text".split())


def writable(world: World, call: Call) -> Chat:
    """The chat of a call that writes, or the refusal its state commands."""
    chat = world.chat(call.chat())
    if chat.migrated_to:
        moved = {"migrate_to_chat_id": chat.migrated_to.id}
        raise bad_request("group chat was upgraded to a supergroup chat", moved)
    if chat.kind is ChatType.PRIVATE:
        if chat.owner.deactivated:
            raise forbidden("user is deactivated")
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        return chat
    standing = chat.standing(world.bot).standing
    if standing is Standing.KICKED:
        raise forbidden(f"bot was kicked from the {_kind(chat)} chat")
    if standing is Standing.LEFT:
        raise forbidden(f"bot is not a member of the {_kind(chat)} chat")
    return chat


def _kind(chat: Chat) -> str:
    return "group" if chat.kind is ChatType.GROUP else "supergroup"


def topic_of(chat: Chat, call: Call) -> Topic | None:
    """The topic a message goes to; elsewhere than in a forum, Telegram ignores the thread."""
    identifier = call.integer("message_thread_id")
    if not identifier or not (chat.is_forum or chat.kind is ChatType.PRIVATE):
        return None
    topic = chat.topics.get(identifier)
    if topic is None or topic.deleted or identifier == GENERAL_TOPIC:
        raise bad_request("message thread not found")
    if topic.closed and not chat.may(chat.world.bot, "can_manage_topics"):
        raise bad_request("TOPIC_CLOSED")
    return topic


def replied_to(chat: Chat, call: Call) -> Message | None:
    """The message that the call replies to, if any."""
    parameters = call.object("reply_parameters")
    if not parameters:
        return None
    check_fields("reply parameters", parameters, REPLY_FIELDS)
    identifier = parameters.get("message_id")
    if not isinstance(identifier, int):
        raise broken_contract('field "message_id" of the reply parameters must be of type Number')
    message = chat.message(identifier)
    if message is None and not parameters.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return message


def check_fields(name: str, value: Json, allowed: set[str]) -> None:
    """Refuse an object that has undocumented fields."""
    unknown = sorted(set(value) - allowed)
    if unknown:
        raise broken_contract(f"{name}: unknown fields {', '.join(unknown)}")


def formatted(call: Call, text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Parse a text in the call's mode; return it trimmed, with its entities and those Telegram finds by itself."""
    mode = call.string("parse_mode").lower()
    if len(text.encode()) > MAX_SOURCE_BYTES:
        raise broken_contract("text is too long")
    if mode not in ("", "html"):
        raise broken_contract(f"parse_mode {mode!r}: this server reads HTML only")
    if mode and entities:
        raise broken_contract("entities are given along with parse_mode")
    if mode == "html":
        text, entities = parse_html(text)
    text, entities = trimmed(text, entities)
    taken = [(e["offset"], e["offset"] + e["length"]) for e in entities]
    found = [
        e for e in entities_of(text) if not any(a < e["offset"] + e["length"] and e["offset"] < b for a, b in taken)
    ]
    return text, sorted([*entities, *found], key=lambda e: (e["offset"], -e["length"]))


def message_text(call: Call) -> tuple[str, list[Json]]:
    """A call's text: not empty, at most 4,096 characters once parsed."""
    if not call.string("text"):
        raise broken_contract("message text is empty")
    check_fields("link preview options", call.object("link_preview_options") or {}, PREVIEW_FIELDS)
    text, entities = formatted(call, call.string("text"), call.items("entities"))
    if not text:
        raise broken_contract("text must be non-empty")
    if len(text) > MAX_TEXT:
        raise broken_contract("message is too long")
    return text, entities


def caption_text(call: Call) -> tuple[str, list[Json]]:
    """A call's caption: at most 1,024 characters once parsed."""
    text, entities = formatted(call, call.string("caption"), call.items("caption_entities"))
    if len(text) > MAX_CAPTION:
        raise broken_contract("message caption is too long")
    return text, entities
