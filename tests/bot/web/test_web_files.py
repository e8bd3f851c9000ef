"""The files of a question on its page: listed, given to keep, and only to whoever may read the message."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpdesk.attachments import Upload
from helpdesk.model import Address
from helpdesk.people import create_person

if TYPE_CHECKING:
    from tests.bot.web.network import Network

pytestmark = pytest.mark.anyio

PDF = Upload("lettre d'été.pdf", "application/pdf", b"%PDF-1.4")


async def test_a_file_is_listed_and_given_to_those_who_may_read_it(network: Network) -> None:
    account = network.account(network.ids.claire)
    network.desk.ask("k", account, Address("web", account.external_id), "Que dit cette lettre ?", files=(PDF,))
    claire = await network.signed_in(network.ids.claire)
    page = await claire.get("/questions/1")
    assert "lettre d&#39;été.pdf" in page.html
    given = (await claire.get("/files/1")).response
    assert given.content == PDF.data
    assert given.headers["content-disposition"].startswith("attachment;")
    assert given.headers["x-content-type-options"] == "nosniff"
    with network.office.unit() as unit:
        stranger = create_person(unit, "Paul", frozenset()).id
    paul = await network.signed_in(stranger)
    assert (await paul.get("/files/1")).status == 404
    assert (await claire.get("/files/99")).status == 404
