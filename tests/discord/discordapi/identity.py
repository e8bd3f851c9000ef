"""Requests about the bot itself, people, servers, commands."""

from __future__ import annotations

from tests.discord.discordapi.access import guild_of
from tests.discord.discordapi.call import Call, route
from tests.discord.discordapi.payloads import check_command
from tests.discord.discordapi.refusals import Json, Refusal, forbidden, invalid, unknown
from tests.discord.discordapi.shape import array, check_query, shape, snowflake
from tests.discord.discordapi.world import World

MAX_COMMANDS = {1: 100, 2: 5, 3: 5}
_recipient = shape({"recipient_id": snowflake})


@route("GET", "/users/@me")
def get_current_user(world: World, _call: Call) -> object:
    """Get Current User."""
    return world.bot.to_json() | {"mfa_enabled": True, "locale": "en-US", "verified": True, "email": None, "flags": 0}


@route("GET", "/users/{user}")
def get_user(world: World, call: Call) -> object:
    """Get User."""
    account = world.accounts.get(call.id("user"))
    if account is None:
        raise unknown(10013)
    return account.to_json()


@route("GET", "/users/@me/guilds")
def get_current_guilds(world: World, _call: Call) -> object:
    """Get Current User Guilds."""
    guilds = [guild for guild in world.guilds.values() if guild.has(world.bot)]
    names = ("id", "name", "icon", "banner", "features")
    return [{name: guild.brief()[name] for name in names} | {"owner": False, "permissions": "0"} for guild in guilds]


@route("POST", "/users/@me/channels")
def create_private_channel(world: World, call: Call) -> object:
    """Create DM; whether the person takes messages shows only when one is sent."""
    _recipient(call.form, "")
    account = world.accounts.get(int(call.form["recipient_id"]))
    if account is None:
        raise unknown(10013)
    if account.bot:
        raise forbidden(50007)
    return world.private_channel(account).to_json()


def _application(world: World) -> Json:
    return {
        "id": str(world.bot.id),
        "name": world.bot.name,
        "icon": None,
        "description": "",
        "summary": "",
        "bot_public": False,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": world.application_flags,
        "owner": world.accounts[min(world.accounts)].to_json(),
        "team": None,
        "approximate_guild_count": len(world.guilds),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
    }


@route("GET", "/applications/@me")
def get_current_application(world: World, _call: Call) -> object:
    """Get Current Application."""
    return _application(world)


@route("GET", "/oauth2/applications/@me")
def get_oauth_application(world: World, _call: Call) -> object:
    """Get Current Bot Application Information."""
    return _application(world)


@route("GET", "/gateway/bot")
def get_gateway_bot(world: World, _call: Call) -> object:
    """Get Gateway Bot."""
    limit = {"total": 1000, "remaining": 1000, "reset_after": 14400000, "max_concurrency": 1}
    return {"url": world.gateway.address, "shards": 1, "session_start_limit": limit}


@route("GET", "/guilds/{guild}")
def get_guild(world: World, call: Call) -> object:
    """Get Guild."""
    guild = guild_of(world, call)
    counts = {"approximate_member_count": len(guild.members), "approximate_presence_count": 0}
    return guild.brief() | (counts if call.query.get("with_counts") in ("1", "true") else {})


@route("GET", "/guilds/{guild}/channels")
def get_guild_channels(world: World, call: Call) -> object:
    """Get Guild Channels."""
    return [channel.to_json() for channel in guild_of(world, call).channels.values()]


@route("GET", "/guilds/{guild}/roles")
def get_guild_roles(world: World, call: Call) -> object:
    """Get Guild Roles."""
    return [role.to_json() for role in guild_of(world, call).roles.values()]


@route("GET", "/guilds/{guild}/members/{user}")
def get_guild_member(world: World, call: Call) -> object:
    """Get Guild Member."""
    member = guild_of(world, call).members.get(call.id("user"))
    if member is None:
        raise unknown(10007 if call.id("user") in world.accounts else 10013)
    return member.to_json()


@route("GET", "/guilds/{guild}/members")
def list_guild_members(world: World, call: Call) -> object:
    """List Guild Members, which the members' intent alone allows."""
    guild = guild_of(world, call)
    if "members" not in world.privileged:
        raise forbidden(50001)
    query = check_query(call.query, limit=(1, 1000), after=(0, 2**64))
    known = sorted(account for account in guild.members if account > query.get("after", 0))
    return [guild.members[account].to_json() for account in known[: query.get("limit", 1)]]


@route("DELETE", "/users/@me/guilds/{guild}")
def leave_guild(world: World, call: Call) -> object:
    """Leave Guild."""
    guild_of(world, call).remove(world.bot)
    return None


@route("GET", "/applications/{application}/commands")
def get_global_commands(world: World, _call: Call) -> object:
    """Get Global Application Commands."""
    return world.commands.get(0, [])


@route("PUT", "/applications/{application}/commands")
def set_global_commands(world: World, call: Call) -> object:
    """Bulk Overwrite Global Application Commands."""
    return _set_commands(world, call, 0)


@route("GET", "/applications/{application}/guilds/{guild}/commands")
def get_guild_commands(world: World, call: Call) -> object:
    """Get Guild Application Commands."""
    return world.commands.get(guild_of(world, call).id, [])


@route("PUT", "/applications/{application}/guilds/{guild}/commands")
def set_guild_commands(world: World, call: Call) -> object:
    """Bulk Overwrite Guild Application Commands."""
    return _set_commands(world, call, guild_of(world, call).id)


def _set_commands(world: World, call: Call, scope: int) -> list[Json]:
    if call.id("application") != world.bot.id:
        raise Refusal(403, 20012, "You are not authorized to perform this action on this application", violation=True)
    array(check_command, 110)(call.body, "")
    for kind, limit in MAX_COMMANDS.items():
        named = [command["name"] for command in call.body if command.get("type", 1) == kind]
        if len(named) > limit or len(set(named)) < len(named):
            raise invalid("", "APPLICATION_COMMANDS_DUPLICATE_NAME", f"{len(named)} of type {kind}: names are unique.")
    known = {(command["name"], command["type"]): command["id"] for command in world.commands.get(scope, [])}
    written = []
    for command in call.body:
        kind = command.get("type", 1)
        identity = {"type": kind, "id": known.get((command["name"], kind)) or str(world.snowflake())}
        details: Json = {"application_id": str(world.bot.id), "version": str(world.snowflake())}
        details |= {"default_member_permissions": None, "nsfw": False, "description": ""}
        details |= {"guild_id": str(scope)} if scope else {"contexts": None}
        written.append(details | command | identity)
    world.commands[scope] = written
    return written
