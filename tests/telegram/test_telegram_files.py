"""Files both ways: kept once, given to the other side, and said by name when they cannot be carried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.channels.telegram import downloads, poller
from helpdesk.attachments import Upload
from helpdesk.experts import Put
from helpdesk.model import AccountRef, Address, State
from helpdesk.tables import AccountRow, AttachmentRow, BlobRow, TicketRow
from tests.telegram.botapi.user import Attachment

if TYPE_CHECKING:
    import pytest

    from tests.telegram.botapi.server import BotApiServer
    from tests.telegram.botapi.user import User
    from tests.telegram.service import Guichet

DISPUTE = "Un candidat évincé menace d'un recours contre notre marché de nettoyage, que faire ?"
PDF = Attachment("lettre du candidat.pdf", b"%PDF-1.4 lettre", "application/pdf")


def _files(guichet: Guichet) -> list[tuple[str, str]]:
    with guichet.office.reading() as unit:
        return [(row.name, row.media_type) for row in unit.session.query(AttachmentRow).order_by(AttachmentRow.id)]


def _given(telegram: BotApiServer, user: User) -> list[tuple[str, bytes]]:
    return [
        (upload.name, upload.content)
        for call in telegram.called("sendDocument")
        if call.chat() == user.id
        for upload in call.uploads.values()
    ]


def test_a_document_is_kept_and_given_to_the_expert(
    guichet: Guichet, telegram: BotApiServer, claire: User, marc: User
) -> None:
    claire.says(DISPUTE, document=PDF)
    telegram.wait_until(lambda: guichet.latest() == 1)
    assert _files(guichet) == [("lettre du candidat.pdf", "application/pdf")]
    guichet.give(1, "Marc")
    marc.private.wait_for("Question n° 1")
    telegram.wait_until(lambda: _given(telegram, marc) == [("lettre du candidat.pdf", PDF.content)], "the file given")


def test_an_album_is_one_question_with_its_files_stored_once(
    guichet: Guichet, telegram: BotApiServer, claire: User
) -> None:
    photo = Attachment("a.jpg", b"same bytes", "image/jpeg")
    claire.sends_album([("photo", photo), ("photo", photo), ("photo", Attachment("b.jpg", b"others"))], DISPUTE)
    telegram.wait_until(lambda: guichet.latest() == 1)
    telegram.wait_acknowledged()
    assert guichet.latest() == 1
    assert len(_files(guichet)) == 3
    with guichet.office.reading() as unit:
        assert unit.session.query(BlobRow).count() == 2
        assert unit.session.query(TicketRow).one().question == DISPUTE


def test_a_voice_note_alone_reaches_a_human(guichet: Guichet, telegram: BotApiServer, claire: User) -> None:
    claire.says(voice=Attachment("v.oga", b"OggS", "audio/ogg"))
    telegram.wait_until(lambda: guichet.latest() == 1)
    assert [media for _, media in _files(guichet)] == ["audio/ogg"]
    claire.private.wait_for(".")
    assert guichet.ticket(1).state.value != "closed"


def test_what_cannot_be_carried_is_said_and_the_words_are_kept(
    guichet: Guichet, telegram: BotApiServer, claire: User
) -> None:
    claire.says(DISPUTE, document=Attachment("virus.exe", b"MZ", "application/x-msdownload"))
    claire.private.wait_for("« virus.exe » est d'un type")
    telegram.wait_until(lambda: guichet.latest() == 1)
    claire.says(document=Attachment("film.pdf", b"x", "application/pdf", size=30 * 2**20))
    claire.private.wait_for("« film.pdf » est trop lourd")
    claire.says(document=Attachment("vide.pdf", b"", "application/pdf"))
    claire.private.wait_for("« vide.pdf » est vide")
    telegram.wait_acknowledged()
    assert _files(guichet) == []
    assert guichet.latest() == 1


def test_an_answer_carries_its_files_to_the_member(
    guichet: Guichet, telegram: BotApiServer, claire: User, marc: User
) -> None:
    guichet.asks_experts(claire, DISPUTE, "Marc")
    card = marc.private.wait_for("Question n° 1")
    marc.says("Voici un modèle de réponse.", document=PDF, reply_to=card)
    marc.private.wait_for("Que faire de ce message")
    guichet.restart()
    marc.presses("Envoyer au membre")
    claire.private.wait_for("Voici un modèle de réponse")
    telegram.wait_until(lambda: _given(telegram, claire) == [("lettre du candidat.pdf", PDF.content)], "the file given")


def test_a_document_with_thanks_is_not_lost(guichet: Guichet, telegram: BotApiServer, claire: User, marc: User) -> None:
    guichet.asks_experts(claire, DISPUTE, "Marc")
    marc.private.wait_for("Question n° 1")
    claire.says("merci", document=PDF)
    marc.private.wait_for("Le membre a répondu")
    telegram.wait_until(lambda: _given(telegram, marc) == [("lettre du candidat.pdf", PDF.content)], "the file given")


def test_files_are_read_again_on_the_question(guichet: Guichet, telegram: BotApiServer, claire: User) -> None:
    claire.says(DISPUTE, document=PDF)
    telegram.wait_until(lambda: guichet.latest() == 1)
    claire.says("/ticket 1")
    claire.private.wait_for("lettre du candidat.pdf")
    claire.presses("lettre du candidat.pdf")
    telegram.wait_until(lambda: _given(telegram, claire) == [("lettre du candidat.pdf", PDF.content)], "the file given")


def test_a_file_sent_on_the_pages_is_given_in_telegram(
    guichet: Guichet, telegram: BotApiServer, claire: User, marc: User
) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Marc")
    marc.private.wait_for("Question n° 1")
    person = guichet.parts.people.identify(AccountRef("telegram", str(claire.id)))
    assert person is not None
    page = str(person.id)
    upload = Upload(PDF.name, PDF.mime_type, PDF.content)
    guichet.parts.desk.hear(
        "web:1", AccountRef("web", page), Address("web", page), "Voici la lettre.", ticket=number, files=(upload,)
    )
    guichet.nudge()
    telegram.wait_until(lambda: _given(telegram, marc) == [("lettre du candidat.pdf", PDF.content)], "the file given")


def test_an_answer_whose_file_telegram_refuses_is_an_answer_all_the_same(
    guichet: Guichet, telegram: BotApiServer, claire: User
) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Marc")
    guichet.settled()
    refusal = "Bad Request: file must be non-empty"
    telegram.fail_next("sendDocument", status=400, description=refusal, chat=claire.private)
    put = Put((Upload(PDF.name, PDF.mime_type, PDF.content),))
    guichet.parts.experts.answer("test:answer", AccountRef("console", "marc"), number, "Voici un modèle.", put=put)
    guichet.nudge()
    claire.private.wait_for("pas pris le fichier « lettre du candidat.pdf »")
    guichet.settled()
    assert claire.private.transcript().count("Voici un modèle.") == 1
    assert guichet.ticket(number).state is State.answered
    with guichet.office.reading() as unit:
        account = unit.session.query(AccountRow).filter_by(channel="telegram", external_id=str(claire.id)).one()
        assert account.blocked_at is None


def test_a_file_erased_before_it_was_given_holds_nothing_back(
    guichet: Guichet, telegram: BotApiServer, claire: User, marc: User
) -> None:
    guichet.asks_experts(claire, DISPUTE, "Marc")
    marc.private.wait_for("Question n° 1")
    guichet.settled()
    guichet.stop()
    guichet.parts.desk.hear(
        "test:reply",
        AccountRef("telegram", str(claire.id)),
        Address("telegram", str(claire.id)),
        "Voici la lettre.",
        files=(Upload(PDF.name, PDF.mime_type, PDF.content),),
    )
    with guichet.office.unit() as unit:
        unit.session.query(AttachmentRow).delete()
    guichet.start()
    marc.private.wait_for("Le membre a répondu")
    guichet.settled()
    assert _given(telegram, marc) == []


def test_a_question_whose_file_telegram_keeps_for_now_waits_for_it(
    guichet: Guichet, telegram: BotApiServer, claire: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller, "FIRST_WAIT", 0.01)
    telegram.fail_next("getFile", times=poller.MOST_TRIES + 2, status=502)
    claire.says(DISPUTE, document=PDF)
    telegram.wait_acknowledged(20)
    assert guichet.latest() == 1
    assert _files(guichet) == [("lettre du candidat.pdf", "application/pdf")]


def test_a_file_that_telegram_never_gives_is_told_and_holds_up_nobody_else(
    guichet: Guichet, telegram: BotApiServer, claire: User, marc: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    guichet.stop()
    monkeypatch.setattr(poller, "MOST_LANES", 1)
    monkeypatch.setattr(poller, "FIRST_WAIT", 0.01)
    guichet.start()
    telegram.fail_next("getFile", times=1_000, status=502)
    claire.says(DISPUTE, document=PDF)
    marc.says("un lot, c'est quoi ?")
    marc.private.wait_for("Cela répond")
    monkeypatch.setattr(downloads, "PATIENCE", 0.0)
    claire.private.wait_for("lettre du candidat.pdf")
    claire.private.wait_for("avant")
    assert guichet.latest() == 2
    assert _files(guichet) == []
