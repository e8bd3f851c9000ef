"""The files of a question on its page: joined by both sides, listed, given to whoever may read the message."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.channels.web import WebLimits
from helpdesk.attachments import Upload
from helpdesk.model import Address
from helpdesk.people import create_person
from helpdesk.tables import AttachmentRow, NoticeRow
from tests.bot.web.browser import BASE

if TYPE_CHECKING:
    from tests.bot.web.network import Network

pytestmark = pytest.mark.anyio

QUESTION = "Un candidat évincé menace d'un recours contre notre marché de nettoyage, que faire ?"
LETTER = ("lettre.pdf", b"%PDF-1.4 lettre", "application/pdf")
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


def _kept(network: Network) -> list[tuple[str, str]]:
    with network.office.reading() as unit:
        return [(row.name, row.media_type) for row in unit.session.query(AttachmentRow).order_by(AttachmentRow.id)]


def _given(network: Network, kind: str) -> list[str]:
    """Return the names of the files that the latest notice of a kind carries, on whatever platform it is read."""
    with network.office.reading() as unit:
        row = unit.session.query(NoticeRow).filter_by(kind=kind).order_by(NoticeRow.id.desc()).first()
        assert row is not None
        return [file["name"] for file in row.data["files"]]


async def test_a_whole_document_pasted_as_a_message_is_given_back_in_its_box(network: Network) -> None:
    claire = await network.signed_in(network.ids.claire)
    document = "Article 1. Objet du marché. " * 20_000
    page = await claire.upload(await claire.get("/chat"), "/chat", [], text=document)
    assert page.status == 422
    assert "il fait 559999 caractères, et la limite est de 5000" in page.text
    assert page.form("/chat").fields["text"] == document


async def test_a_member_joins_files_to_a_question_and_to_what_follows(network: Network) -> None:
    claire = await network.signed_in(network.ids.claire)
    archive = ("plans.zip", b"PK", "application/x-zip-compressed")
    page = await claire.upload(await claire.get("/chat"), "/chat", [LETTER, archive], text=QUESTION)
    assert page.path == "/chat"
    assert "lettre.pdf" in page.html
    assert _kept(network) == [("lettre.pdf", "application/pdf"), ("plans.zip", "application/zip")]
    assert _given(network, "assigned") == ["lettre.pdf", "plans.zip"]
    photo = ("devis.jpg", b"JPEG", "image/jpeg")
    page = await claire.upload(await claire.get("/questions/1"), "/questions/1", [photo], text="Voici le devis.")
    assert "devis.jpg" in page.html
    assert _given(network, "member_replied") == ["devis.jpg"]
    marc = await network.signed_in(network.ids.marc)
    assert (await marc.get("/files/1")).response.content == LETTER[1]


@pytest.mark.parametrize(("verb", "kind"), [("answer", "answered"), ("ask_member", "expert_asks")])
async def test_an_expert_joins_files_to_what_the_member_receives(network: Network, verb: str, kind: str) -> None:
    claire, marc = await network.signed_in(network.ids.claire), await network.signed_in(network.ids.marc)
    await claire.ask(QUESTION)
    page = await marc.upload(await marc.get("/tickets/1"), f"/tickets/1/{verb}", [LETTER], text="Voyez ce modèle.")
    assert "lettre.pdf" in page.html
    assert _given(network, kind) == ["lettre.pdf"]
    network.deliver()
    assert "/files/1" in (await claire.get("/chat")).html
    assert (await claire.get("/files/1")).response.content == LETTER[1]


async def test_a_note_s_file_stays_between_experts(network: Network) -> None:
    claire, marc = await network.signed_in(network.ids.claire), await network.signed_in(network.ids.marc)
    await claire.ask(QUESTION)
    await marc.upload(await marc.get("/tickets/1"), "/tickets/1/note", [LETTER], text="À relire.")
    assert (await marc.get("/files/1")).status == 200
    assert (await claire.get("/files/1")).status == 404


async def test_an_input_left_empty_joins_nothing(network: Network) -> None:
    claire = await network.signed_in(network.ids.claire)
    page = await claire.upload(await claire.get("/chat"), "/chat", [], text=QUESTION)
    assert page.status == 200
    assert _kept(network) == []


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ([("virus.exe", b"MZ", "application/x-msdownload")], "« virus.exe » est d'un type"),
        ([("long.pdf", b"x" * (20 * 2**20 + 1), "application/pdf")], "« long.pdf » est trop lourd"),
        ([LETTER] * 11, "la limite est de 10 par message"),
    ],
    ids=["type", "size", "number"],
)
async def test_what_cannot_be_carried_is_said_and_nothing_is_taken(
    network: Network, files: list[tuple[str, bytes, str]], told: str
) -> None:
    claire = await network.signed_in(network.ids.claire)
    page = await claire.upload(await claire.get("/chat"), "/chat", files, text=QUESTION)
    assert page.status == 422
    assert told in page.text
    assert "à joindre de nouveau" in page.text
    assert "Un candidat évincé menace" in page.html, "what was typed is given back"
    assert _kept(network) == []


async def test_a_form_with_files_is_measured_as_it_is_read(network: Network) -> None:
    web = network.web(limits=WebLimits(upload_bytes=2**20, posts_per_minute=600))
    claire = await network.signed_in(network.ids.claire, web)
    big = ("a.pdf", b"x" * (2**20 + 2**18), "application/pdf")
    page = await claire.upload(await claire.get("/chat"), "/chat", [big], text=QUESTION)
    assert page.status == 413
    assert "la limite est de 1 Mo" in page.text
    assert _kept(network) == []


async def test_files_without_the_session_s_token_are_refused(network: Network) -> None:
    claire = await network.signed_in(network.ids.claire)
    page = await claire.upload(await claire.get("/chat"), "/chat", [LETTER], text=QUESTION, csrf="0" * 64)
    assert page.status == 403
    assert _kept(network) == []


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=x"])
async def test_a_broken_form_is_refused(network: Network, kind: str) -> None:
    claire = await network.signed_in(network.ids.claire)
    headers = {"Content-Type": kind, "Origin": BASE}
    assert (await claire.client.post("/chat", content=b"--y\r\nnothing", headers=headers)).status_code in {403, 422}
