"""When Telegram says to wait in one place: it is obeyed there, in order and in full, and nobody else waits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from bot.channels.telegram.limits import Rate
from helpdesk.model import AccountRef, Address
from helpdesk.notices import NoticeKind
from helpdesk.tables import PersonRow
from helpdesk.telling import tell
from tests.telegram.service import Guichet

if TYPE_CHECKING:
    from helpdesk.office import Office
    from tests.clock import ManualClock
    from tests.telegram.botapi.chat import Chat
    from tests.telegram.botapi.server import BotApiServer
    from tests.telegram.botapi.user import User

LABEL = "Peut-on exiger un label dans un marché ?"
PRICES = "Le prix du papier recyclé a doublé, de combien puis-je augmenter le marché ?"
DISPUTE = "Un candidat évincé menace d'un recours contre notre marché de nettoyage, que faire ?"
STARS = (1, 2, 3, 4, 5)


@pytest.fixture
def room(telegram: BotApiServer, marc: User) -> Chat:
    return telegram.forum("Salle des experts", marc)


@pytest.fixture
def marc(telegram: BotApiServer) -> User:
    return telegram.user("Marc")


class Unhurried(Guichet):
    """A service that says one thing a second in a group."""

    group_pace = Rate(1, 1, 1)


@pytest.fixture
def unhurried(office: Office, telegram: BotApiServer) -> Iterator[Guichet]:
    with Unhurried(office, telegram) as service:
        yield service


def _rate(guichet: Guichet, name: str, chat: Chat, *stars: int) -> None:
    """Tell things that can be told apart."""
    with guichet.office.unit() as unit:
        person = unit.session.query(PersonRow).filter_by(name=name).one()
        for star in stars:
            place = Address("telegram", str(chat.id))
            tell(unit, person, NoticeKind.rated, {"stars": star}, key=f"test:{chat.id}:{star}", address=place)
    guichet.nudge()


def _stars(chat: Chat) -> tuple[int, ...]:
    return tuple(int(one.text.split(" sur 5")[0][-1]) for one in chat.from_bot() if " sur 5" in one.text)


def test_a_group_at_its_own_pace_keeps_nobody_waiting(
    unhurried: Guichet, telegram: BotApiServer, clock: ManualClock
) -> None:
    claire = telegram.user("Claire")
    unhurried.knows(claire, "Claire")
    group = telegram.group("Acheteurs", claire)
    _rate(unhurried, "Claire", group, *STARS)
    telegram.wait_until(lambda: _stars(group) == (1,), "the first in the group")
    claire.says(LABEL)
    claire.private.wait_for("si tous ses critères")
    assert len(_stars(group)) < 3, "the group is still being told"

    def all_told() -> bool:
        clock.advance(seconds=1)
        return _stars(group) == STARS

    telegram.wait_until(all_told, "the rest, in order", 15)


@pytest.mark.parametrize("seconds", [1, 7])
def test_a_storm_in_one_conversation_changes_no_order_and_loses_nothing(
    guichet: Guichet, telegram: BotApiServer, claire: User, clock: ManualClock, seconds: int
) -> None:
    group = telegram.group("Acheteurs", claire)
    telegram.fail_next("sendMessage", status=429, retry_after=seconds, chat=group, times=2)
    _rate(guichet, "Claire", group, *STARS)
    _rate(guichet, "Claire", claire.private, *STARS)
    telegram.wait_until(lambda: _stars(claire.private) == STARS, "all in private")
    assert _stars(group) == ()

    def all_told() -> bool:
        clock.advance(seconds=1)
        guichet.nudge()
        return len(_stars(group)) == len(STARS)

    telegram.wait_until(all_told, "all in the group", 30)
    assert _stars(group) == STARS


def test_a_storm_in_a_group_and_in_the_experts_room_at_once(
    office: Office, telegram: BotApiServer, clock: ManualClock, room: Chat, marc: User
) -> None:
    claire, paul = telegram.user("Claire"), telegram.user("Paul")
    group = telegram.group("Acheteurs", claire)
    with Guichet(office, telegram, room=str(room.id)) as guichet:
        guichet.knows(claire, "Claire")
        guichet.knows(marc, "Marc")
        first = guichet.asks(claire, f"@guichet_bot {DISPUTE}", group)
        group.wait_for("vous répond avant")
        telegram.wait_until(lambda: any(one.buttons for one in room.from_bot()), "its card in the room")
        for place in (group, room):
            for method in ("sendMessage", "editMessageText"):
                telegram.fail_next(method, status=429, retry_after=1, chat=place, times=2)
        said = len(group.from_bot())
        guichet.parts.experts.take("test:take", AccountRef("console", "marc"), first)
        guichet.parts.experts.ask_member("test:ask", AccountRef("console", "marc"), first, "Quel montant ?")
        guichet.parts.experts.answer("test:answer", AccountRef("console", "marc"), first, "Sous dix jours.")
        second = guichet.asks(claire, f"@guichet_bot {PRICES}", group)
        guichet.nudge()
        paul.starts()
        paul.private.wait_for("Pour quelle structure")
        assert group.from_bot()[said:] == [], "the group waits, as told"

        def all_told() -> bool:
            clock.advance(seconds=1)
            guichet.nudge()
            return len(group.from_bot()) >= said + 3 and "Sous dix jours" in room.transcript()

        telegram.wait_until(all_told, "the group and the room", 30)
        guichet.settled()
        told = [one.text for one in group.from_bot()[said:]]
        assert ["Quel montant" in told[0], "Sous dix jours" in told[1], f"n° {second}" in told[2]] == [True] * 3
        assert len(told) == 3
        telegram.wait_until(lambda: len(room.topics) == 2, "a topic for each question")
        telegram.wait_until(lambda: _cards(room) == [1, 1], "one card in each")
        assert room.transcript().count("Quel montant ?") == 1


def test_what_becomes_of_a_draft_is_asked_once_the_storm_is_over(
    office: Office, telegram: BotApiServer, room: Chat, marc: User
) -> None:
    claire = telegram.user("Claire")
    with Guichet(office, telegram, room=str(room.id)) as guichet:
        guichet.knows(claire, "Claire")
        guichet.knows(marc, "Marc")
        guichet.asks(claire, DISPUTE)
        telegram.wait_until(lambda: any(one.buttons for one in room.from_bot()), "its card in the room")
        guichet.settled()
        telegram.fail_next("sendMessage", status=429, retry_after=1, chat=room, times=2)
        (topic,) = room.topics.values()
        marc.says("Sous dix jours.", topic=topic)
        asked = room.wait_for("Que faire de ce message")
        telegram.fail_next("editMessageText", status=429, retry_after=1, chat=room)
        marc.presses("Envoyer au membre", asked)
        claire.private.wait_for("Sous dix jours.")
        room.wait_for("Envoyé au membre")
        assert room.transcript().count("Que faire de ce message") == 0, "the prompt tells what came of it"


def _cards(room: Chat) -> list[int]:
    """Return how many cards each topic of the room has."""
    return [
        sum(one.topic is topic and one.text.startswith("Question n° ") for one in room.from_bot())
        for topic in room.topics.values()
    ]
