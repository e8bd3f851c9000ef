"""A browser without JavaScript: it follows links, keeps cookies, and sends a page's forms as they are on the page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.applications import Starlette

File = tuple[str, bytes, str]  # a name, the content, the type that the browser declares
BASE = "http://guichet.test"
_VOID = {"input", "br", "hr", "img", "meta", "link"}


@dataclass
class HtmlForm:
    """A form of a page: where it goes, its fields as the page filled them, and the text of its buttons."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[HtmlForm] = []
        self.text: list[str] = []
        self._form: HtmlForm | None = None
        self._open: tuple[str, str] | None = None  # a textarea, select or button being read
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in {"script", "style"}:
            self._hidden += 1
        if tag == "form":
            self._form = HtmlForm(given.get("action", ""), given.get("method", "get"))
            self.forms.append(self._form)
        elif self._form is not None:
            self._field(self._form, tag, given)

    def _field(self, form: HtmlForm, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        if tag == "input" and (given.get("type") not in {"checkbox", "radio"} or "checked" in given):
            form.fields[name] = given.get("value", "")
        elif tag in {"textarea", "select", "button"}:
            self._open = (tag, name)
            if tag == "textarea":
                form.fields[name] = ""
        elif tag == "option" and self._open and (self._open[1] not in form.fields or "selected" in given):
            form.fields[self._open[1]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._hidden -= 1
        if tag == "form":
            self._form = None
        elif self._open is not None and tag == self._open[0]:
            self._open = None

    def handle_data(self, data: str) -> None:
        if self._form is not None and self._open is not None and self._open[0] == "textarea":
            self._form.fields[self._open[1]] += data
        elif self._form is not None and self._open is not None and self._open[0] == "button":
            self._form.buttons.append(" ".join(data.split()))
        if not self._hidden:
            self.text.append(data)


class Page:
    """A page that was received."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.status = response.status_code
        self.html = response.text
        reader = _Reader()
        reader.feed(self.html)
        self.forms = reader.forms
        self.text = re.sub(r"\s+", " ", " ".join(reader.text))

    @property
    def path(self) -> str:
        return self.response.url.path

    def form(self, wanted: str) -> HtmlForm:
        """The first form that goes to ``wanted`` or has a button named so."""
        found = [item for item in self.forms if item.action.partition("#")[0] == wanted or wanted in item.buttons]
        assert found, f"no form {wanted!r} among {[(item.action, item.buttons) for item in self.forms]}"
        return found[0]

    def links(self) -> list[str]:
        return re.findall(r'href="([^"]+)"', self.html)


class Browser:
    """One person's browser."""

    def __init__(self, web: Starlette, *, language: str = "fr", raises: bool = True) -> None:
        transport = httpx.ASGITransport(web, raise_app_exceptions=raises, client=("127.0.0.1", 50000))
        self.client = httpx.AsyncClient(
            transport=transport,
            base_url=BASE,
            follow_redirects=True,
            headers={"Accept-Language": language},
        )

    async def get(self, path: str) -> Page:
        return Page(await self.client.get(path))

    async def post(self, path: str, fields: dict[str, str], **headers: str) -> Page:
        return Page(await self.client.post(path, data=fields, headers={"Origin": BASE, **headers}))

    async def submit(self, page: Page, wanted: str, **typed: str) -> Page:
        """Fill a form of ``page`` and send it."""
        sent = page.form(wanted)
        return await self.post(sent.action.partition("#")[0], {**sent.fields, **typed})

    async def upload(self, page: Page, wanted: str, files: Sequence[File], **typed: str) -> Page:
        """Fill a form of ``page``, join files to it and send it."""
        sent = page.form(wanted)
        fields = {name: value for name, value in {**sent.fields, **typed}.items() if name != "files"}
        joined = [("files", file) for file in files or [("", b"", "application/octet-stream")]]
        path = sent.action.partition("#")[0]
        return Page(await self.client.post(path, data=fields, files=joined, headers={"Origin": BASE}))

    async def sign_in(self, token: str) -> Page:
        page = await self.get(f"/signin/{token}")
        return await self.submit(page, f"/signin/{token}")

    async def ask(self, text: str) -> Page:
        return await self.submit(await self.get("/chat"), "/chat", text=text)


def data_of(page: Page) -> Any:  # noqa: ANN401 - JSON
    return page.response.json()
