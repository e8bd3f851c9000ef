"""The buttons of a rendered notice as the web shows them: some act at once, some open a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpdesk.model import Person, Role

if TYPE_CHECKING:
    from bot.channel import Button, Rendered

# What opens the ticket's page at the form to fill in.
FORMS = {"ask": "ask_member"} | {name: name for name in ("answer", "note", "pass", "propose", "reassign", "excuse")}


@dataclass(frozen=True)
class Press:
    """A button: ``action`` to send at once, or ``href`` to open."""

    label: str
    action: str | None = None
    href: str | None = None


def presses(rendered: Rendered, reader: Person, *, acts: bool) -> tuple[Press, ...]:
    """Return what can be pressed; when the ticket moved on (not ``acts``), only what opens a page remains."""
    found = (_press(button, reader) for row in rendered.buttons for button in row)
    return tuple(press for press in found if acts or press.href is not None)


def _press(button: Button, reader: Person) -> Press:
    if button.url is not None or button.action is None:
        return Press(button.label, href=button.url)
    href = page_of(button.action, reader)
    return Press(button.label, href=href) if href else Press(button.label, action=button.action)


def page_of(action: str, reader: Person) -> str | None:
    """Return the page that an action opens, or None when the action acts at once."""
    verb, _, argument = action.partition(":")
    if verb == "entry":
        return f"/entries/{argument}"
    if verb == "ticket":
        return f"/{'tickets' if reader.has(Role.expert, Role.coordinator) else 'questions'}/{argument}"
    if verb in FORMS:
        return f"/tickets/{argument}?do={FORMS[verb]}#{FORMS[verb]}"
    if verb == "candidate":
        return f"/candidates/{argument}"
    return "/board" if verb == "board" else None
