"""The coordinator's board: what is late, what was found amiss, the days that are closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.channels.web.templating import closed_span
from bot.words import Words
from helpdesk.calendar import Calendar
from helpdesk.correspondence import Correspondence
from helpdesk.model import AccountRef, Role
from helpdesk.people import create_person

if TYPE_CHECKING:
    from tests.bot.web.browser import Page
    from tests.bot.web.network import Network, Three

pytestmark = pytest.mark.anyio


async def test_the_board_tells_what_is_late_in_words(network: Network, people: Three) -> None:
    network.clock.advance(days=3, hours=1)
    network.sweep.run()
    board = await people.nadia.get("/board")
    assert "En retard" in board.text
    assert "Réponse promise avant mercredi 3 juin à 17 h 30" in board.text
    queue = await people.marc.get("/queue")
    assert "En retard" in queue.text
    member = await people.claire.get("/questions/1")
    assert "La réponse est en retard, et nous en sommes désolés" in member.text


async def test_in_the_evening_of_the_last_day_the_pages_promise_nothing_more(network: Network, people: Three) -> None:
    network.clock.advance(days=2, hours=9)
    network.sweep.run()
    board = (await people.nadia.get("/board")).text
    assert "Réponse promise avant mercredi 3 juin à 17 h 30" in board
    assert "dépassé de 30 minutes" in board
    assert "il reste" not in board
    for page in ("/questions", "/questions/1"):
        assert "La date promise, mercredi 3 juin à 17 h 30, est passée" in (await people.claire.get(page)).text


@pytest.mark.parametrize(("minutes", "told"), [(45, "45 minutes"), (300, "5 heures"), (4363, "3 jours")])
async def test_the_board_tells_in_how_long_an_expert_speaks_as_people_say_it(
    network: Network, people: Three, minutes: int, told: str
) -> None:
    network.clock.advance(minutes=minutes)
    await people.marc.submit(await people.marc.get("/tickets/1"), "/tickets/1/answer", text="Entre 5 000 et 20 000 €.")
    network.clock.advance(days=3)
    assert f"Premier mot d'un expert : {told} en médiane." in (await people.nadia.get("/board")).text


async def test_the_figures_of_the_months_gone_by_can_be_read(network: Network, people: Three) -> None:
    network.deliver()
    await people.marc.submit(await people.marc.get("/tickets/1"), "/tickets/1/answer", text="Entre 5 000 et 20 000 €.")
    network.deliver()
    network.clock.advance(days=61)
    nadia = await network.signed_in(network.ids.nadia)
    august = await nadia.get("/board")
    assert "du 1er août 2026 au 1er août 2026" in august.text
    assert "Mois précédent : juillet 2026" in august.text
    assert "Mois suivant" not in august.text
    july = await nadia.get(_leading_to(august, "2026-07"))
    june = await nadia.get(_leading_to(july, "2026-06"))
    assert "Chiffres du mois : juin 2026" in june.text
    assert "du 1er juin 2026 au 30 juin 2026" in june.text
    assert "Promesses tenues 100 %" in june.text.replace("\xa0", " ").replace("\u202f", " ")
    assert "Suspendues" not in june.text, "those are of the present moment"
    assert "Mois précédent" not in june.text, "nothing was asked before"
    assert "Mois suivant : juillet 2026" in june.text


@pytest.mark.parametrize("month", ["2026-07", "2026-05", "0000-00", "2026-13", "hier", ""])
async def test_a_month_that_has_no_figures_is_the_present_one(people: Three, month: str) -> None:
    board = await people.nadia.get(f"/board?month={month}")
    assert board.status == 200
    assert "du 1er juin 2026 au 1er juin 2026" in board.text


def _leading_to(page: Page, month: str) -> str:
    (found,) = [link for link in page.links() if month in link]
    return found


async def test_the_board_tells_what_was_found_amiss_when_a_coordinator_could_not_be_told(
    network: Network, people: Three
) -> None:
    with network.office.unit() as unit:
        omar = create_person(unit, "Omar", frozenset({Role.coordinator}), accounts=(AccountRef("discord", "77"),))
        next(account for account in omar.accounts if account.channel == "discord").last_seen_at = unit.now
    Correspondence(network.office).report("discord_server_gone", "gone", number=12)
    (told,) = network.outbox.claim(frozenset({"discord"}))
    network.outbox.failed(told.delivery_id, "permanent", "50007")
    board = (await people.nadia.get("/board")).text
    assert "Le robot n'est plus sur le serveur Discord : invitez-le de nouveau." in board


async def test_the_board_warns_when_deadlines_are_no_longer_watched(network: Network, people: Three) -> None:
    assert "n'a pas encore tourné" in (await people.nadia.get("/board")).text
    network.sweep.run()
    assert "Dernier contrôle des délais" in (await people.nadia.get("/board")).text
    network.clock.advance(minutes=6)
    assert (
        "Le contrôle des délais ne tourne plus depuis lundi 1er juin à 9 h" in (await people.nadia.get("/board")).text
    )


async def test_closing_days_moves_the_dates_and_tells_how_many(people: Three) -> None:
    board = await people.nadia.get("/board")
    done = await people.nadia.submit(
        board, "/board/closures", first_day="2026-06-02", last_day="2026-06-02", reason="Séminaire"
    )
    assert "1 échéance repoussée." in done.text
    assert "jeudi 4 juin à 17 h 30" in (await people.marc.get("/queue")).text
    assert "Le réseau sera fermé le mardi 2 juin (Séminaire)." in (await people.claire.get("/chat")).text
    again = await people.nadia.submit(
        await people.nadia.get("/board"),
        "/board/closures",
        first_day="2026-06-02",
        last_day="2026-06-02",
        reason="Pont",
    )
    assert again.status == 409
    assert "Ces jours sont déjà fermés" in again.text
    assert "mardi 2 juin : fermeture annoncée (Séminaire)" in (await people.marc.get("/tickets/1")).text


async def test_the_board_lists_the_closures_that_are_not_over(network: Network, people: Three) -> None:
    board = await people.nadia.get("/board")
    assert "Fermetures annoncées" not in board.text
    closings = [("2026-08-03", "2026-08-14", "Congés"), ("2026-06-03", "2026-06-03", "Pont"), ("2026-06-01",) * 2]
    for first, last, *reason in closings:
        fields = {"first_day": first, "last_day": last, "reason": reason[0] if reason else "Panne"}
        board = await people.nadia.submit(board, "/board/closures", **fields)
    for listed in (
        "Fermetures annoncées du 1er juin 2026 à 9 h au 1er juin 2026 inclus · Panne Rouvrir dès maintenant",
        "le 3 juin 2026 · Pont Annuler cette fermeture",
        "du 3 août 2026 au 14 août 2026 inclus · Congés Annuler cette fermeture",
    ):
        assert listed in board.text
    network.clock.advance(days=1)
    assert "Panne" not in (await people.nadia.get("/board")).text


async def test_a_closure_is_taken_back_and_the_members_told_why(network: Network, people: Three) -> None:
    board = await people.nadia.get("/board")
    fields = {"first_day": "2026-06-02", "last_day": "2026-06-02", "reason": "Séminaire"}
    board = await people.nadia.submit(board, "/board/closures", **fields)
    done = await people.nadia.submit(board, "/board/closures/cancel")
    assert "Fermeture annulée." in done.text
    assert "1 échéance avancée." in done.text
    assert "Fermetures annoncées" not in done.text
    told = "La fermeture prévue le mardi 2 juin (Séminaire) est annulée"
    assert told in (await people.claire.get("/chat")).text
    assert "mercredi 3 juin à 17 h 30" in (await people.marc.get("/queue")).text
    again = await people.nadia.submit(board, "/board/closures/cancel", key="another-key-of-the-page")
    assert again.status == 404
    assert "Cette fermeture n'est plus annoncée." in again.text
    assert network.coordinators.closures(network.account(network.ids.nadia)) == ()


def test_a_closure_of_some_hours_is_told_by_its_hours() -> None:
    fields = {
        "tz": "Europe/Paris",
        "hours": {"mon": [["09:00", "12:00"]]},
        "closures": ["2026-06-01T11:00/2026-06-02T15:30"],
    }
    (closure,) = Calendar.from_data(fields).closures
    assert closed_span(Words("fr"), closure) == "du 1er juin 2026 à 11 h au 2 juin 2026 à 15 h 30"


async def test_closing_days_backwards_keeps_what_was_typed(people: Three) -> None:
    board = await people.nadia.get("/board")
    refused = await people.nadia.submit(
        board, "/board/closures", first_day="2026-06-05", last_day="2026-06-02", reason="Séminaire"
    )
    assert refused.status == 422
    assert refused.form("/board/closures").fields["reason"] == "Séminaire"


async def test_a_notice_nobody_took_can_be_tried_again(network: Network, people: Three) -> None:
    await people.marc.submit(await people.marc.get("/tickets/1"), "/tickets/1/answer", text="Voilà.")
    for delivery in network.outbox.claim(frozenset({"web"})):
        network.outbox.failed(delivery.delivery_id, "permanent", "blocked by the reader")
    board = await people.nadia.get("/board")
    assert "blocked by the reader" in board.text
    again = await people.nadia.submit(board, "Réessayer")
    assert "Nouvel essai en cours." in again.text
