"""What Discord's application does with commands and forms before it tells the bot: names, types, limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.discord.discordapi.components import INPUT, LABEL, ROW, SELECTS, TEXT
from tests.discord.discordapi.refusals import Json

if TYPE_CHECKING:
    from tests.discord.discordapi.channel import Channel
    from tests.discord.discordapi.interaction import Interaction
    from tests.discord.discordapi.model import Account
    from tests.discord.discordapi.world import World

STRING, INTEGER, BOOLEAN, NUMBER = 3, 4, 5, 10
TYPES = {STRING: str, INTEGER: int, BOOLEAN: bool, NUMBER: float}


def shown_name(named: Json, locale: str) -> str:
    """The name a person sees, in their own language if there is one."""
    return str((named.get("name_localizations") or {}).get(locale, named["name"]))


def commands_for(world: World, channel: Channel, person: Account) -> list[Json]:
    """The commands that a person is offered somewhere: the server's and the global ones."""
    guild = channel.guild
    offered = [*(world.commands.get(guild.id, []) if guild else []), *world.commands.get(0, [])]
    return [command for command in offered if _available(command, channel, person)]


def _available(command: Json, channel: Channel, person: Account) -> bool:
    contexts = command.get("contexts")
    if contexts is not None and (0 if channel.guild else 1) not in contexts:
        return False
    if channel.guild is None:
        return command.get("dm_permission") is not False
    needed = command.get("default_member_permissions")
    held = int(channel.bits(person))
    return needed is None or (int(needed) & held == int(needed) and needed != "0")


def registered(world: World, name: str, kind: int, channel: Channel, person: Account) -> Json:
    """The command that a person calls so; fail the test when they see none."""
    offered = [one for one in commands_for(world, channel, person) if one.get("type", 1) == kind]
    found = [one for one in offered if shown_name(one, person.locale) == name]
    shown = [shown_name(one, person.locale) for one in offered]
    assert found, f"{person.name} is offered no {name!r}, only {shown}"
    return found[0]


def option_values(command: Json, given: Json, locale: str, focused: str) -> list[Json]:
    """The options as the bot receives them; fail the test for what the application would not let somebody send."""
    by_name = {shown_name(option, locale): option for option in command.get("options") or []}
    unknown = set(given) - set(by_name)
    assert not unknown, f"/{command['name']} has no {unknown}, only {list(by_name)}"
    missing = [name for name, option in by_name.items() if option.get("required") and name not in given]
    assert focused or not missing, f"/{command['name']} needs {missing}"
    return [_option(by_name[name], value, locale, name == focused) for name, value in given.items()]


def _option(option: Json, value: Any, locale: str, focused: bool) -> Json:  # noqa: ANN401, FBT001 - text, number…
    choices = {shown_name(choice, locale): choice["value"] for choice in option.get("choices", [])}
    if choices:
        assert value in choices, f"{value!r} is not one of {list(choices)}"
        value = choices[value]
    body: Json = {"name": option["name"], "type": option["type"], "value": value}
    if focused:
        assert option.get("autocomplete"), f"{option['name']} suggests nothing"
        return body | {"focused": True}
    assert isinstance(value, TYPES[option["type"]]), f"{option['name']} takes a {TYPES[option['type']]}, not {value!r}"
    if isinstance(value, str):
        assert option.get("min_length", 0) <= len(value) <= option.get("max_length", 6000)
    elif option["type"] in (INTEGER, NUMBER):
        assert option.get("min_value", value) <= value <= option.get("max_value", value)
    return body


def choices_of(interaction: Interaction, locale: str) -> list[str]:
    """The names of what the bot suggested."""
    return [shown_name(choice, locale) for choice in interaction.choices or []]


def form_answer(form: Json, answers: dict[str, str]) -> list[Json]:
    """The form as the bot receives it; fail the test for what the application would not let somebody send."""
    left = dict(answers)
    filled = [_filled(component, left) for component in form["components"]]
    assert not left, f"the form has no {list(left)}: {form}"
    return filled


def _filled(component: Json, answers: dict[str, str]) -> Json:
    identity = {"type": component["type"], "id": component["id"]}
    if component["type"] == LABEL:
        inside = component["component"]
        return identity | {"component": _field(inside, component["label"], answers)}
    if component["type"] == ROW:
        inside = component["components"][0]
        return identity | {"components": [_field(inside, inside["label"], answers)]}
    assert component["type"] == TEXT
    return identity


def _field(field: Json, label: str, answers: dict[str, str]) -> Json:
    given = answers.pop(label, answers.pop(field["custom_id"], None))
    identity: Json = {"type": field["type"], "id": field["id"], "custom_id": field["custom_id"]}
    required = field.get("required", True)
    if field["type"] in SELECTS:
        options = {option["label"]: option["value"] for option in field["options"]}
        preset = [option["value"] for option in field["options"] if option.get("default")]
        values = preset if given is None else [options[given]]
        assert values or not required, f"{label!r} must be chosen"
        return identity | {"values": values}
    assert field["type"] == INPUT, f"cannot fill in {field}"
    value = field.get("value") or "" if given is None else given
    assert value or not required, f"{label!r} must be filled in"
    if value:
        low, high = field.get("min_length") or 0, field.get("max_length") or 4000
        assert low <= len(value) <= high, f"{label!r}: {len(value)} characters"
    return identity | {"value": value}
