"""Forum topics."""

from __future__ import annotations

from tests.telegram.botapi.access import writable
from tests.telegram.botapi.call import Call
from tests.telegram.botapi.chat import Chat
from tests.telegram.botapi.handlers import method
from tests.telegram.botapi.icons import ICONS
from tests.telegram.botapi.model import Topic
from tests.telegram.botapi.refusals import Json, bad_request, broken_contract
from tests.telegram.botapi.user import delete_topic
from tests.telegram.botapi.world import World

MAX_NAME = 128
DEFAULT_COLOR = 0x6FB9F0
COLORS = {0x6FB9F0, 0xFFD67E, 0xCB86DB, 0x8EEE98, 0xFF93B2, 0xFB6F5F}


def _forum(world: World, call: Call) -> Chat:
    chat = writable(world, call)
    if not chat.is_forum:
        raise bad_request("the chat is not a forum")
    return chat


def _topic(chat: Chat, call: Call, act: str, right: str = "can_manage_topics") -> Topic:
    topic = chat.topics.get(call.integer("message_thread_id"))
    if topic is None or topic.deleted:
        raise bad_request("TOPIC_ID_INVALID")
    bot = chat.world.bot
    own = topic.creator is bot and act != "delete"
    if not own and not chat.may(bot, right):
        raise bad_request(f"not enough rights to {act} the topic")
    return topic


def _check_name(name: str) -> str:
    cleaned = " ".join(name.split())
    if not cleaned:
        raise broken_contract("name must be non-empty")
    if len(cleaned) > MAX_NAME:
        raise broken_contract(f"topic name has {len(cleaned)} characters, {MAX_NAME} at most")
    return cleaned


def _check_icon(icon: str) -> str:
    if icon and icon not in ICONS:
        raise broken_contract("DOCUMENT_INVALID")
    return icon


@method("createForumTopic")
def create(world: World, call: Call) -> object:
    """Open a topic."""
    name, icon = _check_name(call.string("name")), _check_icon(call.string("icon_custom_emoji_id"))
    color = call.integer("icon_color", DEFAULT_COLOR)
    if color not in COLORS:
        raise broken_contract("invalid icon color specified")
    chat = _forum(world, call)
    if not chat.may(world.bot, "can_manage_topics"):
        raise bad_request("not enough rights to create a topic")
    return chat.make_topic(world.bot, name, color, icon).to_json()


@method("editForumTopic")
def edit(world: World, call: Call) -> object:
    """Rename a topic or change its icon; an empty icon takes it away, an absent one keeps it."""
    name = _check_name(call.string("name")) if call.string("name") else ""
    icon = _check_icon(call.string("icon_custom_emoji_id"))
    topic = _topic(_forum(world, call), call, "edit")
    new_name = name or topic.name
    new_icon = icon if call.has("icon_custom_emoji_id") else topic.icon_custom_emoji_id
    if (new_name, new_icon) == (topic.name, topic.icon_custom_emoji_id):
        if name or call.has("icon_custom_emoji_id"):
            raise bad_request("TOPIC_NOT_MODIFIED")
        return True
    changed: Json = {"name": new_name} if name else {}
    if new_icon != topic.icon_custom_emoji_id:
        changed["icon_custom_emoji_id"] = new_icon
    topic.name, topic.icon_custom_emoji_id = new_name, new_icon
    topic.chat.add_service(world.bot, {"forum_topic_edited": changed}, topic)
    return True


@method("closeForumTopic", "reopenForumTopic")
def toggle(world: World, call: Call) -> object:
    """Close or reopen a topic."""
    closed = call.method == "closeForumTopic"
    topic = _topic(_forum(world, call), call, "close or open")
    if topic.closed is closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.closed = closed
    topic.chat.add_service(world.bot, {f"forum_topic_{'closed' if closed else 'reopened'}": {}}, topic)
    return True


@method("deleteForumTopic")
def delete(world: World, call: Call) -> object:
    """Delete a topic with its messages."""
    delete_topic(_topic(_forum(world, call), call, "delete", "can_delete_messages"), world.bot)
    return True


@method("getForumTopicIconStickers")
def icons(_world: World, _call: Call) -> object:
    """The custom emoji that any bot may use as icons."""
    sticker: Json = {"type": "custom_emoji", "width": 100, "height": 100, "is_animated": False, "is_video": False}
    return [
        sticker | {"file_id": f"icon{key}", "file_unique_id": key, "custom_emoji_id": key, "emoji": emoji}
        for key, emoji in ICONS.items()
    ]
