"""The bot's own profile and commands, and what it may know of chats."""

from __future__ import annotations

import json
import re

from tests.telegram.botapi.access import writable
from tests.telegram.botapi.call import Call
from tests.telegram.botapi.chat import Chat
from tests.telegram.botapi.handlers import method
from tests.telegram.botapi.model import PRESENT, ChatType, Membership, Standing
from tests.telegram.botapi.refusals import Json, bad_request, broken_contract, forbidden
from tests.telegram.botapi.world import World

MAX_COMMANDS = 100
MAX_COMMAND_DESCRIPTION = 256
SCOPES: dict[str, set[str]] = {
    "default": set(),
    "all_private_chats": set(),
    "all_group_chats": set(),
    "all_chat_administrators": set(),
    "chat": {"chat_id"},
    "chat_administrators": {"chat_id"},
    "chat_member": {"chat_id", "user_id"},
}
PROFILE = {"Name": ("name", 64), "Description": ("description", 512), "ShortDescription": ("short_description", 120)}
ACCEPTED_GIFTS = dict.fromkeys(
    "unlimited_gifts limited_gifts unique_gifts premium_subscription gifts_from_channels".split(), False
)


@method("getMe")
def get_me(world: World, _call: Call) -> object:
    """The bot's account, with whether its privacy mode is off."""
    return world.bot.to_json() | {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def _scope(world: World, call: Call) -> tuple[str, str]:
    scope = call.object("scope") or {"type": "default"}
    kind = str(scope.get("type"))
    if kind not in SCOPES or set(scope) != {"type", *SCOPES[kind]}:
        raise broken_contract(f"can't parse BotCommandScope: {scope}")
    if "chat_id" in scope:
        world.chat(scope["chat_id"])
    return json.dumps(scope, sort_keys=True), _language(call)


def _language(call: Call) -> str:
    language = call.string("language_code")
    if language and not re.fullmatch("[a-z]{2}", language):
        raise broken_contract("invalid language code specified")
    return language


@method("setMyCommands")
def set_commands(world: World, call: Call) -> object:
    """Register the commands of a scope and a language."""
    commands = call.items("commands")
    if len(commands) > MAX_COMMANDS:
        raise broken_contract("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if set(command) != {"command", "description"}:
            raise broken_contract("can't parse BotCommand")
        if not re.fullmatch("[a-z0-9_]{1,32}", command["command"]):
            raise broken_contract("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= MAX_COMMAND_DESCRIPTION:
            raise broken_contract("BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands[_scope(world, call)] = commands
    return True


@method("getMyCommands")
def get_commands(world: World, call: Call) -> object:
    """The commands of a scope and a language."""
    return world.commands.get(_scope(world, call), [])


@method("deleteMyCommands")
def delete_commands(world: World, call: Call) -> object:
    """Forget the commands of a scope and a language."""
    world.commands.pop(_scope(world, call), None)
    return True


@method("setMyName", "setMyDescription", "setMyShortDescription")
def set_profile(world: World, call: Call) -> object:
    """Change a text of the bot's profile in a language."""
    field, limit = PROFILE[call.method.removeprefix("setMy")]
    if len(call.string(field)) > limit:
        raise broken_contract(f"{field} is too long: {limit} characters at most")
    world.profile[field, _language(call)] = call.string(field)
    return True


@method("getMyName", "getMyDescription", "getMyShortDescription")
def get_profile(world: World, call: Call) -> object:
    """A text of the bot's profile in a language, or in none."""
    field, _limit = PROFILE[call.method.removeprefix("getMy")]
    neutral = world.profile.get((field, ""), "")
    return {field: world.profile.get((field, _language(call)), neutral)}


@method("getChat")
def get_chat(world: World, call: Call) -> object:
    """A chat in full."""
    chat = _readable(world, call)
    full: Json = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": ACCEPTED_GIFTS}
    if chat.kind is not ChatType.PRIVATE:
        full["permissions"] = {"can_send_messages": True}
    return chat.to_json() | full


def _readable(world: World, call: Call) -> Chat:
    chat = world.chat(call.chat())
    standing = chat.standing(world.bot).standing
    if chat.kind is ChatType.SUPERGROUP and standing not in PRESENT:
        was = "was kicked from" if standing is Standing.KICKED else "is not a member of"
        raise forbidden(f"bot {was} the supergroup chat")
    return chat


@method("getChatMember")
def get_member(world: World, call: Call) -> object:
    """How a user stands in a chat."""
    chat, user = _readable(world, call), world.find_user(call.integer("user_id"))
    if user is None:
        raise bad_request("invalid user_id specified")
    return chat.standing(user).to_json(user)


@method("getChatAdministrators")
def get_administrators(world: World, call: Call) -> object:
    """A group's owner and administrators, other bots aside."""
    chat = _readable(world, call)
    if chat.kind is ChatType.PRIVATE:
        raise bad_request("there are no administrators in the private chat")
    leading = {Standing.OWNER, Standing.ADMINISTRATOR}
    members = [(user, chat.standing(user)) for user in world.everyone()]
    return [member.to_json(user) for user, member in members if member.standing in leading]


@method("getChatMemberCount")
def count_members(world: World, call: Call) -> object:
    """How many are in the chat."""
    return sum(member.standing in PRESENT for member in _readable(world, call).members.values())


@method("leaveChat")
def leave(world: World, call: Call) -> object:
    """Leave a group."""
    chat = writable(world, call)
    if chat.kind is ChatType.PRIVATE:
        raise bad_request("chat member status can't be changed in private chats")
    chat.set_membership(world.bot, Membership(Standing.LEFT), by=world.bot)
    return True
