"""When Telegram, the network or a person gets in the way: nothing lost, nothing doubled that matters."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import anyio
import pytest
from sqlalchemy.exc import OperationalError

from bot.channels.telegram import TelegramChannel, TelegramOptions, poller
from bot.channels.telegram.turn import Turn
from helpdesk.leases import Leases, free_all
from helpdesk.model import AccountRef, Address, DeliveryState, State
from helpdesk.notices import NoticeKind
from helpdesk.tables import AccountRow, DeliveryRow, NoticeRow, TicketRow
from tests.bot.house import as_if_unrecorded, demonstration

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.channel import Inbound
    from helpdesk.office import Office
    from tests.clock import ManualClock
    from tests.telegram.botapi.server import BotApiServer
    from tests.telegram.botapi.user import User
    from tests.telegram.service import Guichet

ONLY_PRICE = "Le prix peut-il rester le seul critère d'attribution ?"
DISPUTE = "Un candidat évincé menace d'un recours contre notre marché de nettoyage, que faire ?"


def _delivery(guichet: Guichet, kind: str) -> tuple[DeliveryState, bool, str | None]:
    with guichet.office.reading() as unit:
        row = (
            unit.session.query(DeliveryRow)
            .join(NoticeRow)
            .where(NoticeRow.kind == kind)
            .order_by(DeliveryRow.id.desc())
            .first()
        )
        assert row is not None
        return row.state, row.ambiguous, row.error


def _until(guichet: Guichet, look: Callable[[], bool], what: str) -> None:
    guichet.telegram.wait_until(look, what)


def test_an_update_delivered_twice_counts_once(guichet: Guichet, telegram: BotApiServer, claire: User) -> None:
    guichet.asks(claire, ONLY_PRICE)
    claire.private.wait_for("Cela répond")
    (message,) = [one for one in claire.private.messages if one.sender is claire]
    with telegram.world.change():
        telegram.world.queue_message(message)
    telegram.wait_acknowledged()
    guichet.settled()
    assert guichet.latest() == 1
    assert len(claire.private.from_bot()) == 1


def test_what_is_not_kept_is_not_acknowledged(
    guichet: Guichet, telegram: BotApiServer, claire: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = OperationalError("INSERT", {}, Exception("database is away"))
    handle = type(guichet.parts.handlers).handle
    calls: list[int] = []
    back: list[bool] = []

    async def fails(self: object, inbound: Inbound) -> int | None:
        calls.append(1)
        if not back:
            raise away
        return await handle(self, inbound)  # type: ignore[arg-type]

    monkeypatch.setattr(poller, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(type(guichet.parts.handlers), "handle", fails)
    claire.says(ONLY_PRICE)
    _until(guichet, lambda: len(calls) > 1, "a second try")
    assert len(telegram.pending) == 1
    back.append(True)
    claire.private.wait_for("Cela répond")
    telegram.wait_acknowledged()
    assert guichet.latest() == 1


def test_a_poison_update_is_told_and_does_not_block(
    guichet: Guichet, telegram: BotApiServer, claire: User, nadia: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = type(guichet.parts.handlers).handle

    async def fails(self: object, inbound: Inbound) -> int | None:
        if "poison" in getattr(inbound, "text", ""):
            raise RuntimeError("poison")
        return await handle(self, inbound)  # type: ignore[arg-type]

    monkeypatch.setattr(poller, "MOST_TRIES", 2)
    monkeypatch.setattr(type(guichet.parts.handlers), "handle", fails)
    nadia.says("/start")
    nadia.private.wait_for("Bonjour")
    logging.getLogger(__name__).info("the trace that follows is meant")
    claire.says("poison")
    claire.says(ONLY_PRICE)
    claire.private.wait_for("Cela n'a pas pu se faire")
    claire.private.wait_for("Cela répond")
    guichet.nudge()
    nadia.private.wait_for("a été mis de côté")
    telegram.wait_acknowledged()


def test_a_lost_acknowledgement_repeats_an_answer_and_says_so_never_silently(
    guichet: Guichet, telegram: BotApiServer, claire: User, clock: ManualClock
) -> None:
    telegram.cut_after_effect("sendMessage")
    claire.says(ONLY_PRICE)
    _until(guichet, lambda: len(claire.private.from_bot()) == 1, "the answer")
    _until(guichet, lambda: guichet.latest() == 1 and _delivery(guichet, "answer_found")[1], "the doubt noted")
    clock.advance(seconds=10)
    guichet.nudge()
    _until(guichet, lambda: _delivery(guichet, "answer_found")[0] is DeliveryState.sent, "settled")
    assert len(claire.private.from_bot()) == 2


@pytest.mark.parametrize("status", [429, 502])
def test_a_storm_passes_and_the_answer_arrives_once(
    guichet: Guichet, telegram: BotApiServer, claire: User, clock: ManualClock, status: int
) -> None:
    telegram.fail_next("sendMessage", times=3, status=status, retry_after=1)
    claire.says(ONLY_PRICE)
    _until(guichet, lambda: guichet.latest() == 1, "the question")

    def time_goes_by() -> bool:
        clock.advance(seconds=5)
        guichet.nudge()
        return bool(claire.private.from_bot())

    _until(guichet, time_goes_by, "the answer")
    _until(guichet, lambda: _delivery(guichet, "answer_found")[0] is DeliveryState.sent, "settled")
    assert len(claire.private.from_bot()) == 1


def test_a_connection_cut_in_the_middle_of_polling_is_taken_up_again(
    guichet: Guichet, telegram: BotApiServer, claire: User
) -> None:
    telegram.cut_after_effect("getUpdates", times=2)
    guichet.asks(claire, ONLY_PRICE)
    claire.private.wait_for("Cela répond")
    telegram.wait_acknowledged()
    assert guichet.latest() == 1


def test_a_card_whose_sender_died_before_recording_it_takes_a_reply(guichet: Guichet, claire: User, marc: User) -> None:
    guichet.asks_experts(claire, DISPUTE, "Marc")
    card = marc.private.wait_for("Question n° 1")
    guichet.settled()
    as_if_unrecorded(guichet.office, NoticeKind.assigned)
    marc.says("Répondez sous dix jours.", reply_to=card)
    marc.private.wait_for("Que faire de ce message")
    assert guichet.latest() == 1


def test_a_blocked_bot_without_another_account_tells_the_expert(
    guichet: Guichet, telegram: BotApiServer, claire: User, marc: User
) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Marc")
    card = marc.private.wait_for("Question n° 1")
    claire.blocks()
    telegram.wait_acknowledged()
    marc.says("Répondez sous dix jours.", reply_to=card)
    marc.private.wait_for("Que faire")
    marc.presses("Envoyer au membre")
    marc.private.wait_for("Envoyé au membre")
    _until(guichet, lambda: _delivery(guichet, "answered")[0] is DeliveryState.dead, "refused for good")
    marc.private.wait_for("n'est pas arrivée")
    assert guichet.ticket(number).state is State.assigned
    with guichet.office.reading() as unit:
        row = unit.session.query(AccountRow).filter_by(channel="telegram", external_id=str(claire.id)).one()
        assert row.blocked_at is not None
    claire.unblocks()
    claire.says("Me revoilà")
    telegram.wait_acknowledged()
    with guichet.office.reading() as unit:
        row = unit.session.query(AccountRow).filter_by(channel="telegram", external_id=str(claire.id)).one()
        assert row.blocked_at is None


def test_a_blocked_bot_falls_back_to_another_account(
    guichet: Guichet, telegram: BotApiServer, claire: User, marc: User
) -> None:
    at_home = AccountRef("console", "claire")
    guichet.parts.desk.status("test:seen", at_home, Address("console", "claire"))
    number = guichet.asks_experts(claire, DISPUTE, "Marc")
    marc.private.wait_for("Question n° 1")
    claire.blocks()
    telegram.wait_acknowledged()
    guichet.parts.experts.answer("test:answer", AccountRef("console", "marc"), number, "Sous dix jours.")
    guichet.nudge()
    _until(guichet, lambda: _delivery(guichet, "answered")[0] is DeliveryState.sent, "given elsewhere")
    told = guichet.parts.desk.conversation(at_home, Address("console", "claire"))
    assert [line.kind for line in told if line.kind == "answered"] == ["answered"]
    assert guichet.ticket(number).state is State.answered


def test_a_bot_blocked_on_every_account_is_told_once_and_ends_there(
    guichet: Guichet, telegram: BotApiServer, claire: User, marc: User, nadia: User, clock: ManualClock
) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Marc")
    card = marc.private.wait_for("Question n° 1")
    other_telephone = telegram.user("Claire au bureau")
    guichet.knows(other_telephone, "Claire")
    guichet.settled()
    blocked = "Forbidden: bot was blocked by the user"
    for telephone in (claire, other_telephone):
        telegram.fail_next("sendMessage", status=403, description=blocked, chat=telephone.private, times=99)
    marc.says("Sous dix jours.", reply_to=card)
    marc.private.wait_for("Que faire")
    marc.presses("Envoyer au membre")
    marc.private.wait_for("n'est pas arrivée")
    nadia.private.wait_for("Claire")
    for _ in range(5):
        clock.advance(seconds=60)
        guichet.nudge()
        guichet.settled()
    with guichet.office.reading() as unit:
        rows = unit.session.query(DeliveryRow).join(NoticeRow).where(NoticeRow.kind == "answered")
        assert [row.state for row in rows] == [DeliveryState.dead] * 2
    told = [message.text for message in marc.private.from_bot() if "n'est pas arrivée" in message.text]
    assert len(told) == 1
    assert guichet.ticket(number).state is State.assigned
    assert len([message for message in nadia.private.from_bot() if "Claire" in message.text]) == 1


def test_words_edited_in_time_count_and_later_ones_are_refused(
    guichet: Guichet, telegram: BotApiServer, claire: User, marc: User
) -> None:
    said = claire.says(DISPUTE)
    _until(guichet, lambda: guichet.latest() == 1, "the question")
    guichet.give(1, "Marc")
    marc.private.wait_for("Question n° 1")
    telegram.wait_acknowledged()
    claire.edits(said, f"{DISPUTE} Le marché est de 40 000 euros.")
    marc.private.wait_for("40 000 euros")
    assert guichet.latest() == 1
    guichet.parts.desk.withdraw("test:withdraw", AccountRef("telegram", str(claire.id)), 1)
    claire.edits(said, "Autre chose")
    claire.private.wait_for("Écrivez un nouveau message")
    claire.deletes(said)
    telegram.wait_acknowledged()
    with guichet.office.reading() as unit:
        assert unit.session.query(TicketRow).one().question == DISPUTE


def test_a_forwarded_question_is_a_question(guichet: Guichet, telegram: BotApiServer, claire: User) -> None:
    paul = telegram.user("Paul")
    group = telegram.supergroup("Ailleurs", paul, claire)
    elsewhere = paul.says("Peut-on exiger un label dans un marché ?", group)
    claire.forwards(elsewhere)
    claire.private.wait_for("si tous ses critères")
    assert guichet.latest() == 1


def test_a_long_answer_arrives_in_pieces_and_a_cut_repeats_none(
    guichet: Guichet, telegram: BotApiServer, claire: User, marc: User, clock: ManualClock
) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Marc")
    marc.private.wait_for("Question n° 1")
    text = "\n\n".join(f"Paragraphe {place} : *important*. " + "Une phrase. " * 20 for place in range(40))
    before = len(claire.private.from_bot())
    guichet.parts.experts.answer("test:answer", AccountRef("console", "marc"), number, text)
    telegram.fail_next("sendMessage", status=502, chat=claire.private)
    guichet.nudge()
    _until(guichet, lambda: _delivery(guichet, "answered")[2] is not None, "a first refusal")
    clock.advance(seconds=30)
    guichet.nudge()
    _until(guichet, lambda: _delivery(guichet, "answered")[0] is DeliveryState.sent, "all of it")
    arrived = claire.private.from_bot()[before:]
    assert len(arrived) >= 3
    assert "".join(one.text for one in arrived).count("Paragraphe 17 :") == 1
    assert [bool(one.labels) for one in arrived] == [False] * (len(arrived) - 1) + [True]


def test_the_second_poller_waits_and_takes_over(office: Office) -> None:
    async def both() -> list[bool]:
        first, second = Leases(office, "first"), Leases(office, "second")
        turn = Turn(first, "token", anyio.Event())
        await turn.wait()
        refused = second.hold(_name())
        await turn.leave()
        return [refused, second.hold(_name()), first.hold(_name())]

    def _name() -> str:
        return Turn(Leases(office, "x"), "token", anyio.Event())._name

    assert anyio.run(both) == [False, True, False]


def test_a_lease_that_nobody_renews_is_taken(office: Office, clock: ManualClock) -> None:
    assert Leases(office, "dead").hold("poller")
    clock.advance(seconds=61)
    assert Leases(office, "alive").hold("poller")
    assert not Leases(office, "dead").hold("poller")


def test_the_only_service_of_a_file_waits_for_no_dead_one(office: Office) -> None:
    assert Leases(office, "dead").hold("poller")
    with office.unit() as unit:
        free_all(unit)
    assert Leases(office, "alive").hold("poller")
    assert not Leases(office, "dead").hold("poller")


def test_messages_that_waited_are_read_before_anything_is_judged(
    guichet: Guichet, telegram: BotApiServer, claire: User, clock: ManualClock
) -> None:
    guichet.stop()
    said = claire.says(ONLY_PRICE)
    clock.advance(hours=5)
    channel = TelegramChannel(
        demonstration(guichet.office),
        TelegramOptions(token=telegram.token, api=telegram.base_url.removesuffix("/bot")),
    )

    async def start() -> int:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(channel.run)
            with anyio.fail_after(10):
                await channel.caught_up.wait()
            tasks.cancel_scope.cancel()
        return guichet.latest()

    assert anyio.run(start) == 1
    assert int(guichet.ticket(1).asked_at.timestamp()) == said.date
