"""One request as the pages see it: who visits, in which words, with which form; and how a page is answered."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar
from urllib.parse import quote

import anyio.to_thread
from starlette.responses import HTMLResponse, RedirectResponse

from bot.channels.web.errors import NotSignedInError, TooManyError
from bot.channels.web.forms import Form
from helpdesk.database import retried
from helpdesk.errors import NotFoundError
from helpdesk.model import AccountRef, Address, Person, Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment
    from starlette.requests import Request
    from starlette.responses import Response

    from bot.channels.web.live import Live
    from bot.channels.web.parts import WebParts
    from bot.channels.web.security import RateLimiter
    from bot.channels.web.sessions import Session, Sessions
    from bot.words import Words

NAME = "web"
_LARGEST = 2**31 - 1  # whatever both databases hold in an integer
P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Site:
    """What every request shares."""

    parts: WebParts
    templates: Environment
    sessions: Sessions
    limiter: RateLimiter
    live: Live


@dataclass
class Visit:
    """One request being answered."""

    site: Site
    request: Request
    words: Words
    session: Session | None = None
    person: Person | None = None
    form: Form = field(default_factory=lambda: Form({}))

    @property
    def parts(self) -> WebParts:
        """What the channel was given."""
        return self.site.parts

    @property
    def me(self) -> Person:
        """Who visits. Raises ``NotSignedInError``."""
        if self.person is None:
            raise NotSignedInError
        return self.person

    @property
    def account(self) -> AccountRef:
        """The visitor's account on this channel."""
        return AccountRef(NAME, str(self.me.id))

    @property
    def address(self) -> Address:
        """Where notices for the visitor are kept on this channel."""
        return Address(NAME, str(self.me.id))

    @property
    def works_for_members(self) -> bool:
        """Tell whether the visitor is an expert or a coordinator."""
        return self.me.has(Role.expert, Role.coordinator)

    @property
    def key(self) -> str:
        """The update key of the sent form; it holds for this person only."""
        return f"{NAME}:{self.me.id}:{self.form.key()}"

    def text(self, name: str) -> str:
        """Return a message typed in the form, within the network's limit. Raises ``InvalidInputError``."""
        return self.form.text(name, self.parts.limits.message_chars)

    def number(self, name: str) -> int:
        """Return a number of the path. Raises ``NotFoundError`` for one that nothing can bear."""
        value: int = self.request.path_params[name]
        if value > _LARGEST:
            raise NotFoundError
        return value

    def count(self, name: str) -> int:
        """Return a number that a redirect of ours told the page, 0 for none."""
        told = self.request.query_params.get(name, "")
        return int(told) if re.fullmatch(r"[0-9]{1,6}", told) else 0

    async def theme_labels(self) -> dict[str, str]:
        """Return the library's themes in order, by id, named in the visitor's language."""
        themes = await self.call(self.parts.themes)
        return {theme.id: theme.labels.get(self.words.locale, theme.id) for theme in themes}

    def take_token(self) -> None:
        """Count one form or search against the visitor's rate. Raises ``TooManyError``."""
        client = self.request.client
        who = self.person.id if self.person else (client.host if client else "")
        seconds = self.site.limiter.take(who)
        if seconds:
            raise TooManyError(seconds=seconds)

    async def call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a use case, which is synchronous, in a thread."""
        return await anyio.to_thread.run_sync(partial(retried, function, *args, **kwargs))

    def taken(self, path: str, done: str, anchor: str = "") -> Response:
        """Return a redirect that tells what was done, and by its key which form did it: its draft may go."""
        return go(path, anchor, done=done, sent=self.form.key())

    def page(self, template: str, status: int = 200, /, **context: Any) -> Response:  # noqa: ANN401 - a template's data
        """Return a rendered page."""
        session = self.session
        shared = {
            "t": self.words,
            "person": self.person,
            "roles": Role,
            "path": self.request.url.path,
            "query": self.request.query_params,
            "csrf": self.site.sessions.csrf(session) if session else "",
            "new_key": partial(secrets.token_urlsafe, 15),
            "now": self.parts.clock.now(),
            "limits": self.parts.limits,
            "lost_files": bool(self.form.files),  # a page cannot fill a file input again
        }
        html = self.site.templates.get_template(template).render({"typed": {}, **shared, **context})
        return HTMLResponse(html, status)


def go(path: str, anchor: str = "", **query: object) -> Response:
    """Return a redirect to one of our pages, to be fetched with GET, so that a reload repeats nothing."""
    search = "&".join(f"{name}={quote(str(value))}" for name, value in query.items())
    return RedirectResponse(path + (f"?{search}" if search else "") + (f"#{anchor}" if anchor else ""), 303)
