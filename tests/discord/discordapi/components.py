"""Checks of components (buttons, selects, modals, and the second version's layouts) against the reference.

https://docs.discord.com/developers/components/reference
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tests.discord.discordapi.refusals import Json, invalid
from tests.discord.discordapi.shape import (
    Check,
    anything,
    array,
    boolean,
    integer,
    maybe,
    one_of,
    shape,
    snowflake,
    text,
)

ROW, BUTTON, SELECT, INPUT, SECTION, TEXT, THUMBNAIL, GALLERY = 1, 2, 3, 4, 9, 10, 11, 12
FILE, SEPARATOR, CONTAINER, LABEL, UPLOAD, RADIOS, CHECKBOXES, CHECKBOX = 13, 14, 17, 18, 19, 21, 22, 23
SELECTS = (SELECT, 5, 6, 7, 8)
LINK, PREMIUM = 5, 6
MAX_ROWS = 5
MAX_BUTTONS = 5
MAX_COMPONENTS = 40
MAX_V2_TEXT = 4000

_emoji = shape({}, {"id": maybe(snowflake), "name": maybe(text(32)), "animated": boolean})
_media = shape({"url": text(2048, 1)}, {"proxy_url": anything, "placeholder": anything, "loading_state": anything})
_option = shape(
    {"label": text(100, 1), "value": text(100, 1)},
    {"description": maybe(text(100)), "emoji": maybe(_emoji), "default": boolean},
)
_custom_id = text(100, 1)
_COMMON: dict[str, Check] = {"type": integer(1, 23), "id": integer(0, 2**31 - 1)}
_PICKING: dict[str, Check] = {
    "placeholder": maybe(text(150)),
    "min_values": integer(0, 25),
    "max_values": integer(1, 25),
    "disabled": boolean,
    "required": boolean,
}


def _component(required: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    return shape(required, {**_COMMON, **(optional or {})})


_KINDS: dict[int, Check] = {
    ROW: _component({"components": array(anything, MAX_BUTTONS, 1)}),
    BUTTON: _component(
        {"style": one_of(1, 2, 3, 4, 5, 6)},
        {
            "label": maybe(text(80)),
            "emoji": maybe(_emoji),
            "custom_id": maybe(_custom_id),
            "url": maybe(text(512, 1, r"(?s)(https?|discord)://.+")),
            "disabled": boolean,
            "sku_id": maybe(snowflake),
        },
    ),
    SELECT: _component({"custom_id": _custom_id, "options": array(_option, 25, 1)}, _PICKING),
    INPUT: _component(
        {"custom_id": _custom_id, "style": one_of(1, 2)},
        {
            "label": maybe(text(45, 1)),
            "min_length": integer(0, 4000),
            "max_length": integer(1, 4000),
            "required": boolean,
            "value": maybe(text(4000)),
            "placeholder": maybe(text(100)),
        },
    ),
    SECTION: _component({"components": array(anything, 3, 1), "accessory": anything}),
    TEXT: _component({"content": text(MAX_V2_TEXT, 1)}),
    THUMBNAIL: _component({"media": _media}, {"description": maybe(text(1024)), "spoiler": boolean}),
    GALLERY: _component({"items": array(anything, 10, 1)}),
    FILE: _component({"file": _media}, {"spoiler": boolean}),
    SEPARATOR: _component({}, {"divider": boolean, "spacing": one_of(1, 2)}),
    CONTAINER: _component(
        {"components": array(anything, MAX_COMPONENTS)},
        {"accent_color": maybe(integer(0, 0xFFFFFF)), "spoiler": boolean},
    ),
    LABEL: _component({"label": text(45, 1), "component": anything}, {"description": maybe(text(100))}),
    UPLOAD: _component(
        {"custom_id": _custom_id},
        {"min_values": integer(0, 10), "max_values": integer(1, 10), "required": boolean},
    ),
}
for _kind in SELECTS[1:]:
    _KINDS[_kind] = _component(
        {"custom_id": _custom_id},
        {**_PICKING, "default_values": array(anything, 25), "channel_types": array(integer(0, 16), 20)},
    )

_IN_MESSAGE_V1 = (ROW,)
_IN_MESSAGE_V2 = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER)
_IN_CONTAINER = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR)
_IN_MODAL = (ROW, LABEL, TEXT)
_IN_LABEL = (INPUT, *SELECTS, UPLOAD)


def check_message_components(components: list[Json], *, v2: bool) -> None:
    """Check a message's components; the first version has at most five rows and nothing else."""
    array(anything, MAX_COMPONENTS if v2 else MAX_ROWS)(components, "components")
    _check_all(components, "components", _IN_MESSAGE_V2 if v2 else _IN_MESSAGE_V1)
    everything = list(walk(components))
    if len(everything) > MAX_COMPONENTS:
        raise invalid("components", "BASE_TYPE_BAD_LENGTH", f"Must be {MAX_COMPONENTS} or fewer in all.")
    if sum(len(one["content"]) for one in everything if one["type"] == TEXT) > MAX_V2_TEXT:
        raise invalid("components", "COMPONENT_MAX_LENGTH", f"Texts must be {MAX_V2_TEXT} or fewer in all.")
    _check_unique(everything)


