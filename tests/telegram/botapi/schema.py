"""Every method the helpdesk may call, with its documented parameters.

From https://core.telegram.org/bots/api (Bot API 10.0). ``!`` marks a required parameter. A method or parameter that is
not here is refused, even if Telegram knows it: a new one is added with its behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Parameter:
    """A parameter's documented type and whether a call may omit it."""

    name: str
    kind: str
    required: bool


_SENDING = (
    "chat_id!:chat business_connection_id:string message_thread_id:integer direct_messages_topic_id:integer "
    "disable_notification:boolean protect_content:boolean allow_paid_broadcast:boolean message_effect_id:string "
    "reply_parameters:object "
)
_ONE = _SENDING + "suggested_post_parameters:object reply_markup:object "
_TEXT = "text!:string parse_mode:string entities:array link_preview_options:object "
_CAPTION = "caption:string parse_mode:string caption_entities:array "
_TARGET = "business_connection_id:string chat_id:chat message_id:integer inline_message_id:string reply_markup:object "
_TOPIC = "chat_id!:chat message_thread_id!:integer"

_METHODS = {
    "getMe": "",
    "logOut": "",
    "close": "",
    "getUpdates": "offset:integer limit:integer timeout:integer allowed_updates:array",
    "setWebhook": "url!:string certificate:file ip_address:string max_connections:integer allowed_updates:array "
    "drop_pending_updates:boolean secret_token:string",
    "deleteWebhook": "drop_pending_updates:boolean",
    "getWebhookInfo": "",
    "setMyCommands": "commands!:array scope:object language_code:string",
    "getMyCommands": "scope:object language_code:string",
    "deleteMyCommands": "scope:object language_code:string",
    "setMyName": "name:string language_code:string",
    "getMyName": "language_code:string",
    "setMyDescription": "description:string language_code:string",
    "getMyDescription": "language_code:string",
    "setMyShortDescription": "short_description:string language_code:string",
    "getMyShortDescription": "language_code:string",
    "sendMessage": _ONE + _TEXT,
    "editMessageText": _TARGET + _TEXT,
    "editMessageCaption": _TARGET + _CAPTION + "show_caption_above_media:boolean",
    "editMessageReplyMarkup": _TARGET,
    "deleteMessage": "chat_id!:chat message_id!:integer",
    "deleteMessages": "chat_id!:chat message_ids!:array",
    "answerCallbackQuery": "callback_query_id!:string text:string show_alert:boolean url:string cache_time:integer",
    "sendChatAction": "business_connection_id:string chat_id!:chat message_thread_id:integer action!:string",
    "setMessageReaction": "chat_id!:chat message_id!:integer reaction:array is_big:boolean",
    "sendDocument": _ONE + _CAPTION + "document!:file thumbnail:file disable_content_type_detection:boolean",
    "sendPhoto": _ONE + _CAPTION + "photo!:file show_caption_above_media:boolean has_spoiler:boolean",
    "sendVoice": _ONE + _CAPTION + "voice!:file duration:integer",
    "sendMediaGroup": _SENDING + "media!:array",
    "getFile": "file_id!:string",
    "createForumTopic": "chat_id!:chat name!:string icon_color:integer icon_custom_emoji_id:string",
    "editForumTopic": _TOPIC + " name:string icon_custom_emoji_id:string",
    "closeForumTopic": _TOPIC,
    "reopenForumTopic": _TOPIC,
    "deleteForumTopic": _TOPIC,
    "getForumTopicIconStickers": "",
    "getChat": "chat_id!:chat",
    "getChatMember": "chat_id!:chat user_id!:integer",
    "getChatMemberCount": "chat_id!:chat",
    "getChatAdministrators": "chat_id!:chat return_bots:boolean",
    "leaveChat": "chat_id!:chat",
}


def _parameters(line: str) -> dict[str, Parameter]:
    found = {}
    for word in line.split():
        name, _, kind = word.partition(":")
        found[name.rstrip("!")] = Parameter(name.rstrip("!"), kind, name.endswith("!"))
    return found


METHODS: dict[str, tuple[str, dict[str, Parameter]]] = {
    name.lower(): (name, _parameters(line)) for name, line in _METHODS.items()
}
"""By name in lower case (Telegram does not mind the case): the documented name and the parameters."""
