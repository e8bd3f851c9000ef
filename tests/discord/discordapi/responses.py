"""Requests that answer interactions: callbacks within three seconds, then follow-ups for fifteen minutes."""

from __future__ import annotations

from tests.discord.discordapi.call import Call, route
from tests.discord.discordapi.components import check_modal, number
from tests.discord.discordapi.interaction import ANSWER_SECONDS, TOKEN_SECONDS, Asked, Interaction
from tests.discord.discordapi.messages import content_of, edited
from tests.discord.discordapi.model import MENU, PLAIN, REPLY, SLASH, Message
from tests.discord.discordapi.payloads import (
    COMPONENTS_V2,
    EPHEMERAL,
    LOADING,
    SUPPRESS_EMBEDS,
    SUPPRESS_NOTIFICATIONS,
    check_choices,
    check_created,
)
from tests.discord.discordapi.refusals import Json, Refusal, bad_request, invalid, unknown
from tests.discord.discordapi.shape import anything, check_query, integer, one_of, shape
from tests.discord.discordapi.world import World

MESSAGE, DEFER, DEFER_UPDATE, UPDATE, COMPLETE, FORM = 4, 5, 6, 7, 8, 9
ALLOWED = {
    Asked.COMMAND: {MESSAGE, DEFER, FORM},
    Asked.COMPONENT: {MESSAGE, DEFER, DEFER_UPDATE, UPDATE, FORM},
    Asked.COMPLETION: {COMPLETE},
    Asked.FORM: {MESSAGE, DEFER, DEFER_UPDATE, UPDATE},
}
FLAGS = SUPPRESS_EMBEDS | EPHEMERAL | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2
_callback = shape({"type": one_of(*range(1, 13))}, {"data": anything})
_deferred = shape({}, {"flags": integer()})


@route("POST", "/interactions/{interaction}/{token}/callback", open_to_tokens=True)
def create_interaction_response(world: World, call: Call) -> object:
    """Create Interaction Response, once and in time."""
    interaction = _of_token(world, call)
    if interaction.id != call.id("interaction"):
        raise unknown(10062)
    _callback(call.form, "")
    kind, data = call.form["type"], call.form.get("data") or {}
    # Discord refuses the second answer for what it is, even when it is late too.
    if interaction.acknowledged:
        raise bad_request(40060)
    if interaction.age > ANSWER_SECONDS:
        raise unknown(10062)
    if kind not in ALLOWED[interaction.asked] or (kind in (DEFER_UPDATE, UPDATE) and interaction.message is None):
        raise invalid("type", "INTERACTION_TYPE_INVALID", f"{interaction.asked.name} cannot be answered with {kind}.")
    _answer(world, interaction, kind, data, call)
    interaction.answered_with = kind
    return _callback_body(interaction, kind) if call.query.get("with_response") in ("1", "true") else None


def _answer(world: World, interaction: Interaction, kind: int, data: Json, call: Call) -> None:
    if kind == MESSAGE:
        check_created(data, len(call.files), FLAGS)
        interaction.original = _write(world, interaction, call, data, data.get("flags") or 0)
    elif kind == DEFER:
        _deferred(data, "data")
        interaction.original = _write(world, interaction, call, {}, (data.get("flags") or 0) & EPHEMERAL | LOADING)
    elif kind == DEFER_UPDATE:
        interaction.original = interaction.message
    elif kind == UPDATE:
        interaction.original = interaction.message
        assert interaction.message is not None
        edited(world, interaction.message, call, data)
    elif kind == COMPLETE:
        check_choices(data, "data")
        interaction.choices = data["choices"]
    else:
        check_modal(data)
        number(data["components"])
        interaction.modal = data