def check_modal(data: Json) -> None:
    """Check a modal: title, identifier, one to five components that each ask for one thing."""
    shape({"title": text(45, 1), "custom_id": _custom_id, "components": array(anything, 5, 1)})(data, "data")
    _check_all(data["components"], "data.components", _IN_MODAL)
    _check_unique(list(walk(data["components"])))


def walk(components: Iterable[Json]) -> Iterator[Json]:
    """Every component, those inside others included."""
    for component in components:
        yield component
        yield from walk(component.get("components", []))
        yield from walk([component[name] for name in ("accessory", "component") if name in component])


def _check_all(components: list[Json], path: str, allowed: tuple[int, ...]) -> None:
    for rank, component in enumerate(components):
        _check_one(component, f"{path}.{rank}", allowed)


def _check_one(component: Any, path: str, allowed: tuple[int, ...]) -> None:  # noqa: ANN401 - whatever was received
    kind = component.get("type") if isinstance(component, dict) else None
    if kind not in allowed or kind not in _KINDS:
        raise invalid(f"{path}.type", "UNION_TYPE_CHOICES", f"Value must be one of {allowed}, not {kind}.")
    _KINDS[kind](component, path)
    if kind == ROW:
        _check_row(component, path, modal=allowed is _IN_MODAL)
    elif kind == BUTTON:
        _check_button(component, path)
    elif kind == SECTION:
        _check_all(component["components"], f"{path}.components", (TEXT,))
        _check_one(component["accessory"], f"{path}.accessory", (BUTTON, THUMBNAIL))
    elif kind == CONTAINER:
        _check_all(component["components"], f"{path}.components", _IN_CONTAINER)
    elif kind == LABEL:
        _check_one(component["component"], f"{path}.component", _IN_LABEL)
        if component["component"].get("disabled"):
            raise invalid(f"{path}.component.disabled", "COMPONENT_DISABLED", "Modals cannot have disabled components.")
    elif kind in SELECTS:
        _check_select(component, path)


def _check_row(row: Json, path: str, *, modal: bool) -> None:
    inside = row["components"]
    _check_all(inside, f"{path}.components", (INPUT,) if modal else (BUTTON, *SELECTS))
    if modal and "label" not in inside[0]:
        raise invalid(f"{path}.components.0.label", "BASE_TYPE_REQUIRED", "This field is required.")
    if len(inside) > 1 and any(one["type"] != BUTTON for one in inside):
        raise invalid(f"{path}.components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "A select fills its row.")


def _check_button(button: Json, path: str) -> None:
    style = button["style"]
    link, named = bool(button.get("url")), bool(button.get("custom_id"))
    if style != PREMIUM and not (button.get("label") or button.get("emoji")):
        raise invalid(path, "BUTTON_COMPONENT_LABEL_OR_EMOJI", "A button must have a label or an emoji.")
    if (link, named) != (style == LINK, style not in (LINK, PREMIUM)):
        raise invalid(path, "BUTTON_COMPONENT_CUSTOM_ID_OR_URL", "A link has a url, another button a custom_id.")


def _check_select(select: Json, path: str) -> None:
    low, high = select.get("min_values", 1), select.get("max_values", 1)
    options = select.get("options")
    if low > high or (options is not None and high > len(options)):
        raise invalid(path, "SELECT_COMPONENT_MAX_VALUES", f"Cannot choose {low} to {high} of {len(options or [])}.")
    if options and len({option["value"] for option in options}) < len(options):
        raise invalid(f"{path}.options", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "Values must be unique.")


def _check_unique(components: list[Json]) -> None:
    for name in ("custom_id", "id"):
        given = [component[name] for component in components if component.get(name)]
        if len(set(given)) < len(given):
            raise invalid("components", f"COMPONENT_{name.upper()}_DUPLICATED", f"{name} cannot be duplicated.")


def number(components: list[Json]) -> None:
    """Give the components without ``id`` one, in order, as Discord does."""
    everything = list(walk(components))
    taken = {component["id"] for component in everything if component.get("id")}
    following = (rank for rank in range(1, len(everything) + len(taken) + 1) if rank not in taken)
    for component in everything:
        if not component.get("id"):
            component["id"] = next(following)
