"""One story in which every use case that writes has its turn, each under a key of its own, to be cut or repeated."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import select

from helpdesk.model import Address
from helpdesk.peers import Reply
from helpdesk.tables import CandidateRow
from tests.helpdesk.network import CHANNELS, Network, account, paris
from tests.helpdesk.plain import ANSWERED, CLOSE, DISPUTE

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpdesk.model import AccountRef

TUESDAY = dt.date(2026, 6, 2)


@dataclass(frozen=True)
class Step:
    """One act. ``whole``: it is one transaction, under a key; the sweep and the sender make several."""

    name: str
    act: Callable[[], object]
    whole: bool = True
    wait: dt.timedelta = dt.timedelta(minutes=1)
    until: dt.datetime | None = None


def story(network: Network) -> list[Step]:
    """Return the steps; questions are told by the order in which they are asked."""
    desk, experts, desk_of, peers = network.desk, network.experts, network.coordinators, network.peers
    claire, paul, marc, ines, nadia = (account(name) for name in ("claire", "paul", "marc", "ines", "nadia"))
    at_claire, at_paul = Address("console", "claire"), Address("console", "paul")

    @cache
    def number(rank: int) -> int:
        # A cut burns numbers of PostgreSQL's sequences; once given, a question's number is its own.
        return sorted(line.id for who in (claire, paul) for line in desk.my_questions(who))[rank - 1]

    def said_by(who: AccountRef) -> Reply:
        return Reply(who, "Un avenant.", network.clock.now(), at_paul, "said:1")

    def candidate() -> int:
        with network.office.reading() as unit:
            return unit.session.scalars(select(CandidateRow.id)).one()

    tomorrow = TUESDAY + dt.timedelta(1)
    return [
        Step("ask", lambda: desk.ask("ask", claire, at_claire, DISPUTE)),
        Step("hear", lambda: desk.hear("hear", claire, at_claire, CLOSE)),
        Step("choose", lambda: desk.choose("choose", claire, number(2), 2)),
        Step("human", lambda: desk.ask_human("human", claire, number(2))),
        Step("pass", lambda: experts.pass_on("pass", marc, number(1))),
        Step("ask member", lambda: experts.ask_member("ask member", ines, number(1), "Quel montant ?")),
        Step("reply", lambda: desk.hear("reply", claire, at_claire, "Environ 45 000 euros", ticket=number(1))),
        Step("note", lambda: experts.note("note", ines, number(1), "À suivre.")),
        Step("deliver", lambda: _send_all(network), whole=False),
        Step("answer", lambda: experts.answer("answer", ines, number(1), "Voici la marche à suivre.")),
        Step("deliver again", lambda: _send_all(network), whole=False),
        Step("solved", lambda: desk.solved("solved", claire, number(1))),
        Step("rate", lambda: desk.rate("rate", claire, number(1), 5)),
        Step("propose", lambda: experts.propose_entry("propose", ines, number(1), "Que faire ?", "Ceci.", ("CCP",))),
        Step("publish", lambda: desk_of.decide_candidate("publish", nadia, candidate(), publish=True)),
        Step("theme", lambda: experts.set_theme("theme", ines, number(2), "environnement")),
        Step("reassign", lambda: desk_of.reassign("reassign", nadia, number(2), network.ids["marc"])),
        Step("close days", lambda: desk_of.close_days("close days", nadia, TUESDAY, TUESDAY, "Congrès")),
        Step("absence", lambda: experts.declare_absence("absence", marc, tomorrow, tomorrow)),
        Step("paul asks", lambda: desk.ask("paul asks", paul, at_paul, DISPUTE)),
        Step("paul again", lambda: desk.ask("paul again", paul, at_paul, ANSWERED)),
        Step("paul asks more", lambda: desk.ask("paul asks more", paul, at_paul, DISPUTE)),
        Step("accept", lambda: peers.accept("accept", paul, number(5), said_by(claire))),
        Step("status", lambda: desk.status("status", paul, at_paul)),
        Step("withdraw", lambda: desk.withdraw("withdraw", paul, number(4))),
        Step("reopen", lambda: desk.hear("reopen", claire, at_claire, "mais rien ne bouge", ticket=number(1))),
        Step("take", lambda: experts.take("take", ines, number(1))),
        Step("sweep", network.sweep.run, whole=False, until=paris(5, 16)),
        Step("late deliveries", lambda: _send_all(network), whole=False),
        Step("excuse", lambda: desk_of.excuse("excuse", nadia, number(2), 1, "Congrès.")),
        Step("by hand", lambda: experts.answer_by_hand("by hand", marc, number(2), "Dit.", paris(5, 11))),
        Step("erase", lambda: network.privacy.erase("erase", paul, keep_open=False)),
    ]


def tell(network: Network, steps: list[Step], around: Callable[[Step], object]) -> None:
    """Go through the story: let the time of each step come, then hand it to ``around``."""
    for step in steps:
        if step.until is not None:
            network.clock.reach(step.until)
        else:
            network.clock.advance(seconds=step.wait.total_seconds())
        around(step)


def _send_all(network: Network) -> None:
    while claimed := network.outbox.claim(CHANNELS):
        for delivery in claimed:
            network.outbox.sent(delivery.delivery_id)