def _callback_body(interaction: Interaction, kind: int) -> Json:
    about: Json = {"id": str(interaction.id), "type": int(interaction.asked)}
    resource: Json = {"type": kind}
    message = interaction.original
    if message:
        about |= {"response_message_id": str(message.id)}
        about |= {"response_message_loading": message.loading, "response_message_ephemeral": message.ephemeral}
        resource |= {"message": message.to_json()} if kind in (MESSAGE, UPDATE) else {}
    return {"interaction": about, "resource": resource}


def _write(world: World, interaction: Interaction, call: Call, form: Json, flags: int) -> Message:
    fields = content_of(world, interaction.channel, call, form)
    kind = {Asked.COMMAND: MENU if interaction.data.get("type") == 3 else SLASH}.get(interaction.asked, PLAIN)
    if interaction.asked is Asked.COMPONENT:
        kind, fields["reply_to"] = REPLY, interaction.message
    return world.say(interaction.channel, world.bot, kind=kind, flags=flags, interaction=interaction, **fields)


def _of_token(world: World, call: Call) -> Interaction:
    interaction = world.interactions.get(call.ids["token"])
    if interaction is None:
        raise unknown(10062)
    return interaction


def _open(world: World, call: Call) -> Interaction:
    """The answered interaction that a follow-up belongs to."""
    interaction = world.interactions.get(call.ids["token"])
    if interaction is None or call.id("application") != world.bot.id or not interaction.acknowledged:
        raise unknown(10015)
    if interaction.age > TOKEN_SECONDS:
        raise Refusal(401, 50027, "Invalid Webhook Token", violation=False)
    return interaction


@route("POST", "/webhooks/{application}/{token}", open_to_tokens=True)
def create_followup(world: World, call: Call) -> object:
    """Create Followup Message; the first after « wait » takes the place of « is thinking… »."""
    interaction = _open(world, call)
    _only(call, "wait", "with_components", "thread_id")
    check_created(call.form, len(call.files), FLAGS)
    flags = call.form.get("flags") or 0
    waiting = interaction.original
    if waiting and waiting.loading:
        return _fill(world, waiting, call, flags & ~EPHEMERAL).to_json()
    message = _write(world, interaction, call, call.form, flags)
    interaction.followups.append(message)
    return message.to_json()


def _fill(world: World, waiting: Message, call: Call, flags: int) -> Message:
    fields = content_of(world, waiting.channel, call, call.form, tuple(waiting.attachments))
    world.change_message(waiting, **fields, flags=(waiting.flags & ~LOADING) | flags)
    waiting.edited_at = None
    return waiting


@route("GET", "/webhooks/{application}/{token}/messages/{answer}", open_to_tokens=True)
def get_followup(world: World, call: Call) -> object:
    """Get Followup Message, or the original response."""
    return _answered(_open(world, call), call).to_json()


@route("PATCH", "/webhooks/{application}/{token}/messages/{answer}", open_to_tokens=True)
def edit_followup(world: World, call: Call) -> object:
    """Edit Followup Message, or the original response."""
    message = _answered(_open(world, call), call)
    _only(call, "with_components", "thread_id")
    if message.loading:
        check_created(call.form, len(call.files), FLAGS)
        return _fill(world, message, call, call.form.get("flags") or 0).to_json()
    return edited(world, message, call, call.form).to_json()


@route("DELETE", "/webhooks/{application}/{token}/messages/{answer}", open_to_tokens=True)
def delete_followup(world: World, call: Call) -> object:
    """Delete Followup Message, or the original response."""
    world.delete_message(_answered(_open(world, call), call))
    return None


def _answered(interaction: Interaction, call: Call) -> Message:
    wanted = call.ids["answer"]
    if wanted == "@original":
        found = interaction.original
    else:
        written = [*([interaction.original] if interaction.original else []), *interaction.followups]
        found = next((message for message in written if str(message.id) == wanted), None)
    if found is None or found.deleted:
        raise unknown(10008)
    return found


def _only(call: Call, *names: str) -> None:
    check_query(call.query, **dict.fromkeys(names, (0, 2**64)))
