"""An answer in several messages, cut in the middle: every word arrives, and only what is in doubt is repeated."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from helpdesk.attachments import Upload
from helpdesk.experts import Put
from helpdesk.model import AccountRef, DeliveryState, State
from helpdesk.tables import DeliveryRow, NoticeRow
from tests.telegram.botapi.chat import Chat

if TYPE_CHECKING:
    from tests.clock import ManualClock
    from tests.telegram.botapi.server import BotApiServer
    from tests.telegram.botapi.user import User
    from tests.telegram.service import Guichet

DISPUTE = "Un candidat évincé menace d'un recours contre notre marché de nettoyage, que faire ?"
MARC = AccountRef("console", "marc")
PARAGRAPHS = 40
LONG = "\n\n".join(f"Paragraphe {place} : *important*. " + "Une phrase. " * 20 for place in range(PARAGRAPHS))
PDF = "application/pdf"


def _answers(guichet: Guichet) -> list[DeliveryState]:
    with guichet.office.reading() as unit:
        rows = unit.session.query(DeliveryRow).join(NoticeRow).where(NoticeRow.kind == "answered")
        return [row.state for row in rows.order_by(DeliveryRow.id)]


def _arrives(guichet: Guichet, clock: ManualClock) -> None:
    """Let time go by until the answer is with the member."""

    def arrived() -> bool:
        clock.advance(seconds=5)
        guichet.nudge()
        return DeliveryState.sent in _answers(guichet)

    guichet.telegram.wait_until(arrived, "the answer with the member")


def _paragraphs(chat: Chat) -> Counter[int]:
    """Return how often each paragraph of the long answer is in a chat."""
    text = "\n".join(message.text for message in chat.from_bot())
    return Counter({place: text.count(f"Paragraphe {place} :") for place in range(PARAGRAPHS)})


@pytest.fixture
def group(telegram: BotApiServer, claire: User) -> Chat:
    return telegram.group("Acheteurs", claire)


def test_a_message_taken_whose_acknowledgement_is_lost_is_the_only_one_repeated(
    guichet: Guichet, telegram: BotApiServer, claire: User, clock: ManualClock
) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Marc")
    guichet.settled()
    said = len(claire.private.from_bot())
    guichet.parts.experts.answer("test:answer", MARC, number, LONG)
    telegram.cut_after_effect("sendMessage", chat=claire.private, spared=1)
    _arrives(guichet, clock)
    texts = [message.text for message in claire.private.from_bot()[said:]]
    assert len(set(texts)) == len(texts) - 1
    assert texts[1] == texts[2], "the one in doubt"
    assert set(_paragraphs(claire.private)) == {*range(PARAGRAPHS)}
    assert min(_paragraphs(claire.private).values()) == 1
    assert guichet.ticket(number).state is State.answered


def test_a_file_whose_acknowledgement_is_lost_comes_again_without_the_words(
    guichet: Guichet, telegram: BotApiServer, claire: User, clock: ManualClock
) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Marc")
    guichet.settled()
    files = Put((Upload("modèle.pdf", PDF, b"%PDF"), Upload("annexe.pdf", PDF, b"%PDF-annexe")))
    guichet.parts.experts.answer("test:answer", MARC, number, "Voici un modèle.", put=files)
    telegram.cut_after_effect("sendDocument", chat=claire.private)
    _arrives(guichet, clock)
    sent = [message for message in claire.private.from_bot() if message.media or "Voici un modèle" in message.text]
    assert ["text" if not message.media else message.media.file.name for message in sent] == [
        "text",
        "modèle.pdf",
        "modèle.pdf",
        "annexe.pdf",
    ]


def test_a_bot_thrown_out_in_the_middle_of_an_answer_gives_the_whole_of_it_in_private(
    guichet: Guichet, telegram: BotApiServer, claire: User, clock: ManualClock, group: Chat
) -> None:
    number = guichet.asks_experts(claire, f"@guichet_bot {DISPUTE}", "Marc", group)
    guichet.settled()
    guichet.parts.experts.answer("test:answer", MARC, number, LONG)
    kicked = "Forbidden: bot was kicked from the group chat"
    telegram.fail_next("sendMessage", status=403, description=kicked, chat=group, spared=1)
    _arrives(guichet, clock)
    assert _answers(guichet) == [DeliveryState.dead, DeliveryState.sent]
    first = claire.private.from_bot()[0]
    assert "Réponse de Marc" in first.text
    assert _paragraphs(claire.private) == dict.fromkeys(range(PARAGRAPHS), 1)


def test_a_bot_thrown_out_in_the_middle_of_a_question_comes_back_to_it(
    guichet: Guichet, telegram: BotApiServer, claire: User, clock: ManualClock, group: Chat
) -> None:
    number = guichet.asks_experts(claire, f"@guichet_bot {DISPUTE}", "Marc", group)
    group.wait_for("vous répond avant")
    guichet.settled()
    claire.removes_bot(group)
    telegram.wait_acknowledged()
    guichet.parts.experts.ask_member("test:ask", MARC, number, "Quel montant ?")
    guichet.nudge()
    asked = claire.private.wait_for("Quel montant")
    claire.adds_bot(group)
    telegram.wait_acknowledged()
    claire.says("40 000 euros", reply_to=asked)
    claire.private.wait_for("Merci pour votre précision")
    guichet.parts.experts.answer("test:answer", MARC, number, "Sous dix jours.")
    _arrives(guichet, clock)
    guichet.settled()
    assert guichet.latest() == 1
    everywhere = f"{group.transcript()}\n{claire.private.transcript()}"
    assert everywhere.count("Sous dix jours.") == 1
    second = guichet.asks(claire, f"@guichet_bot {DISPUTE} Encore", group)
    group.wait_for(f"question n° {second}")
