"""Sending, editing and deleting messages, and answering presses."""

from __future__ import annotations

from tests.telegram.botapi.access import caption_text, message_text, replied_to, topic_of, writable
from tests.telegram.botapi.call import Call
from tests.telegram.botapi.chat import Chat
from tests.telegram.botapi.handlers import method
from tests.telegram.botapi.markup import check_markup
from tests.telegram.botapi.model import ChatType, Message
from tests.telegram.botapi.refusals import bad_request, broken_contract
from tests.telegram.botapi.transcript import body
from tests.telegram.botapi.world import World

MAX_ANSWER = 200
MAX_CACHE = 86_400
MAX_DELETED = 100
DELETABLE_SECONDS = 48 * 3600
# Telegram does not document how long a press waits for its answer; a client must survive any value.
PRESS_SECONDS = 60
ACTIONS = set(
    "typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker "
    "find_location record_video_note upload_video_note".split()
)
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


@method("sendMessage")
def send_message(world: World, call: Call) -> object:
    """Send a text."""
    text, entities = message_text(call)
    markup = check_markup(call.object("reply_markup"))
    chat = writable(world, call)
    topic, reply_to = topic_of(chat, call), replied_to(chat, call)
    message = chat.add_message(world.bot, text=text, entities=entities, markup=markup, topic=topic, reply_to=reply_to)
    return message.to_json()


def _editable(world: World, call: Call) -> Message:
    if call.has("inline_message_id") or not (call.has("chat_id") and call.has("message_id")):
        raise broken_contract("chat_id and message_id are required: this bot sends no inline messages")
    chat = writable(world, call)
    message = chat.message(call.integer("message_id"))
    if message is None:
        raise bad_request("message to edit not found")
    if message.sender is not world.bot or message.service:
        raise bad_request("message can't be edited")
    return message


def _edited(message: Message, **changes: object) -> object:
    if all(getattr(message, name) == value for name, value in changes.items()):
        raise bad_request(NOT_MODIFIED)
    before = body(message)
    for name, value in changes.items():
        setattr(message, name, value)
    message.chat.chronicle.changed(message, before)
    if set(changes) != {"markup"}:  # a change of buttons alone leaves no mark
        message.edit_date = message.chat.world.now()
    return message.to_json()


@method("editMessageText")
def edit_text(world: World, call: Call) -> object:
    """Replace a text and its buttons."""
    text, entities = message_text(call)
    markup = check_markup(call.object("reply_markup"), inline_only=True)
    message = _editable(world, call)
    if message.media:
        raise bad_request("there is no text in the message to edit")
    return _edited(message, text=text, entities=entities, markup=markup)


@method("editMessageCaption")
def edit_caption(world: World, call: Call) -> object:
    """Replace a caption and its buttons."""
    text, entities = caption_text(call)
    markup = check_markup(call.object("reply_markup"), inline_only=True)
    message = _editable(world, call)
    if not message.media:
        raise bad_request("there is no caption in the message to edit")
    return _edited(message, text=text, entities=entities, markup=markup)


@method("editMessageReplyMarkup")
def edit_markup(world: World, call: Call) -> object:
    """Replace the buttons."""
    markup = check_markup(call.object("reply_markup"), inline_only=True)
    return _edited(_editable(world, call), markup=markup)


@method("deleteMessage")
def delete_message(world: World, call: Call) -> object:
    """Delete one message."""
    chat = writable(world, call)
    message = chat.message(call.integer("message_id"))
    if message is None:
        raise bad_request("message to delete not found")
    if not _deletable(chat, message):
        raise bad_request("message can't be deleted")
    message.deleted = True
    chat.chronicle.deleted(message, world.bot)
    return True


@method("deleteMessages")
def delete_messages(world: World, call: Call) -> object:
    """Delete several messages; what can't be deleted is skipped."""
    identifiers = call.values["message_ids"]
    if not 1 <= len(identifiers) <= MAX_DELETED or not all(type(one) is int for one in identifiers):
        raise broken_contract("1 to 100 message identifiers are expected")
    chat = writable(world, call)
    for message in chat.messages:
        if message.id in identifiers and _deletable(chat, message):
            message.deleted = True
            chat.chronicle.deleted(message, world.bot)
    return True


def _deletable(chat: Chat, message: Message) -> bool:
    world = chat.world
    if message.service and "forum_topic_created" in message.service:
        return False
    if chat.may(world.bot, "can_delete_messages"):
        return True
    own = message.sender is world.bot or chat.kind is ChatType.PRIVATE
    return own and world.now() - message.date <= DELETABLE_SECONDS


@method("answerCallbackQuery")
def answer_press(world: World, call: Call) -> object:
    """Answer a press, with a notice or an alert when there is a text."""
    text = call.string("text")
    if len(text) > MAX_ANSWER:
        raise broken_contract("MESSAGE_TOO_LONG")
    if not 0 <= call.integer("cache_time") <= MAX_CACHE:
        raise broken_contract("cache_time is out of bounds")
    press = world.presses.get(call.string("callback_query_id"))
    if press is None or world.now() - press.date > PRESS_SECONDS:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    press.answer, press.alert = text, call.flag("show_alert")
    return True


@method("sendChatAction")
def send_action(world: World, call: Call) -> object:
    """Show that the bot is busy."""
    if call.string("action") not in ACTIONS:
        raise broken_contract("wrong parameter action in request")
    topic_of(writable(world, call), call)
    return True


@method("setMessageReaction")
def set_reaction(world: World, call: Call) -> object:
    """React to a message; bots may set one emoji."""
    if len(call.items("reaction")) > 1 or any(one.get("type") != "emoji" for one in call.items("reaction")):
        raise broken_contract("REACTION_INVALID")
    if writable(world, call).message(call.integer("message_id")) is None:
        raise bad_request("message to react not found")
    return True
